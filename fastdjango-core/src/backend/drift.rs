//! How a database differs from what is expected of it.

use super::{Connection, OtherMigrator};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::pair::Pair;
use crate::schema::{Difference, Found, Schema, compare};

impl Connection {
    /// How the database differs from the schema that the models mean, table by table; nothing where it is as they say.
    ///
    /// # Errors
    /// Those of [`Connection::found`].
    pub async fn drift(&mut self, expected: &Schema, dialect: &dyn Dialect) -> Result<Vec<Difference>> {
        Ok(self.found(expected, dialect).await?.differences)
    }

    /// What the database has, and how that differs from the schema that the models mean.
    ///
    /// `dialect` is the one of the settings' target. A server writes an expression in words of its own, so it is asked what it makes of
    /// ours; `PostgreSQL` on temporary tables, in a transaction that is rolled back. A session that may not make any (a standby, a user
    /// without `TEMPORARY`) is refused where the answer depends on it.
    pub async fn found(&mut self, expected: &Schema, dialect: &dyn Dialect) -> Result<Found> {
        let mut sides = Pair::new(self.introspect_as(expected).await?, expected.clone());
        // The history of another migrator is nobody's drift, unless a model is about it.
        sides
            .previous
            .tables
            .retain(|name, table| expected.tables.contains_key(name) || OtherMigrator::of(table).is_none());
        dialect.normalize(&mut sides.previous);
        dialect.normalize(&mut sides.next);
        match self {
            // It keeps what was written.
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {}
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.print(expected, dialect, &mut sides).await?,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.reconcile(dialect, &mut sides).await?,
        }
        let differences = compare(&sides.next, &sides.previous, dialect.engine());
        Ok(Found::new(dialect.engine(), sides.previous, differences))
    }
}
