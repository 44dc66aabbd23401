//! What happens to a database between the plan and its run: other migrators, and signals.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fastdjango_core::backend::{Access, Connection, Event, Interrupt, Record, RunOptions};
use fastdjango_core::command::{MigrateOptions, MigrateReport, Notice, Target};
use fastdjango_core::error::{ErrorKind, Result};
use fastdjango_core::name::MigrationRef;

use super::fleet::{Fleet, rows, ship, to, yes};
use super::order::{nameless, rebased};

/// What another process writes into the history while somebody waits for it.
fn meanwhile(database: &Path, name: &str, event: Event) {
    let (database, migration) = (database.to_owned(), MigrationRef::new("fleet", name));
    let write = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let record =
                Record { migration, event, checksum: String::new(), text_hash: String::new(), note: String::new() };
            let mut connection = Connection::open_sqlite(&database, Access::Write).await.expect("the database opens");
            let entries = connection.record(&RunOptions::default(), |_| vec![record]).await.expect("it is written");
            assert_eq!(entries.len(), 1);
        });
    };
    std::thread::spawn(write).join().expect("it was written");
}

/// Migrates, and has another process write as soon as the first migration is about to run.
async fn overtaken(fleet: &Fleet, options: MigrateOptions, name: &'static str, event: Event) -> Result<MigrateReport> {
    let database = fleet.database();
    let mut overtake = |notice| {
        if matches!(notice, Notice::Started(..)) {
            meanwhile(&database, name, event);
        }
    };
    fleet.watched(&fleet.database(), options, &mut overtake).await
}

/// Two migrations, of which the first is applied.
async fn half() -> (Fleet, PathBuf) {
    let fleet = Fleet::new(&["fleet"]);
    fleet.make(ship(|_| ()), "initial");
    fleet.make(ship(nameless), "nameless");
    let database = fleet.database();
    fleet.migrate(&database, to("0001_initial")).await.expect("the first is applied");
    (fleet, database)
}

#[tokio::test]
async fn what_a_migration_depends_on_is_still_applied_when_it_runs() {
    let (fleet, database) = half().await;
    let error = overtaken(&fleet, yes(), "0001_initial", Event::Reverted).await.expect_err("it was undone");
    assert_eq!(error.code(), "E637", "{error}");
    assert!(error.to_string().contains("`fleet.0001_initial`, which it needs, was undone meanwhile"), "{error}");
    assert_eq!(rows(&database, "SELECT count(*) FROM fastdjango_migrations WHERE name LIKE '0002%'").await, ["0"]);
}

#[tokio::test]
async fn what_depends_on_a_migration_is_still_not_applied_when_it_is_undone() {
    let (fleet, database) = half().await;
    let zero = MigrateOptions { target: Target::Zero("fleet".into()), ..yes() };
    let error = overtaken(&fleet, zero, "0002_nameless", Event::Faked).await.expect_err("it was applied");
    assert_eq!(error.code(), "E637", "{error}");
    assert!(error.to_string().contains("`fleet.0002_nameless`, which must not be applied"), "{error}");
    assert_eq!(rows(&database, "SELECT count(*) FROM fleet_ship").await, ["0"], "the table is there");
}

#[tokio::test]
async fn sql_that_was_rendered_for_an_order_runs_in_that_order_or_not_at_all() {
    let (fleet, database) = rebased().await;
    let error = overtaken(&fleet, yes(), "0003_heavy", Event::Reverted).await.expect_err("the order is another");
    assert_eq!(error.code(), "E637", "{error}");
    assert!(error.to_string().contains("`fleet.0003_heavy`, which it needs"), "{error}");
    assert_eq!(rows(&database, "SELECT count(*) FROM fastdjango_migrations WHERE name = '0002_nameless'").await, ["0"]);

    let (fleet, database) = rebased().await;
    let last = MigrateOptions { target: Target::Last { count: 1, app: None }, ..yes() };
    let error = overtaken(&fleet, last, "0002_nameless", Event::Faked).await.expect_err("the order is another");
    assert_eq!(error.code(), "E637", "{error}");
    assert!(error.to_string().contains("`fleet.0002_nameless`, which must not be applied"), "{error}");
    assert_eq!(rows(&database, "SELECT tonnage FROM fleet_ship").await, ["242", "402"]);
}

