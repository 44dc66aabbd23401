//! The values of a table that was checked, one key after the other: what does not read is noted, and the rest is read all the same.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostics;
use crate::source::Source;

/// A table, and what was found wrong with it.
pub(super) struct Parts<'s, 'a> {
    pub(super) source: &'s Source<'a>,
    pub(super) table: &'s DeTable<'a>,
    pub(super) found: Diagnostics,
}

impl<'a> Parts<'_, 'a> {
    pub(super) fn one<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.table.get(key)?;
        self.take(value)
    }

    pub(super) fn list<T: DeserializeOwned>(&mut self, key: &str) -> Vec<T> {
        let values = self.table.get(key).and_then(|value| value.get_ref().as_array());
        values.into_iter().flat_map(|values| values.iter()).filter_map(|value| self.take(value)).collect()
    }

    /// The entries of an object, each read at its own place.
    pub(super) fn map<T: DeserializeOwned>(&mut self, key: &str) -> Vec<(String, T)> {
        let entries = self.table.get(key).and_then(|value| value.get_ref().as_table());
        let mut taken = Vec::new();
        for (name, value) in entries.into_iter().flatten() {
            taken.extend(self.take(value).map(|value| (name.get_ref().to_string(), value)));
        }
        taken
    }

    /// What was read, where nothing is wrong.
    pub(super) fn finish<T>(self, read: T) -> Result<T, Diagnostics> {
        if self.found.has_errors() { Err(self.found) } else { Ok(read) }
    }

    fn take<T: DeserializeOwned>(&mut self, value: &Spanned<DeValue<'a>>) -> Option<T> {
        self.source.take(value).map_err(|fault| self.found.push(fault)).ok()
    }
}
