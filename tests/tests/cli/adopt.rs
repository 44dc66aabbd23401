//! A database that something else made, taken over: recorded where it is the same, refused where it is not.

use std::process::Stdio;
use std::time::Duration;

use insta::assert_snapshot;

use crate::rebased::{NOTE, write};
use crate::shop::Shop;

/// The tables as Django would have made them.
const CUSTOMERS: &str = "CREATE TABLE shop_customer (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar(80) NOT NULL, \
     mail varchar(200) NOT NULL UNIQUE, balance decimal(10, 2) DEFAULT '0.00' NOT NULL)";
const PURCHASES: &str = "CREATE TABLE shop_purchase (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
     customer_id bigint NOT NULL REFERENCES shop_customer (id) ON DELETE CASCADE, amount integer DEFAULT 1 NOT NULL)";
const DJANGO: &str = "CREATE TABLE django_migrations (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, app varchar(255) NOT NULL, \
     name varchar(255) NOT NULL, applied datetime NOT NULL)";
const AERICH: &str = "CREATE TABLE aerich (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, version VARCHAR(255) NOT NULL, \
     app VARCHAR(100) NOT NULL, content JSON NOT NULL)";

const HISTORY: &str =
    "SELECT name || ' ' || event || ' ' || note FROM fastdjango_migrations WHERE app <> '' ORDER BY id";
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE name LIKE 'fastdjango%'";

/// The first migration, written for models that a database had before.
fn shop(statements: &[&str]) -> Shop {
    let shop = Shop::new();
    assert!(shop.run(1, &["makemigrations"]).starts_with("exit 0\n"));
    std::fs::write(shop.database(), "").unwrap();
    for statement in statements {
        shop.column(statement);
    }
    shop
}

fn with_rows(more: &[&str]) -> Shop {
    let shop = shop(&[CUSTOMERS, PURCHASES]);
    let index = shop.run(1, &["sqlmigrate", "shop", "0001"]);
    for line in index.lines().filter(|line| line.trim_start().starts_with("CREATE INDEX")) {
        shop.column(line);
    }
    for statement in more {
        shop.column(statement);
    }
    shop.column("INSERT INTO shop_customer (name, mail) VALUES ('A', 'a@example.com'), ('B', 'b@example.com')");
    shop.column("INSERT INTO shop_purchase (customer_id, amount) VALUES (1, 1), (1, 7), (2, 3)");
    shop
}

fn assert_rows(shop: &Shop) {
    assert_eq!(shop.column("SELECT name || mail FROM shop_customer ORDER BY id"), ["Aa@example.com", "Bb@example.com"]);
    assert_eq!(shop.column("SELECT customer_id * 10 + amount FROM shop_purchase ORDER BY id"), ["11", "17", "23"]);
}

/// The next migrate has nothing to do, and a new migration applies.
fn assert_goes_on(shop: &Shop) {
    assert!(shop.run(1, &["migrate"]).contains("nothing to do: the database is up to date"));
    write(shop, "0002_note.toml", "dependencies = [\"shop.0001_initial\"]", NOTE);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    let ran = shop.run(1, &["migrate"]);
    assert!(ran.starts_with("exit 0\n"), "{ran}");
    assert_eq!(shop.column("SELECT count(*) FROM shop_customer WHERE note IS NULL"), ["2"]);
    assert_rows(shop);
}

#[test]
fn a_database_that_is_the_same_is_taken_over_with_its_rows() {
    let shop = with_rows(&["CREATE TABLE old_news (title text)"]);
    assert_snapshot!("adopt_plan", shop.run(1, &["baseline", "--plan"]));
    assert!(shop.column(TABLES).is_empty());
    assert_snapshot!("adopt_same", shop.run(1, &["baseline"]));
    assert_snapshot!("adopt_history", shop.column(HISTORY).join("\n"));
    assert_snapshot!("adopt_again", shop.run(1, &["baseline"]));
    assert_goes_on(&shop);
}

#[test]
fn what_differs_is_told_and_nothing_is_written() {
    let shop =
        with_rows(&["ALTER TABLE shop_customer ADD COLUMN nick varchar(20)", "DROP TABLE shop_purchase", PURCHASES]);
    assert_snapshot!("adopt_differs", shop.run(1, &["baseline"]));
    assert_snapshot!("adopt_differs_initial", shop.run(1, &["migrate", "--fake-initial"]));
    assert!(shop.column(TABLES).is_empty());
    assert_rows(&shop);
    let error = shop.json(1, &["baseline", "--json"]);
    assert_eq!(error["error"][0]["code"], "E670");
}

