//! Commands: whole output, whole errors, exit codes, and the rows after it.

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn help_fits_on_a_screen() {
    let shop = Shop::new();
    assert_snapshot!("help", shop.run(1, &["--help"]));
    assert_snapshot!("help_migrate", shop.run(1, &["migrate", "--help"]));
    assert_snapshot!("help_makemigrations", shop.run(1, &["makemigrations", "--help"]));
}

#[test]
fn every_command_is_a_function_too() {
    let page = include_str!("../../../docs/api.md");
    let help = Shop::new().run(1, &["--help"]);
    let list = help.split_once("Commands:").unwrap().1.split_once("Options:").unwrap().0;
    let commands: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands.into_iter().filter(|command| !["explain", "help"].contains(command)) {
        assert!(page.contains(&format!("\n| `{command}` | [")), "`{command}` has no line in docs/api.md");
    }
}

#[test]
fn the_first_five_minutes() {
    let shop = Shop::new();
    assert_snapshot!("first_show", shop.run(1, &["showmigrations"]));
    assert_snapshot!("first_dry_run", shop.run(1, &["makemigrations", "--dry-run"]));
    assert!(!shop.dir().join("migrations").exists(), "a dry run writes nothing");
    assert_snapshot!("first_make", shop.run(1, &["makemigrations"]));
    assert_snapshot!("first_make_again", shop.run(1, &["makemigrations"]));
    assert_snapshot!("first_sql", shop.run(1, &["sqlmigrate", "shop", "0001"]));
    assert_snapshot!("first_plan", shop.run(1, &["migrate", "--plan"]));
    assert!(!shop.database().exists(), "a plan makes no database");
    assert_snapshot!("first_migrate", shop.run(1, &["migrate"]));
    assert_snapshot!("first_migrate_again", shop.run(1, &["migrate"]));
    assert_snapshot!("first_show_applied", shop.run(1, &["showmigrations"]));
}

#[test]
fn a_snapshot_in_conflict_is_written_again() {
    let shop = Shop::with_rows();
    let file = shop.dir().join("migrations/shop/snapshot.json");
    let right = std::fs::read_to_string(&file).unwrap();
    let conflict = format!("<<<<<<< HEAD\n{right}");
    std::fs::write(&file, &conflict).unwrap();
    shop.run(1, &["makemigrations", "--check"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), conflict, "a check writes nothing");
    assert_snapshot!("snapshot_conflict", shop.run(1, &["makemigrations"]));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), right);
}

#[test]
fn init_makes_everything_that_is_missing_and_nothing_else() {
    let shop = Shop::new();
    assert_snapshot!("init", shop.run(1, &["migrate", "--init"]));
    assert_snapshot!("init_again", shop.run(1, &["migrate", "--init"]));
}

#[test]
fn a_rename_that_nobody_declared_is_asked_about_and_never_guessed() {
    let shop = Shop::with_rows();
    assert_snapshot!("rename_open", shop.run(2, &["makemigrations"]));
    assert_eq!(shop.migrations(), ["0001_initial.toml"], "an open question writes nothing");
    assert_snapshot!("rename_answered", shop.run(2, &["makemigrations", "--rename", "shop.Customer.mail:email"]));
    shop.run(2, &["migrate"]);
    assert_eq!(shop.column("SELECT email FROM shop_customer ORDER BY id"), ["a@example.com", "b@example.com"]);
    assert_eq!(shop.column("SELECT amount FROM shop_purchase ORDER BY id"), ["1", "7", "3"]);
}

#[test]
fn answers_can_stand_in_a_file() {
    let shop = Shop::with_rows();
    let file = shop.dir().join("answers.toml");
    assert_snapshot!("answers_written", shop.run(2, &["makemigrations", "--answers", "answers.toml"]));
    let text = std::fs::read_to_string(&file).unwrap();
    assert_snapshot!("answers_file", text);
    let answered: Vec<&str> =
        text.lines().map(|line| if line.contains("= \"yes\"") { &line[2..] } else { line }).collect();
    std::fs::write(&file, answered.join("\n")).unwrap();
    assert_snapshot!("answers_used", shop.run(2, &["makemigrations", "--answers", "answers.toml"]));
}

