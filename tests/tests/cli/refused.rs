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

#[test]
fn a_secret_in_the_settings_never_shows() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    for settings in [
        "url = \"postgres://me:hunter2@db.example.com:notaport/shop\"",
        "engine = \"sqlite\"\nname = \"x\"\npasword = \"hunter2\"",
        "engine = \"sqlite\"\nname = \"x\"\npassword = hunter2",
        "engine = \"postgres\"\npassword = [\"hunter2\"]",
        "engine = \"sqlite\"\nname = \"postgres://me:hunter2@db.example.com/shop\"\nport = true",
        "hunter2",
    ] {
        std::fs::write(shop.dir().join("fastdjango.toml"), format!("[databases.default]\n{settings}\n")).unwrap();
        for arguments in [&["migrate", "--plan"][..], &["migrate", "--plan", "--json"], &["showmigrations", "-v"]] {
            let output = shop.run(1, arguments);
            assert!(output.starts_with("exit 1\n") && !output.contains("hunter2"), "{arguments:?}: {output}");
        }
    }
    std::fs::write(shop.dir().join("fastdjango.toml"), "[databases.default]\npasword = \"hunter2\"\n").unwrap();
    assert_snapshot!("secret_hidden", shop.run(1, &["migrate"]));
}

