//! The history: append-only, in order, guarded by its layout.

use fastdjango_core::backend::{Event, History, LAYOUT, Record};
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
