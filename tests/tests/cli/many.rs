//! Many databases at once: one command, one report, and each of them by itself.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use fastdjango_core::backend::{Access, Connection, Event};
use fastdjango_core::field::Engine;
use fastdjango_core::settings::Database;
use fastdjango_tests::live::{Place, block_on, servers};
use insta::assert_snapshot;

use crate::shop::Shop;

/// A shop with files in `tenants/`, whose names the settings list.
fn tenants(names: &[&str]) -> Shop {
    let shop = Shop::new();
    std::fs::create_dir(shop.dir().join("tenants")).unwrap();
    let names = format!("names = {names:?}\n");
    settings(&shop, &format!("[databases.tenants]\nengine = \"sqlite\"\nname = \"tenants/*.sqlite3\"\n{names}"));
    shop.run(1, &["makemigrations"]);
    shop
}

fn settings(shop: &Shop, text: &str) {
    std::fs::write(shop.dir().join("fastdjango.toml"), text).unwrap();
}

fn file(shop: &Shop, name: &str) -> std::path::PathBuf {
    shop.dir().join(format!("tenants/{name}.sqlite3"))
}

fn execute(shop: &Shop, name: &str, sql: &str) {
    block_on(async {
        let mut connection = Connection::open_sqlite(&file(shop, name), Access::Write).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    });
}

const ROW: &str = "INSERT INTO shop_customer (name, mail) VALUES ('A', 'a@example.com')";

#[test]
fn one_report_tells_of_every_database() {
    let shop = tenants(&["acme", "bolt", "cairn"]);
    assert_snapshot!("many_plan", shop.run(1, &["migrate", "--all", "--plan"]));
    assert!(!file(&shop, "acme").exists(), "a plan makes no database");
    assert_snapshot!("many_check", shop.run(1, &["migrate", "--all", "--check"]));
    std::fs::write(file(&shop, "bolt"), "this is no database, whatever its name says").unwrap();
    assert_snapshot!("many_migrate", shop.run(1, &["migrate", "--all"]));
    std::fs::remove_file(file(&shop, "bolt")).unwrap();
    assert_snapshot!("many_migrate_again", shop.run(1, &["migrate", "--all", "--jobs", "2"]));
    let json = shop.json(1, &["migrate", "--all", "--database", "tenants", "--json"]);
    let told = |key: &str| json["databases"].as_array().unwrap().iter().map(|one| one[key].clone()).collect::<Vec<_>>();
    assert_eq!(told("database"), ["tenants/acme", "tenants/bolt", "tenants/cairn"]);
    assert_eq!(told("end"), ["done", "done", "done"]);
    assert!(shop.run(1, &["migrate", "--all", "--check"]).starts_with("exit 0"));
}

#[test]
fn one_of_many_is_named_by_its_entry_and_its_name() {
    let shop = tenants(&["acme", "bolt"]);
    assert_snapshot!("one_migrate", shop.run(1, &["migrate", "--database", "tenants/acme"]));
    assert_snapshot!("one_show", shop.run(1, &["showmigrations", "--database", "tenants/bolt"]));
    assert_snapshot!("one_unknown", shop.run(1, &["history", "--database", "tenants/acne"]));
    assert_snapshot!("one_of_which", shop.run(1, &["migrate", "--database", "tenants"]));
    let compared = shop.run(1, &["diff", "db:tenants/acme", "models"]);
    assert!(compared.starts_with("exit 0"), "{compared}");
    let one = shop.run(1, &["migrate", "--all", "--database", "tenants/bolt"]);
    assert!(one.contains("1 database: 1 migrated"), "{one}");
}

#[test]
fn what_wants_a_word_fails_and_the_others_go_on() {
    let shop = tenants(&["acme", "bolt"]);
    shop.run(1, &["migrate", "--all"]);
    execute(&shop, "acme", ROW);
    assert_snapshot!("many_unconfirmed", shop.run(1, &["migrate", "--all", "--rollback"]));
    assert_snapshot!("many_confirmed", shop.run(1, &["migrate", "--all", "--rollback", "--yes"]));
}

