//! A project as one of its databases has it: the apps that live there, their migrations, and what its history says of those.
//!
//! Which app lives where is said in the settings, and applied here alone: whoever asks a database goes by [`Project::on`].

mod aside;
mod here;
mod narrowed;
mod relations;

pub(super) use aside::Aside;
pub use here::Route;
pub(super) use narrowed::Beyond;
#[cfg(feature = "render")]
pub(super) use relations::check_moves;
pub(super) use relations::check_relations;

#[cfg(doc)]
use super::project::Project;

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}
