//! Generated code passes the strictest lints of its user.

#![deny(missing_docs, warnings, unused, nonstandard_style, rust_2018_idioms, unreachable_pub, missing_debug_implementations)]
#![deny(unused_qualifications, unused_lifetimes, trivial_casts, single_use_lifetimes, let_underscore_drop)]
#![forbid(unsafe_code)]

mod models {
    //! Models.

    use fastdjango::prelude::*;

    /// A writer.
    #[derive(Model, Debug)]
    #[model(app = "strict")]
    pub(crate) struct User {
        /// The key.
        #[field(primary_key, auto)]
        pub(crate) id: i64,
        /// The address.
        #[field(max_length = 200, unique, default = "")]
        pub(crate) email: String,
    }

    /// A text.
    #[derive(Model, Debug)]
    #[model(app = "strict", index(fields = [-at]), check(sql = "rating > 0"))]
    pub(crate) struct Post {
        #[field(primary_key, auto)]
        id: i64,
        #[field(on_delete = set_null)]
        author: Option<ForeignKey<User>>,
        #[field(default = Draft)]
        status: Status,
        #[model(flatten)]
        stamps: Stamps,
        slug: Slug,
        tags: ManyToMany<User>,
        #[field(skip)]
        cache: Option<String>,
    }

    /// A state.
    #[derive(Choices, Debug)]
    pub(crate) enum Status {
        /// Not yet seen.
        Draft,
        /// Seen.
        Published,
    }

    /// Times.
    #[derive(Fields, Debug)]
    pub(crate) struct Stamps {
        at: i64,
        rating: u8,
    }

    /// A name.
    #[derive(FieldType, Debug)]
    pub(crate) struct Slug(String);

    impl Post {
        pub(crate) fn draft() -> Self {
            let stamps = Stamps { at: 0, rating: 0 };
            let slug = Slug(String::new());
            Self { id: 0, author: None, status: Status::Draft, stamps, slug, tags: ManyToMany::default(), cache: None }
        }

        pub(crate) fn is_published(&self) -> bool {
            matches!(self.status, Status::Published) && self.cache.is_none() && self.tags == ManyToMany::default()
        }
    }
}

fn main() {
    assert_eq!(models::Post::draft().insert_values().len(), 5);
    assert!(!models::Post::draft().is_published());
    assert_eq!(models::User::COLUMNS.email, "email");
    let user = models::User { id: 1, email: String::new() };
    assert!(user.id == 1 && user.email.is_empty());
}