#[test]
fn a_database_with_none_of_the_tables_is_no_baseline() {
    let shop = shop(&[]);
    assert_snapshot!("adopt_bare", shop.run(1, &["baseline"]));
    assert!(shop.column(TABLES).is_empty());
}

#[test]
fn a_file_that_is_not_there_is_not_made() {
    let shop = shop(&[]);
    std::fs::remove_file(shop.database()).unwrap();
    assert_snapshot!("adopt_bare", shop.run(1, &["baseline"]));
    assert!(!shop.database().exists());
    assert!(shop.run(1, &["migrate", "--fake-initial"]).starts_with("exit 0\n"));
    assert_eq!(shop.column("SELECT event FROM fastdjango_migrations WHERE app <> ''"), ["applied"]);
}

#[test]
fn a_database_that_is_ahead_of_the_files_is_left_alone() {
    let shop = with_rows(&[]);
    write(&shop, "0002_note.toml", "dependencies = [\"shop.0001_initial\"]", NOTE);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    shop.run(1, &["baseline", "shop", "0001"]);
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0\n"));
    std::fs::remove_file(shop.dir().join("migrations/shop/0002_note.toml")).unwrap();
    let said = shop.run(1, &["baseline"]);
    assert!(said.contains("W604") && said.contains("nothing to record\n"), "{said}");
}

#[test]
fn the_histories_of_others_are_read_and_stay() {
    let shop = with_rows(&[
        DJANGO,
        "INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', '2024-01-01'), \
         ('shop', '0001_initial', '2024-01-01'), ('shop', '0007_add_rating', '2024-01-02')",
        AERICH,
        "INSERT INTO aerich (version, app, content) VALUES ('0_20240101_init.py', 'models', '{}')",
    ]);
    let said = shop.run(1, &["baseline"]);
    let page = include_str!("../../../docs/adopt.md").split_once("$ fastdjango baseline\n").unwrap().1;
    assert!(said.contains(page.split_once("```").unwrap().0), "the page shows what is printed");
    assert_snapshot!("adopt_others", said);
    assert_snapshot!("adopt_others_history", shop.column(HISTORY).join("\n"));
    assert_eq!(shop.column("SELECT count(*) FROM django_migrations"), ["3"]);
    assert_eq!(shop.column("SELECT count(*) FROM aerich"), ["1"]);
    // Nobody's drift.
    assert!(shop.run(1, &["diff", "db:default", "migrations"]).contains("no differences"));
    assert_goes_on(&shop);
}

#[test]
fn a_table_that_only_is_called_like_a_history_is_a_table() {
    let shop = with_rows(&["CREATE TABLE aerich (id integer PRIMARY KEY, beer text)"]);
    assert!(shop.run(1, &["baseline"]).starts_with("exit 0\n"));
    assert!(shop.run(1, &["diff", "db:default", "migrations"]).contains("Aerich"));
}

#[test]
fn what_cannot_be_verified_is_named() {
    let shop = with_rows(&[]);
    let own = "\n[[operations]]\nop = \"run_sql\"\nsql = [\"UPDATE shop_customer SET balance = 0\"]\n";
    write(&shop, "0002_own.toml", "dependencies = [\"shop.0001_initial\"]", own);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    assert_snapshot!("adopt_part", shop.run(1, &["baseline", "shop", "0001", "--dry-run"]));
    assert_snapshot!("adopt_unverified", shop.run(1, &["baseline"]));
    let json = shop.json(1, &["baseline", "--json"]);
    assert_eq!(json["plan"], serde_json::json!([]));
    assert_rows(&shop);
}

#[test]
fn a_first_migration_is_recorded_where_its_tables_are_the_same() {
    let shop = with_rows(&[]);
    write(&shop, "0002_note.toml", "dependencies = [\"shop.0001_initial\"]", NOTE);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    assert_snapshot!("initial_plan", shop.run(1, &["migrate", "--plan", "--fake-initial"]));
    let json = shop.json(1, &["migrate", "--plan", "--fake-initial", "--json"]);
    assert_eq!(json["plan"][0]["faked"], "recorded by --fake-initial; its 2 tables are there as in its file");
    assert!(shop.column(TABLES).is_empty());
    assert_snapshot!("initial_same", shop.run(1, &["migrate", "--fake-initial"]));
    assert_snapshot!("initial_history", shop.column(HISTORY).join("\n"));
    assert_rows(&shop);
    assert_eq!(shop.column("SELECT count(*) FROM shop_customer WHERE note IS NULL"), ["2"]);
    assert!(shop.run(1, &["migrate", "--fake-initial"]).contains("nothing to do"));
}

