//! Migrations that are no one transaction: `atomic = false`.

use fastdjango_core::backend::{Direction, Outcome, Progress, Unit, script};
use fastdjango_core::error::Result;
use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::settings::Database;

use super::harness::{TestDb, options, rebuild, sql, unit};

/// A parent with children that would go with it, and how it is made anew.
const FAMILY: &str = "CREATE TABLE post (id integer PRIMARY KEY, title text); \
    CREATE TABLE comment (id integer PRIMARY KEY, post_id integer REFERENCES post (id) ON DELETE CASCADE); \
    INSERT INTO post VALUES (1, 'a'), (2, 'b'); INSERT INTO comment VALUES (1, 1), (2, 2)";

fn anew() -> Step {
    rebuild(
        "post",
        &[
            "CREATE TABLE fastdjango_new_post (id integer PRIMARY KEY, title text NOT NULL)",
            "INSERT INTO fastdjango_new_post (id, title) SELECT id, title FROM post",
            "DROP TABLE post",
            "ALTER TABLE fastdjango_new_post RENAME TO post",
        ],
    )
}

async fn run(db: &TestDb, steps: &[Step], direction: Direction) -> Result<Outcome> {
    let unit = Unit { atomic: false, ..unit("0002_b", steps, direction) };
    db.open().await.run(&unit, &options(), &mut |_| ()).await
}

async fn events(db: &TestDb) -> Vec<String> {
    db.rows("SELECT event FROM fastdjango_migrations WHERE event <> 'layout' ORDER BY id").await
}

#[tokio::test]
async fn what_is_done_stays_and_the_next_run_goes_on_behind_it() {
    let db = TestDb::with(FAMILY).await;
    let steps = [
        sql("CREATE TABLE log (id integer PRIMARY KEY)"),
        anew(),
        sql("INSERT INTO log SELECT max(id) FROM ready"),
        sql("INSERT INTO log VALUES (7)"),
    ];
    let error = run(&db, &steps, Direction::Forward).await.expect_err("no such table");
    let told = error.to_string();
    assert!(told.contains("step 3 of 4") && told.contains("2 of 4 steps are done, and stay"), "{told}");
    assert_eq!(db.rows("SELECT id, post_id FROM comment").await, ["1|1", "2|2"], "children survive");
    assert_eq!(db.rows("SELECT \"notnull\" FROM pragma_table_info('post') WHERE name = 'title'").await, ["1"]);
    assert_eq!(
        db.rows("SELECT state FROM fastdjango_steps ORDER BY ordinal").await,
        ["done", "done", "pending", "pending"]
    );
    let history = db.read().await.history().await.expect("the history");
    assert!(!history.is_applied(&unit("0002_b", &[], Direction::Forward).migration));

    let other = [sql("CREATE TABLE other (id integer)")];
    let error = run(&db, &other, Direction::Forward).await.expect_err("the file changed in the middle");
    assert_eq!(error.code(), "E647", "{error}");

    db.execute("CREATE TABLE ready (id integer); INSERT INTO ready VALUES (3)").await;
    run(&db, &steps, Direction::Forward).await.expect("the next run goes on");
    assert_eq!(db.rows("SELECT id FROM log").await, ["3", "7"]);
    assert_eq!(events(&db).await, ["applying", "applied"]);
    let again = run(&db, &steps, Direction::Forward).await.expect("nothing is left");
    assert!(matches!(again, Outcome::AlreadyDone), "{again:?}");
}

#[tokio::test]
async fn what_was_verified_before_a_stop_is_verified_again() {
    let db =
        TestDb::with("CREATE TABLE old (id integer); CREATE TABLE kept (id integer); INSERT INTO old VALUES (1)").await;
    let steps = [
        sql("INSERT INTO kept SELECT id FROM old"),
        Step::Verify {
            verify: "SELECT count(*) FROM old WHERE id NOT IN (SELECT id FROM kept)".into(),
            found: "rows of `old` are not found again".into(),
        },
        sql("INSERT INTO kept SELECT id FROM ready"),
        sql("DROP TABLE old"),
    ];
    let error = run(&db, &steps, Direction::Forward).await.expect_err("no such table");
    assert!(error.to_string().contains("step 3 of 4"), "{error}");
    db.execute("CREATE TABLE ready (id integer); INSERT INTO old VALUES (2)").await;
    let error = run(&db, &steps, Direction::Forward).await.expect_err("a row came meanwhile");
    assert!(error.to_string().contains("step 2 of 4: 1 rows of `old` are not found again"), "{error}");
    assert_eq!(db.rows("SELECT id FROM old").await, ["1", "2"], "nothing is lost");
    db.execute("INSERT INTO kept VALUES (2)").await;
    run(&db, &steps, Direction::Forward).await.expect("the next run goes on");
    assert_eq!(db.rows("SELECT id FROM kept").await, ["1", "2"]);
}

