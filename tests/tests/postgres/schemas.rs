//! Tables in schemas.

use std::path::Path;

use fastdjango::migrations::{AppDir, MakeOptions, MigrateOptions, Project, Target, makemigrations, migrate};
use fastdjango::row;
use fastdjango::sqlx::{AssertSqlSafe, PgConnection, query_scalar};
use fastdjango_core::backend::{Connection, TABLE};
use fastdjango_core::dialect::{Dialect, Postgres};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::model::{ManyToMany, Model, ModelDef};
use fastdjango_core::schema;

use super::harness::{TestDb, each, sql};
use super::migrated;

/// The models as they were, as they came to be, and as they were then.
mod first {
    use fastdjango::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(app = "shop", table = "Sch\"ema $$ 'of' Geschäfte; DROP SCHEMA public -- and some more.o\"rder")]
    pub(super) struct Order {
        #[field(primary_key, auto)]
        pub(super) id: i64,
        #[field(max_length = 20, unique)]
        pub(super) note: String,
        #[field(on_delete = cascade)]
        pub(super) customer: ForeignKey<Customer>,
        pub(super) others: ManyToMany<Customer>,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(app = "shop", table = "customer", index(fields = [name], concurrently))]
    pub(super) struct Customer {
        #[field(primary_key, auto)]
        pub(super) id: i64,
        #[field(max_length = 20)]
        pub(super) name: String,
    }
}

mod second {
    use fastdjango::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(app = "shop", table = "order", index(fields = [customer, -note], name = "order by $$", concurrently))]
    pub(super) struct Order {
        #[field(primary_key, auto)]
        pub(super) id: i64,
        #[field(max_length = 20, unique)]
        pub(super) note: String,
        #[field(on_delete = cascade)]
        pub(super) customer: ForeignKey<Customer>,
        pub(super) others: ManyToMany<Customer>,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(app = "shop", table = "People.customer")]
    pub(super) struct Customer {
        #[field(primary_key, auto)]
        pub(super) id: i64,
        #[field(max_length = 20)]
        pub(super) name: String,
    }
}

const FIRST: [&ModelDef; 2] = [first::Order::DEF, first::Customer::DEF];
const SECOND: [&ModelDef; 2] = [second::Order::DEF, second::Customer::DEF];

