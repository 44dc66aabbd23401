//! Which models an operation writes and reads: what orders migrations, and what a migration's SQL depends on.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Operation, nested, own};
use crate::diagnostic::Diagnostic;
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::pair::Pair;
use crate::state::enums;
use crate::state::{ConstraintKind, FieldKind, FieldState, ModelState, ProjectState};

/// What operations do with models. One model may be among both; an enum is among them as `app.enum(name)`,
/// and its name, where it comes or goes, as `*.enum(name)`; the name of a table, an index or a constraint is `*.name`, written
/// where it is given up and read where it is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Touched {
    /// Models whose definition or tables they change; those that a key's type or a table's name reaches are among them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub writes: BTreeSet<ModelRef>,
    /// Models that those refer to: their tables' names and the types of their keys stand in the SQL.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub reads: BTreeSet<ModelRef>,
}

impl Touched {
    /// Adds what the operation touches, and applies it to the state.
    pub fn follow(
        &mut self,
        app: &AppLabel,
        operation: &Operation,
        state: &mut ProjectState,
    ) -> Result<(), Diagnostic> {
        self.extend(operation.touches(app, state));
        operation.apply(app, state)
    }

    /// Adds what others touch.
    pub fn extend(&mut self, other: Self) {
        self.writes.extend(other.writes);
        self.reads.extend(other.reads);
    }

    /// What of it belongs to other apps.
    #[must_use]
    pub fn outside(&self, app: &AppLabel) -> Self {
        let outside = |model: &&ModelRef| model.app != *app;
        // Who takes a name comes after whoever gave it up; that somebody took it orders nothing.
        let named = |model: &&ModelRef| outside(model) && model.app != *ANY;
        Self {
            writes: self.writes.iter().filter(outside).cloned().collect(),
            reads: self.reads.iter().filter(named).cloned().collect(),
        }
    }

    /// True where their order matters: one writes what the other reads or writes.
    #[must_use]
    pub fn conflicts(&self, other: &Self) -> bool {
        !self.writes.is_disjoint(&other.writes)
            || !self.writes.is_disjoint(&other.reads)
            || !self.reads.is_disjoint(&other.writes)
    }
}

impl IntoIterator for Touched {
    type Item = ModelRef;
    type IntoIter = std::collections::btree_set::IntoIter<ModelRef>;

    /// Both kinds.
    fn into_iter(mut self) -> Self::IntoIter {
        self.writes.append(&mut self.reads);
        self.writes.into_iter()
    }
}

impl Operation {
    /// The models that the operation writes and reads, given the state before it.
    ///
    /// A model that is missing here would leave its table out of the order between migrations. Whoever refers to a model is
    /// looked for only where it matters: what does not change them does not touch them.
    #[must_use]
    pub fn touches(&self, app: &AppLabel, before: &ProjectState) -> Touched {
        self.touches_besides(app, before, &BTreeSet::new())
    }

    /// The same without what models refer to that are `known`, since an operation before this one wrote them: what they referred to
    /// is among what that one read, and what they refer to since then is named by the operations in between.
    pub(crate) fn touches_besides(&self, app: &AppLabel, before: &ProjectState, known: &BTreeSet<ModelRef>) -> Touched {
        if !self.nested().is_empty() {
            return nested::touches(app, self.nested(), before);
        }
        let mut writes: BTreeSet<ModelRef> = self.models(app).into_iter().collect();
        if matches!(self, Self::RunRust { touches: None, .. }) {
            // It may ask for every model of its app, so whoever changes one is ordered against it.
            writes.extend(before.app(app).map(|(model, _)| model.clone()));
        }
        self.reach(app, before, &mut writes);
        let mut reads: BTreeSet<ModelRef> = self.named_targets().into_iter().collect();
        let fresh = writes.iter().filter(|model| !known.contains(model));
        let written: Vec<&ModelState> = fresh.filter_map(|model| before.models.get(model)).collect();
        reads.extend(written.iter().flat_map(|model| model.targets()).cloned());
        before.follow_keys(&mut reads);
        if !before.enums.is_empty() {
            let read: Vec<&ModelState> = reads.iter().filter_map(|model| before.models.get(model)).collect();
            let fields = written.iter().chain(&read).flat_map(|model| &model.fields).chain(self.named_fields());
            let enums: Vec<ModelRef> = fields.filter_map(|field| before.enum_reference(field)).collect();
            reads.extend(enums);
        }
        writes.extend(self.enum_name().map(|name| enums::reference(app, name)));
        // One app's enum may be gone before another's of that name is there.
        if let Self::CreateEnum { r#enum: name, .. } | Self::DeleteEnum { r#enum: name, .. } = self {
            writes.insert(enums::of_any_app(name));
        }
        // What tables of pairs are called follows from the models, before and after.
        let pairs = self.names_of_pairs(app, before, &writes);
        // What has a name is not there yet while another app has it still.
        let Pair { previous: freed, next: taken } = self.names();
        let of_any_app = |name: &str| ModelRef::new(ANY.clone(), name);
        writes.extend(freed.difference(&taken).map(|name| of_any_app(name)));
        reads.extend(taken.difference(&freed).map(|name| of_any_app(name)));
        writes.extend(pairs.previous.difference(&pairs.next).map(|name| of_any_app(name)));
        reads.extend(pairs.next.difference(&pairs.previous).map(|name| of_any_app(name)));
        Touched { writes, reads }
    }

