//! The history: append-only, in order, guarded by its layout.

use std::time::Duration;

use fastdjango_core::backend::{Event, History, LAYOUT, Record, RunOptions};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::name::MigrationRef;

use super::harness::{TestDb, options, sql};

fn record(name: &str, event: Event) -> Record {
    let migration = MigrationRef::new("blog", name);
    Record { migration, event, checksum: "c".into(), text_hash: String::new(), note: "it's \"noted\"".into() }
}

#[tokio::test]
async fn events_are_appended_and_never_changed() {
    let db = TestDb::new();
    let mut connection = db.open().await;
    let mut seen: Vec<_> = Vec::new();
    for event in [Event::Faked, Event::Reverted, Event::Applied, Event::Repaired, Event::Replaced] {
        let entries = connection.record(&options(), |_| vec![record("0001_initial", event)]).await.expect("written");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].event, event);
        let history = connection.history().await.expect("read");
        assert_eq!(history.events[..seen.len()], seen[..], "an older row changed");
        seen = history.events;
    }
    assert_eq!(seen.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(seen[0].note, "it's \"noted\"");
    assert_eq!(seen[0].at.len(), "2024-01-31 12:00:00.000".len());
}

#[tokio::test]
async fn what_to_record_is_decided_under_the_lock() {
    let db = TestDb::new();
    let mut connection = db.open().await;
    let once = |history: &History| {
        let missing = !history.is_applied(&MigrationRef::new("blog", "0001_initial"));
        if missing { vec![record("0001_initial", Event::Faked)] } else { Vec::new() }
    };
    assert_eq!(connection.record(&options(), once).await.expect("written").len(), 1);
    assert_eq!(connection.record(&options(), once).await.expect("nothing to do").len(), 0);
    db.execute("CREATE TABLE post (id integer)").await;
    let undone = |_: &History| vec![record("0001_initial", Event::Reverted)];
    assert_eq!(connection.record(&options(), undone).await.expect("written").len(), 1);
}

#[tokio::test]
async fn nothing_is_decided_before_the_lock_is_held() {
    let db = TestDb::with("CREATE TABLE post (id integer)").await;
    let mut other = db.open().await;
    other.execute("BEGIN IMMEDIATE").await.expect("the lock");
    let impatient = RunOptions { wait: Duration::from_millis(300), ..options() };
    let mut decided = false;
    let decide = |_: &History| {
        decided = true;
        vec![record("0001_initial", Event::Faked)]
    };
    let error = db.open().await.record(&impatient, decide).await.expect_err("somebody else has it");
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(!decided, "what it saw may be old by the time it writes");
}

#[tokio::test]
async fn no_two_events_of_a_migration_have_one_number() {
    let db = TestDb::new();
    db.apply("0001_a", &[sql("SELECT 1")]).await.expect("applied");
    let again = "INSERT INTO fastdjango_migrations (app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note) \
                 SELECT app, name, seq, 'reverted', checksum, text_hash, run_id, tool_version, at, note \
                 FROM fastdjango_migrations WHERE app = 'blog'";
    let error = db.open().await.execute(again).await.expect_err("the number is taken");
    assert!(error.to_string().contains("UNIQUE constraint failed: fastdjango_migrations.app"), "{error}");
}

#[tokio::test]
async fn an_event_that_nobody_knows_is_refused() {
    let db = TestDb::new();
    db.apply("0001_a", &[sql("SELECT 1")]).await.expect("applied");
    db.execute("UPDATE fastdjango_migrations SET event = 'vanished' WHERE app = 'blog'").await;
    for error in [
        db.read().await.history().await.expect_err("is it applied?"),
        db.apply("0001_a", &[sql("SELECT 1")]).await.expect_err("is it applied?"),
    ] {
        assert_eq!(error.code(), "E623", "{error}");
        assert!(error.to_string().contains("unknown event `vanished`"), "{error}");
    }
}

#[tokio::test]
async fn applied_migrations_come_in_the_order_in_which_they_were_applied() {
    let db = TestDb::new();
    for name in ["0002_b", "0001_a", "0003_c"] {
        db.apply(name, &[sql("SELECT 1")]).await.expect("applied");
    }
    db.revert("0002_b", &[sql("SELECT 1")]).await.expect("reverted");
    db.apply("0002_b", &[sql("SELECT 1")]).await.expect("applied again");
    let history = db.read().await.history().await.expect("read");
    let names: Vec<String> = history.applied_in_order().into_iter().map(|(name, _)| name.name.to_string()).collect();
    assert_eq!(names, ["0001_a", "0003_c", "0002_b"]);
    let events: Vec<String> =
        history.events.iter().map(|entry| format!("{} {}", entry.migration.name, entry.event)).collect();
    let all = ["0002_b applied", "0001_a applied", "0003_c applied", "0002_b reverted", "0002_b applied"];
    assert_eq!(events, all, "oldest first");
    let now = "SELECT count(*) FROM fastdjango_migrations WHERE abs(julianday('now') - julianday(at)) * 86400 > 60";
    assert_eq!(db.rows(now).await, ["0"], "the clock is that of the database, in UTC");
}

#[tokio::test]
async fn a_newer_layout_is_refused() {
    let db = TestDb::new();
    db.apply("0001_a", &[sql("SELECT 1")]).await.expect("applied");
    let newer = LAYOUT + 1;
    db.execute(&format!(
        "INSERT INTO fastdjango_migrations (app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note) \
         VALUES ('', '', 2, 'layout', '', '', '', '', '', '{newer}')"
    ))
    .await;
    let error = db.read().await.history().await.expect_err("refused");
    assert_eq!(error.code(), "E622");
    let error = db.apply("0002_b", &[sql("SELECT 1")]).await.expect_err("refused");
    assert_eq!(error.code(), "E622");
}
