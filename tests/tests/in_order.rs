//! Operations of one migration on one table: each finds what the ones before it left, on every server, there and back.

#![allow(clippy::expect_used, clippy::panic, reason = "clippy knows tests, and not the functions that they share")]

use fastdjango_core::migration::{Migration, parse};
use fastdjango_core::operation::Operation;
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::live::{Live, Server, block_on, servers_of_any_age};

const Q: &str = r#"{ name = "q", type = "bigint" }"#;
const EMPTY: &str = r#"{ name = "q", type = "bigint", null = true }"#;
const B: &str = r#"{ name = "b", type = "bigint" }"#;

fn things(fields: &str) -> String {
    format!(
        r#"
[[operations]]
op = "create_model"
model = "Thing"
table = "thing"
fields = [
    {{ name = "id", type = "bigint" }},{fields}
]
primary_key = ["id"]
"#
    )
}

fn add(field: &str, fill: &str) -> String {
    format!("\n[[operations]]\nop = \"add_field\"\nmodel = \"Thing\"\nfield = {field}\n{fill}\n")
}

fn remove(field: &str, fill: &str) -> String {
    format!("\n[[operations]]\nop = \"remove_field\"\nmodel = \"Thing\"\nfield = {field}\n{fill}\n")
}

fn alter(from: &str, to: &str, fill: &str) -> String {
    format!("\n[[operations]]\nop = \"alter_field\"\nmodel = \"Thing\"\nfrom = {from}\nto = {to}\n{fill}\n")
}

