//! A program that carries its migrations: the command line on them, as if its crate were in `CARRIED_DIR`.

use std::path::PathBuf;
use std::process::ExitCode;

use fastdjango_core::migration::{self, EmbeddedCrate};
use fastdjango_core::model::{Model, ModelDef, Source};

/// What the migrations make.
mod v1 {
    use fastdjango::prelude::*;

    /// A book.
    #[derive(Model)]
    #[model(app = "library")]
    pub struct Book {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// What stands on its back.
        #[field(max_length = 200)]
        pub title: String,
    }
}

/// What they make then.
mod v2 {
    use fastdjango::prelude::*;

    /// A book.
    #[derive(Model)]
    #[model(app = "library")]
    pub struct Book {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// What stands on its back.
        #[field(max_length = 200)]
        pub title: String,
        /// How many pages it has.
        #[field(default = 0)]
        pub pages: i32,
    }
}

/// What no migration makes.
mod v3 {
    use fastdjango::prelude::*;

    /// A book.
    #[derive(Model)]
    #[model(app = "library")]
    pub struct Book {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// What stands on its back.
        #[field(max_length = 200)]
        pub title: String,
        /// How many pages it has.
        #[field(default = 0)]
        pub pages: i32,
        /// Where it stands.
        pub shelf: Option<i32>,
    }
}

fastdjango::embed_migrations!("carried");

fn main() -> ExitCode {
    let book = match std::env::var("CARRIED_VERSION").as_deref() {
        Ok("1") => v1::Book::DEF,
        Ok("3") => v3::Book::DEF,
        _ => v2::Book::DEF,
    };
    let dir = std::env::var("CARRIED_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let manifest_dir: &'static str = Box::leak(dir.clone().into_boxed_str());
    let moved = |source: Source| Source { manifest_dir, ..source };
    let book: &'static ModelDef = Box::leak(Box::new(ModelDef { source: moved(book.source), ..*book }));
    let carried: Vec<&'static EmbeddedCrate> = migration::registered()
        .into_iter()
        .map(|one| &*Box::leak(Box::new(EmbeddedCrate { source: moved(one.source), ..*one })))
        .collect();
    fastdjango_cli::main_of(&PathBuf::from(dir), &[book], &carried)
}
