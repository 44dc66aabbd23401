//! Writes a post with its author, a tag and a comment, and reads back what the blog holds.
//!
//! `cargo run --bin fastdjango migrate` makes the database that this program opens.

use std::time::SystemTime;

use blog::accounts::{Role, User};
use blog::blog::{Comment, Post, Status, Tag};
use blog::shared::{Slug, Timestamps};
use fastdjango::prelude::*;
use fastdjango::row::{insert, insert_values};
use fastdjango::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use fastdjango::sqlx::{self, Connection, Error};
use fastdjango::{Keyed, Value};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/db.sqlite3");
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await?;
    let author = author(&mut connection).await?;
    write(&mut connection, &author).await?;
    read(&mut connection).await
}

/// The user who writes: the one that is there, or a new one.
async fn author(connection: &mut SqliteConnection) -> Result<User, Error> {
    let query = "SELECT * FROM accounts_user WHERE name = ?";
    if let Some(user) = sqlx::query_as(query).bind("ada").fetch_optional(&mut *connection).await? {
        return Ok(user);
    }
    let mut user = User {
        id: 0,
        name: "ada".to_owned(),
        email: "ada@example.org".to_owned(),
        email_lower: None,
        role: Role::Author,
        pinned: None,
        times: now(),
    };
    user.id = insert(connection, &user).await?;
    Ok(user)
}

/// A post under a tag, with a comment, on top of the author's page; all of it or nothing.
async fn write(connection: &mut SqliteConnection, author: &User) -> Result<(), Error> {
    let mut transaction = connection.begin().await?;
    let (number,): (i64,) = sqlx::query_as("SELECT count(*) + 1 FROM blog_post").fetch_one(&mut *transaction).await?;
    let mut post = Post {
        id: 0,
        title: format!("Note {number}"),
        slug: Slug(format!("note-{number}")),
        body: "Models are structs, and no row is lost.".to_owned(),
        author: ForeignKey::to(author),
        tags: ManyToMany::default(),
        status: Status::Published,
        published_at: Some(SystemTime::now().into()),
        rating: 5,
        price: Decimal::new(199, 2),
        views: 0,
        times: now(),
    };
    post.id = insert(&mut transaction, &post).await?;
    let tag = tag(&mut transaction, "rust").await?;
    let pair = [("post_id", Value::Integer(post.key())), ("tag_id", Value::Integer(tag))];
    insert_values(&mut transaction, "blog_post_tags", &pair).await?;
    let comment = Comment {
        id: 0,
        post: ForeignKey::to(&post),
        author: Some(ForeignKey::to(author)),
        parent: None,
        body: "First!".to_owned(),
        times: now(),
    };
    insert(&mut transaction, &comment).await?;
    let pin = sqlx::query("UPDATE accounts_user SET pinned_id = ? WHERE id = ?");
    pin.bind(post.id).bind(author.id).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// The key of a tag: the one that is there, or a new one.
async fn tag(connection: &mut SqliteConnection, name: &str) -> Result<i64, Error> {
    let found: Option<Tag> =
        sqlx::query_as("SELECT * FROM blog_tag WHERE name = ?").bind(name).fetch_optional(&mut *connection).await?;
    match found {
        Some(tag) => Ok(tag.id),
        None => insert(connection, &Tag { id: 0, name: name.to_owned() }).await,
    }
}

#[expect(clippy::print_stdout, reason = "printing is what the program is for")]
async fn read(connection: &mut SqliteConnection) -> Result<(), Error> {
    let posts: Vec<Post> = sqlx::query_as("SELECT * FROM blog_post ORDER BY id").fetch_all(&mut *connection).await?;
    for post in posts {
        let comments: Vec<Comment> = sqlx::query_as("SELECT * FROM blog_comment WHERE post_id = ?")
            .bind(post.id)
            .fetch_all(&mut *connection)
            .await?;
        println!("{} ({:?}, {}): {} comment(s)", post.title, post.status, post.price, comments.len());
    }
    Ok(())
}

fn now() -> Timestamps {
    Timestamps { created_at: SystemTime::now().into(), updated_at: None }
}