#[test]
fn some_of_the_tables_are_no_first_migration() {
    let shop = shop(&[CUSTOMERS]);
    shop.column("INSERT INTO shop_customer (name, mail) VALUES ('A', 'a@example.com')");
    assert_snapshot!("initial_some", shop.run(1, &["migrate", "--fake-initial"]));
    assert!(shop.column(TABLES).is_empty());
    assert_eq!(shop.column("SELECT count(*) FROM shop_customer"), ["1"]);
}

#[test]
fn a_first_migration_runs_where_none_of_its_tables_is_there() {
    let shop = shop(&[]);
    assert_snapshot!("initial_none", shop.run(1, &["migrate", "--fake-initial"]));
    assert_eq!(shop.column("SELECT event FROM fastdjango_migrations WHERE app <> ''"), ["applied"]);
}

#[test]
fn one_app_that_differs_keeps_every_other_from_being_recorded() {
    let shop =
        with_rows(&["CREATE TABLE events_visit (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, customer_id bigint)"]);
    assert!(shop.run(11, &["makemigrations"]).starts_with("exit 0\n"));
    let said = shop.run(11, &["migrate", "--fake-initial"]);
    assert!(said.starts_with("exit 1") && said.contains("error[E671]") && said.contains("events_visit"), "{said}");
    assert!(shop.column(TABLES).is_empty());
    shop.column("DROP TABLE events_visit");
    let said = shop.run(11, &["migrate", "--fake-initial"]);
    assert!(said.starts_with("exit 0\n"), "{said}");
    let events = shop.column("SELECT app || ' ' || event FROM fastdjango_migrations WHERE app <> '' ORDER BY app");
    assert_eq!(events, ["events applied", "shop faked"]);
    assert_rows(&shop);
}

#[test]
fn many_databases_are_recorded_or_made_each_by_its_own_tables() {
    let shop = with_rows(&[]);
    std::fs::create_dir(shop.dir().join("tenants")).unwrap();
    std::fs::rename(shop.database(), shop.dir().join("tenants/old.sqlite3")).unwrap();
    let settings = "[databases.tenants]\nengine = 'sqlite'\nname = 'tenants/*.sqlite3'\nnames = ['new', 'old']\n";
    std::fs::write(shop.dir().join("fastdjango.toml"), settings).unwrap();
    let said = shop.run(1, &["migrate", "--all", "--fake-initial"]);
    assert!(said.starts_with("exit 0\n"), "{said}");
    for (name, event) in [("new", "applied"), ("old", "faked")] {
        std::fs::rename(shop.dir().join("tenants").join(name).with_extension("sqlite3"), shop.database()).unwrap();
        assert_eq!(shop.column("SELECT event FROM fastdjango_migrations WHERE app <> ''"), [event], "{name}");
    }
    assert_rows(&shop);
}

#[test]
fn of_two_that_record_at_once_one_does_and_the_other_writes_nothing() {
    let shop = with_rows(&[]);
    let held = shop.hold();
    let begin = || {
        let mut baseline = shop.command(1, &["baseline", "--wait", "60"]);
        baseline.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [begin(), begin()];
    // Both read and compare at once, and then wait for the lock.
    std::thread::sleep(Duration::from_secs(3));
    drop(held);
    let mut codes = Vec::new();
    for one in both {
        let output = one.wait_with_output().unwrap();
        let (code, said) = (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
        assert_eq!(code == 1, said.contains("error[E672]"), "{said}");
        codes.push(code);
    }
    codes.sort_unstable();
    assert_eq!(codes, [0, 1]);
    assert_eq!(shop.column("SELECT event FROM fastdjango_migrations WHERE app <> ''"), ["faked"]);
    assert_goes_on(&shop);
}

#[test]
fn a_squash_is_recorded_in_the_place_of_its_parts() {
    let shop = with_rows(&["ALTER TABLE shop_customer ADD COLUMN note text"]);
    write(&shop, "0002_note.toml", "dependencies = [\"shop.0001_initial\"]", NOTE);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    assert!(shop.run(1, &["squashmigrations", "shop", "0002"]).starts_with("exit 0\n"));
    let said = shop.run(1, &["baseline"]);
    assert!(said.starts_with("exit 0\n"), "{said}");
    let events = shop.column("SELECT name || ' ' || event FROM fastdjango_migrations WHERE app <> ''");
    assert_eq!(events, ["0002_squashed_from_0001 faked"]);
    assert!(shop.run(1, &["migrate"]).contains("nothing to do"));
    assert_rows(&shop);
}
