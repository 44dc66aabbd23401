//! Apps that live in databases of their own: each database has what lives there, and no trace of the rest.

use fastdjango_core::backend::{Access, Connection};
use fastdjango_tests::live::block_on;
use insta::assert_snapshot;

use crate::shop::Shop;

const ROUTED: &str = "[databases.default]\nengine = \"sqlite\"\nname = \"db.sqlite3\"\n\n\
                      [databases.archive]\nengine = \"sqlite\"\nname = \"archive.sqlite3\"\napps = [\"events\"]\n";

fn settings(shop: &Shop, text: &str) {
    std::fs::write(shop.dir().join("fastdjango.toml"), text).unwrap();
}

/// The shop in `default`, its events in `archive`; no migration has run.
fn routed() -> Shop {
    let shop = Shop::new();
    settings(&shop, ROUTED);
    shop.run(11, &["makemigrations"]);
    shop
}

/// The tables of a database of the shop's folder, by name.
fn tables(shop: &Shop, file: &str) -> Vec<String> {
    block_on(async {
        let mut connection = Connection::open_sqlite(&shop.dir().join(file), Access::Read).await.unwrap();
        let tables = connection.introspect().await.unwrap().tables.into_keys().collect();
        connection.close().await.unwrap();
        tables
    })
}

/// What the history of a database says, an event a line.
fn recorded(shop: &Shop, file: &str) -> Vec<String> {
    block_on(async {
        let mut connection = Connection::open_sqlite(&shop.dir().join(file), Access::Read).await.unwrap();
        let history = connection.history().await.unwrap();
        connection.close().await.unwrap();
        history.events.iter().map(|entry| format!("{} {}", entry.migration, entry.event)).collect()
    })
}

fn execute(shop: &Shop, file: &str, sql: &str) {
    block_on(async {
        let mut connection = Connection::open_sqlite(&shop.dir().join(file), Access::Write).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    });
}

fn rows(shop: &Shop, file: &str, table: &str) -> u64 {
    block_on(async {
        let mut connection = Connection::open_sqlite(&shop.dir().join(file), Access::Read).await.unwrap();
        let rows = connection.count_rows(table).await.unwrap();
        connection.close().await.unwrap();
        rows
    })
}

#[test]
fn each_database_has_the_apps_that_live_there_and_no_trace_of_others() {
    let shop = routed();
    assert_snapshot!("routed_plan", shop.run(11, &["migrate", "--plan"]));
    assert_snapshot!("routed_default", shop.run(11, &["migrate"]));
    assert!(!shop.dir().join("archive.sqlite3").exists());
    assert_snapshot!("routed_archive", shop.run(11, &["migrate", "--database", "archive"]));
    assert_eq!(tables(&shop, "db.sqlite3"), ["shop_customer", "shop_purchase"]);
    assert_eq!(tables(&shop, "archive.sqlite3"), ["events_visit"]);
    assert_eq!(recorded(&shop, "db.sqlite3"), ["shop.0001_initial applied"]);
    assert_eq!(recorded(&shop, "archive.sqlite3"), ["events.0001_initial applied"]);
    assert_snapshot!("routed_show", shop.run(11, &["showmigrations", "--database", "archive"]));
    for database in ["default", "archive"] {
        let there = |arguments: &[&str]| shop.run(11, &[arguments, &["--database", database]].concat());
        assert!(there(&["migrate", "--check"]).starts_with("exit 0"), "{}", there(&["migrate", "--check"]));
        let compared = shop.run(11, &["diff", &format!("db:{database}"), "models"]);
        assert!(compared.starts_with("exit 0") && compared.contains("no difference"), "{compared}");
    }
    assert_snapshot!("routed_heads", shop.run(11, &["heads", "--database", "archive"]));
    assert_snapshot!("routed_sql", shop.run(11, &["sqlmigrate", "events", "0001", "--database", "archive"]));
}

