//! What SQLite cannot change in place, on tables with rows: it takes a new table, or statements in the right order.

use fastdjango_core::field::{ColumnType, Default, Literal, OnDelete, Sql};
use fastdjango_core::migration::Step;
use fastdjango_core::name::ModelRef;
use fastdjango_core::operation::Operation;
use fastdjango_core::planner::Planned;
use fastdjango_core::state::{ConstraintKind, ConstraintState, FieldState, Generated};

use super::harness::{Database, add, alter, create, field, model, refer, remove};
use super::{POSTS, generated, index, posts, seeded};

fn rebuilds(plan: &Planned) -> bool {
    plan.up.iter().any(|step| matches!(step, Step::Rebuild { .. }))
}

#[tokio::test]
async fn a_column_goes_together_with_what_is_computed_from_it() {
    let mut database = seeded().await;
    let loud = field("loud", ColumnType::Text);
    let mut computed = generated();
    computed.generated = Some(Generated { expression: Sql::any("upper(loud)"), stored: false });
    let mut null = loud.clone();
    null.null = true;
    let plan = database.migrate(&[add("Post", null.clone()), add("Post", computed.clone())]).await.unwrap();
    assert!(!rebuilds(&plan), "a virtual column can be added in place");
    database.run("UPDATE blog_post SET loud = 'x'").await.unwrap();
    let plan = database.migrate(&[remove("Post", computed), remove("Post", null)]).await.unwrap();
    database.back(plan).await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);
}

#[tokio::test]
async fn a_column_that_is_computed_no_longer_keeps_what_the_operations_before_made_of_it() {
    let computed = |name: &str, expression: &str| {
        let generated = Some(Generated { expression: Sql::any(expression), stored: false });
        FieldState { null: true, generated, ..field(name, ColumnType::Text) }
    };
    let plain = |name: &str| FieldState { null: true, ..field(name, ColumnType::Text) };
    let keep = |from: FieldState| alter("Post", from.clone(), FieldState { generated: None, ..from });
    let (loud, title) = (computed("loud", "upper(title)"), field("title", ColumnType::Varchar(200)));
    let low = computed("loud", "lower(title)");
    let lower = alter("Post", loud.clone(), low.clone());
    let chained = computed("echo", "loud || '!'");
    let mut filled = alter("Post", plain("note"), field("note", ColumnType::Text));
    if let Operation::AlterField { fill, .. } = &mut filled {
        *fill = Some(Default::Value(Literal::Text("n".into())));
    }
    let of_note = computed("loud", "note || title");
    let retyped = alter("Post", title, field("title", ColumnType::Text));
    for (start, then, kept, found) in [
        (vec![loud.clone()], vec![lower.clone(), keep(low.clone())], "loud", "ada one,bob two"),
        (vec![loud.clone()], vec![retyped, keep(loud.clone())], "loud", "ADA ONE,BOB TWO"),
        (vec![loud.clone(), chained.clone()], vec![lower, keep(chained)], "echo", "ada one!,bob two!"),
        (vec![plain("note"), of_note.clone()], vec![filled, keep(of_note)], "loud", "nAda one,nBob two"),
        (vec![], vec![add("Post", loud.clone()), keep(loud)], "loud", "ADA ONE,BOB TWO"),
    ] {
        let mut database = seeded().await;
        database.run("UPDATE blog_post SET title = CASE id WHEN 1 THEN 'Ada one' ELSE 'Bob two' END").await.unwrap();
        let start: Vec<Operation> = start.into_iter().map(|field| add("Post", field)).collect();
        database.migrate(&start).await.unwrap();
        database.migrate(&then).await.unwrap();
        let kept = database.text(&format!("SELECT group_concat({kept}) FROM blog_post")).await;
        assert_eq!(kept, found, "{}", then.iter().map(|o| o.describe().to_string()).collect::<Vec<_>>().join("; "));
    }
}

