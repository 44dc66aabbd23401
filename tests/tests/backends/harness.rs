//! A database of each engine with a project beside it, whose models are states.

use std::fs;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::command::files::{AppDir, load_settings};
use fastdjango_core::command::{MakeOptions, MigrateOptions, Project, Target, makemigrations, migrate};
use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::error::Result;
use fastdjango_core::field::{ColumnType, Engine, Version};
use fastdjango_core::name::ModelRef;
use fastdjango_core::schema::Schema;
use fastdjango_core::state::{FieldKind, FieldState, Hints, ModelState, ProjectState};
use fastdjango_tests::live;
use tempfile::TempDir;

/// A field of a type.
pub(crate) fn field(name: &str, ty: ColumnType) -> FieldState {
    FieldState::new(name, FieldKind::Column(ty))
}

/// A model `shop.Thing` in the table `thing`, with a number for its key.
pub(crate) fn thing(fields: Vec<FieldState>, change: impl Fn(&mut ModelState)) -> ProjectState {
    let mut model = ModelState::new("thing");
    model.fields = vec![FieldState { auto: true, ..field("id", ColumnType::BigInt) }].into();
    model.fields.extend(fields);
    model.primary_key = vec!["id".into()];
    change(&mut model);
    ProjectState { models: [(ModelRef::new("shop", "Thing"), model)].into_iter().collect(), ..ProjectState::default() }
}

/// A database of its own, and the folder of a project.
pub(crate) struct Place {
    pub(crate) engine: Engine,
    pub(crate) dir: TempDir,
    database: live::Place,
}

/// One of `SQLite`, and one on every server that there is.
pub(crate) async fn each() -> Vec<Place> {
    let mut places = Vec::new();
    for server in live::servers() {
        let (engine, database) = (server.engine(), server.database().await);
        places.push(Place { engine, dir: tempfile::tempdir().expect("a temporary folder"), database });
    }
    places
}

/// Those of one engine.
pub(crate) async fn of(engine: Engine) -> Vec<Place> {
    let mut places = each().await;
    places.retain(|place| place.engine == engine);
    places
}

impl Place {
    pub(crate) async fn open(&self) -> Connection {
        self.database.open(Access::Write).await
    }

    /// Runs a statement.
    pub(crate) async fn run(&self, sql: &str) -> Result<()> {
        let mut connection = self.open().await;
        connection.execute(sql).await?;
        connection.close().await
    }

    /// The rows of a query, values parted by `|`.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<String> {
        let rows = self.open().await.query(sql).await.unwrap_or_else(|why| panic!("{}: {why}", self.engine));
        rows.iter().map(|row| live::told(row)).collect()
    }

    pub(crate) async fn version(&self) -> Version {
        Version::of_server(&self.open().await.version().await.expect("a version")).expect("numbers")
    }

    pub(crate) async fn schema(&self) -> Schema {
        let mut schema = self.open().await.introspect().await.expect("the catalog");
        schema.tables.retain(|name, _| name == "thing");
        schema
    }

    /// The project of the models, rendered for a target, or for the default.
    pub(crate) fn project(&self, models: &ProjectState, target: Option<&str>) -> Result<Project> {
        let dir = self.dir.path();
        let engine = self.engine;
        let target = target.map(|target| format!("target = {{ {engine} = '{target}' }}\n")).unwrap_or_default();
        let text = format!("[migrations]\nrender = ['{engine}']\n{target}");
        fs::write(dir.join("fastdjango.toml"), text).expect("written");
        Ok(Project {
            functions: fastdjango_core::data::registered(),
            dir: dir.to_owned(),
            settings: load_settings(dir, &|_| None)?,
            models: models.clone(),
            hints: Hints::default(),
            warnings: Diagnostics::default(),
            apps: vec![AppDir::new("shop", dir)],
            former: std::collections::BTreeSet::new(),
            route: None,
        })
    }

    /// Writes the migration that the models need, and returns its text.
    pub(crate) fn make(&self, models: &ProjectState, target: Option<&str>) -> Result<String> {
        let report = makemigrations(&self.project(models, target)?, &MakeOptions::default())?;
        assert!(report.questions.is_empty(), "{:?}", report.questions);
        Ok(report.made.iter().map(|made| made.text.as_str()).collect())
    }

    /// Applies what is there, or undoes it.
    pub(crate) async fn migrate(&self, models: &ProjectState, target: Option<&str>, to: Target) -> Result<()> {
        let options = MigrateOptions { target: to, allow_loss: true, ..MigrateOptions::default() };
        let mut connection = self.open().await;
        migrate(&self.project(models, target)?, &mut connection, &options, &mut |_| ()).await?;
        connection.close().await
    }
}
