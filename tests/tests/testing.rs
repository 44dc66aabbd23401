//! Databases of tests' own, on every engine: alone, as migrated, and from a template that is made once where the engine can copy one.

#![allow(clippy::expect_used, clippy::panic, reason = "clippy knows tests, and not the functions that they share")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::command::files::AppDir;
use fastdjango_core::command::testing::{TestDatabase, database_of};
use fastdjango_core::command::{MakeOptions, MigrateOptions, Project, connect, makemigrations};
use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::field::{ColumnType, Engine};
use fastdjango_core::name::{ModelRef, stable_hash};
use fastdjango_core::settings::{Database, Secret, Settings};
use fastdjango_core::state::{FieldKind, FieldState, Hints, ModelState, ProjectState};
use fastdjango_tests::live::{Place, Server, block_on, servers_of_any_age};
use sqlx::{MySql, MySqlPool, PgPool, Postgres, Sqlite, SqlitePool};
use tempfile::TempDir;

/// What is rendered runs on every server here.
const OLDEST: &str = "[migrations]\ntarget = { postgres = \"12\" }\n";

/// A project of one app, and the database that its settings name.
struct Shop {
    dir: TempDir,
    place: Place,
}

impl Shop {
    async fn new(server: &Server) -> Self {
        let shop = Self { dir: TempDir::new().expect("a folder"), place: server.database().await };
        shop.make(&["name"]);
        shop
    }

    fn project(&self, columns: &[&str]) -> Project {
        let url = self.place.url();
        let env = |name: &str| (name == "DATABASE_URL").then(|| url.clone());
        let mut product = ModelState::new("shop_product");
        let id = FieldState { auto: true, ..FieldState::new("id", FieldKind::Column(ColumnType::BigInt)) };
        let column = |name: &&str| FieldState {
            null: true,
            ..FieldState::new(*name, FieldKind::Column(ColumnType::Varchar(80)))
        };
        product.fields = [id].into_iter().chain(columns.iter().map(column)).collect();
        product.primary_key = vec!["id".into()];
        let models = [(ModelRef::new("shop", "Product"), product)].into_iter().collect();
        Project {
            functions: Vec::new(),
            dir: self.dir.path().to_owned(),
            settings: Settings::parse(OLDEST, "fastdjango.toml", self.dir.path(), &env).expect("settings"),
            models: ProjectState { models, ..ProjectState::default() },
            hints: Hints::default(),
            warnings: Diagnostics::default(),
            apps: vec![AppDir::new("shop", self.dir.path())],
            former: BTreeSet::new(),
            route: None,
        }
    }

    fn make(&self, columns: &[&str]) {
        makemigrations(&self.project(columns), &MakeOptions::default()).expect("migrations");
    }

    async fn database(&self) -> TestDatabase {
        database_of(&self.project(&[])).await.expect("a database")
    }

    /// What is on the server that begins so, or in the folder of the templates.
    async fn there(&self, beginning: &str) -> Vec<String> {
        let mut names: Vec<String> = match self.place.engine() {
            Engine::Sqlite => {
                let files = fs::read_dir(self.folder()).expect("the folder").flatten();
                files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
            }
            Engine::Postgres => self.place.texts("SELECT datname::text FROM pg_database").await.concat(),
            Engine::Mysql | Engine::Mariadb => {
                self.place.texts("SELECT CAST(schema_name AS char) FROM information_schema.schemata").await.concat()
            }
        };
        names.retain(|name| name.starts_with(beginning));
        names.sort();
        names
    }

    /// Where the templates of SQLite are.
    fn folder(&self) -> PathBuf {
        let digits = stable_hash(self.dir.path().to_string_lossy().as_bytes());
        std::env::temp_dir().join(format!("fastdjango-testing-{digits:016x}"))
    }

    /// The templates of this project.
    async fn templates(&self) -> Vec<String> {
        if self.place.engine() == Engine::Sqlite {
            return self.there("template-").await;
        }
        let digits = stable_hash(self.dir.path().to_string_lossy().as_bytes());
        self.there(&format!("fastdjango_template_{digits:016x}_")).await
    }

