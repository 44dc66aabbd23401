//! From the text of `fastdjango.toml` and the environment to settings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::expand::{expand, percent_encode};
use super::lists::Entries;
use super::many::{Many, STAR};
use super::{Database, Routes, Secret, environment, shape, sslmode, target, url};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::field::{Engine, Version};
use crate::name::AppLabel;
use crate::source::{Codes, Notation, Source, nearest};

const CODES: Codes = Codes { syntax: "E401", unknown: "E402", missing: "E403", value: "E404" };
const DEFAULT: &str = "default";

/// Reads a variable of the environment.
pub type Env<'e> = &'e dyn Fn(&str) -> Option<String>;

/// The settings of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// The databases, by name.
    ///
    /// Those of [`Settings::unset`] are incomplete, or not among them: take one by [`Settings::database`].
    pub databases: BTreeMap<String, Database>,
    /// The entries that stand for many databases, by name; one of them is called `ENTRY/NAME`.
    pub many: BTreeMap<String, Many>,
    /// The databases with variables that the environment lacks: an error only when such a database is used, since who
    /// writes migrations need not know the passwords of production.
    pub unset: BTreeMap<String, Diagnostics>,
    /// The apps that databases name as their own; the rest of the rule is that of [`Settings::lives_in`].
    pub routes: Routes,
    /// How migrations are written.
    pub migrations: MigrationSettings,
}

/// How migrations are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MigrationSettings {
    /// What their names begin with.
    pub naming: Naming,
    /// The engines that they are rendered for.
    pub render: BTreeSet<Engine>,
    /// The oldest server of each engine, where it is not the default.
    pub target: BTreeMap<Engine, Version>,
}

/// What the name of a migration begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Naming {
    /// `0002_`.
    #[default]
    Sequential,
    /// `0_20240101120000_`.
    Timestamp,
}

impl Settings {
    /// Reads the settings; `DATABASE_URL` of the environment stands for the default database.
    pub fn parse(text: &str, path: &str, project_dir: &Path, env: Env<'_>) -> Result<Self, Diagnostics> {
        let source = Source { path, text, notation: Notation::Toml, codes: CODES };
        let (tree, mut found) = lowered(&source, source.parse()?);
        found.extend(source.check(&tree, &shape::FILE));
        if found.has_errors() {
            return Err(found);
        }
        let mut reader = Reader { source: &source, env, project_dir, found, unset: Diagnostics::default() };
        let mut entries = reader.databases(tree.get_ref());
        let mut engines = entries.engines();
        match environment::database(project_dir, env) {
            Ok(None) => {}
            Ok(Some(database)) => {
                // Where the file has none, another environment may say another engine.
                engines.extend((!engines.is_empty()).then_some(database.engine));
                entries.set(DEFAULT, database);
            }
            Err(fault) => reader.found.push(fault),
        }
        if let Some(database) = entries.get_mut(DEFAULT)
            && let Err(fault) = environment::past_a_pooler(database, project_dir, env)
        {
            reader.found.push(fault);
        }
        reader.found.extend(entries.faults());
        if !entries.unset.is_empty() {
            engines.clear();
        }
        let migrations = reader.migrations(tree.get_ref(), &engines);
        let found = reader.found;
        if found.has_errors() { Err(found) } else { Ok(Self::of(entries, migrations, project_dir)) }
    }

    /// The settings of a project without a file: `SQLite` in `db.sqlite3`, or what `DATABASE_URL` says.
    pub fn without_file(project_dir: &Path, env: Env<'_>) -> Result<Self, Diagnostics> {
        Self::parse("", "fastdjango.toml", project_dir, env)
    }

