//! Statements that were begun by a run that did not come to its end: what became of them is asked, never guessed.

use fastdjango_core::backend::Outcome;
use fastdjango_core::error::ErrorKind;
use fastdjango_core::migration::Step;
use tokio::task::JoinSet;

use super::harness::{TestDb, each, kill, running, sql, until};
use super::proxy::{Cut, cut_at};

/// A step of every kind, on tables with rows.
const STEPS: [&str; 13] = [
    "CREATE TABLE author (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(80) NOT NULL)",
    "INSERT INTO author VALUES (1, 'a'), (2, 'b')",
    "ALTER TABLE post ADD COLUMN author_id bigint",
    "UPDATE post SET author_id = 1 + id % 2",
    "ALTER TABLE post MODIFY author_id bigint NOT NULL",
    "ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author_id) REFERENCES author (id)",
    "CREATE INDEX post_title ON post (title)",
    "CREATE TRIGGER post_before BEFORE INSERT ON post FOR EACH ROW SET new.title = UPPER(new.title)",
    "INSERT INTO post VALUES (201, 'low', 1)",
    "CREATE VIEW titles AS SELECT title FROM post",
    "DROP TABLE old",
    "RENAME TABLE tag TO label",
    "DELETE FROM post WHERE id = 7",
];

fn steps() -> Vec<Step> {
    STEPS.map(sql).to_vec()
}

async fn prepare(db: &TestDb) {
    let rows: Vec<String> = (1..=200).map(|i| format!("({i}, 't{i}')")).collect();
    for statement in [
        "CREATE TABLE post (id bigint PRIMARY KEY, title varchar(80) NOT NULL)",
        "CREATE TABLE old (id int)",
        "CREATE TABLE tag (id int)",
        &format!("INSERT INTO post VALUES {}", rows.join(", ")),
    ] {
        db.execute(statement).await;
    }
}

