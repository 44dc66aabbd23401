//! A `SQLite` file whose tables the migrations of models made.

use fastdjango::migrations::{
    Access, AppDir, MakeOptions, MigrateOptions, Project, connect, makemigrations, migrate, registered,
};
use fastdjango::sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use fastdjango::sqlx::{self, AssertSqlSafe, ConnectOptions, FromRow, SqliteConnection};
use fastdjango::{Model, Record, row};
use tempfile::TempDir;

/// A file that goes away with the test, and a connection to it.
pub(crate) struct Migrated {
    pub(crate) connection: SqliteConnection,
    _folder: TempDir,
}

impl Migrated {
    /// The tables of every registered model of an app.
    pub(crate) async fn app(label: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let models: Vec<_> = registered().into_iter().filter(|def| def.label.app == label).collect();
        let mut project = Project::open(folder.path(), &models).expect("the models are sound");
        project.apps = vec![AppDir::new(label, folder.path())];
        makemigrations(&project, &MakeOptions::default()).expect("the migration is written");
        let mut connection = connect(&project, "default", Access::Write).await.expect("the database opens");
        migrate(&project, &mut connection, &MigrateOptions::default(), &mut |_| ()).await.expect("the tables are made");
        let file = SqliteConnectOptions::new().filename(folder.path().join("db.sqlite3"));
        Self { connection: file.connect().await.expect("SQLite opens"), _folder: folder }
    }

    /// Inserts a row, which is its table's only one then, and reads it back.
    pub(crate) async fn round_trip<M>(&mut self, model: &M) -> Result<M, sqlx::Error>
    where
        M: Model + Record + Unpin + Send + for<'r> FromRow<'r, SqliteRow>,
    {
        self.run(&format!("DELETE FROM {}", M::TABLE)).await;
        row::insert(&mut self.connection, model).await?;
        self.only().await
    }

    /// The only row of a table, as a model that need not be the one that wrote it.
    pub(crate) async fn only<M>(&mut self) -> Result<M, sqlx::Error>
    where
        M: Model + Unpin + Send + for<'r> FromRow<'r, SqliteRow>,
    {
        let query = AssertSqlSafe(format!("SELECT * FROM {}", M::TABLE));
        sqlx::query_as(query).fetch_one(&mut self.connection).await
    }

    pub(crate) async fn run(&mut self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await.expect("the statement runs");
    }

    /// What the database says to a statement that it refuses.
    pub(crate) async fn fails(&mut self, sql: &str) -> String {
        let refused = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await;
        refused.expect_err("the statement is refused").to_string()
    }

    /// The text that an expression has in the only row of a table.
    pub(crate) async fn text(&mut self, expression: &str, table: &str) -> String {
        let query = AssertSqlSafe(format!("SELECT {expression} FROM {table}"));
        sqlx::query_scalar(query).fetch_one(&mut self.connection).await.expect("a text")
    }
}