#[test]
fn all_databases_are_migrated_each_with_its_own() {
    let shop = routed();
    assert_snapshot!("routed_all", shop.run(11, &["migrate", "--all"]));
    execute(&shop, "archive.sqlite3", "INSERT INTO events_visit (customer_id) VALUES (7), (8)");
    execute(&shop, "db.sqlite3", "INSERT INTO shop_customer (name, mail) VALUES ('A', 'a@example.com')");
    shop.run(12, &["makemigrations"]);
    assert_snapshot!("routed_all_more", shop.run(12, &["migrate", "--all"]));
    assert_snapshot!("routed_all_of_one_app", shop.run(12, &["migrate", "events", "--all", "--check"]));
    assert_eq!((rows(&shop, "archive.sqlite3", "events_visit"), rows(&shop, "db.sqlite3", "shop_customer")), (2, 1));
    assert_snapshot!(
        "routed_rollback",
        shop.run(12, &["migrate", "--database", "archive", "--rollback", "1", "--yes"])
    );
    assert_eq!(rows(&shop, "archive.sqlite3", "events_visit"), 2);
    let again = shop.run(12, &["migrate", "--database", "default", "--rollback", "--yes"]);
    assert!(again.contains("1 migration undone"), "{again}");
    assert!(tables(&shop, "db.sqlite3").is_empty());
    assert_eq!(rows(&shop, "archive.sqlite3", "events_visit"), 2);
}

#[test]
fn an_app_that_lives_elsewhere_is_refused_by_name() {
    let shop = routed();
    assert_snapshot!("routed_foreign_app", shop.run(11, &["migrate", "events"]));
    for arguments in [
        &["migrate", "events", "0001"][..],
        &["migrate", "events", "zero"],
        &["repair", "events"],
        &["migrate", "events", "--rollback", "1"],
        &["migrate", "events", "--fake"],
        &["showmigrations", "events"],
        &["sqlmigrate", "events", "0001"],
        &["baseline", "events"],
        &["optimizemigration", "events", "0001"],
        &["migrate", "events", "--all", "--database", "default"],
    ] {
        let told = shop.run(11, arguments);
        assert!(told.starts_with("exit 1") && told.contains("error[E661]"), "{arguments:?}: {told}");
    }
    assert_snapshot!("routed_foreign_update", shop.run(12, &["makemigrations", "--update"]));
    assert!(!shop.dir().join("db.sqlite3").exists() && !shop.dir().join("archive.sqlite3").exists());
}

#[test]
fn a_slip_in_the_settings_is_named() {
    let shop = routed();
    settings(&shop, &ROUTED.replace("\"events\"", "\"event\""));
    assert_snapshot!("routed_slip", shop.run(11, &["migrate"]));
    settings(&shop, &ROUTED.replace("db.sqlite3\"\n", "db.sqlite3\"\napps = []\n"));
    assert_snapshot!("routed_homeless", shop.run(11, &["makemigrations"]));
    let all_named = ROUTED.replace("db.sqlite3\"\n", "db.sqlite3\"\napps = [\"shop\"]\n");
    settings(&shop, &all_named);
    let unknown = shop.run(11, &["migrate", "evnts", "--all"]);
    assert!(unknown.starts_with("exit 1") && unknown.contains("error[E601]: there is no app `evnts`"), "{unknown}");
    settings(&shop, ROUTED);
    assert_snapshot!("routed_no_database", shop.run(11, &["migrate", "--database", "archiv"]));
}

#[test]
fn no_relation_leads_from_one_database_to_another() {
    let shop = routed();
    shop.run(11, &["migrate", "--all"]);
    assert_snapshot!("routed_relation_make", shop.run(13, &["makemigrations", "--noinput"]));
    let refused = shop.run(13, &["migrate", "--database", "archive"]);
    assert!(refused.starts_with("exit 1") && refused.contains("error[E662]"), "{refused}");
    let compared = shop.run(13, &["diff", "db:archive", "models"]);
    assert!(compared.starts_with("exit 1") && compared.contains("error[E662]"), "{compared}");
    assert_eq!(tables(&shop, "archive.sqlite3"), ["events_visit"]);
}

#[test]
fn no_model_moves_to_another_database() {
    let shop = Shop::with_rows();
    settings(&shop, &ROUTED.replace("events", "people"));
    let moves = ["--rename", "shop.Customer:people.Customer", "--rename", "shop.Purchase:people.Purchase"];
    // The shop has no models any more, and its migrations are still of `default`.
    assert_snapshot!("routed_move", shop.run(8, &[&["makemigrations"], &moves[..]].concat()));
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
}