/// Everything that the server says of the tables, and their rows.
async fn everything(db: &TestDb) -> Vec<String> {
    let mut said = db.rows("SHOW TABLES").await;
    for table in ["author", "post", "label", "titles"] {
        said.extend(db.rows(&format!("SHOW CREATE TABLE {table}")).await);
        said.extend(db.rows(&format!("SELECT * FROM {table} ORDER BY 1")).await);
    }
    said.extend(
        db.rows(
            "SELECT trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
        )
        .await,
    );
    let name = format!("`{}`.", db.settings.name);
    said.iter().map(|line| line.replace(&name, "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_at_any_step_is_gone_on_from_and_leads_to_the_same() {
    for reference in each().await {
        prepare(&reference).await;
        reference.apply("0001_a", &steps()).await.expect("applied without a fault");
        let wanted = everything(&reference).await;
        let mut tasks = JoinSet::new();
        for statement in STEPS {
            for cut in [Cut::Before, Cut::After] {
                let (db, wanted) = (reference.another().await, wanted.clone());
                tasks.spawn(async move { broken_at(&db, statement, cut, &wanted).await });
            }
        }
        tasks.join_all().await;
    }
}

async fn broken_at(db: &TestDb, statement: &str, cut: Cut, wanted: &[String]) {
    prepare(db).await;
    let lost = cut_at(db, statement, 1, cut).await;
    let error = lost.apply("0001_a", &steps()).await.expect_err("the line was cut");
    assert!(error.to_string().contains("the connection broke"), "{error}");
    let place = STEPS.iter().position(|step| *step == statement).expect("a step");
    assert!(error.to_string().contains(&format!("step {} of 13", place + 1)), "{error}");
    let done = db.apply("0001_a", &steps()).await.expect("the next run finishes it");
    assert!(matches!(done, Outcome::Done { .. }));
    assert_eq!(everything(db).await, wanted, "{cut:?} {statement}");
    assert_eq!(db.events().await, ["0001_a applying", "0001_a applied"]);
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
        let error = db.apply("0001_a", &steps).await.expect_err("no such table");
        assert!(error.to_string().contains("step 3 of 4"), "{error}");
        db.execute("CREATE TABLE ready (id int)").await;
        db.execute("INSERT INTO old VALUES (2)").await;
        let error = db.apply("0001_a", &steps).await.expect_err("a row came meanwhile");
        assert!(error.to_string().contains("step 2 of 4: 1 rows of `old` are not found again"), "{error}");
        assert_eq!(db.rows("SELECT id FROM old ORDER BY id").await, ["1", "2"], "nothing is lost");
        db.execute("INSERT INTO kept VALUES (2)").await;
        db.apply("0001_a", &steps).await.expect("the next run goes on");
        assert_eq!(db.rows("SELECT id FROM kept ORDER BY id").await, ["1", "2"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_killed_in_a_change_is_followed_by_one_that_makes_it() {
    for db in each().await {
        prepare(&db).await;
        let mut reader = db.open().await;
        reader.execute("START TRANSACTION").await.expect("a transaction");
        reader.query("SELECT * FROM post").await.expect("a lock that the change waits for");
        let other = db.clone();
        let task = tokio::spawn(async move { other.apply("0001_a", &steps()).await });
        until(&db, &running("ALTER TABLE post ADD"), "1").await;
        kill(&db, "ALTER TABLE post ADD").await;
        let error = task.await.expect("the task ends").expect_err("its session was ended");
        let told = error.to_string();
        assert!(told.contains("step 3 of 13") && told.contains("2 of 13 steps are done"), "{told}");
        reader.close().await.expect("out of the way");
        db.apply("0001_a", &steps()).await.expect("the next run finishes it");
        assert_eq!(db.rows("SELECT count(*) FROM post WHERE author_id = 1 + id % 2").await, ["199"]);
    }
}

/// As if the process had ended in a statement: it is begun, and has no other mark.
async fn begun(db: &TestDb, ordinal: usize, before: &str) {
    let set = format!("UPDATE fastdjango_steps SET state = 'started', `before` = '{before}' WHERE ordinal = {ordinal}");
    db.execute(&set).await;
}

#[tokio::test]
async fn what_nobody_can_tell_is_a_question_to_a_person() {
    for db in each().await {
        db.execute("CREATE TABLE post (id int)").await;
        db.execute("CREATE PROCEDURE up() UPDATE post SET id = id + 1").await;
        let steps = [sql("CALL up()"), sql("TRUNCATE post"), sql("CREATE TABLE a (id int)"), sql("DROP TABLE missing")];
        db.apply("0001_a", &steps).await.expect_err("there is no such table");
        for ordinal in [1, 2] {
            begun(&db, ordinal, "").await;
            let error = db.apply("0001_a", &steps).await.expect_err("nobody can tell");
            assert_eq!((error.kind(), error.code()), (ErrorKind::Unknown, "E649"), "{error}");
            db.execute(&format!("UPDATE fastdjango_steps SET state = 'done' WHERE ordinal = {ordinal}")).await;
        }
        // The table was there before: the statement cannot have made it.
        begun(&db, 3, "{\"table a\":\"another\"}").await;
        db.execute("DROP TABLE a").await;
        let error = db.apply("0001_a", &steps).await.expect_err("somebody was at it");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unknown, "E649"), "{error}");
        assert!(error.to_string().contains("CREATE TABLE a (id int)"), "{error}");
    }
}

#[tokio::test]
async fn what_a_run_set_for_its_session_is_set_again_by_the_next() {
    for db in each().await {
        db.execute("CREATE TABLE author (id int PRIMARY KEY)").await;
        db.execute("CREATE TABLE post (author_id int, FOREIGN KEY (author_id) REFERENCES author (id))").await;
        let steps =
            [sql("SET SESSION foreign_key_checks = 0"), sql("DROP TABLE missing"), sql("INSERT INTO post VALUES (9)")];
        db.apply("0001_a", &steps).await.expect_err("there is no such table");
        db.execute("CREATE TABLE missing (id int)").await;
        db.apply("0001_a", &steps).await.expect("the next run goes on");
        let error = db.apply("0002_b", &[sql("INSERT INTO post VALUES (10)")]).await.expect_err("they are on again");
        assert!(error.to_string().contains("foreign key constraint fails"), "{error}");
    }
}

#[tokio::test]
async fn what_a_migration_sets_does_not_reach_the_next_one() {
    for db in each().await {
        let mut connection = db.open().await;
        let first = [
            sql("SET SESSION sql_mode = '', time_zone = '+09:00'"),
            sql("SET @mine = 7"),
            sql("CREATE TEMPORARY TABLE t (id int)"),
        ];
        let second = [
            sql("CREATE TABLE a AS SELECT @@sql_mode AS mode, @@time_zone AS zone, @mine AS mine"),
            sql("CREATE TABLE t (id int)"),
        ];
        for (name, steps) in [("0001_a", &first[..]), ("0002_b", &second[..])] {
            let unit = super::harness::unit(name, steps, fastdjango_core::backend::Direction::Forward);
            connection.run(&unit, &super::harness::options(), &mut |_| ()).await.expect("it runs");
        }
        let kept = db.rows("SELECT mode LIKE '%STRICT_ALL_TABLES%', zone, mine FROM a").await;
        assert_eq!(kept, ["1|+00:00|NULL"]);
        assert_eq!(db.tables().await, ["a", "t"]);
    }
}
