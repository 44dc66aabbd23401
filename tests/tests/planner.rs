//! Plans are run on a real database: rows stay, and what comes out is what a fresh database would have.

#[path = "planner/harness.rs"]
mod harness;
#[path = "planner/hostile.rs"]
mod hostile;
#[path = "planner/in_place.rs"]
mod in_place;
#[path = "planner/laws.rs"]
mod laws;
#[path = "planner/references.rs"]
mod references;
#[path = "planner/values.rs"]
mod values;
#[path = "planner/verified.rs"]
mod verified;

use fastdjango_core::field::{ColumnType, Default, Literal, OnDelete, Sql};
use fastdjango_core::operation::Operation;
use fastdjango_core::state::{ConstraintKind, ConstraintState, FieldState, IndexField, IndexState};
use harness::{Database, add, alter, author, create, field, many, model, refer, remove, rename};

fn unique(name: &str, fields: &[&str]) -> ConstraintState {
    let fields = fields.iter().map(|f| (*f).into()).collect();
    ConstraintState {
        name: Some(name.into()),
        kind: ConstraintKind::Unique { fields, deferrable: None, nulls_not_distinct: false },
    }
}

fn check(name: &str, sql: &str) -> ConstraintState {
    ConstraintState { name: Some(name.into()), kind: ConstraintKind::Check { sql: Sql::any(sql) } }
}

fn index(name: &str, fields: &[&str]) -> IndexState {
    let field = |name: &&str| match name.strip_prefix('-') {
        Some(name) => IndexField { descending: true, ..IndexField::new(name) },
        None => IndexField::new(*name),
    };
    IndexState { name: Some(name.into()), fields: fields.iter().map(field).collect(), ..IndexState::default() }
}

fn blog() -> Vec<Operation> {
    let mut slug = field("slug", ColumnType::Varchar(60));
    slug.null = true;
    let mut definition = model(
        "blog_post",
        vec![
            field("title", ColumnType::Varchar(200)),
            slug,
            refer("author", "Author", OnDelete::Cascade),
            many("tags", "Tag"),
        ],
    );
    definition.indexes.push(index("blog_post_author_id_idx", &["author"]));
    definition.indexes.push(index("post_titles", &["-title", "slug"]));
    vec![
        create("Author", author()),
        create("Tag", model("blog_tag", vec![field("name", ColumnType::Text)])),
        create("Post", definition),
    ]
}

const ROWS: &[&str] = &[
    "INSERT INTO blog_author (id, name) VALUES (1, 'Ann'), (2, 'Bob')",
    "INSERT INTO blog_tag (id, name) VALUES (1, 'red'), (2, 'blue')",
    "INSERT INTO blog_post (id, title, slug, author_id) VALUES (1, 'One', 'one', 1), (2, 'Two', NULL, 2), (9, 'Gone', NULL, 2)",
    "INSERT INTO blog_post_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (2, 1)",
    "DELETE FROM blog_post WHERE id = 9",
];

async fn seeded() -> Database {
    let mut database = Database::new().await;
    database.migrate(&blog()).await.unwrap();
    for row in ROWS {
        database.run(row).await.unwrap();
    }
    database
}

async fn posts(database: &mut Database) -> String {
    database.text("SELECT group_concat(id || title || coalesce(slug, '-') || author_id, ',') FROM blog_post").await
}

const POSTS: &str = "1Oneone1,2Two-2";

#[tokio::test]
async fn a_blog_is_created_and_goes_again() {
    let mut database = Database::new().await;
    let plan = database.migrate(&blog()).await.unwrap();
    insta::assert_snapshot!(harness::told(&plan.up));
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'blog%'").await, "0");
}

