//! Random project states: valid ones, changed ones, and the answers that a change needs.

mod answers;
mod dice;
mod edit;
mod model;
mod repair;
mod state;

pub use answers::{answer_after, answer_all, apply_all, initial};
pub use dice::Dice;
pub use edit::edit;
pub use state::{only, pair, state, states};