/// Starts something while another process has the lock, and has that process write before it lets go.
async fn behind_the_lock<T>(database: &Path, work: impl Future<Output = T>, writes: &str) -> T {
    let mut other = Connection::open_sqlite(database, Access::Write).await.expect("the database opens");
    other.execute("BEGIN IMMEDIATE").await.expect("the lock");
    let write = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        other.execute(writes).await.expect("it writes");
        other.execute("COMMIT").await.expect("it lets go");
    };
    tokio::join!(work, write).0
}

const EVENT: &str =
    "INSERT INTO fastdjango_migrations (app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note)";

#[tokio::test]
async fn what_another_process_recorded_meanwhile_is_not_recorded_twice() {
    let (fleet, database) = half().await;
    let fake = MigrateOptions { fake: true, ..yes() };
    let writes = format!(
        "{EVENT} SELECT app, '0002_nameless', 1, 'faked', checksum, text_hash, run_id, tool_version, at, note \
         FROM fastdjango_migrations WHERE name = '0001_initial'"
    );
    Box::pin(behind_the_lock(&database, fleet.migrate(&database, fake), &writes)).await.expect("nothing is left to do");
    assert_eq!(
        rows(&database, "SELECT event FROM fastdjango_migrations WHERE name = '0002_nameless'").await,
        ["faked"]
    );
}

#[tokio::test]
async fn a_new_name_that_another_process_wrote_meanwhile_is_not_written_twice() {
    let (fleet, database) = rebased().await;
    let one = |name: &str, seq: u8, event: &str| {
        format!(
            "{EVENT} SELECT app, '{name}', {seq}, '{event}', checksum, text_hash, run_id, tool_version, at, note \
             FROM fastdjango_migrations WHERE name = '0002_heavy' AND seq = 1;"
        )
    };
    let writes = format!("{}{}", one("0002_heavy", 2, "relabelled"), one("0003_heavy", 1, "applied"));
    Box::pin(behind_the_lock(&database, fleet.migrate(&database, yes()), &writes)).await.expect("the rest is applied");
    let events = "SELECT name || ' ' || event FROM fastdjango_migrations WHERE name LIKE '%heavy' ORDER BY id";
    assert_eq!(rows(&database, events).await, ["0002_heavy applied", "0002_heavy relabelled", "0003_heavy applied"]);
}

#[tokio::test]
async fn a_signal_between_two_migrations_leaves_the_second_for_the_next_run() {
    let fleet = Fleet::new(&["fleet"]);
    fleet.make(ship(|_| ()), "initial");
    fleet.make(ship(nameless), "nameless");
    let database = fleet.database();
    let interrupt = Interrupt::default();
    let options = MigrateOptions {
        run: RunOptions { interrupt: interrupt.clone(), ..RunOptions::default() },
        ..MigrateOptions::default()
    };
    let mut signal = |notice| {
        if matches!(notice, Notice::Finished(_)) {
            interrupt.signal();
        }
    };
    let error = fleet.watched(&database, options, &mut signal).await.expect_err("stopped");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, "E611"), "{error}");
    assert!(error.to_string().contains("1 of this run are complete"), "{error}");
    let applied = "SELECT name FROM fastdjango_migrations WHERE app <> ''";
    assert_eq!(rows(&database, applied).await, ["0001_initial"]);
    fleet.migrate(&database, MigrateOptions::default()).await.expect("the next run goes on");
    assert_eq!(rows(&database, applied).await, ["0001_initial", "0002_nameless"]);
}
