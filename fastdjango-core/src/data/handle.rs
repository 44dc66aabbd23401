//! What a data migration works with.

use std::fmt;
use std::sync::Arc;

use super::{Found, HistoricalModel, Moment, Row, Rows, Session, sql};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::model::Value;

/// The database within a migration's transaction, and the models as they were at that place of the history.
///
/// Everything happens in the transaction of the migration (on `MySQL` and `MariaDB`, in one of the function), and is undone with it.
/// Only rows are read and changed here; tables are changed by operations.
pub struct Data<'s> {
    session: &'s mut dyn Session,
    moment: &'s Moment,
    written: u64,
}

impl fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Data").field("app", &self.moment.app).field("written", &self.written).finish_non_exhaustive()
    }
}

impl<'s> Data<'s> {
    /// Of a session and a place of the history.
    pub fn new(session: &'s mut dyn Session, moment: &'s Moment) -> Self {
        Self { session, moment, written: 0 }
    }

    /// Which database it is: SQL of your own may have to differ.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.session.dialect().engine()
    }

    /// A model of the app, such as `Post`, or of another, such as `accounts.User`, if the migration `touches` it; or the pairs of a
    /// many-to-many, such as `Post.tags`, whose fields are `from` and `to`.
    pub fn model(&self, label: &str) -> Result<Arc<HistoricalModel>> {
        self.moment.model(label, self.session.dialect())
    }

    /// The rows of a model, in the order of its key.
    pub fn rows(&self, label: &str) -> Result<Rows> {
        Rows::new(self.model(label)?)
    }

    /// A new row of a model, to be given values and inserted. What is not set gets the database's default, or NULL.
    pub fn create(&self, label: &str) -> Result<Row> {
        Ok(Row::new(self.model(label)?))
    }

    /// Inserts a new row; a key that the database numbers can be read from it afterwards.
    pub async fn insert(&mut self, row: &mut Row) -> Result<()> {
        if !row.key.is_empty() {
            let message = format!("the row of `{}` is in the database already", row.model.label);
            return Err(Error::invalid(
                Diagnostic::error("E686", message).help("make a new one by `create`, or use `save`"),
            ));
        }
        let set = row.changes();
        if set.is_empty() {
            return Err(nothing(&row.model.label));
        }
        let numbered = row.model.fields.iter().position(|field| field.auto);
        let auto = numbered.filter(|place| set.iter().all(|(set, _)| set != place));
        let auto = auto.map(|place| row.model.fields[place].column.clone());
        let (sql, values) = sql::insert(self.session, &row.model, &set)?;
        let number = self.session.insert(&sql, &values, auto.as_deref()).await?;
        self.written += 1;
        row.saved(number);
        Ok(())
    }

    /// Writes what was set since the row was read; nothing where nothing was.
    pub async fn save(&mut self, row: &mut Row) -> Result<()> {
        let set = row.changes();
        if set.is_empty() {
            return Ok(());
        }
        Self::is_there(row)?;
        let (sql, values) = sql::update(self.session, &row.model, &set, &row.key)?;
        self.one(row, &sql, &values).await?;
        row.saved(None);
        Ok(())
    }

    /// Deletes a row that was read.
    pub async fn delete(&mut self, row: &Row) -> Result<()> {
        Self::is_there(row)?;
        let (sql, values) = sql::delete(self.session, &row.model, &row.key)?;
        self.one(row, &sql, &values).await
    }

    /// Runs a statement of your own about rows, and returns how many it wrote; the values are bound where the database's own
    /// placeholders stand (`?`, or `$1` on `PostgreSQL`).
    pub async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        let rows = self.session.execute(sql, values).await?;
        self.written += rows;
        Ok(rows)
    }

    /// Runs a query of your own.
    pub async fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Found>> {
        Ok(self.session.query(sql, values).await?.into_iter().map(Found).collect())
    }

    /// How many rows were written so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn session(&mut self) -> &mut dyn Session {
        self.session
    }

    fn is_there(row: &Row) -> Result<()> {
        row.model.keyed()?;
        if !row.key.is_empty() {
            return Ok(());
        }
        let message = format!("the row of `{}` is not in the database yet", row.model.label);
        Err(Error::invalid(Diagnostic::error("E686", message).help("write it by `insert`")))
    }

    async fn one(&mut self, row: &Row, sql: &str, values: &[Value]) -> Result<()> {
        let rows = self.session.execute(sql, values).await?;
        self.written += rows;
        if rows == 1 {
            return Ok(());
        }
        let message = format!("a row of `{}` is no longer there: {rows} rows have its key", row.model.label);
        Err(Error::failed(Diagnostic::error("E686", message).help("do not delete or give another key to a row twice")))
    }
}

fn nothing(label: &str) -> Error {
    let message = format!("a new row of `{label}` has no value");
    Error::invalid(Diagnostic::error("E686", message).help("give it at least one by `set`"))
}
