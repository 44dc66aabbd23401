//! Random project states: valid ones, changed ones, and the answers that a change needs.

mod answers;
mod dice;
mod edit;
mod model;
mod repair;
mod state;
mod swap;

pub use answers::{answer_after, answer_all, answer_by, apply_all, fill, filled_field, initial, renames};
pub use dice::Dice;
pub use edit::edit;
pub use state::{crowded, dice, managed, only, pair, roll, state, states};