#[tokio::test]
async fn a_plain_column_is_added_in_place_and_dropped_in_place() {
    let mut database = seeded().await;
    let mut rating = field("rating", ColumnType::SmallInt);
    rating.default = Some(Default::Value(Literal::Integer(0)));
    let plan = database.migrate(&[add("Post", rating)]).await.unwrap();
    insta::assert_snapshot!(harness::told(&plan.up), @r#"ALTER TABLE "blog_post" ADD COLUMN "rating" smallint NOT NULL DEFAULT 0"#);
    let down = plan.down.clone().unwrap();
    insta::assert_snapshot!(harness::told(&down), @r#"ALTER TABLE "blog_post" DROP COLUMN "rating""#);
    database.back(plan).await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);
}

#[tokio::test]
async fn a_fill_makes_a_column_required() {
    let mut database = seeded().await;
    let mut lang = field("lang", ColumnType::Varchar(2));
    lang.null = false;
    let fill = Some(Default::Value(Literal::Text("en".into())));
    let operation = Operation::AddField { model: "Post".into(), field: lang, fill };
    let plan = database.migrate(&[operation]).await.unwrap();
    insta::assert_snapshot!(harness::told(&plan.up));
    assert_eq!(database.text("SELECT group_concat(lang) FROM blog_post").await, "en,en");
    assert_eq!(posts(&mut database).await, POSTS);
    assert_eq!(database.text("SELECT count(*) FROM blog_post_tags").await, "3");
    database.run("INSERT INTO blog_post (title, author_id, lang) VALUES ('New', 1, 'de')").await.unwrap();
    assert_eq!(database.text("SELECT max(id) FROM blog_post").await, "10", "a number that was given never comes back");
    database.back(plan).await.unwrap();
}

#[tokio::test]
async fn a_required_column_without_a_value_is_refused_where_rows_exist() {
    let mut database = seeded().await;
    let refused = database.migrate(&[add("Post", field("lang", ColumnType::Text))]).await.unwrap_err();
    assert_eq!(refused, "2 rows of `blog_post` would have no value in the new column `lang`");
    let mut empty = Database::new().await;
    empty.migrate(&blog()).await.unwrap();
    empty.migrate(&[add("Post", field("lang", ColumnType::Text))]).await.unwrap();
}

#[tokio::test]
async fn null_goes_only_with_a_value_for_it() {
    let mut database = seeded().await;
    let mut from = field("slug", ColumnType::Varchar(60));
    from.null = true;
    let to = field("slug", ColumnType::Varchar(60));
    let refused = database.migrate(&[alter("Post", from.clone(), to.clone())]).await.unwrap_err();
    assert_eq!(refused, "1 rows of `blog_post` have no `slug`");
    let fill = Some(Default::Sql { sql: Sql::any("lower(title)") });
    let operation = Operation::AlterField {
        model: "Post".into(),
        from,
        to,
        fill,
        reverse_fill: None,
        using: None,
        reverse_using: None,
    };
    let plan = database.migrate(&[operation]).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(slug) FROM blog_post").await, "one,two");
    database.back(plan).await.unwrap();
}

#[tokio::test]
async fn names_are_swapped_and_reused() {
    let mut database = seeded().await;
    let swap = [rename("Post", "title", "between"), rename("Post", "slug", "title"), rename("Post", "between", "slug")];
    let plan = database.migrate(&swap).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(slug || coalesce(title, '-')) FROM blog_post").await, "Oneone,Two-");
    database.back(plan).await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);

    let operations = [
        Operation::RemoveIndex { model: "Post".into(), index: index("post_titles", &["-title", "slug"]) },
        remove("Post", {
            let mut slug = field("slug", ColumnType::Varchar(60));
            slug.null = true;
            slug
        }),
        rename("Post", "title", "slug"),
    ];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(slug) FROM blog_post").await, "One,Two");
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(title) FROM blog_post").await, "One,Two");
}

#[tokio::test]
async fn a_renamed_model_takes_its_table_its_pairs_and_its_references_along() {
    let mut database = seeded().await;
    let operations = [
        Operation::RenameModel { from: "Tag".into(), to: "Label".into() },
        Operation::AlterModelTable { model: "Label".into(), from: "blog_tag".into(), to: "blog_label".into() },
        rename("Post", "tags", "labels"),
        Operation::RenameModel { from: "Author".into(), to: "Person".into() },
        Operation::AlterModelTable { model: "Person".into(), from: "blog_author".into(), to: "blog_person".into() },
    ];
    let plan = database.migrate(&operations).await.unwrap();
    insta::assert_snapshot!(harness::told(&plan.up));
    assert_eq!(database.text("SELECT count(*) FROM blog_post_labels WHERE label_id IN (1, 2)").await, "3");
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM blog_post_tags").await, "3");
}

#[tokio::test]
async fn a_key_takes_the_keys_that_refer_to_it_along() {
    let mut database = seeded().await;
    let mut from = field("id", ColumnType::BigInt);
    from.auto = true;
    let to = field("id", ColumnType::Varchar(40));
    let plan = database.migrate(&[alter("Author", from, to)]).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(DISTINCT typeof(author_id)) FROM blog_post").await, "text");
    assert_eq!(posts(&mut database).await, POSTS);
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(DISTINCT typeof(author_id)) FROM blog_post").await, "integer");
    assert_eq!(posts(&mut database).await, POSTS);
}

