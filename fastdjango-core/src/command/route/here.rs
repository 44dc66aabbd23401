//! The project of one database, made out of the whole one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::directory::Directory;
use super::super::files::{self, Loaded};
use super::super::project::Project;
use super::super::snapshots::Previous;
use super::list;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::name::AppLabel;

/// A database, and what of the project does not live there.
#[derive(Debug)]
pub struct Route {
    /// What the settings call the database.
    pub(super) database: String,
    /// The apps that live elsewhere, and the entries of the settings where.
    pub(super) elsewhere: BTreeMap<AppLabel, Vec<String>>,
    /// The project with all its apps.
    whole: Project,
}

impl Project {
    /// The project as the database has it that the settings call `database`: with the apps that live there, and no others.
    ///
    /// What a database is asked, or made to do, is asked of this. Where no database names its apps, it is the project itself.
    ///
    /// # Errors
    /// Where the settings have no such database, and where two of theirs are one.
    pub fn on(&self, database: &str) -> Result<Cow<'_, Self>> {
        let whole = self.whole();
        if !whole.settings.is_routed() {
            return Ok(Cow::Borrowed(self));
        }
        whole.entries_apart()?;
        let Some(entry) = whole.settings.entry_of(database) else {
            return whole.settings.database(database).map(|_| Cow::Borrowed(self)).map_err(Error::invalid);
        };
        let homes = |app: &AppLabel| whole.settings.homes(app).into_iter().map(str::to_owned).collect();
        let labels = whole.apps.iter().map(|app| &app.label);
        let elsewhere = labels.filter(|app| !whole.settings.lives_in(app, entry));
        let elsewhere = elsewhere.map(|app| (app.clone(), homes(app))).collect();
        Ok(Cow::Owned(whole.without(Route { database: database.to_owned(), elsewhere, whole: whole.clone() })))
    }

    /// The apps that do not live in the database that this is the project of, and the entries of the settings where they do.
    pub fn elsewhere(&self) -> impl Iterator<Item = (&AppLabel, &[String])> {
        let elsewhere = self.route.iter().flat_map(|route| &route.elsewhere);
        elsewhere.map(|(app, homes)| (app, homes.as_slice()))
    }

    /// The project with all its apps: what writes files is about all of them.
    #[must_use]
    pub fn whole(&self) -> &Self {
        self.route.as_ref().map_or(self, |route| &route.whole)
    }

    fn without(&self, route: Route) -> Self {
        let here = |app: &AppLabel| !route.elsewhere.contains_key(app);
        let mut project = self.clone();
        project.apps.retain(|app| here(&app.label));
        project.former.retain(here);
        project.models.models.retain(|model, _| here(&model.app));
        project.models.enums.retain(|_, found| here(&found.app));
        project.hints.apps.retain(|app, _| here(app));
        project.hints.models.retain(|model, _| here(&model.app));
        let enums = &project.models.enums;
        project.hints.enums.retain(|name, _| enums.contains_key(name));
        project.route = Some(Arc::new(route));
        project
    }

    /// The name of the database that this is the project of; `None` where every app lives in every database.
    pub fn of_database(&self) -> Option<&str> {
        self.route.as_ref().map(|route| route.database.as_str())
    }

    /// True for an app that is this database's own business.
    pub(in crate::command) fn is_here(&self, app: &AppLabel) -> bool {
        self.route.as_ref().is_none_or(|route| route.is_here(app))
    }

    /// Refuses the name of an app that lives elsewhere.
    pub(in crate::command) fn lives_here(&self, app: &AppLabel) -> Result<()> {
        self.knows_its_database()?;
        self.route.as_ref().map_or(Ok(()), |route| route.lives_here(app))
    }

    /// Refuses the whole project where not every app lives in every database: nobody knows which are meant.
    pub(super) fn knows_its_database(&self) -> Result<()> {
        if self.route.is_some() || !self.settings.is_routed() {
            return Ok(());
        }
        let fault = Diagnostic::error(
            "E669",
            "the settings say which apps live in which database, and nobody said which database this is",
        )
        .note("nothing was run")
        .help("take the project as the database has it: `project.on(\"NAME\")?`");
        Err(Error::invalid(fault))
    }

    /// The files of all apps, also of those that live elsewhere: what comes before a migration may be told by theirs.
    pub(in crate::command) fn load(&self) -> Result<Loaded> {
        files::load(&self.whole().apps)
    }

    /// The migrations of the apps that live here.
    pub(in crate::command) fn narrowed<'d>(&self, directory: Cow<'d, Directory>) -> Result<Cow<'d, Directory>> {
        match &self.route {
            None => Ok(directory),
            Some(route) => route.narrowed(&directory).map(Cow::Owned),
        }
    }

    /// What the migrations of the apps that live here left.
    pub(in crate::command) fn left_here(&self, mut left: Previous) -> Previous {
        let Some(route) = &self.route else { return left };
        left.state.models.retain(|model, _| route.is_here(&model.app));
        left.state.enums.retain(|_, found| route.is_here(&found.app));
        left.past.leaves.retain(|app, _| route.is_here(app));
        left.past.touched.retain(|app, _| route.is_here(app));
        left
    }
}

impl Route {
    pub(in crate::command) fn is_here(&self, app: &AppLabel) -> bool {
        !self.elsewhere.contains_key(app)
    }

    pub(in crate::command) fn lives_here(&self, app: &AppLabel) -> Result<()> {
        let Some(homes) = self.elsewhere.get(app) else { return Ok(()) };
        let fault = Diagnostic::error(
            "E661",
            format!("the app `{app}` does not live in `{}`: it lives in {}", self.database, list(homes)),
        )
        .note("so say the `apps` of the databases in fastdjango.toml")
        .note("nothing was written or run");
        Err(Error::invalid(homes.iter().fold(fault, |fault, home| fault.help(self.there(home)))))
    }

    /// How a database is named on the command line.
    fn there(&self, home: &str) -> String {
        if self.whole.settings.many.contains_key(home) {
            return format!("add `--database {home}/NAME`, or migrate all of them: `migrate --all --database {home}`");
        }
        format!("add `--database {home}`")
    }
}
