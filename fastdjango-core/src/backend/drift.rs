//! How a database differs from what is expected of it.

use super::Connection;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::pair::Pair;
use crate::schema::{Difference, Schema, compare};

impl Connection {
    /// How the database differs from the schema that the models mean, table by table; nothing where it is as they say.
    ///
    /// `dialect` is the one of the settings' target. `PostgreSQL` writes an expression in words of its own, so it is asked to write
    /// ours in its words too: on temporary tables, in a transaction that is rolled back. A session that may not make any (a standby,
    /// a user without `TEMPORARY`) is refused where the answer depends on it.
    pub async fn drift(&mut self, expected: &Schema, dialect: &dyn Dialect) -> Result<Vec<Difference>> {
        let mut sides = Pair::new(self.introspect_as(expected).await?, expected.clone());
        dialect.normalize(&mut sides.previous);
        dialect.normalize(&mut sides.next);
        #[cfg(feature = "postgres")]
        if let Self::Postgres(database) = self {
            database.print(expected, dialect, &mut sides).await?;
        }
        Ok(compare(&sides.next, &sides.previous, dialect.engine()))
    }
}
