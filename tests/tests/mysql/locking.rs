//! Several migrators, sessions in the way, signals, and sessions that die.

use std::time::{Duration, Instant};

use fastdjango_core::backend::{Connection, Direction, Interrupt, Outcome, Progress, RunOptions};
use fastdjango_core::error::{ErrorKind, Result};
use tokio::task::JoinHandle;

use super::harness::{TestDb, each, kill, options, running, sql, unit, until};
use super::proxy::{Cut, cut_at};

/// Works until it is stopped.
const SLOW: &str = "INSERT INTO slow SELECT SLEEP(60) FROM (SELECT 1) AS once";

#[tokio::test(flavor = "multi_thread")]
async fn ten_migrators_apply_each_migration_once() {
    for db in each().await {
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
        let events = db.events().await;
        let applied: Vec<&str> = events.iter().filter_map(|event| event.strip_suffix(" applied")).collect();
        assert_eq!((events.len(), applied), (6, vec!["0001_t", "0002_t", "0003_t"]));
        assert_eq!(db.rows("SELECT count(*) FROM t3").await, ["1"]);
    }
}

/// A migration that holds the lock until its session is ended.
async fn holder(db: &TestDb) -> JoinHandle<Result<Outcome>> {
    db.execute("CREATE TABLE slow (n int)").await;
    let other = db.clone();
    let task =
        tokio::spawn(async move { other.apply("0001_a", &[sql("CREATE TABLE half (id int)"), sql(SLOW)]).await });
    until(db, &running("INSERT INTO slow"), "1").await;
    task
}

#[tokio::test]
async fn who_holds_the_lock_is_waited_for_and_then_named() {
    for db in each().await {
        let task = holder(&db).await;
        let impatient = RunOptions { wait: Duration::from_millis(300), ..options() };
        let started = Instant::now();
        let mut waited = 0;
        let steps = [sql("SELECT 1")];
        let unit = unit("0002_b", &steps, Direction::Forward);
        let mut count = |progress| waited += i32::from(progress == Progress::Waiting);
        let error = db.open().await.run(&unit, &impatient, &mut count).await.expect_err("busy");
        assert_eq!((error.kind(), error.code(), waited), (ErrorKind::Locked, "E504", 1));
        assert!(started.elapsed() >= Duration::from_millis(300));
        let told = error.to_string();
        assert!(told.contains("the lock is held by session ") && told.contains(", user fastdjango at "), "{told}");
        assert!(told.contains("nothing was run"), "{told}");
        kill(&db, "INSERT INTO slow").await;
        task.await.expect("the task ends").expect_err("its session was ended");
        db.run("0002_b", &steps, Direction::Forward, &impatient).await.expect("the lock is free");
    }
}

#[tokio::test]
async fn another_database_of_the_server_is_not_waited_for() {
    for (db, other) in each().await.into_iter().zip(each().await) {
        let task = holder(&db).await;
        let impatient = RunOptions { wait: Duration::from_millis(300), ..options() };
        other.run("0001_a", &[sql("SELECT 1")], Direction::Forward, &impatient).await.expect("a lock of its own");
        kill(&db, "INSERT INTO slow").await;
        task.await.expect("the task ends").expect_err("its session was ended");
    }
}

#[tokio::test]
async fn a_session_that_is_killed_among_rows_writes_none_twice() {
    for db in each().await {
        let task = holder(&db).await;
        kill(&db, "INSERT INTO slow").await;
        let error = task.await.expect("the task ends").expect_err("its session was ended");
        let told = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Failed, "{told}");
        assert!(told.contains("1 of 2 steps is done, and stays"), "{told}");
        assert_eq!(db.rows("SELECT count(*) FROM slow").await, ["0"]);
        assert_eq!(db.events().await, ["0001_a applying"]);
        let again = db.clone();
        let task =
            tokio::spawn(async move { again.apply("0001_a", &[sql("CREATE TABLE half (id int)"), sql(SLOW)]).await });
        until(&db, &running("INSERT INTO slow"), "1").await;
        kill(&db, "INSERT INTO slow").await;
        task.await.expect("the task ends").expect_err("the step began again, and was ended again");
        assert_eq!(db.tables().await, ["half", "slow"]);
    }
}

#[tokio::test]
async fn the_first_signal_finishes_the_step_and_keeps_it() {
    for db in each().await {
        let interrupt = Interrupt::default();
        let stopped = RunOptions { interrupt: interrupt.clone(), ..options() };
        let steps = [sql("CREATE TABLE a (id int)"), sql("DO SLEEP(1)"), sql("CREATE TABLE b (id int)")];
        let unit = unit("0001_a", &steps, Direction::Forward);
        let mut signal = |progress| {
            if matches!(progress, Progress::StepStarted { number: 2, .. }) {
                interrupt.signal();
            }
        };
        let error = db.open().await.run(&unit, &stopped, &mut signal).await.expect_err("stopped");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, "E632"));
        assert!(error.to_string().contains("2 of 3 steps are done, and stay"), "{error}");
        assert_eq!(db.tables().await, ["a"]);
        db.apply("0001_a", &steps).await.expect("the next run goes on");
        assert_eq!(db.tables().await, ["a", "b"]);
    }
}

