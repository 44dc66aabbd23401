//! What only another tool knows: types, and options of models and fields. They are carried along, compared, and no SQL of ours.

use fastdjango_core::detect::{Answers, Past, detect};
use fastdjango_core::dialect::{Dialect, Mysql, Postgres, Sqlite};
use fastdjango_core::field::{ColumnType, Opaque, Options};
use fastdjango_core::migration::{Migration, MigrationDocument, parse, parse_state, write};
use fastdjango_core::name::ModelRef;
use fastdjango_core::operation::{Operation, optimize, suggest_name};
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::{Planned, plan};
use fastdjango_core::state::{FieldKind, Hints, ProjectState};
use fastdjango_tests::generate::{answer_all, apply_all, initial, pair};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::schemas::faults;

fn state(models: &Value) -> ProjectState {
    let document = json!({ "format": 1, "models": models });
    assert_eq!(faults("state", &document), Vec::<String>::new(), "{document}");
    let described = parse_state("state.json", &document.to_string()).expect("a state");
    ProjectState { models: described.models.into_iter().collect(), enums: described.enums.into_iter().collect() }
}

/// A post with what a tool says of it, and with what it says of the title.
fn post(options: &Value, of_title: &Value) -> ProjectState {
    let title = json!({ "name": "title", "type": "text", "options": of_title });
    let tags = json!({ "name": "alike", "type": "many_to_many", "to": "blog.Post", "options": of_title });
    let id = json!({ "name": "id", "type": "bigint", "auto": true });
    let model = json!({ "table": "blog_post", "fields": [id, title, tags], "primary_key": ["id"], "options": options });
    state(&json!({ "blog.Post": model }))
}

/// The only migration from one state to another, which the schema and the files' format know.
fn migration(previous: &ProjectState, next: &ProjectState) -> Migration {
    let previous = initial(previous).expect("a first migration");
    let mut migrations = answer_all(Pair::new(&previous, next)).migrations;
    let migration = migrations.pop().expect("a migration");
    assert_eq!(migrations, []);
    assert_eq!(faults("migration", &MigrationDocument::from(&migration)), Vec::<String>::new());
    let read = parse(&migration.app, &migration.name, "file", &write(&migration));
    assert_eq!(read.expect("what was written").operations, migration.operations);
    migration
}

/// The operations as `diff --json` prints them.
fn operations(previous: &ProjectState, next: &ProjectState) -> Value {
    serde_json::to_value(migration(previous, next).operations).expect("JSON")
}

fn everywhere() -> [&'static dyn Dialect; 4] {
    [&Sqlite::DEFAULT, &Postgres::DEFAULT, &Mysql::MYSQL, &Mysql::MARIADB]
}

#[test]
fn options_are_compared_and_come_back_as_operations_without_sql() {
    let before = post(&json!({ "verbose_name": "Post", "ordering": ["-id"] }), &json!({ "help_text": "short" }));
    let after = post(&json!({ "ordering": ["-id", "title"], "limit": 1.5 }), &json!({ "help_text": "" }));
    let of = |name: &str, text: &str| {
        let mut field = json!({ "name": name, "type": "text", "options": { "help_text": text } });
        if name == "alike" {
            field["type"] = json!("many_to_many");
            field["to"] = json!("blog.Post");
        }
        field
    };
    let altered =
        |name: &str| json!({ "op": "alter_field", "model": "Post", "from": of(name, "short"), "to": of(name, "") });
    let options = json!({
        "op": "alter_model_options",
        "model": "Post",
        "from": { "verbose_name": "Post", "ordering": ["-id"] },
        "to": { "ordering": ["-id", "title"], "limit": 1.5 },
    });
    assert_eq!(operations(&before, &after), json!([options, altered("title"), altered("alike")]));
    let migration = migration(&before, &after);
    assert_eq!(suggest_name(&migration.operations), "alter_post_options_alter_post_title_alter_post_alike");
    let words: Vec<String> = migration.operations.iter().map(|operation| operation.describe().to_string()).collect();
    assert_eq!(
        words,
        [
            "~ Post option limit = 1.5, option ordering [\"-id\"] → [\"-id\", \"title\"], no longer option verbose_name",
            "~ Post.title option help_text \"short\" → \"\"",
            "~ Post.alike option help_text \"short\" → \"\"",
        ]
    );
    let before = initial(&before).expect("a first migration");
    for dialect in everywhere() {
        let planned = plan(&migration.app, &migration.operations, &before, dialect).expect("a plan");
        assert_eq!(planned, Planned { up: vec![], down: Some(vec![]) });
    }
}

