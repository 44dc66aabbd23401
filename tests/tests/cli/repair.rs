//! Files that are others than those that ran, or gone; and what puts the history right.

use std::process::Stdio;
use std::time::Duration;

use insta::assert_snapshot;

use crate::shop::Shop;

/// A shop whose first migration says `varchar(90)` where the database has `varchar(80)`.
pub fn edited() -> Shop {
    let shop = Shop::with_rows();
    shop.edit("0001_initial.toml", "type = \"varchar(80)\"", "type = \"varchar(90)\"");
    shop.run(1, &["render", "--force"]);
    shop
}

/// The same once somebody made the database say it too.
pub fn by_hand(shop: &Shop) {
    shop.column("PRAGMA writable_schema = ON");
    shop.column(
        "PRAGMA writable_schema = ON; \
         UPDATE sqlite_schema SET sql = replace(sql, 'varchar(80)', 'varchar(90)') WHERE name = 'shop_customer'",
    );
}

/// What a migration leaves that somebody else applied, or began, meanwhile.
fn event(name: &str, event: &str) -> String {
    format!(
        "INSERT INTO fastdjango_migrations (app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note) \
         SELECT app, '{name}', 1, '{event}', checksum, text_hash, run_id, tool_version, at, note \
         FROM fastdjango_migrations WHERE app = 'shop' AND name = '0001_initial' LIMIT 1"
    )
}

fn events(shop: &Shop) -> Vec<String> {
    shop.column("SELECT event FROM fastdjango_migrations WHERE app = 'shop' ORDER BY id")
}

#[test]
fn an_edited_migration_is_refused_where_the_database_is_not_so() {
    let shop = edited();
    assert_snapshot!("repair_refused", shop.run(1, &["repair", "--yes"]));
    assert_eq!(events(&shop), ["applied"]);
}

#[test]
fn an_edited_migration_counts_where_the_database_is_so() {
    let shop = edited();
    by_hand(&shop);
    assert_snapshot!("repair_plan", shop.run(1, &["repair", "--plan"]));
    assert_snapshot!("repair_unconfirmed", shop.run(1, &["repair"]));
    assert_eq!(events(&shop), ["applied"], "nothing is recorded before somebody said yes");
    assert_snapshot!("repair_done", shop.run(1, &["repair", "shop", "0001", "--yes"]));
    assert_eq!(events(&shop), ["applied", "repaired"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
    assert_snapshot!("repair_history", shop.run(1, &["history"]));
    assert!(shop.run(1, &["showmigrations"]).contains("[x] 0001_initial"));
    assert!(shop.run(1, &["migrate"]).contains("nothing to do"));
    assert_snapshot!("repair_nothing", shop.run(1, &["repair"]));
    assert_snapshot!("repair_unknown", shop.run(1, &["repair", "shop", "0009"]));
    let said = shop.run(1, &["repair", "shob"]);
    assert!(said.contains("error[E601]") && said.contains("did you mean `shop`?"), "{said}");
    let said = shop.run(1, &["migrate", "--rollback", "--yes"]);
    assert!(said.starts_with("exit 0") && said.contains("1 migration undone"), "{said}");
}

#[test]
fn a_migration_whose_file_is_gone_counts_no_more_once_the_database_has_nothing_of_it() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations", "--name", "countries"]);
    let said = shop.run(4, &["migrate"]);
    assert!(said.starts_with("exit 0"), "{said}");
    std::fs::remove_file(shop.dir().join("migrations/shop/0002_countries.toml")).unwrap();
    // It is later than every file, so that a plain repair leaves it to a newer program.
    assert_snapshot!("repair_later", shop.run(1, &["repair", "--yes"]));
    assert_snapshot!("repair_gone_refused", shop.run(1, &["repair", "shop", "0002", "--yes"]));
    assert_eq!(events(&shop), ["applied", "applied"]);
}

#[test]
fn a_migration_without_a_file_counts_no_more_where_the_database_has_nothing_of_it() {
    let shop = Shop::with_rows();
    for gone in ["0000_gone", "0009_later"] {
        shop.column(&event(gone, "applied"));
    }
    assert_snapshot!("repair_void", shop.run(1, &["repair", "--yes"]));
    assert_eq!(events(&shop), ["applied", "applied", "applied", "reverted"]);
    assert!(shop.run(1, &["migrate"]).contains("warning[W604]"), "the later one was not named");
    assert_snapshot!("repair_void_named", shop.run(1, &["repair", "shop", "0009", "--yes"]));
    assert!(shop.run(1, &["migrate"]).contains("nothing to do"));
}

#[test]
fn a_file_that_others_depend_on_is_missed_before_anything_is_compared() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations", "--name", "countries"]);
    assert!(shop.run(4, &["migrate"]).starts_with("exit 0"));
    std::fs::remove_file(shop.dir().join("migrations/shop/0001_initial.toml")).unwrap();
    assert_snapshot!("repair_depended_on", shop.run(4, &["repair", "--yes"]));
    assert_snapshot!("repair_depended_on_show", shop.run(4, &["showmigrations"]));
}

#[test]
fn a_document_says_what_is_repaired() {
    let shop = edited();
    by_hand(&shop);
    let said = shop.json(1, &["repair", "--yes", "--json"]);
    assert_eq!(said["repairs"][0]["migration"], "shop.0001_initial");
    assert_eq!((&said["repairs"][0]["what"], &said["recorded"]), (&"edited".into(), &true.into()));
    assert_eq!(said["warnings"][0]["code"], "W606");
}

