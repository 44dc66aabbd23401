//! Projects in folders of their own, whose models are states: what `makemigrations` writes, and `migrate` runs.

use std::fs;
use std::path::{Path, PathBuf};

use fastdjango_core::backend::{Access, Connection, Value};
use fastdjango_core::command::files::{AppDir, load_settings};
use fastdjango_core::command::{
    MakeOptions, MigrateOptions, MigrateReport, Notice, Project, Target, makemigrations, migrate, rollback,
};
use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::error::{ErrorKind, Result};
use fastdjango_core::field::ColumnType;
use fastdjango_core::name::ModelRef;
use fastdjango_core::state::{FieldKind, FieldState, Hints, ModelState, ProjectState};
use tempfile::TempDir;

pub(crate) fn column(name: &str, ty: ColumnType) -> FieldState {
    FieldState::new(name, FieldKind::Column(ty))
}

pub(crate) fn key() -> FieldState {
    FieldState { auto: true, ..column("id", ColumnType::BigInt) }
}

/// A ship with a name, and whatever a branch makes of it.
pub(crate) fn ship(change: impl Fn(&mut ModelState)) -> ProjectState {
    let mut ship = ModelState::new("fleet_ship");
    ship.fields = vec![key(), column("name", ColumnType::Varchar(80))].into();
    ship.primary_key = vec!["id".into()];
    change(&mut ship);
    ProjectState { models: [(ModelRef::new("fleet", "Ship"), ship)].into_iter().collect(), ..ProjectState::default() }
}

/// A project in a folder of its own.
pub(crate) struct Fleet {
    pub(crate) dir: TempDir,
    apps: Vec<&'static str>,
}

impl Fleet {
    pub(crate) fn new(apps: &[&'static str]) -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder"), apps: apps.to_vec() }
    }

    pub(crate) fn project(&self, models: ProjectState) -> Project {
        let dir = self.dir.path();
        let settings = load_settings(dir, &|_| None).expect("settings");
        let apps = self.apps.iter().map(|app| AppDir::new(*app, dir)).collect();
        Project {
            functions: Vec::new(),
            dir: dir.to_owned(),
            settings,
            models,
            hints: Hints::default(),
            warnings: Diagnostics::default(),
            apps,
            former: std::collections::BTreeSet::new(),
            route: None,
        }
    }

    /// Writes what changed, and returns the names of the files.
    pub(crate) fn make(&self, models: ProjectState, name: &str) -> Vec<String> {
        let options = MakeOptions { name: Some(name.to_owned()), ..MakeOptions::default() };
        let report = makemigrations(&self.project(models), &options).expect("migrations");
        assert!(report.questions.is_empty(), "{:?}", report.questions);
        report.made.iter().map(|made| made.migration.reference().to_string()).collect()
    }

    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.dir.path().join("migrations").join(file);
        let text = fs::read_to_string(&path).expect("the file");
        assert!(text.contains(from), "{file} has no `{from}`:\n{text}");
        fs::write(path, text.replacen(from, to, 1)).expect("the file is written");
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.path().join("db.sqlite3")
    }

    /// Renders what was written by hand.
    pub(crate) fn render(&self) {
        fastdjango_core::command::render(&self.project(ProjectState::default()), None, None, false).expect("rendered");
    }

    pub(crate) async fn migrate(&self, database: &Path, options: MigrateOptions) -> Result<MigrateReport> {
        self.watched(database, options, &mut |_| ()).await
    }

    /// Migrates, and hears of everything that happens.
    pub(crate) async fn watched(
        &self,
        database: &Path,
        options: MigrateOptions,
        notice: &mut (dyn FnMut(Notice) + Send),
    ) -> Result<MigrateReport> {
        let mut connection = Connection::open_sqlite(database, Access::Write).await?;
        let report = migrate(&self.project(ProjectState::default()), &mut connection, &options, notice).await;
        connection.close().await?;
        report
    }

    pub(crate) async fn rollback(
        &self,
        database: &Path,
        count: usize,
        options: MigrateOptions,
    ) -> Result<MigrateReport> {
        let mut connection = Connection::open_sqlite(database, Access::Write).await?;
        let project = self.project(ProjectState::default());
        let report = rollback(&project, &mut connection, count, &options, &mut |_| ()).await;
        connection.close().await?;
        report
    }

    pub(crate) fn told(&self, report: Result<MigrateReport>, kind: ErrorKind) -> String {
        let error = report.expect_err("it is refused");
        assert_eq!(error.kind(), kind, "{error}");
        error.to_string().replace(&self.dir.path().display().to_string(), "…")
    }
}

/// Up to a migration of the fleet, or back to it.
pub(crate) fn to(name: &str) -> MigrateOptions {
    MigrateOptions { target: Target::Migration("fleet".into(), name.into()), ..yes() }
}

pub(crate) fn yes() -> MigrateOptions {
    MigrateOptions { allow_rerendered: true, allow_loss: true, ..MigrateOptions::default() }
}

pub(crate) async fn rows(database: &Path, sql: &str) -> Vec<String> {
    let mut connection = Connection::open_sqlite(database, Access::Read).await.expect("the database opens");
    let rows = connection.query(sql).await.expect("the query runs");
    let show = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    rows.iter().map(|row| row.iter().map(show).collect::<Vec<_>>().join("|")).collect()
}
