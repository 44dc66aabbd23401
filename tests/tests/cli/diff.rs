//! `diff` and `optimize`: what leads from one state to another, and from many operations to few.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::shop::Shop;

/// The files of the shop's folder, with their texts.
fn files(shop: &Shop) -> Vec<(String, String)> {
    let folder = shop.dir().join("migrations/shop");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.map(|p| (p.display().to_string(), fs::read_to_string(&p).unwrap())).collect();
    files.sort();
    files
}

/// Exit code and both streams of a command that reads a text.
fn piped(shop: &Shop, arguments: &[&str], input: &str) -> String {
    let mut command = shop.command(1, arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    format!("exit {code}\n--- stdout\n{}--- stderr\n{}", text(output.stdout), text(output.stderr))
}

#[test]
fn help_says_what_can_be_compared() {
    let shop = Shop::new();
    assert_snapshot!("help_diff", shop.run(1, &["diff", "--help"]));
    assert_snapshot!("help_optimize", shop.run(1, &["optimize", "--help"]));
}

#[test]
fn what_makemigrations_would_write_is_shown_and_nothing_is_written() {
    let shop = Shop::new();
    assert_snapshot!("diff_first", shop.run(1, &["diff", "migrations", "models", "--sql", "sqlite"]));
    assert!(!shop.dir().join("migrations").exists() && !shop.database().exists());
    shop.run(1, &["makemigrations"]);
    let before = files(&shop);
    assert_snapshot!("diff_none", shop.run(1, &["diff", "migrations", "models"]));
    assert_snapshot!("diff_backwards", shop.run(1, &["diff", "models", "empty"]));
    assert_snapshot!("diff_open", shop.run(2, &["diff", "migrations", "models"]));
    fs::write(shop.dir().join("a.toml"), "\"rename_field:shop.Customer.email:mail\" = \"yes\"\n").unwrap();
    let answered = &["diff", "migrations", "models", "--answers", "a.toml"];
    assert_snapshot!("diff_answered", shop.run(2, answered));
    assert_snapshot!("diff_answered_json", shop.run(2, &[&answered[..], &["--json"]].concat()));
    assert_snapshot!("diff_answered_sql", shop.run(2, &[&answered[..], &["--sql", "mariadb"]].concat()));
    assert_eq!(files(&shop), before);
}

#[test]
fn models_differ_from_no_snapshot_of_theirs_in_either_direction() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    let none = "exit 0\n--- stdout\nno differences\n--- stderr";
    for snapshot in ["snapshot:migrations", "snapshot:migrations/shop", "snapshot:migrations/shop/snapshot.json"] {
        assert_eq!(shop.run(1, &["diff", snapshot, "models"]), none, "{snapshot}");
        assert_eq!(shop.run(1, &["diff", "models", snapshot]), none, "{snapshot}");
        assert_eq!(shop.run(1, &["diff", "migrations", snapshot]), none, "{snapshot}");
    }
    assert_eq!(shop.run(1, &["diff", "models", "migrations"]), none);
    let json = shop.json(3, &["diff", "snapshot:migrations", "models", "--json"]);
    assert_eq!(json["questions"][0]["id"], "fill:shop.Customer.country");
    assert_eq!(json["migrations"], serde_json::json!([]));
}

#[test]
fn the_migrations_of_json_are_those_that_makemigrations_writes() {
    let shop = Shop::new();
    let json = shop.json(1, &["diff", "migrations", "models", "--json", "--sql", "sqlite"]);
    shop.run(1, &["makemigrations"]);
    let file = fs::read_to_string(shop.dir().join("migrations/shop/0001_initial.toml")).unwrap();
    let mut file: serde_json::Value = toml::from_str(&file).unwrap();
    file["app"] = "shop".into();
    file["name"] = "0001_initial".into();
    assert_eq!(json["migrations"], serde_json::json!([file]));
}

#[test]
fn a_database_differs_from_nothing_that_made_it() {
    let shop = Shop::with_rows();
    let none = "exit 0\n--- stdout\nno differences\n--- stderr";
    for other in ["models", "migrations", "snapshot:migrations", "db:default", "sqlite:db.sqlite3"] {
        assert_eq!(shop.run(1, &["diff", "db:default", other]), none, "{other}");
        assert_eq!(shop.run(1, &["diff", other, "db:sqlite://db.sqlite3"]), none, "{other}");
    }
    let renamed = shop.run(2, &["diff", "db:default", "models"]);
    assert_eq!(renamed, shop.run(2, &["diff", "migrations", "models"]).replace("      after shop.0001_initial\n", ""));
}

