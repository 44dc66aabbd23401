//! Facts about the databases, each with the page that says so.

use crate::field::{Engine, Version};

/// What a database of one engine can do, from one version on.
///
/// A fact that says too much makes a migration fail halfway; one that says too little only costs a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Capabilities {
    /// The engine.
    pub engine: Engine,
    /// The oldest server that what is rendered by these facts runs on.
    pub target: Version,
    /// A failed migration leaves nothing behind: DDL is part of the transaction.
    pub transactional_ddl: bool,
    /// Indexes and tables share one set of names.
    pub shared_index_names: bool,
    /// `CREATE INDEX … INCLUDE`.
    pub include_columns: bool,
    /// `CREATE INDEX … USING`, and operator classes.
    pub index_methods: bool,
    /// Indexes over the beginning of a text.
    pub prefix_indexes: bool,
    /// Indexes over words.
    pub fulltext_indexes: bool,
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
    /// Tables stand in schemas.
    pub schemas: bool,
    /// Types, functions and methods come by extensions, which a database gets by name.
    pub extensions: bool,
    /// Comments on tables and columns.
    pub comments: bool,
    /// Columns of arrays.
    pub arrays: bool,
    /// Types of their own that hold one of a few texts.
    pub native_enums: bool,
    /// Tables whose columns are all computed, or that have none.
    pub tables_without_columns: bool,
    /// Automatic numbers in a column that is not the whole primary key.
    pub auto_outside_key: bool,
    /// Generated columns that are computed when they are read.
    pub virtual_columns: bool,
    /// Those in an index, a unique constraint or a foreign key.
    pub indexed_virtual_columns: bool,
    /// Those in a foreign key, where they are in indexes.
    pub referring_virtual_columns: bool,
    /// A generated column that is stored can become one of its own, and keep its values.
    pub kept_computed: bool,
    /// One that is computed when it is read can, too.
    pub kept_virtual: bool,
    /// Indexes of which a column goes downwards, and which the catalog shows like that.
    pub descending_indexes: bool,
    /// `CREATE INDEX CONCURRENTLY`, without a lock that stops writers; elsewhere an index is built as it is always built.
    pub concurrent_indexes: bool,
    /// Generated columns, if stored, in a primary key.
    pub generated_keys: bool,
    /// Decimals of more digits than this are stored as text, exact but without an order; absent where all have one.
    pub ordered_decimal_digits: Option<u32>,
    /// The most digits of a decimal in all, and after the point.
    pub decimal_digits: Option<(u32, u32)>,
    /// The most characters of a `varchar(n)`.
    pub varchar_characters: Option<u32>,
    /// The most characters of a text in a key; a text without a length is in none then.
    pub key_characters: Option<u32>,
    /// A column is altered by its whole definition, the comment in it.
    pub whole_definitions: bool,
    /// A primary key has a name of its own.
    pub named_primary_keys: bool,
    /// Two tables can have checks of one name.
    pub checks_per_table: bool,
    /// A check or a foreign key can be renamed.
    pub renamed_constraints: bool,
    /// A renamed column is renamed in checks, computed columns and indexes as well.
    pub names_follow: bool,
    /// A foreign key needs an index over its columns, and one over the target's, both in its own order.
    pub indexed_foreign_keys: bool,
    /// A column under a foreign key can be altered, as long as it keeps its type.
    pub altered_under_foreign_keys: bool,
    /// `ON DELETE SET DEFAULT`.
    pub set_default: bool,
    /// The catalog keeps `NO ACTION` apart from `RESTRICT`.
    pub no_action: bool,
    /// `ON DELETE SET NULL` into a column that is never NULL: refused when a row goes, not when the key is made.
    pub null_into_required: bool,
    /// Checks and computed columns over an automatic number.
    pub computes_over_auto: bool,
    /// Checks and computed columns over a column that an action of its foreign key writes into.
    pub computes_over_actions: bool,
    /// Generated columns over others.
    pub computes_over_computed: bool,
    /// `NOT NULL` of a generated column.
    pub computed_not_null: bool,
    /// Between two texts, `||` puts one after the other.
    pub pipes_concatenate: bool,
    /// A type for UUIDs.
    pub uuid_type: bool,
    /// JSON is a type, and not a text with a check.
    pub json_type: bool,
    /// The collation that is written into every table; absent where the database's own compares texts exactly.
    pub collation: Option<&'static str>,
}