    /// Adds the models that the operation changes without naming them: those that refer to what it changes.
    fn reach(&self, app: &AppLabel, before: &ProjectState, reached: &mut BTreeSet<ModelRef>) {
        let model = |name: &ModelName| ModelRef::new(app.clone(), name.clone());
        match self {
            Self::RenameModel { from: name, .. } | Self::AlterModelTable { model: name, .. } => {
                let model = model(name);
                reached.extend(before.referrers(&model).cloned());
            }
            Self::MoveModel { from, .. } => reached.extend(before.referrers(from).cloned()),
            Self::RenameField { model: name, from: field, .. } => before.reach(&model(name), Some(field), reached),
            Self::AlterField { model: name, from, to, .. } if !same_column(from, to) => {
                before.reach(&model(name), Some(&from.name), reached);
            }
            Self::AlterPrimaryKey { model: name, .. } => before.reach(&model(name), None, reached),
            Self::CreateModel { .. }
            | Self::DeleteModel { .. }
            | Self::ReceiveModel { .. }
            | Self::AlterModelComment { .. }
            | Self::AlterModelExtensions { .. }
            | Self::AlterModelOptions { .. }
            | Self::SetManaged { .. }
            | Self::AddField { .. }
            | Self::RemoveField { .. }
            | Self::AlterField { .. }
            | Self::AddIndex { .. }
            | Self::RemoveIndex { .. }
            | Self::RenameIndex { .. }
            | Self::AddConstraint { .. }
            | Self::RemoveConstraint { .. }
            | Self::RenameConstraint { .. }
            | Self::CreateEnum { .. }
            | Self::DeleteEnum { .. }
            | Self::RunSql { .. }
            | Self::RunRust { .. }
            | Self::StateOnly { .. }
            | Self::DatabaseOnly { .. } => {}
            Self::AlterEnum { r#enum: name, .. } => {
                for (model, field) in before.enum_fields(name) {
                    reached.insert(model.clone());
                    before.reach(model, Some(field), reached);
                }
            }
        }
    }

    /// The models that the operation of `app` changes; of a rename, the old name first.
    pub(crate) fn models(&self, app: &AppLabel) -> Vec<ModelRef> {
        let own = |model: &ModelName| ModelRef::new(app.clone(), model.clone());
        match self {
            Self::RenameModel { from, to } => vec![own(from), own(to)],
            Self::MoveModel { from, to } => vec![from.clone(), to.clone()],
            Self::CreateModel { model, .. }
            | Self::DeleteModel { model, .. }
            | Self::ReceiveModel { model, .. }
            | Self::AlterModelTable { model, .. }
            | Self::AlterModelComment { model, .. }
            | Self::AlterModelExtensions { model, .. }
            | Self::AlterModelOptions { model, .. }
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
            | Self::RenameConstraint { model, .. } => vec![own(model)],
            Self::RunSql { touches, .. } | Self::RunRust { touches, .. } => {
                own::models(app, touches.as_deref().unwrap_or_default())
            }
            Self::StateOnly { operations } | Self::DatabaseOnly { operations } => {
                operations.iter().flat_map(|operation| operation.models(app)).collect()
            }
            Self::CreateEnum { .. } | Self::DeleteEnum { .. } | Self::AlterEnum { .. } => Vec::new(),
        }
    }

