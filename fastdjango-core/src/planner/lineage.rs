//! Where models and fields come from: names change, and what they name does not.

use std::collections::BTreeMap;

use crate::field::{Default, Sql};
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::operation::Operation;
use crate::state::{FieldKind, FieldState, ModelState, ProjectState};

/// The models of a state, and what each of them and of its fields was before the operations.
#[derive(Clone, Debug, Default)]
pub(super) struct Lineage {
    models: BTreeMap<ModelRef, Ancestry>,
}

#[derive(Clone, Debug, Default)]
struct Ancestry {
    previous: Option<ModelRef>,
    fields: BTreeMap<FieldName, Origin>,
}

/// What a field was before, and the value that its operation gives to rows without one.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    /// The field's name before; `None` for a new one.
    pub(super) previous: Option<FieldName>,
    /// The value of rows that have none.
    pub(super) fill: Option<Default>,
}

impl Lineage {
    /// Every model as it is.
    pub(super) fn new(state: &ProjectState) -> Self {
        let models = state.models.iter().map(|(model, definition)| {
            let fields = definition
                .fields
                .iter()
                .map(|field| (field.name.clone(), Origin { previous: Some(field.name.clone()), fill: None }));
            (model.clone(), Ancestry { previous: Some(model.clone()), fields: fields.collect() })
        });
        Self { models: models.collect() }
    }

    /// What the model was called before; `None` for a new one.
    pub(super) fn previous_model(&self, model: &ModelRef) -> Option<&ModelRef> {
        self.models.get(model)?.previous.as_ref()
    }

    /// What the field was before.
    pub(super) fn origin(&self, model: &ModelRef, field: &FieldName) -> Option<&Origin> {
        self.models.get(model)?.fields.get(field)
    }

    /// Follows one operation.
    pub(super) fn follow(&mut self, app: &AppLabel, operation: &Operation) {
        match operation {
            Operation::CreateModel { model, definition } => self.create(reference(app, model), definition),
            Operation::DeleteModel { model, .. } => {
                self.models.remove(&reference(app, model));
            }
            Operation::RenameModel { from, to } => {
                if let Some(ancestry) = self.models.remove(&reference(app, from)) {
                    self.models.insert(reference(app, to), ancestry);
                }
            }
            Operation::AddField { model, field, fill } => {
                self.put(app, model, &field.name, Origin { previous: None, fill: fill.clone() });
            }
            Operation::RemoveField { model, field, .. } => {
                self.take(app, model, &field.name);
            }
            Operation::RenameField { model, from, to } => {
                if let Some(origin) = self.take(app, model, from) {
                    self.put(app, model, to, origin);
                }
            }
            Operation::AlterField { model, from, to, fill, .. } => self.alter(app, model, from, to, fill.as_ref()),
            Operation::AlterModelTable { .. }
            | Operation::AlterModelComment { .. }
            | Operation::SetManaged { .. }
            | Operation::AlterPrimaryKey { .. }
            | Operation::AddIndex { .. }
            | Operation::RemoveIndex { .. }
            | Operation::RenameIndex { .. }
            | Operation::AddConstraint { .. }
            | Operation::RemoveConstraint { .. }
            | Operation::RenameConstraint { .. }
            | Operation::RunSql { .. } => {}
        }
    }

    fn create(&mut self, model: ModelRef, definition: &ModelState) {
        let fields = definition.fields.iter().map(|field| (field.name.clone(), Origin::default()));
        self.models.insert(model, Ancestry { previous: None, fields: fields.collect() });
    }

    fn alter(&mut self, app: &AppLabel, model: &ModelName, from: &FieldState, to: &FieldState, fill: Option<&Default>) {
        let Some(mut origin) = self.take(app, model, &from.name) else { return };
        if !same_storage(from, to) {
            origin = Origin::default();
        }
        if origin.previous.is_none() && from.default != to.default {
            // A new column gave the rows that were there its default, or NULL; another default does not take it back.
            let null = || to.null.then(|| Default::Sql { sql: Sql::any("NULL") });
            origin.fill = origin.fill.or_else(|| from.default.clone().or_else(null));
        }
        // The first value wins: where a later one is needed, there are no NULLs left for it.
        origin.fill = origin.fill.or_else(|| fill.cloned());
        self.put(app, model, &to.name, origin);
    }

    fn put(&mut self, app: &AppLabel, model: &ModelName, field: &FieldName, origin: Origin) {
        if let Some(ancestry) = self.models.get_mut(&reference(app, model)) {
            ancestry.fields.insert(field.clone(), origin);
        }
    }

    fn take(&mut self, app: &AppLabel, model: &ModelName, field: &FieldName) -> Option<Origin> {
        self.models.get_mut(&reference(app, model))?.fields.remove(field)
    }
}

/// True where the values of one definition can be those of the other: two columns, or pairs with the same model.
fn same_storage(from: &FieldState, to: &FieldState) -> bool {
    match (&from.kind, &to.kind) {
        (FieldKind::ManyToMany(one), FieldKind::ManyToMany(other)) => one.to == other.to,
        (FieldKind::ManyToMany(_), _) | (_, FieldKind::ManyToMany(_)) => false,
        (FieldKind::Column(_) | FieldKind::ForeignKey(_), FieldKind::Column(_) | FieldKind::ForeignKey(_)) => true,
    }
}

fn reference(app: &AppLabel, model: &ModelName) -> ModelRef {
    ModelRef::new(app.clone(), model.clone())
}
