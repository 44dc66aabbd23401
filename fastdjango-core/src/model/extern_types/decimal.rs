//! `Decimal`, in the forms that a column of numbers or of text gives back.

use rust_decimal::Decimal;

use crate::model::list::element;
use crate::model::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

element!(Decimal: Numeric);

impl FieldType for Decimal {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Numeric);

    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }

    /// Reads all three forms in which a `SQLite` column of numeric affinity gives a decimal back.
    ///
    /// A real is read through its shortest decimal text, which is the stored one up to 15 digits.
    fn from_value(value: Value, scale: Option<u32>) -> Result<Self, WrongValue> {
        let number = match &value {
            Value::Integer(number) => Some(Self::from(*number)),
            Value::Real(number) => Self::from_str_exact(&number.to_string()).ok(),
            Value::Text(text) => Self::from_str_exact(text).ok(),
            Value::Null | Value::Boolean(_) | Value::Binary(_) | Value::List(_) | Value::Refused(_) => None,
        };
        let number = number.ok_or_else(|| WrongValue::new("a decimal number", &value))?;
        at_scale(number, scale).ok_or_else(|| too_fine(&value, scale))
    }
}

/// The same number with `scale` digits after the point; none where digits would be lost.
fn at_scale(number: Decimal, scale: Option<u32>) -> Option<Decimal> {
    let mut scaled = number;
    if let Some(scale) = scale {
        scaled.rescale(scale);
    }
    (scaled == number).then_some(scaled)
}

fn too_fine(value: &Value, scale: Option<u32>) -> WrongValue {
    let places = scale.unwrap_or(0);
    WrongValue::new(format!("a decimal number with at most {places} digits after the point"), value)
}