#[test]
fn what_somebody_changed_in_a_database_is_a_difference() {
    let shop = Shop::with_rows();
    for statement in BY_HAND {
        shop.column(statement);
    }
    let before = shop.column("SELECT sql FROM sqlite_schema ORDER BY name");
    assert_snapshot!("diff_by_hand", shop.run(1, &["diff", "models", "db:default"]));
    assert_snapshot!("diff_by_hand_back", shop.run(1, &["diff", "db:default", "models", "--sql", "sqlite"]));
    let whole = shop.json(1, &["diff", "empty", "db:default", "--json", "--sql", "sqlite"]);
    assert_snapshot!("diff_by_hand_whole", shop.run(1, &["diff", "empty", "db:default"]));
    assert_eq!(shop.column("SELECT sql FROM sqlite_schema ORDER BY name"), before, "nothing is written");
    let copy = Shop::new();
    let sections =
        whole["migrations"].as_array().unwrap().iter().flat_map(|m| m["sql"]["sqlite"]["up"].as_array().unwrap());
    fs::write(copy.database(), "").unwrap();
    for step in sections {
        copy.column(step.as_str().unwrap());
    }
    let copied = format!("db:sqlite:{}", copy.database().display());
    let same = shop.run(1, &["diff", "db:default", &copied]);
    assert_eq!(same, "exit 0\n--- stdout\nno differences\n--- stderr", "a database made of the operations is the same");
}

/// Something of each kind that a database can have besides.
const BY_HAND: [&str; 4] = [
    "ALTER TABLE shop_customer ADD COLUMN nick varchar(20) DEFAULT 'it''s' CHECK (nick <> '')",
    "CREATE INDEX by_nick ON shop_customer (nick DESC) WHERE nick IS NOT NULL",
    "CREATE TABLE shop_wish (code text PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop_customer (id) ON DELETE CASCADE)",
    "CREATE TABLE \"Odd name\" (a integer, b integer, wish text REFERENCES shop_wish, PRIMARY KEY (a, b), UNIQUE (b, wish))",
];

#[test]
fn a_database_that_cannot_be_asked_is_named_without_its_password() {
    let shop = Shop::new();
    for (name, from) in [
        ("diff_db_unknown", "db:defualt"),
        ("diff_db_no_file", "db:default"),
        ("diff_db_no_such_file", "sqlite:nowhere.sqlite3"),
        ("diff_db_no_url", "db:oracle://scott:tiger@host/db"),
        ("diff_db_no_scheme", "pg://scott:tiger@host/db"),
        ("diff_db_no_server", "postgres://scott:tiger@127.0.0.1:1/db"),
    ] {
        let told = shop.run(1, &["diff", from, "models"]);
        assert!(!told.contains("tiger"), "{told}");
        assert_snapshot!(name, told);
    }
    assert!(!shop.database().exists());
}

#[test]
fn what_cannot_be_compared_is_said_to_be_none() {
    let shop = Shop::new();
    assert_snapshot!("diff_unknown", shop.run(1, &["diff", "database:default", "model"]));
    assert_snapshot!("diff_unknown_engine", shop.run(1, &["diff", "empty", "models", "--sql", "oracle"]));
    assert_snapshot!("diff_leaf", shop.run(1, &["diff", "empty", "models", "--leaf", "0001_initial"]));
    assert_snapshot!("diff_no_file", shop.run(1, &["diff", "empty", "snapshot:nowhere.json"]));
    assert_snapshot!("diff_no_snapshot", shop.run(1, &["diff", "empty", "snapshot:."]));
    assert_snapshot!("diff_no_answers", shop.run(1, &["diff", "empty", "models", "--answers", "nowhere.toml"]));
    assert_snapshot!("diff_twice", shop.run(1, &["diff", "snapshot:-", "snapshot:-"]));
}

#[test]
fn every_fault_of_a_document_is_told_with_its_place() {
    let shop = Shop::new();
    let state = r#"{
  "format": 1,
  "models": {
    "Post": { "table": "a_post", "fields": [] },
    "a.Tag": { "table": "a_tag", "fields": [{ "name": "id", "type": "varchar(x)", "nul": true }], "colour": "red" },
    "a.Link": { "fields": [{ "name": "to", "type": "foreign_key" }] }
  }
}"#;
    assert_snapshot!("diff_faults", piped(&shop, &["diff", "empty", "snapshot:-"], state));
    let contradictory = r#"{ "format": 1, "models": {
  "a.Post": { "table": "a_post", "primary_key": ["key"], "fields": [
    { "name": "id", "type": "bigint" }, { "name": "tag", "type": "foreign_key", "to": "a.Tag" },
    { "name": "author", "type": "foreign_key", "to": "a.Author" }, { "name": "other", "type": "text", "column": "id" },
    { "name": "state", "type": "enum(state)" }] },
  "a.Tag": { "table": "a_post", "fields": [{ "name": "id", "type": "bigint" }], "indexes": [{ "fields": ["nam"] }] } } }"#;
    assert_snapshot!("diff_contradictions", piped(&shop, &["diff", "empty", "snapshot:-"], contradictory));
    for (name, text) in [
        ("diff_no_json", "{ \"format\": 1,\n  \"models\": { \"a.Post\" } }"),
        ("diff_newer", "{ \"format\": 2, \"models\": {} }"),
        ("diff_cut", "{ \"format\": 1, \"models\": {"),
        ("diff_list", "[]"),
        ("diff_conflict", "{\n<<<<<<< HEAD\n\"format\": 1\n=======\n\"format\": 1\n>>>>>>> other\n}\n"),
    ] {
        assert_snapshot!(name, piped(&shop, &["diff", "snapshot:-", "empty"], text));
    }
}