#[test]
fn nothing_is_compared_while_a_migration_stands_in_the_middle() {
    let shop = edited();
    by_hand(&shop);
    shop.column(&event("0001_other", "applying"));
    assert_snapshot!("repair_middle", shop.run(1, &["repair", "--yes"]));
    assert_eq!(events(&shop), ["applied", "applying"]);
}

#[test]
fn what_another_process_did_meanwhile_makes_the_comparison_worthless() {
    let shop = edited();
    by_hand(&shop);
    let (runtime, mut other) = shop.hold();
    let mut repair = shop.command(1, &["repair", "--yes", "--wait", "60"]);
    let repair = repair.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It reads and compares at once, and then waits for the lock.
    std::thread::sleep(Duration::from_secs(3));
    runtime.block_on(async {
        use sqlx::{AssertSqlSafe, Executor};
        other.execute(AssertSqlSafe(event("0000_other", "applied"))).await.unwrap();
        other.execute("COMMIT").await.unwrap();
    });
    let output = repair.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("error[E615]"), "{said}");
    assert_eq!(events(&shop), ["applied", "applied"]);
}

/// The first migration under another name, and with other operations.
fn renamed() -> Shop {
    let shop = edited();
    let folder = shop.dir().join("migrations/shop");
    let text = std::fs::read_to_string(folder.join("0001_initial.toml")).unwrap();
    std::fs::remove_file(folder.join("0001_initial.toml")).unwrap();
    let text = text.replace("dependencies = []", "dependencies = []\nformerly = [\"0001_initial\"]");
    std::fs::write(folder.join("0001_first.toml"), text).unwrap();
    shop
}

#[test]
fn a_migration_that_was_renamed_too_is_recorded_under_its_new_name_with_the_repair_or_not_at_all() {
    let shop = renamed();
    assert!(shop.run(1, &["repair", "--yes"]).contains("error[E606]"));
    assert_eq!(events(&shop), ["applied"], "a repair that is refused records no new name either");
    by_hand(&shop);
    let said = shop.run(1, &["repair", "--yes"]);
    assert!(said.contains("shop.0001_first stays applied, as its file says now"), "{said}");
    assert_eq!(events(&shop), ["applied", "relabelled", "applied", "repaired"]);
    assert!(shop.run(1, &["migrate"]).contains("nothing to do"));
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
}

#[test]
fn a_name_means_one_migration() {
    let shop = Shop::with_rows();
    for gone in ["0002_add", "0002_add_more", "0009_later"] {
        shop.column(&event(gone, "applied"));
    }
    for arguments in [&["repair", "shop", "0002", "--yes"][..], &["repair", "shop", "", "--yes"]] {
        let said = shop.run(1, arguments);
        assert!(said.contains("error[E608]"), "{arguments:?}: {said}");
    }
    assert!(shop.run(1, &["repair", "shop", "0002_add", "--yes"]).starts_with("exit 0"));
    let told = shop.column("SELECT name FROM fastdjango_migrations WHERE event = 'reverted'");
    assert_eq!(told, ["0002_add"], "and not the one that begins so");
    assert!(shop.run(1, &["repair", "shop", "0002_add", "--yes"]).contains("error[E608]"), "nor the second time");
    // One that is as its file says has nothing to repair, and means no other that begins so.
    shop.column(&event("0001_initial_more", "applied"));
    assert!(shop.run(1, &["repair", "shop", "0001_initial", "--yes"]).contains("error[E608]"));
    assert_eq!(shop.column("SELECT name FROM fastdjango_migrations WHERE event = 'reverted'"), ["0002_add"]);
}

#[test]
fn a_table_of_no_model_is_no_difference_to_a_file_that_is_here_and_is_named_where_one_is_gone() {
    let shop = edited();
    by_hand(&shop);
    shop.column("CREATE TABLE shop_backup_2024 (id integer)");
    let said = shop.run(1, &["repair", "--yes"]);
    assert!(said.starts_with("exit 0") && said.contains("`shop_backup_2024` belongs to no model"), "{said}");
    shop.column("ALTER TABLE shop_backup_2024 RENAME TO audit");
    shop.column(&event("0000_gone", "applied"));
    assert!(shop.run(1, &["repair", "shop", "0000", "--yes"]).starts_with("exit 0"));
    let note = shop.column("SELECT note FROM fastdjango_migrations WHERE event = 'reverted'");
    assert!(note[0].contains("`audit` belongs to no model") && !note[0].contains("nothing of it"), "{note:?}");
}

#[test]
fn a_half_without_a_file_is_seen_and_stops_everything_else() {
    let shop = Shop::with_rows();
    shop.column(&event("0002_half", "applying"));
    assert_snapshot!("repair_half_show", shop.run(1, &["showmigrations"]));
    assert_snapshot!("repair_half_migrate", shop.run(1, &["migrate"]));
    assert!(shop.run(1, &["migrate", "--check"]).starts_with("exit 1"));
    assert!(shop.run(1, &["migrate", "--resume", "abort"]).starts_with("exit 0"));
    assert!(shop.run(1, &["migrate"]).contains("nothing to do"));
}
