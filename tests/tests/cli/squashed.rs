//! A squash on databases that have none of what it stands for, some of it, and all.

use insta::assert_snapshot;

use crate::rebased::{NAMED, NAMELESS, NOTE, POINTS, write};
use crate::shop::Shop;

/// A shop with four migrations, of which a database has the first ones, with rows.
fn shop(applied: &str) -> Shop {
    let shop = Shop::with_rows();
    write(&shop, "0002_points.toml", "dependencies = [\"shop.0001_initial\"]", POINTS);
    write(&shop, "0003_nameless.toml", "dependencies = [\"shop.0002_points\"]", NAMELESS);
    write(&shop, "0004_note.toml", "dependencies = [\"shop.0003_nameless\"]", NOTE);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    assert!(shop.run(1, &["migrate", "shop", applied, "--yes"]).starts_with("exit 0\n"));
    shop
}

const COLUMNS: &str = "SELECT name FROM pragma_table_info('shop_customer') ORDER BY cid";
const HISTORY: &str = "SELECT name || ' ' || event FROM fastdjango_migrations ORDER BY id";

fn assert_whole(shop: &Shop, rows: &str) {
    assert_eq!(shop.column(COLUMNS), ["id", "name", "mail", "balance", "points", "note"]);
    assert_eq!(shop.column(NAMED), ["0"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), [rows]);
    assert!(shop.run(1, &["migrate", "--check"]).starts_with("exit 0\n"));
}

#[test]
fn a_new_database_runs_the_squash_alone() {
    let shop = shop("zero");
    assert_snapshot!("squashed_dry", shop.run(1, &["squashmigrations", "shop", "0003", "--dry-run"]));
    assert_eq!(shop.migrations().len(), 4);
    assert_snapshot!("squashed_made", shop.run(1, &["squashmigrations", "shop", "0003"]));
    assert_eq!(shop.migrations()[3], "0003_squashed_from_0001.toml");
    assert_snapshot!("squashed_none", shop.run(1, &["migrate"]));
    assert_whole(&shop, "0");
    assert_snapshot!("squashed_show", shop.run(1, &["showmigrations"]));
}

#[test]
fn a_database_that_has_all_of_it_counts_it_as_applied_and_goes_back_by_it() {
    let shop = shop("0003");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert_snapshot!("squashed_plan", shop.run(1, &["migrate", "--plan"]));
    assert_snapshot!("squashed_all", shop.run(1, &["migrate"]));
    assert_whole(&shop, "3");
    assert!(shop.column(HISTORY).contains(&"0003_squashed_from_0001 replaced".to_owned()));
    without_parts(&shop);
    assert_whole(&shop, "3");
    assert_snapshot!("squashed_show_all", shop.run(1, &["showmigrations"]));
    assert_snapshot!("squashed_back", shop.run(1, &["migrate", "shop", "zero", "--yes"]));
    assert_eq!(shop.column("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'shop_%'"), ["0"]);
    assert_snapshot!("squashed_again", shop.run(1, &["migrate"]));
    assert_whole(&shop, "0");
}

#[test]
fn a_database_that_has_some_of_it_gets_the_rest_first() {
    let shop = shop("0002");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert_snapshot!("squashed_some_show", shop.run(1, &["showmigrations"]));
    assert_snapshot!("squashed_some", shop.run(1, &["migrate"]));
    assert_whole(&shop, "3");
    assert_snapshot!("squashed_some_again", shop.run(1, &["showmigrations"]));
    assert!(shop.run(1, &["makemigrations", "--merge"]).contains("nothing to merge"));
}

#[test]
fn what_is_missing_of_a_squash_is_told() {
    let shop = shop("0002");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    std::fs::remove_file(shop.dir().join("migrations/shop/0003_nameless.toml")).unwrap();
    assert_snapshot!("squashed_gone", shop.run(1, &["migrate"]));
    assert_snapshot!("squashed_one", shop.run(1, &["squashmigrations", "shop", "0004", "0004"]));
}

