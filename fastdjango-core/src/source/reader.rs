//! Reading: from text to a checked tree of values, each with its place.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Check, Key, Notation, Record, Shape, Tagged, json, nearest};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// The codes under which the faults of one kind of file are reported.
#[derive(Clone, Copy, Debug)]
pub struct Codes {
    /// No TOML.
    pub syntax: &'static str,
    /// A key that nobody reads.
    pub unknown: &'static str,
    /// A key that is missing.
    pub missing: &'static str,
    /// A value of the wrong kind.
    pub value: &'static str,
}

/// A text and the file that it came from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file, as a person would type it.
    pub path: &'a str,
    /// The text.
    pub text: &'a str,
    /// What it is written in.
    pub notation: Notation,
    /// The codes of its faults.
    pub codes: Codes,
}

impl<'a> Source<'a> {
    /// Reads the text: errors of syntax, or a tree.
    pub fn parse(&self) -> Result<Spanned<DeTable<'a>>, Diagnostics> {
        match self.notation {
            Notation::Toml => self.parse_toml(),
            Notation::Json => json::parse(self.text).map_err(|fault| {
                let syntax = || self.fault(self.codes.syntax, fault.at, format!("no valid JSON: {}", fault.message));
                self.conflict().unwrap_or_else(syntax).into()
            }),
        }
    }

    fn parse_toml(&self) -> Result<Spanned<DeTable<'a>>, Diagnostics> {
        let (tree, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Ok(tree);
        }
        if let Some(conflict) = self.conflict() {
            return Err(conflict.into());
        }
        let fault = |error: &toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let message = format!("no valid TOML: {}", error.message().replace('\n', "; "));
            Diagnostic::error(self.codes.syntax, message).at(self.place(start))
        };
        Err(Diagnostics(errors.iter().map(fault).collect()))
    }

    /// Where a merge left both sides in the file; the errors of syntax that this makes would only hide it.
    fn conflict(&self) -> Option<Diagnostic> {
        let begins = |mark: &str| self.text.split('\n').position(|line| line.starts_with(mark));
        let (line, _) = begins("<<<<<<<").zip(begins(">>>>>>>"))?;
        let offset = self.text.split('\n').take(line).map(|line| line.len() + 1).sum();
        Some(
            Diagnostic::error(
                self.codes.syntax,
                format!("no valid {}: a merge left both of its sides here", self.notation.name()),
            )
            .at(self.place(offset))
            .help("keep what is right of both, and take out the lines of `<<<<<<<`, `=======` and `>>>>>>>`"),
        )
    }

    /// The line and column of a byte.
    #[must_use]
    pub fn place(&self, offset: usize) -> Location {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Location { file: self.path.to_owned(), line: small(line), column: small(column) }
    }

    /// Compares the tree with a shape, and reports every difference.
    #[must_use]
    pub fn check(&self, tree: &Spanned<DeTable<'a>>, record: &Record) -> Diagnostics {
        let mut found = Diagnostics::default();
        self.table(tree.get_ref(), 0..0, record.what, record.keys.iter(), &mut found);
        found
    }

    /// Compares the values of a tree whose keys may be any with a shape; `what` is what they are called together.
    #[must_use]
    pub fn check_map(&self, tree: &Spanned<DeTable<'a>>, what: &str, shape: &Shape) -> Diagnostics {
        let mut found = Diagnostics::default();
        self.map(what, tree.get_ref(), &[], shape, &mut found);
        found
    }

    /// Makes a value of a part of the tree.
    pub fn take<T: DeserializeOwned>(&self, value: &Spanned<DeValue<'a>>) -> Result<T, Diagnostic> {
        T::deserialize(toml::de::ValueDeserializer::from(value.clone())).map_err(|error| {
            let start = error.span().unwrap_or_else(|| value.span()).start;
            self.fault(self.codes.value, start, error.message().replace('\n', "; "))
        })
    }

    fn fault(&self, code: &'static str, start: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.place(start))
    }

    fn value(&self, key: &str, value: &Spanned<DeValue<'a>>, shape: &Shape, found: &mut Diagnostics) {
        let (span, inner) = (value.span(), value.get_ref());
        match (shape, inner) {
            (Shape::Text, DeValue::String(_)) | (Shape::Boolean, DeValue::Boolean(_)) => {}
            (Shape::Word(words), DeValue::String(word)) => self.word(key, span, word, words, found),
            (Shape::Number { max }, DeValue::Integer(number)) => self.number(key, span, integer(number), *max, found),
            (Shape::Literal | Shape::Any, literal) if is_literal(literal) => self.literal(key, span, literal, found),
            (Shape::List(shape), DeValue::Array(values)) => {
                for value in values {
                    self.value(key, value, shape, found);
                }
            }
            (Shape::Any, DeValue::Array(values)) => {
                values.iter().for_each(|value| self.value(key, value, shape, found));
            }
            (Shape::Any, DeValue::Table(table)) => self.map(key, table, &[], shape, found),
            (Shape::Map(names, shape), DeValue::Table(table)) => self.map(key, table, names, shape, found),
            (Shape::Record(record), DeValue::Table(table)) => {
                self.checked(inner, span.clone(), record.check, found, |found| {
                    self.table(table, span, record.what, record.keys.iter(), found);
                });
            }
            (Shape::Tagged(tagged), DeValue::Table(table)) => {
                self.checked(inner, span.clone(), tagged.check, found, |found| {
                    self.tagged(table, span, tagged, found);
                });
            }
            (Shape::OrTable(_, shape), DeValue::Table(_)) | (Shape::OrTable(shape, _), DeValue::String(_)) => {
                self.value(key, value, shape, found);
            }
            (Shape::OrTable(Shape::Literal, _), literal) if is_literal(literal) => {
                self.literal(key, span, literal, found);
            }
            (Shape::ByKey(variants), DeValue::Table(table)) => self.by_key(key, table, span, variants, found),
            (shape, value) => {
                let [wanted, found_kind] = [shape.what(), kind(value)].map(|what| self.notation.called(what));
                let message = format!("`{key}` must be {wanted}, not {found_kind}");
                let fault = self.fault(self.codes.value, span.start, message);
                found.push(match value {
                    DeValue::Datetime(_) => fault.help("write dates and times in quotes"),
                    _ => fault,
                });
            }
        }
    }

    /// Runs the rules of a whole table, where its keys alone show no fault.
    fn checked(
        &self,
        value: &DeValue<'_>,
        span: Range<usize>,
        check: Option<Check>,
        found: &mut Diagnostics,
        keys: impl FnOnce(&mut Diagnostics),
    ) {
        let before = found.0.len();
        keys(found);
        if before == found.0.len()
            && let Some(Err(message)) = check.map(|check| check(value))
        {
            found.push(self.fault(self.codes.value, span.start, message));
        }
    }

    fn word(&self, key: &str, span: Range<usize>, word: &str, words: &[&str], found: &mut Diagnostics) {
        if words.contains(&word) {
            return;
        }
        let fault = self.fault(self.codes.value, span.start, format!("`{key}` cannot be `{word}`"));
        found.push(suggest(fault, word, words));
    }

    fn number(&self, key: &str, span: Range<usize>, number: Option<i64>, max: i64, found: &mut Diagnostics) {
        if !number.is_some_and(|number| (0..=max).contains(&number)) {
            let message = format!("`{key}` must be a whole number from 0 to {max}");
            found.push(self.fault(self.codes.value, span.start, message));
        }
    }

    fn literal(&self, key: &str, span: Range<usize>, value: &DeValue<'_>, found: &mut Diagnostics) {
        let held = match value {
            DeValue::Integer(number) => integer(number).is_some(),
            DeValue::Float(number) => number.as_str().parse::<f64>().is_ok_and(f64::is_finite),
            _ => true,
        };
        if !held {
            let message = format!("`{key}` is a number that cannot be held exactly");
            found.push(self.fault(self.codes.value, span.start, message).help("write it in quotes"));
        }
    }

    fn map(&self, key: &str, table: &DeTable<'a>, names: &[&str], shape: &Shape, found: &mut Diagnostics) {
        for (name, value) in in_order(table) {
            if names.is_empty() || names.contains(&name.get_ref().as_ref()) {
                self.value(name.get_ref(), value, shape, found);
            } else {
                let message = format!("unknown key `{}` in `{key}`", name.get_ref());
                let fault = self.fault(self.codes.unknown, name.span().start, message);
                found.push(suggest(fault, name.get_ref(), names));
            }
        }
    }

    fn tagged(&self, table: &DeTable<'a>, span: Range<usize>, tagged: &Tagged, found: &mut Diagnostics) {
        let words: Vec<&str> = tagged.variants.iter().map(|(word, _)| *word).collect();
        let Some(value) = table.get(tagged.tag) else {
            let fault = self.fault(self.codes.missing, span.start, format!("`{}` is missing", tagged.tag));
            found.push(fault.help(format!("name the {}: {}", tagged.noun, words.join(", "))));
            return;
        };
        let DeValue::String(word) = value.get_ref() else {
            self.value(tagged.tag, value, &Shape::Text, found);
            return;
        };
        let Some((word, keys)) = tagged.variants.iter().find(|(name, _)| name == word) else {
            let message = format!("unknown {} `{word}`", tagged.noun);
            let fault = self.fault(self.codes.value, value.span().start, message);
            found.push(suggest(fault, word, &words));
            return;
        };
        let tag = Key::required(tagged.tag, Shape::Text);
        let keys = std::iter::once(&tag).chain(tagged.common).chain(*keys);
        self.table(table, span, &format!("{} `{word}`", tagged.noun), keys, found);
    }

    fn by_key(
        &self,
        key: &str,
        table: &DeTable<'a>,
        span: Range<usize>,
        variants: &[(&str, Record)],
        found: &mut Diagnostics,
    ) {
        if let Some((_, record)) = variants.iter().find(|(name, _)| table.contains_key(*name)) {
            self.table(table, span, record.what, record.keys.iter(), found);
            return;
        }
        let names: Vec<&str> = variants.iter().map(|(name, _)| *name).collect();
        let Some((name, _)) = in_order(table).into_iter().next() else {
            let fault = self.fault(
                self.codes.missing,
                span.start,
                format!("{} in `{key}`", self.notation.called("an empty table")),
            );
            found.push(fault.help(format!("it has one of the keys {}", names.join(", "))));
            return;
        };
        let table = self.notation.called("a table");
        let message = format!("unknown key `{}` in {table} of `{key}`", name.get_ref());
        let fault = self.fault(self.codes.unknown, name.span().start, message);
        found.push(suggest(fault, name.get_ref(), &names));
    }

    fn table<'k>(
        &self,
        table: &DeTable<'a>,
        span: Range<usize>,
        what: &str,
        keys: impl Iterator<Item = &'k Key> + Clone,
        found: &mut Diagnostics,
    ) {
        let mut meant = Vec::new();
        for (name, value) in in_order(table) {
            if let Some(key) = keys.clone().find(|key| key.name == name.get_ref()) {
                self.value(key.name, value, &key.shape, found);
                continue;
            }
            let known: Vec<&str> = keys.clone().map(|key| key.name).collect();
            let message = format!("unknown key `{}` in {what}", name.get_ref());
            let fault = self.fault(self.codes.unknown, name.span().start, message);
            found.push(suggest(fault, name.get_ref(), &known));
            meant.extend(nearest(name.get_ref(), known));
        }
        let missing = |key: &&Key| key.required && !table.contains_key(key.name) && !meant.contains(&key.name);
        for key in keys.filter(missing) {
            let fault = self.fault(self.codes.missing, span.start, format!("`{}` is missing in {what}", key.name));
            let entry = self.notation.entry(key.name);
            found.push(fault.help(format!("add `{entry}`: {}", self.notation.called(key.shape.what()))));
        }
    }
}

fn suggest(fault: Diagnostic, word: &str, words: &[&str]) -> Diagnostic {
    match nearest(word, words.iter().copied()) {
        Some(near) => fault.help(format!("write `{near}`")),
        None => fault.help(format!("one of {}", words.join(", "))),
    }
}

/// The entries in the order of the file, whatever the map's own order is.
fn in_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(&'t Spanned<std::borrow::Cow<'a, str>>, &'t Spanned<DeValue<'a>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

fn integer(number: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn is_literal(value: &DeValue<'_>) -> bool {
    matches!(value, DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
