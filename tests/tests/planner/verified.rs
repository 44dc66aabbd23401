//! What is counted before a table changes: exactly the rows that stand in the way, and none that do not.

use fastdjango_core::field::{ColumnType, Default, Literal, Sql};
use fastdjango_core::operation::Operation;
use fastdjango_core::state::IndexState;

use super::harness::{add, field};
use super::{check, index, seeded};

fn unique(mut state: IndexState) -> IndexState {
    state.unique = true;
    state
}

fn add_index(index: IndexState) -> [Operation; 1] {
    [Operation::AddIndex { model: "Post".into(), index }]
}

#[tokio::test]
async fn a_unique_index_is_checked_among_the_rows_that_it_holds() {
    let mut database = seeded().await;
    database
        .run("INSERT INTO blog_post (id, title, slug, author_id) VALUES (3, 'Two', 'one', 1), (4, 'TWO', NULL, 1)")
        .await
        .unwrap();
    let refused = database.migrate(&add_index(unique(index("titles", &["title"])))).await.unwrap_err();
    assert_eq!(refused, "1 values of the unique index `titles` stand in several rows of `blog_post`");
    let mut lower = unique(index("titles", &[]));
    lower.expression = Some(Sql::any("lower(title)"));
    let refused = database.migrate(&add_index(lower.clone())).await.unwrap_err();
    assert_eq!(refused, "1 values of the unique index `titles` stand in several rows of `blog_post`");

    let mut some = unique(index("titles", &["title"]));
    some.condition = Some(Sql::any("slug IS NULL"));
    let plan = database.migrate(&add_index(some)).await.unwrap();
    database.back(plan).await.unwrap();
    database.run("DELETE FROM blog_post WHERE id = 2").await.unwrap();
    database.run("DELETE FROM blog_post WHERE id = 4").await.unwrap();
    database.migrate(&add_index(lower)).await.unwrap();
}

#[tokio::test]
async fn an_index_that_becomes_unique_is_checked_too() {
    let mut database = seeded().await;
    database.run("UPDATE blog_post SET title = 'Same', slug = 'same'").await.unwrap();
    let plain = index("post_titles", &["-title", "slug"]);
    let operations = [
        Operation::RemoveIndex { model: "Post".into(), index: plain.clone() },
        Operation::AddIndex { model: "Post".into(), index: unique(plain) },
    ];
    let refused = database.migrate(&operations).await.unwrap_err();
    assert_eq!(refused, "1 values of the unique index `post_titles` stand in several rows of `blog_post`");
}

#[tokio::test]
async fn what_leans_on_a_new_column_is_not_asked_of_rows_that_do_not_have_it_yet() {
    let mut database = seeded().await;
    let mut live = field("live", ColumnType::Boolean);
    live.default = Some(Default::Value(Literal::Boolean(true)));
    let mut titles = unique(index("live_titles", &["title"]));
    titles.condition = Some(Sql::any("live"));
    let short = check("short", "length(title) < 30 OR live");
    let operations = [
        add("Post", live),
        Operation::AddIndex { model: "Post".into(), index: titles },
        Operation::AddConstraint { model: "Post".into(), constraint: short },
    ];
    let plan = database.migrate(&operations).await.unwrap();
    database.run("INSERT INTO blog_post (title, author_id) VALUES ('One', 1)").await.unwrap_err();
    database.run("INSERT INTO blog_post (title, author_id, live) VALUES ('One', 1, 0)").await.unwrap();
    database.back(plan).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM blog_post").await, "3");
}
