//! What is refused before anything runs, who may not, and what must never be told.

use fastdjango_core::backend::{Access, Connection, Event, Record};
use fastdjango_core::command::{Project, connect};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::model::Model;
use fastdjango_core::name::MigrationRef;
use fastdjango_core::settings::{Database, Secret};

use super::harness::{each, options, settings, sql};
use super::rows::Counter;

#[tokio::test]
async fn what_cannot_run_here_is_refused_before_anything_does() {
    for db in each().await {
        for (step, code) in [
            (sql("COMMIT"), "E631"),
            (sql("/* /* */ x */ ROLLBACK"), "E631"),
            (sql("SELECT 1; SELECT 2"), "E631"),
            (sql("DELETE FROM fastdjango_migrations"), "E644"),
            (Step::Autocommit { autocommit: "COMMIT".to_owned() }, "E631"),
            (Step::Rebuild { rebuild: "post".to_owned(), sql: Vec::new() }, "E646"),
            (Step::Drop { drop: "post".to_owned(), sql: "DROP TABLE post".to_owned() }, "E646"),
        ] {
            let steps = [sql("CREATE TABLE a (id int)"), step];
            let error = db.apply("0001_a", &steps).await.expect_err("refused");
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains("nothing was run"), "{error}");
        }
        assert_eq!(
            db.rows("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'fastdjango_migrations')").await,
            ["0"]
        );
    }
}

#[tokio::test]
async fn a_function_that_would_commit_commits_nothing() {
    for db in each().await {
        db.execute("CREATE PROCEDURE sneaky() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$").await;
        for sneaky in ["CALL sneaky()", "DO $$ BEGIN COMMIT; END $$"] {
            let error = db.apply("0001_a", &[sql("CREATE TABLE a (id int)"), sql(sneaky)]).await.expect_err("refused");
            assert!(error.to_string().contains("invalid transaction termination"), "{error}");
        }
        assert_eq!(db.rows("SELECT to_regclass('a')::text").await, ["NULL"]);
    }
}

#[tokio::test]
async fn what_a_migration_sets_does_not_reach_the_next_one() {
    for db in each().await {
        let mut connection = db.open().await;
        db.execute("CREATE SCHEMA other").await;
        let first =
            [sql("SET search_path = other"), sql("SET TimeZone = 'Asia/Tokyo'"), sql("CREATE TEMP TABLE t (id int)")];
        let second = [sql("CREATE TABLE a AS SELECT current_setting('TimeZone') AS zone, current_schema() AS here")];
        for (name, steps) in [("0001_a", &first[..]), ("0002_b", &second[..])] {
            let unit = super::harness::unit(name, steps, fastdjango_core::backend::Direction::Forward);
            connection.run(&unit, &options(), &mut |_| ()).await.expect("it runs");
        }
        assert_eq!(db.rows("SELECT zone, here FROM public.a").await, ["UTC|public"]);
        assert_eq!(
            db.rows("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'fastdjango_migrations'")
                .await,
            ["public"]
        );
    }
}

#[tokio::test]
async fn a_password_and_a_url_are_never_told() {
    for db in each().await {
        let mut wrong = db.settings.clone();
        wrong.password = Some(Secret::new("hunter2"));
        for (host, port) in [("127.0.0.1", Some(1)), ("no-such-host.invalid", None), ("/no/such/folder", None)] {
            wrong.host = Some(host.to_owned());
            wrong.port = port;
            let error = Connection::open_postgres(&wrong, Access::Write).await.expect_err("nobody listens");
            let told = format!("{error} {error:?}");
            assert_eq!(error.code(), "E501");
            assert!(told.contains(host) && !told.contains("hunter2") && !told.contains("postgres://"), "{told}");
        }
        let missing = settings("postgres://fastdjango:hunter2@127.0.0.1/no_such_database");
        let missing = Database { host: db.settings.host.clone(), port: db.settings.port, ..missing };
        let error = Connection::open_postgres(&missing, Access::Write).await.expect_err("there is none");
        let told = format!("{error} {error:?}");
        assert!(told.contains("createdb no_such_database") && !told.contains("hunter2"), "{told}");
        assert!(!format!("{:?}", db.open().await).contains("hunter2"));
    }
}

#[tokio::test]
async fn who_may_only_read_is_told_what_is_missing() {
    for db in each().await {
        let (reader, stranger) = (format!("{}_reader", db.settings.name), format!("{}_stranger", db.settings.name));
        db.apply("0001_a", &[sql("CREATE TABLE post (id int)")]).await.expect("applied");
        db.execute(&format!(
            "CREATE ROLE {reader} LOGIN; CREATE ROLE {stranger} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}"
        ))
        .await;
        assert_eq!(db.as_user(&reader).events().await, ["0001_a applied"]);
        let error = db.as_user(&stranger).read().await.history().await.expect_err("no right to read it");
        let told = error.to_string();
        assert!(told.contains("permission denied for table fastdjango_migrations") && told.contains("grant"), "{told}");
        let error = db.as_user(&reader).apply("0002_b", &[sql("CREATE TABLE a (id int)")]).await.expect_err("no right");
        let told = error.to_string();
        assert!(told.contains("permission denied for schema public") && told.contains("rolled back"), "{told}");
        let error =
            db.as_user(&reader).apply("0002_b", &[sql("SELECT 1")]).await.expect_err("the event cannot be written");
        assert!(error.to_string().contains("permission denied for table fastdjango_migrations"), "{error}");
    }
}

