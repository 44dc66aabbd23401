//! Apps in databases of their own, on every engine: two databases of one server, and what a program asks of each.

use std::path::Path;

use fastdjango_core::backend::Access;
use fastdjango_core::command::files::AppDir;
use fastdjango_core::command::testing::database_of;
use fastdjango_core::command::{
    MakeOptions, MigrateOptions, MigrationExecutor, MigrationRecorder, Project, Status, connect, makemigrations,
    migrate, showmigrations,
};
use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::name::{ModelRef, stable_hash};
use fastdjango_core::settings::Settings;
use fastdjango_core::state::{ConstraintKind, ConstraintState, EnumState, FieldState, Hints, ModelState, ProjectState};
use fastdjango_tests::live::{Place, servers, servers_of_any_age};

use super::harness::field;

fn model(table: &str) -> ModelState {
    let mut model = ModelState::new(table);
    let id = FieldState { auto: true, ..field("id", ColumnType::BigInt) };
    model.fields = vec![id, field("number", ColumnType::BigInt)].into();
    model.primary_key = vec!["id".into()];
    model
}

/// A project of two apps; `events` lives in `archive`, or wherever the settings say.
fn project(dir: &Path, text: &str) -> Project {
    let models = [
        (ModelRef::new("shop", "Product"), model("shop_product")),
        (ModelRef::new("events", "Visit"), model("events_visit")),
    ];
    Project {
        functions: Vec::new(),
        dir: dir.to_owned(),
        settings: Settings::parse(text, "fastdjango.toml", dir, &|_| None).expect("settings"),
        models: ProjectState { models: models.into_iter().collect(), ..ProjectState::default() },
        hints: Hints::default(),
        warnings: Diagnostics::default(),
        apps: vec![AppDir::new("shop", dir), AppDir::new("events", dir)],
        former: std::collections::BTreeSet::new(),
        route: None,
    }
}

fn settings([default, archive]: [&Place; 2], apps: &str) -> String {
    let (default, archive) = (default.url(), archive.url());
    format!("[databases.default]\nurl = '{default}'\n[databases.archive]\nurl = '{archive}'\n{apps}")
}

/// The tables of both apps that are in a database.
async fn tables(place: &Place) -> Vec<String> {
    let mut connection = place.open(Access::Read).await;
    let tables = connection.introspect().await.expect("the catalog").tables.into_keys().collect();
    connection.close().await.expect("closed");
    tables
}

/// The migrations that the history speaks of; on MySQL a migration begins and ends by an event each.
async fn recorded(place: &Place) -> Vec<String> {
    let mut connection = place.open(Access::Read).await;
    let history = connection.history().await.expect("the history");
    connection.close().await.expect("closed");
    history.last().into_keys().map(|migration| migration.to_string()).collect()
}

#[tokio::test]
async fn two_databases_of_a_server_have_an_app_each_and_nothing_of_the_other() {
    for server in servers() {
        let dir = tempfile::tempdir().expect("a folder");
        let places = [server.database().await, server.database().await];
        let [default, archive] = &places;
        let whole = project(dir.path(), &settings([default, archive], "apps = ['events']\n"));
        makemigrations(&whole, &MakeOptions::default()).expect("migrations");
        let there = |name| MigrationExecutor::of(whole.clone()).on(name);
        for name in ["default", "archive", "default"] {
            there(name).upgrade().await.unwrap_or_else(|why| panic!("{name}: {why}"));
        }
        assert_eq!(
            (tables(default).await, tables(archive).await),
            (vec!["shop_product".into()], vec!["events_visit".into()])
        );
        assert_eq!(recorded(default).await, ["shop.0001_initial"]);
        assert_eq!(recorded(archive).await, ["events.0001_initial"]);
        archive.execute("INSERT INTO events_visit (number) VALUES (7)").await;
        assert!(there("archive").pending().await.expect("a list").is_empty());
        let refused = there("default").downgrade("events", "zero").await.expect_err("it lives elsewhere");
        assert_eq!(refused.code(), "E661");

        // The settings send it to the other one: what is in the old one stays, and is told of.
        let moved = settings([default, archive], "apps = ['shop']\n");
        let moved = project(dir.path(), &moved);
        let report = MigrationExecutor::of(moved.clone()).on("archive").upgrade().await.expect("shop is new there");
        assert_eq!(report.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["W667"]);
        assert_eq!(tables(archive).await, ["events_visit", "shop_product"]);
        assert_eq!(archive.texts("SELECT number FROM events_visit").await, [["7"]]);
        let shown = MigrationExecutor::of(moved).on("archive").history().await.expect("a list");
        let shown: Vec<_> = shown.iter().map(|one| (one.migration.to_string(), one.status)).collect();
        let [mine, other] = ["shop.0001_initial".to_owned(), "events.0001_initial".to_owned()];
        assert_eq!(shown, [(mine, Status::Applied), (other, Status::Elsewhere)]);
        for place in places {
            place.remove().await;
        }
    }
}