    async fn remove(self) {
        if self.place.engine() == Engine::Postgres {
            for template in self.templates().await {
                self.place.execute(&format!("DROP DATABASE {template}")).await;
            }
        }
        let _ = fs::remove_dir_all(self.folder());
        self.place.remove().await;
    }
}

/// Does the same on every database.
fn everywhere(work: &impl AsyncFn(&Shop)) {
    on(&servers_of_any_age(), work);
}

/// Does the same wherever databases are copied.
fn with_templates(work: &impl AsyncFn(&Shop)) {
    let mut servers = servers_of_any_age();
    servers.retain(|server| matches!(server.engine(), Engine::Sqlite | Engine::Postgres));
    on(&servers, work);
}

fn on(servers: &[Server], work: &impl AsyncFn(&Shop)) {
    for server in servers {
        block_on(async {
            let shop = Shop::new(server).await;
            work(&shop).await;
            shop.remove().await;
        });
    }
}

/// A connection of the library's to the database of a test.
async fn open(shop: &Shop, database: &TestDatabase) -> Connection {
    let mut settings = Database::from_url("it", &Secret::new(database.url()), Path::new("/")).expect("a URL");
    // The URL of a MariaDB says `mysql`.
    settings.engine = shop.place.engine();
    match settings.engine {
        Engine::Sqlite => Connection::open_sqlite(settings.file.as_deref().expect("a file"), Access::Write).await,
        Engine::Postgres => Connection::open_postgres(&settings, Access::Write).await,
        Engine::Mysql | Engine::Mariadb => Connection::open_mysql(&settings, Access::Write).await,
    }
    .expect("a connection")
}

async fn names(shop: &Shop, database: &TestDatabase) -> Vec<String> {
    let mut connection = open(shop, database).await;
    let rows = connection.query("SELECT name FROM shop_product ORDER BY id").await.expect("rows");
    connection.close().await.expect("closed");
    rows.iter().filter_map(|row| row[0].text().map(str::to_owned)).collect()
}

async fn insert(shop: &Shop, database: &TestDatabase, name: &str) {
    let mut connection = open(shop, database).await;
    connection.execute(&format!("INSERT INTO shop_product (name) VALUES ('{name}')")).await.expect("a row");
    connection.close().await.expect("closed");
}

#[test]
fn no_test_sees_the_rows_of_another() {
    everywhere(&async |shop| {
        let (one, other) = (shop.database().await, shop.database().await);
        insert(shop, &one, "kettle").await;
        assert_eq!(names(shop, &one).await, ["kettle"]);
        assert!(names(shop, &other).await.is_empty());
        drop((one, other));
        assert!(names(shop, &shop.database().await).await.is_empty(), "nor what was in the template's other copies");
    });
}

#[test]
fn it_has_what_the_migrations_make_and_says_so() {
    everywhere(&async |shop| {
        let project = shop.project(&[]);
        let mut migrated = connect(&project, "default", Access::Write).await.expect("a connection");
        fastdjango_core::command::migrate(&project, &mut migrated, &MigrateOptions::default(), &mut |_| ())
            .await
            .expect("done");
        let database = shop.database().await;
        let mut connection = open(shop, &database).await;
        assert_eq!(connection.introspect().await.expect("a schema"), migrated.introspect().await.expect("a schema"));
        assert!(project.pending(&mut connection).await.expect("a history").is_empty());
        connection.close().await.expect("closed");
        migrated.close().await.expect("closed");
    });
}

#[test]
fn the_template_is_made_once_for_each_content_of_the_migrations() {
    with_templates(&async |shop| {
        drop(shop.database().await);
        let first = shop.templates().await;
        assert_eq!(first.len(), 1);
        drop(shop.database().await);
        assert_eq!(shop.templates().await, first);
        shop.make(&["name", "color"]);
        let database = shop.database().await;
        assert!(shop.templates().await.iter().any(|name| !first.contains(name)), "another was made");
        let mut connection = open(shop, &database).await;
        connection.query("SELECT color FROM shop_product").await.expect("the new column is there");
        connection.close().await.expect("closed");
    });
}

