//! Changes that are made to lose something: names that change hands, keys, pairs, and what somebody made by hand.

use fastdjango_core::field::{ColumnType, Default, Literal, OnDelete};
use fastdjango_core::operation::Operation;
use fastdjango_core::state::{ConstraintKind, ConstraintState, FieldKind, FieldState};

use super::harness::{add, alter, author, create, field, last, model, refer, remove};
use super::{Database, seeded};

const NAMES: &str = "SELECT group_concat(name) FROM";

#[tokio::test]
async fn a_new_model_takes_the_name_and_table_of_a_renamed_one() {
    let mut database = seeded().await;
    let operations = [
        Operation::RenameModel { from: "Author".into(), to: "Writer".into() },
        Operation::AlterModelTable { model: "Writer".into(), from: "blog_author".into(), to: "blog_writer".into() },
        create("Author", author()),
    ];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(database.text(&format!("{NAMES} blog_writer")).await, "Ann,Bob");
    assert_eq!(database.text("SELECT count(*) FROM blog_author").await, "0");
    database.run("DELETE FROM blog_author").await.unwrap();
    database.back(plan).await.unwrap();
    assert_eq!(database.text(&format!("{NAMES} blog_author")).await, "Ann,Bob");
    assert_eq!(database.text("SELECT count(*) FROM blog_post").await, "2");
}

#[tokio::test]
async fn two_models_swap_names_and_tables() {
    let mut database = seeded().await;
    let table = |model: &str, from: &str, to: &str| Operation::AlterModelTable {
        model: model.into(),
        from: from.into(),
        to: to.into(),
    };
    let rename = |from: &str, to: &str| Operation::RenameModel { from: from.into(), to: to.into() };
    let operations = [
        rename("Author", "Between"),
        table("Between", "blog_author", "blog_between"),
        rename("Tag", "Author"),
        table("Author", "blog_tag", "blog_author"),
        rename("Between", "Tag"),
        table("Tag", "blog_between", "blog_tag"),
    ];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(database.text(&format!("{NAMES} blog_author")).await, "red,blue");
    assert_eq!(database.text(&format!("{NAMES} blog_tag")).await, "Ann,Bob");
    assert_eq!(database.text("SELECT count(*) FROM blog_post_tags").await, "3");
    database.back(plan).await.unwrap();
    assert_eq!(database.text(&format!("{NAMES} blog_tag")).await, "red,blue");
}

#[tokio::test]
async fn a_field_under_the_column_of_a_removed_one_begins_anew() {
    let mut database = seeded().await;
    let slug = last(&database, "Post").fields.iter().find(|f| f.name.as_str() == "slug").cloned().unwrap();
    let mut other = field("other", ColumnType::Integer);
    other.column = Some("slug".into());
    let index = last(&database, "Post").indexes[1].clone();
    let operations = [
        Operation::RemoveIndex { model: "Post".into(), index },
        remove("Post", slug),
        Operation::AddField { model: "Post".into(), field: other, fill: Some(Default::Value(Literal::Integer(5))) },
    ];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(typeof(slug) || slug) FROM blog_post").await, "integer5,integer5");
    database.back(plan).await.unwrap();
}

