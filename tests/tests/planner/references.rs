//! A key that becomes another column: a reference by the same value would be one to another row.

use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::operation::Operation;
use fastdjango_core::state::FieldState;

use super::harness::{Database, create, field, many, model, refer};

/// Authors with a number beside the key, such that each number is the key of the other one.
async fn numbered(referrer: FieldState) -> Database {
    let mut database = Database::new().await;
    let author = model("blog_author", vec![field("number", ColumnType::BigInt)]);
    let post = model("blog_post", vec![referrer]);
    database.migrate(&[create("Author", author), create("Post", post)]).await.unwrap();
    database.run("INSERT INTO blog_author (id, number) VALUES (1, 2), (2, 1)").await.unwrap();
    database
}

/// The number becomes the key; the old key is a plain column, since a key is what the database numbers.
fn moved() -> Vec<Operation> {
    let before = FieldState { auto: true, ..field("id", ColumnType::BigInt) };
    vec![
        super::alter("Author", before, field("id", ColumnType::BigInt)),
        Operation::AlterPrimaryKey { model: "Author".into(), from: vec!["id".into()], to: vec!["number".into()] },
    ]
}

#[tokio::test]
async fn a_key_does_not_move_under_a_row_that_refers_by_it() {
    let mut database = numbered(refer("author", "Author", OnDelete::Cascade)).await;
    database.run("INSERT INTO blog_post (id, author_id) VALUES (10, 1)").await.unwrap();
    let refused = database.migrate(&moved()).await.unwrap_err();
    assert_eq!(refused, "1 rows of `blog_post` refer by `author_id` to `blog_author` by other columns than `number`");
    let whose = "SELECT number FROM blog_post JOIN blog_author ON blog_author.id = author_id";
    assert_eq!(database.text(whose).await, "2", "the post is whose it was");

    database.run("DELETE FROM blog_post").await.unwrap();
    let planned = database.migrate(&moved()).await.unwrap();
    database.run("INSERT INTO blog_post (id, author_id) VALUES (10, 1)").await.unwrap();
    let refused = database.back(planned).await.unwrap_err();
    assert!(refused.ends_with("by other columns than `id`"), "nor does it move back: {refused}");
}

#[tokio::test]
async fn a_key_does_not_move_under_pairs() {
    let mut database = numbered(many("authors", "Author")).await;
    database.run("INSERT INTO blog_post (id) VALUES (10)").await.unwrap();
    database.run("INSERT INTO blog_post_authors (post_id, author_id) VALUES (10, 1)").await.unwrap();
    let refused = database.migrate(&moved()).await.unwrap_err();
    assert!(refused.contains("`blog_author` by other columns than `number`"), "{refused}");
    assert_eq!(database.text("SELECT author_id FROM blog_post_authors").await, "1");
}
