//! The only file I/O: what the commands do, as functions that return reports.
//!
//! Nothing here prints or asks: a doubt comes back as a question, an error as diagnostics, a result as a report.

mod answers;
mod connect;
mod directory;
mod history;
mod init;
mod loss;
mod make;
mod migrate;
mod plan;
mod project;
mod render;
mod show;
mod snapshots;
mod sql;

pub mod files;

pub use answers::{parse_answer, read_answers, rename, write_answers};
pub use connect::connect;
pub use directory::Directory;
pub use history::Reconciled;
pub use init::init;
pub use loss::{Loss, LossKind};
pub use make::{Made, MakeOptions, MakeReport, makemigrations};
pub use migrate::{MigrateOptions, MigrateReport, Notice, Ran, migrate, rollback};
pub use plan::{Direction, Planned, Target};
pub use project::Project;
pub use render::{RenderReport, Rendered, render};
pub use show::{Shown, Status, showmigrations};
pub use snapshots::Previous;
pub use sql::sqlmigrate;
