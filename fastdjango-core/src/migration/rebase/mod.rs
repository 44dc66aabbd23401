//! Branches of an app one behind the other: new numbers and dependencies, and whether the order makes a difference.

mod behind;
mod order;

pub use behind::{Rebase, rebase};
