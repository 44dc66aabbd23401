//! Public models of a library that documents everything.

#![deny(missing_docs, warnings)]

/// Models.
pub mod models {
    use fastdjango::prelude::*;

    /// A writer.
    #[derive(Model, Clone)]
    #[model(app = "public")]
    pub struct User {
        /// The key.
        #[field(primary_key)]
        pub id: i64,
    }
}

fn main() {
    let columns = models::User::COLUMNS;
    assert_eq!(columns.id, "id");
}