fn rename(from: &str, to: &str) -> String {
    format!("\n[[operations]]\nop = \"rename_field\"\nmodel = \"Thing\"\nfrom = \"{from}\"\nto = \"{to}\"\n")
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

/// A migration, and what is in column `b` of the rows in the end.
struct Story {
    fields: &'static str,
    rows: &'static str,
    operations: String,
    values: [&'static str; 2],
}

impl Story {
    async fn told(&self, server: &Server) {
        let place = format!("{}: {}", server.name, self.operations);
        let before = after(ProjectState::default(), &migration(&things(self.fields)));
        let change = migration(&self.operations);
        let next = after(before.clone(), &change);
        let planned = plan(&change.app, &change.operations, &before, server.dialect()).expect("steps");
        let mut live = Live::new(server).await;
        live.create(&before).await;
        live.run(self.rows).await.expect("rows");
        live.steps(&before, &planned.up).await.unwrap_or_else(|why| panic!("{place}: {why}\n{:#?}", planned.up));
        live.like_fresh(&next).await.unwrap_or_else(|why| panic!("{place}: {why}"));
        self.holds(&mut live, &place).await;
        if let Some(down) = planned.down {
            live.steps(&next, &down).await.unwrap_or_else(|why| panic!("{place}: back: {why}"));
            live.like_fresh(&before).await.unwrap_or_else(|why| panic!("{place}: back: {why}"));
        }
        live.remove().await;
        self.told_back(server, &place).await;
    }

    /// The same operations as the way back of their reverse.
    async fn told_back(&self, server: &Server, place: &str) {
        let before = after(ProjectState::default(), &migration(&things(self.fields)));
        let change = migration(&self.operations);
        let next = after(before.clone(), &change);
        let reversed: Option<Vec<_>> = change.operations.iter().rev().map(Operation::reverse).collect();
        let planned = plan(&change.app, &reversed.expect("a way back"), &next, server.dialect()).expect("steps");
        let mut live = Live::new(server).await;
        live.create(&before).await;
        live.run(self.rows).await.expect("rows");
        let down = planned.down.expect("a way back");
        live.steps(&before, &down).await.unwrap_or_else(|why| panic!("{place}: as the way back: {why}"));
        self.holds(&mut live, place).await;
        live.remove().await;
    }

    async fn holds(&self, live: &mut Live, place: &str) {
        for (id, value) in self.values.iter().enumerate() {
            let held = live.text(&format!("SELECT b FROM thing WHERE id = {}", id + 1)).await;
            assert_eq!(held, *value, "{place}: row {}", id + 1);
        }
    }
}

fn each_holds(stories: &[Story]) {
    std::thread::scope(|scope| {
        for server in servers_of_any_age() {
            scope.spawn(move || {
                block_on(async {
                    for story in stories {
                        story.told(&server).await;
                    }
                });
            });
        }
    });
}

const ROWS: &str = "INSERT INTO thing (id, q) VALUES (1, 2), (2, NULL)";
const FULL: &str = "INSERT INTO thing (id, q) VALUES (1, 2), (2, 3)";

#[test]
fn a_fill_finds_the_values_that_were_filled_before_it() {
    let by = r#"fill = { sql = "q * 10" }"#;
    each_holds(&[
        Story {
            fields: EMPTY,
            rows: ROWS,
            operations: alter(EMPTY, Q, "fill = 9") + &add(B, by),
            values: ["20", "90"],
        },
        Story {
            fields: EMPTY,
            rows: ROWS,
            operations: alter(EMPTY, Q, "fill = 9") + &rename("q", "p") + &add(B, r#"fill = { sql = "p * 10" }"#),
            values: ["20", "90"],
        },
        // A column that is there already.
        Story {
            fields: r#"{ name = "q", type = "bigint", null = true }, { name = "b", type = "bigint", null = true }"#,
            rows: ROWS,
            operations: alter(EMPTY, Q, "fill = 9") + &alter(&B.replace(" }", ", null = true }"), B, by),
            values: ["20", "90"],
        },
    ]);
}

#[test]
fn a_fill_finds_the_values_of_a_computed_column_over_what_was_filled() {
    let twice = r#"{ name = "q", type = "bigint", null = true }, { name = "c", type = "bigint", null = true, generated = { expression = "q * 2", stored = true } }"#;
    each_holds(&[Story {
        fields: twice,
        rows: ROWS,
        operations: alter(EMPTY, Q, "fill = 9") + &add(B, r#"fill = { sql = "c + 1" }"#),
        values: ["5", "19"],
    }]);
}

#[test]
fn a_fill_finds_the_columns_that_were_added_before_it() {
    let a = |more: &str| format!(r#"{{ name = "a", type = "bigint"{more} }}"#);
    let by = r#"fill = { sql = "a + 1" }"#;
    for (field, fill, value) in [(a(""), "fill = 1", "2"), (a(", default = 4"), "", "5")] {
        each_holds(&[Story {
            fields: EMPTY,
            rows: ROWS,
            operations: add(&field, fill) + &add(B, by),
            values: [value; 2],
        }]);
    }
    each_holds(&[Story {
        fields: Q,
        rows: FULL,
        operations: add(&a(""), r#"fill = { sql = "q + 1" }"#) + &add(B, by),
        values: ["4", "5"],
    }]);
}

#[test]
fn a_fill_finds_a_column_of_the_type_that_it_was_given_before_it() {
    let text = r#"{ name = "q", type = "varchar(20)" }"#;
    each_holds(&[Story {
        fields: Q,
        rows: FULL,
        operations: alter(Q, text, "")
            + &add(
                r#"{ name = "b", type = "varchar(40)" }"#,
                r#"fill = { sql = { sqlite = "replace(typeof(q), 'text', '') || q", postgres = "replace(CAST(pg_typeof(q) AS text), 'character varying', '') || q", mysql = "concat(q)" } }"#,
            ),
        values: ["2", "3"],
    }]);
}

#[test]
fn a_fill_finds_what_only_goes_or_changes_after_it() {
    let by = r#"fill = { sql = "coalesce(q, 1) * 10" }"#;
    each_holds(&[
        Story {
            fields: EMPTY,
            rows: ROWS,
            operations: add(B, by) + &alter(EMPTY, Q, "fill = 9"),
            values: ["20", "10"],
        },
        Story { fields: EMPTY, rows: ROWS, operations: add(B, by) + &remove(EMPTY, ""), values: ["20", "10"] },
        Story {
            fields: EMPTY,
            rows: ROWS,
            operations: add(B, by)
                + "\n[[operations]]\nop = \"rename_model\"\nfrom = \"Thing\"\nto = \"Item\"\n"
                + &alter(EMPTY, Q, "fill = 9").replace("Thing", "Item"),
            values: ["20", "10"],
        },
    ]);
}