/// Takes the files of the first three migrations away.
fn without_parts(shop: &Shop) {
    for old in ["0001_initial", "0002_points", "0003_nameless"] {
        std::fs::remove_file(shop.dir().join(format!("migrations/shop/{old}.toml"))).unwrap();
    }
}

const AMOUNTS: &str = "SELECT amount FROM shop_purchase ORDER BY id";

#[test]
fn what_was_applied_last_goes_back_first_and_not_the_squash() {
    let shop = shop("0004");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    shop.run(1, &["migrate"]);
    assert_snapshot!("squashed_rollback", shop.run(1, &["migrate", "--rollback", "1", "--yes"]));
    assert_eq!(shop.column(AMOUNTS), ["1", "7", "3"]);
    assert_snapshot!("squashed_inside", shop.run(1, &["migrate", "shop", "0002", "--yes"]));
}

#[test]
fn sql_that_was_edited_and_other_squashes_are_no_parts() {
    let shop = shop("0003");
    shop.edit("0002_points.toml", "\nup = [", "\nedited = \"two steps\"\nup = [");
    assert_snapshot!("squashed_edited", shop.run(1, &["squashmigrations", "shop", "0003"]));
    assert_eq!(shop.migrations().len(), 4);
    shop.edit("0002_points.toml", "edited = \"two steps\"\n", "");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert_snapshot!("squashed_twice", shop.run(1, &["squashmigrations", "shop", "0004"]));
    assert_snapshot!("squashed_backwards", shop.run(1, &["squashmigrations", "shop", "0004", "0003"]));
    assert!(shop.run(1, &["makemigrations", "--check"]).starts_with("exit 4\n"), "the project is whole");
}

#[test]
fn a_part_that_was_edited_since_is_told_and_nothing_counts_for_it() {
    let shop = shop("0003");
    shop.edit("0002_points.toml", "type = \"integer\"", "type = \"bigint\"");
    shop.run(1, &["render"]);
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert_snapshot!("squashed_changed", shop.run(1, &["migrate"]));
    assert!(!shop.column(HISTORY).iter().any(|event| event.contains("squashed")));
}

#[test]
fn a_squash_of_which_a_database_has_a_part_is_not_written_anew() {
    let shop = shop("0002");
    shop.run(1, &["squashmigrations", "shop", "0002", "0004"]);
    assert_snapshot!(
        "squashed_update",
        shop.run(1, &["makemigrations", "--update", "--answer", "fill:shop.Customer.name=x"])
    );
}

#[test]
fn a_part_in_the_middle_of_its_steps_goes_on_there() {
    let shop = Shop::with_rows();
    let twice = "atomic = false\n[[operations]]\nop = \"run_sql\"\nsql = [\"UPDATE shop_purchase SET amount = amount + 1\", \"UPDATE nobody SET id = 1\"]\nreverse = []\n";
    write(&shop, "0002_more.toml", "dependencies = [\"shop.0001_initial\"]", twice);
    write(&shop, "0003_points.toml", "dependencies = [\"shop.0002_more\"]", POINTS);
    shop.run(1, &["render"]);
    assert!(shop.run(1, &["migrate"]).starts_with("exit 1\n"));
    assert_eq!(shop.column(AMOUNTS), ["2", "8", "4"]);
    shop.run(1, &["squashmigrations", "shop", "0002", "0003"]);
    shop.column("CREATE TABLE nobody (id integer)");
    assert_snapshot!("squashed_middle", shop.run(1, &["migrate"]));
    assert_eq!(shop.column(AMOUNTS), ["2", "8", "4"], "no step twice");
    assert!(shop.column(HISTORY).contains(&"0003_squashed_from_0002 replaced".to_owned()));
}

#[test]
fn a_part_under_a_former_name_and_what_needs_one_in_the_middle_are_followed() {
    let shop = shop("0002");
    std::fs::rename(
        shop.dir().join("migrations/shop/0002_points.toml"),
        shop.dir().join("migrations/shop/0002_stars.toml"),
    )
    .unwrap();
    shop.edit("0002_stars.toml", "format = 1\n", "format = 1\nformerly = [\"0002_points\"]\n");
    shop.edit("0003_nameless.toml", "shop.0002_points", "shop.0002_stars");
    shop.edit("0004_note.toml", "\"shop.0003_nameless\"", "\"shop.0002_stars\", \"shop.0003_nameless\"");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert_snapshot!("squashed_former", shop.run(1, &["migrate"]));
    assert_whole(&shop, "3");
}

