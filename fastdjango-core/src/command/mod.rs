//! The only file I/O: what the commands do, as functions that return reports.
//!
//! Nothing here prints or asks: a doubt comes back as a question, an error as diagnostics, a result as a report.

#[cfg(feature = "driver")]
mod all;
mod answers;
#[cfg(feature = "render")]
mod baseline;
#[cfg(feature = "render")]
mod clock;
mod connect;
mod current;
mod databases;
mod declared;
#[cfg(feature = "render")]
mod diff;
mod directory;
mod executor;
pub mod files;
#[cfg(feature = "render")]
mod former;
mod functions;
mod history;
#[cfg(feature = "render")]
mod init;
#[cfg(feature = "render")]
mod initial;
#[cfg(feature = "render")]
mod live;
mod loss;
#[cfg(feature = "render")]
mod make;
#[cfg(feature = "render")]
mod merge;
mod migrate;
mod origin;
mod plan;
#[cfg(feature = "render")]
mod preview;
mod project;
mod prune;
mod recorder;
#[cfg(feature = "render")]
mod render;
#[cfg(feature = "render")]
mod repair;
mod replaced;
mod rerender;
mod resume;
mod reviewed;
#[cfg(feature = "render")]
mod rewrite;
mod route;
mod settled;
#[cfg(feature = "render")]
mod shorten;
mod show;
#[cfg(feature = "render")]
mod slips;
mod snapshots;
mod sql;
#[cfg(feature = "render")]
mod squash;
mod survey;
#[cfg(all(feature = "testing", any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
pub mod testing;
#[cfg(feature = "render")]
mod unapplied;
#[cfg(feature = "render")]
mod unwritten;
#[cfg(feature = "render")]
mod update;

#[cfg(feature = "driver")]
pub use all::{AllNotice, AllOptions, AllReport, End, OneReport, migrate_all};
pub use answers::{
    Flags, answer, parse_answer, parse_answers, read_answers, rename, take_flag, typed_answer, write_answers,
};
#[cfg(feature = "render")]
pub use baseline::{BaselineOptions, BaselineReport, baseline};
pub use connect::connect;
pub use databases::NamedDatabase;
#[cfg(feature = "render")]
pub use diff::{
    DatabaseName, DiffDocument, DiffOptions, DiffReport, Side, SideName, StateText, diff, read_database, version,
};
pub use directory::Directory;
pub use executor::MigrationExecutor;
pub use history::{Disagreement, Reconciled};
#[cfg(feature = "render")]
pub use init::init;
pub use loss::{Loss, LossKind};
#[cfg(feature = "render")]
pub use make::{Made, MakeOptions, MakeReport, makemigrations};
#[cfg(feature = "render")]
pub use merge::{MergeHow, MergeOptions, Merged, merge};
pub use migrate::{MigrateOptions, MigrateReport, Notice, Ran, migrate, rollback};
pub use plan::{Direction, Planned, Target};
#[cfg(feature = "render")]
pub use preview::{Preview, preview};
pub use project::Project;
pub use prune::{PruneOptions, PruneReport, prune};
pub use recorder::MigrationRecorder;
#[cfg(feature = "render")]
pub use render::{RenderReport, Rendered, render};
#[cfg(feature = "render")]
pub use repair::{Repair, RepairOptions, RepairReport, repair};
pub use resume::Resume;
pub use route::Route;
#[cfg(feature = "render")]
pub use shorten::{OptimizeReport, optimizemigration};
pub use show::{Shown, Status, showmigrations};
pub use snapshots::Previous;
pub use sql::sqlmigrate;
#[cfg(feature = "render")]
pub use squash::{SquashReport, squashmigrations};
pub use survey::{Survey, survey};
#[cfg(feature = "render")]
pub use unapplied::applied_history;
