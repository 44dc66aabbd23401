//! `Uuid`, as text with hyphens.

use ::uuid::Uuid;

use crate::model::list::element;
use crate::model::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

element!(Uuid: Uuid);

impl FieldType for Uuid {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Uuid);

    fn to_value(&self) -> Value {
        Value::Text(self.hyphenated().to_string())
    }

    /// Sixteen bytes are read too: that is how `sqlx` itself stores a UUID in `SQLite`.
    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        let id = match &value {
            Value::Text(text) => Self::try_parse(text).ok(),
            Value::Binary(bytes) => Self::from_slice(bytes).ok(),
            _ => None,
        };
        id.ok_or_else(|| WrongValue::new("a UUID", &value))
    }
}