    /// The enum that the operation makes, changes or takes away.
    pub(super) fn enum_name(&self) -> Option<&str> {
        match self {
            Self::CreateEnum { r#enum, .. } | Self::DeleteEnum { r#enum, .. } | Self::AlterEnum { r#enum, .. } => {
                Some(r#enum)
            }
            _ => None,
        }
    }

    /// The fields that the operation defines.
    pub(super) fn named_fields(&self) -> Vec<&FieldState> {
        match self {
            Self::CreateModel { definition, .. } | Self::DeleteModel { definition, .. } => {
                definition.fields.iter().collect()
            }
            Self::AddField { field, .. } | Self::RemoveField { field, .. } => vec![field],
            Self::AlterField { from, to, .. } => vec![from, to],
            _ => Vec::new(),
        }
    }

    pub(super) fn named_targets(&self) -> Vec<ModelRef> {
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

/// In the place of an app: a table or an index of this name, whoever has it; another app may have it afterwards.
static ANY: LazyLock<AppLabel> = LazyLock::new(|| AppLabel::new("*"));

fn field_targets(field: &FieldState) -> Vec<ModelRef> {
    field.targets().cloned().collect()
}

/// True where whoever refers to the field sees the same column, and no database makes references anew.
fn same_column(from: &FieldState, to: &FieldState) -> bool {
    let same_type = match (&from.kind, &to.kind) {
        (FieldKind::Column(one), FieldKind::Column(other)) => one == other,
        (FieldKind::ForeignKey(one), FieldKind::ForeignKey(other)) => {
            one.to == other.to && one.to_field == other.to_field
        }
        _ => false,
    };
    let same_words = from.db_type == to.db_type && from.collation == to.collation;
    same_type && same_words && from.auto == to.auto && from.column_name() == to.column_name()
}

impl ProjectState {
    /// Adds the models that the keys of `models` come from, where a key is itself a foreign key: they give it its type.
    fn follow_keys(&self, models: &mut BTreeSet<ModelRef>) {
        let mut open: Vec<ModelRef> = models.iter().flat_map(|model| self.keys_come_from(model)).cloned().collect();
        while let Some(next) = open.pop() {
            if !models.contains(&next) {
                open.extend(self.keys_come_from(&next).cloned());
                models.insert(next);
            }
        }
    }

    fn keys_come_from(&self, model: &ModelRef) -> impl Iterator<Item = &ModelRef> {
        let model = self.models.get(model);
        let keys = model.into_iter().flat_map(|model| model.keys().filter_map(|field| model.field(field)));
        keys.filter_map(|field| Some(&field.reference()?.to))
    }

    /// Adds the models that refer to the field (`None`: to whatever the key is), and those that refer to them by the same
    /// column, however far: a key's name and type travel along every reference.
    fn reach(&self, model: &ModelRef, field: Option<&FieldName>, reached: &mut BTreeSet<ModelRef>) {
        let mut seen = BTreeSet::new();
        let mut open = vec![(model.clone(), field.cloned())];
        while let Some((model, field)) = open.pop() {
            let Some(target) = self.models.get(&model) else { continue };
            if field.as_ref().is_some_and(|field| !target.may_be_referred_to(field)) {
                continue;
            }
            let is_key = field.as_ref().is_none_or(|field| target.primary_key == [field.clone()]);
            let named = |name: Option<&FieldName>| name.map_or(is_key, |name| Some(name) == field.as_ref());
            for (referrer, definition) in self.referring(&model) {
                let through = definition.fields.iter().filter(|f| match &f.kind {
                    FieldKind::Column(_) => false,
                    FieldKind::ForeignKey(reference) => reference.to == model && named(reference.to_field.as_ref()),
                    FieldKind::ManyToMany(pairs) => pairs.to == model && is_key,
                });
                let through: Vec<_> = through.map(|f| (referrer.clone(), Some(f.name.clone()))).collect();
                let by_constraint = definition.constraints.iter().any(|constraint| match &constraint.kind {
                    ConstraintKind::ForeignKey { to, to_fields, .. } => {
                        *to == model && field.as_ref().is_none_or(|field| to_fields.contains(field))
                    }
                    _ => false,
                });
                if by_constraint || !through.is_empty() {
                    reached.insert(referrer.clone());
                }
                open.extend(through.into_iter().filter(|next| seen.insert(next.clone())));
            }
        }
    }
}