#[tokio::test]
async fn a_column_that_is_computed_no_longer_goes_along_with_changes_that_it_does_not_lean_on() {
    let computed = |name: &str, expression: &str| {
        let generated = Some(Generated { expression: Sql::any(expression), stored: true });
        FieldState { null: true, generated, ..field(name, ColumnType::Text) }
    };
    let fill = |sql: &str| Some(Default::Sql { sql: Sql::any(sql) });
    let keep = |from: FieldState, fill: Option<Default>| Operation::AlterField {
        model: "Post".into(),
        to: FieldState { generated: None, null: false, ..from.clone() },
        from,
        fill,
        reverse_fill: None,
        using: None,
        reverse_using: None,
    };
    let (low, loud) = (computed("low", "lower(slug)"), computed("loud", "upper(slug)"));
    let title = field("title", ColumnType::Varchar(200));
    let retyped = alter("Post", title, field("title", ColumnType::Text));
    let nothing = Some(Default::Value(Literal::Text("none".into())));
    let low_kept = || keep(low.clone(), nothing.clone());
    for (then, rebuilds, found) in [
        (vec![low_kept(), keep(loud.clone(), nothing.clone())], 1, "none,none"),
        (vec![low_kept(), keep(loud.clone(), fill("lower(title)"))], 1, "none,two"),
        (vec![retyped.clone(), keep(loud.clone(), nothing.clone())], 1, "-,none"),
        // What it is filled with is what the operations before made of it.
        (vec![low_kept(), keep(loud.clone(), fill("low || '!'"))], 2, "none,none!"),
        (vec![retyped, keep(loud.clone(), fill("lower(title)"))], 2, "-,two"),
    ] {
        let mut database = seeded().await;
        database.migrate(&[add("Post", low.clone()), add("Post", loud.clone())]).await.unwrap();
        let plan = database.migrate(&then).await.unwrap();
        let found_rebuilds = plan.up.iter().filter(|step| matches!(step, Step::Rebuild { .. })).count();
        let told = then.iter().map(|o| o.describe().to_string()).collect::<Vec<_>>().join("; ");
        assert_eq!(found_rebuilds, rebuilds, "{told}");
        assert!(
            database
                .text("SELECT group_concat(coalesce(low, '-') || ',' || loud, ';') FROM blog_post")
                .await
                .ends_with(found),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_default_that_is_computed_is_added_to_rows() {
    let mut database = seeded().await;
    let mut at = field("at", ColumnType::TimestampTz);
    at.default = Some(Default::Sql { sql: Sql::any("CURRENT_TIMESTAMP") });
    let plan = database.migrate(&[add("Post", at)]).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(length(at)) FROM blog_post").await, "19,19");
    database.back(plan).await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);
}

#[tokio::test]
async fn a_reference_with_a_default_is_added_to_rows() {
    let mut database = seeded().await;
    let mut editor = refer("editor", "Author", OnDelete::Restrict);
    editor.default = Some(Default::Value(Literal::Integer(2)));
    let plan = database.migrate(&[add("Post", editor)]).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(editor_id) FROM blog_post").await, "2,2");
    database.back(plan).await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);
}

#[tokio::test]
async fn columns_that_exist_become_a_reference() {
    let mut database = seeded().await;
    let mut first = field("first", ColumnType::BigInt);
    first.default = Some(Default::Value(Literal::Integer(7)));
    database.migrate(&[add("Post", first)]).await.unwrap();
    let kind = ConstraintKind::ForeignKey {
        fields: vec!["first".into()],
        to: ModelRef::new("blog", "Author"),
        to_fields: vec!["id".into()],
        on_delete: OnDelete::Cascade,
        on_update: OnDelete::NoAction,
        deferrable: None,
    };
    let constraint = ConstraintState { name: Some("first_author".into()), kind };
    let operations = [Operation::AddConstraint { model: "Post".into(), constraint }];
    let refused = database.migrate(&operations).await.unwrap_err();
    assert_eq!(refused, "2 rows of `blog_post` refer by `first` to no row of `blog_author`");
    database.run("UPDATE blog_post SET first = 1").await.unwrap();
    let plan = database.migrate(&operations).await.unwrap();
    database.run("UPDATE blog_post SET first = 9").await.unwrap_err();
    database.back(plan).await.unwrap();
    database.run("UPDATE blog_post SET first = 9").await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);
}

#[tokio::test]
async fn an_index_changes_under_its_name() {
    let mut database = seeded().await;
    let (from, to) = (index("post_titles", &["-title", "slug"]), index("post_titles", &["slug"]));
    let operations = [
        Operation::RemoveIndex { model: "Post".into(), index: from },
        Operation::AddIndex { model: "Post".into(), index: to },
    ];
    let plan = database.migrate(&operations).await.unwrap();
    assert!(!rebuilds(&plan));
    database.back(plan).await.unwrap();
}

#[tokio::test]
async fn rows_that_refer_to_rows_of_their_own_table_do_not_hold_it_up_when_it_goes() {
    let mut parent = refer("parent", "Node", OnDelete::Restrict);
    parent.null = true;
    let definition = model("blog_node", vec![parent]);
    let mut database = Database::new().await;
    database.migrate(&[create("Node", definition.clone())]).await.unwrap();
    database.run("INSERT INTO blog_node VALUES (1, NULL), (2, 1), (3, 2)").await.unwrap();
    database.migrate(&[Operation::DeleteModel { model: "Node".into(), definition }]).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM sqlite_schema WHERE name = 'blog_node'").await, "0");
}
