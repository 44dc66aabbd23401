//! Reports in words, or with `--json` as one document.

mod diagnostic;
mod make;
mod migrate;
mod progress;
mod render;
mod show;

pub(crate) use diagnostic::diagnostics;
pub(crate) use make::made;
pub(crate) use migrate::migrated;
pub(crate) use progress::Progress;
pub(crate) use render::rendered;
pub(crate) use show::shown;

/// The next step after files were written, with the name that this program has.
fn review() -> String {
    let program = std::env::args_os().next().map(std::path::PathBuf::from);
    let name = program.as_deref().and_then(std::path::Path::file_stem).and_then(std::ffi::OsStr::to_str);
    format!("review it, then: cargo run --bin {} migrate\n", name.unwrap_or("fastdjango"))
}