#[test]
fn another_order_of_options_and_none_at_all_are_no_difference() {
    let none = json!({});
    let without = json!({ "blog.Post": { "table": "t", "fields": [{ "name": "id", "type": "bigint" }] } });
    let with = json!({ "blog.Post": {
        "table": "t", "fields": [{ "name": "id", "type": "bigint", "options": none }], "options": none
    } });
    assert_eq!(state(&without), state(&with));
    let one = post(&serde_json::from_str("{\"a\": 1, \"b\": {\"c\": 1, \"d\": 2}}").expect("JSON"), &none);
    let other = post(&serde_json::from_str("{\"b\": {\"d\": 2, \"c\": 1}, \"a\": 1}").expect("JSON"), &none);
    assert_eq!(one, other);
    let list = |list: Value| post(&json!({ "a": list }), &none);
    assert_ne!(list(json!([1, 2])), list(json!([2, 1])));
    assert_ne!(list(json!(1)), list(json!(1.0)));
}

#[test]
fn options_go_with_what_they_are_said_of() {
    let text = |text: &str| json!({ "help_text": text });
    let first = migration(&ProjectState::default(), &post(&text("a"), &text("b"))).operations;
    let change = migration(&post(&text("a"), &text("b")), &post(&text("c"), &text("d"))).operations;
    let rename: Operation =
        serde_json::from_value(json!({ "op": "rename_model", "from": "Post", "to": "Page" })).expect("one");
    let all = [first, change.clone(), vec![rename.clone()]].concat();
    let mut page = initial(&post(&text("c"), &text("d"))).expect("a first migration");
    rename.apply(&"blog".into(), &mut page).expect("a rename");
    let fewest = optimize(&"blog".into(), all);
    let mut reached = ProjectState::default();
    for operation in &fewest {
        operation.apply(&"blog".into(), &mut reached).expect("it fits");
    }
    assert_eq!((fewest.len(), reached), (1, page));
    // What goes needs no change before, and comes back as it was before that.
    let delete: Operation = serde_json::from_value(json!({
        "op": "delete_model",
        "model": "Post",
        "table": "blog_post",
        "fields": [{ "name": "id", "type": "bigint" }],
        "options": { "help_text": "c" },
    }))
    .expect("one");
    let shorter = optimize(&"blog".into(), vec![change[0].clone(), delete]);
    let deleted = serde_json::to_value(&shorter).expect("JSON");
    assert_eq!((shorter.len(), &deleted[0]["op"], &deleted[0]["options"]), (1, &json!("delete_model"), &text("a")));
    // There and back again is nothing, and what is set twice is set once.
    let back: Vec<Operation> = change.iter().rev().filter_map(Operation::reverse).collect();
    assert_eq!(optimize(&"blog".into(), [change.clone(), back].concat()), []);
    let again = migration(&post(&text("c"), &text("d")), &post(&text("e"), &text("f"))).operations;
    let once = migration(&post(&text("a"), &text("b")), &post(&text("e"), &text("f"))).operations;
    assert_eq!(optimize(&"blog".into(), [change, again].concat()), once);
}

#[test]
fn what_no_file_can_hold_is_told_with_its_place() {
    let told = |options: &str| {
        let text = format!(
            "{{\"format\": 1, \"models\": {{\"a.B\": {{\"table\": \"t\", \"fields\": [],\n\"options\": {options}}}}}}}"
        );
        parse_state("x", &text).expect_err("no options").to_string()
    };
    assert_eq!(
        told("{ \"a\": [{ \"b\": 9223372036854775808 }] }"),
        "error[E264]: `b` is a number that cannot be held exactly\n  --> x:2:27\n   = help: write it in quotes"
    );
    assert_eq!(told("[]"), "error[E264]: `options` must be an object, not a list\n  --> x:2:12");
    let file = "format = 1\n[[operations]]\nop = 'alter_model_options'\nmodel = 'P'\nto = { a = 2026-01-31 }";
    let wrong = parse(&"a".into(), &"0001_x".into(), "x", file).expect_err("no options").to_string();
    assert!(wrong.contains("`a` must be a value, not a date or time"), "{wrong}");
}

/// Products with a field of some definition, and pieces of them with a reference to one.
fn product(field: &Value) -> ProjectState {
    let id =
        json!({ "name": "code", "type": "opaque(shop.Code)", "parameters": { "length": 8 }, "db_type": "char(8)" });
    let product = json!({ "table": "shop_product", "fields": [id, field], "primary_key": ["code"] });
    let of = json!({ "name": "of", "type": "foreign_key", "to": "shop.Product" });
    let piece = json!({ "table": "shop_piece", "fields": [of] });
    state(&json!({ "shop.Product": product, "shop.Piece": piece }))
}

