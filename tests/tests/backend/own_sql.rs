//! Statements of the user's own: none ends the transaction, and no setting outlives its migration.

use fastdjango_core::backend::{Access, Connection, Direction};
use fastdjango_core::migration::Step;

use super::harness::{TestDb, options, sql, unit};

const CREATE: &str = "CREATE TABLE post (id integer NOT NULL PRIMARY KEY, title text)";

/// Nothing of the migration is there, and the error says so.
async fn assert_nothing_left(steps: &[Step], code: &str) {
    let db = TestDb::with("CREATE TABLE a (id integer, begin integer); INSERT INTO a VALUES (1, 1)").await;
    let before = db.rows("SELECT sql FROM sqlite_schema").await;
    let error = db.apply("0002_own", steps).await.expect_err("the transaction is gone");
    let text = error.to_string();
    assert_eq!(error.code(), code, "{text}");
    assert!(text.contains("rolled back; nothing of this migration is in the database"), "{text}");
    assert_eq!(db.rows("SELECT sql FROM sqlite_schema").await, before);
    assert_eq!(db.rows("SELECT count(*) FROM a").await, ["1"]);
}

#[tokio::test]
async fn a_statement_that_commits_behind_a_triggers_body_commits_nothing() {
    // `begin` is a column here, so that the end of the body is not seen where it is.
    let behind =
        |tail: &str| sql(&format!("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT begin FROM a; END; {tail}"));
    let after = sql("INSERT INTO a VALUES (2, 2)");
    for tail in ["COMMIT", "END", "COMMIT; INSERT INTO a VALUES (9, 9)", "ROLLBACK", "ROLLBACK; DELETE FROM a"] {
        assert_nothing_left(&[sql(CREATE), behind(tail), after.clone()], "E641").await;
        assert_nothing_left(&[sql(CREATE), behind(tail)], "E641").await;
    }
    assert_nothing_left(&[sql(CREATE), behind("COMMIT; SELECT absent"), after], "E641").await;
}

#[tokio::test]
async fn a_byte_order_mark_hides_no_commit() {
    let db = TestDb::new();
    let error = db.apply("0001_initial", &[sql(CREATE), sql("\u{feff}COMMIT")]).await.expect_err("refused");
    assert_eq!(error.code(), "E631", "{error}");
    assert!(error.to_string().contains("nothing was run"), "{error}");
}

#[tokio::test]
async fn a_conflict_that_rolls_back_ends_the_migration() {
    let raise = sql("CREATE TRIGGER stop BEFORE INSERT ON a BEGIN SELECT RAISE(ROLLBACK, 'not today'); END");
    assert_nothing_left(&[sql(CREATE), raise, sql("INSERT INTO a VALUES (2, 2)")], "E621").await;
    let twice = sql("INSERT OR ROLLBACK INTO post VALUES (1, 'a'), (1, 'b')");
    assert_nothing_left(&[sql(CREATE), twice, sql("DELETE FROM a")], "E621").await;
}

#[tokio::test]
async fn settings_that_endanger_rows_or_catalog_are_refused() {
    for pragma in [
        "PRAGMA foreign_keys = OFF",
        "pragma main.foreign_keys(0)",
        "PRAGMA /* x */ writable_schema = ON",
        "PRAGMA legacy_alter_table = 1",
        "PRAGMA case_sensitive_like = 1",
        "PRAGMA \"journal_mode\" = OFF",
        "PRAGMA schema_version = 7",
        "PRAGMA ignore_check_constraints = 1",
        "PRAGMA synchronous = OFF",
        "PRAGMA encoding = 'UTF-16'",
        "PRAGMA query_only = ON",
    ] {
        let db = TestDb::new();
        let error = db.apply("0001_initial", &[sql(CREATE), sql(pragma)]).await.expect_err(pragma);
        assert_eq!(error.code(), "E642", "{error}");
        assert_eq!(db.rows("SELECT name FROM sqlite_schema").await, [""; 0]);
    }
    let db = TestDb::new();
    db.apply("0001_initial", &[sql("PRAGMA foreign_keys")]).await.expect("reading a setting harms nobody");
}

