//! Values that are carried and compared, and never read: what another tool says of a model, a field or a type of its own.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Real;

/// What another tool says, by name; the order of names says nothing.
pub type Options = BTreeMap<String, Opaque>;

/// A value that only another tool understands: whatever JSON and TOML both can say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Opaque {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point.
    Real(Real),
    /// Text.
    Text(String),
    /// A list; its order counts.
    List(Vec<Opaque>),
    /// Values by name.
    Table(Options),
}

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Real(value) => write!(f, "{:?}", value.0),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::List(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", values.join(", "))
            }
            Self::Table(values) => {
                let values: Vec<String> = values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                write!(f, "{{{}}}", values.join(", "))
            }
        }
    }
}
