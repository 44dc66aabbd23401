//! Statements with values, for data migrations.

use super::failure;
use super::guard;
use super::plain::plain;
use super::session::Session;
use super::watch::Beside;
use crate::backend::code::{Bound, unfit};
use crate::backend::fault::Attempt;
use crate::backend::row;
use crate::backend::watch::Watch;
use crate::data::Selected;
use crate::dialect::{Dialect, Mysql};
use crate::field::Engine;
use crate::migration::Step;
use crate::model::Value;

/// Marks the beginning of a function's transaction.
pub(super) const SAVEPOINT: &str = "SAVEPOINT fastdjango";

const RELEASE: &str = "RELEASE SAVEPOINT fastdjango";

/// `ER_SP_DOES_NOT_EXIST`.
const NO_SAVEPOINT: u16 = 1305;

/// The transaction that is open, under its watch.
pub(super) struct Transaction<'a, 'w> {
    pub(super) session: &'a mut Session,
    pub(super) watch: &'a mut Watch<'w, Beside<'w>>,
}

impl Bound for Transaction<'_, '_> {
    fn dialect(&self) -> &dyn Dialect {
        if self.session.server.engine == Engine::Mariadb { &Mysql::MARIADB } else { &Mysql::MYSQL }
    }

    fn parameter(&self, _: usize, _: &str, value: &Value) -> Attempt<(String, Value)> {
        row::mysql::fits(value).map_err(|why| unfit(&why))?;
        Ok(("?".to_owned(), value.clone()))
    }

    fn guarded(&self, sql: &str) -> Attempt<String> {
        guard::steps(&[Step::Sql(sql.to_owned())])?;
        Ok(plain(sql))
    }

    /// A deadlock undoes the whole transaction, and what follows would be done for good, statement by statement: the savepoint that
    /// stands at its beginning is gone then. <https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html>
    async fn is_open(&mut self) -> Attempt<()> {
        match self.session.execute(RELEASE).await {
            Ok(_) => Ok(()),
            Err(failure) if failure::number(&failure.source) == Some(NO_SAVEPOINT) => Err(guard::ended()),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn execute(&mut self, sql: &str, values: &[Value]) -> Attempt<u64> {
        Ok(self.watch.over(self.session.execute_with(sql, values)).await?.0)
    }

    async fn insert(&mut self, sql: &str, values: &[Value], auto: Option<&str>) -> Attempt<Option<i64>> {
        let (_, number) = self.watch.over(self.session.execute_with(sql, values)).await?;
        Ok(auto.and_then(|_| i64::try_from(number).ok()))
    }

    async fn query(&mut self, sql: &str, values: &[Value]) -> Attempt<Vec<Selected>> {
        Ok(self.watch.over(self.session.select(sql, values)).await?)
    }
}