    /// The database of that name.
    pub fn database(&self, name: &str) -> Result<&Database, Diagnostics> {
        if let Some(unset) = self.unset.get(name) {
            return Err(unset.clone());
        }
        if self.many.contains_key(name) {
            return Err(Many::too_many(name).into());
        }
        self.databases.get(name).ok_or_else(|| {
            let many = self.many.keys().map(|entry| format!("{entry}/…"));
            let known: Vec<String> = self.databases.keys().cloned().chain(many).collect();
            let fault = Diagnostic::error("E407", format!("there is no database `{name}` in the settings"));
            match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault.help(format!("the databases are {}; add `[databases.{name}]`", known.join(", "))),
            }
            .into()
        })
    }

    /// The names of all entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&String> = self.databases.keys().chain(self.many.keys()).chain(self.unset.keys()).collect();
        names.into_iter().map(String::as_str)
    }

    /// The entry that stands for many, and which of them is meant, where a name is that of one of many.
    ///
    /// Whether it has such a one is not looked after.
    pub fn one_of_many<'s>(&'s self, name: &'s str) -> Result<Option<(&'s str, &'s Many, &'s str)>, Diagnostics> {
        let of = |entry: &str| name.strip_prefix(entry)?.strip_prefix('/').filter(|own| !own.is_empty());
        if let Some((_, unset)) = self.unset.iter().find(|(entry, _)| of(entry).is_some()) {
            return Err(unset.clone());
        }
        Ok(self.many.iter().find_map(|(entry, many)| Some((entry.as_str(), many, of(entry)?))))
    }

    /// The oldest server of an engine that SQL is rendered for.
    #[must_use]
    pub fn target(&self, engine: Engine) -> Version {
        self.migrations.target.get(&engine).copied().unwrap_or(engine.targets().default)
    }

    fn of(mut entries: Entries, mut migrations: MigrationSettings, project_dir: &Path) -> Self {
        if entries.is_empty() {
            entries.set(DEFAULT, Database::sqlite("db.sqlite3", project_dir));
        }
        if migrations.render.is_empty() {
            migrations.render = entries.engines();
        }
        let Entries { databases, many, unset, routes } = entries;
        Self { databases, many, unset, routes, migrations }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(Entries::default(), MigrationSettings::default(), Path::new(""))
    }
}

/// The tree with the upper-case keys of `FastDjango`'s Python settings (`[DATABASES.default]`, `ENGINE`) in lower case.
fn lowered<'a>(source: &Source<'a>, tree: Spanned<DeTable<'a>>) -> (Spanned<DeTable<'a>>, Diagnostics) {
    let mut found = Diagnostics::default();
    let span = tree.span();
    let mut top = lowered_keys(source, tree.into_inner(), &mut found);
    if let Some(DeValue::Table(databases)) = top.get_mut("databases").map(Spanned::as_mut) {
        for (_, database) in databases.iter_mut() {
            if let DeValue::Table(table) = database.as_mut() {
                *table = lowered_keys(source, std::mem::take(table), &mut found);
            }
        }
    }
    (Spanned::new(span, top), found)
}

fn lowered_keys<'a>(source: &Source<'a>, table: DeTable<'a>, found: &mut Diagnostics) -> DeTable<'a> {
    let mut lowered = DeTable::new();
    for (key, value) in table {
        let (span, name) = (key.span(), key.into_inner());
        let shouted = !name.chars().any(char::is_lowercase);
        let name = if shouted { name.to_lowercase().into() } else { name };
        if lowered.contains_key(name.as_ref()) {
            let message = format!("`{name}` is there twice, in lower and in upper case");
            found.push(Diagnostic::error("E404", message).at(source.place(span.start)).help("remove one of them"));
        }
        lowered.insert(Spanned::new(span, name), value);
    }
    lowered
}

/// A pass over the tree, and what it found wrong.
pub(super) struct Reader<'s, 'a> {
    pub(super) source: &'s Source<'a>,
    env: Env<'s>,
    pub(super) project_dir: &'s Path,
    pub(super) found: Diagnostics,
    /// The variables that the database at hand lacks.
    pub(super) unset: Diagnostics,
}

