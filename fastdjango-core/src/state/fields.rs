//! The fields of a model, shared between the models that have them alike.

use std::fmt;
use std::iter::Map;
use std::ops::{Index, IndexMut};
use std::slice::{Iter, IterMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::FieldState;

/// Fields in the order of the table's columns.
///
/// A copy shares each of them with the original until one of the two changes it, so that a model before and a model after an operation
/// cost what the operation changes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<Arc<FieldState>>);

impl Fields {
    /// The fields, in their order.
    #[must_use]
    pub fn iter(&self) -> <&Self as IntoIterator>::IntoIter {
        self.into_iter()
    }

    /// The fields, to be changed; copies each that another model has too.
    pub fn iter_mut(&mut self) -> <&mut Self as IntoIterator>::IntoIter {
        self.into_iter()
    }

    /// The fields that `some` is true for, to be changed; no other one is copied.
    pub fn some_mut(&mut self, some: impl Fn(&FieldState) -> bool) -> impl Iterator<Item = &mut FieldState> {
        self.0.iter_mut().filter(move |field| some(field)).map(Arc::make_mut)
    }

    /// The field at that place.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&FieldState> {
        self.0.get(at).map(|field| &**field)
    }

    /// The field at that place, to be changed.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut FieldState> {
        self.0.get_mut(at).map(Arc::make_mut)
    }

    /// Adds a field behind all others.
    pub fn push(&mut self, field: FieldState) {
        self.0.push(Arc::new(field));
    }

    /// Adds a field at a place.
    ///
    /// # Panics
    /// Where there are fewer fields.
    pub fn insert(&mut self, at: usize, field: FieldState) {
        self.0.insert(at, Arc::new(field));
    }

    /// Takes the field at that place away.
    ///
    /// # Panics
    /// Where there is none.
    pub fn remove(&mut self, at: usize) -> FieldState {
        Arc::unwrap_or_clone(self.0.remove(at))
    }

    /// Keeps the fields that `keep` is true for.
    pub fn retain(&mut self, mut keep: impl FnMut(&FieldState) -> bool) {
        self.0.retain(|field| keep(field));
    }

    /// The same for a test that changes what it keeps; copies each field that another model has too.
    pub fn retain_mut(&mut self, mut keep: impl FnMut(&mut FieldState) -> bool) {
        self.0.retain_mut(|field| keep(Arc::make_mut(field)));
    }

    /// Puts the fields in the order of their keys; those of one key stay as they are to each other.
    pub fn sort_by_key<K: Ord>(&mut self, mut key: impl FnMut(&FieldState) -> K) {
        self.0.sort_by_key(|field| key(field));
    }

    /// Takes all fields away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Index<usize> for Fields {
    type Output = FieldState;

    /// The field at that place.
    ///
    /// # Panics
    /// Where there is none; [`Fields::get`] is for places that somebody counted.
    fn index(&self, at: usize) -> &FieldState {
        &self.0[at]
    }
}

impl IndexMut<usize> for Fields {
    fn index_mut(&mut self, at: usize) -> &mut FieldState {
        Arc::make_mut(&mut self.0[at])
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = &'a FieldState;
    type IntoIter = Map<Iter<'a, Arc<FieldState>>, fn(&'a Arc<FieldState>) -> &'a FieldState>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|field| &**field)
    }
}

impl<'a> IntoIterator for &'a mut Fields {
    type Item = &'a mut FieldState;
    type IntoIter = Map<IterMut<'a, Arc<FieldState>>, fn(&'a mut Arc<FieldState>) -> &'a mut FieldState>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut().map(Arc::make_mut)
    }
}

impl FromIterator<FieldState> for Fields {
    fn from_iter<I: IntoIterator<Item = FieldState>>(fields: I) -> Self {
        Self(fields.into_iter().map(Arc::new).collect())
    }
}

impl From<Vec<FieldState>> for Fields {
    fn from(fields: Vec<FieldState>) -> Self {
        fields.into_iter().collect()
    }
}

impl Extend<FieldState> for Fields {
    fn extend<I: IntoIterator<Item = FieldState>>(&mut self, fields: I) {
        self.0.extend(fields.into_iter().map(Arc::new));
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<FieldState>::deserialize(deserializer).map(Self::from)
    }
}
