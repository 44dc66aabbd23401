//! Models that move to another app: the rows stay, also where nobody is left in the old one.

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn a_model_goes_to_another_app_with_its_rows() {
    let shop = Shop::with_rows();
    assert_snapshot!("moved_make", shop.run(7, &["makemigrations"]));
    assert_snapshot!("moved_again", shop.run(7, &["makemigrations"]));
    assert_snapshot!("moved_migrate", shop.run(7, &["migrate"]));
    assert_eq!(shop.column("SELECT mail FROM people_customer ORDER BY id"), ["a@example.com", "b@example.com"]);
    assert_eq!(shop.column("SELECT customer_id FROM shop_purchase ORDER BY id"), ["1", "1", "2"]);
    assert_snapshot!("moved_show", shop.run(7, &["showmigrations"]));
    assert_snapshot!("moved_back", shop.run(7, &["migrate", "shop", "0001"]));
    assert_eq!(shop.column("SELECT mail FROM shop_customer ORDER BY id"), ["a@example.com", "b@example.com"]);
    shop.run(7, &["migrate"]);
    assert_eq!(shop.column("SELECT count(*) FROM people_customer"), ["2"]);
}

#[test]
fn a_move_into_a_new_app_is_folded_where_it_can_be() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    assert_snapshot!("moved_update", shop.run(7, &["makemigrations", "--update"]));
    assert_eq!(shop.migrations().len(), 1, "the move went into the last migration");
    shop.run(7, &["migrate"]);
    assert_eq!(shop.column("SELECT count(*) FROM people_customer"), ["0"]);
    assert_snapshot!("moved_update_again", shop.run(7, &["makemigrations", "--check"]));
}

#[test]
fn a_move_that_nobody_declared_is_asked_about() {
    let shop = Shop::with_rows();
    assert_snapshot!("moved_open", shop.run(8, &["makemigrations"]));
    assert_eq!(shop.migrations(), ["0001_initial.toml"], "an open question writes nothing");
    let moves = ["--rename", "shop.Customer:people.Customer", "--rename", "shop.Purchase:people.Purchase"];
    let make = [&["makemigrations", "shop"], &moves[..]].concat();
    assert_snapshot!("moved_all", shop.run(8, &make));
    shop.run(8, &["migrate"]);
    assert_eq!(shop.column("SELECT mail FROM people_customer ORDER BY id"), ["a@example.com", "b@example.com"]);
    assert_eq!(shop.column("SELECT amount FROM people_purchase ORDER BY id"), ["1", "7", "3"]);
    assert_snapshot!("moved_all_again", shop.run(8, &["makemigrations"]));
    assert_snapshot!("moved_all_zero", shop.run(8, &["migrate", "people", "zero"]));
    assert_eq!(shop.column("SELECT amount FROM shop_purchase ORDER BY id"), ["1", "7", "3"]);
}

/// A program that names another crate than the one that holds the shop looks like one whose shop is gone.
#[test]
fn an_app_without_models_keeps_its_tables_until_somebody_says_otherwise() {
    let shop = Shop::with_rows();
    let make = |also: &str| {
        let no = |model: &str| format!("\"move_model:people.{model}:shop.{model}\" = \"no\"\n");
        let answers = no("Customer") + &no("Purchase") + also;
        std::fs::write(shop.dir().join("answers.toml"), answers).unwrap();
        shop.run(8, &["makemigrations", "--answers", "answers.toml"])
    };
    assert_snapshot!("forgotten_open", make(""));
    assert_snapshot!("forgotten_migrate", shop.run(8, &["migrate"]));
    assert_snapshot!("forgotten_no", make("\"delete_app:shop\" = \"no\"\n"));
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
    assert_snapshot!("forgotten_yes", make("\"delete_app:shop\" = \"yes\"\n"));
    shop.run(8, &["migrate", "--yes"]);
    assert_eq!(shop.column("SELECT name FROM sqlite_schema WHERE name LIKE 'shop%'"), [""; 0]);
}

#[test]
fn the_folder_of_a_misspelt_app_is_named() {
    let shop = Shop::with_rows();
    let folder = |app: &str| shop.dir().join("migrations").join(app);
    std::fs::create_dir(folder("shpo")).unwrap();
    std::fs::copy(folder("shop").join("0001_initial.toml"), folder("shpo").join("0001_initial.toml")).unwrap();
    assert_snapshot!("forgotten_misspelt", shop.run(1, &["migrate"]));
}

#[test]
fn a_slip_in_a_move_loses_nothing() {
    let shop = Shop::with_rows();
    assert_snapshot!("moved_slip_old", shop.run(8, &["makemigrations", "--rename", "shop.Custmer:people.Customer"]));
    assert_snapshot!("moved_slip_new", shop.run(8, &["makemigrations", "--rename", "shop.Customer:people.Custmer"]));
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
}
