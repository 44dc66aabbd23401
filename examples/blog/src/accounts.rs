//! The app `accounts`: who writes and reads.

use fastdjango::prelude::*;

use crate::blog::Post;
use crate::shared::Timestamps;

/// What a user may do.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Reads and comments.
    Reader,
    /// Writes posts too.
    Author,
    /// Changes what others wrote too.
    Editor,
}

/// Somebody with a name and a password elsewhere.
#[derive(Model, Debug, Clone)]
#[model(
    app = "accounts",
    comment = "Everybody who can sign in",
    check(name = "accounts_user_email_has_at", sql = "email LIKE '%@%'")
)]
pub struct User {
    /// The key.
    #[field(primary_key, auto)]
    pub id: i64,
    /// What others see.
    #[field(max_length = 40, unique)]
    pub name: String,
    /// Where mail goes.
    #[field(max_length = 254)]
    pub email: String,
    /// The same in small letters, so that no two users differ in case alone.
    #[field(max_length = 254, generated = "lower(email)", stored, unique)]
    pub email_lower: Option<String>,
    /// What the user may do.
    #[field(default = Reader)]
    pub role: Role,
    /// The post on top of the user's page: closes a circle with `Post.author`.
    #[field(on_delete = set_null, related_name = "pinned_by")]
    pub pinned: Option<ForeignKey<Post>>,
    /// When the row came and changed.
    #[model(flatten)]
    pub times: Timestamps,
}

/// What a user says about themselves.
#[derive(Model, Debug, Clone)]
#[model(app = "accounts")]
pub struct Profile {
    /// The key.
    #[field(primary_key, auto)]
    pub id: i64,
    /// Whose profile this is; nobody has two.
    #[field(on_delete = cascade)]
    pub user: OneToOne<User>,
    /// Any length.
    #[field(default = "")]
    pub biography: String,
    /// A page elsewhere.
    #[field(max_length = 200)]
    pub website: Option<String>,
    /// The day of birth.
    pub born_on: Option<NaiveDate>,
}
