//! A rollback of five migrations that fails half way, on every database: what is left is gone on from, both ways.

use fastdjango_core::backend::Event;
use fastdjango_core::command::{MigrateOptions, Resume, Status, Target, migrate, showmigrations};
use fastdjango_core::field::{ColumnType, Engine};
use fastdjango_core::state::{FieldState, ProjectState};

use super::harness::{Place, each, field, thing};

/// A thing with a name, and so many numbers, each of a migration of its own.
fn models(numbers: usize) -> ProjectState {
    let mut fields = vec![field("name", ColumnType::Varchar(80))];
    fields.extend((1..=numbers).map(|n| FieldState { null: true, ..field(&format!("n{n}"), ColumnType::Integer) }));
    thing(fields, |_| ())
}

/// Six migrations, applied, with a row; and something by hand that keeps the column `n3` from going.
async fn in_the_way(place: &Place) {
    for numbers in 0..=5 {
        place.make(&models(numbers), None).expect("made");
    }
    place.migrate(&models(5), None, Target::Latest).await.expect("applied");
    place.run("INSERT INTO thing (name, n1, n2, n3, n4, n5) VALUES ('a', 1, 2, 3, 4, 5)").await.expect("a row");
    place.run("CREATE UNIQUE INDEX mine ON thing (n3)").await.expect("an index");
    place.run("CREATE TABLE other (n integer, FOREIGN KEY (n) REFERENCES thing (n3))").await.expect("a table");
    let options = MigrateOptions { target: back(5), ..MigrateOptions::default() };
    let mut connection = place.open().await;
    let project = place.project(&models(5), None).expect("a project");
    let told = migrate(&project, &mut connection, &options, &mut |_| ()).await.expect_err("nobody confirmed it");
    let said = told.to_string();
    assert_eq!(told.code(), "E610", "{}: {said}", place.engine);
    for n in 1..=5 {
        assert!(said.contains(&format!("column `thing.n{n}` goes, with 1 value")), "{}: {said}", place.engine);
    }
    assert_eq!(columns(place).await, 7, "{}: a refusal takes nothing", place.engine);
    place.migrate(&models(5), None, back(5)).await.expect_err("n3 cannot go");
    assert_eq!(columns(place).await, 5, "{}: n5 and n4 are gone, n3 is not", place.engine);
    assert_eq!(statuses(place).await[..3], [Status::Applied; 3], "{}", place.engine);
    assert_eq!(statuses(place).await[4..], [Status::Pending; 2], "{}", place.engine);
}

fn back(count: usize) -> Target {
    Target::Last { count, app: None }
}

async fn columns(place: &Place) -> usize {
    place.schema().await.tables["thing"].columns.len()
}

async fn statuses(place: &Place) -> Vec<Status> {
    let project = place.project(&models(5), None).expect("a project");
    let shown = showmigrations(&project, &mut place.open().await, &[]).await.expect("shown");
    shown.iter().map(|entry| entry.status).collect()
}

async fn free(place: &Place) {
    place.run("DROP TABLE other").await.expect("dropped");
    let on = if matches!(place.engine, Engine::Mysql | Engine::Mariadb) { " ON thing" } else { "" };
    place.run(&format!("DROP INDEX mine{on}")).await.expect("dropped");
}

/// Ends the migration that stands half undone, where the database has no transaction to take it back.
async fn ended(place: &Place) {
    let history = place.open().await.history().await.expect("the history");
    if !history.last().values().any(|entry| entry.event == Event::Reverting) {
        return;
    }
    let told = place.migrate(&models(5), None, back(1)).await.expect_err("half undone");
    assert!(told.code() == "E648" && told.to_string().contains("--resume journal"), "{}: {told}", place.engine);
    let options = MigrateOptions { resume: Some(Resume::Journal), ..MigrateOptions::default() };
    let project = place.project(&models(5), None).expect("a project");
    let mut connection = place.open().await;
    migrate(&project, &mut connection, &options, &mut |_| ()).await.expect("undone to its end");
    connection.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_half_way_goes_back_to_its_end() {
    for place in each().await {
        in_the_way(&place).await;
        free(&place).await;
        ended(&place).await;
        let left = columns(&place).await - 2;
        place.migrate(&models(5), None, back(left)).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(place.rows("SELECT name FROM thing").await, ["a"], "{}", place.engine);
        assert_eq!(columns(&place).await, 2, "{}", place.engine);
        assert_eq!(statuses(&place).await[1..], [Status::Pending; 5], "{}", place.engine);
        place.migrate(&models(5), None, Target::Latest).await.expect("and forwards again");
        assert_eq!(columns(&place).await, 7, "{}", place.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_half_way_goes_forwards_again() {
    for place in each().await {
        in_the_way(&place).await;
        free(&place).await;
        place.migrate(&models(5), None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(columns(&place).await, 7, "{}", place.engine);
        assert_eq!(statuses(&place).await, [Status::Applied; 6], "{}", place.engine);
        assert_eq!(place.rows("SELECT n1, n2 FROM thing").await, ["1|2"], "{}", place.engine);
    }
}
