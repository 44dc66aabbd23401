//! One migration: forwards, backwards, failing, stopped.

use fastdjango_core::backend::{Access, Connection, Direction, Outcome, Progress, RunOptions, script};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::name::MigrationRef;
use fastdjango_core::settings::Database;

use super::harness::{TestDb, options, rebuild, sql, unit};

const CREATE: &str = "CREATE TABLE post (id integer NOT NULL PRIMARY KEY, title text NOT NULL)";

#[tokio::test]
async fn a_migration_runs_once_and_goes_back() {
    let db = TestDb::new();
    assert!(matches!(db.apply("0001_initial", &[sql(CREATE)]).await, Ok(Outcome::Done { .. })));
    assert!(matches!(db.apply("0001_initial", &[sql(CREATE)]).await, Ok(Outcome::AlreadyDone)));
    let down = [sql("DROP TABLE post")];
    assert!(matches!(db.revert("0001_initial", &down).await, Ok(Outcome::Done { .. })));
    assert!(matches!(db.revert("0001_initial", &down).await, Ok(Outcome::AlreadyDone)));
    let events = db.rows("SELECT name, seq, event FROM fastdjango_migrations WHERE app <> '' ORDER BY id").await;
    assert_eq!(events, ["0001_initial|1|applied", "0001_initial|2|reverted"]);
}

