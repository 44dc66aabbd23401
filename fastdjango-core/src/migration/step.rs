//! Steps: what the executor runs, one by one, exactly as written.

use serde::{Deserialize, Serialize};

/// One step of a migration on one backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Step {
    /// One statement in the migration's transaction.
    Sql(String),
    /// A statement outside any transaction.
    Autocommit {
        /// The statement.
        autocommit: String,
    },
    /// A query that counts the rows which stand in the way; any stops the migration before it touches them.
    Verify {
        /// A query of one number.
        verify: String,
        /// What the rows are, such as "rows of `blog_post` have no `slug`".
        found: String,
    },
    /// Statements that replace a `SQLite` table by a new one of the same rows.
    ///
    /// The executor wraps them: foreign keys off outside the transaction, triggers and views put aside and back, rows and
    /// violations counted before and after. <https://www.sqlite.org/lang_altertable.html#otheralter>
    Rebuild {
        /// The table, under the name that it has before and after.
        rebuild: String,
        /// The statements: create, copy, drop, rename, indexes.
        sql: Vec<String>,
    },
    /// A function of the program's, in the migration's transaction.
    Rust {
        /// Its id.
        rust: String,
    },
    /// A `DROP TABLE` on `SQLite` that must not run the implicit `DELETE` which would reach referring rows.
    ///
    /// <https://www.sqlite.org/foreignkeys.html#fk_schemacommands>
    Drop {
        /// The table.
        drop: String,
        /// The statement.
        sql: String,
    },
}

impl Step {
    /// The statements of the step, in order; a function has none that anybody could know.
    #[must_use]
    pub fn statements(&self) -> Vec<&str> {
        match self {
            Self::Sql(sql)
            | Self::Autocommit { autocommit: sql }
            | Self::Verify { verify: sql, .. }
            | Self::Drop { sql, .. } => {
                vec![sql]
            }
            Self::Rebuild { sql, .. } => sql.iter().map(String::as_str).collect(),
            Self::Rust { .. } => Vec::new(),
        }
    }

    /// The step as a person reads it: its statements, or which function runs.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Rust { rust } => format!("rust: {rust}"),
            step => step.statements().join(";\n"),
        }
    }

    /// True where `SQLite`'s foreign keys must be off, which only works outside a transaction.
    #[must_use]
    pub fn suspends_foreign_keys(&self) -> bool {
        matches!(self, Self::Rebuild { .. } | Self::Drop { .. })
    }
}
