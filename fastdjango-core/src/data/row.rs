//! A row of a model as it was, and a row of a query.

use std::sync::Arc;

use super::{HistoricalModel, Selected};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::field::ColumnType;
use crate::model::{FieldType, Value, WrongValue, overlong};

/// A row: read, or made to be inserted.
///
/// ```
/// # use fastdjango_core::data::{Data, Failure};
/// async fn shout(data: &mut Data<'_>) -> Result<(), Failure> {
///     let mut posts = data.rows("Post")?;
///     while let Some(mut post) = posts.next(data).await? {
///         let title: String = post.get("title")?;
///         post.set("title", title.to_uppercase())?;
///         data.save(&mut post).await?;
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(super) model: Arc<HistoricalModel>,
    /// The values, by the fields' places; `None` for what was neither read nor set.
    values: Vec<Option<Value>>,
    /// The places of what was set, in the fields' order.
    changed: Vec<usize>,
    /// The key by which the database knows it; none before it is inserted.
    pub(super) key: Vec<Value>,
}

impl Row {
    pub(super) fn new(model: Arc<HistoricalModel>) -> Self {
        let values = vec![None; model.fields.len()];
        Self { model, values, changed: Vec::new(), key: Vec::new() }
    }

    /// A row whose columns were selected in the order of the fields.
    pub(super) fn read(model: Arc<HistoricalModel>, selected: Selected) -> Self {
        let values: Vec<Option<Value>> = selected.into_iter().map(|(_, value)| Some(value)).collect();
        let key = key_of(&model, &values);
        Self { model, values, changed: Vec::new(), key }
    }

    /// The value of a field; of a foreign key, the key of the row that it refers to.
    ///
    /// Use an `Option` where the column may hold NULL. A value that the type cannot hold is an error, never the nearest one.
    pub fn get<T: FieldType>(&self, field: &str) -> Result<T> {
        let place = self.model.place(field)?;
        let value = self.values.get(place).cloned().flatten();
        let value = value.ok_or_else(|| wrong(&self.name(field), "it has no value yet", "give it one by `set`"))?;
        T::from_value(value, self.model.fields[place].scale()).map_err(|why| unread(&self.name(field), &why))
    }

    /// Gives a field a value; [`Data::save`](super::Data::save) or [`Data::insert`](super::Data::insert) writes it.
    #[expect(clippy::needless_pass_by_value, reason = "a value is given away, as to a field of a struct")]
    pub fn set<T: FieldType>(&mut self, field: &str, value: T) -> Result<()> {
        let place = self.model.place(field)?;
        let known = &self.model.fields[place];
        if known.generated {
            return Err(wrong(
                &self.name(field),
                "the database computes it",
                "set the fields that it is computed from",
            ));
        }
        let value = value.to_value();
        if let Some(why) = misfit(&known.ty, &value) {
            return Err(wrong(&self.name(field), &why.to_string(), "give it a value that its column can hold"));
        }
        self.values[place] = Some(value);
        if let Err(at) = self.changed.binary_search(&place) {
            self.changed.insert(at, place);
        }
        Ok(())
    }

    /// What was set since it was read or saved: the places, with the values.
    pub(super) fn changes(&self) -> Vec<(usize, Value)> {
        self.changed.iter().filter_map(|place| Some((*place, self.values[*place].clone()?))).collect()
    }

    /// It is in the database as it is here; `auto` is what the database gave to its numbered field.
    pub(super) fn saved(&mut self, auto: Option<i64>) {
        if let (Some(number), Some(place)) = (auto, self.model.fields.iter().position(|field| field.auto)) {
            self.values[place] = Some(Value::Integer(number));
        }
        self.changed.clear();
        self.key = key_of(&self.model, &self.values);
    }

    /// The key, where no part of it is missing.
    pub(super) fn whole_key(&self) -> Result<&[Value]> {
        if self.key.is_empty() || self.key.contains(&Value::Null) {
            let message = "a part of its key is NULL, so that nothing says where the next page begins";
            return Err(wrong(&self.model.label, message, "use `query` and `execute` with SQL of your own"));
        }
        Ok(&self.key)
    }

    fn name(&self, field: &str) -> String {
        format!("{}.{field}", self.model.label)
    }
}

/// The key; none where a part of it is not known, as after an insert whose key the database's default completed.
fn key_of(model: &HistoricalModel, values: &[Option<Value>]) -> Vec<Value> {
    let key: Option<Vec<Value>> = model.key.iter().map(|place| values.get(*place).cloned().flatten()).collect();
    key.unwrap_or_default()
}

/// A row that SQL of your own found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found(pub(super) Selected);

impl Found {
    /// The value of a column, by the name that the query gives it.
    pub fn get<T: FieldType>(&self, column: &str) -> Result<T> {
        if self.0.iter().filter(|(name, _)| name == column).count() > 1 {
            return Err(wrong(column, "the query has two columns of that name", "give one of them another by AS"));
        }
        let found = self.0.iter().find(|(name, _)| name == column);
        let (_, value) = found.ok_or_else(|| {
            let names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
            wrong(column, "the query has no such column", &format!("its columns are {}", names.join(", ")))
        })?;
        T::from_value(value.clone(), None).map_err(|why| unread(column, &why))
    }
}

/// Why a column of the type cannot hold the value as it is.
///
/// A database would round a number, or on `SQLite` keep whatever it is given.
fn misfit(ty: &ColumnType, value: &Value) -> Option<WrongValue> {
    use ColumnType as T;
    let expected = match (ty, value) {
        (_, Value::Refused(why)) => return Some(why.clone()),
        (T::Numeric(digits, places), Value::Text(text)) => return overlong(text, *digits, *places),
        (T::Array(element), Value::List(values)) => return values.iter().find_map(|value| misfit(element, value)),
        (_, Value::Null)
        | (T::Boolean, Value::Boolean(_) | Value::Integer(0 | 1))
        | (T::SmallInt | T::Integer | T::BigInt | T::Numeric(..), Value::Integer(_))
        | (T::Real | T::Double, Value::Real(_) | Value::Integer(_))
        | (T::Binary, Value::Binary(_))
        | (T::Custom(_) | T::Opaque { .. }, _)
        | (
            T::Varchar(_)
            | T::Text
            | T::Uuid
            | T::Date
            | T::Time
            | T::Timestamp
            | T::TimestampTz
            | T::Json
            | T::Inet
            | T::Enum(_),
            Value::Text(_),
        ) => return None,
        (ty, _) => format!("a value of the type {ty}"),
    };
    Some(WrongValue::new(expected, value))
}

fn unread(name: &str, why: &WrongValue) -> Error {
    wrong(name, &why.to_string(), "read it as the type that its column has here; an `Option` where it may be NULL")
}

fn wrong(name: &str, why: &str, help: &str) -> Error {
    Error::invalid(Diagnostic::error("E685", format!("`{name}`: {why}")).help(help))
}
