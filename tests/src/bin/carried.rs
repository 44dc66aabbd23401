//! A program that carries its migrations: the command line on them, as if its crate were in `CARRIED_DIR`, beside one that carries none in
//! `CARRIED_OWN`.

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

/// What no migration makes, and may be what one made under another name.
mod v4 {
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
        /// How many sheets it has.
        #[field(default = 0)]
        pub sheets: i32,
    }
}

/// A crate that uses the library.
mod own {
    use fastdjango::prelude::*;

    use super::v2::Book;

    /// What a book stands on.
    #[derive(Model)]
    #[model(app = "shelves")]
    pub struct Shelf {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Its first book.
        #[field(on_delete = cascade)]
        pub book: ForeignKey<Book>,
    }
}

fastdjango::embed_migrations!("carried");

fn main() -> ExitCode {
    let book = match std::env::var("CARRIED_VERSION").as_deref() {
        Ok("1") => v1::Book::DEF,
        Ok("3") => v3::Book::DEF,
        Ok("4") => v4::Book::DEF,
        _ => v2::Book::DEF,
    };
    let dir = std::env::var("CARRIED_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let mut models = vec![moved(book, "library", &dir)];
    let mut project = dir.clone();
    if let Ok(own) = std::env::var("CARRIED_OWN") {
        models.push(moved(own::Shelf::DEF, "shelves", &own));
        project = own;
    }
    let mut carried = Vec::new();
    if std::env::var_os("CARRIED_NOTHING").is_none() {
        carried = migration::registered().into_iter().map(|one| library(one, &dir)).collect();
    }
    fastdjango_cli::main_of(&PathBuf::from(project), &models, &carried)
}

/// The library, with one more migration `0002_more` where `CARRIED_MORE` has its text.
fn library(one: &EmbeddedCrate, dir: &str) -> &'static EmbeddedCrate {
    let mut apps = one.apps.to_vec();
    if let (Ok(more), Some(app)) = (std::env::var("CARRIED_MORE"), apps.first_mut()) {
        let more: (&'static str, &'static str) = ("0002_more", more.leak());
        app.migrations = [app.migrations, &[more]].concat().leak();
    }
    Box::leak(Box::new(EmbeddedCrate { source: at(one.source, "library", dir), apps: apps.leak(), ..*one }))
}

fn moved(model: &ModelDef, package: &'static str, dir: &str) -> &'static ModelDef {
    Box::leak(Box::new(ModelDef { source: at(model.source, package, dir), ..*model }))
}

fn at(source: Source, package: &'static str, dir: &str) -> Source {
    Source { manifest_dir: Box::leak(dir.to_owned().into_boxed_str()), package, ..source }
}
