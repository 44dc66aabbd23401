//! Several migrators, and migrators that die.

use std::path::Path;
use std::time::{Duration, Instant};

use fastdjango_core::backend::{Access, Connection, Direction, Outcome, Progress, RunOptions, Unit};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::name::MigrationRef;

use super::harness::{TestDb, options, sql, unit};

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
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(300) && waited < Duration::from_secs(3), "{waited:?}");
    other.execute("COMMIT").await.expect("free again");
    db.run("0001_a", &[sql("SELECT 1")], Direction::Forward, &impatient).await.expect("the lock is free");
}

/// Holds the database so that nobody commits, for as long as is said.
async fn held_by_a_reader(db: &TestDb, milliseconds: u64) -> tokio::task::JoinHandle<()> {
    let mut reader = db.open().await;
    reader.execute("BEGIN; SELECT * FROM post").await.expect("a shared lock");
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        reader.execute("COMMIT").await.expect("done reading");
    })
}

const POST: &str = "CREATE TABLE post (id integer); INSERT INTO post VALUES (1)";

#[tokio::test]
async fn a_reader_holds_a_commit_up_but_does_not_break_it() {
    let db = TestDb::with(POST).await;
    let free = held_by_a_reader(&db, 400).await;
    db.apply("0001_a", &[sql("ALTER TABLE post ADD COLUMN x text")]).await.expect("the commit waits");
    free.await.expect("the reader ends");
}

#[tokio::test]
async fn a_commit_that_waits_too_long_leaves_nothing() {
    let db = TestDb::with(POST).await;
    let free = held_by_a_reader(&db, 1500).await;
    let impatient = RunOptions { wait: Duration::from_millis(300), ..options() };
    let steps = [sql("ALTER TABLE post ADD COLUMN x text")];
    let started = Instant::now();
    let error = db.run("0001_a", &steps, Direction::Forward, &impatient).await.expect_err("a reader is there");
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    assert!(error.to_string().contains("rolled back; nothing of this migration is in the database"), "{error}");
    assert!(started.elapsed() < Duration::from_millis(1400), "`wait` holds for the commit too");
    assert_eq!(db.rows("SELECT name FROM sqlite_schema").await, ["post"]);
    free.await.expect("the reader ends");
    assert!(matches!(db.apply("0001_a", &steps).await, Ok(Outcome::Done { .. })), "it was not applied");
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing() {
    let db = TestDb::with("CREATE TABLE a (id integer PRIMARY KEY, up integer REFERENCES a (id))").await;
    let steps = [sql("PRAGMA defer_foreign_keys = ON"), sql("INSERT INTO a VALUES (1, 2)")];
    let error = db.apply("0002_rows", &steps).await.expect_err("row 2 is not there");
    let text = error.to_string();
    assert!(text.contains("FOREIGN KEY") && text.contains("rolled back; nothing of this"), "{text}");
    assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'fastdjango%'").await, ["0"]);
    assert_eq!(db.rows("SELECT count(*) FROM a").await, ["0"]);
}

/// Sends signals after a while: one, then as many more as are asked for.
fn signalled(options: &RunOptions, times: usize) {
    let interrupt = options.interrupt.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        (0..times).for_each(|_| interrupt.signal());
    });
}