#[tokio::test]
async fn a_row_that_loses_its_target_stops_its_step_alone() {
    let db = TestDb::with(FAMILY).await;
    let thinner = rebuild(
        "post",
        &[
            "CREATE TABLE fastdjango_new_post (id integer PRIMARY KEY, title text NOT NULL)",
            "INSERT INTO fastdjango_new_post (id, title) SELECT id + 10, title FROM post",
            "DROP TABLE post",
            "ALTER TABLE fastdjango_new_post RENAME TO post",
        ],
    );
    let steps = [sql("CREATE TABLE log (id integer)"), thinner];
    let error = run(&db, &steps, Direction::Forward).await.expect_err("comments would have no post");
    assert!(error.to_string().contains("1 of 2 steps is done, and stays"), "{error}");
    assert_eq!(db.rows("SELECT id, title FROM post").await, ["1|a", "2|b"]);
    assert_eq!(db.rows("SELECT id, post_id FROM comment").await, ["1|1", "2|2"]);
}

#[tokio::test]
async fn ten_migrators_do_each_step_once() {
    let db = TestDb::with("CREATE TABLE log (step integer)").await;
    let steps: Vec<Step> = (0..20).map(|step| sql(&format!("INSERT INTO log VALUES ({step})"))).collect();
    let mut migrators = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (path, steps) = (db.path(), steps.clone());
        migrators.spawn(async move {
            let access = fastdjango_core::backend::Access::Write;
            let mut connection = fastdjango_core::backend::Connection::open_sqlite(&path, access).await?;
            let unit = Unit { atomic: false, ..unit("0002_b", &steps, Direction::Forward) };
            connection.run(&unit, &options(), &mut |_| ()).await
        });
    }
    while let Some(migrator) = migrators.join_next().await {
        migrator.expect("it ends").expect("all succeed");
    }
    let each: Vec<String> = (0..20).map(|step: u8| step.to_string()).collect();
    assert_eq!(db.rows("SELECT step FROM log ORDER BY step").await, each);
    assert_eq!(events(&db).await, ["applying", "applied"]);
}

#[tokio::test]
async fn what_is_half_undone_is_undone_before_it_is_applied_again() {
    let db = TestDb::new();
    let steps = [sql("CREATE TABLE one (id integer)"), sql("CREATE TABLE two (id integer)")];
    run(&db, &steps, Direction::Forward).await.expect("applied");
    let back = [sql("DROP TABLE two"), sql("DELETE FROM missing"), sql("DROP TABLE one")];
    run(&db, &back, Direction::Backward).await.expect_err("there is no such table");
    db.execute("CREATE TABLE missing (id integer)").await;
    run(&db, &steps, Direction::Forward).await.expect("undone to its end, then applied");
    assert_eq!(events(&db).await, ["applying", "applied", "reverting", "reverted", "applying", "applied"]);
    assert_eq!(db.rows("SELECT count(*) FROM one, two").await, ["0"]);
}

#[tokio::test]
async fn the_executor_runs_what_sqlmigrate_prints() {
    let db = TestDb::with(FAMILY).await;
    let steps = [
        sql("CREATE TABLE log (id integer)"),
        Step::Verify { verify: "SELECT count(*) FROM post WHERE title IS NULL".into(), found: "rows".into() },
        anew(),
    ];
    let mut ran = Vec::new();
    let mut collect = |progress| {
        if let Progress::Statement(sql) = progress {
            ran.push(sql);
        }
    };
    let unit = Unit { atomic: false, ..unit("0002_b", &steps, Direction::Forward) };
    db.open().await.run(&unit, &options(), &mut collect).await.expect("applied");
    let printed =
        script(&Database::new(Engine::Sqlite, ""), &steps, false).into_iter().filter(|line| !line.starts_with("--"));
    assert_eq!(ran, printed.collect::<Vec<_>>());
}
