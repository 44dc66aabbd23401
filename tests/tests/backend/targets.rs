//! Where to: what is undone, of which app, and in which order.

use std::path::Path;

use fastdjango_core::command::{MigrateOptions, Target};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::field::ColumnType;
use fastdjango_core::name::ModelRef;
use fastdjango_core::state::{ModelState, ProjectState};

use super::fleet::{Fleet, key, rows, yes};
use super::order::blog;

fn app(label: &str) -> MigrateOptions {
    MigrateOptions { target: Target::App(label.into()), ..yes() }
}

async fn undone(fleet: &Fleet, database: &Path, count: usize, options: MigrateOptions) -> Vec<String> {
    let report = fleet.rollback(database, count, options).await.expect("it is undone");
    report.plan.iter().map(|planned| planned.migration.to_string()).collect()
}

/// Two apps that have nothing to do with each other.
fn strangers() -> ProjectState {
    let model = |table: &str| {
        let mut model = ModelState::new(table);
        model.fields = vec![key()].into();
        model.primary_key = vec!["id".into()];
        model
    };
    let models = [(ModelRef::new("air", "Plane"), model("plane")), (ModelRef::new("sea", "Ship"), model("ship"))];
    ProjectState { models: models.into_iter().collect(), ..ProjectState::default() }
}

#[tokio::test]
async fn what_was_applied_last_is_undone_first() {
    for order in [["air", "sea"], ["sea", "air"]] {
        let fleet = Fleet::new(&["air", "sea"]);
        fleet.make(strangers(), "initial");
        let database = fleet.database();
        for label in order {
            fleet.migrate(&database, app(label)).await.expect("one app alone");
        }
        let [first, second] = order.map(|label| format!("{label}.0001_initial"));
        assert_eq!(undone(&fleet, &database, 2, yes()).await, [second, first]);
    }
}

#[tokio::test]
async fn a_rollback_of_an_app_leaves_the_others_but_for_what_depends_on_it() {
    let fleet = Fleet::new(&["accounts", "blog", "sea", "air"]);
    let mut all = blog(ColumnType::Integer, true, false);
    fleet.make(all.clone(), "first");
    for (name, model) in &strangers().models {
        all.models.insert(name.clone(), model.clone());
    }
    fleet.make(all, "more");
    let database = fleet.database();
    fleet.migrate(&database, app("blog")).await.expect("posts, and the users before them");
    fleet.migrate(&database, MigrateOptions::default()).await.expect("the rest");
    assert_eq!(undone(&fleet, &database, 1, app("blog")).await, ["blog.0001_first"]);
    fleet.migrate(&database, MigrateOptions::default()).await.expect("again");
    assert_eq!(undone(&fleet, &database, 1, app("accounts")).await, ["blog.0001_first", "accounts.0001_first"]);
    assert_eq!(rows(&database, "SELECT count(*) FROM plane").await, ["0"], "nobody asked for it");
    let zero = MigrateOptions { target: Target::Zero("land".into()), ..yes() };
    let told = fleet.told(fleet.migrate(&database, zero).await, ErrorKind::Invalid);
    assert!(told.contains("E601") && told.contains("no app `land` has migrations"), "{told}");
}

#[tokio::test]
async fn the_former_name_of_a_file_is_one_of_its_own_app() {
    let fleet = Fleet::new(&["air", "sea"]);
    fleet.make(strangers(), "initial");
    let database = fleet.database();
    fleet.migrate(&database, MigrateOptions::default()).await.expect("applied");
    let folder = fleet.dir.path().join("migrations");
    std::fs::rename(folder.join("sea/0001_initial.toml"), folder.join("sea/0002_initial.toml")).expect("renamed");
    fleet.edit("air/0001_initial.toml", "format = 1\n", "format = 1\nformerly = [\"0001_initial\"]\n");
    let told = fleet.told(fleet.migrate(&database, yes()).await, ErrorKind::Invalid);
    assert!(told.contains("E603") && told.contains("`sea.0001_initial` is applied, and its file is gone"), "{told}");
    fleet.edit("sea/0002_initial.toml", "format = 1\n", "format = 1\nformerly = [\"0001_initial\"]\n");
    let report = fleet.migrate(&database, yes()).await.expect("its own file says so");
    assert!(report.plan.is_empty());

    // Somebody applied it under its old name once more, with an old version of the program.
    let mut connection =
        fastdjango_core::backend::Connection::open_sqlite(&database, fastdjango_core::backend::Access::Write)
            .await
            .expect("the database opens");
    let again = "INSERT INTO fastdjango_migrations (app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note) \
                 SELECT app, name, 3, 'applied', checksum, text_hash, run_id, tool_version, at, note \
                 FROM fastdjango_migrations WHERE app = 'sea' AND name = '0001_initial' AND seq = 1";
    connection.execute(again).await.expect("written");
    let told = fleet.told(fleet.migrate(&database, yes()).await, ErrorKind::Invalid);
    assert!(
        told.contains("E603") && told.contains("`sea.0001_initial`"),
        "which of the two it is, nobody knows: {told}"
    );
}
