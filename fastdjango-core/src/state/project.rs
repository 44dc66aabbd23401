//! The whole project at one moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ModelState;
use crate::name::{AppLabel, ModelRef};

/// Every model of every app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProjectState {
    /// The models, by app and name.
    pub models: BTreeMap<ModelRef, ModelState>,
}

impl ProjectState {
    /// The models of one app.
    pub fn app<'a>(&'a self, app: &'a AppLabel) -> impl Iterator<Item = (&'a ModelRef, &'a ModelState)> {
        self.models.iter().filter(move |(model, _)| model.app == *app)
    }
}
