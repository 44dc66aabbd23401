//! Several migrators, and migrators that die.

use std::time::{Duration, Instant};

use fastdjango_core::backend::{Direction, Outcome, RunOptions};
use fastdjango_core::error::ErrorKind;

use super::harness::{TestDb, options, sql};

#[tokio::test]
async fn a_busy_database_is_waited_for_and_then_named() {
    let db = TestDb::with("CREATE TABLE post (id integer)").await;
    let mut other = db.open().await;
    other.execute("BEGIN IMMEDIATE").await.expect("the lock");
    let impatient = RunOptions { wait: Duration::from_millis(300), ..options() };
    let started = Instant::now();
    let error = db.run("0001_a", &[sql("SELECT 1")], Direction::Forward, &impatient).await.expect_err("busy");
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert_eq!(error.code(), "E504");
    assert!(started.elapsed() >= Duration::from_millis(300));
    other.execute("COMMIT").await.expect("free again");
    db.run("0001_a", &[sql("SELECT 1")], Direction::Forward, &impatient).await.expect("the lock is free");
}

#[tokio::test]
async fn a_reader_holds_a_commit_up_but_does_not_break_it() {
    let db = TestDb::with("CREATE TABLE post (id integer); INSERT INTO post VALUES (1)").await;
    let mut reader = db.open().await;
    reader.execute("BEGIN; SELECT * FROM post").await.expect("a shared lock");
    let free = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        reader.execute("COMMIT").await.expect("done reading");
    });
    db.apply("0001_a", &[sql("ALTER TABLE post ADD COLUMN x text")]).await.expect("the commit waits");
    free.await.expect("the reader ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_migrators_apply_each_migration_once() {
    let db = std::sync::Arc::new(TestDb::new());
    let mut migrators = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let db = db.clone();
        migrators.spawn(async move {
            let mut done = 0;
            for i in 1..=3 {
                let steps =
                    [sql(&format!("CREATE TABLE t{i} (id integer)")), sql(&format!("INSERT INTO t{i} VALUES (1)"))];
                let outcome = db.apply(&format!("000{i}_t"), &steps).await.expect("no migrator fails");
                done += i32::from(matches!(outcome, Outcome::Done { .. }));
            }
            done
        });
    }
    let done: i32 = migrators.join_all().await.iter().sum();
    assert_eq!(done, 3);
    assert_eq!(db.rows("SELECT count(*) FROM fastdjango_migrations WHERE event = 'applied'").await, ["3"]);
    assert_eq!(db.rows("SELECT count(*) FROM t3").await, ["1"]);
}

#[tokio::test]
async fn a_migrator_that_died_leaves_nothing_behind() {
    let db = TestDb::with("CREATE TABLE post (id integer); INSERT INTO post VALUES (1)").await;
    {
        let mut dying = db.open().await;
        dying.execute("BEGIN IMMEDIATE; ALTER TABLE post ADD COLUMN x text; DELETE FROM post").await.expect("half-way");
    }
    db.apply("0001_a", &[sql("ALTER TABLE post ADD COLUMN x text")]).await.expect("the next run succeeds");
    assert_eq!(db.rows("SELECT id FROM post").await, ["1"]);
}
