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
        let key = model.key.iter().filter_map(|place| values.get(*place).cloned().flatten()).collect();
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
        let fits = match (&known.ty, &value) {
            (ColumnType::Numeric(digits, places), Value::Text(text)) => overlong(text, *digits, *places),
            (_, Value::Refused(why)) => Some(why.clone()),
            _ => None,
        };
        if let Some(why) = fits {
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
        self.key = self.model.key.iter().filter_map(|place| self.values[*place].clone()).collect();
    }

    fn name(&self, field: &str) -> String {
        format!("{}.{field}", self.model.label)
    }
}

/// A row that SQL of your own found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found(pub(super) Selected);

impl Found {
    /// The value of a column, by the name that the query gives it.
    pub fn get<T: FieldType>(&self, column: &str) -> Result<T> {
        let found = self.0.iter().find(|(name, _)| name == column);
        let (_, value) = found.ok_or_else(|| {
            let names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
            wrong(column, "the query has no such column", &format!("its columns are {}", names.join(", ")))
        })?;
        T::from_value(value.clone(), None).map_err(|why| unread(column, &why))
    }
}

fn unread(name: &str, why: &WrongValue) -> Error {
    wrong(name, &why.to_string(), "read it as the type that its column has here; an `Option` where it may be NULL")
}

fn wrong(name: &str, why: &str, help: &str) -> Error {
    Error::invalid(Diagnostic::error("E685", format!("`{name}`: {why}")).help(help))
}
