//! A server's database whose tables the migrations of models made.

use std::path::Path;

use fastdjango::migrations::{AppDir, MakeOptions, MigrateOptions, Project, makemigrations, migrate};
use fastdjango::sqlx::{Connection, PgConnection};
use fastdjango_core::backend::TABLE;
use fastdjango_core::dialect::{Dialect, Postgres};
use fastdjango_core::field::Engine;
use fastdjango_core::model::ModelDef;
use fastdjango_core::schema;

use super::harness::TestDb;

/// Writes the migration that the models need, for one engine.
pub(super) fn make(folder: &Path, app: &str, engine: &str, models: &[&'static ModelDef]) -> Result<Project, String> {
    std::fs::write(folder.join("fastdjango.toml"), format!("[migrations]\nrender = ['{engine}']\n")).expect("written");
    let mut project = Project::open(folder, models).map_err(|why| why.to_string())?;
    project.apps = vec![AppDir::new(app, folder)];
    makemigrations(&project, &MakeOptions::default()).map_err(|why| why.to_string())?;
    Ok(project)
}

/// Makes the tables of the models, and sees that they are there as declared.
pub(super) async fn migrated(db: &TestDb, app: &str, models: &[&'static ModelDef]) -> PgConnection {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = make(folder.path(), app, "postgres", models).unwrap_or_else(|why| panic!("{why}"));
    let mut connection = db.open().await;
    migrate(&project, &mut connection, &MigrateOptions::default(), &mut |_| ()).await.expect("the tables are made");
    let [mut found, mut expected] =
        [connection.introspect().await.expect("the catalog"), schema::lower_all(&project.models).expect("the tables")];
    Postgres::DEFAULT.normalize(&mut found);
    Postgres::DEFAULT.normalize(&mut expected);
    found.tables.retain(|table, _| table != TABLE);
    assert_eq!(schema::compare(&expected, &found, Engine::Postgres), []);
    connect(db).await
}

/// The driver's own connection.
pub(super) async fn connect(db: &TestDb) -> PgConnection {
    let settings = &db.settings;
    let (host, port) = (settings.host.as_deref().unwrap_or_default(), settings.port.unwrap_or(5432));
    let url = format!("postgres://{}@{host}:{port}/{}", settings.user.as_deref().unwrap_or_default(), settings.name);
    PgConnection::connect(&url).await.expect("the database opens")
}
