//! Variables of the environment in settings: `${NAME}`.

use std::fmt::Write;

use super::Env;

/// The text with each `${NAME}` replaced by `encode` of its value; `$${` stands for `${` itself.
///
/// A variable that is not set is put into `unset` and replaced by nothing. `None` where a `${` is not closed.
pub(super) fn expand(text: &str, env: Env<'_>, encode: fn(&str) -> String, unset: &mut Vec<String>) -> Option<String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(literal) = before.strip_suffix('$') {
            expanded.push_str(literal);
            expanded.push_str("${");
            rest = after;
            continue;
        }
        let (name, tail) = after.split_once('}')?;
        expanded.push_str(before);
        match env(name) {
            Some(value) => expanded.push_str(&encode(&value)),
            None => unset.push(name.to_owned()),
        }
        rest = tail;
    }
    expanded.push_str(rest);
    Some(expanded)
}

/// Escapes all that is not unreserved in a URL: <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>.
pub(super) fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The text that a part of a URL stands for; `None` where an escape is none, or the bytes are not UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = tail;
            continue;
        }
        let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
        // `from_str_radix` takes a sign; an escape has none.
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).ok()
}
