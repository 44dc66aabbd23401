//! The whole project at one moment.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EnumState, ModelMap, ModelState};
use crate::name::{AppLabel, ModelRef};
use crate::pair::Pair;

/// Every model of every app, and the enums. A copy of the models costs nothing until one of the two changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectState {
    /// The models, by app and name.
    #[serde(flatten)]
    pub models: ModelMap,
    /// The native enums, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub enums: BTreeMap<String, EnumState>,
}

impl<'a> Pair<&'a ProjectState> {
    /// The models of both sides beside each other, in the order of their names; found without looking for any.
    pub(crate) fn models(self) -> impl Iterator<Item = (&'a ModelRef, Pair<Option<&'a ModelState>>)> {
        let (mut previous, mut next) = (self.previous.models.iter().peekable(), self.next.models.iter().peekable());
        std::iter::from_fn(move || {
            let order = match (previous.peek(), next.peek()) {
                (Some((before, _)), Some((after, _))) => before.cmp(after),
                (_, None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            let previous = previous.next_if(|_| order.is_le());
            let next = next.next_if(|_| order.is_ge());
            let (name, _) = previous.or(next)?;
            Some((name, Pair::new(previous, next).map(|side| side.map(|(_, model)| model))))
        })
    }
}

impl ProjectState {
    /// The models of one app.
    pub fn app<'a>(&'a self, app: &'a AppLabel) -> impl Iterator<Item = (&'a ModelRef, &'a ModelState)> {
        // The empty name comes before every other, so that the range begins where the app does.
        self.models.range(ModelRef::new(app.clone(), "")..).take_while(move |(model, _)| model.app == *app)
    }
}
