//! Which apps live in which database.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Settings;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::name::AppLabel;
use crate::source::nearest;

/// The apps that databases name, as in `apps = ["blog"]`, by the entry of the database, and where each stands.
///
/// An app lives in the databases that name it. One that none names lives in every database that names no apps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Routes(pub(super) BTreeMap<String, BTreeMap<AppLabel, Location>>);

impl Settings {
    /// True where a database names its apps; else every app lives in every database.
    #[must_use]
    pub fn is_routed(&self) -> bool {
        !self.routes.0.is_empty()
    }

    /// True where the app lives in the databases of that entry.
    #[must_use]
    pub fn lives_in(&self, app: &AppLabel, entry: &str) -> bool {
        let named = &self.routes.0;
        named
            .get(entry)
            .map_or_else(|| !named.values().any(|apps| apps.contains_key(app)), |apps| apps.contains_key(app))
    }

    /// The entries of the databases that the app lives in, in order.
    #[must_use]
    pub fn homes(&self, app: &AppLabel) -> Vec<&str> {
        self.entries().filter(|entry| self.lives_in(app, entry)).collect()
    }

    /// The entry that a database is called by: `tenants` for `tenants/acme`; `None` where there is none.
    #[must_use]
    pub fn entry_of(&self, database: &str) -> Option<&str> {
        let of_many = |entry: &&str| database.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/'));
        self.entries().find(|entry| *entry == database).or_else(|| self.entries().find(of_many))
    }

    /// What does not fit the apps that there are: names of none, or else apps that would live nowhere.
    #[must_use]
    pub fn misrouted(&self, apps: &BTreeSet<&AppLabel>) -> Diagnostics {
        let named = self.routes.0.iter().flat_map(|(entry, named)| named.iter().map(move |one| (entry, one)));
        let unknown = named.filter(|(_, (app, _))| !apps.contains(app));
        let unknown = unknown.map(|(entry, (app, place))| {
            let fault = Diagnostic::error(
                "E668",
                format!("`apps` of the database `{entry}` names `{app}`, and there is no such app"),
            );
            let known = || apps.iter().map(|app| app.as_str());
            let fault = fault.at(place.clone()).note("nothing was written or run");
            match nearest(app.as_str(), known()) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault.help(format!("the apps are `{}`", known().collect::<Vec<_>>().join("`, `"))),
            }
        });
        let homeless = apps.iter().filter(|app| self.is_routed() && self.homes(app).is_empty()).map(|app| {
            Diagnostic::error("E668", format!("the app `{app}` lives in no database"))
                .note("every database names the apps that live there, and none names this one")
                .note("nothing was written or run")
                .help(format!("add \"{app}\" to the `apps` of a database in fastdjango.toml"))
        });
        let unknown = Diagnostics(unknown.collect());
        // A slip is told by itself: the app that was meant is missed because of it.
        if unknown.is_empty() { Diagnostics(homeless.collect()) } else { unknown }
    }
}
