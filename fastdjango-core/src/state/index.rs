//! One index.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::meaning::same_fragment;
use crate::field::Sql;
use crate::name::FieldName;

/// An index over fields, over an expression, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct IndexState {
    /// The name; `None` in a state made from models, where makemigrations has yet to choose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The fields, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<IndexField>,
    /// An expression after the fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<Sql>,
    /// No two rows share the values.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// Only the rows that meet this are in the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Sql>,
    /// Fields that the index carries along.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<FieldName>,
    /// The access method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The operator class of every field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opclass: Option<String>,
    /// Built without a lock, where the backend can; no fact of the database, so equality ignores it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub concurrently: bool,
}

/// A field of an index, written `published_at` or, descending, `-published_at`; the beginning of a text is `title(20)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexField {
    /// The field.
    pub field: FieldName,
    /// From high to low.
    pub descending: bool,
    /// Only so many characters from the beginning, where the database can.
    pub length: Option<u32>,
}

impl IndexField {
    /// The whole of a field, from low to high.
    pub fn new(field: impl Into<FieldName>) -> Self {
        Self { field: field.into(), descending: false, length: None }
    }
}

impl fmt::Display for IndexField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        write!(f, "{sign}{}", self.field)?;
        self.length.map_or(Ok(()), |length| write!(f, "({length})"))
    }
}

impl IndexState {
    /// True where `next` says the same; a name that `next` leaves open is the same.
    #[must_use]
    pub fn matches(&self, next: &Self) -> bool {
        self.same_but_name(next) && (next.name.is_none() || self.name == next.name)
    }

    /// True where only the name differs.
    #[must_use]
    pub fn same_but_name(&self, next: &Self) -> bool {
        let Self { name: _, fields, expression, unique, condition, include, method, opclass, concurrently: _ } = self;
        (fields, *unique, include) == (&next.fields, next.unique, &next.include)
            && (method, opclass) == (&next.method, &next.opclass)
            && same_fragment(expression.as_ref(), next.expression.as_ref())
            && same_fragment(condition.as_ref(), next.condition.as_ref())
    }

    /// True where the index leans on the field, by name or, in a fragment, by its column.
    #[must_use]
    pub fn uses(&self, field: &FieldName, column: Option<&str>) -> bool {
        let fragments = self.expression.iter().chain(&self.condition);
        self.fields.iter().any(|f| f.field == *field)
            || self.include.contains(field)
            || column.is_some_and(|column| fragments.into_iter().any(|sql| sql.mentions(column)))
    }
}

impl Serialize for IndexField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IndexField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (descending, field) = text.strip_prefix('-').map_or((false, text.as_str()), |field| (true, field));
        let part = field.strip_suffix(')').and_then(|rest| rest.split_once('('));
        let part = part.and_then(|(field, length)| Some((field, length.parse::<u32>().ok()?)));
        let (field, length) = part.map_or((field, None), |(field, length)| (field, Some(length)));
        Ok(Self { field: field.into(), descending, length })
    }
}