#[test]
fn a_squash_can_be_taken_back_and_can_become_an_ordinary_migration() {
    let shop = shop("0004");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    shop.run(1, &["migrate"]);
    let file = shop.dir().join("migrations/shop/0003_squashed_from_0001.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(shop.run(1, &["migrate", "--check"]).starts_with("exit 0\n"), "its parts are there");
    std::fs::write(&file, &text).unwrap();
    without_parts(&shop);
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0\n"));
    assert!(shop.column(HISTORY).contains(&"0002_points relabelled".to_owned()));
    let (start, end) = (text.find("replaces = [").unwrap(), text.find("]\n\n[[operations]]").unwrap());
    std::fs::write(&file, format!("{}{}", &text[..start], &text[end + 2..])).unwrap();
    shop.edit("0004_note.toml", "shop.0003_nameless", "shop.0003_squashed_from_0001");
    assert_whole(&shop, "3");
    std::fs::remove_file(&file).unwrap();
    shop.edit("0004_note.toml", "\"shop.0003_squashed_from_0001\"", "");
    assert_snapshot!("squashed_lost", shop.run(1, &["migrate"]));
}

#[test]
fn what_only_rows_of_the_past_needed_is_left_out_of_a_squash() {
    let shop = shop("zero");
    let sql =
        |text: &str, more: &str| format!("[[operations]]\nop = \"run_sql\"\nsql = [\"{text}\"]\nreverse = []\n{more}");
    let gone = sql("UPDATE shop_customer SET points = 1", "elidable = true\n");
    write(&shop, "0005_filled.toml", "dependencies = [\"shop.0004_note\"]", &gone);
    let kept = sql("UPDATE shop_customer SET points = 2", "touches = [\"Customer.points\"]\n");
    write(&shop, "0006_kept.toml", "dependencies = [\"shop.0005_filled\"]", &kept);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    assert!(shop.run(1, &["squashmigrations", "shop", "0006"]).starts_with("exit 0\n"));
    let file = shop.dir().join("migrations/shop/0006_squashed_from_0001.toml");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(!text.contains("points = 1") && text.contains("points = 2"), "{text}");
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0\n"));
    assert_whole(&shop, "0");
}

#[test]
fn parts_without_files_are_pruned_by_an_event_and_no_row_of_the_history_goes() {
    let shop = shop("0003");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert_snapshot!("pruned_nothing", shop.run(1, &["migrate", "--prune"]));
    without_parts(&shop);
    let before = shop.column(HISTORY);
    assert_snapshot!("pruned_plan", shop.run(1, &["migrate", "--prune", "--plan"]));
    assert_eq!(shop.column(HISTORY), before, "a plan records nothing");
    assert_snapshot!("pruned", shop.run(1, &["migrate", "--prune"]));
    assert_eq!(shop.column(HISTORY)[..before.len()], before[..], "what was there is there");
    assert_snapshot!("pruned_history", shop.run(1, &["history"]));
    assert_snapshot!("pruned_show", shop.run(1, &["showmigrations"]));
    assert!(shop.run(1, &["migrate", "--prune"]).contains("nothing to prune"));
    assert!(shop.run(1, &["migrate"]).contains("1 migration applied"), "the one behind the squash");
    assert_whole(&shop, "3");
    let said = shop.run(1, &["migrate", "--rollback", "1", "--yes"]);
    assert!(said.contains("0004_note") && said.contains("1 migration undone"), "{said}");
    let said = shop.run(1, &["migrate", "--rollback", "1", "--yes"]);
    assert!(said.contains("0003_squashed_from_0001") && said.contains("1 migration undone"), "{said}");
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0\n"));
    assert_whole(&shop, "0");
}

#[test]
fn a_database_with_some_of_a_squash_prunes_nothing() {
    let shop = shop("0002");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    without_parts(&shop);
    assert!(shop.run(1, &["migrate", "--prune"]).contains("nothing to prune"));
    assert!(shop.run(1, &["migrate"]).contains("error[E276]"));
    assert_snapshot!("pruned_some_show", shop.run(1, &["showmigrations"]));
}

#[test]
fn an_edited_part_keeps_its_squash_waiting_until_it_is_repaired() {
    let shop = shop("0003");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    for file in shop.migrations() {
        let path = shop.dir().join("migrations/shop").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("varchar(80)", "varchar(90)")).unwrap();
    }
    shop.run(1, &["render", "--force"]);
    assert!(shop.run(1, &["migrate"]).contains("error[E602]"));
    let said = shop.run(1, &["repair", "--yes"]);
    assert!(said.contains("error[E606]") && said.contains("varchar(80), not varchar(90)"), "{said}");
    let before = shop.column(HISTORY);
    crate::repair::by_hand(&shop);
    let said = shop.run(1, &["repair", "--yes"]);
    assert!(said.starts_with("exit 0") && said.contains("shop.0001_initial stays applied"), "{said}");
    let recorded = shop.column(HISTORY)[before.len()..].to_vec();
    assert!(recorded.iter().all(|event| event.ends_with(" repaired")), "{recorded:?}");
    assert!(shop.run(1, &["migrate"]).contains("1 migration applied"), "the one behind the squash");
    assert!(shop.column(HISTORY).contains(&"0003_squashed_from_0001 replaced".to_owned()));
    assert_whole(&shop, "3");
}

