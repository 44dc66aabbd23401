//! The models of a state, shared between the states that are alike.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Map;
use std::ops::{Index, RangeBounds};
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ModelState;
use super::users::{Used, Users};
use crate::name::ModelRef;

/// Models by app and name, in that order.
///
/// A copy shares every model with the original until one of the two changes it, so that a state before and a state after a
/// migration cost what the migration changes, however large the project is.
#[derive(Clone, Default)]
pub struct ModelMap {
    models: Shared,
    users: Users,
}

pub(super) type Shared = RedBlackTreeMapSync<ModelRef, Arc<ModelState>>;

impl ModelMap {
    /// The model of that name.
    #[must_use]
    pub fn get(&self, model: &ModelRef) -> Option<&ModelState> {
        self.models.get(model).map(|model| &**model)
    }

    /// The name as the map has it, and its model.
    #[must_use]
    pub fn get_key_value(&self, model: &ModelRef) -> Option<(&ModelRef, &ModelState)> {
        self.models.get_key_value(model).map(|(name, model)| (name, &**model))
    }

    /// The model of that name, to be changed; copies it where another state has it too.
    pub fn get_mut(&mut self, model: &ModelRef) -> Option<&mut ModelState> {
        self.users.change(model, &self.models);
        self.models.get_mut(model).map(Arc::make_mut)
    }

    /// True where there is a model of that name.
    #[must_use]
    pub fn contains_key(&self, model: &ModelRef) -> bool {
        self.models.contains_key(model)
    }

    /// Puts a model under a name, in the place of one that was there.
    pub fn insert(&mut self, name: ModelRef, model: ModelState) {
        self.put(name, Arc::new(model));
    }

    /// Puts a model under the name that another map has it under, and shares it with that one.
    pub(crate) fn share(&mut self, name: &ModelRef, other: &Self) {
        if let Some((name, model)) = other.models.get_key_value(name) {
            self.put(name.clone(), Arc::clone(model));
        }
    }

    fn put(&mut self, name: ModelRef, model: Arc<ModelState>) {
        self.users.settle(&self.models);
        if let Some(before) = self.models.get(&name) {
            self.users.forget(&name, before);
        }
        self.users.learn(&name, &model);
        self.models.insert_mut(name, model);
    }

    /// Takes the model of that name away.
    pub fn remove(&mut self, model: &ModelRef) -> Option<ModelState> {
        let found = Arc::clone(self.models.get(model)?);
        self.discard(model);
        Some(Arc::unwrap_or_clone(found))
    }

    /// The same without a look at the model, which another state may have too: nothing of it is copied.
    pub(crate) fn discard(&mut self, model: &ModelRef) {
        self.users.settle(&self.models);
        if let Some(found) = self.models.get(model) {
            self.users.forget(model, found);
            self.models.remove_mut(model);
        }
    }

    /// Keeps the models that `keep` is true for.
    pub fn retain(&mut self, keep: impl Fn(&ModelRef, &ModelState) -> bool) {
        let gone: Vec<ModelRef> =
            self.iter().filter(|(name, model)| !keep(name, model)).map(|(n, _)| n.clone()).collect();
        for model in gone {
            self.discard(&model);
        }
    }

    /// Changes every model, and so copies each that another state has too.
    pub fn for_each_mut(&mut self, mut change: impl FnMut(&ModelRef, &mut ModelState)) {
        self.users = Users::default();
        let names: Vec<ModelRef> = self.keys().cloned().collect();
        for name in names {
            if let Some(model) = self.models.get_mut(&name) {
                change(&name, Arc::make_mut(model));
            }
        }
    }

    /// The models that use it, in their order.
    pub(super) fn users<'a>(&'a self, used: &Used) -> impl Iterator<Item = &'a ModelRef> + use<'a> {
        self.users.of(used, &self.models)
    }

    /// The models with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&ModelRef, &ModelState)> {
        self.into_iter()
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &ModelRef> {
        self.models.keys()
    }

    /// The models.
    pub fn values(&self) -> impl Iterator<Item = &ModelState> {
        self.models.values().map(|model| &**model)
    }

    /// The models whose names are within the bounds.
    pub fn range(&self, names: impl RangeBounds<ModelRef>) -> impl Iterator<Item = (&ModelRef, &ModelState)> {
        self.models.range(names).map(|(name, model)| (name, &**model))
    }

    /// How many models there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.models.size()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }
}

impl Index<&ModelRef> for ModelMap {
    type Output = ModelState;

    /// The model of that name.
    ///
    /// # Panics
    /// Where there is none; [`ModelMap::get`] is for names that somebody wrote.
    fn index(&self, model: &ModelRef) -> &ModelState {
        &self.models[model]
    }
}

impl FromIterator<(ModelRef, ModelState)> for ModelMap {
    fn from_iter<I: IntoIterator<Item = (ModelRef, ModelState)>>(models: I) -> Self {
        let models = models.into_iter().map(|(name, model)| (name, Arc::new(model))).collect();
        Self { models, users: Users::default() }
    }
}

impl<'a> IntoIterator for &'a ModelMap {
    type Item = (&'a ModelRef, &'a ModelState);
    type IntoIter = Map<<&'a Shared as IntoIterator>::IntoIter, fn((&'a ModelRef, &'a Arc<ModelState>)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.models.iter().map(|(name, model)| (name, &**model))
    }
}

impl PartialEq for ModelMap {
    fn eq(&self, other: &Self) -> bool {
        self.models == other.models
    }
}

impl Eq for ModelMap {}

impl fmt::Debug for ModelMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for ModelMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for ModelMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::<ModelRef, ModelState>::deserialize(deserializer)?.into_iter().collect())
    }
}
