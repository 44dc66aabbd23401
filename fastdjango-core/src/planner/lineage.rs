//! Where models and fields come from: names change, and what they name does not.

use std::collections::BTreeMap;

use crate::field::{Default, Sql};
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::operation::Operation;
use crate::state::{FieldKind, FieldState, ModelState};

/// What models and fields were before the operations; those that no operation names are what they were.
#[derive(Clone, Debug, Default)]
pub(super) struct Lineage {
    models: BTreeMap<ModelRef, Ancestry>,
}

#[derive(Clone, Debug)]
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
    /// What makes its value, by the old one.
    pub(super) using: Option<Sql>,
}

impl Lineage {
    /// What the model was called before; `None` for a new one.
    pub(super) fn previous_model(&self, model: &ModelRef) -> Option<ModelRef> {
        self.models.get(model).map_or_else(|| Some(model.clone()), |ancestry| ancestry.previous.clone())
    }

    /// What the field was before.
    pub(super) fn origin(&self, model: &ModelRef, field: &FieldName) -> Origin {
        let known = self.models.get(model).and_then(|ancestry| ancestry.fields.get(field));
        known.cloned().unwrap_or_else(|| Origin::same(field))
    }

    /// Follows one operation.
    pub(super) fn follow(&mut self, app: &AppLabel, operation: &Operation) {
        match operation {
            Operation::CreateModel { model, definition } => self.create(reference(app, model), definition),
            Operation::DeleteModel { model, .. } => {
                self.models.remove(&reference(app, model));
            }
            Operation::RenameModel { from, to } => {
                self.rename(&reference(app, from), reference(app, to));
            }
            Operation::MoveModel { from, to } => self.rename(from, to.clone()),
            Operation::AddField { model, field, fill } => {
                self.put(app, model, &field.name, Origin { fill: fill.clone(), ..Origin::default() });
            }
            Operation::RemoveField { model, field, .. } => {
                self.take(app, model, &field.name);
            }
            Operation::RenameField { model, from, to } => {
                let origin = self.take(app, model, from);
                self.put(app, model, to, origin);
            }
            Operation::AlterField { model, from, to, fill, using, .. } => {
                self.alter(app, model, (from, to), fill.as_ref(), using.as_ref());
            }
            Operation::ReceiveModel { .. }
            | Operation::AlterModelTable { .. }
            | Operation::AlterModelComment { .. }
            | Operation::AlterModelExtensions { .. }
            | Operation::AlterModelOptions { .. }
            | Operation::SetManaged { .. }
            | Operation::AlterPrimaryKey { .. }
            | Operation::AddIndex { .. }
            | Operation::RemoveIndex { .. }
            | Operation::RenameIndex { .. }
            | Operation::AddConstraint { .. }
            | Operation::RemoveConstraint { .. }
            | Operation::RenameConstraint { .. }
            | Operation::CreateEnum { .. }
            | Operation::DeleteEnum { .. }
            | Operation::AlterEnum { .. }
            | Operation::RunSql { .. }
            | Operation::RunRust { .. }
            | Operation::StateOnly { .. }
            | Operation::DatabaseOnly { .. } => {}
        }
    }

    fn create(&mut self, model: ModelRef, definition: &ModelState) {
        let fields = definition.fields.iter().map(|field| (field.name.clone(), Origin::default()));
        self.models.insert(model, Ancestry { previous: None, fields: fields.collect() });
    }

    fn rename(&mut self, from: &ModelRef, to: ModelRef) {
        let ancestry = self.models.remove(from).unwrap_or_else(|| Ancestry::same(from));
        self.models.insert(to, ancestry);
    }

    fn alter(
        &mut self,
        app: &AppLabel,
        model: &ModelName,
        (from, to): (&FieldState, &FieldState),
        fill: Option<&Default>,
        using: Option<&Sql>,
    ) {
        let mut origin = self.take(app, model, &from.name);
        if !same_storage(from, to) {
            origin = Origin::default();
        }
        // The first value wins: where a later one is needed, there are no NULLs left for it.
        origin.fill = origin.fill.or_else(|| fill.cloned());
        origin.using = using.cloned();
        self.put(app, model, &to.name, origin);
    }

    fn put(&mut self, app: &AppLabel, model: &ModelName, field: &FieldName, origin: Origin) {
        self.ancestry(app, model).fields.insert(field.clone(), origin);
    }

    fn take(&mut self, app: &AppLabel, model: &ModelName, field: &FieldName) -> Origin {
        self.ancestry(app, model).fields.remove(field).unwrap_or_else(|| Origin::same(field))
    }

    fn ancestry(&mut self, app: &AppLabel, model: &ModelName) -> &mut Ancestry {
        let model = reference(app, model);
        self.models.entry(model).or_insert_with_key(Ancestry::same)
    }
}

impl Ancestry {
    fn same(model: &ModelRef) -> Self {
        Self { previous: Some(model.clone()), fields: BTreeMap::new() }
    }
}

impl Origin {
    fn same(field: &FieldName) -> Self {
        Self { previous: Some(field.clone()), ..Self::default() }
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