#[tokio::test]
async fn the_second_signal_cancels_the_statement() {
    for db in each().await {
        db.execute("CREATE TABLE slow (n int)").await;
        let interrupt = Interrupt::default();
        let stopped = RunOptions { interrupt: interrupt.clone(), ..options() };
        let many = "INSERT INTO slow SELECT a.n FROM (WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 900) \
             SELECT n FROM t) AS a, (WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 900) SELECT n FROM t) AS b, \
             (WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 900) SELECT n FROM t) AS c";
        let steps = [sql("CREATE TABLE a (id int)"), sql(many)];
        let unit = unit("0001_a", &steps, Direction::Forward);
        let mut signal = |progress| {
            if matches!(progress, Progress::StepStarted { number: 2, .. }) {
                interrupt.signal();
                interrupt.signal();
            }
        };
        let started = Instant::now();
        let error = db.open().await.run(&unit, &stopped, &mut signal).await.expect_err("interrupted");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, "E632"));
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        assert!(error.to_string().contains("1 of 2 steps is done"), "{error}");
        assert_eq!(db.rows("SELECT count(*) FROM slow").await, ["0"]);
    }
}

#[tokio::test]
async fn a_signal_ends_the_wait_for_the_lock() {
    for db in each().await {
        let task = holder(&db).await;
        let interrupt = Interrupt::default();
        let stopped = RunOptions { interrupt: interrupt.clone(), ..options() };
        let steps = [sql("SELECT 1")];
        let unit = unit("0002_b", &steps, Direction::Forward);
        let mut signal = |progress| {
            if progress == Progress::Waiting {
                interrupt.signal();
            }
        };
        let error = db.open().await.run(&unit, &stopped, &mut signal).await.expect_err("interrupted");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, "E632"));
        kill(&db, "INSERT INTO slow").await;
        task.await.expect("the task ends").expect_err("its session was ended");
    }
}

#[tokio::test]
async fn a_dropped_future_does_not_split_a_migration() {
    for db in each().await {
        let steps = [sql("CREATE TABLE a (id int)"), sql("DO SLEEP(1)"), sql("CREATE TABLE b (id int)")];
        {
            let mut connection = db.open().await;
            let unit = unit("0001_a", &steps, Direction::Forward);
            let options = options();
            let mut ignore = |_| ();
            let run = connection.run(&unit, &options, &mut ignore);
            assert!(tokio::time::timeout(Duration::from_millis(500), run).await.is_err(), "dropped in the middle");
        }
        assert_eq!(db.apply("0001_a", &steps).await.expect("the lock comes free"), Outcome::AlreadyDone);
        assert_eq!(db.tables().await, ["a", "b"]);
    }
}

/// Takes a lock of a table in a session of its own.
async fn table_lock(db: &TestDb) -> Connection {
    let mut other = db.open().await;
    other.execute("START TRANSACTION").await.expect("a transaction");
    other.query("SELECT * FROM post").await.expect("a lock");
    other
}

#[tokio::test]
async fn a_lock_of_another_session_is_tried_for_and_then_named() {
    for db in each().await {
        db.execute("CREATE TABLE post (id int)").await;
        let other = table_lock(&db).await;
        let hasty = RunOptions { lock_timeout: Duration::from_millis(200), ..options() };
        let steps = [sql("CREATE TABLE a (id int)"), sql("ALTER TABLE post ADD COLUMN x text")];
        let error = db.run("0001_a", &steps, Direction::Forward, &hasty).await.expect_err("it is in use");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E650"));
        let told = error.to_string();
        for part in [
            "step 2 of 2: a lock was not obtained: Lock wait timeout exceeded",
            "the step was tried 5 times",
            "in the way: session ",
            "1 of 2 steps is done, and stays",
        ] {
            assert!(told.contains(part), "{told}");
        }
        other.close().await.expect("the other session ends");
        db.run("0001_a", &steps, Direction::Forward, &hasty).await.expect("the table is free");
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
    }
}

#[tokio::test]
async fn a_lock_that_comes_free_is_no_failure() {
    for db in each().await {
        db.execute("CREATE TABLE post (id int PRIMARY KEY)").await;
        db.execute("INSERT INTO post VALUES (1)").await;
        let mut other = db.open().await;
        other.execute("START TRANSACTION").await.expect("a transaction");
        other.execute("UPDATE post SET id = 1").await.expect("a lock");
        let free = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(2500)).await;
            other.close().await.expect("the other session ends");
        });
        let hasty = RunOptions { lock_timeout: Duration::from_millis(200), ..options() };
        let steps = [sql("UPDATE post SET id = id + 1"), sql("ALTER TABLE post ADD COLUMN x text")];
        db.run("0001_a", &steps, Direction::Forward, &hasty).await.expect("tried again");
        free.await.expect("free");
        assert_eq!(db.rows("SELECT id FROM post").await, ["2"]);
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
    }
}

#[tokio::test]
async fn a_migration_that_gives_the_lock_back_stops_at_that_step() {
    for db in each().await {
        let steps = [sql("SELECT RELEASE_ALL_LOCKS()"), sql("CREATE TABLE a (id int)")];
        let error = db.apply("0001_a", &steps).await.expect_err("the lock is gone");
        assert_eq!(error.code(), "E509", "{error}");
        assert!(db.tables().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_in_a_commit_leaves_the_truth_in_the_journal() {
    for db in each().await {
        // The first commit is the journal's own, the second that of the first step.
        for (name, count, cut) in
            [("0001", 1, Cut::Before), ("0002", 1, Cut::After), ("0003", 2, Cut::Before), ("0004", 2, Cut::After)]
        {
            let steps =
                [sql(&format!("CREATE TABLE t{name} (id int)")), sql(&format!("INSERT INTO t{name} VALUES (1)"))];
            let lost = cut_at(&db, "COMMIT", count, cut).await;
            let error = lost.apply(name, &steps).await.expect_err("the line was cut");
            assert_eq!((error.kind(), error.code()), (ErrorKind::Unknown, "E635"), "{name}: {error}");
            db.apply(name, &steps).await.expect("the next run finishes it");
            assert_eq!(db.rows(&format!("SELECT id FROM t{name}")).await, ["1"]);
        }
    }
}
