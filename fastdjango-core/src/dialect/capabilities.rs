//! Facts about the databases, each with the page that says so.

use crate::field::Engine;

/// What a database of one engine can do, from one version on.
///
/// A fact that says too much makes a migration fail halfway; one that says too little only costs a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Capabilities {
    /// The engine.
    pub engine: Engine,
    /// The oldest version for which the facts hold, and for which SQL is rendered.
    pub target: &'static str,
    /// A failed migration leaves nothing behind: DDL is part of the transaction.
    pub transactional_ddl: bool,
    /// Indexes and tables share one set of names.
    pub shared_index_names: bool,
    /// `CREATE INDEX … INCLUDE`.
    pub include_columns: bool,
    /// `CREATE INDEX … USING`, and operator classes.
    pub index_methods: bool,
    /// Indexes over an expression.
    pub expression_indexes: bool,
    /// Indexes over some of the rows.
    pub partial_indexes: bool,
    /// `UNIQUE NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// Unique constraints that are checked at commit.
    pub deferrable_unique: bool,
    /// Foreign keys that are checked at commit.
    pub deferrable_foreign_keys: bool,
    /// Comments on tables and columns.
    pub comments: bool,
    /// Columns of arrays.
    pub arrays: bool,
    /// Tables whose columns are all computed, or that have none.
    pub tables_without_columns: bool,
    /// Automatic numbers in a column that is not the whole primary key.
    pub auto_outside_key: bool,
    /// Generated columns that are computed when they are read.
    pub virtual_columns: bool,
    /// Generated columns that are computed from other generated ones.
    pub generated_of_generated: bool,
    /// Decimals of more digits than this are stored as text, exact but without an order; absent where all have one.
    pub ordered_decimal_digits: Option<u32>,
}

/// `SQLite` from 3.40 on: Debian 12 has it, and every statement that the renderer writes runs on it.
///
/// - `ALTER TABLE` renames, adds, and drops, nothing else: <https://www.sqlite.org/lang_altertable.html>
/// - tables and indexes share their names: <https://www.sqlite.org/lang_createindex.html>
/// - no `INCLUDE`, no methods: <https://www.sqlite.org/lang_createindex.html>
/// - partial and expression indexes: <https://www.sqlite.org/partialindex.html>, <https://www.sqlite.org/expridx.html>
/// - NULLs are distinct in UNIQUE: <https://www.sqlite.org/nulls.html>
/// - only foreign keys can be deferred: <https://www.sqlite.org/foreignkeys.html#fk_deferred>
/// - a table has a column that is not generated: <https://www.sqlite.org/gencol.html>
/// - AUTOINCREMENT is for INTEGER PRIMARY KEY: <https://www.sqlite.org/autoinc.html>
/// - a number keeps 15 decimal digits: <https://www.sqlite.org/floatingpoint.html>
pub const SQLITE: Capabilities = Capabilities {
    engine: Engine::Sqlite,
    target: "3.40",
    transactional_ddl: true,
    shared_index_names: true,
    include_columns: false,
    index_methods: false,
    expression_indexes: true,
    partial_indexes: true,
    nulls_not_distinct: false,
    deferrable_unique: false,
    deferrable_foreign_keys: true,
    comments: false,
    arrays: false,
    tables_without_columns: false,
    auto_outside_key: false,
    virtual_columns: true,
    generated_of_generated: true,
    ordered_decimal_digits: Some(15),
};

/// `PostgreSQL` from 15 on, the oldest release that is still maintained: <https://www.postgresql.org/support/versioning/>.
///
/// - definitions are part of a transaction, but for CONCURRENTLY: <https://www.postgresql.org/docs/15/sql-createindex.html>
/// - NULLS NOT DISTINCT: <https://www.postgresql.org/docs/15/sql-createtable.html>
/// - only stored generated columns before 18, and none of another: <https://www.postgresql.org/docs/15/ddl-generated-columns.html>
/// - identity columns wherever: <https://www.postgresql.org/docs/15/sql-createtable.html#SQL-CREATETABLE-PARMS-GENERATED-IDENTITY>
pub const POSTGRES: Capabilities = Capabilities {
    engine: Engine::Postgres,
    target: "15",
    transactional_ddl: true,
    shared_index_names: true,
    include_columns: true,
    index_methods: true,
    expression_indexes: true,
    partial_indexes: true,
    nulls_not_distinct: true,
    deferrable_unique: true,
    deferrable_foreign_keys: true,
    comments: true,
    arrays: true,
    tables_without_columns: true,
    auto_outside_key: true,
    virtual_columns: false,
    generated_of_generated: false,
    ordered_decimal_digits: None,
};
