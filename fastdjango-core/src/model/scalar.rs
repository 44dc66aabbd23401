//! The Rust types that can be fields, and the form in which each is stored.

use std::net::IpAddr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

impl FieldType for bool {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Boolean);

    fn to_value(&self) -> Value {
        Value::Boolean(*self)
    }

    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        match value {
            Value::Boolean(value) => Ok(value),
            Value::Integer(0) => Ok(false),
            Value::Integer(1) => Ok(true),
            other => Err(WrongValue::new("a boolean (0 or 1)", &other)),
        }
    }
}

macro_rules! integer {
    ($($ty:ident: $facts:expr, $expected:literal;)*) => {$(
        impl FieldType for $ty {
            const FACTS: TypeFacts = $facts;

            fn to_value(&self) -> Value {
                Value::Integer(i64::from(*self))
            }

            fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
                let number = match &value {
                    Value::Integer(number) => Self::try_from(*number).ok(),
                    _ => None,
                };
                number.ok_or_else(|| WrongValue::new($expected, &value))
            }
        }
    )*};
}

integer! {
    i16: TypeFacts::column(TypeDef::SmallInt), "an integer of 16 bits";
    i32: TypeFacts::column(TypeDef::Integer), "an integer of 32 bits";
    i64: TypeFacts::column(TypeDef::BigInt), "an integer";
    u8: TypeFacts::unsigned(TypeDef::SmallInt), "an integer from 0 to 255";
    u16: TypeFacts::unsigned(TypeDef::Integer), "an integer from 0 to 65535";
    u32: TypeFacts::unsigned(TypeDef::BigInt), "an integer from 0 to 4294967295";
}

impl FieldType for f64 {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Double);

    fn to_value(&self) -> Value {
        Value::Real(*self)
    }

    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        match value {
            Value::Real(number) => Ok(number),
            // A column without REAL affinity keeps 2.0 as the integer 2; beyond 2^53 the nearest number is the answer.
            #[expect(clippy::cast_precision_loss)]
            Value::Integer(number) => Ok(number as Self),
            other => Err(WrongValue::new("a number", &other)),
        }
    }
}

impl FieldType for f32 {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Real);

    fn to_value(&self) -> Value {
        Value::Real(f64::from(*self))
    }

    fn from_value(value: Value, scale: Option<u32>) -> Result<Self, WrongValue> {
        // What this type wrote comes back exactly; a number between two is the nearest, one beyond all is none.
        #[expect(clippy::cast_possible_truncation)]
        let narrow = |number: f64| number as Self;
        let number = f64::from_value(value, scale)?;
        if number.is_finite() && narrow(number).is_infinite() {
            return Err(WrongValue::new("a number within the range of `f32`", &Value::Real(number)));
        }
        Ok(narrow(number))
    }
}

impl FieldType for String {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Text);

    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }

    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        text(value, "text")
    }
}

impl FieldType for Vec<u8> {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Binary);

    fn to_value(&self) -> Value {
        Value::Binary(self.clone())
    }

    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        match value {
            Value::Binary(bytes) => Ok(bytes),
            other => Err(WrongValue::new("bytes", &other)),
        }
    }
}

impl FieldType for IpAddr {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Inet);

    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        parsed(value, "an IP address", |text| text.parse().ok())
    }
}

impl FieldType for serde_json::Value {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Json);

    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        parsed(value, "JSON", |text| serde_json::from_str(text).ok())
    }
}

/// A value of any serde type, kept in a column as JSON.
///
/// A migration never looks inside: a change of `T` that can no longer read the old rows fails when a row is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> FieldType for Json<T> {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Json);

    fn to_value(&self) -> Value {
        // A map whose keys are no text, for one: NULL in its place would be read as nothing.
        let refused = |error| Value::Refused(WrongValue::instead_of(error, "a value that serde can write as JSON"));
        serde_json::to_string(&self.0).map_or_else(refused, Value::Text)
    }

    fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        parsed(value, "JSON of the field's type", |text| serde_json::from_str(text).ok().map(Self))
    }
}

impl<T: FieldType> FieldType for Option<T> {
    const FACTS: TypeFacts = T::FACTS.optional();
    const CHOICES: &'static [(&'static str, &'static str)] = T::CHOICES;

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn from_value(value: Value, scale: Option<u32>) -> Result<Self, WrongValue> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value, scale).map(Some),
        }
    }
}

/// An enum with `#[derive(Choices)]`: a column of text that holds one of a few values.
pub trait Choices: Sized + 'static {
    /// Every choice, in the order of the enum.
    const ALL: &'static [Self];

    /// The text that the column holds.
    fn as_str(&self) -> &'static str;

    /// The choice that is stored as `text`.
    fn from_text(text: &str) -> Option<Self>;
}

pub(super) fn text(value: Value, expected: &str) -> Result<String, WrongValue> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(WrongValue::new(expected, &other)),
    }
}

pub(super) fn parsed<T>(value: Value, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, WrongValue> {
    let text = text(value, expected)?;
    parse(&text).ok_or_else(|| WrongValue::new(expected, &Value::Text(text)))
}
