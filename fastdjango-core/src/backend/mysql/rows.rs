//! Statements with values, for data migrations.

use super::guard;
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
        row::mysql::fits(value).map_err(unfit)?;
        Ok(("?".to_owned(), value.clone()))
    }

    fn guard(&self, sql: &str) -> Attempt<()> {
        guard::steps(&[Step::Sql(sql.to_owned())])
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
