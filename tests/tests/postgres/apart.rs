//! Migrations that are no one transaction: `CREATE INDEX CONCURRENTLY` and its like, and `atomic = false`.

use std::time::Duration;

use fastdjango_core::backend::{Direction, Outcome, Unit, script};
use fastdjango_core::error::{Error, ErrorKind};
use fastdjango_core::migration::Step;

use super::harness::{TestDb, each, options, sql, unit, until};

const BUILD: &str = "CREATE UNIQUE INDEX CONCURRENTLY post_title ON post (title)";

fn autocommit(text: &str) -> Step {
    Step::Autocommit { autocommit: text.to_owned() }
}

/// A table, an index on it that is built beside its use, and something after that.
fn steps() -> [Step; 3] {
    [sql("CREATE TABLE before_it (id int)"), autocommit(BUILD), sql("CREATE TABLE after_it (id int)")]
}

async fn with_posts(db: &TestDb, titles: &str) {
    db.execute(&format!("CREATE TABLE post (title text); INSERT INTO post VALUES {titles}")).await;
}

async fn valid(db: &TestDb) -> Vec<String> {
    db.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('post_title')").await
}

async fn states(db: &TestDb) -> Vec<String> {
    db.rows("SELECT state FROM fastdjango_steps ORDER BY direction DESC, ordinal").await
}

#[tokio::test]
async fn an_index_is_built_beside_its_use_and_goes_again() {
    for db in each().await {
        with_posts(&db, "('a'), ('b')").await;
        let done = db.apply("0001_a", &steps()).await.expect("applied");
        assert!(matches!(done, Outcome::Done { .. }));
        assert_eq!(db.apply("0001_a", &steps()).await.expect("nothing to do"), Outcome::AlreadyDone);
        assert_eq!(valid(&db).await, ["1"]);
        assert_eq!(states(&db).await, ["done", "done", "done"]);
        let back = [sql("DROP TABLE after_it"), autocommit("DROP INDEX CONCURRENTLY post_title")];
        db.revert("0001_a", &back).await.expect("undone");
        assert_eq!(valid(&db).await, [""; 0]);
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied", "0001_a reverting", "0001_a reverted"]);
        let again = [sql("SELECT 1"), autocommit(BUILD), sql("CREATE TABLE after_it (id int)")];
        db.apply("0001_a", &again).await.expect("applied again, with other steps");
        assert_eq!(valid(&db).await, ["1"]);
    }
}

#[tokio::test]
async fn a_build_that_fails_is_begun_anew_where_it_ended() {
    for db in each().await {
        with_posts(&db, "('a'), ('a')").await;
        let error = db.apply("0001_a", &steps()).await.expect_err("two are the same");
        let told = error.to_string();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E621"));
        assert!(told.contains("step 2 of 3: could not create unique index"), "{told}");
        assert!(told.contains("1 of 3 steps is done, and stays; the next run goes on behind it"), "{told}");
        assert_eq!(valid(&db).await, ["0"]);
        assert_eq!(db.open().await.invalid_indexes().await.expect("a list"), ["post_title"]);
        assert_eq!(states(&db).await, ["done", "started", "pending"]);
        let noted = db.rows("SELECT error FROM fastdjango_steps WHERE ordinal = 2").await;
        assert!(noted[0].contains("could not create unique index"), "{noted:?}");
        db.execute("DELETE FROM post WHERE ctid IN (SELECT ctid FROM post LIMIT 1)").await;
        db.apply("0001_a", &steps()).await.expect("the next run finishes it");
        assert_eq!(valid(&db).await, ["1"]);
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
        assert_eq!(states(&db).await, ["done", "done", "done"]);
    }
}

#[tokio::test]
async fn a_build_whose_session_is_killed_is_finished_by_the_next_run() {
    for db in each().await {
        with_posts(&db, "('a')").await;
        let mut writer = db.open().await;
        writer.execute("BEGIN; INSERT INTO post VALUES ('b')").await.expect("a transaction that the build waits for");
        let other = db.clone();
        let task = tokio::spawn(async move { other.apply("0001_a", &steps()).await });
        let building = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE query = '{BUILD}' AND wait_event_type = 'Lock' AND datname = current_database()"
        );
        until(&db, &building, "1").await;
        db.execute(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = '{BUILD}' AND datname = current_database()")).await;
        let error = task.await.expect("the task ends").expect_err("its session was ended");
        assert!(error.to_string().contains("1 of 3 steps is done"), "{error}");
        writer.execute("COMMIT").await.expect("out of the way");
        db.apply("0001_a", &steps()).await.expect("the next run finishes it");
        assert_eq!(valid(&db).await, ["1"]);
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
    }
}