/// `SQLite` for the default target.
pub const SQLITE: Capabilities = sqlite(Engine::Sqlite.targets().default);

/// `PostgreSQL` for the default target.
pub const POSTGRES: Capabilities = postgres(Engine::Postgres.targets().default);

/// `MySQL` for the default target.
pub const MYSQL: Capabilities = mysql(Engine::Mysql.targets().default);

/// `MariaDB` for the default target.
pub const MARIADB: Capabilities = mariadb(Engine::Mariadb.targets().default);

impl Capabilities {
    /// The facts of an engine from a version on.
    #[must_use]
    pub const fn of(engine: Engine, target: Version) -> Self {
        match engine {
            Engine::Sqlite => sqlite(target),
            Engine::Postgres => postgres(target),
            Engine::Mysql => mysql(target),
            Engine::Mariadb => mariadb(target),
        }
    }

    /// The first target of which a fact is true; none where no release that is known has it.
    #[must_use]
    pub fn since(engine: Engine, has: fn(&Self) -> bool) -> Option<Version> {
        Self::releases(engine).iter().copied().find(|release| has(&Self::of(engine, *release)))
    }

    /// The releases with which a fact may begin, oldest first.
    #[must_use]
    pub const fn releases(engine: Engine) -> &'static [Version] {
        const POSTGRES: [Version; 7] = [
            Version::major(12),
            Version::major(13),
            Version::major(14),
            Version::major(15),
            Version::major(16),
            Version::major(17),
            Version::major(18),
        ];
        const MARIADB: [Version; 4] =
            [Version::minor(10, 6), Version::minor(10, 7), Version::minor(10, 8), Version::minor(10, 11)];
        const SQLITE: [Version; 1] = [Engine::Sqlite.targets().oldest];
        const MYSQL: [Version; 1] = [Engine::Mysql.targets().oldest];
        match engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
            Engine::Mysql => &MYSQL,
            Engine::Mariadb => &MARIADB,
        }
    }
}

/// `SQLite`, the same from the oldest version on; what came later, nothing that is rendered needs.
///
/// - `ALTER TABLE` renames, adds, and drops, nothing else: <https://www.sqlite.org/lang_altertable.html>
/// - tables and indexes share their names: <https://www.sqlite.org/lang_createindex.html>
/// - no `INCLUDE`, no methods: <https://www.sqlite.org/lang_createindex.html>
/// - partial and expression indexes: <https://www.sqlite.org/partialindex.html>, <https://www.sqlite.org/expridx.html>
/// - NULLs are distinct in UNIQUE: <https://www.sqlite.org/nulls.html>
/// - only foreign keys can be deferred: <https://www.sqlite.org/foreignkeys.html#fk_deferred>
/// - a table has a column that is not generated, and a primary key none that is: <https://www.sqlite.org/gencol.html>
/// - AUTOINCREMENT is for INTEGER PRIMARY KEY: <https://www.sqlite.org/autoinc.html>
/// - a number keeps 15 decimal digits: <https://www.sqlite.org/floatingpoint.html>
const fn sqlite(target: Version) -> Capabilities {
    Capabilities {
        engine: Engine::Sqlite,
        target,
        transactional_ddl: true,
        shared_index_names: true,
        include_columns: false,
        index_methods: false,
        prefix_indexes: false,
        fulltext_indexes: false,
        expression_indexes: true,
        partial_indexes: true,
        nulls_not_distinct: false,
        deferrable_unique: false,
        deferrable_foreign_keys: true,
        schemas: false,
        extensions: false,
        comments: false,
        arrays: false,
        native_enums: false,
        tables_without_columns: false,
        auto_outside_key: false,
        virtual_columns: true,
        indexed_virtual_columns: true,
        referring_virtual_columns: true,
        kept_computed: true,
        kept_virtual: true,
        descending_indexes: true,
        concurrent_indexes: false,
        generated_keys: false,
        ordered_decimal_digits: Some(15),
        decimal_digits: None,
        varchar_characters: None,
        key_characters: None,
        whole_definitions: false,
        named_primary_keys: false,
        checks_per_table: true,
        renamed_constraints: true,
        names_follow: true,
        indexed_foreign_keys: false,
        altered_under_foreign_keys: true,
        set_default: true,
        no_action: true,
        null_into_required: true,
        computes_over_auto: true,
        computes_over_actions: true,
        computes_over_computed: true,
        computed_not_null: true,
        pipes_concatenate: true,
        uuid_type: false,
        json_type: false,
        collation: None,
    }
}

