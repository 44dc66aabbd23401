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