#[test]
fn no_password_of_many_is_told() {
    let shop = tenants(&["acme"]);
    for (url, list) in [
        ("postgres://me:hunter2@127.0.0.1:1/shop_*", "names = ['a', 'b']"),
        ("postgres://me:hunter2@127.0.0.1:1/shop", "names = ['a']"),
        ("mysql://me:hunter2@127.0.0.1:1/*", "names = ['a', 'a']"),
        ("postgres://me:hunter2@127.0.0.1:1/shop", "schemas = ['a', 'b']"),
        ("postgres://me:hunter2@127.0.0.1:port/shop", "schemas_from = 'hunter2.txt'"),
    ] {
        settings(&shop, &format!("[databases.tenants]\nurl = '{url}'\n{list}\n"));
        for more in [&[][..], &["--json"], &["-v", "--plan"], &["--database", "tenants"]] {
            let all = shop.run(1, &[&["migrate", "--all"], more].concat());
            assert!(all.starts_with("exit 1") && !all.contains("hunter2@") && !all.contains(":hunter2"), "{all}");
        }
        let one = shop.run(1, &["showmigrations", "--database", "tenants/a"]);
        assert!(one.starts_with("exit 1") && !one.contains("hunter2@") && !one.contains(":hunter2"), "{one}");
    }
}

/// A session that holds the write lock of a file until it is dropped.
fn held(shop: &Shop, name: &str) -> (tokio::runtime::Runtime, sqlx::SqliteConnection) {
    use sqlx::{Connection as _, Executor, SqliteConnection};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = format!("sqlite://{}", file(shop, name).display());
    let connection = runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        connection.execute("BEGIN IMMEDIATE").await.unwrap();
        connection
    });
    (runtime, connection)
}

