//! A model inside a function, and a struct without the prelude's names.

#![no_implicit_prelude]

fn main() {
    #[derive(::fastdjango::Model)]
    #[model(app = "inner")]
    struct Post {
        #[field(primary_key, auto)]
        id: i64,
        #[field(default = 1)]
        rating: ::std::option::Option<i16>,
    }

    let post = Post { id: 1, rating: ::std::option::Option::None };
    ::std::assert!(post.id == 1 && post.insert_values().len() == 1);
}
