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
fn no_migration_at_all_is_no_up_to_date_database() {
    let shop = Shop::new();
    for arguments in [&["migrate"][..], &["migrate", "--check"], &["migrate", "--plan"]] {
        let output = shop.run(1, arguments);
        assert!(output.starts_with("exit 1\n") && output.contains("error[E605]"), "{arguments:?}: {output}");
    }
    assert_snapshot!("no_migrations", shop.run(1, &["migrate"]));
    assert_eq!(shop.column("SELECT name FROM sqlite_schema"), Vec::<String>::new());
}

#[test]
fn nothing_to_undo_is_not_called_up_to_date() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    assert_snapshot!("nothing_to_undo", shop.run(1, &["migrate", "--rollback"]));
    assert_snapshot!("nothing_to_undo_of_an_app", shop.run(1, &["migrate", "shop", "zero"]));
    assert_snapshot!("rollback_of_none", shop.run(1, &["migrate", "--rollback", "0"]));
    shop.run(1, &["migrate"]);
    assert_snapshot!("already_there", shop.run(1, &["migrate", "shop", "0001"]));
    assert_snapshot!("empty_target", shop.run(1, &["migrate", "shop", ""]));
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

#[test]
fn a_folder_without_settings_is_no_project() {
    let shop = Shop::new();
    std::fs::create_dir(shop.dir().join("elsewhere")).unwrap();
    assert_snapshot!("no_project", shop.run(1, &["migrate", "--project", "elsewhere"]));
    assert_snapshot!("no_folder", shop.run(1, &["migrate", "--project", "nowhere"]));
    std::fs::write(shop.dir().join("fastdjango.toml"), "").unwrap();
    shop.run(1, &["makemigrations", "--project", "elsewhere"]);
    assert_eq!(shop.migrations(), ["0001_initial.toml"], "a folder above it has settings");
}

#[test]
fn a_merge_that_was_not_finished_is_said_once() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    let conflict = "<<<<<<< HEAD\nformat = 1\n=======\nformat = 1\n>>>>>>> other\n";
    shop.edit("0001_initial.toml", "format = 1\n", conflict);
    assert_snapshot!("merge_conflict", shop.run(1, &["migrate"]));
    assert_snapshot!("merge_conflict_show", shop.run(1, &["showmigrations"]));
}

#[test]
fn a_file_that_cannot_be_read_hides_no_other() {
    let shop = Shop::with_rows();
    let path = shop.dir().join("migrations/shop/0002_broken.toml");
    std::fs::write(path, "format = 1\ndependencies = [\"shop.0001_initial\"]\n[[operations]\n").unwrap();
    assert_snapshot!("broken_file_show", shop.run(1, &["showmigrations"]));
    assert_snapshot!("broken_file_show_app", shop.run(1, &["showmigrations", "shopp"]));
}

#[test]
fn a_file_that_is_no_database_is_said_to_be_none() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    std::fs::write(shop.database(), "no database, but a text that is long enough to be taken for one".repeat(40))
        .unwrap();
    assert_snapshot!("no_database", shop.run(1, &["migrate"]));
}

#[test]
fn json_stays_one_document_where_two_commands_run_or_none_does() {
    let shop = Shop::new();
    let both = shop.json(1, &["migrate", "--init", "--json"]);
    assert_eq!(both["made"]["migrations"][0]["name"], "0001_initial");
    assert_eq!(both["ran"][0]["outcome"], "done");
    let misused = shop.json(1, &["migrate", "--json", "--bakcup", "x"]);
    assert_eq!(misused["error"][0]["code"], "E002");
    assert!(shop.run(1, &["migrate", "--json", "--bakcup", "x"]).starts_with("exit 2\n"));
}
