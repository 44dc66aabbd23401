//! The statements about rows: names quoted, values bound.

use std::fmt::Write;

use super::model::Field;
use super::{HistoricalModel, Session};
use crate::error::Result;
use crate::model::Value;

/// A statement on its way, and the values that are bound to it.
struct Statement<'s> {
    session: &'s dyn Session,
    text: String,
    values: Vec<Value>,
}

/// A text, and the values that are bound to it in their order.
pub(super) type Ready = (String, Vec<Value>);

/// A new row.
pub(super) fn insert(session: &dyn Session, model: &HistoricalModel, set: &[(usize, Value)]) -> Result<Ready> {
    Statement::new(session).insert(model, set)
}

/// Other values of the row that a key names.
pub(super) fn update(
    session: &dyn Session,
    model: &HistoricalModel,
    set: &[(usize, Value)],
    key: &[Value],
) -> Result<Ready> {
    Statement::new(session).update(model, set, key)
}

/// The end of the row that a key names.
pub(super) fn delete(session: &dyn Session, model: &HistoricalModel, key: &[Value]) -> Result<Ready> {
    Statement::new(session).delete(model, key)
}

/// The last row by its key.
pub(super) fn last(session: &dyn Session, model: &HistoricalModel) -> Ready {
    let mut statement = Statement::new(session);
    statement.from(model);
    let key: Vec<String> =
        model.key.iter().map(|place| statement.qualified(model, &model.fields[*place]) + " DESC").collect();
    let _ = write!(statement.text, " ORDER BY {} LIMIT 1", key.join(", "));
    statement.ready()
}

/// Rows in the order of their key: those that match, behind a key, up to a number.
pub(super) fn select(
    session: &dyn Session,
    model: &HistoricalModel,
    (matching, behind, last): (&[(usize, Value)], &[Value], &[Value]),
    limit: usize,
) -> Result<Ready> {
    Statement::new(session).select(model, matching, (behind, last), limit)
}

impl<'s> Statement<'s> {
    fn new(session: &'s dyn Session) -> Self {
        Self { session, text: String::new(), values: Vec::new() }
    }

    fn from(&mut self, model: &HistoricalModel) {
        let columns: Vec<String> = model.fields.iter().map(|field| self.qualified(model, field)).collect();
        let _ = write!(self.text, "SELECT {} FROM {}", columns.join(", "), model.table);
    }

    fn ready(self) -> Ready {
        (self.text, self.values)
    }

    fn select(
        mut self,
        model: &HistoricalModel,
        matching: &[(usize, Value)],
        (behind, last): (&[Value], &[Value]),
        limit: usize,
    ) -> Result<Ready> {
        self.from(model);
        let key: Vec<&Field> = model.key.iter().map(|place| &model.fields[*place]).collect();
        let names: Vec<String> = key.iter().map(|field| self.qualified(model, field)).collect();
        let mut conditions = Vec::new();
        for (place, value) in matching {
            conditions.push(self.equals(model, *place, value)?);
        }
        for (sign, bound) in [(">", behind), ("<=", last)] {
            if !bound.is_empty() {
                let bound = key.iter().zip(bound).map(|(field, value)| self.parameter(field, value));
                let bound = bound.collect::<Result<Vec<_>>>()?;
                conditions.push(format!("({}) {sign} ({})", names.join(", "), bound.join(", ")));
            }
        }
        if !conditions.is_empty() {
            let _ = write!(self.text, " WHERE {}", conditions.join(" AND "));
        }
        let _ = write!(self.text, " ORDER BY {} LIMIT {limit}", names.join(", "));
        Ok(self.ready())
    }

    fn insert(mut self, model: &HistoricalModel, set: &[(usize, Value)]) -> Result<Ready> {
        let columns: Vec<String> = set.iter().map(|(place, _)| self.quoted(&model.fields[*place])).collect();
        let row = set.iter().map(|(place, value)| self.parameter(&model.fields[*place], value));
        let row = row.collect::<Result<Vec<_>>>()?;
        let _ = write!(self.text, "INSERT INTO {} ({}) VALUES ({})", model.table, columns.join(", "), row.join(", "));
        Ok(self.ready())
    }

    fn update(mut self, model: &HistoricalModel, set: &[(usize, Value)], key: &[Value]) -> Result<Ready> {
        let set = set.iter().map(|(place, value)| {
            let field = &model.fields[*place];
            Ok(format!("{} = {}", self.quoted(field), self.parameter(field, value)?))
        });
        let set = set.collect::<Result<Vec<_>>>()?;
        let _ = write!(self.text, "UPDATE {} SET {}", model.table, set.join(", "));
        self.of_key(model, key)
    }

    fn delete(mut self, model: &HistoricalModel, key: &[Value]) -> Result<Ready> {
        let _ = write!(self.text, "DELETE FROM {}", model.table);
        self.of_key(model, key)
    }

    fn of_key(mut self, model: &HistoricalModel, key: &[Value]) -> Result<Ready> {
        let parts = model.key.iter().zip(key).map(|(place, value)| self.equals(model, *place, value));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let _ = write!(self.text, " WHERE {}", parts.join(" AND "));
        Ok(self.ready())
    }

    fn equals(&mut self, model: &HistoricalModel, place: usize, value: &Value) -> Result<String> {
        let field = &model.fields[place];
        if *value == Value::Null {
            return Ok(format!("{} IS NULL", self.qualified(model, field)));
        }
        Ok(format!("{} = {}", self.qualified(model, field), self.parameter(field, value)?))
    }

    /// The column behind its table: `SQLite` takes a quoted name alone, of which there is no column, for a text.
    ///
    /// <https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted>
    fn qualified(&self, model: &HistoricalModel, field: &Field) -> String {
        format!("{}.{}", model.table, self.quoted(field))
    }

    fn quoted(&self, field: &Field) -> String {
        self.session.dialect().quote(&field.column)
    }

    /// Binds a value, and returns what stands for it.
    fn parameter(&mut self, field: &Field, value: &Value) -> Result<String> {
        let (text, value) = self.session.parameter(self.values.len() + 1, &field.declared, value)?;
        self.values.push(value);
        Ok(text)
    }
}
