//! Random project states: valid ones, changed ones, and the answers that a change needs.

mod answers;
mod branches;
mod counted;
mod dice;
mod edit;
mod enums;
mod kinds;
mod model;
mod options;
mod repair;
mod respelled;
mod state;
mod swap;

pub use answers::{
    Known, answer_after, answer_all, answer_and_convert, answer_by, apply_all, fill, filled_field, initial,
    plain_answer, renames,
};
pub use branches::Branches;
pub use counted::{Counted, counted};
pub use dice::Dice;
pub use edit::{edit, edit_little};
pub use kinds::had_by;
pub use respelled::respelled;
pub use state::{complete, crowded, dice, managed, only, pair, roll, state, states};