#[test]
fn a_squash_that_was_repaired_stays_where_it_was_in_the_order() {
    let shop = shop("0004");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0"));
    let squash = "0003_squashed_from_0001.toml";
    let more = "[[operations]]\nop = \"run_sql\"\nsql = [\"SELECT 1\"]\nreverse = [\"SELECT 1\"]\ntouches = []\n\n[[operations]]";
    let path = shop.dir().join("migrations/shop").join(squash);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("[[operations]]", more, 1)).unwrap();
    let rendered = shop.run(1, &["render", "--force"]);
    assert!(rendered.starts_with("exit 0"), "{rendered}");
    let said = shop.run(1, &["repair", "--yes"]);
    assert!(said.contains("shop.0003_squashed_from_0001 stays applied"), "{said}");
    let said = shop.run(1, &["migrate", "--rollback", "1", "--yes"]);
    assert!(said.contains("1 migration undone") && said.contains("0004_note"), "{said}");
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
}

#[test]
fn an_edited_part_of_a_squash_is_shown_as_edited() {
    let shop = shop("0003");
    shop.run(1, &["squashmigrations", "shop", "0003"]);
    shop.edit("0001_initial.toml", "varchar(80)", "varchar(90)");
    assert_snapshot!("squashed_edited_show", shop.run(1, &["showmigrations"]));
}

#[test]
fn what_inserts_by_the_order_of_columns_finds_the_columns_that_it_was_written_for() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    let insert = "\n[[operations]]\nop = \"run_sql\"\nsql = [\"INSERT INTO shop_customer VALUES (1, 'ann', 'ann@x', 5)\"]\n\
                  reverse = [\"DELETE FROM shop_customer\"]\ntouches = [\"Customer\"]\n";
    write(&shop, "0002_ann.toml", "dependencies = [\"shop.0001_initial\"]", insert);
    let away = "\n[[operations]]\nop = \"remove_field\"\nmodel = \"Customer\"\nfield = { name = \"name\", type = \"varchar(80)\" }\n";
    write(&shop, "0003_nameless.toml", "dependencies = [\"shop.0002_ann\"]", away);
    let rendered = shop.run(1, &["render"]);
    assert!(rendered.starts_with("exit 0"), "{rendered}");
    let said = shop.run(1, &["squashmigrations", "shop", "0003"]);
    assert!(said.starts_with("exit 0"), "{said}");
    let said = shop.run(1, &["migrate"]);
    assert!(said.starts_with("exit 0"), "{said}");
    assert_eq!(shop.column("SELECT id || mail || balance FROM shop_customer"), ["1ann@x5"]);
}
