//! What is refused rather than guessed, hidden or passed over: slips, secrets, folders that are not there.

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn a_rename_of_what_never_was_writes_nothing() {
    let shop = Shop::with_rows();
    assert_snapshot!("slip_new", shop.run(4, &["makemigrations", "--rename", "shop.Customer.mail:emial"]));
    assert_snapshot!("slip_model", shop.run(4, &["makemigrations", "--rename", "shop.Client:Custommer"]));
    assert_snapshot!("slip_old", shop.run(2, &["makemigrations", "--rename", "shop.Customer.mial:email"]));
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
}