/// `PostgreSQL`, a release a year: <https://www.postgresql.org/support/versioning/>.
///
/// - definitions are part of a transaction, but for CONCURRENTLY: <https://www.postgresql.org/docs/15/sql-createindex.html>
/// - NULLS NOT DISTINCT from 15 on: <https://www.postgresql.org/docs/15/release-15.html>
/// - `DROP EXPRESSION` from 13 on: <https://www.postgresql.org/docs/13/release-13.html>
/// - virtual generated columns from 18 on, but in no index and no key, and without a `DROP EXPRESSION`:
///   <https://www.postgresql.org/docs/18/ddl-generated-columns.html>, <https://www.postgresql.org/docs/18/sql-altertable.html>
/// - none over another: <https://www.postgresql.org/docs/15/ddl-generated-columns.html>
/// - a database has schemas: <https://www.postgresql.org/docs/15/ddl-schemas.html>
/// - and extensions: <https://www.postgresql.org/docs/15/sql-createextension.html>
/// - identity columns wherever: <https://www.postgresql.org/docs/15/sql-createtable.html#SQL-CREATETABLE-PARMS-GENERATED-IDENTITY>
const fn postgres(target: Version) -> Capabilities {
    Capabilities {
        engine: Engine::Postgres,
        target,
        transactional_ddl: true,
        shared_index_names: true,
        include_columns: true,
        index_methods: true,
        prefix_indexes: false,
        fulltext_indexes: false,
        expression_indexes: true,
        partial_indexes: true,
        nulls_not_distinct: target.has(15, 0),
        deferrable_unique: true,
        deferrable_foreign_keys: true,
        schemas: true,
        extensions: true,
        comments: true,
        arrays: true,
        native_enums: true,
        tables_without_columns: true,
        auto_outside_key: true,
        virtual_columns: target.has(18, 0),
        indexed_virtual_columns: false,
        referring_virtual_columns: false,
        kept_computed: target.has(13, 0),
        kept_virtual: false,
        descending_indexes: true,
        concurrent_indexes: true,
        generated_keys: true,
        ordered_decimal_digits: None,
        decimal_digits: None,
        varchar_characters: None,
        key_characters: None,
        whole_definitions: false,
        named_primary_keys: true,
        checks_per_table: true,
        renamed_constraints: true,
        names_follow: true,
        indexed_foreign_keys: false,
        altered_under_foreign_keys: true,
        set_default: true,
        no_action: true,
        null_into_required: true,
        computes_over_auto: true,
        computes_over_actions: true,
        computes_over_computed: false,
        computed_not_null: true,
        pipes_concatenate: true,
        uuid_type: true,
        json_type: true,
        collation: None,
    }
}

