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
use super::proxy::without_tls;
use super::rows::Counter;

#[tokio::test]
async fn what_cannot_run_here_is_refused_before_anything_does() {
    for db in each().await {
        for (step, code) in [
            (sql("COMMIT"), "E631"),
            (sql("/*!40000 ROLLBACK */"), "E631"),
            (sql("SELECT 1; SELECT 2"), "E631"),
            (sql("SET autocommit = 0"), "E631"),
            (sql("USE mysql"), "E630"),
            (sql("LOCK TABLES a WRITE"), "E630"),
            (sql("DELIMITER //"), "E630"),
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
        assert_eq!(db.rows("SHOW TABLES").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_table_without_transactions_is_refused_until_it_has_some() {
    for db in each().await {
        db.execute("CREATE TABLE `Old news` (id int) ENGINE = MyISAM").await;
        let fill = sql("INSERT INTO `Old news` VALUES (1)");
        let error = db.apply("0001_a", std::slice::from_ref(&fill)).await.expect_err("refused");
        assert_eq!(error.code(), "E654", "{error}");
        assert_eq!(db.rows("SELECT * FROM `Old news`").await, [""; 0]);
        let other = sql("CREATE TABLE other (id int)");
        db.apply("0001_b", std::slice::from_ref(&other)).await.expect("it is none of its business");
        let cure = sql("ALTER TABLE `Old news` ENGINE = InnoDB");
        db.apply("0001_c", &[cure, fill]).await.expect("applied");
        assert_eq!(db.rows("SELECT * FROM `Old news`").await, ["1"]);
    }
}

#[tokio::test]
async fn a_procedure_that_commits_is_no_danger_to_the_journal() {
    for db in each().await {
        db.execute("CREATE TABLE post (id int)").await;
        db.execute("CREATE PROCEDURE sneaky() BEGIN INSERT INTO post VALUES (1); COMMIT; ROLLBACK; END").await;
        db.apply("0001_a", &[sql("CALL sneaky()"), sql("INSERT INTO post VALUES (2)")]).await.expect("applied");
        assert_eq!(db.rows("SELECT id FROM post ORDER BY id").await, ["1", "2"]);
        assert_eq!(db.rows("SELECT state FROM fastdjango_steps").await, ["done", "done"]);
    }
}

#[tokio::test]
async fn a_server_of_the_other_kind_is_refused_with_the_word_to_write() {
    for db in each().await {
        let (engine, word) = if db.is_mariadb() { (Engine::Mysql, "mariadb") } else { (Engine::Mariadb, "mysql") };
        let wrong = Database { engine, ..db.settings.clone() };
        let error = Connection::open_mysql(&wrong, Access::Read).await.expect_err("another server");
        let told = error.to_string();
        assert_eq!(error.code(), "E510");
        assert!(told.contains(&format!("and the settings say `{engine}`")), "{told}");
        assert!(
            told.contains(&format!("write `engine = \"{word}\"`")) && told.contains(&format!("`{word}://`")),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_password_and_a_url_are_never_told() {
    for db in each().await {
        let mut wrong = db.settings.clone();
        wrong.password = Some(Secret::new("hunter2"));
        let error = Connection::open_mysql(&wrong, Access::Write).await.expect_err("another password");
        let told = format!("{error} {error:?}");
        assert!(
            told.contains("Access denied") && told.contains("check the user") && !told.contains("hunter2"),
            "{told}"
        );
        for (host, port) in [("127.0.0.1", Some(1)), ("no-such-host.invalid", None), ("/no/such/socket", None)] {
            wrong.host = Some(host.to_owned());
            wrong.port = port;
            let error = Connection::open_mysql(&wrong, Access::Write).await.expect_err("nobody listens");
            let told = format!("{error} {error:?}");
            assert_eq!(error.code(), "E501");
            assert!(told.contains(host) && !told.contains("hunter2") && !told.contains("://"), "{told}");
        }
        let missing = Database { name: "no_such_database".to_owned(), ..db.settings.clone() };
        let error = Connection::open_mysql(&missing, Access::Write).await.expect_err("there is none");
        let told = format!("{error} {error:?}");
        let password = db.settings.password.as_ref().map(|secret| format!("\"{}\"", secret.reveal()));
        assert!(told.contains("CREATE DATABASE `no_such_database`"), "{told}");
        assert!(!told.contains(&password.expect("a password")), "{told}");
        assert!(!format!("{:?}", db.open().await).contains("hunter2"));
    }
}

#[tokio::test]
async fn who_may_only_read_is_told_what_is_missing() {
    for db in each().await {
        let name = &db.settings.name;
        let (reader, stranger) = (format!("r{}", &name[4..]), format!("s{}", &name[4..]));
        db.apply("0001_a", &[sql("CREATE TABLE post (id int)")]).await.expect("applied");
        for statement in [
            format!("CREATE USER {reader}@'127.0.0.1' IDENTIFIED BY 'x'"),
            format!("CREATE USER {stranger}@'127.0.0.1' IDENTIFIED BY 'x'"),
            format!("GRANT SELECT ON {name}.* TO {reader}@'127.0.0.1'"),
            format!("GRANT SELECT ON {name}.post TO {stranger}@'127.0.0.1'"),
        ] {
            db.execute(&statement).await;
        }
        assert_eq!(db.as_user(&reader).events().await, ["0001_a applying", "0001_a applied"]);
        let error = db.as_user(&stranger).read().await.history().await.expect_err("no right to read it");
        let told = error.to_string();
        assert!(told.contains("denied to user") && told.contains("grant this user"), "{told}");
        let error = db.as_user(&reader).apply("0002_b", &[sql("SELECT 1")]).await.expect_err("no right to write");
        assert!(error.to_string().contains("denied to user"), "{error}");
        assert_eq!(db.events().await.len(), 2);
    }
}

#[tokio::test]
async fn reading_makes_nothing() {
    for db in each().await {
        let mut connection = db.read().await;
        assert!(connection.history().await.expect("no history").events.is_empty());
        assert!(connection.introspect().await.expect("no tables").tables.is_empty());
        assert!(connection.objects().await.expect("no objects").is_empty());
        assert_eq!(connection.execute("CREATE TABLE a (id int)").await.expect_err("for reading").code(), "E501");
        let error = connection.query("CREATE TABLE a (id int)").await.expect_err("a session that only reads");
        assert!(error.to_string().contains("READ ONLY transaction"), "{error}");
        assert_eq!(db.rows("SHOW TABLES").await, [""; 0]);
    }
}

#[tokio::test]
async fn events_are_recorded_all_or_none_and_names_keep_their_case() {
    for db in each().await {
        let record = |name: &str| Record {
            migration: MigrationRef::new("blog", name),
            event: Event::Faked,
            checksum: "c".to_owned(),
            text_hash: String::new(),
            note: r"it's a \ note — 🦀".to_owned(),
        };
        let records = vec![record("0001_a"), record("0001_A")];
        let written = db.open().await.record(&options(), |_| records).await.expect("recorded");
        assert_eq!(written.len(), 2);
        assert_eq!((written[1].note.as_str(), written[1].seq), (r"it's a \ note — 🦀", 1));
        assert_eq!(db.events().await, ["0001_a faked", "0001_A faked"]);
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
async fn a_value_that_does_not_fit_is_refused_and_not_cut() {
    for db in each().await {
        db.execute("CREATE TABLE author (id int PRIMARY KEY)").await;
        db.execute("CREATE TABLE post (id int, title varchar(20), author int, n int, CONSTRAINT few CHECK (n < 5))")
            .await;
        db.execute("INSERT INTO post VALUES (300, 'much too long', 9, 1), (300, NULL, 9, 1)").await;
        let no_value = if db.is_mariadb() { "does not fit" } else { "no value there" };
        for (i, (statement, help)) in [
            ("ALTER TABLE post MODIFY title varchar(5)", "does not fit"),
            ("ALTER TABLE post MODIFY id tinyint", "does not fit"),
            ("ALTER TABLE post MODIFY title varchar(20) NOT NULL", no_value),
            ("ALTER TABLE post ADD CONSTRAINT one UNIQUE (id)", "two rows would be the same"),
            ("ALTER TABLE post ADD CONSTRAINT k FOREIGN KEY (author) REFERENCES author (id)", "one that is not there"),
            ("UPDATE post SET n = 7", "does not meet the check"),
            ("INSERT INTO post (n) SELECT 1 / 0", ""),
        ]
        .into_iter()
        .enumerate()
        {
            let error = db.apply(&format!("{i:04}"), &[sql(statement)]).await.expect_err("a row stands in the way");
            assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E621"), "{error}");
            assert!(error.to_string().contains(help), "{statement}: {error}");
        }
        assert_eq!(db.rows("SELECT id, title, n FROM post").await, ["300|much too long|1", "300|NULL|1"]);
    }
}

#[tokio::test]
async fn a_row_of_number_zero_keeps_it() {
    for db in each().await {
        db.execute("CREATE TABLE post (id int NOT NULL PRIMARY KEY)").await;
        db.execute("INSERT INTO post VALUES (0), (5)").await;
        db.apply("0001_a", &[sql("ALTER TABLE post MODIFY id bigint NOT NULL AUTO_INCREMENT")]).await.expect("applied");
        assert_eq!(db.rows("SELECT id FROM post ORDER BY id").await, ["0", "5"]);
    }
}

#[tokio::test]
async fn a_backup_is_the_work_of_the_servers_tools() {
    for db in each().await {
        let error = db.open().await.backup("copy.sql".as_ref()).await.expect_err("refused");
        assert_eq!(error.code(), "E506");
        let tool = if db.is_mariadb() { "mariadb-dump" } else { "mysqldump" };
        assert!(error.to_string().contains(tool), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_encrypt_is_not_spoken_to_in_the_open() {
    for db in each().await {
        let plain = without_tls(&db).await;
        for mode in ["REQUIRED", "verify-ca", "VERIFY_IDENTITY"] {
            let settings = Database { sslmode: Some(mode.to_owned()), ..plain.settings.clone() };
            let error = Connection::open_mysql(&settings, Access::Write).await.expect_err("it would be in the open");
            assert!(error.code() == "E501" && error.to_string().contains("sslmode"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_socket_is_a_host() {
    for db in each().await {
        let path = db.rows("SELECT @@socket").await.remove(0);
        if !std::path::Path::new(&path).exists() {
            eprintln!("NOT RUN: no socket at {path}");
            continue;
        }
        let mut socket = db.clone();
        socket.settings.host = Some(path.clone());
        // Who comes in there is `localhost`, which the server may not know; that it answers is enough.
        match Connection::open_mysql(&socket.settings, Access::Write).await {
            Ok(mut connection) => {
                assert_eq!(connection.engine(), db.settings.engine, "{:?}", connection.version().await);
            }
            Err(error) => assert!(error.to_string().contains("Access denied"), "{error}"),
        }
    }
}

#[tokio::test]
async fn the_settings_of_a_project_lead_to_the_database() {
    for db in each().await {
        let folder = tempfile::tempdir().expect("a folder");
        let Database { name, host, port, user, password, engine, .. } = &db.settings;
        let (host, user) = (host.as_deref().expect("a host"), user.as_deref().expect("a user"));
        let keys = format!(
            "engine = '{engine}'\nname = '{name}'\nhost = '{host}'\nport = {}\nuser = '{user}'\npassword = '{}'\nsslmode = 'prefer'",
            port.unwrap_or(3306),
            password.as_ref().map(Secret::reveal).unwrap_or_default()
        );
        std::fs::write(folder.path().join("fastdjango.toml"), format!("[databases.default]\n{keys}\n"))
            .expect("written");
        let project = Project::open(folder.path(), &[Counter::DEF]).expect("a project");
        let mut connection = connect(&project, "default", Access::Write).await.expect("the database opens");
        assert_eq!(connection.engine(), *engine);
        let version = connection.version().await.expect("a version");
        assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()), "{version}");
        let url = format!("{engine}://{user}:secret@{host}/{name}");
        assert_eq!(settings(&url).engine, *engine);
    }
}