#[tokio::test]
async fn a_build_waits_longer_than_a_lock_may_take() {
    for db in each().await {
        with_posts(&db, "('a')").await;
        let mut writer = db.open().await;
        writer.execute("BEGIN; INSERT INTO post VALUES ('b')").await.expect("a transaction that the build waits for");
        let free = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(800)).await;
            writer.execute("COMMIT").await.expect("out of the way");
        });
        let hasty = fastdjango_core::backend::RunOptions { lock_timeout: Duration::from_millis(100), ..options() };
        db.run("0001_a", &[autocommit(BUILD)], Direction::Forward, &hasty).await.expect("it waits");
        free.await.expect("free");
        assert_eq!(valid(&db).await, ["1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrators_at_once_build_an_index_once() {
    for db in each().await {
        with_posts(&db, "('a')").await;
        let mut migrators = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let db = db.clone();
            migrators.spawn(async move { db.apply("0001_a", &steps()).await.expect("no migrator fails") });
        }
        let outcomes = migrators.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done { .. })).count(), 1);
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
    }
}

#[tokio::test]
async fn another_text_in_the_middle_is_refused_with_both() {
    for db in each().await {
        with_posts(&db, "('a'), ('a')").await;
        db.apply("0001_a", &steps()).await.expect_err("two are the same");
        for other in [vec![sql("SELECT 1")], vec![sql("SELECT 1"), autocommit(BUILD)]] {
            let error = db.apply("0001_a", &other).await.expect_err("it was begun with other steps");
            let told = error.to_string();
            assert_eq!(error.code(), "E647");
            assert!(
                told.contains("begun with: CREATE TABLE before_it (id int)") && told.contains("now: SELECT 1"),
                "{told}"
            );
            assert!(told.contains("1 of ") && told.contains("is done, and stays"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_not_taken_for_ours() {
    for db in each().await {
        with_posts(&db, "('a')").await;
        db.execute("CREATE INDEX post_title ON post (lower(title))").await;
        let error = db.apply("0001_a", &[autocommit(BUILD)]).await.expect_err("somebody else's");
        assert_eq!(error.code(), "E651");
        assert!(error.to_string().contains("the index `post_title` is there already"), "{error}");
        db.execute("DROP INDEX post_title").await;
        db.apply("0001_a", &[autocommit(BUILD)]).await.expect("the name is free");
        let lax = [autocommit("CREATE INDEX CONCURRENTLY IF NOT EXISTS x ON post (title)")];
        assert_eq!(db.apply("0002_b", &lax).await.expect_err("refused").code(), "E630");
    }
}

#[tokio::test]
async fn what_no_transaction_may_hold_runs_and_what_became_of_it_is_asked() {
    for db in each().await {
        with_posts(&db, "('a')").await;
        db.execute("CREATE TYPE mood AS ENUM ('good')").await;
        let steps = [autocommit("VACUUM post"), autocommit("ALTER TYPE mood ADD VALUE 'bad'"), sql("SELECT 1 / 0")];
        let error = db.apply("0001_a", &steps).await.expect_err("no number");
        assert!(error.to_string().contains("2 of 3 steps are done"), "{error}");
        // As if the process had ended after the statement, before its mark: a VACUUM can run again, the other cannot be told.
        db.execute("UPDATE fastdjango_steps SET state = 'started' WHERE ordinal = 2").await;
        let error = db.apply("0001_a", &steps).await.expect_err("nobody can tell");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unknown, "E649"));
        db.execute("UPDATE fastdjango_steps SET state = 'done' WHERE ordinal = 2").await;
        let error = db.apply("0001_a", &steps).await.expect_err("no number");
        assert!(error.to_string().contains("step 3 of 3: division by zero"), "{error}");
    }
}

#[tokio::test]
async fn rows_are_written_with_the_mark_that_they_are() {
    for db in each().await {
        db.execute("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)").await;
        db.execute("CREATE PROCEDURE up() LANGUAGE plpgsql AS $$ BEGIN UPDATE counter SET n = n + 10; COMMIT; END $$")
            .await;
        let steps = [autocommit("UPDATE counter SET n = n + 1"), autocommit("CALL up()"), sql("SELECT 1 / 0")];
        db.apply("0001_a", &steps).await.expect_err("no number");
        assert_eq!(db.rows("SELECT n FROM counter").await, ["11"]);
        // As if the process had ended after the procedure, before its mark.
        db.execute("UPDATE fastdjango_steps SET state = 'started' WHERE ordinal = 2").await;
        let error = db.apply("0001_a", &steps).await.expect_err("code may have committed");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unknown, "E649"));
        assert_eq!(db.rows("SELECT n FROM counter").await, ["11"]);
    }
}

#[tokio::test]
async fn what_is_not_atomic_keeps_the_steps_before_a_failure() {
    for db in each().await {
        let steps = [sql("CREATE TABLE a (id int)"), sql("INSERT INTO a SELECT 1 / (SELECT count(*) FROM b)")];
        db.execute("CREATE TABLE b (id int)").await;
        let apply = async || -> Result<Outcome, Error> {
            let unit = Unit { atomic: false, ..unit("0001_a", &steps, Direction::Forward) };
            db.open().await.run(&unit, &options(), &mut |_| ()).await
        };
        let error = apply().await.expect_err("no number");
        assert!(error.to_string().contains("1 of 2 steps is done, and stays"), "{error}");
        assert_eq!(db.rows("SELECT count(*) FROM a").await, ["0"]);
        assert!(
            !db.read()
                .await
                .history()
                .await
                .expect("the history")
                .is_applied(&unit("0001_a", &[], Direction::Forward).migration)
        );
        db.execute("INSERT INTO b VALUES (1)").await;
        apply().await.expect("the next run goes on");
        assert_eq!(db.rows("SELECT id FROM a").await, ["1"]);
    }
}

#[tokio::test]
async fn what_is_half_undone_is_undone_before_it_is_applied_again() {
    for db in each().await {
        with_posts(&db, "('a')").await;
        db.apply("0001_a", &steps()).await.expect("applied");
        let back = [
            autocommit("DROP INDEX CONCURRENTLY post_title"),
            sql("DROP TABLE after_it, missing"),
            sql("DROP TABLE before_it"),
        ];
        db.revert("0001_a", &back).await.expect_err("there is no such table");
        db.execute("CREATE TABLE missing (id int)").await;
        db.apply("0001_a", &steps()).await.expect("undone to its end, then applied");
        assert_eq!(valid(&db).await, ["1"]);
        assert_eq!(
            db.events().await,
            ["applying", "applied", "reverting", "reverted", "applying", "applied"]
                .map(|event| format!("0001_a {event}"))
        );
    }
}

#[tokio::test]
async fn the_executor_runs_what_sqlmigrate_prints() {
    for db in each().await {
        with_posts(&db, "('a')").await;
        let steps = [
            sql("ALTER TABLE post ADD COLUMN slug text"),
            Step::Verify {
                verify: "SELECT count(*) FROM post WHERE title IS NULL".to_owned(),
                found: "rows".to_owned(),
            },
            autocommit(BUILD),
            autocommit("VACUUM post"),
            autocommit("UPDATE post SET slug = title"),
        ];
        let without_comments = |steps, atomic| {
            let lines = script(&db.settings, steps, atomic).into_iter();
            lines.filter(|line| !line.starts_with("--")).collect::<Vec<String>>()
        };
        assert_eq!(db.statements(&unit("0001_a", &steps, Direction::Forward)).await, without_comments(&steps, true));
        let steps = [sql("CREATE TABLE a (id int)"), sql("INSERT INTO a VALUES (1)")];
        let by_steps = Unit { atomic: false, ..unit("0002_b", &steps, Direction::Forward) };
        assert_eq!(db.statements(&by_steps).await, without_comments(&steps, false));
    }
}

#[tokio::test]
async fn what_was_verified_before_a_stop_is_verified_again() {
    for db in each().await {
        db.execute("CREATE TABLE old (id int)").await;
        db.execute("CREATE TABLE kept (id int)").await;
        db.execute("INSERT INTO old VALUES (1)").await;
        let steps = [
            sql("INSERT INTO kept SELECT id FROM old"),
            Step::Verify {
                verify: "SELECT count(*) FROM old WHERE id NOT IN (SELECT id FROM kept)".into(),
                found: "rows of `old` are not found again".into(),
            },
            sql("INSERT INTO kept SELECT id FROM ready"),
            sql("DROP TABLE old"),
        ];
        let apply = async || -> Result<Outcome, Error> {
            let unit = Unit { atomic: false, ..unit("0001_a", &steps, Direction::Forward) };
            db.open().await.run(&unit, &options(), &mut |_| ()).await
        };
        let error = apply().await.expect_err("no such table");
        assert!(error.to_string().contains("step 3 of 4"), "{error}");
        db.execute("CREATE TABLE ready (id int)").await;
        db.execute("INSERT INTO old VALUES (2)").await;
        let error = apply().await.expect_err("a row came meanwhile");
        assert!(error.to_string().contains("step 2 of 4: 1 rows of `old` are not found again"), "{error}");
        assert_eq!(db.rows("SELECT id FROM old ORDER BY id").await, ["1", "2"], "nothing is lost");
        db.execute("INSERT INTO kept VALUES (2)").await;
        apply().await.expect("the next run goes on");
        assert_eq!(db.rows("SELECT id FROM kept ORDER BY id").await, ["1", "2"]);
    }
}

#[tokio::test]
async fn what_is_not_atomic_and_does_nothing_is_applied() {
    for db in each().await {
        let unit = Unit { atomic: false, ..unit("0001_a", &[], Direction::Forward) };
        let printed = script(&db.settings, &[], false);
        assert_eq!(
            db.statements(&unit).await,
            printed.into_iter().filter(|line| !line.starts_with("--")).collect::<Vec<_>>()
        );
        assert_eq!(db.events().await, ["0001_a applied"]);
        let again = db.open().await.run(&unit, &options(), &mut |_| ()).await.expect("it is done");
        assert_eq!(again, Outcome::AlreadyDone);
    }
}