#[tokio::test]
async fn the_first_signal_ends_the_wait_for_the_lock() {
    let db = TestDb::with(POST).await;
    let mut other = db.open().await;
    other.execute("BEGIN IMMEDIATE").await.expect("the lock");
    let options = options();
    signalled(&options, 1);
    let started = Instant::now();
    let error = db.run("0001_a", &[sql("SELECT 1")], Direction::Forward, &options).await.expect_err("stopped");
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    assert!(error.to_string().contains("nothing was run"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_first_signal_lets_what_is_complete_be_committed_and_the_second_does_not() {
    let steps = [sql("ALTER TABLE post ADD COLUMN x text")];
    for (signals, applied) in [(1, true), (2, false)] {
        let db = TestDb::with(POST).await;
        let free = held_by_a_reader(&db, 600).await;
        let options = options();
        signalled(&options, signals);
        let outcome = db.run("0001_a", &steps, Direction::Forward, &options).await;
        assert_eq!(outcome.is_ok(), applied, "{outcome:?}");
        assert!(outcome.is_ok_and(|done| matches!(done, Outcome::Done { .. })) == applied);
        free.await.expect("the reader ends");
        let columns = db.rows("SELECT count(*) FROM pragma_table_info('post')").await;
        assert_eq!(columns, [if applied { "2" } else { "1" }]);
    }
}

#[tokio::test]
async fn who_waits_is_told_once() {
    let db = TestDb::with(POST).await;
    let mut other = db.open().await;
    other.execute("BEGIN IMMEDIATE").await.expect("the lock");
    let mut told = 0;
    let mut count = |progress| told += i32::from(progress == Progress::Waiting);
    let impatient = RunOptions { wait: Duration::from_millis(300), ..options() };
    let steps = [sql("SELECT 1")];
    let unit = unit("0001_a", &steps, Direction::Forward);
    db.open().await.run(&unit, &impatient, &mut count).await.expect_err("busy");
    assert_eq!(told, 1);
}

#[tokio::test]
async fn reading_waits_for_another_process_to_finish_its_commit() {
    let db = TestDb::with(POST).await;
    let mut used = db.open().await;
    let steps = [sql("SELECT 1")];
    used.run(&unit("0001_a", &steps, Direction::Forward), &options(), &mut |_| ()).await.expect("applied");
    let mut fresh = db.read().await;
    let mut other = db.open().await;
    other.execute("BEGIN EXCLUSIVE").await.expect("nobody may read");
    let free = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        other.execute("COMMIT").await.expect("done writing");
    });
    let (one, other) = tokio::join!(fresh.history(), used.history());
    assert_eq!(one.expect("it waits"), other.expect("a connection that has migrated waits too"));
    free.await.expect("the writer ends");
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

/// No test of its own: the process that the next test kills.
#[tokio::test]
async fn victim() {
    let Some(path) = std::env::var_os("FASTDJANGO_TEST_VICTIM") else { return };
    let steps = [
        sql("UPDATE post SET x = 'changed'"),
        sql("CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"),
    ];
    let mut connection = Connection::open_sqlite(Path::new(&path), Access::Write).await.expect("it opens");
    let unit = unit("0001_a", &steps, Direction::Forward);
    let started = Path::new(&path).with_extension("started");
    let mut tell = |progress| {
        if matches!(progress, Progress::StepStarted { number: 2, .. }) {
            std::fs::write(&started, "").expect("the sign is given");
        }
    };
    connection.run(&unit, &options(), &mut tell).await.expect("it never ends");
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_behind() {
    let db = TestDb::with("CREATE TABLE post (id integer, x text); INSERT INTO post VALUES (1, 'kept')").await;
    let mut victim = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["backend::locking::victim", "--exact"])
        .env("FASTDJANGO_TEST_VICTIM", db.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("a second process");
    while !db.path().with_extension("started").exists() {
        assert!(victim.try_wait().expect("its state").is_none(), "the victim ended by itself");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let impatient = RunOptions { wait: Duration::from_millis(100), ..options() };
    let steps = [sql("ALTER TABLE post ADD COLUMN y text")];
    let busy = db.run("0001_a", &steps, Direction::Forward, &impatient).await.expect_err("the victim has the lock");
    assert_eq!(busy.kind(), ErrorKind::Locked);
    victim.kill().expect("killed");
    victim.wait().expect("gone");
    db.apply("0001_a", &steps).await.expect("the next run succeeds");
    assert_eq!(db.rows("SELECT id, x FROM post").await, ["1|kept"]);
    assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'big'").await, ["0"]);
}

#[tokio::test]
async fn a_connection_that_found_nothing_to_do_goes_on() {
    let db = TestDb::new();
    let steps = [sql("SELECT 1")];
    let mut connection = db.open().await;
    for (name, done) in [("0001_a", true), ("0001_a", false), ("0002_b", true)] {
        let unit = unit(name, &steps, Direction::Forward);
        let outcome = connection.run(&unit, &options(), &mut |_| ()).await.expect("no migration fails");
        assert_eq!(matches!(outcome, Outcome::Done { .. }), done, "{name}");
        db.execute("CREATE TABLE IF NOT EXISTS other (id integer)").await;
    }
}

#[tokio::test]
async fn a_plan_that_another_process_overtook_is_refused() {
    let db = TestDb::new();
    db.apply("0001_a", &[sql("SELECT 1")]).await.expect("applied");
    let (first, second) = ([MigrationRef::new("blog", "0001_a")], [MigrationRef::new("blog", "0002_b")]);
    let steps = [sql("SELECT 1")];
    let mut connection = db.open().await;
    let needs = Unit { requires: &second, ..unit("0003_c", &steps, Direction::Forward) };
    let error = connection.run(&needs, &options(), &mut |_| ()).await.expect_err("0002 is not applied");
    assert_eq!(error.code(), "E637");
    let bars = Unit { excludes: &first, ..unit("0003_c", &steps, Direction::Forward) };
    let error = connection.run(&bars, &options(), &mut |_| ()).await.expect_err("0001 is applied");
    assert_eq!(error.code(), "E637");
    let fits = Unit { requires: &first, excludes: &second, ..unit("0003_c", &steps, Direction::Forward) };
    connection.run(&fits, &options(), &mut |_| ()).await.expect("as planned");
}

#[tokio::test]
async fn another_text_of_a_migration_that_is_applied_is_refused() {
    let db = TestDb::new();
    db.apply("0001_a", &[sql("SELECT 1")]).await.expect("applied");
    let other = Unit { checksum: "other", ..unit("0001_a", &[], Direction::Forward) };
    let error = db.open().await.run(&other, &options(), &mut |_| ()).await.expect_err("two versions of one name");
    assert_eq!(error.code(), "E633");
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