/// `MySQL`, the same from 8.0.17 on: indexes over an expression came with 8.0.13, checks with 8.0.16, and the collation that
/// compares texts as they are with 8.0.17.
///
/// - every definition is a commit: <https://dev.mysql.com/doc/refman/8.0/en/implicit-commit.html>
/// - indexes over an expression, none over some of the rows: <https://dev.mysql.com/doc/refman/8.0/en/create-index.html>
/// - indexes over the beginning of a text, and over words: <https://dev.mysql.com/doc/refman/8.0/en/column-indexes.html>
/// - an automatic number is in a key: <https://dev.mysql.com/doc/refman/8.0/en/example-auto-increment.html>
/// - a schema is a database: <https://dev.mysql.com/doc/refman/8.0/en/create-database.html>
/// - 65 digits, 30 after the point: <https://dev.mysql.com/doc/refman/8.0/en/precision-math-decimal-characteristics.html>
/// - 65535 bytes a row, 3072 a key, and four of them for a character:
///   <https://dev.mysql.com/doc/refman/8.0/en/column-count-limit.html>, <https://dev.mysql.com/doc/refman/8.0/en/innodb-limits.html>
/// - what names a column stands in the way of its rename: <https://dev.mysql.com/doc/refman/8.0/en/alter-table.html>
/// - foreign keys, their indexes, and no SET DEFAULT: <https://dev.mysql.com/doc/refman/8.0/en/create-table-foreign-keys.html>
/// - what checks may not be over, and that no two of a schema have one name:
///   <https://dev.mysql.com/doc/refman/8.0/en/create-table-check-constraints.html>
/// - what computed columns may not: <https://dev.mysql.com/doc/refman/8.0/en/create-table-generated-columns.html>
/// - `||` is OR: <https://dev.mysql.com/doc/refman/8.0/en/logical-operators.html#operator_or>
const fn mysql(target: Version) -> Capabilities {
    Capabilities {
        engine: Engine::Mysql,
        target,
        transactional_ddl: false,
        shared_index_names: false,
        include_columns: false,
        index_methods: false,
        prefix_indexes: true,
        fulltext_indexes: true,
        expression_indexes: true,
        partial_indexes: false,
        nulls_not_distinct: false,
        deferrable_unique: false,
        deferrable_foreign_keys: false,
        schemas: false,
        extensions: false,
        comments: true,
        arrays: false,
        native_enums: false,
        tables_without_columns: false,
        auto_outside_key: false,
        virtual_columns: true,
        indexed_virtual_columns: true,
        referring_virtual_columns: false,
        kept_computed: true,
        kept_virtual: true,
        descending_indexes: true,
        concurrent_indexes: false,
        generated_keys: true,
        ordered_decimal_digits: None,
        decimal_digits: Some((65, 30)),
        varchar_characters: Some(16383),
        key_characters: Some(768),
        whole_definitions: true,
        named_primary_keys: false,
        checks_per_table: false,
        renamed_constraints: false,
        names_follow: false,
        indexed_foreign_keys: true,
        altered_under_foreign_keys: false,
        set_default: false,
        no_action: true,
        null_into_required: false,
        computes_over_auto: false,
        computes_over_actions: false,
        computes_over_computed: true,
        computed_not_null: true,
        pipes_concatenate: false,
        uuid_type: false,
        json_type: true,
        collation: Some("utf8mb4_0900_bin"),
    }
}

/// `MariaDB`: <https://mariadb.org/about/#maintenance-policy>.
///
/// As `MySQL`, but for:
/// - no indexes over an expression: <https://mariadb.com/kb/en/generated-columns/>
/// - a generated column cannot be said to be NOT NULL, nor be a key: <https://mariadb.com/kb/en/generated-columns/>
/// - names follow a rename: <https://mariadb.com/kb/en/alter-table/#rename-column>
/// - UUIDs have a type from 10.7 on: <https://mariadb.com/kb/en/uuid-data-type/>
/// - `DESC` in an index is read and forgotten before 10.8: <https://mariadb.com/kb/en/create-index/#index-prefixes>
/// - JSON is a text with a check: <https://mariadb.com/kb/en/json-data-type/>
/// - the collation: <https://mariadb.com/kb/en/supported-character-sets-and-collations/>
const fn mariadb(target: Version) -> Capabilities {
    Capabilities {
        engine: Engine::Mariadb,
        target,
        expression_indexes: false,
        generated_keys: false,
        referring_virtual_columns: true,
        decimal_digits: Some((65, 38)),
        checks_per_table: true,
        names_follow: true,
        no_action: false,
        altered_under_foreign_keys: true,
        computed_not_null: false,
        uuid_type: target.has(10, 7),
        descending_indexes: target.has(10, 8),
        json_type: false,
        collation: Some("utf8mb4_nopad_bin"),
        ..mysql(target)
    }
}
