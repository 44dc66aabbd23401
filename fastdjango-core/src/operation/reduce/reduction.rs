//! What two operations come to.

use super::{commute, create, enums, field, item, model};
use crate::name::AppLabel;
use crate::operation::Operation;

/// What an operation and a later one come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Both are replaced by these, perhaps none.
    Replace(Vec<Operation>),
    /// Both stay, and may change places.
    Pass,
    /// Both stay as they are; nothing may be moved across.
    Barrier,
}

impl Operation {
    /// What this operation and the later `next` of the same app come to, when nothing between them is in the way.
    ///
    /// A wrong `Replace` or `Pass` would leave other rows than the two operations as written; where rows could differ, the
    /// answer is `Barrier`.
    #[must_use]
    pub fn reduce(&self, next: &Self, app: &AppLabel) -> Reduction {
        let folded = create::fold(self, next, app)
            .or_else(|| model::fold(self, next, app))
            .or_else(|| field::fold(self, next))
            .or_else(|| item::fold(self, next))
            .or_else(|| enums::fold(self, next));
        match folded {
            Some(operations) => Reduction::Replace(operations),
            None if commute::commute(self, next, app) => Reduction::Pass,
            None => Reduction::Barrier,
        }
    }
}
