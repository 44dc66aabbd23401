//! The executor: what runs, what is written down, where it stops, and where it goes on.

use fastdjango_core::backend::{Outcome, Unit, script};
use fastdjango_core::dialect::{MARIADB, MYSQL};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::migration::Step;

use super::harness::{TestDb, each, options, sql};

async fn states(db: &TestDb) -> Vec<String> {
    db.rows("SELECT state FROM fastdjango_steps ORDER BY direction DESC, ordinal").await
}

#[tokio::test]
async fn a_migration_runs_once_and_goes_back() {
    for db in each().await {
        let up = [sql("CREATE TABLE post (id bigint PRIMARY KEY)"), sql("INSERT INTO post VALUES (1), (2)")];
        let done = db.apply("0001_a", &up).await.expect("applied");
        assert!(matches!(done, Outcome::Done { .. }));
        assert_eq!(db.apply("0001_a", &up).await.expect("nothing to do"), Outcome::AlreadyDone);
        assert_eq!(db.rows("SELECT id FROM post ORDER BY id").await, ["1", "2"]);
        db.revert("0001_a", &[sql("DROP TABLE post")]).await.expect("undone");
        assert!(db.tables().await.is_empty());
        let events = ["applying", "applied", "reverting", "reverted"].map(|event| format!("0001_a {event}"));
        assert_eq!(db.events().await, events);
        assert_eq!(states(&db).await, ["done"; 3]);
        let history = db.read().await.history().await.expect("the history");
        let entry = &history.events[0];
        assert_eq!((entry.seq, entry.checksum.as_str(), entry.text_hash.as_str()), (1, "checksum", "text"));
        assert_eq!((history.events[3].seq, entry.run_id.len()), (4, 16));
        let shape: String = entry.at.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00 00:00:00.000");
    }
}

#[tokio::test]
async fn two_tables_have_checks_of_one_name_where_the_facts_say_so() {
    for db in each().await {
        let facts = if db.is_mariadb() { MARIADB } else { MYSQL };
        let table = |table: &str| sql(&format!("CREATE TABLE {table} (n int, CONSTRAINT n_check CHECK (n > 0))"));
        let made = db.apply("0001_a", &[table("one"), table("two")]).await;
        assert_eq!(made.is_ok(), facts.checks_per_table, "{made:?}");
    }
}

#[tokio::test]
async fn a_migration_without_steps_is_applied() {
    for db in each().await {
        assert!(matches!(db.apply("0001_a", &[]).await.expect("applied"), Outcome::Done { .. }));
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
    }
}

#[tokio::test]
async fn a_failure_keeps_what_is_done_says_where_and_is_gone_on_from() {
    for db in each().await {
        let steps = [
            sql("CREATE TABLE post (id bigint PRIMARY KEY, n int)"),
            sql("INSERT INTO post VALUES (1, 1), (2, 1)"),
            sql("ALTER TABLE post ADD CONSTRAINT post_n UNIQUE (n)"),
            sql("UPDATE post SET n = n + 10"),
        ];
        let error = db.apply("0001_a", &steps).await.expect_err("two are the same");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E621"));
        let told = error.to_string();
        for part in [
            "applying `blog.0001_a`: step 3 of 4: Duplicate entry '1' for key",
            "the server's error 1062",
            "the statement: ALTER TABLE post ADD CONSTRAINT post_n UNIQUE (n)",
            "2 of 4 steps are done, and stay; the next run goes on behind them",
        ] {
            assert!(told.contains(part), "{told}");
        }
        assert_eq!(states(&db).await, ["done", "done", "pending", "pending"]);
        let noted = db.rows("SELECT error FROM fastdjango_steps WHERE ordinal = 3").await;
        assert!(noted[0].contains("Duplicate entry"), "{noted:?}");
        // The correction changes the catalog of the very table, and is not taken for the step.
        db.execute("ALTER TABLE post COMMENT 'corrected'").await;
        db.execute("UPDATE post SET n = id").await;
        db.apply("0001_a", &steps).await.expect("the next run finishes it");
        assert_eq!(db.rows("SELECT n FROM post ORDER BY id").await, ["11", "12"]);
        let schema = db.read().await.introspect().await.expect("the schema");
        assert_eq!(schema.tables["post"].uniques.len(), 1);
        assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
    }
}

#[tokio::test]
async fn rows_are_written_with_the_mark_that_they_are() {
    for db in each().await {
        db.execute("CREATE TABLE counter (n int)").await;
        db.execute("INSERT INTO counter VALUES (0)").await;
        let steps = [sql("UPDATE counter SET n = n + 1"), sql("INSERT INTO missing VALUES (1)")];
        for _ in 0..2 {
            db.apply("0001_a", &steps).await.expect_err("there is no such table");
            assert_eq!(db.rows("SELECT n FROM counter").await, ["1"]);
        }
        db.execute("CREATE TABLE missing (n int)").await;
        db.apply("0001_a", &steps).await.expect("the next run finishes it");
        assert_eq!(db.rows("SELECT n FROM counter").await, ["1"]);
    }
}

