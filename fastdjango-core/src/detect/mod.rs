//! What changed between two states, as migrations; doubts come back as questions, never as guesses.
//!
//! Detects: models created, deleted, renamed, moved to another app; tables renamed; comments; options of other tools; managed or not; fields added, removed, renamed,
//! altered in any attribute; primary keys; indexes and constraints added, removed, renamed; enums created, deleted, altered.
//! Asks: about renames and moves that nobody declared, values that rows which exist would lack, values that would have another place, and
//! conversions that no database knows.
//! Does not detect: the order of fields.

mod answer;
mod astray;
mod change;
mod compare;
mod detected;
mod draft;
mod emit;
mod enums;
mod findings;
mod finish;
mod loss;
mod names;
mod past;
mod pending;
mod question;
mod ready;
mod rename;
mod schedule;
mod untie;
mod wake;

pub use answer::{Answer, Answers};
pub use astray::{Astray, astray};
pub use detected::{Detected, detect};
pub use names::choose as named;
pub use past::Past;
pub use question::{Choice, Question, QuestionKind};