#[tokio::test]
async fn values_that_would_not_survive_a_new_type_are_counted() {
    let mut database = seeded().await;
    let to = field("title", ColumnType::Integer);
    let refused =
        database.migrate(&[alter("Post", field("title", ColumnType::Varchar(200)), to.clone())]).await.unwrap_err();
    assert_eq!(refused, "2 rows of `blog_post` have a `title` that would not survive as integer");
    database.run("UPDATE blog_post SET title = id * 10").await.unwrap();
    let plan = database.migrate(&[alter("Post", field("title", ColumnType::Varchar(200)), to)]).await.unwrap();
    assert_eq!(
        database.text("SELECT group_concat(typeof(title) || title) FROM blog_post").await,
        "integer10,integer20"
    );
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(typeof(title) || title) FROM blog_post").await, "text10,text20");
}

#[tokio::test]
async fn constraints_are_checked_against_the_rows_first() {
    let mut database = seeded().await;
    let constrain = |constraint| [Operation::AddConstraint { model: "Post".into(), constraint }];
    let refused = database.migrate(&constrain(check("short", "length(title) < 3"))).await.unwrap_err();
    assert_eq!(refused, "2 rows of `blog_post` do not meet `length(title) < 3`");
    let plan = database.migrate(&constrain(check("long", "length(title) < 30"))).await.unwrap();
    database.back(plan).await.unwrap();
    database.run("UPDATE blog_post SET slug = 'same'").await.unwrap();
    let refused = database.migrate(&constrain(unique("blog_post_slug_key", &["slug"]))).await.unwrap_err();
    assert_eq!(refused, "1 values of `slug` stand in several rows of `blog_post`");
    let plan = database.migrate(&constrain(unique("both", &["slug", "title"]))).await.unwrap();
    database.back(plan).await.unwrap();
    let kind = ConstraintKind::Choices { field: "title".into(), values: vec!["One".into(), "it's".into()] };
    let refused = database.migrate(&constrain(ConstraintState { name: Some("c".into()), kind })).await.unwrap_err();
    assert_eq!(refused, "1 rows of `blog_post` have a `title` that is none of `One`, `it's`");
}

#[tokio::test]
async fn a_table_may_refer_to_itself() {
    let mut parent = refer("parent", "Node", OnDelete::Cascade);
    parent.null = true;
    let definition = model("blog_node", vec![parent, field("name", ColumnType::Text), many("friends", "Node")]);
    let mut database = Database::new().await;
    let plan = database.migrate(&[create("Node", definition)]).await.unwrap();
    let mut other = Database::new().await;
    other.migrate(&[create("Node", harness::last(&database, "Node"))]).await.unwrap();
    other.back(plan).await.unwrap();
    database.run("INSERT INTO blog_node VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 2, 'c')").await.unwrap();
    database.run("INSERT INTO blog_node_friends VALUES (1, 2), (3, 1)").await.unwrap();
    let to = field("name", ColumnType::Varchar(9));
    let plan = database.migrate(&[alter("Node", field("name", ColumnType::Text), to)]).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(name || coalesce(parent_id, '')) FROM blog_node").await, "a,b1,c2");
    assert_eq!(database.text("SELECT count(*) FROM blog_node_friends").await, "2");
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM blog_node").await, "3");
}

#[tokio::test]
async fn a_key_of_two_fields_and_a_reference_to_it() {
    let mut line = model("blog_line", vec![field("doc", ColumnType::Integer), field("no", ColumnType::Integer)]);
    line.fields.retain(|f| f.name != "id");
    line.primary_key = vec!["doc".into(), "no".into()];
    let mut note = model("blog_note", vec![field("doc", ColumnType::Integer), field("line", ColumnType::Integer)]);
    note.constraints.push(ConstraintState {
        name: Some("note_line".into()),
        kind: ConstraintKind::ForeignKey {
            fields: vec!["doc".into(), "line".into()],
            to: fastdjango_core::name::ModelRef::new("blog", "Line"),
            to_fields: vec!["doc".into(), "no".into()],
            on_delete: OnDelete::Cascade,
            on_update: OnDelete::Cascade,
            deferrable: None,
        },
    });
    let mut database = Database::new().await;
    database.migrate(&[create("Line", line), create("Note", note)]).await.unwrap();
    database.run("INSERT INTO blog_line VALUES (1, 1), (1, 2)").await.unwrap();
    database.run("INSERT INTO blog_note VALUES (7, 1, 2)").await.unwrap();
    let to = field("no", ColumnType::BigInt);
    let operations = [rename("Line", "doc", "document"), alter("Line", field("no", ColumnType::Integer), to)];
    let plan = database.migrate(&operations).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM blog_note NATURAL JOIN blog_line").await, "2");
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM blog_note").await, "1");
}

