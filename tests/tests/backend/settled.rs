//! What `migrate` says where nothing is to be done: by the snapshots alone, and never another thing than the files would say.

use std::fs;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::command::{MigrateOptions, MigrateReport};
use fastdjango_core::error::Result;
use fastdjango_core::field::ColumnType;
use fastdjango_core::name::stable_hash;
use fastdjango_core::state::FieldState;

use super::fleet::{Fleet, column, ship};

const FIRST: &str = "fleet/0001_first.toml";

/// A fleet of two migrations, both applied.
async fn applied() -> Fleet {
    let fleet = Fleet::new(&["fleet"]);
    fleet.make(ship(|_| ()), "first");
    fleet.make(ship(|ship| ship.fields.push(FieldState { null: true, ..column("flag", ColumnType::Text) })), "second");
    run(&fleet).await.expect("both run");
    fleet
}

async fn run(fleet: &Fleet) -> Result<MigrateReport> {
    fleet.migrate(&fleet.database(), MigrateOptions::default()).await
}

async fn execute(fleet: &Fleet, sql: &str) {
    let mut connection = Connection::open_sqlite(&fleet.database(), Access::Write).await.expect("it opens");
    connection.execute(sql).await.expect("the statement runs");
    connection.close().await.expect("it closes");
}

async fn pending(fleet: &Fleet) -> usize {
    let mut connection = Connection::open_sqlite(&fleet.database(), Access::Read).await.expect("it opens");
    fleet.project(ship(|_| ())).pending(&mut connection).await.expect("the files are read").len()
}

/// What a run says, with the snapshot and without it.
async fn told(fleet: &Fleet) -> [String; 2] {
    let said = |report: Result<MigrateReport>| match report {
        Ok(report) => format!("{} to run\n{}", report.plan.len(), report.warnings),
        Err(error) => error.to_string(),
    };
    let with = said(run(fleet).await);
    fs::remove_file(fleet.dir.path().join("migrations/fleet/snapshot.json")).expect("the snapshot is there");
    [with, said(run(fleet).await)]
}

#[tokio::test]
async fn a_database_that_has_everything_needs_no_file_parsed() {
    let fleet = applied().await;
    let file = fleet.dir.path().join("migrations").join(FIRST);
    let was = fs::read_to_string(&file).expect("the file");
    fs::write(&file, "no TOML").expect("the file is written");
    run(&fleet).await.expect_err("a changed file is read");

    let hash = |text: &str| format!("{:016x}", stable_hash(text.as_bytes()));
    fleet.edit("fleet/snapshot.json", &hash(&was), &hash("no TOML"));
    assert!(run(&fleet).await.expect("the snapshot vouches for the file").plan.is_empty());
    assert_eq!(pending(&fleet).await, 0);
}

#[tokio::test]
async fn what_the_database_lacks_is_seen() {
    let fleet = applied().await;
    fleet.make(ship(|_| ()), "third");
    assert_eq!(pending(&fleet).await, 1);
    assert_eq!(run(&fleet).await.expect("it runs").ran.len(), 1);
}

#[tokio::test]
async fn a_snapshot_hides_nothing_that_the_files_and_the_history_say() {
    for (sql, code) in [
        ("UPDATE fastdjango_migrations SET checksum = 'b3:0' WHERE name = '0001_first'", "E602"),
        ("UPDATE fastdjango_migrations SET name = '0000_gone' WHERE name = '0001_first'", "E603"),
        ("UPDATE fastdjango_migrations SET event = 'reverted' WHERE name = '0002_second'", "duplicate column"),
        (
            "INSERT INTO fastdjango_migrations SELECT 99, app, '0009_newer', 1, event, '', '', '', '', at, '' \
             FROM fastdjango_migrations WHERE name = '0001_first'",
            "W604",
        ),
    ] {
        let fleet = applied().await;
        execute(&fleet, sql).await;
        let [with, without] = told(&fleet).await;
        assert_eq!(with, without, "{sql}");
        assert!(with.contains(code), "{sql}\n{with}");
    }
}