#[tokio::test]
async fn no_migration_touches_the_history() {
    let db = TestDb::new();
    db.apply("0001_initial", &[sql(CREATE)]).await.expect("applied");
    let events = db.rows("SELECT name, event FROM fastdjango_migrations ORDER BY id").await;
    for touch in [
        "DELETE FROM fastdjango_migrations",
        "DROP TABLE \"fastdjango_migrations\"",
        "DELETE FROM 'fastdjango_migrations'",
        "UPDATE FastDjango_Migrations SET event = 'reverted'",
        "ALTER TABLE [fastdjango_migrations] RENAME TO gone",
        "WITH x AS (SELECT 1) DELETE FROM main.fastdjango_migrations",
        "CREATE TRIGGER t AFTER INSERT ON post BEGIN DELETE FROM fastdjango_migrations; END",
    ] {
        let error = db.apply("0002_own", &[sql(touch)]).await.expect_err(touch);
        assert_eq!(error.code(), "E644", "{error}");
    }
    assert_eq!(db.rows("SELECT name, event FROM fastdjango_migrations ORDER BY id").await, events);
    let reads = sql("SELECT count(*) FROM fastdjango_migrations");
    db.apply("0002_own", &[reads, sql("INSERT INTO post VALUES (1, 'a')")]).await.expect("it only reads");
}

#[tokio::test]
async fn a_setting_lasts_as_long_as_its_migration() {
    let db = TestDb::with("CREATE TABLE a (id integer PRIMARY KEY, up integer REFERENCES a (id))").await;
    let mut connection = db.open().await;
    let deferred = [
        sql("PRAGMA defer_foreign_keys = ON"),
        sql("INSERT INTO a VALUES (1, 2)"),
        sql("INSERT INTO a VALUES (2, 1)"),
        sql("PRAGMA recursive_triggers = ON"),
        sql("PRAGMA cache_size = 17"),
    ];
    connection.run(&unit("0002_rows", &deferred, Direction::Forward), &options(), &mut |_| ()).await.expect("it runs");
    for (pragma, value) in [("recursive_triggers", 0), ("defer_foreign_keys", 0), ("foreign_keys", 1)] {
        let rows = connection.query(&format!("PRAGMA {pragma}")).await.expect("a pragma");
        assert_eq!(rows[0][0].integer(), Some(value), "{pragma}");
    }
    let rows = connection.query("PRAGMA cache_size").await.expect("a pragma");
    assert_ne!(rows[0][0].integer(), Some(17), "every setting goes with the connection");
}

#[tokio::test]
async fn every_migration_begins_with_the_settings_of_a_new_session() {
    let schema = "CREATE TABLE a (id integer PRIMARY KEY, up integer REFERENCES a (id), n integer CHECK (n < 9));\
                  CREATE VIEW ids AS SELECT id FROM a;\
                  CREATE TRIGGER again AFTER INSERT ON a WHEN NEW.id < 9 BEGIN INSERT INTO a (id) VALUES (NEW.id + 1); END";
    for (setting, refused) in [
        ("foreign_keys = OFF", "INSERT INTO a (id, up) VALUES (21, 22)"),
        ("ignore_check_constraints = ON", "INSERT INTO a (id, n) VALUES (21, 9)"),
        ("writable_schema = ON", "UPDATE sqlite_schema SET sql = NULL WHERE name = 'ids'"),
    ] {
        let db = TestDb::with(schema).await;
        let mut connection = db.open().await;
        connection.execute(&format!("PRAGMA {setting}")).await.expect("a setting");
        let steps = [sql(refused)];
        let run = connection.run(&unit("0002_rows", &steps, Direction::Forward), &options(), &mut |_| ()).await;
        assert_eq!(run.expect_err(setting).code(), "E621", "{setting}");
    }
    for (setting, step, seen) in [
        ("recursive_triggers = ON", "INSERT INTO a (id) VALUES (1)", "SELECT count(*) FROM a"),
        (
            "legacy_alter_table = ON",
            "ALTER TABLE a RENAME TO b",
            "SELECT sql LIKE '%FROM \"b\"' FROM sqlite_schema WHERE name = 'ids'",
        ),
    ] {
        let (usual, changed) = (TestDb::with(schema).await, TestDb::with(schema).await);
        let mut connection = changed.open().await;
        connection.execute(&format!("PRAGMA {setting}")).await.expect("a setting");
        let steps = [sql(step)];
        usual.apply("0002_rows", &steps).await.expect("it runs");
        let unit = unit("0002_rows", &steps, Direction::Forward);
        connection.run(&unit, &options(), &mut |_| ()).await.expect("it runs");
        assert_eq!(changed.rows(seen).await, usual.rows(seen).await, "{setting}");
    }
}

