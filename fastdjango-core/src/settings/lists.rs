//! Entries of the settings, and the lists of those that stand for many databases.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::many::{By, Many, Named, STAR};
use super::parse::Reader;
use super::{Database, Routes};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::field::Engine;

/// The databases of the settings, as far as they could be read.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) databases: BTreeMap<String, Database>,
    pub(super) many: BTreeMap<String, Many>,
    pub(super) unset: BTreeMap<String, Diagnostics>,
    pub(super) routes: Routes,
}

impl Entries {
    pub(super) fn is_empty(&self) -> bool {
        self.databases.is_empty() && self.many.is_empty() && self.unset.is_empty()
    }

    /// The engines of all of them.
    pub(super) fn engines(&self) -> BTreeSet<Engine> {
        let many = self.many.values().map(|many| &many.pattern);
        self.databases.values().chain(many).map(|database| database.engine).collect()
    }

    /// Puts a database in the place of an entry.
    pub(super) fn set(&mut self, name: &str, database: Database) {
        self.unset.remove(name);
        self.many.remove(name);
        self.databases.insert(name.to_owned(), database);
    }

    /// The database of an entry, or what its databases have in common.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Database> {
        let many = self.many.get_mut(name).map(|many| &mut many.pattern);
        many.or_else(|| self.databases.get_mut(name))
    }

    /// What only shows once all of them are read.
    pub(super) fn faults(&self) -> Diagnostics {
        let direct = |many: &Many| many.pattern.migration.as_ref().filter(|_| many.by == By::Names).cloned();
        let of_one = self.many.iter().filter(|(_, many)| direct(many).is_some_and(|direct| stars(&direct) != 1));
        let of_one = of_one.map(|(entry, _)| {
            let message = format!("`migration_url` of `{entry}` leads to one database, and the entry stands for many");
            Diagnostic::error("E207", message).help("write a `*` in the place of each name: `postgres://host/shop_*`")
        });
        let called = self.databases.keys().filter(|name| {
            let mut many = self.many.keys();
            many.any(|entry| name.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/')))
        });
        let called = called.map(|name| {
            Diagnostic::error("E207", format!("`{name}` is called as one of many would be"))
                .help("give it another name")
        });
        Diagnostics(of_one.chain(called).collect())
    }
}

fn stars(database: &Database) -> usize {
    database.name.matches(STAR).count()
}

impl<'a> Reader<'_, 'a> {
    /// The databases that an entry stands for, where it says that they are many.
    pub(super) fn many(
        &mut self,
        entry: &Spanned<Cow<'a, str>>,
        table: &DeTable<'a>,
        pattern: &Database,
    ) -> Option<Many> {
        let has = |keys: [&str; 2]| keys.iter().any(|key| table.contains_key(*key));
        let (names, schemas) = (has(["names", "names_from"]), has(["schemas", "schemas_from"]));
        if !self.unset.is_empty() || !(names || schemas || stars(pattern) > 0) {
            return None;
        }
        if let Some((code, message, help)) = contradiction(pattern, names, schemas) {
            self.fault(code, entry.span().start, format!("`{}` {message}", entry.get_ref()), help);
            return None;
        }
        let (by, [list, from]) =
            if schemas { (By::Schemas, ["schemas", "schemas_from"]) } else { (By::Names, ["names", "names_from"]) };
        let items = self.items(table, list);
        let from = self.text(table, from).map(|file| self.project_dir.join(file));
        let listed = items.iter().map(|item| item.name.clone()).collect();
        let many = Many { pattern: pattern.clone(), by, listed, from, dir: self.project_dir.to_owned() };
        let nothing = items.is_empty() && many.from.is_none();
        if nothing && (names || schemas) {
            let message = format!("`{}` stands for many databases, and lists none", entry.get_ref());
            self.fault("E209", entry.span().start, message, "name one at least, or take the list out");
        } else if !items.is_empty()
            && let Err(faults) = many.checked(entry.get_ref(), &items)
        {
            self.found.extend(faults);
        }
        Some(many)
    }

    fn items(&mut self, table: &DeTable<'a>, key: &str) -> Vec<Named> {
        let items = table.get(key).and_then(|value| value.get_ref().as_array());
        let items: Vec<&Spanned<DeValue<'a>>> = items.into_iter().flat_map(|items| items.iter()).collect();
        let named = items.into_iter().filter_map(|item| {
            let name = self.expanded(item, str::to_owned)?;
            Some(Named { name, place: Some(self.source.place(item.span().start)) })
        });
        named.collect()
    }
}

/// Why an entry cannot stand for many: code, what it does, and what to do instead.
fn contradiction(pattern: &Database, names: bool, schemas: bool) -> Option<(&'static str, String, &'static str)> {
    let told = |message: &str, help| Some(("E207", message.to_owned(), help));
    match (names, schemas, stars(pattern)) {
        (true, true, _) => told("has both names and schemas", "make two entries of it"),
        (false, true, _) if pattern.engine != Engine::Postgres => {
            let message = format!("has schemas, which are of PostgreSQL alone, and is on {}", pattern.engine.title());
            Some(("E404", message, "name a database for each: `names`"))
        }
        (false, true, 0) | (_, false, 1) if schemas || names || pattern.engine == Engine::Sqlite => None,
        (false, true, _) => told("has schemas, and a `*` in its name", "name the one database that the schemas are in"),
        (true, false, 0) => {
            told("has names, and says not where they go", "write a `*` in `name`, as in `shop_*`, or leave `name` out")
        }
        (_, false, 1) => {
            told("has a `*` in its name, and says not what it stands for", "list that: `names`, or `names_from`")
        }
        _ => told("has more than one `*` in its name", "write one: it stands for what parts the databases"),
    }
}
