//! Values that a migration itself gives: what they would break is counted on every server before anything changes.

#![allow(clippy::expect_used, clippy::panic, reason = "clippy knows tests, and not the functions that they share")]

use fastdjango_core::migration::{Migration, parse};
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::live::{Live, Server, block_on, servers_of_any_age};

const AUTHOR: &str = r#"
[[operations]]
op = "create_model"
model = "Author"
table = "author"
fields = [
    { name = "id", type = "bigint" },
    { name = "born", type = "bigint" },
]
primary_key = ["id"]
constraints = [
    { name = "author_both", kind = "unique", fields = ["id", "born"] },
]
"#;

/// Posts with more fields.
fn posts(fields: &str) -> String {
    format!(
        r#"
[[operations]]
op = "create_model"
model = "Post"
table = "post"
fields = [
    {{ name = "id", type = "bigint" }},{fields}
]
primary_key = ["id"]
"#
    )
}

/// A field that refers to an author.
fn key(more: &str) -> String {
    format!(r#"{{ name = "author", type = "foreign_key", to = "blog.Author", on_delete = "cascade"{more} }}"#)
}

const NUMBER: &str = r#"{ name = "author", type = "bigint", column = "author_id", null = true }"#;

fn add(field: &str, fill: &str) -> String {
    format!("\n[[operations]]\nop = \"add_field\"\nmodel = \"Post\"\nfield = {field}\n{fill}\n")
}

fn alter(from: &str, to: &str, fill: &str) -> String {
    format!("\n[[operations]]\nop = \"alter_field\"\nmodel = \"Post\"\nfrom = {from}\nto = {to}\n{fill}\n")
}

fn migration(operations: &str) -> Migration {
    parse(&"blog".into(), &"m".into(), "m", &format!("format = 1\n{operations}")).expect("a migration")
}

fn after(mut state: ProjectState, migration: &Migration) -> ProjectState {
    for operation in &migration.operations {
        operation.apply(&migration.app, &mut state).expect("it fits");
    }
    state
}

/// A change that rows stop, and what goes right after a correction of them.
struct Stop {
    before: String,
    change: String,
    rows: &'static str,
    /// What is told after the number of rows.
    why: &'static str,
    correction: &'static str,
}

/// The rows stop the change before anything is other than it was; once they are corrected, it runs.
async fn stops(server: &Server, stop: &Stop) {
    let place = format!("{}: {}", server.name, stop.change);
    let before = after(ProjectState::default(), &migration(&stop.before));
    let change = migration(&stop.change);
    let planned = plan(&change.app, &change.operations, &before, server.dialect()).expect("steps");
    let mut live = Live::new(server).await;
    live.create(&before).await;
    live.run(stop.rows).await.expect("rows");
    let was = (live.catalog().await, live.dump().await);
    let told = live.steps(&before, &planned.up).await.expect_err(&place);
    let told: Vec<(&str, &str)> = told.diagnostics().iter().map(|d| (d.code, d.message.as_str())).collect();
    assert!(told.iter().any(|(code, message)| *code == "E624" && message.ends_with(stop.why)), "{place}: {told:?}");
    assert_eq!((live.catalog().await, live.dump().await), was, "{place}: something changed");
    live.run(stop.correction).await.expect("a correction");
    live.steps(&before, &planned.up).await.unwrap_or_else(|why| panic!("{place}: {why}"));
    live.like_fresh(&after(before, &change)).await.unwrap_or_else(|why| panic!("{place}: {why}"));
    live.remove().await;
}

fn each_stops(stops_of: &[Stop]) {
    std::thread::scope(|scope| {
        for server in servers_of_any_age() {
            scope.spawn(move || {
                block_on(async {
                    for stop in stops_of {
                        stops(&server, stop).await;
                    }
                });
            });
        }
    });
}

#[test]
fn a_value_of_a_foreign_key_that_names_no_row_changes_nothing() {
    let why = "rows of `post` would get 9 in `author_id`, which names no row of `author`";
    let rows = "INSERT INTO author VALUES (1, 1900); INSERT INTO post (id) VALUES (1), (2)";
    let correction = "INSERT INTO author VALUES (9, 1900)";
    let with = |fields: &str| format!("{AUTHOR}{}", posts(fields));
    let null = key(", null = true");
    each_stops(&[
        Stop { before: with(""), change: add(&key(""), "fill = 9"), rows, why, correction },
        // A default of the database is a value of every row that is there.
        Stop { before: with(""), change: add(&key(", default = 9"), ""), rows, why, correction },
        Stop { before: with(""), change: add(&key(", null = true, default = 9"), ""), rows, why, correction },
        Stop { before: with(&null), change: alter(&null, &key(""), "fill = 9"), rows, why, correction },
        Stop { before: with(NUMBER), change: alter(NUMBER, &key(""), "fill = 9"), rows, why, correction },
        // Only rows that have none get it.
        Stop {
            before: with(NUMBER),
            change: alter(NUMBER, &key(""), "fill = 9"),
            rows: "INSERT INTO author VALUES (1, 1900); INSERT INTO post VALUES (1, 1), (2, NULL)",
            why: "1 rows of `post` would get 9 in `author_id`, which names no row of `author`",
            correction: "UPDATE post SET author_id = 1",
        },
    ]);
}

#[test]
fn a_row_of_several_pairs_is_found_before_its_pairs_become_a_value() {
    let many = r#"{ name = "author", type = "many_to_many", to = "blog.Author" }"#;
    let before = || format!("{AUTHOR}{}", posts(many));
    let rows = "INSERT INTO author VALUES (1, 1900), (2, 1950); INSERT INTO post (id) VALUES (1), (2);
        INSERT INTO post_author VALUES (1, 1), (1, 2)";
    each_stops(&[
        Stop {
            before: before(),
            change: alter(many, &key(", null = true"), ""),
            rows,
            why: "1 rows of `post` have more than one pair in `post_author`",
            correction: "DELETE FROM post_author WHERE author_id = 2",
        },
        Stop {
            before: before(),
            change: alter(many, &key(""), ""),
            rows: "INSERT INTO author VALUES (1, 1900); INSERT INTO post (id) VALUES (1), (2);
                INSERT INTO post_author VALUES (1, 1)",
            why: "1 rows of `post` have no pair in `post_author`, and need a value",
            correction: "INSERT INTO post_author VALUES (2, 1)",
        },
    ]);
}

#[test]
fn a_row_of_which_an_expression_makes_nothing_is_found_first() {
    let started = |ty: &str| format!(r#"{{ name = "started", type = "{ty}" }}"#);
    let before = || format!("{AUTHOR}{}", posts(&started("varchar(20)")));
    let using = r#"using = { sqlite = "nullif(started, 'never')", postgres = "CAST(nullif(started, 'never') AS date)", mysql = "nullif(started, 'never')" }"#;
    each_stops(&[Stop {
        before: before(),
        change: alter(&started("varchar(20)"), &started("date"), using),
        rows: "INSERT INTO post VALUES (1, '2020-01-02'), (2, 'never')",
        why: "1 rows of `post` would get no `started` by the expression of its `using`",
        correction: "UPDATE post SET started = '2020-01-03' WHERE id = 2",
    }]);
}

#[test]
fn a_value_in_a_key_of_several_columns_is_asked_for_with_the_others() {
    let both = r#"
[[operations]]
op = "add_constraint"
model = "Post"
constraint = { name = "post_author", kind = "foreign_key", fields = ["author", "born"], to = "blog.Author", to_fields = ["id", "born"], on_delete = "cascade" }
"#;
    let born = r#"{ name = "born", type = "bigint" }"#;
    let empty = r#"{ name = "born", type = "bigint", null = true }"#;
    let with = |fields: &str| format!("{AUTHOR}{}", posts(fields));
    each_stops(&[
        Stop {
            before: with(NUMBER),
            change: add(born, "fill = 1900") + both,
            rows: "INSERT INTO author VALUES (1, 1900), (2, 1950); INSERT INTO post VALUES (1, 1), (2, 2), (3, NULL)",
            why: "1 rows of `post` would get 1900 in `born`, which names no row of `author`",
            correction: "DELETE FROM post WHERE id = 2",
        },
        Stop {
            before: with(&format!("{NUMBER}, {empty}")),
            change: alter(NUMBER, &NUMBER.replace(", null = true", ""), "fill = 2")
                + &alter(empty, born, "fill = 1900")
                + both,
            rows: "INSERT INTO author VALUES (1, 1900), (2, 1950); INSERT INTO post VALUES (1, 1, NULL), (2, NULL, 1950), (3, NULL, NULL)",
            why: "1 rows of `post` would get 2 in `author_id` and 1900 in `born`, which names no row of `author`",
            correction: "DELETE FROM post WHERE id = 3",
        },
    ]);
}

#[test]
fn a_table_that_comes_with_the_key_has_no_row() {
    let why = "rows of `post` would get 9 in `author_id`, which names no row of `author`";
    let rows = "INSERT INTO post (id) VALUES (1), (2)";
    let correction = "DELETE FROM post";
    let from = || posts(NUMBER);
    each_stops(&[
        Stop { before: posts(""), change: format!("{AUTHOR}{}", add(&key(""), "fill = 9")), rows, why, correction },
        Stop {
            before: from(),
            change: format!("{AUTHOR}{}", alter(NUMBER, &key(""), "fill = 9")),
            rows,
            why,
            correction,
        },
        Stop {
            before: from(),
            change: format!("{AUTHOR}{}", alter(NUMBER, &key(", null = true"), "")),
            rows: "INSERT INTO post VALUES (1, 1), (2, NULL)",
            why: "1 rows of `post` refer by `author_id` to no row of `author`",
            correction: "UPDATE post SET author_id = NULL",
        },
    ]);
}

#[test]
fn one_value_for_all_rows_is_not_given_to_what_tells_them_apart() {
    let unique = |fields: &str| {
        format!(
            "\n[[operations]]\nop = \"add_constraint\"\nmodel = \"Post\"\n\
             constraint = {{ name = \"post_apart\", kind = \"unique\", fields = [{fields}] }}\n"
        )
    };
    let index = "\n[[operations]]\nop = \"add_index\"\nmodel = \"Post\"\n\
                 index = { name = \"post_apart\", fields = [\"lang\", \"no\"], unique = true }\n";
    let key =
        "\n[[operations]]\nop = \"alter_primary_key\"\nmodel = \"Post\"\nfrom = [\"id\"]\nto = [\"no\", \"lang\"]\n";
    let no = r#" { name = "no", type = "bigint" },"#;
    let lang = r#"{ name = "lang", type = "varchar(2)" }"#;
    let rows = "INSERT INTO post VALUES (1, 7), (2, 7), (3, 8)";
    let correction = "DELETE FROM post WHERE id = 2";
    let several = "1 values of `no`, `lang` would stand in several rows of `post`";
    let number = r#"{ name = "number", type = "bigint", default = 4 }"#;
    each_stops(&[
        Stop {
            before: posts(""),
            change: add(lang, "fill = 'en'") + &unique("\"lang\""),
            rows: "INSERT INTO post VALUES (1), (2)",
            why: "1 values of `lang` would stand in several rows of `post`",
            correction: "DELETE FROM post WHERE id = 2",
        },
        Stop {
            before: posts(no),
            change: add(lang, "fill = 'en'") + &add(number, "") + &unique("\"number\", \"lang\""),
            rows,
            why: "1 values of `number`, `lang` would stand in several rows of `post`",
            correction: "DELETE FROM post WHERE id <> 2",
        },
        Stop {
            before: posts(no),
            change: add(lang, "fill = 'en'") + &unique("\"no\", \"lang\""),
            rows,
            why: several,
            correction,
        },
        Stop { before: posts(no), change: add(lang, "fill = 'en'") + key, rows, why: several, correction },
        Stop {
            before: posts(no),
            change: add(lang, "fill = 'en'") + index,
            rows,
            why: "1 values of the unique index `post_apart` stand in several rows of `post`",
            correction,
        },
    ]);
}
