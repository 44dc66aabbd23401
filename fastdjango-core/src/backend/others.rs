//! The histories that other migrators keep in a database: read, and never written.
//!
//! Django has `django_migrations(id, app, name, applied)`:
//! <https://github.com/django/django/blob/main/django/db/migrations/recorder.py>. Aerich has `aerich(id, version, app, content)`:
//! <https://github.com/tortoise/aerich/blob/dev/aerich/models.py>.

use std::collections::BTreeMap;
use std::fmt;

use super::{Connection, Value};
use crate::error::Result;
use crate::schema::Table;

/// A migrator that keeps a history of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OtherMigrator {
    /// Django.
    Django,
    /// Aerich, of Tortoise ORM.
    Aerich,
}

/// The migration of an app that another migrator recorded last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OtherLast {
    /// Whose history it is.
    pub migrator: OtherMigrator,
    /// The app, as that migrator calls it.
    pub app: String,
    /// The migration, as that migrator calls it.
    pub name: String,
}

impl OtherMigrator {
    const ALL: [Self; 2] = [Self::Django, Self::Aerich];

    /// Its table, and the columns of it: the number, the app, the migration, and what else is there.
    const fn layout(self) -> (&'static str, [&'static str; 4]) {
        match self {
            Self::Django => ("django_migrations", ["id", "app", "name", "applied"]),
            Self::Aerich => ("aerich", ["id", "app", "version", "content"]),
        }
    }

    /// Whose history the table is: by its name, and by all of its columns.
    pub(super) fn of(table: &Table) -> Option<Self> {
        Self::ALL.into_iter().find(|migrator| {
            let (name, columns) = migrator.layout();
            let all = columns.iter().all(|column| table.column(column).is_some());
            table.name == name && all && table.columns.len() == columns.len()
        })
    }
}

impl fmt::Display for OtherMigrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Django => "Django",
            Self::Aerich => "Aerich",
        })
    }
}

impl fmt::Display for OtherLast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} had `{}.{}` last", self.migrator, self.app, self.name)
    }
}

impl Connection {
    /// What other migrators recorded last of each app, by their own names; nothing where the database has no history of theirs.
    pub async fn other_histories(&mut self) -> Result<Vec<OtherLast>> {
        let there = self.introspect().await?;
        let mut all = Vec::new();
        for migrator in there.tables.values().filter_map(OtherMigrator::of) {
            let rows = self.query(&self.select(migrator)).await?;
            let text = |row: &[Value], i: usize| row.get(i).and_then(Value::text).unwrap_or_default().to_owned();
            // The last row of an app is the one that counts.
            let last: BTreeMap<String, String> = rows.iter().map(|row| (text(row, 0), text(row, 1))).collect();
            all.extend(last.into_iter().map(|(app, name)| OtherLast { migrator, app, name }));
        }
        all.sort();
        Ok(all)
    }

    fn select(&self, migrator: OtherMigrator) -> String {
        let quote = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => super::names::STANDARD.quote,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => super::names::STANDARD.quote,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => super::mysql::names::SPELLING.quote,
        };
        let (table, [id, app, name, _]) = migrator.layout();
        let [table, id, app, name] = [table, id, app, name].map(quote);
        format!("SELECT {app}, {name} FROM {table} ORDER BY {id}")
    }
}
