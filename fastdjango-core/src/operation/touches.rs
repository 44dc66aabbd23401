//! Which models an operation reads or writes: what orders migrations, and what a migration's SQL depends on.

use std::collections::BTreeSet;

use super::Operation;
use crate::name::{AppLabel, ModelName, ModelRef};
use crate::state::{ConstraintKind, FieldState, ModelState, ProjectState};

impl Operation {
    /// The models whose tables the operation changes or refers to, given the state before it.
    ///
    /// The models that refer to a changed model are among them: a key's new type or a table's new name reaches them.
    /// A model that is missing here would leave its table out of the order between migrations.
    #[must_use]
    pub fn touches(&self, app: &AppLabel, before: &ProjectState) -> BTreeSet<ModelRef> {
        let mut touched = BTreeSet::new();
        for name in self.models() {
            let model = ModelRef::new(app.clone(), name.clone());
            touched.extend(before.referrers(&model).cloned());
            touched.extend(before.models.get(&model).into_iter().flat_map(ModelState::targets).cloned());
            touched.insert(model);
        }
        touched.extend(self.named_targets());
        touched
    }

    /// The models of the app that the operation names; of a rename, the old name first.
    pub(crate) fn models(&self) -> Vec<&ModelName> {
        match self {
            Self::RenameModel { from, to } => vec![from, to],
            Self::CreateModel { model, .. }
            | Self::DeleteModel { model, .. }
            | Self::AlterModelTable { model, .. }
            | Self::AlterModelComment { model, .. }
            | Self::SetManaged { model, .. }
            | Self::AlterPrimaryKey { model, .. }
            | Self::AddField { model, .. }
            | Self::RemoveField { model, .. }
            | Self::AlterField { model, .. }
            | Self::RenameField { model, .. }
            | Self::AddIndex { model, .. }
            | Self::RemoveIndex { model, .. }
            | Self::RenameIndex { model, .. }
            | Self::AddConstraint { model, .. }
            | Self::RemoveConstraint { model, .. }
            | Self::RenameConstraint { model, .. } => vec![model],
            Self::RunSql { .. } => Vec::new(),
        }
    }

    fn named_targets(&self) -> Vec<ModelRef> {
        match self {
            Self::CreateModel { definition, .. } | Self::DeleteModel { definition, .. } => {
                definition.targets().cloned().collect()
            }
            Self::AddField { field, .. } | Self::RemoveField { field, .. } => field_targets(field),
            Self::AlterField { from, to, .. } => [field_targets(from), field_targets(to)].concat(),
            Self::AddConstraint { constraint, .. } | Self::RemoveConstraint { constraint, .. } => {
                match &constraint.kind {
                    ConstraintKind::ForeignKey { to, .. } => vec![to.clone()],
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }
}

fn field_targets(field: &FieldState) -> Vec<ModelRef> {
    field.targets().cloned().collect()
}
