//! The whole project at one moment.

use serde::{Deserialize, Serialize};

use super::{ModelMap, ModelState};
use crate::name::{AppLabel, ModelRef};

/// Every model of every app. A copy costs nothing until one of the two changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProjectState {
    /// The models, by app and name.
    pub models: ModelMap,
}

impl ProjectState {
    /// The models of one app.
    pub fn app<'a>(&'a self, app: &'a AppLabel) -> impl Iterator<Item = (&'a ModelRef, &'a ModelState)> {
        // The empty name comes before every other, so that the range begins where the app does.
        self.models.range(ModelRef::new(app.clone(), "")..).take_while(move |(model, _)| model.app == *app)
    }
}
