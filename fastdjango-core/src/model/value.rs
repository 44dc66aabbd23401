//! Values on their way between a struct's fields and a database, before any driver.

use std::fmt;

use super::{Choices, FieldDef, Kind, TypeDef};

/// A value in one of the few forms that every database can store.
///
/// What a field becomes is fixed (a date is text, a `bool` is [`Value::Boolean`]), so rows written by one release are
/// read by the next. A driver binds the forms; none of them is a type of the driver's.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// True or false; 0 or 1 where the database has no booleans.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text; also decimals, dates, times, UUIDs, addresses and JSON.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// The elements of an array.
    List(Vec<Value>),
    /// What no column can hold, with the reason: the statement that binds it fails, instead of storing something else.
    Refused(WrongValue),
}

impl Value {
    /// Names the form and shows a short value, for errors.
    fn describe(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Boolean(value) => format!("the boolean {value}"),
            Self::Integer(value) => format!("the integer {value}"),
            Self::Real(value) => format!("the real {value:?}"),
            Self::Text(text) if text.chars().count() <= 40 => format!("the text {text:?}"),
            Self::Text(text) => format!("a text of {} characters", text.chars().count()),
            Self::Binary(bytes) => format!("{} bytes", bytes.len()),
            Self::List(elements) => format!("a list of {} elements", elements.len()),
            Self::Refused(why) => why.found.clone(),
        }
    }
}

/// A stored value that the field's type cannot hold.
///
/// It says what was expected and what was found, and knows nothing of the column: [`DecodeError`] adds that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongValue {
    expected: String,
    found: String,
}

impl WrongValue {
    /// Says that `expected` should stand where `found` stands.
    pub fn new(expected: impl Into<String>, found: &Value) -> Self {
        Self { expected: expected.into(), found: found.describe() }
    }

    /// Says that `expected` should stand where there is something that is no value: `found` says what.
    pub fn instead_of(found: impl fmt::Display, expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), found: found.to_string() }
    }
}

impl fmt::Display for WrongValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for WrongValue {}

/// A column that could not be read into its field.
#[derive(Debug)]
pub struct DecodeError {
    /// The column.
    pub column: String,
    /// Why: a [`WrongValue`], or the driver's own error where the row has no such column.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl DecodeError {
    /// Says why `column` could not be read.
    pub fn new(column: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { column: column.to_owned(), source: source.into() }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column `{}`: {}", self.column, self.source)
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// A row of any driver, read by the names of its columns.
///
/// By name, never by position: a migration that moves a column must not change what a field reads.
pub trait Columns {
    /// The value under `column`.
    fn value(&self, column: &str) -> Result<Value, DecodeError>;
}

/// A struct that is a row: what every derived model is.
pub trait Record: Sized {
    /// Adds the columns that an INSERT names, with their values, in the order of the fields.
    fn write(&self, values: &mut Vec<(&'static str, Value)>);

    /// Reads the struct from a row.
    fn read(row: &dyn Columns) -> Result<Self, DecodeError>;

    /// The columns that an INSERT names, with their values: what the derived `insert_values` gives.
    #[must_use]
    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        self.write(&mut values);
        values
    }
}

/// Adds a row's fields to what an INSERT names: those that have a column which the database does not fill in itself.
///
/// This and [`read`] take data and functions, no closures and no traits: what stands in each field of each model is most
/// of what a derive costs the compiler.
#[doc(hidden)]
pub fn write<const N: usize>(values: &mut Vec<(&'static str, Value)>, fields: &[FieldDef], row: [Value; N]) {
    let stored = |field: &FieldDef| {
        !field.auto && field.generated.is_none() && !matches!(field.facts.kind, Kind::ManyToMany { .. })
    };
    let row = fields.iter().zip(row).filter(|(field, _)| stored(field));
    values.extend(row.map(|(field, value)| (field.column_name(), fitting(field, value))));
}

/// The value of a decimal that its column has the digits for. Any other could be written, and never be read again.
fn fitting(field: &FieldDef, value: Value) -> Value {
    if let Value::List(elements) = value {
        return Value::List(elements.into_iter().map(|element| fitting(field, element)).collect());
    }
    let Kind::Column { ty: TypeDef::Numeric | TypeDef::Array(TypeDef::Numeric), .. } = field.facts.kind else {
        return value;
    };
    let (Value::Text(text), Some(digits), Some(places)) = (&value, field.max_digits, field.decimal_places) else {
        return value;
    };
    match overlong(text, digits, places) {
        Some(why) => Value::Refused(why),
        None => value,
    }
}

/// Why a decimal does not fit into so many digits, of which so many stand behind the point.
pub(crate) fn overlong(text: &str, digits: u32, places: u32) -> Option<WrongValue> {
    let (whole, fraction) = text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
    let expected = if fraction.trim_end_matches('0').len() > places as usize {
        format!("a decimal number with at most {places} digits after the point")
    } else if whole.trim_start_matches('0').len() > digits.saturating_sub(places) as usize {
        format!("a decimal number with at most {} digits before the point", digits.saturating_sub(places))
    } else {
        return None;
    };
    Some(WrongValue::instead_of(text, expected))
}

/// Reads a field; a many-to-many has no column to read.
#[doc(hidden)]
pub fn read<T>(
    row: &dyn Columns,
    field: &FieldDef,
    from_value: fn(Value, Option<u32>) -> Result<T, WrongValue>,
) -> Result<T, DecodeError> {
    let column = field.column_name();
    let value = if matches!(field.facts.kind, Kind::ManyToMany { .. }) { Value::Null } else { row.value(column)? };
    from_value(value, field.decimal_places).map_err(|error| DecodeError::new(column, error))
}

/// The stored form of a choice.
#[doc(hidden)]
pub fn choice_to_value<C: Choices>(choice: &C) -> Value {
    Value::Text(choice.as_str().to_owned())
}

/// The choice of a stored text.
#[doc(hidden)]
pub fn choice_from_value<C: Choices>(value: &Value, expected: &str) -> Result<C, WrongValue> {
    let choice = match value {
        Value::Text(text) => C::from_text(text),
        _ => None,
    };
    choice.ok_or_else(|| WrongValue::new(expected, value))
}
