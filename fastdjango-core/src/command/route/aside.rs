//! The history of a database: what is of apps that live there, and what it has besides.

use std::collections::BTreeMap;

use super::super::project::Project;
use super::{Route, list};
use crate::backend::{Connection, Entry, History};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Result;
use crate::name::AppLabel;

/// What a database has of apps that live elsewhere: it was there before the settings said so.
#[derive(Clone, Debug, Default)]
pub(in crate::command) struct Aside {
    /// The last event of each migration that is applied, or half of it.
    pub(in crate::command) entries: Vec<Entry>,
    /// The same in words, for who is about to change the database.
    pub(in crate::command) warnings: Diagnostics,
}

impl Aside {
    /// Refuses the name of an app that lives elsewhere, and of which the database has nothing.
    pub(in crate::command) fn allows(&self, project: &Project, apps: &[AppLabel]) -> Result<()> {
        let has = |app: &AppLabel| self.entries.iter().any(|entry| entry.migration.app == *app);
        apps.iter().filter(|app| !has(app)).try_for_each(|app| project.lives_here(app))
    }
}

impl Project {
    /// The history of the database as far as it is of the apps that live here, and what else it says.
    pub(in crate::command) async fn history(&self, connection: &mut Connection) -> Result<(History, Aside)> {
        self.knows_its_database()?;
        let history = connection.history().await?;
        let aside = self.route.as_ref().map(|route| route.aside(&history)).unwrap_or_default();
        Ok((self.own(history), aside))
    }

    /// What a history says of the apps that live here.
    pub(in crate::command) fn own(&self, mut history: History) -> History {
        if let Some(route) = &self.route {
            history.events.retain(|entry| route.is_here(&entry.migration.app));
        }
        history
    }
}

impl Route {
    fn aside(&self, history: &History) -> Aside {
        let counts = |entry: &&Entry| entry.event.is_applied() || entry.event.is_in_the_middle();
        let last = history.last().into_values();
        let entries: Vec<Entry> =
            last.filter(|entry| !self.is_here(&entry.migration.app)).filter(counts).cloned().collect();
        let mut apps: BTreeMap<&AppLabel, Vec<&Entry>> = BTreeMap::new();
        for entry in &entries {
            apps.entry(&entry.migration.app).or_default().push(entry);
        }
        let warnings = Diagnostics(apps.into_iter().map(|(app, entries)| self.warning(app, &entries)).collect());
        Aside { entries, warnings }
    }

    fn warning(&self, app: &AppLabel, entries: &[&Entry]) -> Diagnostic {
        let homes = self.elsewhere.get(app).map(|homes| list(homes)).unwrap_or_default();
        let what = if let [_] = entries { "a migration".to_owned() } else { format!("{} migrations", entries.len()) };
        let message =
            format!("`{}` has {what} of `{app}`, an app that lives in {homes} by the settings", self.database);
        let mut warning = Diagnostic::warning("W667", message)
            .note("its tables and rows stay as they are, and `migrate` passes them by");
        for half in entries.iter().filter(|entry| entry.event.is_in_the_middle()) {
            warning = warning
                .note(format!("`{}` stopped in the middle of its steps", half.migration))
                .help("`migrate --resume journal` ends what was begun");
        }
        warning
            .help("rows that are to be elsewhere are copied by hand: no migration leads from one database to another")
            .help(format!(
                "to take the tables away: let `{app}`, and what refers to it, live here in the settings for as long as `migrate {app} zero` takes"
            ))
    }
}