/// The settings came after the migrations, and the relation went: its migration still cannot run where the shop is not.
#[test]
fn a_migration_with_a_relation_to_another_database_never_runs_and_a_squash_of_it_does() {
    let shop = Shop::new();
    shop.run(13, &["makemigrations"]);
    let made = shop.run(
        11,
        &[
            "makemigrations",
            "--answer",
            "rename_field:events.Visit.customer_id:customer=no",
            "--answer",
            "fill:events.Visit.customer_id=0",
        ],
    );
    assert!(made.starts_with("exit 0"), "{made}");
    settings(&shop, ROUTED);
    assert_snapshot!("routed_relation_migrate", shop.run(11, &["migrate", "--database", "archive"]));
    assert!(!shop.dir().join("archive.sqlite3").exists());
    assert!(shop.run(11, &["sqlmigrate", "events", "0001", "--database", "archive"]).contains("error[E662]"));
    let squashed = shop.run(11, &["squashmigrations", "events", "0002"]);
    assert!(squashed.starts_with("exit 0"), "{squashed}");
    let there = shop.run(11, &["migrate", "--database", "archive"]);
    assert!(there.starts_with("exit 0"), "{there}");
    assert_eq!(tables(&shop, "archive.sqlite3"), ["events_visit"]);
}

#[test]
fn what_was_there_before_the_route_stays_and_is_told_of() {
    let shop = Shop::new();
    shop.run(11, &["makemigrations"]);
    shop.run(11, &["migrate"]);
    execute(&shop, "db.sqlite3", "INSERT INTO events_visit (customer_id) VALUES (7)");
    settings(&shop, ROUTED);
    assert_snapshot!("routed_later", shop.run(11, &["migrate"]));
    assert_snapshot!("routed_later_show", shop.run(11, &["showmigrations"]));
    assert_snapshot!("routed_later_show_app", shop.run(11, &["showmigrations", "events"]));
    shop.run(12, &["makemigrations"]);
    let rest = shop.run(12, &["migrate", "--all"]);
    assert!(rest.contains("2 databases: 1 migrated, 1 with nothing to do"), "{rest}");
    let undone = shop.run(12, &["migrate", "--rollback", "--yes"]);
    assert!(undone.contains("shop  0001_initial"), "{undone}");
    assert_eq!(tables(&shop, "db.sqlite3"), ["events_visit"]);
    assert_eq!(rows(&shop, "db.sqlite3", "events_visit"), 1);
    assert_eq!(tables(&shop, "archive.sqlite3"), ["events_visit"]);
}