#[test]
fn a_template_that_was_left_half_made_is_made_again() {
    with_templates(&async |shop| {
        drop(shop.database().await);
        let whole = shop.templates().await.remove(0);
        match shop.place.engine() {
            Engine::Sqlite => {
                fs::remove_file(shop.folder().join(whole)).expect("removed");
                fs::write(shop.folder().join("making.sqlite3"), "half of it").expect("written");
            }
            Engine::Postgres | Engine::Mysql | Engine::Mariadb => {
                shop.place.execute(&format!("ALTER DATABASE {whole} RENAME TO {whole}_new")).await;
            }
        }
        assert!(names(shop, &shop.database().await).await.is_empty());
        assert_eq!(shop.templates().await.len(), 1);
    });
}

#[test]
fn many_tests_at_once_each_have_one() {
    everywhere(&async |shop| {
        let one = |i: usize| {
            block_on(async {
                let database = shop.database().await;
                insert(shop, &database, &i.to_string()).await;
                assert_eq!(names(shop, &database).await, [i.to_string()]);
            });
        };
        thread::scope(|scope| (0..8).for_each(|i| drop(scope.spawn(move || one(i)))));
        assert!(shop.templates().await.len() <= 1);
    });
}

#[test]
fn it_goes_with_its_test_and_what_killed_tests_left_goes_later() {
    everywhere(&async |shop| {
        let held = shop.database().await;
        match shop.place.engine() {
            Engine::Sqlite => {
                for name in ["test-0.sqlite3", "test-0.lock", "mine.sqlite3"] {
                    File::create(shop.folder().join(name)).expect("a file");
                }
            }
            Engine::Postgres | Engine::Mysql | Engine::Mariadb => {
                for name in ["fastdjango_test_0123456789abcdef", "fastdjango_test_mine"] {
                    shop.place.execute(&format!("CREATE DATABASE {name}")).await;
                }
            }
        }
        drop(shop.database().await);
        assert!(names(shop, &held).await.is_empty(), "one that a test holds stays");
        match shop.place.engine() {
            Engine::Sqlite => {
                assert_eq!(shop.there("mine").await.len(), 1, "what is not ours stays");
                assert_eq!(shop.there("test-").await.len(), 2, "the held one, and its lock");
                drop(held);
                assert!(shop.there("test-").await.is_empty());
            }
            Engine::Postgres | Engine::Mysql | Engine::Mariadb => {
                assert!(shop.there("fastdjango_test_0123456789abcdef").await.is_empty());
                assert_eq!(shop.there("fastdjango_test_mine").await.len(), 1, "what is not ours stays");
                shop.place.execute("DROP DATABASE fastdjango_test_mine").await;
                let name =
                    held.url().rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
                assert_eq!(shop.there(&name).await.len(), 1);
                drop(held);
                assert!(shop.there(&name).await.is_empty());
            }
        }
    });
}

#[test]
fn a_pool_of_its_engine_leads_there_and_another_is_refused() {
    const CUP: &str = "INSERT INTO shop_product (name) VALUES ('cup')";
    everywhere(&async |shop| {
        let database = shop.database().await;
        let refused = match shop.place.engine() {
            Engine::Sqlite => {
                let pool: SqlitePool = database.pool().await.expect("a pool");
                sqlx::query(CUP).execute(&pool).await.expect("a row");
                database.pool::<Postgres>().await.err()
            }
            Engine::Postgres => {
                let pool: PgPool = database.pool().await.expect("a pool");
                sqlx::query(CUP).execute(&pool).await.expect("a row");
                database.pool::<MySql>().await.err()
            }
            Engine::Mysql | Engine::Mariadb => {
                let pool: MySqlPool = database.pool().await.expect("a pool");
                sqlx::query(CUP).execute(&pool).await.expect("a row");
                database.pool::<Sqlite>().await.err()
            }
        };
        assert_eq!(refused.expect("it is refused").code(), "E659");
        assert_eq!(names(shop, &database).await, ["cup"]);
        assert!(!format!("{database:?}").contains("://"), "the URL may hold a password");
    });
}