#[tokio::test]
async fn reading_makes_nothing() {
    for db in each().await {
        let mut connection = db.read().await;
        assert!(connection.history().await.expect("no history").events.is_empty());
        assert!(connection.introspect().await.expect("no tables").tables.is_empty());
        assert_eq!(connection.execute("CREATE TABLE a (id int)").await.expect_err("for reading").code(), "E501");
        let error = connection.query("CREATE TABLE a (id int)").await.expect_err("a session that only reads");
        assert!(error.to_string().contains("read-only transaction"), "{error}");
        assert_eq!(
            db.rows("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'fastdjango_migrations')").await,
            ["0"]
        );
    }
}

#[tokio::test]
async fn two_histories_on_the_search_path_are_refused() {
    for db in each().await {
        db.apply("0001_a", &[sql("CREATE SCHEMA other")]).await.expect("applied");
        db.execute("CREATE TABLE other.fastdjango_migrations (id int)").await;
        assert_eq!(db.events().await, ["0001_a applied"]);
        let name = &db.settings.name;
        db.execute(&format!("ALTER DATABASE {name} SET search_path = other, public")).await;
        let error = db.read().await.history().await.expect_err("which one counts?");
        assert_eq!(error.code(), "E645");
        assert!(error.to_string().contains("in `other` and `public`"), "{error}");
    }
}

#[tokio::test]
async fn the_schema_of_the_database_is_kept() {
    for db in each().await {
        let name = &db.settings.name;
        db.execute(&format!("CREATE SCHEMA \"My Shop\"; ALTER DATABASE {name} SET search_path = \"My Shop\", public"))
            .await;
        db.apply("0001_a", &[sql("CREATE TABLE post (id int)")]).await.expect("applied");
        let schemas =
            "SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname IN ('post', 'fastdjango_migrations')";
        assert_eq!(db.rows(schemas).await, ["\"My Shop\"", "\"My Shop\""]);
        assert_eq!(db.events().await, ["0001_a applied"]);
        assert!(db.read().await.introspect().await.expect("the schema").tables.contains_key("post"));
        let mut other = db.clone();
        other.settings.options.insert("options".to_owned(), "-c search_path=public".to_owned());
        assert!(other.events().await.is_empty());
    }
}

#[tokio::test]
async fn events_are_recorded_all_or_none() {
    for db in each().await {
        let record = |name: &str| Record {
            migration: MigrationRef::new("blog", name),
            event: Event::Faked,
            checksum: "c".to_owned(),
            text_hash: String::new(),
            note: r"it's a \ note".to_owned(),
        };
        let records = vec![record("0001_a"), record("0002_b")];
        let written = db.open().await.record(&options(), |_| records).await.expect("recorded");
        assert_eq!(written.len(), 2);
        assert_eq!(written[1].note, r"it's a \ note");
        assert_eq!(db.events().await, ["0001_a faked", "0002_b faked"]);
        let none = db.open().await.record(&options(), |_| Vec::new()).await.expect("nothing to write");
        assert!(none.is_empty());
    }
}

#[tokio::test]
async fn a_newer_history_is_refused() {
    for db in each().await {
        db.apply("0001_a", &[sql("SELECT 1")]).await.expect("applied");
        db.execute("UPDATE fastdjango_migrations SET note = '2' WHERE event = 'layout'").await;
        let error = db.apply("0002_b", &[sql("SELECT 1")]).await.expect_err("a newer layout");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E622"));
    }
}

#[tokio::test]
async fn a_backup_is_the_work_of_the_servers_tools() {
    for db in each().await {
        let error = db.open().await.backup("copy.sql".as_ref()).await.expect_err("refused");
        assert_eq!(error.code(), "E506");
        assert!(error.to_string().contains("pg_dump"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_encrypt_is_not_spoken_to_in_the_open() {
    for db in each().await {
        if db.rows("SHOW ssl").await != ["off"] {
            eprintln!("NOT RUN: the server encrypts");
            continue;
        }
        for mode in ["require", "verify-ca", "verify-full"] {
            let mut settings = db.settings.clone();
            settings.sslmode = Some(mode.to_owned());
            let error = Connection::open_postgres(&settings, Access::Write).await.expect_err("no TLS");
            let told = error.to_string();
            assert!(
                error.code() == "E501" && told.contains("does not support TLS") && told.contains("sslmode"),
                "{told}"
            );
        }
    }
}

#[tokio::test]
async fn a_socket_is_a_host() {
    for db in each().await {
        let folders = db.rows("SHOW unix_socket_directories").await;
        let Some(folder) = folders.first().and_then(|list| list.split(',').next()).filter(|f| f.starts_with('/'))
        else {
            eprintln!("NOT RUN: the server has no socket");
            continue;
        };
        let mut socket = db.clone();
        socket.settings.host = Some(folder.to_owned());
        socket.apply("0001_a", &[sql("CREATE TABLE a (id int)")]).await.expect("applied through the socket");
        assert_eq!(db.events().await, ["0001_a applied"]);
    }
}

#[tokio::test]
async fn the_settings_of_a_project_lead_to_the_database() {
    for db in each().await {
        let folder = tempfile::tempdir().expect("a folder");
        let Database { name, host, port, user, .. } = &db.settings;
        let (host, user) = (host.as_deref().expect("a host"), user.as_deref().expect("a user"));
        let keys = format!(
            "engine = 'postgres'\nname = '{name}'\nhost = '{host}'\nport = {}\nuser = '{user}'",
            port.unwrap_or(5432)
        );
        std::fs::write(folder.path().join("fastdjango.toml"), format!("[databases.default]\n{keys}\n"))
            .expect("written");
        let project = Project::open(folder.path(), &[Counter::DEF]).expect("a project");
        let mut connection = connect(&project, "default", Access::Write).await.expect("the database opens");
        assert_eq!(connection.engine(), Engine::Postgres);
        let version = connection.version().await.expect("a version");
        assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()), "{version}");
    }
}
