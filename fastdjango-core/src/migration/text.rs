//! TOML as it is laid out for reading: one rule for each kind of value, the same bytes every time.

use std::fmt::Write;

use toml_edit::Value;

/// A key, quoted where it must be.
pub(super) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { basic(name) }
}

/// A value on one line, but for texts that have several.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => string(text.value()),
        Value::Integer(number) => number.value().to_string(),
        Value::Float(number) => format!("{:?}", number.value()),
        Value::Boolean(value) => value.value().to_string(),
        Value::Datetime(value) => value.value().to_string(),
        Value::Array(values) => format!("[{}]", joined(values.iter().map(self::value))),
        Value::InlineTable(table) if table.is_empty() => "{}".to_owned(),
        Value::InlineTable(table) => {
            let entries = table.iter().map(|(name, inner)| format!("{} = {}", key(name), self::value(inner)));
            format!("{{ {} }}", joined(entries))
        }
    }
}

/// A list of one item a line.
pub(super) fn lines(items: impl Iterator<Item = String>) -> String {
    let mut text = String::from("[\n");
    for item in items {
        let _ = writeln!(text, "    {item},");
    }
    text.push(']');
    text
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A text in the plainest form that holds it.
pub(super) fn string(text: &str) -> String {
    let plain = |c: char| c != '"' && c != '\\' && !c.is_control();
    if text.chars().all(plain) { basic(text) } else { statement(text) }
}

/// A statement between `'''`, verbatim; between `"""`, with escapes, where that cannot hold it or would be hard to read.
///
/// <https://toml.io/en/v1.0.0#string>: a newline right after the opening quotes is not part of the text.
pub(super) fn statement(text: &str) -> String {
    let open = if text.contains('\n') { "\n" } else { "" };
    let verbatim = |c: char| !c.is_control() || c == '\n' || c == '\t';
    if !text.contains("'''") && !text.ends_with('\'') && text.chars().all(verbatim) {
        return format!("'''{open}{text}'''");
    }
    format!("\"\"\"{open}{}\"\"\"", escaped(text, true))
}

fn basic(text: &str) -> String {
    format!("\"{}\"", escaped(text, false))
}

/// The text with escapes; between `"""` a line stays a line, and a quote stays one unless it could close the text.
fn escaped(text: &str, multiline: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if multiline && letters.peek().is_some_and(|next| *next != '"') => escaped.push('"'),
            '\n' if multiline => escaped.push('\n'),
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            letter if letter.is_control() => {
                let _ = write!(escaped, "\\u{:04X}", u32::from(letter));
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}
