use fastdjango::prelude::*;
use fastdjango::sqlx::{self, SqliteConnection};

#[derive(Model)]
struct User {
    #[field(primary_key, atuo)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<User>,
}

async fn first(connection: &mut SqliteConnection) -> sqlx::Result<User> {
    println!("{} of {}", User::COLUMNS.id, User::TABLE);
    sqlx::query_as("SELECT * FROM users").fetch_one(connection).await
}

fn main() {
    let user = User { id: 1 };
    println!("{}", user.insert_values().len());
    let _ = ForeignKey::<User>::to(&user);
    let _ = first;
}
