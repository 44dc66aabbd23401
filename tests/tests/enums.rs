//! A native enum of two apps, on every server: from any use of it to any other.

#![allow(clippy::expect_used, clippy::panic, reason = "clippy knows tests, and not the functions that they share")]

use std::collections::BTreeMap;
use std::thread;

use fastdjango_core::detect::{Answers, Past, detect};
use fastdjango_core::field::{ColumnType, Default, Engine, Literal};
use fastdjango_core::name::ModelRef;
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::{EnumState, FieldKind, FieldState, Hints, ModelState, ProjectState};
use fastdjango_tests::live::{Live, block_on, servers_of_any_age};

/// Posts and orders of two apps, each with a status of a type and a default, where the second app owns the enum.
fn statuses(post: Option<(&str, &str)>, order: Option<(&str, &str)>, values: &[&str]) -> ProjectState {
    let field = |(ty, default): (&str, &str)| {
        let default = (!default.is_empty()).then(|| Default::Value(Literal::Text(default.to_owned())));
        let kind = FieldKind::Column(ty.parse().expect("a type"));
        FieldState { default, null: true, ..FieldState::new("status", kind) }
    };
    let model = |table: &str, status: Option<(&str, &str)>| {
        let mut model = ModelState::new(table);
        model.fields.push(FieldState::new("id", FieldKind::Column(ColumnType::BigInt)));
        model.fields.extend(status.map(field));
        model.primary_key = vec!["id".into()];
        model
    };
    let mut state = ProjectState::default();
    state.models.insert(ModelRef::new("blog", "Post"), model("blog_post", post));
    state.models.insert(ModelRef::new("shop", "Order"), model("shop_order", order));
    if !values.is_empty() {
        let values = values.iter().map(ToString::to_string).collect();
        state.enums.insert("status".to_owned(), EnumState { app: "shop".into(), values });
    }
    state
}

/// Goes from one state to another, and sees that the catalog is what it was when that state was there before.
async fn go(live: &mut Live, (before, after): (&ProjectState, &ProjectState), known: &mut Option<String>) {
    let detected = detect(Pair::new(before, after), &Hints::default(), &Past::default(), &Answers::new());
    assert!(detected.errors.is_empty() && detected.questions.is_empty());
    let mut state = before.clone();
    for migration in &detected.migrations {
        let planned = plan(&migration.app, &migration.operations, &state, live.dialect()).expect("steps");
        let ran = live.steps(&state, &planned.up).await;
        ran.unwrap_or_else(|why| panic!("{why}\n{before:#?}\n{after:#?}\n{:#?}", planned.up));
        for operation in &migration.operations {
            operation.apply(&migration.app, &mut state).expect("it fits");
        }
    }
    // Columns have no order here, and new ones come last.
    let catalog = live.catalog().await;
    assert_eq!(known.get_or_insert_with(|| catalog.clone()), &catalog, "{before:#?}\n{after:#?}");
}

#[test]
fn an_enum_of_two_apps_goes_from_anything_to_anything() {
    let (own, text) = ("enum(status)", "varchar(9)");
    let states = [
        statuses(None, None, &[]),
        statuses(Some((text, "a")), Some((text, "b")), &[]),
        statuses(Some((own, "a")), None, &["a", "b"]),
        statuses(None, Some((own, "b")), &["a", "b"]),
        statuses(Some((own, "a")), Some((own, "b")), &["a", "b"]),
        statuses(Some((own, "c")), Some((own, "b")), &["c", "b"]),
        statuses(Some((own, "")), Some((own, "c")), &["b", "c", "a"]),
        statuses(Some((text, "c")), Some((own, "c")), &["c"]),
        statuses(Some((own, "c")), Some((text, "a")), &["c", "d"]),
    ];
    let (servers, states) = (&servers_of_any_age(), &states);
    thread::scope(|scope| {
        for server in servers {
            scope.spawn(move || {
                block_on(async {
                    let mut live = Live::new(server).await;
                    tour(&mut live, states).await;
                    live.remove().await;
                });
            });
        }
    });
}

/// Every way from one state to another, on one database.
async fn tour(live: &mut Live, states: &[ProjectState]) {
    live.create(&states[0]).await;
    let mut known = vec![None; states.len()];
    for here in 0..states.len() {
        for there in here + 1..states.len() {
            go(live, (&states[here], &states[there]), &mut known[there]).await;
            go(live, (&states[there], &states[here]), &mut known[here]).await;
        }
        if let Some(next) = states.get(here + 1) {
            go(live, (&states[here], next), &mut known[here + 1]).await;
        }
    }
}