/// In one migration as in two: the fill is a text, and a text that becomes a number is read as one.
#[tokio::test]
async fn a_field_that_is_added_and_then_retyped_converts_its_fill() {
    let mut database = seeded().await;
    let mut wanted = field("weight", ColumnType::Text);
    wanted.null = true;
    let fill = Some(Default::Value(Literal::Text("12".into())));
    let to = FieldState { kind: FieldKind::Column(ColumnType::Double), ..wanted.clone() };
    let operations =
        [Operation::AddField { model: "Post".into(), field: wanted.clone(), fill }, alter("Post", wanted, to)];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(
        database.text("SELECT group_concat(typeof(weight) || weight) FROM blog_post").await,
        "real12.0,real12.0"
    );
    database.back(plan).await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_a_reference_follows_the_type_of_its_target() {
    let mut database = seeded().await;
    let mut profile = model("blog_profile", vec![refer("author", "Author", OnDelete::Cascade)]);
    profile.fields.remove(0);
    profile.primary_key = vec!["author".into()];
    let note = model("blog_note", vec![refer("profile", "Profile", OnDelete::Cascade)]);
    database.migrate(&[create("Profile", profile), create("Note", note)]).await.unwrap();
    database.run("INSERT INTO blog_profile (author_id) VALUES (1), (2)").await.unwrap();
    database.run("INSERT INTO blog_note (profile_id) VALUES (2), (2), (1)").await.unwrap();
    let mut from = field("id", ColumnType::BigInt);
    from.auto = true;
    let plan = database.migrate(&[alter("Author", from, field("id", ColumnType::Varchar(9)))]).await.unwrap();
    let read = "SELECT group_concat(typeof(profile_id) || profile_id) FROM blog_note";
    assert_eq!(database.text(read).await, "text2,text2,text1");
    database.back(plan).await.unwrap();
    assert_eq!(database.text(read).await, "integer2,integer2,integer1");
}

#[tokio::test]
async fn a_view_that_quotes_a_removed_column_is_no_constant() {
    for made in [
        "CREATE VIEW slugs AS SELECT \"slug\" FROM blog_post",
        "CREATE TRIGGER slugs AFTER UPDATE ON blog_tag BEGIN UPDATE blog_post SET title = \"slug\"; END",
        "CREATE INDEX slugs ON blog_post (\"slug\", title)",
        "CREATE INDEX slugs ON blog_post (title) WHERE \"slug\" > 'a'",
    ] {
        let mut database = seeded().await;
        database.run(made).await.unwrap();
        let slug = last(&database, "Post").fields.iter().find(|f| f.name.as_str() == "slug").cloned().unwrap();
        let index = last(&database, "Post").indexes[1].clone();
        let mut shout = field("shout", ColumnType::Integer);
        shout.null = true;
        let kind = ConstraintKind::Check { sql: fastdjango_core::field::Sql::any("length(title) < 99") };
        let operations = [
            Operation::RemoveIndex { model: "Post".into(), index },
            remove("Post", slug),
            add("Post", shout),
            Operation::AddConstraint {
                model: "Post".into(),
                constraint: ConstraintState { name: Some("short".into()), kind },
            },
        ];
        let result = database.migrate(&operations).await;
        assert!(result.is_err(), "{made}");
    }
}

#[tokio::test]
async fn names_that_are_words_and_quotes_of_sql_hold() {
    let mut database = Database::new().await;
    let mut select = field("select", ColumnType::Varchar(30));
    select.column = Some("select \"it's\"; --".into());
    select.default = Some(Default::Value(Literal::Text("'; DROP TABLE \"x\"; --".into())));
    let mut group = field("group", ColumnType::Text);
    group.column = Some("größe.x".into());
    let table = "blog order-\"it's\"";
    database.migrate(&[create("Order", model(table, vec![select.clone(), group.clone()]))]).await.unwrap();
    database.run("INSERT INTO \"blog order-\"\"it's\"\"\" (\"größe.x\") VALUES ('a'), ('b')").await.unwrap();
    let mut child = model("blog_child", vec![refer("order", "Order", OnDelete::Cascade)]);
    child.fields[1].column = Some("in".into());
    database.migrate(&[create("Child", child)]).await.unwrap();
    database.run("INSERT INTO blog_child (\"in\") VALUES (1), (2)").await.unwrap();
    let mut wide = group.clone();
    wide.null = true;
    let kind = ConstraintKind::Choices { field: "select".into(), values: vec!["'; DROP TABLE \"x\"; --".into()] };
    let operations = [
        alter("Order", group, wide),
        Operation::AddConstraint {
            model: "Order".into(),
            constraint: ConstraintState { name: Some("a \"b'; --".into()), kind },
        },
    ];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM blog_child").await, "2");
    database.back(plan).await.unwrap();
    assert_eq!(
        database
            .text("SELECT group_concat(\"größe.x\" || \"select \"\"it's\"\"; --\") FROM \"blog order-\"\"it's\"\"\"")
            .await,
        "a'; DROP TABLE \"x\"; --,b'; DROP TABLE \"x\"; --"
    );
}

#[tokio::test]
async fn a_later_default_takes_nothing_from_the_rows() {
    let mut database = seeded().await;
    let rating = |default: Option<i64>| {
        let mut field = field("rating", ColumnType::Integer);
        field.null = true;
        field.default = default.map(|number| Default::Value(Literal::Integer(number)));
        field
    };
    for (first, last, held) in [(Some(7), None, "7,7"), (None, Some(7), "-,-"), (Some(7), Some(8), "7,7")] {
        let operations = [add("Post", rating(first)), alter("Post", rating(first), rating(last))];
        let plan = database.migrate(&operations).await.unwrap();
        let read = "SELECT group_concat(coalesce(rating, '-')) FROM blog_post";
        assert_eq!(database.text(read).await, held, "{first:?}, then {last:?}");
        database.back(plan).await.unwrap();
    }
}

#[tokio::test]
async fn a_default_that_becomes_the_key_is_not_replaced_by_a_number() {
    let mut database = Database::new().await;
    let mut log = model("blog_log", vec![field("text", ColumnType::Text)]);
    log.fields.remove(0);
    log.primary_key.clear();
    database.migrate(&[create("Log", log)]).await.unwrap();
    database.run("INSERT INTO blog_log (text) VALUES ('a')").await.unwrap();
    let mut number = field("number", ColumnType::Integer);
    number.default = Some(Default::Value(Literal::Integer(7)));
    let key = Operation::AlterPrimaryKey { model: "Log".into(), from: Vec::new(), to: vec!["number".into()] };
    let operations = [add("Log", number), key];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(number || text) FROM blog_log").await, "7a");
    database.back(plan).await.unwrap();
    database.run("INSERT INTO blog_log (text) VALUES ('b')").await.unwrap();
    database.migrate(&operations).await.unwrap_err();
    assert_eq!(database.text("SELECT group_concat(text) FROM blog_log").await, "a,b");
}

#[tokio::test]
async fn nobody_refers_to_a_column_that_comes_later() {
    let mut database = Database::new().await;
    let mut parent = refer("parent", "Node", OnDelete::Cascade);
    parent.null = true;
    database.migrate(&[create("Node", model("blog_node", vec![parent]))]).await.unwrap();
    let mut number = field("number", ColumnType::BigInt);
    number.auto = true;
    let mut id = field("id", ColumnType::BigInt);
    id.auto = true;
    let from = vec!["id".into()];
    let operations = [
        add("Node", number),
        Operation::AlterPrimaryKey { model: "Node".into(), from, to: vec!["number".into()] },
        remove("Node", id),
    ];
    database.run("INSERT INTO blog_node VALUES (1, NULL), (2, 1)").await.unwrap();
    let refused = database.migrate(&operations).await.unwrap_err();
    assert_eq!(refused, "1 rows of `blog_node` refer by `parent_id` to `blog_node` by other columns than `number`");
    database.run("UPDATE blog_node SET parent_id = NULL").await.unwrap();
    database.migrate(&operations).await.unwrap();
}

#[tokio::test]
async fn a_table_without_columns_is_refused_before_any_sql() {
    let mut database = Database::new().await;
    let mut empty = model("blog_empty", Vec::new());
    empty.fields.clear();
    empty.primary_key.clear();
    let refused = database.migrate(&[create("Empty", empty)]).await.unwrap_err();
    assert!(refused.contains("E420") && refused.contains("a table without a column"), "{refused}");
}