#[test]
fn a_missing_value_is_asked_for_with_the_ways_out() {
    let shop = Shop::with_rows();
    assert_snapshot!("value_missing", shop.run(3, &["makemigrations", "--noinput"]));
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
    assert_snapshot!("check_finds_changes", shop.run(3, &["makemigrations", "--check"]));
}

#[test]
fn a_change_arrives_and_goes_back_with_every_row() {
    let shop = Shop::with_rows();
    assert_snapshot!("change_make", shop.run(4, &["makemigrations", "--name", "countries"]));
    assert_snapshot!("change_check", shop.run(4, &["migrate", "--check"]));
    assert_snapshot!("change_migrate", shop.run(4, &["migrate", "--backup", "before.sqlite3"]));
    assert!(shop.dir().join("before.sqlite3").exists());
    assert_eq!(shop.column("SELECT country FROM shop_customer"), ["PT", "PT"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
    assert_snapshot!("rollback_refused", shop.run(4, &["migrate", "--rollback"]));
    assert_eq!(shop.column("SELECT country FROM shop_customer"), ["PT", "PT"], "a refused rollback changes nothing");
    assert_snapshot!("rollback", shop.run(4, &["migrate", "--rollback", "1", "--yes"]));
    assert_eq!(shop.column("SELECT mail FROM shop_customer ORDER BY id"), ["a@example.com", "b@example.com"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
}

#[test]
fn text_that_was_not_reviewed_does_not_run() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    shop.edit("0001_initial.toml", "\"name\" varchar(80) NOT NULL", "\"name\" varchar(80)");
    assert_snapshot!("text_edited", shop.run(1, &["migrate"]));
    let shown = shop.run(1, &["sqlmigrate", "shop", "0001"]);
    assert!(
        shown.contains("error[E243]") && !shown.contains("CREATE TABLE"),
        "what does not run is not shown: {shown}"
    );
    shop.edit("0001_initial.toml", "[sql.sqlite]\n", "[sql.sqlite]\nedited = \"names may be missing\"\n");
    assert_snapshot!("text_edited_with_reason", shop.run(1, &["migrate"]));
    assert_eq!(shop.column("SELECT \"notnull\" FROM pragma_table_info('shop_customer') WHERE name = 'name'"), ["0"]);
}

#[test]
fn changed_operations_are_rendered_again_before_they_run() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    shop.edit("0001_initial.toml", "type = \"varchar(80)\"", "type = \"varchar(90)\"");
    assert_snapshot!("input_changed", shop.run(1, &["migrate"]));
    assert!(shop.run(1, &["sqlmigrate", "shop", "0001"]).contains("error[E241]"));
    assert!(shop.column("SELECT name FROM sqlite_schema WHERE name LIKE 'shop%'").is_empty(), "nothing was run");
    assert_snapshot!("input_rendered", shop.run(1, &["render"]));
    assert_snapshot!("input_runs", shop.run(1, &["migrate"]));
}

#[test]
fn files_and_history_that_disagree_are_told_apart() {
    let shop = Shop::with_rows();
    shop.edit("0001_initial.toml", "type = \"varchar(80)\"", "type = \"varchar(90)\"");
    assert_snapshot!("history_edited", shop.run(1, &["migrate"]));
    assert_snapshot!("history_edited_show", shop.run(1, &["showmigrations"]));
    shop.edit("0001_initial.toml", "type = \"varchar(90)\"", "type = \"varchar(80)\" ");
    assert_snapshot!("history_white_space", shop.run(1, &["migrate"]));
    std::fs::remove_file(shop.dir().join("migrations/shop/0001_initial.toml")).unwrap();
    assert_snapshot!("history_file_gone", shop.run(1, &["migrate"]));
}

#[test]
fn wrong_words_are_answered_with_the_right_ones() {
    let shop = Shop::new();
    assert_snapshot!("no_models", shop.run(0, &["makemigrations"]));
    assert_snapshot!("unknown_command", shop.run(1, &["makemigration"]));
    assert_snapshot!("unknown_app", shop.run(1, &["makemigrations", "shopp"]));
    shop.run(1, &["makemigrations"]);
    assert_snapshot!("unknown_migration", shop.run(1, &["migrate", "shop", "0009"]));
    assert_snapshot!("unknown_database", shop.run(1, &["migrate", "--database", "replica"]));
    std::fs::write(shop.dir().join("fastdjango.toml"), "[databases.default]\nengin = \"sqlite\"\n").unwrap();
    assert_snapshot!("unknown_setting", shop.run(1, &["migrate"]));
}

#[test]
fn a_code_is_explained() {
    let shop = Shop::new();
    assert_snapshot!("explain", shop.run(1, &["explain", "e301"]));
    assert_snapshot!("explain_unknown", shop.run(1, &["explain", "E3O1"]));
    let all = shop.run(1, &["explain"]);
    assert!(all.contains("E301  rows that exist would have no value\n"), "{all}");
    let one = shop.json(1, &["explain", "W101", "--json"]);
    assert_eq!((&one["code"], &one["title"]), (&"W101".into(), &"a column goes, with its values".into()));
    let all = shop.json(1, &["explain", "--json"]);
    assert_eq!(all["codes"][0]["code"], "E000");
}

#[test]
fn json_is_one_document_and_nothing_else() {
    let shop = Shop::new();
    let made = shop.json(1, &["makemigrations", "--json"]);
    assert_eq!(made["migrations"][0]["name"], "0001_initial");
    assert_eq!(made["written"], true);
    let ran = shop.json(1, &["migrate", "--json"]);
    assert_eq!(ran["ran"][0]["outcome"], "done");
    let shown = shop.json(1, &["showmigrations", "--json"]);
    assert_eq!(shown["migrations"][0]["status"], "applied");
    let failed = shop.json(1, &["migrate", "nosuch", "--json"]);
    assert_eq!(failed["error"][0]["code"], "E601");
}

#[test]
fn what_ran_is_what_was_printed() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    shop.run(1, &["migrate"]);
    shop.run(4, &["makemigrations"]);
    let printed = shop.run(4, &["sqlmigrate", "shop", "0002"]);
    let ran = shop.run(4, &["migrate", "--verbose"]);
    let statements = printed.lines().filter(|line| !line.starts_with("--") && !line.trim().is_empty());
    for line in statements.skip(2) {
        let line = line.trim_end_matches(';').trim();
        assert!(ran.contains(line), "`{line}` was printed, and did not run:\n{ran}");
    }
}

#[test]
fn a_migration_of_ones_own_runs_both_ways() {
    let shop = Shop::with_rows();
    assert_snapshot!("empty_make", shop.run(1, &["makemigrations", "shop", "--empty", "--name", "upper"]));
    let path = shop.dir().join("migrations/shop/0002_upper.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_snapshot!("empty_file", &text);
    let filled = text
        .replacen("# [[operations]]", "[[operations]]", 1)
        .replacen("# op =", "op =", 1)
        .replace(
            "# sql = [\"UPDATE … SET …\", \"one statement each\"]",
            "sql = [\"UPDATE shop_customer SET name = lower(name)\"]",
        )
        .replace("# reverse = [\"UPDATE … SET …\"]", "reverse = [\"UPDATE shop_customer SET name = upper(name)\"]");
    std::fs::write(&path, filled).unwrap();
    assert_snapshot!("empty_not_rendered", shop.run(1, &["migrate"]));
    assert_snapshot!("empty_render", shop.run(1, &["render"]));
    assert_snapshot!("empty_migrate", shop.run(1, &["migrate"]));
    assert_eq!(shop.column("SELECT name FROM shop_customer"), ["a", "b"]);
    assert_snapshot!("empty_rollback", shop.run(1, &["migrate", "shop", "0001"]));
    assert_eq!(shop.column("SELECT name FROM shop_customer"), ["A", "B"]);
}

#[test]
fn a_faked_migration_is_recorded_and_does_not_run() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    assert_snapshot!("fake", shop.run(1, &["migrate", "--fake"]));
    assert_snapshot!("fake_show", shop.run(1, &["showmigrations"]));
    assert!(shop.column("SELECT name FROM sqlite_schema WHERE name LIKE 'shop%'").is_empty(), "nothing ran");
    assert_snapshot!("fake_undone", shop.run(1, &["migrate", "shop", "zero", "--fake"]));
    shop.run(1, &["migrate"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_customer"), ["0"], "then it can run");
    let events = shop.column("SELECT event FROM fastdjango_migrations WHERE app = 'shop' ORDER BY id");
    assert_eq!(events, ["faked", "reverted", "applied"], "the history keeps everything");
}

#[test]
fn settings_choose_the_database_and_the_names() {
    let shop = Shop::new();
    let settings = "[databases.default]\nengine = \"sqlite\"\nname = \"one.sqlite3\"\n\n\
                    [databases.other]\nengine = \"sqlite\"\nname = \"${SHOP_DIR}/two.sqlite3\"\n\n\
                    [migrations]\nnaming = \"timestamp\"\n";
    std::fs::write(shop.dir().join("fastdjango.toml"), settings).unwrap();
    shop.run(1, &["makemigrations"]);
    let names = shop.migrations();
    let digits = names[0].strip_prefix("0_").and_then(|rest| rest.strip_suffix("_initial.toml")).unwrap();
    assert!(digits.len() == 14 && digits.bytes().all(|b| b.is_ascii_digit()), "{names:?}");
    shop.run(1, &["migrate", "--database", "other", "--quiet"]);
    assert!(shop.dir().join("two.sqlite3").exists() && !shop.dir().join("one.sqlite3").exists());
    shop.run(4, &["makemigrations"]);
    shop.run(4, &["migrate"]);
    assert!(shop.dir().join("one.sqlite3").exists());
}

#[test]
fn a_password_never_shows() {
    let shop = Shop::new();
    for url in [
        "postgres://me:hunter2@db.example.com/shop",
        "postgres://me:hunter2@db.example.com:notaport/shop",
        "hunter2://me:hunter2@x",
    ] {
        for arguments in [&["migrate"][..], &["migrate", "--json"], &["showmigrations", "-v"], &["makemigrations"]] {
            let output = shop.command(1, arguments).env("DATABASE_URL", url).output().unwrap();
            let all = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(!all.contains("me:hunter2"), "{arguments:?}: {all}");
        }
    }
}

#[test]
fn a_renamed_file_that_says_its_former_name_is_relabelled() {
    let shop = Shop::with_rows();
    let folder = shop.dir().join("migrations/shop");
    let text = std::fs::read_to_string(folder.join("0001_initial.toml")).unwrap();
    std::fs::remove_file(folder.join("0001_initial.toml")).unwrap();
    let text = text.replace("dependencies = []", "dependencies = []\nformerly = [\"0001_initial\"]");
    std::fs::write(folder.join("0002_initial.toml"), text).unwrap();
    assert_snapshot!("formerly_show", shop.run(1, &["showmigrations"]));
    assert_snapshot!("formerly_migrate", shop.run(1, &["migrate"]));
    let events = shop.column("SELECT name || ' ' || event FROM fastdjango_migrations WHERE app = 'shop' ORDER BY id");
    assert_eq!(events, ["0001_initial applied", "0001_initial relabelled", "0002_initial applied"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"], "nothing ran");
    shop.run(1, &["migrate"]);
    assert_eq!(shop.column("SELECT count(*) FROM fastdjango_migrations WHERE app = 'shop'"), ["3"], "once is enough");
}