#[test]
fn answers_are_read_as_json_too() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    let diff = &["diff", "snapshot:migrations", "models", "--answers", "-", "--json"];
    let closed = piped(&shop, diff, "{\"fill:shop.Customer.country\": {\"sql\": \"'DE'\"}}");
    assert!(closed.starts_with("exit 0\n"), "{closed}");
    assert_snapshot!(
        "diff_wrong_answers",
        piped(&shop, diff, "{\n  \"fill:shop.Customer.country\": [],\n  \"b\": {\"sqll\": 1}\n}")
    );
}

#[test]
fn operations_become_fewer() {
    let shop = Shop::new();
    let operations = r#"{ "app": "blog", "operations": [
  { "op": "add_field", "model": "Post", "field": { "name": "stars", "type": "smallint", "default": 0, "comment": null } },
  { "op": "rename_field", "model": "Post", "from": "stars", "to": "rating" },
  { "op": "add_field", "model": "Post", "field": { "name": "gone", "type": "text", "null": true } },
  { "op": "remove_field", "model": "Post", "field": { "name": "gone", "type": "text", "null": true } }
] }"#;
    assert_snapshot!("optimize", piped(&shop, &["optimize"], operations));
    assert_snapshot!("optimize_json", piped(&shop, &["optimize", "--json", "-"], operations));
    let shorter = piped(&shop, &["optimize", "--json"], operations);
    let shorter = shorter.lines().nth(2).unwrap();
    let again = piped(&shop, &["optimize", "--json"], shorter);
    assert_eq!(again.lines().nth(2), Some(shorter), "what is short stays as it is");
    assert_snapshot!("optimize_none", piped(&shop, &["optimize", "nowhere.json"], ""));
    let wrong = operations.replace("\"rename_field\"", "\"rename_feild\"").replace("\"smallint\"", "12");
    assert_snapshot!("optimize_wrong", piped(&shop, &["optimize", "--json"], &wrong));
}

/// The statements of a step, which is a text or an object.
fn statements(step: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let own = ["autocommit", "verify", "sql"].iter().filter_map(|key| step.get(key));
    let own = own.flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
    text(step).into_iter().chain(own.filter_map(|value| text(&value))).collect()
}

#[test]
fn a_tool_that_runs_the_sql_of_two_documents_keeps_its_rows_there_and_back() {
    let shop = Shop::new();
    shop.run(1, &["migrate", "--init"]);
    let state = |fields: &str| {
        format!(
            r#"{{ "format": 1, "models": {{ "blog.Post": {{ "table": "blog_post", "primary_key": ["id"],
              "fields": [{{ "name": "id", "type": "bigint", "auto": true }}, {fields}] }} }} }}"#
        )
    };
    let before = state(r#"{ "name": "permalink", "type": "varchar(60)" }"#);
    let after = state(r#"{ "name": "slug", "type": "text" }, { "name": "rating", "type": "smallint" }"#);
    let answers = r#"{ "rename_field:blog.Post.slug:permalink": "yes", "fill:blog.Post.rating": 3 }"#;
    for (file, text) in [("before.json", &before[..]), ("after.json", &after), ("answers.json", answers)] {
        fs::write(shop.dir().join(file), text).unwrap();
    }
    let run = |arguments: &[&str], way: &str| {
        let json = shop.json(1, &[&["diff"], arguments, &["--json", "--sql", "sqlite"]].concat());
        let steps = json["migrations"][0]["sql"]["sqlite"][way].as_array().expect("steps");
        for statement in steps.iter().flat_map(statements) {
            shop.column(&statement);
        }
    };
    run(&["empty", "snapshot:before.json"], "up");
    shop.column("INSERT INTO blog_post (permalink) VALUES ('a'), ('b')");
    let change = ["snapshot:before.json", "snapshot:after.json", "--answers", "answers.json"];
    run(&change, "up");
    assert_eq!(shop.column("SELECT slug || rating FROM blog_post ORDER BY id"), ["a3", "b3"]);
    run(&change, "down");
    assert_eq!(shop.column("SELECT permalink FROM blog_post ORDER BY id"), ["a", "b"]);
}
