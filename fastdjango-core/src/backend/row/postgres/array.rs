//! Arrays in the two forms of the protocol, and in a statement.

use sqlx::error::BoxDynError;

use super::scalar::{scalar, strange};
use super::{digits, literal};
use crate::model::{Value, WrongValue};

/// An array of one dimension: how many, whether NULLs, of which type; length and first index; each element with its length.
///
/// `array_recv` and `array_send` of the server are where this form is defined; the documentation leaves it out.
pub(super) fn list(element: &str, bytes: &[u8]) -> Result<Value, BoxDynError> {
    let mut words = Words(bytes);
    let head = [words.word(), words.word(), words.word()];
    match head {
        [Some(0), ..] => return Ok(Value::List(Vec::new())),
        [Some(1), Some(_), Some(_)] => {}
        _ => return Err(strange("array of several dimensions")),
    }
    let (Some(length), Some(_)) = (words.word(), words.word()) else { return Err(strange("array")) };
    let element = |_| match words.word() {
        Some(-1) => Ok(Value::Null),
        length => words.take(length).ok_or_else(|| strange("array")).and_then(|bytes| scalar(element, bytes)),
    };
    (0..length).map(element).collect::<Result<_, _>>().map(Value::List)
}

/// What is left of a value.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    fn word(&mut self) -> Option<i32> {
        let (word, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i32::from_be_bytes(*word))
    }

    fn take(&mut self, length: Option<i32>) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(length?).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }
}

/// The elements of an array of one dimension in its text form. <https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO>
pub(super) fn elements(text: &str) -> Option<Vec<Option<String>>> {
    let mut chars = text.strip_prefix('{')?.strip_suffix('}')?.chars().peekable();
    let mut elements = Vec::new();
    while let Some(&first) = chars.peek() {
        let quoted = first == '"' && chars.next().is_some();
        let mut element = String::new();
        while let Some(c) = chars.next_if(|c| *c != if quoted { '"' } else { ',' }) {
            match c {
                '\\' => element.extend(chars.next()),
                '{' if !quoted => return None,
                _ => element.push(c),
            }
        }
        if quoted {
            chars.next();
        }
        chars.next_if_eq(&',');
        elements.push((quoted || element != "NULL").then_some(element));
    }
    Some(elements)
}

/// An element as it stands in an array's text. <https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO>
pub(super) fn in_array(value: &Value) -> Result<String, WrongValue> {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Binary(bytes) => digits(bytes),
        Value::Real(number) => format!("{number:?}"),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Refused(_) => return literal(value),
        Value::List(_) => return Err(WrongValue::instead_of("a list in a list", "a list of single values")),
    };
    literal(value)?;
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_read_from_its_text() {
        let read =
            |text: &str| elements(text).map(|all| all.into_iter().map(|one| one.unwrap_or("-".into())).collect());
        let texts = |texts: &[&str]| Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(read("{}"), texts(&[]));
        assert_eq!(read(r#"{a,NULL,"NULL","","b \"c\" \\,}",d}"#), texts(&["a", "-", "NULL", "", r#"b "c" \,}"#, "d"]));
        assert_eq!(read("{{a},{b}}"), None);
        assert_eq!(read("[0:1]={a,b}"), None);
    }
}