#[tokio::test]
async fn a_failure_leaves_nothing_and_says_where() {
    let db = TestDb::new();
    let steps = [sql(CREATE), sql("ALTER TABLE absent ADD COLUMN x text"), sql("SELECT 1")];
    let error = db.apply("0001_initial", &steps).await.expect_err("the second step fails");
    let text = error.to_string();
    assert_eq!(error.kind(), ErrorKind::Failed);
    let help = "correct the cause, then run `migrate` again";
    for part in
        ["E621", "`blog.0001_initial`", "step 2 of 3", "no such table", "ALTER TABLE absent", "rolled back", help]
    {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert_eq!(db.rows("SELECT name FROM sqlite_schema").await, [""; 0]);
}

#[tokio::test]
async fn a_verifying_query_stops_what_would_fail_later() {
    let db =
        TestDb::with("CREATE TABLE post (id integer, slug text); INSERT INTO post VALUES (1, NULL), (2, 'b')").await;
    let verify = Step::Verify {
        verify: "SELECT count(*) FROM post WHERE slug IS NULL".into(),
        found: "rows of `post` have no `slug`".into(),
    };
    let steps = [sql("DELETE FROM post WHERE id = 2"), verify];
    let numberless = Step::Verify { verify: "SELECT slug FROM post".into(), found: "rows".into() };
    assert_eq!(db.apply("0002_slug", &[numberless]).await.expect_err("no number").code(), "E624");
    let error = db.apply("0002_slug", &steps).await.expect_err("a row has no slug");
    assert_eq!(error.code(), "E624");
    assert!(error.to_string().contains("1 rows of `post` have no `slug`"), "{error}");
    assert_eq!(db.rows("SELECT count(*) FROM post").await, ["2"]);
}

#[tokio::test]
async fn what_cannot_run_here_is_refused_before_anything_does() {
    let db = TestDb::new();
    let autocommit = Step::Autocommit { autocommit: "CREATE INDEX CONCURRENTLY i ON t (x)".into() };
    for (step, code) in [
        (autocommit, "E630"),
        (sql("  /* x */ commit"), "E631"),
        (sql("DELETE FROM a; DELETE FROM b"), "E631"),
        (sql("BEGIN"), "E631"),
        (sql("End transaction"), "E631"),
        (sql("ROLLBACK"), "E631"),
        (sql("SAVEPOINT s"), "E631"),
        (sql("RELEASE s"), "E631"),
        (sql("ATTACH 'other.sqlite3' AS other"), "E631"),
        (sql("DETACH other"), "E631"),
        (sql("VACUUM"), "E631"),
        (sql("DROP TRIGGER IF EXISTS t; COMMIT"), "E631"),
        (
            sql("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 1; END; COMMIT"),
            "E631",
        ),
    ] {
        let error = db.apply("0001_initial", &[sql(CREATE), step]).await.expect_err("refused");
        assert_eq!(error.code(), code);
    }
    let body = "DELETE FROM post WHERE id = CASE 1 WHEN 1 THEN 9 END; SELECT 1;";
    let trigger = sql(&format!("CREATE TRIGGER t AFTER INSERT ON post BEGIN {body} END;"));
    db.apply("0001_initial", &[sql(CREATE), trigger]).await.expect("a trigger's body is no second statement");
}

#[tokio::test]
async fn the_executor_runs_what_sqlmigrate_prints() {
    let db = TestDb::with("CREATE TABLE post (id integer NOT NULL PRIMARY KEY, title text)").await;
    let copy = "INSERT INTO new_post (id, title) SELECT \"id\", coalesce(\"title\", '') FROM post";
    let steps = [
        sql("CREATE TABLE tag (id integer NOT NULL PRIMARY KEY)"),
        Step::Verify { verify: "SELECT count(*) FROM tag".into(), found: "rows of `tag`".into() },
        rebuild(
            "post",
            &[
                "CREATE TABLE new_post (id integer NOT NULL PRIMARY KEY, title text NOT NULL)",
                copy,
                "DROP TABLE post",
                "ALTER TABLE new_post RENAME TO post",
            ],
        ),
        Step::Drop { drop: "tag".into(), sql: "DROP TABLE tag".into() },
    ];
    let printed: Vec<String> = script(&Database::new(Engine::Sqlite, ""), &steps, true)
        .into_iter()
        .filter(|line| !line.starts_with("--"))
        .collect();
    assert_eq!(db.statements("0002_title", &steps).await, printed);
    assert_eq!(printed[..2], ["PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"]);
    assert_eq!(printed[printed.len() - 2..], ["COMMIT", "PRAGMA foreign_keys = ON"]);
}

#[tokio::test]
async fn the_first_signal_finishes_the_step_and_rolls_back() {
    let db = TestDb::new();
    let steps = [sql(CREATE), sql("INSERT INTO post VALUES (1, 'a')")];
    let options = options();
    let interrupt = options.interrupt.clone();
    interrupt.signal();
    let error = db.run("0001_initial", &steps, Direction::Forward, &options).await.expect_err("stopped");
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(db.rows("SELECT name FROM sqlite_schema").await, [""; 0]);
}

#[tokio::test]
async fn the_second_signal_interrupts_the_statement() {
    let db = TestDb::new();
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO post SELECT i, 'x' FROM n";
    let steps = [sql(CREATE), sql(endless)];
    let options = options();
    let interrupt = options.interrupt.clone();
    let mut connection = db.open().await;
    let mut twice = |progress| {
        if matches!(progress, Progress::Statement(text) if text == endless) {
            interrupt.signal();
            interrupt.signal();
        }
    };
    let unit = unit("0001_initial", &steps, Direction::Forward);
    let error = connection.run(&unit, &options, &mut twice).await.expect_err("stopped");
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    assert_eq!(db.rows("SELECT name FROM sqlite_schema").await, [""; 0]);
    let again = RunOptions::default();
    connection
        .run(&super::harness::unit("0001_initial", &steps[..1], Direction::Forward), &again, &mut |_| ())
        .await
        .expect("the connection opens again after an error");
}

#[tokio::test]
async fn a_connection_forgets_the_signals_of_a_run_that_ended() {
    let db = TestDb::new();
    let options = options();
    let interrupt = options.interrupt.clone();
    let mut connection = db.open().await;
    let steps = [sql(CREATE)];
    connection.run(&unit("0001_initial", &steps, Direction::Forward), &options, &mut |_| ()).await.expect("applied");
    interrupt.signal();
    interrupt.signal();
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT count(*) FROM n";
    let rows = connection.query(long).await.expect("nobody stops a query of later");
    assert_eq!(rows[0][0].integer(), Some(100_000));
}

#[tokio::test]
async fn a_dropped_future_does_not_split_a_migration() {
    let db = TestDb::new();
    let slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) \
                INSERT INTO post SELECT i, 'x' FROM n";
    let steps = [sql(CREATE), sql(slow)];
    {
        let mut connection = db.open().await;
        let unit = unit("0001_initial", &steps, Direction::Forward);
        let (told, began) = std::sync::mpsc::channel();
        let options = options();
        let mut tell = move |progress| {
            if matches!(progress, Progress::StepStarted { number: 2, .. }) {
                let _ = told.send(());
            }
        };
        let mut run = Box::pin(connection.run(&unit, &options, &mut tell));
        while began.try_recv().is_err() {
            let turn = tokio::time::timeout(std::time::Duration::from_millis(1), &mut run).await;
            assert!(turn.is_err(), "the slow step was not slow enough");
        }
    }
    let migration = MigrationRef::new("blog", "0001_initial");
    for _ in 0..600 {
        if db.read().await.history().await.is_ok_and(|history| history.is_applied(&migration)) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(db.rows("SELECT count(*) FROM post").await, ["300000"]);
}

#[tokio::test]
async fn a_backup_is_a_copy_and_overwrites_nothing() {
    let db = TestDb::with("CREATE TABLE post (id integer); INSERT INTO post VALUES (7)").await;
    let copy = db.path().with_file_name("it's a copy.sqlite3");
    let mut connection = db.open().await;
    connection.backup(&copy).await.expect("the first backup");
    let error = connection.backup(&copy).await.expect_err("the file is there");
    assert_eq!(error.code(), "E506");
    let mut copied = Connection::open_sqlite(&copy, Access::Read).await.expect("the copy opens");
    assert_eq!(copied.count_rows("post").await.expect("a count"), 1);
    let error = TestDb::new().read().await.backup(&copy.with_extension("none")).await.expect_err("nothing to copy");
    assert_eq!(error.code(), "E506");
}

#[tokio::test]
async fn values_of_a_column_that_is_not_there_are_not_counted() {
    let db =
        TestDb::with("CREATE TABLE post (id integer, note text); INSERT INTO post VALUES (1, NULL), (2, 'a')").await;
    let mut connection = db.read().await;
    assert_eq!(connection.count_values("post", "note").await.expect("a count"), 1);
    connection.count_values("post", "absent").await.expect_err("its quoted name is no text");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_go_on_while_a_migration_works() {
    let db = TestDb::with("CREATE TABLE post (id integer); INSERT INTO post VALUES (1)").await;
    let slow = "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000) SELECT i FROM n)";
    let steps = [sql("UPDATE post SET id = 2"), sql(slow)];
    let (begun, ended) = (tokio::sync::Notify::new(), std::sync::atomic::AtomicBool::new(false));
    let run = async {
        let mut tell = |progress| {
            if matches!(progress, Progress::StepStarted { number: 2, .. }) {
                begun.notify_one();
            }
        };
        let unit = unit("0001_initial", &steps, Direction::Forward);
        db.open().await.run(&unit, &options(), &mut tell).await.expect("it runs");
        ended.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    let read = async {
        begun.notified().await;
        assert_eq!(db.rows("SELECT id FROM post").await, ["1"]);
        assert!(!ended.load(std::sync::atomic::Ordering::SeqCst), "the reader had to wait");
    };
    tokio::join!(run, read);
}

#[tokio::test]
async fn reading_creates_no_file_and_no_table() {
    let db = TestDb::new();
    let mut connection = db.read().await;
    assert!(connection.history().await.expect("no file is an empty history").events.is_empty());
    assert!(connection.introspect().await.expect("no file is an empty schema").tables.is_empty());
    assert!(!db.path().exists());
    db.execute("CREATE TABLE post (id integer)").await;
    assert!(connection.version().await.expect("the version of the library").starts_with("3."));
    assert!(db.read().await.history().await.expect("no table is an empty history").events.is_empty());
    assert!(connection.introspect().await.expect("the file is there now").tables.contains_key("post"));
    assert_eq!(db.rows("SELECT name FROM sqlite_schema").await, ["post"]);
    assert_eq!(db.read().await.execute("DELETE FROM post").await.expect_err("only reading").code(), "E501");
    let hidden = db.read().await.query("DELETE FROM post").await.expect_err("not by way of a query either");
    assert!(hidden.to_string().contains("readonly"), "{hidden}");
}