#[tokio::test]
async fn models_in_a_circle_come_and_go() {
    let mut database = seeded().await;
    let mut best = refer("best", "Post", OnDelete::SetNull);
    best.null = true;
    let plan = database.migrate(&[add("Author", best)]).await.unwrap();
    insta::assert_snapshot!(
        harness::told(&plan.up),
        @r#"ALTER TABLE "blog_author" ADD COLUMN "best_id" bigint CONSTRAINT "blog_author_best_id_fkey" REFERENCES "blog_post" ("id") ON DELETE SET NULL"#
    );
    database.run("UPDATE blog_author SET best_id = id").await.unwrap();
    database.back(plan).await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);
}

#[tokio::test]
async fn a_deleted_model_takes_nobody_along() {
    let mut database = seeded().await;
    let author = refer("author", "Author", OnDelete::Cascade);
    let operations = [
        Operation::RemoveIndex { model: "Post".into(), index: index("blog_post_author_id_idx", &["author"]) },
        remove("Post", author),
        Operation::DeleteModel { model: "Author".into(), definition: harness::author() },
    ];
    database.migrate(&operations).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM blog_post").await, "2");
    assert_eq!(database.text("SELECT count(*) FROM blog_post_tags").await, "3");
}

fn generated() -> FieldState {
    let mut shout = field("shout", ColumnType::Text);
    let expression = Sql::any("upper(title)");
    shout.generated = Some(fastdjango_core::state::Generated { expression, stored: true });
    shout.null = true;
    shout
}

#[tokio::test]
async fn a_fault_that_is_met_twice_is_told_once() {
    let mut recent = index("blog_thing_price_idx", &["price"]);
    recent.condition = Some(Sql::any("price > 1"));
    let mut thing = model("blog_thing", vec![field("price", ColumnType::Numeric(28, 4))]);
    thing.indexes.push(recent);
    let refused = Database::new().await.migrate(&[create("Thing", thing)]).await.unwrap_err();
    assert_eq!(refused.matches("error[E422]").count(), 1, "{refused}");
}

#[tokio::test]
async fn columns_of_every_kind_come_with_a_rebuild() {
    let mut database = seeded().await;
    let mut price = field("price", ColumnType::Numeric(28, 4));
    price.default = Some(Default::Value(Literal::Integer(1)));
    let mut data = field("data", ColumnType::Binary);
    data.default = Some(Default::Value(Literal::Text("00ff".into())));
    let mut at = field("at", ColumnType::TimestampTz);
    at.default = Some(Default::Sql { sql: Sql::any("CURRENT_TIMESTAMP") });
    let mut on = field("active", ColumnType::Boolean);
    on.default = Some(Default::Value(Literal::Boolean(true)));
    let operations = [price, data, at, on, generated()].map(|field| add("Post", field));
    let plan = database.migrate(&operations).await.unwrap();
    let row = "SELECT price || hex(data) || active || shout || length(at) FROM blog_post WHERE id = 1";
    assert_eq!(database.text(row).await, "1.000000FF1ONE19");
    let to = field("price", ColumnType::Numeric(10, 2));
    let mut from = field("price", ColumnType::Numeric(28, 4));
    from.default = Some(Default::Value(Literal::Integer(1)));
    let narrower = database.migrate(&[alter("Post", from, to)]).await.unwrap();
    assert_eq!(database.text("SELECT typeof(price) || price FROM blog_post WHERE id = 1").await, "integer1");
    database.back(narrower).await.unwrap();
    assert_eq!(database.text("SELECT typeof(price) || price FROM blog_post WHERE id = 1").await, "text1.0000");
    database.back(plan).await.unwrap();
    assert_eq!(posts(&mut database).await, POSTS);
}
