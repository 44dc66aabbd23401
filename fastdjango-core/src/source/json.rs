//! JSON that programs write, read into the same tree as TOML, so that one list of shapes checks both.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A deeper value than any document of ours has would only use up the stack.
const DEEPEST: usize = 100;

/// What is wrong, and the byte where it is.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Reads a document that is one object. A key whose value is `null` is as good as absent.
pub(super) fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Fault> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.skip();
    if reader.peek() != Some('{') {
        return Err(reader.expected("an object, which begins with `{`"));
    }
    let (span, table) = reader.object()?;
    reader.skip();
    if reader.peek().is_some() {
        return Err(reader.expected("nothing more behind the document"));
    }
    Ok(Spanned::new(span, table))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len();
    }

    fn expected(&self, what: &str) -> Fault {
        let found = match self.peek() {
            None => "the end of the text".to_owned(),
            Some(c) => format!("`{}`", c.escape_debug()),
        };
        Fault { at: self.at, message: format!("expected {what}, found {found}") }
    }

    /// Takes the character where it comes next.
    fn take(&mut self, wanted: char) -> bool {
        self.skip();
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// A value; none for `null`.
    fn value(&mut self) -> Result<Option<Spanned<DeValue<'t>>>, Fault> {
        self.skip();
        let start = self.at;
        let value = match self.peek() {
            Some('{') => DeValue::Table(self.object()?.1),
            Some('[') => DeValue::Array(self.list()?),
            Some('"') => DeValue::String(Cow::Owned(self.string()?)),
            Some('-' | '0'..='9') => self.number()?,
            Some('t' | 'f' | 'n') => match self.word() {
                "true" => DeValue::Boolean(true),
                "false" => DeValue::Boolean(false),
                "null" => return Ok(None),
                _ => return Err(Fault { at: start, message: "expected `true`, `false` or `null`".to_owned() }),
            },
            _ => return Err(self.expected("a value")),
        };
        Ok(Some(Spanned::new(start..self.at, value)))
    }

    fn word(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn object(&mut self) -> Result<(Range<usize>, DeTable<'t>), Fault> {
        let start = self.at;
        let mut table = DeTable::new();
        self.deeper(|reader| {
            reader.items('}', |reader| {
                let key_at = reader.at;
                if reader.peek() != Some('"') {
                    return Err(reader.expected("a key in double quotes"));
                }
                let key = reader.string()?;
                let key_end = reader.at;
                if !reader.take(':') {
                    return Err(reader.expected("`:`"));
                }
                if table.contains_key(key.as_str()) {
                    return Err(Fault { at: key_at, message: format!("the key `{key}` stands twice in one object") });
                }
                if let Some(value) = reader.value()? {
                    table.insert(Spanned::new(key_at..key_end, Cow::Owned(key)), value);
                }
                Ok(())
            })
        })?;
        Ok((start..self.at, table))
    }

    fn list(&mut self) -> Result<DeArray<'t>, Fault> {
        let mut items = DeArray::new();
        self.deeper(|reader| {
            reader.items(']', |reader| {
                let at = reader.at;
                let null = || Fault { at, message: "`null` in a list says nothing".to_owned() };
                items.push(reader.value()?.ok_or_else(null)?);
                Ok(())
            })
        })?;
        Ok(items)
    }

    /// What stands between two brackets, the first of which comes next, parted by commas.
    fn items(&mut self, close: char, mut item: impl FnMut(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.at += 1;
        if self.take(close) {
            return Ok(());
        }
        loop {
            self.skip();
            item(self)?;
            if self.take(close) {
                return Ok(());
            }
            if !self.take(',') {
                return Err(self.expected(&format!("`,` or `{close}`")));
            }
        }
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.depth == DEEPEST {
            return Err(Fault { at: self.at, message: format!("more than {DEEPEST} values in each other") });
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let mut escaped = false;
        let end = self.text[start + 1..].find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            return Err(Fault { at: start, message: "expected `\"` at the end of this string".to_owned() });
        };
        self.at = start + end + 2;
        let token = &self.text[start..self.at];
        serde_json::from_str(token).map_err(|error| {
            let within = token.char_indices().nth(error.column().saturating_sub(1)).map_or(0, |(at, _)| at);
            Fault { at: start + within, message: reason(&error) }
        })
    }

    fn number(&mut self) -> Result<DeValue<'t>, Fault> {
        let start = self.at;
        let rest = &self.text[start..];
        let end = rest.find(|c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')).unwrap_or(rest.len());
        self.at += end;
        let token = &rest[..end];
        let wrong = || Fault { at: start, message: format!("`{token}` is no number") };
        serde_json::from_str::<serde::de::IgnoredAny>(token).map_err(|_| wrong())?;
        DeValue::parse(token).map(Spanned::into_inner).map_err(|_| wrong())
    }
}

/// The parser's reason without its place, which is that within the string alone.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.as_str(), |at| &text[..at]).to_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn read(text: &str) -> Result<serde_json::Value, (usize, String)> {
        let tree = parse(text).map_err(|fault| (fault.at, fault.message))?;
        let tree = Spanned::new(tree.span(), DeValue::Table(tree.into_inner()));
        Ok(serde_json::Value::deserialize(toml::de::ValueDeserializer::from(tree)).unwrap())
    }

    #[test]
    fn every_value_is_what_it_is_to_another_reader() {
        for text in [
            r#"{ "a": [1, -2, 0, -0.5, 1e3, 1.5E-3, true, false, "", {}, []] }"#,
            "\u{feff}\r\n{\"é\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00\": \"\\\\\", \"b\": {\"c\": \"}]\"}}\n",
        ] {
            let other: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            assert_eq!(read(text), Ok(other));
        }
        assert_eq!(read(r#"{ "a": null, "b": 1 }"#), Ok(serde_json::json!({ "b": 1 })));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_byte() {
        for (text, at) in [
            ("", 0),
            ("{", 1),
            ("{ \"a\": 1, }", 10),
            ("{ \"a\": 01 }", 7),
            ("{ \"a\": 1.  }", 7),
            ("{ \"a\": tru }", 7),
            ("{ \"a\": [null] }", 8),
            ("{ \"a\": \"b }", 7),
            ("{ \"a\": 1, \"a\": 2 }", 10),
            ("{ \"a\": 1 } x", 11),
            ("{ a: 1 }", 2),
            ("{ \"é\": 'b' }", 8),
        ] {
            assert_eq!(read(text).map_err(|(at, _)| at), Err(at), "{text}");
        }
        assert!(read("{ \"a\": \"\\x\" }").is_err() && read("{ \"a\": \"\n\" }").is_err());
        let deep = format!("{{ \"a\": {}", "[".repeat(100_000));
        assert!(read(&deep).is_err());
    }
}
