//! The keys of `fastdjango.toml`, as data.

use crate::source::{Key, Record, Shape};

const ENGINES: &[&str] = &["sqlite", "postgres", "mysql", "mariadb"];

/// The whole file.
pub(super) const FILE: Record = Record {
    what: "the settings",
    keys: &[
        Key::optional("databases", Shape::Map(&[], &Shape::Record(&DATABASE))),
        Key::optional("migrations", Shape::Record(&MIGRATIONS)),
    ],
    check: None,
};

const DATABASE: Record = Record {
    what: "a database",
    keys: &[
        Key::optional("engine", Shape::Text),
        Key::optional("name", Shape::Text),
        Key::optional("user", Shape::Text),
        Key::optional("password", Shape::Text),
        Key::optional("host", Shape::Text),
        Key::optional("port", Shape::Literal),
        Key::optional("sslmode", Shape::Text),
        Key::optional("ca", Shape::Text),
        Key::optional("cert", Shape::Text),
        Key::optional("key", Shape::Text),
        Key::optional("url", Shape::Text),
        Key::optional("migration_url", Shape::Text),
        Key::optional("role", Shape::Text),
        Key::optional("names", Shape::List(&Shape::Text)),
        Key::optional("names_from", Shape::Text),
        Key::optional("schemas", Shape::List(&Shape::Text)),
        Key::optional("schemas_from", Shape::Text),
        Key::optional("apps", Shape::List(&Shape::Text)),
    ],
    check: None,
};

const MIGRATIONS: Record = Record {
    what: "the settings of migrations",
    keys: &[
        Key::optional("naming", Shape::Word(&["sequential", "timestamp"])),
        Key::optional("render", Shape::List(&Shape::Word(ENGINES))),
        Key::optional("target", Shape::Map(ENGINES, &Shape::Text)),
    ],
    check: None,
};

/// Every key of a database and of the migrations.
#[cfg(test)]
pub(super) fn keys() -> Vec<&'static str> {
    DATABASE.keys.iter().chain(MIGRATIONS.keys).map(|key| key.name).collect()
}
