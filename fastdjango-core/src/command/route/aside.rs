//! The history of a database: what is of apps that live there, and what it has besides.

use std::collections::BTreeMap;

use super::super::project::Project;
use super::{Route, list};
use crate::backend::{Connection, Entry, History};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Result;
use crate::name::AppLabel;

impl Project {
    /// What a history says of the apps that live here.
    pub(in crate::command) fn own(&self, mut history: History) -> History {
        if let Some(route) = &self.route {
            history.events.retain(|entry| route.is_here(&entry.migration.app));
        }
        history
    }

    /// The history of the database as far as it is of the apps that live here, and a warning of what else it says.
    pub(in crate::command) async fn history(&self, connection: &mut Connection) -> Result<(History, Diagnostics)> {
        self.knows_its_database()?;
        let history = connection.history().await?;
        let aside = self.route.as_ref().map(|route| route.aside(&history)).unwrap_or_default();
        Ok((self.own(history), aside))
    }

    /// The last event of each migration that the database has, or has half of, and whose app lives elsewhere.
    pub(in crate::command) fn recorded_elsewhere<'h>(&self, history: &'h History) -> Vec<&'h Entry> {
        self.route.as_ref().map(|route| route.recorded(history)).unwrap_or_default()
    }
}

impl Route {
    fn recorded<'h>(&self, history: &'h History) -> Vec<&'h Entry> {
        let last = history.last().into_values();
        let counts = |entry: &&Entry| entry.event.is_applied() || entry.event.is_in_the_middle();
        last.filter(|entry| !self.is_here(&entry.migration.app)).filter(counts).collect()
    }

    /// That a database has more than what lives there: it was there before the settings said so.
    fn aside(&self, history: &History) -> Diagnostics {
        let mut apps: BTreeMap<&AppLabel, Vec<&Entry>> = BTreeMap::new();
        for entry in self.recorded(history) {
            apps.entry(&entry.migration.app).or_default().push(entry);
        }
        let warnings = apps.into_iter().map(|(app, entries)| {
            let homes = list(&self.elsewhere[app]);
            let count = entries.len();
            let what = if count == 1 { "a migration".to_owned() } else { format!("{count} migrations") };
            let message = format!("`{}` has {what} of `{app}`, an app that lives in {homes} by the settings", self.database);
            let warning = Diagnostic::warning("W667", message).note("its tables and rows stay as they are, and `migrate` passes them by");
            let half = entries.iter().find(|entry| entry.event.is_in_the_middle());
            let warning = match half {
                Some(entry) => warning.note(format!("`{}` stopped in the middle of its steps", entry.migration)).help("`migrate --resume journal` ends what was begun"),
                None => warning,
            };
            warning
                .help("rows that are to be elsewhere are copied by hand: no migration leads from one database to another")
                .help(format!("to take the tables away: add \"{app}\" to the `apps` of this database as well, undo its migrations with `migrate {app} zero`, and take it out again"))
        });
        Diagnostics(warnings.collect())
    }
}
