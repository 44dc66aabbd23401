//! A squash on databases that have none of what it stands for, some of it, and all.

use insta::assert_snapshot;

use crate::rebased::{NAMED, NAMELESS, POINTS, write};
use crate::shop::Shop;

const NOTE: &str = r#"
[[operations]]
op = "add_field"
model = "Customer"
field = { name = "note", type = "text", null = true }
"#;

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
    for old in ["0001_initial", "0002_points", "0003_nameless"] {
        std::fs::remove_file(shop.dir().join(format!("migrations/shop/{old}.toml"))).unwrap();
    }
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