#[tokio::test]
async fn another_text_in_the_middle_is_refused_with_both() {
    for db in each().await {
        let steps = [sql("CREATE TABLE a (id int)"), sql("CREATE TABLE a (id int)")];
        db.apply("0001_a", &steps).await.expect_err("it is there");
        let error = db.apply("0001_a", &[sql("SELECT 1")]).await.expect_err("it was begun with other steps");
        let told = error.to_string();
        assert_eq!(error.code(), "E647");
        assert!(told.contains("begun with: CREATE TABLE a (id int)") && told.contains("now: SELECT 1"), "{told}");
        assert!(told.contains("1 of 2 steps is done, and stays"), "{told}");
    }
}

#[tokio::test]
async fn what_is_half_undone_is_undone_before_it_is_applied_again() {
    for db in each().await {
        let up = [sql("CREATE TABLE a (id int)"), sql("CREATE TABLE b (id int)")];
        db.apply("0001_a", &up).await.expect("applied");
        let back = [sql("DROP TABLE b"), sql("DROP TABLE missing"), sql("DROP TABLE a")];
        db.revert("0001_a", &back).await.expect_err("there is no such table");
        db.execute("CREATE TABLE missing (id int)").await;
        db.apply("0001_a", &up).await.expect("undone to its end, then applied");
        assert_eq!(db.tables().await, ["a", "b"]);
        let events = ["applying", "applied", "reverting", "reverted", "applying", "applied"];
        assert_eq!(db.events().await, events.map(|event| format!("0001_a {event}")));
    }
}

#[tokio::test]
async fn what_is_half_applied_is_not_undone() {
    for db in each().await {
        db.apply("0001_a", &[sql("CREATE TABLE a (id int)"), sql("DROP TABLE missing")]).await.expect_err("none");
        let error = db.revert("0001_a", &[sql("DROP TABLE a")]).await.expect_err("refused");
        assert_eq!(error.code(), "E648");
        assert_eq!(db.tables().await, ["a"]);
    }
}

#[tokio::test]
async fn a_verifying_query_stops_what_would_fail_later() {
    for db in each().await {
        db.execute("CREATE TABLE post (slug varchar(9))").await;
        db.execute("INSERT INTO post VALUES (NULL), ('x')").await;
        let steps = [
            Step::Verify {
                verify: "SELECT count(*) FROM post WHERE slug IS NULL".to_owned(),
                found: "rows of `post` have no `slug`".to_owned(),
            },
            sql("ALTER TABLE post MODIFY slug varchar(9) NOT NULL"),
        ];
        let error = db.apply("0001_a", &steps).await.expect_err("a row stands in the way");
        assert_eq!(error.code(), "E624");
        assert!(error.to_string().contains("step 1 of 2: 1 rows of `post` have no `slug`"), "{error}");
        db.execute("DELETE FROM post WHERE slug IS NULL").await;
        db.apply("0001_a", &steps).await.expect("the next run goes on");
    }
}

#[tokio::test]
async fn what_cannot_be_prepared_runs_and_two_statements_never_do() {
    for db in each().await {
        db.execute("CREATE TABLE post (n int)").await;
        let trigger = "CREATE TRIGGER post_n BEFORE INSERT ON post FOR EACH ROW \
             BEGIN IF new.n IS NULL THEN SET new.n = 7; END IF; SET new.n = new.n + 1; END";
        db.apply("0001_a", &[sql(trigger), sql("INSERT INTO post VALUES (NULL)")]).await.expect("applied");
        assert_eq!(db.rows("SELECT n FROM post").await, ["8"]);
        // The reader of the text takes the variable for the beginning of a body; the server reads on, and refuses both.
        let hidden = "CREATE TRIGGER two BEFORE INSERT ON post FOR EACH ROW SET @begin = 1; DROP TABLE post";
        let error = db.apply("0002_b", &[sql(hidden)]).await.expect_err("refused");
        assert!(error.to_string().contains("the server's error 1064"), "{error}");
        assert_eq!(db.tables().await, ["post"]);
    }
}

#[tokio::test]
async fn the_executor_runs_what_sqlmigrate_prints() {
    for db in each().await {
        let steps = [
            sql("CREATE TABLE post (id bigint, title varchar(20))"),
            Step::Verify { verify: "SELECT count(*) FROM post".to_owned(), found: "rows".to_owned() },
            sql("SET SESSION sql_mode = ''"),
            sql("INSERT INTO post VALUES (1, 'x')"),
            Step::Autocommit { autocommit: "OPTIMIZE TABLE post".to_owned() },
            sql("ALTER TABLE post ADD COLUMN x longtext"),
        ];
        let printed = script(&db.settings, &steps, true);
        let printed: Vec<&String> = printed.iter().filter(|line| !line.starts_with("--")).collect();
        let run = db.statements("0001_a", &steps).await;
        assert_eq!(run.iter().collect::<Vec<_>>(), printed);
    }
}

#[tokio::test]
async fn what_others_did_meanwhile_stops_it() {
    for db in each().await {
        db.apply("0001_a", &[sql("CREATE TABLE a (id int)")]).await.expect("applied");
        let base = super::harness::unit("0001_a", &[], fastdjango_core::backend::Direction::Forward);
        let steps = [sql("CREATE TABLE b (id int)")];
        let next = super::harness::unit("0002_b", &steps, fastdjango_core::backend::Direction::Forward);
        let excludes = [base.migration.clone()];
        let unit = Unit { excludes: &excludes, ..next };
        let error = db.open().await.run(&unit, &options(), &mut |_| ()).await.expect_err("it is applied");
        assert_eq!(error.code(), "E637");
        assert_eq!(db.tables().await, ["a"]);
    }
}
