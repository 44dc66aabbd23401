//! The command line on the migrations of the app `chinook` in the folder `PROJECT_DIR`, as a process that a test can kill.

use std::path::PathBuf;
use std::process::ExitCode;

use fastdjango_core::model::{Model, ModelDef, Source};

fn main() -> ExitCode {
    let dir = std::env::var("PROJECT_DIR").unwrap_or_default();
    let manifest_dir: &'static str = Box::leak(dir.clone().into_boxed_str());
    // Which models the program has does not matter: `migrate` reads files only.
    let genre = chinook::Genre::DEF;
    let moved: &'static ModelDef =
        Box::leak(Box::new(ModelDef { source: Source { manifest_dir, ..genre.source }, ..*genre }));
    fastdjango_cli::main_with(&PathBuf::from(dir), &[moved])
}
