//! Migrations: files of operations and their SQL, the directory that holds them, and the order between them.

mod alone;
mod checksum;
mod commute;
mod document;
mod embedded;
mod exchange;
mod graph;
mod history;
mod parse;
mod parts;
mod place;
mod rebase;
mod registry;
mod rename;
mod set_order;
mod set_sql;
mod shape;
mod snapshot;
mod squash;
mod step;
#[cfg(test)]
mod tests;
mod text;
mod write;

pub use alone::{AloneFile, alone};
pub use checksum::checksum;
use commute::shared_by;
pub use commute::{Clash, clash, clash_of_rows};
pub use document::{Migration, SqlSection};
pub use embedded::{EmbeddedApp, EmbeddedCrate, named_by_file};
#[cfg(feature = "json-schema")]
pub use exchange::AnyStateDocument;
pub use exchange::{
    AppDocument, DOCUMENT_FORMAT, Described, MigrationDocument, OperationsDocument, StateDocument, parse_operations,
    parse_state,
};
pub use graph::{Graph, Unordered, several_heads};
pub use history::{advance, history_state, touched};
pub use parse::{FORMAT, parse};
pub use place::{Places, naming};
pub use rebase::{Rebase, rebase};
pub use registry::{Registration, registered};
pub use rename::{Rename, former_name, rebuilt};
pub use set_order::set_order;
pub use set_sql::set_sql;
pub use snapshot::{Outline, Recorded, Snapshot, assemble};
pub use squash::{Squash, squash};
pub use step::Step;
pub use write::write;