#[test]
fn a_text_that_fills_rows_and_is_then_called_otherwise_has_its_last_name() {
    let before = statuses(None, Some(("enum(status)", "")), &["a", "b"]);
    let field = FieldState::new("size", FieldKind::Column(ColumnType::Enum("status".to_owned())));
    let fill = Some(Default::Value(Literal::Text("a".to_owned())));
    let texts = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
    let operations = [
        Operation::AddField { model: "Order".into(), field, fill },
        Operation::AlterEnum {
            r#enum: "status".to_owned(),
            from: texts(["a", "b"]),
            to: texts(["x", "b"]),
            renamed: BTreeMap::from([("a".to_owned(), "x".to_owned())]),
        },
    ];
    for server in servers_of_any_age() {
        block_on(async {
            let mut live = Live::new(&server).await;
            live.create(&before).await;
            live.run("INSERT INTO \"shop_order\" (\"id\", \"status\") VALUES (1, 'a')").await.expect("a row");
            let planned = plan(&"shop".into(), &operations, &before, live.dialect()).expect("steps");
            live.steps(&before, &planned.up).await.unwrap_or_else(|why| panic!("{}: {why}", server.name));
            let size = if server.engine() == Engine::Mysql || server.engine() == Engine::Mariadb {
                "`size`"
            } else {
                "\"size\""
            };
            assert_eq!(live.text(&format!("SELECT {size} FROM shop_order")).await, "x", "{}", server.name);
            live.remove().await;
        });
    }
}

#[test]
fn a_text_that_fills_rows_is_its_own_among_new_texts_and_among_those_that_change_places() {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let renamed = |from: [&str; 2], to: [&str; 2]| Operation::AlterEnum {
        r#enum: "status".to_owned(),
        from: texts(&from),
        to: texts(&to),
        renamed: from.map(str::to_owned).into_iter().zip(to.map(str::to_owned)).collect(),
    };
    let field = FieldState::new("size", FieldKind::Column(ColumnType::Enum("status".to_owned())));
    let fill = Some(Default::Value(Literal::Text("a".to_owned())));
    let add = || Operation::AddField { model: "Order".into(), field: field.clone(), fill: fill.clone() };
    let create = Operation::CreateEnum { r#enum: "status".to_owned(), values: texts(&["a", "b"]) };
    let known = statuses(None, Some(("enum(status)", "")), &["a", "b"]);
    for (before, operations, last) in [
        (statuses(None, Some(("text", "")), &[]), vec![create, add(), renamed(["a", "b"], ["x", "y"])], "x"),
        (known, vec![add(), renamed(["a", "b"], ["b", "a"])], "b"),
    ] {
        for server in servers_of_any_age() {
            block_on(async {
                let mut live = Live::new(&server).await;
                live.create(&before).await;
                live.run("INSERT INTO shop_order (id, status) VALUES (1, 'a')").await.expect("a row");
                let planned = plan(&"shop".into(), &operations, &before, live.dialect()).expect("steps");
                live.steps(&before, &planned.up).await.unwrap_or_else(|why| panic!("{}: {why}", server.name));
                let of = if server.engine() == Engine::Postgres { "\"size\"" } else { "size" };
                assert_eq!(live.text(&format!("SELECT {of} FROM shop_order")).await, last, "{}", server.name);
                live.remove().await;
            });
        }
    }
}

#[test]
fn a_text_is_called_otherwise_where_its_field_has_the_enum_only_before_or_after() {
    let [plain, own] = ["text", "enum(status)"].map(|ty| FieldState {
        null: true,
        ..FieldState::new("status", FieldKind::Column(ty.parse().expect("a type")))
    });
    let texts = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
    let renamed = || Operation::AlterEnum {
        r#enum: "status".to_owned(),
        from: texts(["a", "b"]),
        to: texts(["x", "b"]),
        renamed: BTreeMap::from([("a".to_owned(), "x".to_owned())]),
    };
    let alter = |from: &FieldState, to: &FieldState| {
        let (from, to) = (from.clone(), to.clone());
        Operation::alter_field("Order", from, to)
    };
    for (before, operations) in [
        (statuses(None, Some(("enum(status)", "")), &["a", "b"]), [renamed(), alter(&own, &plain)]),
        (statuses(None, Some(("text", "")), &["a", "b"]), [alter(&plain, &own), renamed()]),
    ] {
        for server in servers_of_any_age() {
            block_on(async {
                let mut live = Live::new(&server).await;
                live.create(&before).await;
                live.run("INSERT INTO \"shop_order\" (\"id\", \"status\") VALUES (1, 'a')").await.expect("a row");
                let planned = plan(&"shop".into(), &operations, &before, live.dialect()).expect("steps");
                live.steps(&before, &planned.up).await.unwrap_or_else(|why| panic!("{}: {why}", server.name));
                assert_eq!(live.text("SELECT status FROM shop_order").await, "x", "{}", server.name);
                live.remove().await;
            });
        }
    }
}
