//! What changed between two states, as migrations; doubts come back as questions, never as guesses.
//!
//! Detects: models created, deleted, renamed; tables renamed; comments; managed or not; fields added, removed, renamed,
//! altered in any attribute; primary keys; indexes and constraints added, removed, renamed; enums created, deleted, altered.
//! Asks: about renames that nobody declared, and values that rows which exist would lack.
//! Does not detect: a model that moved to another app (it is deleted there and created here), the order of fields.

mod answer;
mod change;
mod compare;
mod detected;
mod draft;
mod emit;
mod enums;
mod findings;
mod names;
mod past;
mod question;
mod ready;
mod rename;
mod schedule;
mod untie;

pub use answer::{Answer, Answers};
pub use detected::{Detected, detect};
pub use names::choose as named;
pub use past::Past;
pub use question::{Choice, Question, QuestionKind};