/// Writes the migrations that the models need.
fn made(folder: &Path, models: &[&'static ModelDef]) -> Project {
    std::fs::write(folder.join("fastdjango.toml"), "[migrations]\nrender = ['postgres']\n").expect("written");
    let mut project = Project::open(folder, models).expect("a project");
    project.apps = vec![AppDir::new("shop", folder)];
    makemigrations(&project, &MakeOptions::default()).expect("migrations");
    project
}

async fn to(project: &Project, connection: &mut Connection, target: Target) {
    let options = MigrateOptions { target, allow_loss: true, ..MigrateOptions::default() };
    migrate(project, connection, &options, &mut |_| ()).await.expect("migrated");
}

/// The catalog must say what the models say; an index keeps the name that it had when its table had another.
async fn is_as_declared(db: &TestDb, project: &Project) {
    let mut expected = schema::lower_all(&project.models).expect("the tables");
    let mut found = db.read().await.introspect_as(&expected).await.expect("the catalog");
    Postgres::DEFAULT.normalize(&mut found);
    Postgres::DEFAULT.normalize(&mut expected);
    found.tables.retain(|table, _| table != TABLE);
    let mut differences = schema::compare(&expected, &found, Engine::Postgres);
    differences.retain(|difference| !matches!(difference, schema::Difference::RenamedIndex { .. }));
    assert_eq!(differences, []);
}

async fn count(connection: &mut PgConnection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {}", Postgres::DEFAULT.quote_table(table));
    query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.expect("a count")
}

#[tokio::test]
async fn rows_keys_and_numbers_go_along_between_schemas_of_any_name() {
    let schema = first::Order::TABLE.split_once('.').expect("a schema").0;
    assert_eq!(schema.len(), 63, "the longest name that there is");
    for db in each().await {
        let folder = tempfile::tempdir().expect("a folder");
        let mut connection = db.open().await;
        let project = made(folder.path(), &FIRST);
        to(&project, &mut connection, Target::Latest).await;
        is_as_declared(&db, &project).await;
        let last = newest(folder.path());

        let mut driver = migrated::connect(&db).await;
        let customer = first::Customer { id: 0, name: "Ada".into() };
        let customer = row::insert(&mut driver, &customer).await.expect("a row");
        let order = |note: &str| first::Order {
            id: 0,
            note: note.into(),
            customer: customer.into(),
            others: ManyToMany::default(),
        };
        for (number, note) in ["a", "b"].into_iter().enumerate() {
            let id = row::insert(&mut driver, &order(note)).await.expect("a row");
            assert_eq!(id, i64::try_from(number).expect("small") + 1);
        }
        assert_eq!(connection.count_rows(first::Order::TABLE).await.expect("a count"), 2);

        let project = made(folder.path(), &SECOND);
        to(&project, &mut connection, Target::Latest).await;
        is_as_declared(&db, &project).await;
        assert_eq!(count(&mut driver, second::Order::TABLE).await, 2);
        assert_eq!(count(&mut driver, second::Customer::TABLE).await, 1);
        let order = second::Order { id: 0, note: "c".into(), customer: customer.into(), others: ManyToMany::default() };
        assert_eq!(row::insert(&mut driver, &order).await.expect("a row"), 3, "the numbers go on");
        let orphan = second::Order { note: "d".into(), customer: 99.into(), ..order };
        row::insert(&mut driver, &orphan).await.expect_err("the foreign key holds across schemas");

        to(&project, &mut connection, Target::Migration("shop".into(), last.as_str().into())).await;
        assert_eq!(count(&mut driver, first::Order::TABLE).await, 3);
        to(&project, &mut connection, Target::Zero("shop".into())).await;
        let left = format!("SELECT count(*) FROM pg_namespace WHERE nspname IN ({}, 'People')", literal(schema));
        assert_eq!(db.rows(&left).await, ["2"], "other things may live in a schema: it stays");
        assert_eq!(db.rows("SELECT count(*) FROM pg_stat_user_tables WHERE relname !~ '^fastdjango_'").await, ["0"]);
    }
}

/// The name of the newest migration.
fn newest(folder: &Path) -> String {
    let files = std::fs::read_dir(folder.join("migrations/shop")).or_else(|_| std::fs::read_dir(folder.join("shop")));
    let names = files.expect("a folder").filter_map(|file| file.expect("a file").file_name().into_string().ok());
    let names = names.filter_map(|name| name.strip_suffix(".toml").map(str::to_owned));
    names.max().expect("a migration")
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[tokio::test]
async fn a_build_that_broke_in_a_schema_is_finished_there() {
    for db in each().await {
        let tables = "CREATE SCHEMA \"S p\"; CREATE TABLE post (x int); CREATE TABLE \"S p\".post (x int); \
                      INSERT INTO \"S p\".post VALUES (1), (1); CREATE INDEX post_x ON post (x)";
        db.execute(tables).await;
        let build = "CREATE UNIQUE INDEX CONCURRENTLY \"post_x\" ON \"S p\".\"post\" (\"x\")";
        let steps = [Step::Autocommit { autocommit: build.to_owned() }];
        db.apply("0001_a", &steps).await.expect_err("two are the same");
        assert_eq!(db.open().await.invalid_indexes().await.expect("a list"), ["S p.post_x"]);
        db.execute("DELETE FROM \"S p\".post WHERE ctid IN (SELECT ctid FROM \"S p\".post LIMIT 1)").await;
        db.apply("0001_a", &steps).await.expect("the next run finishes it");
        let valid = "SELECT indrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid::regclass::text ~ 'post$' ORDER BY 1";
        assert_eq!(db.rows(valid).await, ["\"S p\".post|1", "post|1"]);
        let back = [Step::Autocommit { autocommit: "DROP INDEX CONCURRENTLY \"S p\".\"post_x\"".to_owned() }];
        db.revert("0001_a", &back).await.expect("undone");
        assert_eq!(db.rows(valid).await, ["post|1"], "the index of the same name in another schema stays");
    }
}

#[tokio::test]
async fn tables_of_one_name_in_several_schemas_are_told_apart() {
    for db in each().await {
        db.execute(
            "CREATE SCHEMA shop; CREATE SCHEMA other; CREATE TABLE author (id int PRIMARY KEY); \
             CREATE TABLE \"shop.post\" (id int); CREATE TABLE other.author (id int PRIMARY KEY); \
             CREATE TABLE shop.author (id int PRIMARY KEY, a int REFERENCES author, b int REFERENCES other.author); \
             CREATE TABLE shop.post (id bigint, author int REFERENCES shop.author)",
        )
        .await;
        let mut connection = db.read().await;
        let none = connection.introspect().await.expect("the catalog");
        assert_eq!(none.tables.keys().collect::<Vec<_>>(), ["\"shop.post\"", "author"]);
        let mut expected = none.clone();
        expected.tables = [("shop.post".to_owned(), none.tables["author"].clone())].into();
        let found = connection.introspect_as(&expected).await.expect("the catalog");
        assert_eq!(found.tables.keys().collect::<Vec<_>>(), ["\"shop.post\"", "author", "shop.author", "shop.post"]);
        let targets =
            |table: &str| found.tables[table].foreign_keys.iter().map(|key| key.to_table.clone()).collect::<Vec<_>>();
        assert_eq!(targets("shop.author"), ["author", "other.author"]);
        assert_eq!(targets("shop.post"), ["shop.author"]);
        let named = [("public.author".to_owned(), none.tables["author"].clone())].into();
        let found = connection
            .introspect_as(&schema::Schema { tables: named, ..schema::Schema::default() })
            .await
            .expect("the catalog");
        assert_eq!(found.tables.keys().collect::<Vec<_>>(), ["\"shop.post\"", "public.author"]);
    }
}

#[tokio::test]
async fn who_may_make_no_schema_is_told_so() {
    for db in each().await {
        let role = format!("{}_maker", db.settings.name);
        db.execute(&format!("CREATE ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}")).await;
        let steps = [sql("CREATE TABLE a (id int)"), sql("CREATE SCHEMA IF NOT EXISTS \"shop\"")];
        let error = db.as_user(&role).apply("0001_a", &steps).await.expect_err("no right");
        let told = error.to_string();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E621"));
        assert!(told.contains("step 2 of 2: permission denied for database") && told.contains("rolled back"), "{told}");
        assert_eq!(db.rows("SELECT to_regclass('a')").await, ["NULL"]);
    }
}
