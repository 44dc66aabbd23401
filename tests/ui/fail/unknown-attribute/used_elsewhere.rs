use fastdjango::prelude::*;

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

fn main() {
    let user = User { id: 1 };
    println!("{} of {}, {}", User::COLUMNS.id, User::TABLE, user.insert_values().len());
    let _ = ForeignKey::<User>::to(&user);
}
