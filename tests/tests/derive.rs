//! The derives: definitions are as declared, and rows come back as they were written.

mod blog {
    use fastdjango::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(app = "blog")]
    pub struct User {
        #[field(primary_key, auto)]
        pub id: i64,
        #[field(max_length = 200, unique)]
        pub email: String,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(app = "blog", index(fields = [author, -published_at], name = "post_recent", condition = "published_at IS NOT NULL"))]
    pub struct Post {
        #[field(primary_key, auto)]
        pub id: i64,
        #[field(max_length = 200, index)]
        pub title: String,
        #[field(on_delete = cascade, related_name = "posts")]
        pub author: ForeignKey<User>,
        pub published_at: Option<DateTime<Utc>>,
        #[field(default = Draft)]
        pub status: Status,
        #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
        pub price: Decimal,
        pub tags: ManyToMany<Tag>,
    }

    #[derive(Choices, Debug, Clone, Copy, PartialEq)]
    pub enum Status {
        Draft,
        Published,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(app = "blog")]
    pub struct Tag {
        #[field(primary_key)]
        pub name: String,
    }
}

#[test]
fn smoke() {
    use fastdjango::Model;
    println!("{:#?}", blog::Post::DEF);
    assert_eq!(blog::Post::COLUMNS.author, "author_id");
    assert_eq!(fastdjango::__private::registered().len(), 3);
}
