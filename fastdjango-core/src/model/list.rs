//! Lists as fields: an array of the database where it has such.

use std::net::IpAddr;

use super::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

/// A type whose lists are columns of arrays, on databases that have such (`PostgreSQL`).
///
/// A byte is none, since `Vec<u8>` is a column of bytes; nor is a type whose column is checked (unsigned numbers, choices),
/// as no check would look into the array.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` cannot be a field of a model",
    label = "no array of `{Self}` is known",
    note = "for a list that is kept as JSON, on every database, use `Json<Vec<{Self}>>`; for rows of their own, give `{Self}` a model"
)]
pub trait Element: FieldType {
    /// The type of one element.
    const ELEMENT: TypeDef;
}

/// Makes types elements of lists.
macro_rules! element {
    ($($ty:ty: $def:ident),* $(,)?) => {$(
        impl $crate::model::Element for $ty {
            const ELEMENT: $crate::model::TypeDef = $crate::model::TypeDef::$def;
        }
    )*};
}
#[allow(unused_imports, reason = "the features decide which other types are elements")]
pub(super) use element;

element! {
    bool: Boolean, i16: SmallInt, i32: Integer, i64: BigInt, f32: Real, f64: Double, String: Text, Vec<u8>: Binary,
    IpAddr: Inet, serde_json::Value: Json,
}

impl<T: Element> FieldType for Vec<T> {
    const FACTS: TypeFacts = TypeFacts::column(TypeDef::Array(&T::ELEMENT));

    fn to_value(&self) -> Value {
        Value::List(self.iter().map(T::to_value).collect())
    }

    fn from_value(value: Value, scale: Option<u32>) -> Result<Self, WrongValue> {
        match value {
            Value::List(elements) => elements.into_iter().map(|element| T::from_value(element, scale)).collect(),
            other => Err(WrongValue::new("a list", &other)),
        }
    }
}
