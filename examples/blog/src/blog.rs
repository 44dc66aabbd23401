//! The app `blog`: what is written and read.

use fastdjango::prelude::*;

use crate::accounts::User;
use crate::shared::{Slug, Timestamps};

/// How far a post has come.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Only its author sees it.
    Draft,
    /// Everybody sees it.
    Published,
    /// Nobody sees it any more.
    Withdrawn,
}

/// A word that posts share.
#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Tag {
    /// The key.
    #[field(primary_key, auto)]
    pub id: i64,
    /// The word.
    #[field(max_length = 40, unique)]
    pub name: String,
}

/// Something to read.
#[derive(Model, Debug, Clone)]
#[model(
    app = "blog",
    comment = "What readers see",
    index(fields = [author, -published_at], name = "post_recent"),
    index(fields = [status, -published_at], name = "post_by_status"),
    unique(fields = [author, slug]),
    check(name = "post_rating_range", sql = "rating BETWEEN 0 AND 5")
)]
pub struct Post {
    /// The key.
    #[field(primary_key, auto)]
    pub id: i64,
    /// The first line.
    #[field(max_length = 200, index)]
    pub title: String,
    /// The address; the author has no other post under it.
    #[field(max_length = 60)]
    pub slug: Slug,
    /// Any length.
    #[field(default = "")]
    pub body: String,
    /// Who wrote it.
    #[field(on_delete = cascade, related_name = "posts")]
    pub author: ForeignKey<User>,
    /// Words to find it by.
    pub tags: ManyToMany<Tag>,
    /// How far it has come.
    #[field(default = Draft)]
    pub status: Status,
    /// When everybody could see it first.
    pub published_at: Option<DateTime<Utc>>,
    /// What readers think, from 0 to 5.
    #[field(default = 0)]
    pub rating: i16,
    /// What it costs to read, exactly.
    #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
    pub price: Decimal,
    /// How often it was read.
    #[field(default = 0)]
    pub views: u32,
    /// When the row came and changed.
    #[model(flatten)]
    pub times: Timestamps,
}

/// What a reader says about a post.
#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Comment {
    /// The key.
    #[field(primary_key, auto)]
    pub id: i64,
    /// What it is about.
    #[field(on_delete = cascade, related_name = "comments")]
    pub post: ForeignKey<Post>,
    /// Who says it; the words stay when the user goes.
    #[field(on_delete = set_null)]
    pub author: Option<ForeignKey<User>>,
    /// The comment that this one answers.
    #[field(on_delete = cascade, related_name = "answers")]
    pub parent: Option<ForeignKey<Comment>>,
    /// Any length.
    pub body: String,
    /// When the row came and changed.
    #[model(flatten)]
    pub times: Timestamps,
}