#[tokio::test]
async fn a_setting_that_does_not_take_is_refused() {
    let db = TestDb::with("CREATE TABLE a (id integer PRIMARY KEY, up integer REFERENCES a (id))").await;
    let mut connection = db.open().await;
    connection.execute("PRAGMA foreign_keys = OFF; BEGIN").await.expect("inside of it the setting does nothing");
    let steps = [sql("SELECT 1")];
    let run = connection.run(&unit("0002_rows", &steps, Direction::Forward), &options(), &mut |_| ()).await;
    let error = run.expect_err("foreign keys stay off");
    assert_eq!(error.code(), "E503", "{error}");
    assert!(error.to_string().contains("nothing was run"), "{error}");
}

#[tokio::test]
async fn a_step_outside_any_transaction_is_refused() {
    let db = TestDb::new();
    let outside = [Step::Autocommit { autocommit: "VACUUM".into() }];
    let error = db.apply("0001_initial", &outside).await.expect_err("refused");
    let text = error.to_string();
    assert_eq!(error.code(), "E630");
    assert!(text.contains("every step is in a transaction on SQLite") && text.contains("run it by hand"), "{text}");
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for name in [":memory:", ""] {
        let error = Connection::open_sqlite(name.as_ref(), Access::Write).await.expect_err("nothing would last");
        assert_eq!(error.code(), "E507");
    }
}

#[tokio::test]
async fn a_drop_that_breaks_a_view_or_a_trigger_is_refused() {
    let schema = "CREATE TABLE post (id integer); CREATE TABLE log (id integer);";
    for (object, name) in [
        ("CREATE VIEW titles AS SELECT id FROM post", "the view `titles`"),
        ("CREATE TRIGGER watch AFTER INSERT ON log BEGIN DELETE FROM post; END", "the trigger `watch`"),
    ] {
        for step in [sql("DROP TABLE post"), Step::Drop { drop: "post".into(), sql: "DROP TABLE post".into() }] {
            let db = TestDb::with(&format!("{schema}{object}")).await;
            let error = db.apply("0002_drop", std::slice::from_ref(&step)).await.expect_err("something names it");
            assert_eq!(error.code(), "E643", "{error}");
            assert!(error.to_string().contains(name), "{error}");
            assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'post'").await, ["1"]);
        }
    }
    let watched = "CREATE TRIGGER watch AFTER UPDATE OF title, id ON post BEGIN DELETE FROM log; END";
    let db = TestDb::with(&format!("{schema}ALTER TABLE post ADD COLUMN title text; {watched}")).await;
    let error = db.apply("0002_drop", &[sql("ALTER TABLE post DROP COLUMN title")]).await.expect_err("it is watched");
    assert_eq!(error.code(), "E643", "{error}");
    assert!(error.to_string().contains("the trigger `watch` names what the migration drops: no such column: title"));
    db.apply("0002_rename", &[sql("ALTER TABLE post RENAME COLUMN title TO name")]).await.expect("the trigger follows");
    let db = TestDb::with(&format!(
        "{schema}CREATE TRIGGER own AFTER INSERT ON post BEGIN DELETE FROM log; END;\
         CREATE VIEW broken AS SELECT * FROM nowhere; CREATE VIEW post_of_log AS SELECT id AS post FROM log"
    ))
    .await;
    db.apply("0002_drop", &[sql("DROP TABLE post")]).await.expect("its own trigger goes, and nothing else names it");
}
