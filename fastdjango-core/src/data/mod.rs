//! Data migrations in Rust: the functions, the models as they were at a place of the history, and their rows.

mod function;
mod handle;
mod model;
mod moment;
mod registry;
mod row;
mod rows;
mod session;
mod sql;

pub use function::{DataMigration, Failure, Running};
pub use handle::Data;
pub use model::HistoricalModel;
pub use moment::Moment;
pub use registry::{Registration, registered};
pub use row::{Found, Row};
pub use rows::Rows;
pub use session::{Reply, Selected, Session};
