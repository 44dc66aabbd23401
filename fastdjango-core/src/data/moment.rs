//! A place of the history: the state that a data migration finds, and what of it is its business.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::HistoricalModel;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::name::{AppLabel, FieldName, ModelRef};
use crate::operation::Subject;
use crate::schema::{Identity, Lowered, lower};
use crate::state::{ModelState, ProjectState};

/// The state before a `run_rust`, and the models that it may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The app whose migration it is.
    pub app: AppLabel,
    /// The state.
    pub state: ProjectState,
    /// The models and fields that `touches` names; `None` for all models of the app's own.
    pub touches: Option<BTreeSet<Subject>>,
}

impl Moment {
    /// The tables of the models that it may ask for, those of their pairs too.
    #[must_use]
    pub fn tables(&self) -> Vec<String> {
        let lowered = self.models().flat_map(|(model, _)| self.lowered(model).unwrap_or_default());
        lowered.map(|lowered| lowered.table.name).collect()
    }

    /// True where a function finds the same models at both places.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.touches == other.touches && self.models().eq(other.models())
    }

    /// The models that it may ask for.
    fn models(&self) -> impl Iterator<Item = (&ModelRef, &ModelState)> {
        self.state.models.iter().filter(|(model, _)| self.is_touched(model))
    }

    fn is_touched(&self, model: &ModelRef) -> bool {
        let whole = Subject::Model(model.clone());
        self.touches.as_ref().map_or(model.app == self.app, |all| all.iter().any(|one| one.overlaps(&whole)))
    }

    /// True for a field that may be read and changed, where the model is touched.
    fn is_open(&self, model: &ModelRef, field: &FieldName) -> bool {
        let field = Subject::Field(model.clone(), field.clone());
        self.touches.as_ref().is_none_or(|all| all.iter().any(|one| one.overlaps(&field)))
    }

    /// The model of a name: `Post` of the app, `accounts.User` of another, `Post.tags` for the pairs of a many-to-many.
    ///
    /// What `touches` does not name is refused: the order of migrations would not depend on it, and a database with another order
    /// would have it otherwise.
    pub(super) fn model(&self, label: &str, dialect: &dyn Dialect) -> Result<Arc<HistoricalModel>> {
        let (model, pairs) = self.named(label);
        if !self.state.models.contains_key(&model) {
            let note = "a data migration sees the models as the migrations before it left them";
            let help = "compare the name with the operations of those migrations";
            return Err(refused(format!("there is no model `{label}` at this place of the history"), note, help));
        }
        if !self.is_touched(&model) {
            let note = "what a data migration touches decides which migrations come before it";
            let help = format!("add `{label}` to the `touches` of its `run_rust`, then run `render`");
            return Err(refused(format!("the migration does not say that it touches `{label}`"), note, &help));
        }
        let identity = match pairs {
            Some(field) => Identity::Join(model.clone(), field.into()),
            None => Identity::Model(model.clone()),
        };
        let lowered = self.lowered(&model)?.into_iter().find(|lowered| lowered.identity == identity);
        let mut lowered = lowered.ok_or_else(|| {
            let note = "it is no many-to-many here, or has a model of its own for its pairs";
            refused(format!("`{label}` has no pairs"), note, "ask for the model that holds them")
        })?;
        if !dialect.capabilities().native_enums {
            lowered.table.check_enums(&self.state.enum_values());
        }
        let is_pairs = pairs.is_some();
        let open = |field: &FieldName| is_pairs || self.is_open(&model, field);
        Ok(Arc::new(HistoricalModel::new(label, &lowered, dialect, open)))
    }

    /// The model that a label names, and the field of the pairs; `Post.tags` begins with a capital, as types do.
    fn named<'a>(&self, label: &'a str) -> (ModelRef, Option<&'a str>) {
        let own = |model: &str| ModelRef::new(self.app.clone(), model);
        match label.split('.').collect::<Vec<_>>()[..] {
            [model, field] if label.starts_with(char::is_uppercase) => (own(model), Some(field)),
            [app, model] => (ModelRef::new(app, model), None),
            [app, model, field] => (ModelRef::new(app, model), Some(field)),
            _ => (own(label), None),
        }
    }

    /// The tables of the model; one that others make is looked at like ours.
    fn lowered(&self, model: &ModelRef) -> Result<Vec<Lowered>> {
        let mut state = self.state.clone();
        if let Some(found) = state.models.get_mut(model).filter(|found| !found.managed) {
            found.managed = true;
        }
        lower(&state, &BTreeSet::from([model.clone()])).map_err(Error::invalid)
    }
}

fn refused(message: String, note: &str, help: &str) -> Error {
    Error::invalid(Diagnostic::error("E684", message).note(note).help(help))
}
