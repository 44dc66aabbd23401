//! Reports in words, or with `--json` as one document.

mod all;
mod baseline;
mod diagnostic;
mod diff;
mod heads;
mod history;
mod make;
mod merge;
mod migrate;
mod preview;
mod progress;
mod prune;
mod render;
mod repair;
mod shorten;
mod show;
mod squash;

pub(crate) use all::All;
pub(crate) use baseline::baselined;
pub(crate) use diagnostic::{diagnostics, more};
pub(crate) use diff::{differed, optimized};
pub(crate) use heads::heads;
pub(crate) use history::events;
pub(crate) use make::{document as made_document, made};
pub(crate) use merge::merged;
pub(crate) use migrate::{elsewhere, migrated};
pub(crate) use preview::previewed;
pub(crate) use progress::Progress;
pub(crate) use prune::pruned;
pub(crate) use render::rendered;
pub(crate) use repair::repaired;
pub(crate) use shorten::shortened;
pub(crate) use show::shown;
pub(crate) use squash::squashed;

/// The next step after files were written.
fn review() -> String {
    format!("review it, then: {}\n", command("migrate"))
}

/// A command as a person types it, with the name that this program has.
fn command(arguments: &str) -> String {
    let program = std::env::args_os().next().map(std::path::PathBuf::from);
    let name = program.as_deref().and_then(std::path::Path::file_stem).and_then(std::ffi::OsStr::to_str);
    format!("cargo run --bin {} {arguments}", name.unwrap_or("fastdjango"))
}