#[tokio::test]
async fn a_project_that_no_database_was_named_for_is_refused() {
    let server =
        servers_of_any_age().into_iter().find(|server| server.engine() == fastdjango_core::field::Engine::Sqlite);
    let server = server.expect("SQLite is always there");
    let dir = tempfile::tempdir().expect("a folder");
    let places = [server.database().await, server.database().await];
    let whole = project(dir.path(), &settings([&places[0], &places[1]], "apps = ['events']\n"));
    makemigrations(&whole, &MakeOptions::default()).expect("migrations");
    let mut connection = connect(&whole, "archive", Access::Write).await.expect("a connection");
    let options = MigrateOptions::default();
    let migrated = migrate(&whole, &mut connection, &options, &mut |_| ()).await;
    assert_eq!(migrated.expect_err("which apps?").code(), "E669");
    let shown = showmigrations(&whole.on("archive").expect("a database"), &mut connection, &[]).await.expect("a list");
    assert_eq!(shown.iter().map(|one| one.migration.to_string()).collect::<Vec<_>>(), ["events.0001_initial"]);
    let unnamed = showmigrations(&whole, &mut connection, &[]).await;
    assert_eq!(unnamed.expect_err("which apps?").code(), "E669");
    connection.close().await.expect("closed");
    let mut recorder = MigrationRecorder::open(&whole, "archive").await.expect("a connection");
    let foreign = "shop.0001_initial".parse().expect("a name");
    assert_eq!(recorder.record_applied(&whole, &foreign).await.expect_err("it lives elsewhere").code(), "E661");
    assert!(recorder.applied_migrations().await.expect("a history").is_empty());
    recorder.close().await.expect("closed");
    for place in places {
        place.remove().await;
    }
}

#[test]
fn no_enum_and_no_key_of_several_fields_leads_to_another_database() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = "[databases.default]\nengine = 'sqlite'\nname = 'a'\n\
                [databases.archive]\nengine = 'sqlite'\nname = 'b'\napps = ['events']\n";
    let mut whole = project(dir.path(), text);
    let visit = ModelRef::new("events", "Visit");
    let kind = EnumState { app: "shop".into(), values: vec!["new".to_owned()] };
    whole.models.enums.insert("kind".to_owned(), kind);
    let model = whole.models.models.get_mut(&visit).expect("a model");
    model.fields.extend([field("kind", ColumnType::Enum("kind".to_owned()))]);
    model.constraints.push(ConstraintState {
        name: None,
        kind: ConstraintKind::ForeignKey {
            fields: vec!["number".into(), "id".into()],
            to: ModelRef::new("shop", "Product"),
            to_fields: vec!["number".into(), "id".into()],
            on_delete: OnDelete::NoAction,
            on_update: OnDelete::NoAction,
            deferrable: None,
        },
    });
    let refused = makemigrations(&whole, &MakeOptions::default()).expect_err("both lead to the shop");
    let told: Vec<&str> = refused.diagnostics().iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "`events.Visit.kind` leads to `shop.enum(kind)`, which is in another database",
            "the foreign key (number, id) of `events.Visit` leads to `shop.Product`, which is in another database",
        ]
    );
    assert!(refused.diagnostics().iter().all(|fault| fault.code == "E662"));
}

#[tokio::test]
async fn a_database_of_a_test_has_the_apps_of_the_database_that_it_stands_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = "[databases.default]\nengine = 'sqlite'\nname = 'a'\n\
                [databases.archive]\nengine = 'sqlite'\nname = 'b'\napps = ['events']\n";
    let whole = project(dir.path(), text);
    makemigrations(&whole, &MakeOptions::default()).expect("migrations");
    let archive = whole.on("archive").expect("a database");
    for (project, table) in [(&whole, "shop_product"), (&*archive, "events_visit")] {
        let database = database_of(project).await.expect("a database");
        let pool: sqlx::SqlitePool = database.pool().await.expect("a pool");
        let tables = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'");
        let tables: Vec<String> = tables.fetch_all(&pool).await.expect("rows");
        let ours = tables.iter().filter(|name| !name.starts_with("fastdjango") && !name.starts_with("sqlite"));
        assert_eq!(ours.collect::<Vec<_>>(), [table]);
        pool.close().await;
    }
    let digits = stable_hash(dir.path().to_string_lossy().as_bytes());
    std::fs::remove_dir_all(std::env::temp_dir().join(format!("fastdjango-testing-{digits:016x}"))).expect("it goes");
}
