//! The models that are gone, by what one that is new may have in common with them.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{AppLabel, FieldName, ModelRef};
use crate::state::ModelState;

type Model<'a> = (&'a ModelRef, &'a ModelState);

/// Models by their app; for those of other apps, of which there are many, by name, by table, and by the names of their fields.
pub(super) struct Gone<'a> {
    models: Vec<Model<'a>>,
    of_app: BTreeMap<&'a AppLabel, Vec<usize>>,
    of_name: BTreeMap<String, Vec<usize>>,
    of_table: BTreeMap<&'a str, Vec<usize>>,
    of_fields: BTreeMap<Vec<&'a FieldName>, Vec<usize>>,
}

impl<'a> Gone<'a> {
    pub(super) fn new(models: Vec<Model<'a>>) -> Self {
        let (mut of_app, mut of_name) = (BTreeMap::<_, Vec<usize>>::new(), BTreeMap::<_, Vec<usize>>::new());
        let (mut of_table, mut of_fields) = (BTreeMap::<_, Vec<usize>>::new(), BTreeMap::<_, Vec<usize>>::new());
        for (at, (name, model)) in models.iter().enumerate() {
            of_app.entry(&name.app).or_default().push(at);
            of_name.entry(name.model.as_str().to_lowercase()).or_default().push(at);
            of_table.entry(&*model.table).or_default().push(at);
            of_fields.entry(fields(model)).or_default().push(at);
        }
        Self { models, of_app, of_name, of_table, of_fields }
    }

    /// The models that the new one may be: all of its own app, and of others those that little else can be.
    pub(super) fn like(&self, new: Model<'_>) -> impl Iterator<Item = Model<'a>> {
        let found = [
            self.of_app.get(&new.0.app),
            self.of_name.get(&new.0.model.as_str().to_lowercase()),
            self.of_table.get(&*new.1.table),
            self.of_fields.get(&fields(new.1)),
        ];
        let found: BTreeSet<usize> = found.into_iter().flatten().flatten().copied().collect();
        found.into_iter().filter_map(|at| self.models.get(at).copied())
    }
}

fn fields(model: &ModelState) -> Vec<&FieldName> {
    let mut names: Vec<&FieldName> = model.fields.iter().map(|field| &field.name).collect();
    names.sort();
    names
}
