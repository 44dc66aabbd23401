//! Where a file of a migration names others.

use toml::de::DeValue;

use super::parse::source;
use crate::diagnostic::Location;
use crate::name::MigrationRef;

/// Where the file of the first migration names the second; of none, where it says what it depends on, or that it does not.
pub type Places<'a> = dyn Fn(&MigrationRef, Option<&MigrationRef>) -> Option<Location> + 'a;

/// The place in one file, which was parsed before.
#[must_use]
pub fn naming(path: &str, text: &str, named: Option<&MigrationRef>) -> Location {
    let whole = Location { file: path.to_owned(), line: 0, column: 0 };
    let text = &text.replace("\r\n", "\n");
    let source = source(path, text);
    let Ok(tree) = source.parse() else { return whole };
    let table = tree.get_ref();
    let Some(named) = named.map(ToString::to_string) else {
        let key = table.iter().find(|(key, _)| key.get_ref() == "dependencies");
        return key.map_or(whole, |(key, _)| source.place(key.span().start));
    };
    let lists = ["dependencies", "before"].into_iter().filter_map(|key| table.get(key)?.get_ref().as_array());
    let mut entries = lists.flat_map(|list| list.iter());
    let entry = entries.find(|entry| matches!(entry.get_ref(), DeValue::String(name) if *name == named));
    entry.map_or(whole, |entry| source.place(entry.span().start))
}
