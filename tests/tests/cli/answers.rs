//! Answers of every kind: hints in the models, flags, files; and those that answer nothing.

use std::fs;

use insta::assert_snapshot;

use crate::shop::Shop;

const KEPT: &str = "keep_values:shop.Purchase.customer=yes";
const USING: &str = "using:shop.Purchase.amount=printf('00:00:%02d', amount)";
const BACK: &str = "reverse_using:shop.Purchase.amount=CAST(substr(amount, 7) AS integer)";

fn written(shop: &Shop) -> String {
    let second = shop.migrations().into_iter().nth(1).expect("a second migration");
    fs::read_to_string(shop.dir().join("migrations/shop").join(second)).unwrap()
}

#[test]
fn flags_answer_what_the_questions_ask() {
    let shop = Shop::with_rows();
    assert_snapshot!("flags_open", shop.run(9, &["makemigrations"]));
    let make = ["makemigrations", "--answer", KEPT, "--answer", USING, "--answer", BACK];
    assert_snapshot!("flags_make", shop.run(9, &make));
    let by_flags = written(&shop);
    shop.run(9, &["migrate", "--yes"]);
    assert_eq!(shop.column("SELECT amount FROM shop_purchase ORDER BY id"), ["00:00:01", "00:00:07", "00:00:03"]);
    let pairs = "SELECT purchase_id || ' of ' || customer_id FROM shop_purchase_customer ORDER BY purchase_id";
    assert_eq!(shop.column(pairs), ["1 of 1", "2 of 1", "3 of 2"]);
    assert_snapshot!("flags_make_again", shop.run(9, &make));
    shop.run(9, &["migrate", "shop", "0001", "--yes"]);
    assert_eq!(shop.column("SELECT amount FROM shop_purchase ORDER BY id"), ["1", "7", "3"]);
    assert_eq!(shop.column("SELECT customer_id FROM shop_purchase ORDER BY id"), ["1", "1", "2"]);

    let hinted = Shop::with_rows();
    assert_snapshot!("hints_make", hinted.run(10, &["makemigrations"]));
    assert_eq!(written(&hinted), by_flags, "a hint in the models is the same answer");
    // Hints are no state: whether they stay is no change.
    for version in [9, 10] {
        assert_snapshot!("hints_are_no_change", hinted.run(version, &["makemigrations", "--check"]));
    }
    let beside = ["makemigrations", "--answer", "using:shop.Purchase.amount='00:00:00'"];
    let fresh = Shop::with_rows();
    assert_snapshot!("hint_before_flag", fresh.run(10, &beside));
}

#[test]
fn a_flag_that_answers_nothing_is_told() {
    let shop = Shop::with_rows();
    for (name, answer) in [
        ("flag_no_kind", "fil:shop.Customer.name=x"),
        ("flag_no_field", "fill:shop.Customer.nmae=x"),
        ("flag_no_value", "fill:shop.Customer.name"),
        ("flag_half_a_table", "fill:shop.Customer.name={ sql = "),
        ("flag_of_nothing_asked", "fill:shop.Customer.name=x"),
    ] {
        assert_snapshot!(name, shop.run(1, &["makemigrations", "--answer", answer]));
    }
    let twice = ["makemigrations", "--answer", KEPT, "--answer", "keep_values:shop.Purchase.customer=no"];
    assert_snapshot!("flag_twice", shop.run(9, &twice));
    let rename = ["makemigrations", "--rename", "shop.Customer.mail:email"];
    shop.run(2, &rename);
    assert_snapshot!("flag_rename_again", shop.run(2, &rename));
}

#[test]
fn a_file_may_answer_what_is_not_asked_and_not_what_is_not_there() {
    let shop = Shop::with_rows();
    let file = "\"fill:shop.Customer.name\" = \"x\"\n\"fill:shop.Customer.nmae\" = \"x\"\n\"fil:shop\" = 1\n";
    fs::write(shop.dir().join("answers.toml"), file).unwrap();
    assert_snapshot!("file_astray", shop.run(1, &["makemigrations", "--answers", "answers.toml"]));
}

#[test]
fn a_flag_goes_before_a_file() {
    let shop = Shop::with_rows();
    let denied = "\"rename_field:shop.Customer.email:mail\" = \"no\"\n";
    fs::write(shop.dir().join("answers.toml"), denied).unwrap();
    let yes = "rename_field:shop.Customer.email:mail=yes";
    let diff = ["diff", "migrations", "models", "--answers", "answers.toml", "--answer", yes];
    assert_snapshot!("flag_before_file", shop.run(2, &diff));
    let unused = ["diff", "migrations", "models", "--answer", "fill:shop.Customer.name=x"];
    assert_snapshot!("diff_flag_unused", shop.run(1, &unused));
    let astray = ["diff", "empty", "empty", "--answer", "fill:shop.Customer.name=x"];
    assert_snapshot!("diff_flag_astray", shop.run(1, &astray));
}
