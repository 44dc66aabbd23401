//! Models that need an extension.

use fastdjango::prelude::*;
use fastdjango::row;
use fastdjango::sqlx::query_scalar;
use fastdjango_core::error::ErrorKind;
use fastdjango_core::migration::Step;

use super::harness::{TestDb, each, sql};
use super::migrated;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "people", table = "person", extension = "citext", extension = "pg_trgm")]
#[model(index(fields = [about], method = "gin", opclass = "gin_trgm_ops"))]
struct Person {
    #[field(primary_key, auto)]
    id: i64,
    #[field(db_type = "citext", unique)]
    email: String,
    about: String,
}

/// True where the server has the extensions; said loudly where it has not.
async fn has(db: &TestDb, extensions: &str) -> bool {
    let count = format!("SELECT count(*) FROM pg_available_extensions WHERE name IN ({extensions})");
    let there = db.rows(&count).await == [extensions.split(',').count().to_string()];
    if !there {
        eprintln!("\nNOT RUN: the server does not have {extensions}\n");
    }
    there
}

#[tokio::test]
async fn what_a_model_needs_is_there_before_its_table() {
    for db in each().await {
        if !has(&db, "'citext','pg_trgm'").await {
            continue;
        }
        let mut connection = migrated::migrated(&db, "people", &[Person::DEF]).await;
        let person = Person { id: 0, email: "Ada@example.com".into(), about: "writes programs".into() };
        row::insert(&mut connection, &person).await.expect("a row");
        let found: i64 =
            query_scalar("SELECT count(*) FROM person WHERE email = 'aDA@EXAMPLE.com' AND about LIKE '%gram%'")
                .fetch_one(&mut connection)
                .await
                .expect("a count");
        assert_eq!(found, 1);
        row::insert(&mut connection, &Person { email: "ADA@example.com".into(), ..person })
            .await
            .expect_err("the same");
    }
}

#[tokio::test]
async fn an_extension_that_the_server_does_not_have_stops_before_anything_runs() {
    for db in each().await {
        let none = "CREATE EXTENSION IF NOT EXISTS \"no such \"\"thing\"\"\"";
        let apart = [sql("CREATE TABLE a (id int)"), Step::Autocommit { autocommit: none.to_owned() }];
        for steps in [&apart[..], &[apart[0].clone(), sql(none)]] {
            let error = db.apply("0001_a", steps).await.expect_err("there is none");
            assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E652"));
            let told = error.to_string();
            assert!(
                told.contains("the extension `no such \"thing\"`") && told.contains("postgresql-contrib"),
                "{told}"
            );
            assert_eq!(db.rows("SELECT to_regclass('a')").await, ["NULL"]);
            assert_eq!(db.events().await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn who_may_make_no_extension_is_told_so_unless_it_is_there() {
    for db in each().await {
        if !has(&db, "'pg_stat_statements'").await {
            continue;
        }
        let role = format!("{}_maker", db.settings.name);
        db.execute(&format!("CREATE ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}")).await;
        let steps = [sql("CREATE EXTENSION IF NOT EXISTS \"pg_stat_statements\"")];
        let error = db.as_user(&role).apply("0001_a", &steps).await.expect_err("no right");
        let told = error.to_string();
        assert!(told.contains("permission denied to create extension") && told.contains("rolled back"), "{told}");
        db.execute("CREATE EXTENSION pg_stat_statements").await;
        db.as_user(&role).apply("0001_a", &steps).await.expect("it is there");
    }
}
