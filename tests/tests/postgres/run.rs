//! The executor: what runs, what is written down, and what is refused.

use fastdjango_core::backend::{Direction, Outcome, script};
use fastdjango_core::migration::Step;

use super::harness::{each, sql, unit};

#[tokio::test]
async fn a_migration_runs_once_and_goes_back() {
    for db in each().await {
        let up = [sql("CREATE TABLE post (id bigint PRIMARY KEY)"), sql("INSERT INTO post VALUES (1), (2)")];
        let done = db.apply("0001_a", &up).await.expect("applied");
        assert!(matches!(done, Outcome::Done { .. }));
        assert_eq!(db.apply("0001_a", &up).await.expect("nothing to do"), Outcome::AlreadyDone);
        assert_eq!(db.rows("SELECT id FROM post ORDER BY id").await, ["1", "2"]);
        db.revert("0001_a", &[sql("DROP TABLE post")]).await.expect("undone");
        assert_eq!(db.rows("SELECT to_regclass('post')::text").await, ["NULL"]);
        assert_eq!(db.events().await, ["0001_a applied", "0001_a reverted"]);
        let history = db.read().await.history().await.expect("the history");
        let entry = &history.events[0];
        assert_eq!((entry.seq, entry.checksum.as_str(), entry.text_hash.as_str()), (1, "checksum", "text"));
        assert_eq!((history.events[1].seq, entry.run_id.len()), (2, 16));
        let shape: String = entry.at.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00 00:00:00.000");
    }
}

#[tokio::test]
async fn a_failure_leaves_nothing_and_says_where() {
    for db in each().await {
        let steps = [sql("CREATE TABLE post (id bigint)"), sql("INSERT INTO post VALUES ('x')")];
        let error = db.apply("0001_a", &steps).await.expect_err("no number");
        assert_eq!(error.code(), "E621");
        let told = error.to_string();
        for part in [
            "applying `blog.0001_a`: step 2 of 2: invalid input syntax for type bigint: \"x\"",
            "the statement: INSERT INTO post VALUES ('x')",
            "rolled back; nothing of this migration is in the database",
        ] {
            assert!(told.contains(part), "{told}");
        }
        assert_eq!(
            db.rows("SELECT count(*) FROM pg_class WHERE relname IN ('post', 'fastdjango_migrations')").await,
            ["0"]
        );
    }
}

#[tokio::test]
async fn the_executor_runs_what_sqlmigrate_prints() {
    for db in each().await {
        let steps = [
            sql("CREATE TABLE post (id bigint)"),
            Step::Verify { verify: "SELECT count(*) FROM post".to_owned(), found: "rows".to_owned() },
            sql("ALTER TABLE post ADD COLUMN x text"),
        ];
        let printed = script(&db.settings, &steps, true);
        let printed: Vec<&String> = printed.iter().filter(|line| !line.starts_with("--")).collect();
        let run = db.statements(&unit("0001_a", &steps, Direction::Forward)).await;
        assert_eq!(run.iter().collect::<Vec<_>>(), printed);
    }
}