impl<'a> Reader<'_, 'a> {
    fn databases(&mut self, top: &DeTable<'a>) -> Entries {
        let tables = top.get("databases").and_then(|value| value.get_ref().as_table());
        let mut entries = Entries::default();
        for (name, value) in tables.into_iter().flat_map(|table| table.iter()) {
            let Some(table) = value.get_ref().as_table() else { continue };
            let database = self.database(name, table).map(|database| database.resolved(self.project_dir));
            let name_of = || name.get_ref().to_string();
            if let Some(apps) = self.apps(table) {
                entries.routes.0.insert(name_of(), apps);
            }
            match database.map(|database| (self.many(name, table, &database), database)) {
                Some((Some(many), _)) => drop(entries.many.insert(name_of(), many)),
                Some((None, database)) => drop(entries.databases.insert(name_of(), database)),
                None => {}
            }
            if !self.unset.is_empty() {
                entries.unset.insert(name_of(), std::mem::take(&mut self.unset));
            }
        }
        entries
    }

    fn database(&mut self, name: &Spanned<std::borrow::Cow<'a, str>>, table: &DeTable<'a>) -> Option<Database> {
        let mut database = match table.get("url") {
            Some(value) => self.by_url(table, value)?,
            None => self.by_keys(name, table)?,
        };
        self.role(table, &mut database);
        self.migration_url(table, &mut database);
        Some(database)
    }

    fn by_keys(&mut self, name: &Spanned<std::borrow::Cow<'a, str>>, table: &DeTable<'a>) -> Option<Database> {
        let engine = self.required(name, table, "engine");
        let alone = !table.contains_key("name") && ["names", "names_from"].iter().any(|key| table.contains_key(*key));
        let database = if alone { Some(STAR.to_string()) } else { self.required(name, table, "name") };
        let (engine, database) = (self.engine(table, &engine?), database?);
        if database.contains("://") {
            // It may hold a password, and a name is printed: neither is taken.
            let start = table.get("name").map_or(0, |value| value.span().start);
            self.fault("E404", start, "`name` holds a URL", "a URL belongs under `url`, without `engine`");
            return None;
        }
        let database = Database {
            user: self.text(table, "user"),
            password: self.text(table, "password").map(Secret::new),
            host: self.text(table, "host"),
            port: self.port(table),
            sslmode: self.sslmode(table, engine?),
            ca: self.text(table, "ca").map(PathBuf::from),
            cert: self.text(table, "cert").map(PathBuf::from),
            key: self.text(table, "key").map(PathBuf::from),
            ..Database::new(engine?, database)
        };
        if let Some(fault) = sslmode::pair(&database, &format!("the database `{}`", name.get_ref())) {
            self.found.push(fault.at(self.source.place(name.span().start)));
        }
        Some(database)
    }

    fn by_url(&mut self, table: &DeTable<'a>, value: &Spanned<DeValue<'a>>) -> Option<Database> {
        let beside = ["url", "migration_url", "role", "names", "names_from", "schemas", "schemas_from", "apps"];
        for (key, _) in table.iter().filter(|(key, _)| !beside.contains(&key.get_ref().as_ref())) {
            let message = format!("`{}` and `url` are both there", key.get_ref());
            self.fault("E404", key.span().start, message, "put it into the URL, or take the URL out");
        }
        let text = self.expanded(value, percent_encode)?;
        if !self.unset.is_empty() {
            let engine = text.split(['+', ':']).next().and_then(|scheme| scheme.parse().ok())?;
            return Some(Database::new(engine, ""));
        }
        let read = url::read("`url`", &text);
        self.kept(value, read)
    }

    /// The apps that live there, where the database names them; nothing in them is taken from the environment.
    fn apps(&self, table: &DeTable<'a>) -> Option<BTreeMap<AppLabel, Location>> {
        let apps = table.get("apps")?.get_ref().as_array()?.iter();
        let named = apps.filter_map(|app| Some((app.get_ref().as_str()?.into(), self.source.place(app.span().start))));
        Some(named.collect())
    }

    /// Who migrations are, whoever connects.
    fn role(&mut self, table: &DeTable<'a>, database: &mut Database) {
        database.role = self.text(table, "role");
        if database.role.is_some() && database.engine != Engine::Postgres {
            let start = table.get("role").map_or(0, |value| value.span().start);
            let message = format!("`role` is of PostgreSQL alone, and this is {}", database.engine.title());
            self.fault("E404", start, message, "take it out, and grant the user what migrations need");
        }
    }

    /// Where migrations connect instead.
    fn migration_url(&mut self, table: &DeTable<'a>, database: &mut Database) {
        let Some(value) = table.get("migration_url") else { return };
        let Some(text) = self.expanded(value, percent_encode) else { return };
        if self.unset.is_empty() && !text.is_empty() {
            let read = url::read_direct("`migration_url`", &text, database.engine);
            if let Some(direct) = self.kept(value, read) {
                database.direct(direct);
            }
        }
    }

    fn kept<T>(&mut self, value: &Spanned<DeValue<'a>>, read: Result<T, Diagnostic>) -> Option<T> {
        let fault = |fault: Diagnostic| self.found.push(fault.at(self.source.place(value.span().start)));
        read.map_err(fault).ok()
    }

    fn engine(&mut self, table: &DeTable<'a>, text: &str) -> Option<Engine> {
        // Django's own settings name a module: `django.db.backends.sqlite3`.
        let word = text.rsplit('.').next().unwrap_or(text);
        let start = table.get("engine").map_or(0, |value| value.span().start);
        if text.contains([':', '@']) {
            // What looks like a URL may hold a password: it is not repeated.
            self.fault("E404", start, "`engine` holds no engine's name", "a URL belongs under `url`");
            return None;
        }
        if text.is_empty() {
            return None;
        }
        word.parse()
            .map_err(|_| {
                let near = nearest(word, Engine::ALL.map(Engine::as_str));
                let help =
                    near.map_or("one of sqlite, postgres, mysql, mariadb".to_owned(), |n| format!("write `{n}`"));
                self.fault("E404", start, format!("unknown engine `{word}`"), help);
            })
            .ok()
    }

    fn port(&mut self, table: &DeTable<'a>) -> Option<u16> {
        let value = table.get("port")?;
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.to_string(),
            _ => self.text(table, "port")?,
        };
        let port = text.parse().ok();
        if port.is_none() {
            let start = value.span().start;
            self.fault(
                "E404",
                start,
                "`port` must be a whole number from 0 to 65535",
                "leave it out for the usual port",
            );
        }
        port
    }

    /// The word of the engine; a wrong one must not mean a connection that anybody can read.
    fn sslmode(&mut self, table: &DeTable<'a>, engine: Engine) -> Option<String> {
        let word = self.text(table, "sslmode")?;
        if let Some(help) = sslmode::fault(engine, &word) {
            let start = table.get("sslmode").map_or(0, |value| value.span().start);
            self.fault("E404", start, format!("`sslmode` cannot be `{word}`"), help);
        }
        Some(word)
    }

    /// How migrations are written; `engines` are those of the databases, where all of them are known.
    fn migrations(&mut self, top: &DeTable<'a>, engines: &BTreeSet<Engine>) -> MigrationSettings {
        let Some(table) = top.get("migrations").and_then(|value| value.get_ref().as_table()) else {
            return MigrationSettings::default();
        };
        let (naming, render): (_, BTreeSet<Engine>) = (self.take(table, "naming"), self.take(table, "render"));
        let rendered = if render.is_empty() { engines } else { &render };
        let target = table.get("target").map(|value| target::targets(self.source, value, rendered));
        let (target, found) = target.unwrap_or_default();
        self.found.extend(found);
        MigrationSettings { naming, render, target }
    }

    fn take<T: serde::de::DeserializeOwned + Default>(&mut self, table: &DeTable<'a>, key: &str) -> T {
        let Some(value) = table.get(key) else { return T::default() };
        self.source.take(value).unwrap_or_else(|fault| {
            self.found.push(fault);
            T::default()
        })
    }

    /// A text, expanded; an empty one is none, as in Django's settings.
    pub(super) fn text(&mut self, table: &DeTable<'a>, key: &str) -> Option<String> {
        let text = self.expanded(table.get(key)?, str::to_owned)?;
        Some(text).filter(|text| !text.is_empty())
    }

    fn required(
        &mut self,
        name: &Spanned<std::borrow::Cow<'a, str>>,
        table: &DeTable<'a>,
        key: &str,
    ) -> Option<String> {
        let faults = |reader: &Self| (reader.found.0.len(), reader.unset.0.len());
        let before = faults(self);
        let text = self.text(table, key);
        if before.1 < self.unset.0.len() {
            return Some(text.unwrap_or_default());
        }
        if text.is_none() && before == faults(self) {
            let message = format!("`{key}` is missing in the database `{}`", name.get_ref());
            self.fault("E403", name.span().start, message, format!("add `{key} = …`, or all of it as `url = …`"));
        }
        text
    }

    pub(super) fn expanded(&mut self, value: &Spanned<DeValue<'a>>, encode: fn(&str) -> String) -> Option<String> {
        let (start, mut unset) = (value.span().start, Vec::new());
        let expanded = expand(value.get_ref().as_str()?, self.env, encode, &mut unset);
        if expanded.is_none() {
            self.fault("E404", start, "`${` without its `}`", "close it, or write `$${` where `${` itself is meant");
        }
        for name in unset {
            let fault = Diagnostic::error("E405", format!("the environment has no variable `{name}`"));
            self.unset
                .push(fault.at(self.source.place(start)).help("set it, or choose another database by `--database`"));
        }
        expanded
    }

    pub(super) fn fault(
        &mut self,
        code: &'static str,
        start: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.found.push(Diagnostic::error(code, message).at(self.source.place(start)).help(help));
    }
}
