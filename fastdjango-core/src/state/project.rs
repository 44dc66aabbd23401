//! The whole project at one moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EnumState, ModelMap, ModelState};
use crate::name::{AppLabel, ModelRef};

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

impl ProjectState {
    /// The models of one app.
    pub fn app<'a>(&'a self, app: &'a AppLabel) -> impl Iterator<Item = (&'a ModelRef, &'a ModelState)> {
        // The empty name comes before every other, so that the range begins where the app does.
        self.models.range(ModelRef::new(app.clone(), "")..).take_while(move |(model, _)| model.app == *app)
    }
}