#[test]
fn a_type_that_nobody_here_knows_is_compared_with_all_that_it_is_made_with() {
    let price =
        |digits: u8| json!({ "name": "price", "type": "opaque(shop.Money)", "parameters": { "digits": digits } });
    let cost = json!({ "name": "cost", "type": "opaque(shop.Cost)", "null": true });
    assert_eq!(
        operations(&product(&price(10)), &product(&price(12))),
        json!([{ "op": "alter_field", "model": "Product", "from": price(10), "to": price(12) }])
    );
    let change = migration(&product(&price(10)), &product(&price(12)));
    let words = "~ Product.price opaque(shop.Money) {digits = 10} → opaque(shop.Money) {digits = 12}";
    assert_eq!(change.operations[0].describe().to_string(), words);
    let priced = |digits: u8| {
        let mut field = price(digits);
        field["db_type"] = json!("numeric(12,2)");
        product(&field)
    };
    let words = "~ Product.price opaque(shop.Money) {digits = 10} as numeric(12,2) → opaque(shop.Money) {digits = 12} as numeric(12,2)";
    assert_eq!(migration(&priced(10), &priced(12)).operations[0].describe().to_string(), words);
    // One of another type is another field: nobody asks whether it is the same.
    assert_eq!(
        operations(&product(&price(10)), &product(&cost)),
        json!([
            { "op": "remove_field", "model": "Product", "field": price(10) },
            { "op": "add_field", "model": "Product", "field": cost },
        ])
    );
    let before = initial(&product(&price(10))).expect("a first migration");
    let renamed = json!({ "name": "amount", "type": "opaque(shop.Money)", "parameters": { "digits": 10 } });
    let next = product(&renamed);
    let detected = detect(Pair::new(&before, &next), &Hints::default(), &Past::default(), &Answers::new());
    let ids: Vec<&str> = detected.questions.iter().map(|question| question.id.as_str()).collect();
    assert_eq!(ids, ["rename_field:shop.Product.amount:price"]);
}

#[test]
fn such_a_type_has_the_sql_of_its_db_type_and_else_none() {
    let told = json!({ "name": "price", "type": "opaque(shop.Money)", "db_type": "numeric(12,2)", "default": "1.5" });
    let silent = json!({ "name": "price", "type": "opaque(shop.Money)", "parameters": { "digits": 12 } });
    let empty = ProjectState::default();
    for dialect in everywhere() {
        let first = migration(&empty, &product(&told));
        let planned = plan(&first.app, &first.operations, &empty, dialect).expect("a plan");
        let sql = format!("{planned:?}");
        assert!(
            !sql.contains("opaque") && sql.contains("numeric(12,2)") && sql.matches("char(8)").count() == 2,
            "{sql}"
        );
        let first = migration(&empty, &product(&silent));
        let refused = plan(&first.app, &first.operations, &empty, dialect).expect_err("no SQL").to_string();
        let (title, engine) = (dialect.engine().title(), dialect.engine());
        assert_eq!(
            refused,
            format!(
                "error[E426]: nobody here knows the type `shop.Money`, so that `shop.Product.price` has no SQL for {title}\n   \
                 = note: a type of the form `opaque(…)` is another tool's: it is carried and compared, and means nothing to a database\n   \
                 = help: say what the column is there: `db_type = {{ {engine} = \"…\" }}`, or a text for every database"
            )
        );
    }
}

/// The state with every text of some length as a type that nobody knows.
fn opaque(mut state: ProjectState) -> ProjectState {
    state.models.for_each_mut(|name, model| {
        for field in &mut model.fields {
            if let FieldKind::Column(ColumnType::Varchar(length)) = field.kind {
                let parameters = Options::from([("length".to_owned(), Opaque::Integer(length.into()))]);
                field.kind = FieldKind::Column(ColumnType::Opaque { name: format!("{}.Text", name.app), parameters });
            }
        }
    });
    state
}

/// Which app an enum is of follows from who made it.
fn same(one: &ProjectState, other: &ProjectState) -> bool {
    let with = |model: &ModelRef| one.models.get(model).zip(other.models.get(model));
    let mut models = one.models.keys().chain(other.models.keys());
    models.all(|model| with(model).is_some_and(|(one, other)| one.equivalent(other)))
        && one.enum_values() == other.enum_values()
}

fn fail(why: &dyn std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(why.to_string())
}

proptest! {
    #![proptest_config(crate::documents::tried())]

    #[test]
    fn what_is_detected_of_such_types_leads_there_and_back(states in pair()) {
        let states = Pair::new(initial(&opaque(states.previous)).map_err(|why| fail(&why))?, opaque(states.next));
        let detected = answer_all(states.as_ref());
        prop_assert!(detected.errors.is_empty(), "{}", detected.errors);
        let migrations = detected.migrations;
        let reached = apply_all(&migrations, &states.previous).map_err(|why| fail(&why))?;
        prop_assert!(same(&reached, &states.next));
        prop_assert_eq!(answer_all(Pair::new(&reached, &states.next)).migrations, vec![]);
        let mut back = reached;
        for migration in migrations.iter().rev() {
            let read = parse(&migration.app, &migration.name, "file", &write(migration)).map_err(|why| fail(&why))?;
            prop_assert_eq!(&read.operations, &migration.operations);
            for operation in migration.operations.iter().rev().filter_map(Operation::reverse) {
                operation.apply(&migration.app, &mut back).map_err(|why| fail(&why))?;
            }
        }
        prop_assert!(same(&back, &states.previous));
    }
}