/// An app between two others orders them, also where it lives elsewhere itself.
#[test]
fn a_dependency_on_another_database_is_no_step_and_still_an_order() {
    let shop = routed();
    let file = shop.dir().join("migrations/events/0001_initial.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replacen("dependencies = []", "dependencies = [\"shop.0001_initial\"]", 1);
    std::fs::write(&file, text).unwrap();
    let there = shop.run(11, &["migrate", "--database", "archive"]);
    assert!(there.starts_with("exit 0") && there.contains("events  0001_initial"), "{there}");
    assert_eq!(recorded(&shop, "archive.sqlite3"), ["events.0001_initial applied"]);
    assert!(shop.run(11, &["migrate", "--check", "--database", "archive"]).starts_with("exit 0"));
    assert!(shop.run(11, &["migrate"]).starts_with("exit 0"));
    assert_eq!(tables(&shop, "db.sqlite3"), ["shop_customer", "shop_purchase"]);
}

#[test]
fn one_entry_of_many_databases_has_apps_of_its_own() {
    let shop = Shop::new();
    let tenants = "[databases.default]\nengine = \"sqlite\"\nname = \"db.sqlite3\"\n\n\
                   [databases.tenants]\nengine = \"sqlite\"\nnames = [\"a.sqlite3\", \"b.sqlite3\"]\napps = [\"events\"]\n";
    settings(&shop, tenants);
    shop.run(11, &["makemigrations"]);
    assert_snapshot!("routed_tenants", shop.run(11, &["migrate", "--all"]));
    for file in ["a.sqlite3", "b.sqlite3"] {
        assert_eq!(tables(&shop, file), ["events_visit"]);
        assert_eq!(recorded(&shop, file), ["events.0001_initial applied"]);
    }
    assert_eq!(tables(&shop, "db.sqlite3"), ["shop_customer", "shop_purchase"]);
    assert_snapshot!("routed_tenants_foreign", shop.run(11, &["migrate", "shop", "--database", "tenants/a.sqlite3"]));
    assert_snapshot!("routed_tenants_other", shop.run(11, &["migrate", "events"]));
}

#[test]
fn what_something_else_made_is_taken_over_with_the_apps_that_live_there() {
    let shop = routed();
    let made = "CREATE TABLE \"events_visit\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"customer_id\" bigint NOT NULL)";
    let index = "CREATE INDEX \"events_visit_customer_id_idx\" ON \"events_visit\" (\"customer_id\")";
    for file in ["archive.sqlite3", "db.sqlite3"] {
        execute(&shop, file, made);
        execute(&shop, file, index);
    }
    let taken = shop.run(11, &["baseline", "--database", "archive"]);
    assert!(taken.starts_with("exit 0"), "{taken}");
    assert_eq!(recorded(&shop, "archive.sqlite3"), ["events.0001_initial faked"]);
    let initial = shop.run(11, &["migrate", "--fake-initial"]);
    assert!(initial.contains("1 migration applied"), "{initial}");
    assert_eq!(
        recorded(&shop, "db.sqlite3"),
        ["shop.0001_initial applied"],
        "a table of somebody else's is nobody's business"
    );
    let faked = shop.run(11, &["migrate", "--fake", "--database", "archive", "events", "zero"]);
    assert!(faked.starts_with("exit 0"), "{faked}");
    assert_eq!(tables(&shop, "archive.sqlite3"), ["events_visit"]);
}

#[test]
fn a_migration_is_written_anew_only_where_its_own_database_has_it_not() {
    let shop = routed();
    shop.run(11, &["migrate", "--all"]);
    let applied = shop.run(12, &["makemigrations", "--update", "--database", "archive"]);
    assert!(applied.starts_with("exit 1") && applied.contains("error[E320]"), "{applied}");
    shop.run(11, &["migrate", "--database", "archive", "events", "zero", "--yes"]);
    let updated = shop.run(12, &["makemigrations", "--update", "--database", "archive"]);
    assert!(updated.starts_with("exit 0"), "{updated}");
    assert!(shop.run(12, &["migrate", "--all"]).contains("1 migrated, 1 with nothing to do"));
}

/// Half of a migration is no business of a database whose app has gone, and is not kept quiet about either.
#[test]
fn half_a_migration_of_an_app_that_lives_elsewhere_is_told_of_and_comes_to_an_end() {
    let shop = Shop::new();
    shop.run(11, &["makemigrations"]);
    let file = shop.dir().join("migrations/events/0001_initial.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("format = 1\n", "format = 1\natomic = false\n", 1)).unwrap();
    execute(&shop, "db.sqlite3", "CREATE TABLE other (id integer)");
    execute(&shop, "db.sqlite3", "CREATE INDEX events_visit_customer_id_idx ON other (id)");
    assert!(shop.run(11, &["migrate", "events"]).contains("error[E621]"));
    settings(&shop, ROUTED);
    assert_snapshot!("routed_half", shop.run(11, &["migrate"]));
    assert_snapshot!("routed_half_show", shop.run(11, &["showmigrations"]));
    execute(&shop, "db.sqlite3", "DROP INDEX events_visit_customer_id_idx");
    let ended = shop.run(11, &["migrate", "--resume", "journal"]);
    assert!(ended.starts_with("exit 0"), "{ended}");
    assert_eq!(recorded(&shop, "db.sqlite3").last().unwrap(), "events.0001_initial applied");
}

#[test]
fn one_database_under_two_names_has_no_apps_of_its_own() {
    let shop = routed();
    let settings = shop.dir().join("fastdjango.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    assert!(text.contains("archive.sqlite3"), "{text}");
    std::fs::write(&settings, text.replace("archive.sqlite3", "db.sqlite3")).unwrap();
    for arguments in [&["migrate"][..], &["migrate", "--database", "archive"], &["showmigrations"]] {
        let said = shop.run(11, arguments);
        assert!(said.starts_with("exit 1") && said.contains("error[E663]"), "{arguments:?}: {said}");
    }
    assert!(!shop.database().exists());
}

#[test]
fn tables_of_an_app_that_lives_elsewhere_are_no_difference() {
    let shop = routed();
    shop.column("SELECT 1");
    std::fs::write(shop.database(), "").unwrap();
    assert!(shop.run(11, &["migrate"]).starts_with("exit 0"));
    shop.column("CREATE TABLE events_visit (id integer PRIMARY KEY)");
    let said = shop.run(11, &["diff", "db:default", "migrations"]);
    assert!(said.contains("no differences"), "{said}");
}
