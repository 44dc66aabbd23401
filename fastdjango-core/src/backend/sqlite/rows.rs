//! Statements with values, for data migrations.

use super::execute::Stage;
use super::guard;
use crate::backend::code::Bound;
use crate::backend::fault::Attempt;
use crate::data::Selected;
use crate::dialect::{self, Dialect};
use crate::migration::Step;
use crate::model::Value;

impl Bound for Stage<'_> {
    fn dialect(&self) -> &dyn Dialect {
        &dialect::Sqlite::DEFAULT
    }

    fn parameter(&self, _: usize, _: &str, value: &Value) -> Attempt<(String, Value)> {
        Ok(("?".to_owned(), value.clone()))
    }

    fn guarded(&self, sql: &str) -> Attempt<String> {
        guard::steps(&[Step::Sql(sql.to_owned())])?;
        Ok(sql.to_owned())
    }

    /// The hooks of the session tell of it.
    async fn is_open(&mut self) -> Attempt<()> {
        Ok(())
    }

    async fn execute(&mut self, sql: &str, values: &[Value]) -> Attempt<u64> {
        Ok(self.session.execute_with(sql, values).await?.0)
    }

    async fn insert(&mut self, sql: &str, values: &[Value], auto: Option<&str>) -> Attempt<Option<i64>> {
        let (_, rowid) = self.session.execute_with(sql, values).await?;
        Ok(auto.map(|_| rowid))
    }

    async fn query(&mut self, sql: &str, values: &[Value]) -> Attempt<Vec<Selected>> {
        Ok(self.session.select(sql, values).await?)
    }
}