#[cfg(unix)]
#[test]
fn a_signal_ends_what_runs_and_begins_no_other() {
    let shop = tenants(&["acme", "bolt"]);
    shop.run(1, &["migrate", "--all"]);
    shop.run(4, &["makemigrations"]);
    let held = held(&shop, "acme");
    let mut command = shop.command(4, &["migrate", "--all", "--jobs", "1", "--wait", "30"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut waits = String::new();
    stderr.read_line(&mut waits).unwrap();
    assert_eq!(waits, "tenants/acme waits for another migrator\n");
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("tenants/acme  error[E632]") && said.contains("tenants/bolt  not begun"), "{said}");
    assert!(said.ends_with("2 databases: 1 failed, 1 not begun\n"), "{said}");
    drop(held);
    let rest = shop.run(4, &["migrate", "--all"]);
    assert!(rest.starts_with("exit 0") && rest.contains("2 databases: 2 migrated"), "{rest}");
}

#[test]
fn the_exit_code_is_that_of_the_worst() {
    let shop = tenants(&["acme", "bolt", "cairn"]);
    shop.run(1, &["migrate", "--all"]);
    shop.run(4, &["makemigrations"]);
    let held = held(&shop, "acme");
    let stopped = shop.run(4, &["migrate", "--all", "--wait", "0", "--jobs", "1", "--fail-fast"]);
    assert!(stopped.starts_with("exit 5") && stopped.contains("1 failed, 2 not begun"), "{stopped}");
    std::fs::write(file(&shop, "bolt"), "this is no database, whatever its name says").unwrap();
    let failed = shop.run(4, &["migrate", "--all", "--wait", "0"]);
    assert!(failed.starts_with("exit 1") && failed.contains("1 migrated, 2 failed"), "{failed}");
    drop(held);
    let failed = shop.run(4, &["migrate", "--all"]);
    assert!(failed.contains("1 migrated, 1 with nothing to do, 1 failed"), "{failed}");
}

#[test]
fn a_list_that_cannot_be_meant_is_refused_before_anything_runs() {
    let shop = tenants(&["acme"]);
    let refused = |text: &str, list: &str| {
        settings(&shop, text);
        std::fs::write(shop.dir().join("tenants.txt"), list).unwrap();
        shop.run(1, &["migrate", "--all"])
    };
    let from = "[databases.tenants]\nengine = 'sqlite'\nname = 'tenants/*.sqlite3'\nnames_from = 'tenants.txt'\n";
    assert_snapshot!("list_twice", refused(from, "# ours\nacme\n\nbolt\nacme\n"));
    assert_snapshot!("list_empty", refused(from, "# nobody yet\n"));
    assert_snapshot!("list_gone", refused(&from.replace("tenants.txt", "tenant.txt"), ""));
    let found = "[databases.tenants]\nengine = 'sqlite'\nname = 'tenants/*.sqlite3'\n";
    assert_snapshot!("list_finds_none", refused(found, ""));
    std::fs::write(file(&shop, "acme"), "").unwrap();
    assert!(refused(found, "").contains("tenants/acme  1 migration applied"));
    let both = format!("{found}[databases.default]\nengine = 'sqlite'\nname = 'tenants/acme.sqlite3'\n");
    assert_snapshot!("list_and_default", refused(&both, ""));
    assert!(!file(&shop, "bolt").exists());
}

/// Starts the command, and kills it once that many databases are told of.
fn killed(shop: &Shop, version: u32, after: usize) {
    let mut command = shop.command(version, &["migrate", "--all", "--jobs", "4"]);
    let mut child: Child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..after {
        let line = lines.next().expect("it goes on").unwrap();
        assert!(line.starts_with("tenants/"), "{line}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What a database has, and what it says of how it came to that.
async fn told(connection: &mut Connection) -> (String, Vec<String>) {
    let events = connection.history().await.unwrap().events;
    assert!(events.iter().all(|event| event.event == Event::Applied), "{events:?}");
    let catalog = format!("{:#?}", connection.introspect().await.unwrap());
    (catalog, events.iter().map(|event| event.migration.to_string()).collect())
}

const FILES: usize = 200;

#[test]
fn two_hundred_files_are_migrated_however_often_the_command_is_killed() {
    let names: Vec<String> = (0..FILES).map(|number| format!("t{number:03}")).collect();
    let shop = tenants(&names.iter().map(String::as_str).collect::<Vec<_>>());
    // Every second one is there before, with a row; the others are made.
    shop.run(1, &["migrate", "--database", "tenants/t000"]);
    execute(&shop, "t000", ROW);
    for name in names.iter().skip(2).step_by(2) {
        std::fs::copy(file(&shop, "t000"), file(&shop, name)).unwrap();
    }
    shop.run(4, &["makemigrations"]);
    killed(&shop, 4, 10);
    let done = |names: &[String]| {
        let names = names.iter().filter(|name| file(&shop, name).exists());
        let done = names.filter(|name| {
            block_on(async {
                let mut connection = Connection::open_sqlite(&file(&shop, name), Access::Read).await.unwrap();
                connection.history().await.unwrap().applied().len() == 2
            })
        });
        done.count()
    };
    let half = done(&names);
    assert!((10..FILES).contains(&half), "{half} were done when it was killed");
    killed(&shop, 4, 90);
    let rest = shop.run(4, &["migrate", "--all"]);
    assert!(rest.starts_with("exit 0") && rest.contains("200 databases: "), "{rest}");

    let first = block_on(look(&shop, "t000"));
    assert_eq!(first.1.len(), 2);
    for (number, name) in names.iter().enumerate() {
        let (catalog, events, rows) = block_on(look(&shop, name));
        assert_eq!((&catalog, &events), (&first.0, &first.1), "{name}");
        assert_eq!(rows, if number % 2 == 0 { vec!["a@example.com PT"] } else { Vec::new() }, "{name}");
    }
}

async fn look(shop: &Shop, name: &str) -> (String, Vec<String>, Vec<String>) {
    let mut connection = Connection::open_sqlite(&file(shop, name), Access::Read).await.unwrap();
    let (catalog, events) = told(&mut connection).await;
    let rows = connection.query("SELECT email || ' ' || country FROM shop_customer").await.unwrap();
    let rows = rows.iter().map(|row| row[0].text().unwrap().to_owned()).collect();
    connection.close().await.unwrap();
    (catalog, events, rows)
}

/// The databases of the `PostgreSQL` servers that there are, each as settings with a list of schemas.
fn schemas(names: &[String], beside: &str) -> Vec<(Shop, Place)> {
    let postgres = servers().into_iter().filter(|server| server.engine() == Engine::Postgres);
    let shops = postgres.map(|server| {
        let (shop, place) = (Shop::new(), block_on(server.database()));
        let url = place.url();
        let and = if url.contains('?') { '&' } else { '?' };
        let url = format!("url = \"{url}{and}{beside}\"\nschemas = {names:?}\n");
        settings(&shop, &format!("[databases.tenants]\n{url}"));
        let create: Vec<String> = names.iter().map(|name| format!("CREATE SCHEMA \"{name}\"")).collect();
        block_on(place.execute(&create.join(";")));
        let made = shop.run(1, &["makemigrations"]);
        assert!(made.starts_with("exit 0"), "{made}");
        (shop, place)
    });
    shops.collect()
}

async fn schema(place: &Place, name: &str) -> Connection {
    let settings = Database { schema: Some(name.to_owned()), ..place.settings().clone() };
    Connection::open_postgres(&settings, Access::Read).await.unwrap()
}

#[test]
fn fifty_schemas_are_migrated_however_often_the_command_is_killed() {
    let names: Vec<String> = (0..50).map(|number| format!("tenant \"{number:02}").replace('"', "$")).collect();
    for (shop, place) in schemas(&names, "") {
        let migrated = shop.run(1, &["migrate", "--all"]);
        assert!(migrated.starts_with("exit 0") && migrated.contains("50 databases: 50 migrated"), "{migrated}");
        let rows = names.iter().map(|name| {
            let values = format!("VALUES ('A', '{name}')");
            format!("INSERT INTO \"{name}\".shop_customer (name, mail) {values};")
        });
        block_on(place.execute(&rows.collect::<String>()));
        shop.run(4, &["makemigrations"]);
        killed(&shop, 4, 8);
        block_on(place.alone());
        killed(&shop, 4, 20);
        block_on(place.alone());
        let rest = shop.run(4, &["migrate", "--all"]);
        assert!(rest.starts_with("exit 0") && !rest.contains("50 migrated"), "{rest}");

        let mut first = None;
        for name in &names {
            let (told, rows) = block_on(async {
                let mut connection = schema(&place, name).await;
                let told = told(&mut connection).await;
                (told, connection.query("SELECT email, country FROM shop_customer").await.unwrap())
            });
            assert_eq!((told.1.len(), rows.len(), rows[0][0].text()), (2, 1, Some(name.as_str())));
            let same = first.get_or_insert_with(|| told.clone());
            assert_eq!(*same, told, "{name}");
        }
        let elsewhere = "SELECT count(*)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace";
        assert_eq!(block_on(place.texts(elsewhere)), [["0"]], "nothing is made outside the schemas");
        block_on(place.remove());
    }
}

#[test]
fn a_server_has_a_database_for_each_name() {
    for server in servers().into_iter().filter(|server| server.engine() != Engine::Sqlite) {
        let (shop, places) = (Shop::new(), [block_on(server.database()), block_on(server.database())]);
        let names = places.each_ref().map(|place| place.settings().name.clone());
        let url = places[0].url().replace(&format!("/{}", names[0]), "/*");
        std::fs::write(shop.dir().join("tenants.txt"), names.join("\n")).unwrap();
        settings(&shop, &format!("[databases.tenants]\nurl = \"{url}\"\nnames_from = \"tenants.txt\"\n"));
        shop.run(1, &["makemigrations"]);
        let migrated = shop.run(1, &["migrate", "--all"]);
        assert!(migrated.starts_with("exit 0") && migrated.contains("2 databases: 2 migrated"), "{migrated}");
        assert!(migrated.contains(&format!("tenants/{}  1 migration applied", names[1])), "{migrated}");
        for place in places {
            assert_eq!(block_on(place.texts("SELECT name FROM shop_customer")), [[""; 0]; 0]);
            block_on(place.remove());
        }
    }
}

#[test]
fn a_schema_keeps_to_itself() {
    let names = ["one".to_owned(), "two".to_owned()];
    for (shop, place) in schemas(&names, "") {
        // What others have under the same names is theirs.
        block_on(place.execute(
            "CREATE TABLE public.shop_customer (id int); CREATE TABLE public.fastdjango_migrations (id int);",
        ));
        let one = shop.run(1, &["migrate", "--database", "tenants/one"]);
        assert!(one.starts_with("exit 0") && one.contains(", schema one)"), "{one}");
        assert!(shop.run(1, &["showmigrations", "--database", "tenants/two"]).contains("[ ] 0001_initial"));
        let sql = shop.run(1, &["sqlmigrate", "shop", "0001", "--database", "tenants/two"]);
        assert!(sql.contains("set_config('search_path', '\"two\"', false)"), "{sql}");
        block_on(place.execute("DROP SCHEMA two CASCADE"));
        let gone = shop.run(1, &["migrate", "--all"]);
        assert!(gone.starts_with("exit 1") && gone.contains("tenants/two  error[E665]"), "{gone}");
        assert!(gone.contains("tenants/one  nothing to do") && gone.contains("CREATE SCHEMA \"two\""), "{gone}");
        assert_eq!(block_on(place.texts("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'two'")), [["0"]]);
        block_on(place.remove());
    }
}

#[test]
fn an_extension_is_made_once_for_all_schemas() {
    let names = ["one".to_owned(), "two".to_owned()];
    for (shop, place) in schemas(&names, "options=-csearch_path=extensions") {
        shop.edit("0001_initial.toml", "[sql.postgres]\n", "[sql.postgres]\nedited = \"names in any case\"\n");
        shop.edit("0001_initial.toml", "up = [\n", "up = [\n    'CREATE EXTENSION IF NOT EXISTS citext',\n");
        shop.edit("0001_initial.toml", "\"name\" varchar(80)", "\"name\" citext");
        let refused = shop.run(1, &["migrate", "--all"]);
        assert!(refused.starts_with("exit 1") && refused.contains("2 failed"), "{refused}");
        assert!(refused.contains("error[E666]"), "{refused}");
        block_on(place.execute("CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions"));
        let migrated = shop.run(1, &["migrate", "--all"]);
        assert!(migrated.starts_with("exit 0") && migrated.contains("2 migrated"), "{migrated}");
        block_on(place.remove());
    }
}

#[test]
fn indexes_that_are_built_beside_traffic_wait_for_no_other_schema() {
    let names: Vec<String> = (0..16).map(|number| format!("tenant_{number}")).collect();
    for (shop, place) in schemas(&names, "") {
        shop.edit("0001_initial.toml", "[sql.postgres]\n", "[sql.postgres]\nedited = \"nobody waits\"\n");
        shop.edit("0001_initial.toml", "'''CREATE INDEX ", "{ autocommit = '''CREATE INDEX CONCURRENTLY ");
        shop.edit("0001_initial.toml", "(\"customer_id\")''',", "(\"customer_id\")''' },");
        let migrated = shop.run(1, &["migrate", "--all", "--jobs", "8"]);
        assert!(migrated.starts_with("exit 0") && migrated.contains("16 databases: 16 migrated"), "{migrated}");
        let valid =
            "SELECT count(*)::text FROM pg_index WHERE indisvalid AND indexrelid::regclass::text ~ 'customer_id_idx'";
        assert_eq!(block_on(place.texts(valid)), [["16"]]);
        block_on(place.remove());
    }
}
