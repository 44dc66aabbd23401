//! Whether a change can be made now: what it needs is there, and what would be in its way is gone.

use super::change::{Change, ChangeKind};
use crate::field::Sql;
use crate::name::{FieldName, ModelRef};
use crate::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState, Pairs, ProjectState, Reference,
};

/// The state as it is, the state to come, and what has yet to be done.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) state: &'a ProjectState,
    pub(super) target: &'a ProjectState,
    pub(super) pending: &'a [Change],
}

impl Scene<'_> {
    /// True where the change can be made.
    pub(super) fn is_ready(&self, change: &Change) -> bool {
        let model = &change.model;
        let (here, there) = (self.state.models.get(model), self.target.models.get(model));
        match (&change.kind, here, there) {
            (ChangeKind::RenameModel { from }, None, _) => {
                self.state.models.contains_key(&ModelRef::new(model.app.clone(), from.clone()))
            }
            (ChangeKind::CreateModel { deferred }, None, Some(there)) => {
                let context = Creation { model, wanted: there, state: self.state, target: self.target };
                (*deferred || context.unready().next().is_none()) && !self.table_is_taken(&there.table)
            }
            (ChangeKind::RenameModel { .. } | ChangeKind::CreateModel { .. }, _, _) | (_, None, _) => false,
            (_, Some(here), there) => !self.is_moving(change) && self.is_ready_in(change, here, there),
        }
    }

    /// True where a model is about to come to, or leave, the name that the change speaks of.
    fn is_moving(&self, change: &Change) -> bool {
        self.pending.iter().filter(|other| other.model.app == change.model.app).any(|other| match &other.kind {
            ChangeKind::RenameModel { from } => other.model == change.model || *from == change.model.model,
            _ => false,
        })
    }

    fn table_is_taken(&self, table: &str) -> bool {
        self.state.models.values().any(|model| model.table == table)
    }

    fn is_ready_in(&self, change: &Change, here: &ModelState, there: Option<&ModelState>) -> bool {
        let model = &change.model;
        match &change.kind {
            ChangeKind::RenameField { from, to } => {
                here.field(from).is_some() && here.field(to).is_none() && column_is_free(here, there, from, to)
            }
            ChangeKind::RemoveIndex { name } => {
                let mut rest = here.clone();
                rest.indexes.retain(|index| index.name.as_ref() != Some(name));
                self.keeps_targets_unique(model, here, &rest)
            }
            ChangeKind::RemoveConstraint { name } => {
                let mut rest = here.clone();
                rest.constraints.retain(|constraint| constraint.name.as_ref() != Some(name));
                self.keeps_targets_unique(model, here, &rest)
            }
            ChangeKind::RemoveField { field, .. } => self.can_lose(model, here, field),
            ChangeKind::DeleteModel => self.state.referrers(model).next().is_none(),
            ChangeKind::AlterTable { through, .. } => {
                through.is_some() || there.is_some_and(|there| !self.table_is_taken(&there.table))
            }
            ChangeKind::AddField { field, .. } => {
                there.and_then(|m| m.field(field)).is_some_and(|field| self.can_gain(model, here, field))
            }
            ChangeKind::AlterField { field, .. } => {
                here.field(field).is_some()
                    && self.is_still(model, field)
                    && there
                        .and_then(|m| m.field(field))
                        .is_some_and(|field| holder_of_column(here, field).is_none() && self.targets_are_ready(field))
            }
            ChangeKind::AlterPrimaryKey => there.is_some_and(|there| {
                let rest = ModelState { primary_key: there.primary_key.clone(), ..here.clone() };
                there.primary_key.iter().all(|field| here.field(field).is_some() && self.is_still(model, field))
                    && self.keeps_targets_unique(model, here, &rest)
            }),
            ChangeKind::AddConstraint { name } => {
                here.constraint(name).is_none()
                    && there.is_some_and(|m| m.constraint(name).is_some_and(|c| self.can_constrain(model, here, m, c)))
            }
            ChangeKind::AddIndex { name } => {
                here.index(name).is_none()
                    && there.is_some_and(|m| {
                        let uses = |f: &FieldState| {
                            m.index(name).is_some_and(|index| index.uses(&f.name, f.column_name().as_deref()))
                        };
                        self.fields_are_settled(model, here, m, uses)
                    })
            }
            ChangeKind::RenameIndex { to, .. } => here.index(to).is_none(),
            ChangeKind::RenameConstraint { to, .. } => here.constraint(to).is_none(),
            ChangeKind::AlterComment
            | ChangeKind::SetManaged
            | ChangeKind::Detach { .. }
            | ChangeKind::MoveAside { .. }
            | ChangeKind::RenameModel { .. }
            | ChangeKind::CreateModel { .. } => true,
        }
    }

    /// True where no rename of the field is pending, to it or from it.
    fn is_still(&self, model: &ModelRef, field: &FieldName) -> bool {
        !self.pending.iter().filter(|other| other.model == *model).any(|other| match &other.kind {
            ChangeKind::RenameField { from, to } => from == field || to == field,
            _ => false,
        })
    }

    /// True where every foreign key to the model still finds a unique target once `here` has become `rest`.
    fn keeps_targets_unique(&self, model: &ModelRef, here: &ModelState, rest: &ModelState) -> bool {
        let by_key = rest.primary_key.len() == 1 || here.primary_key.len() != 1;
        let pairs = here.fields.iter().any(|field| has_pairs_with(field, None))
            || self.state.models.values().flat_map(|m| &m.fields).any(|field| has_pairs_with(field, Some(model)));
        (by_key || !pairs)
            && self.state.references_to(model).all(|fields| match fields {
                Some(fields) => rest.is_unique(fields) || !here.is_unique(fields),
                None => by_key,
            })
    }

    fn can_lose(&self, model: &ModelRef, here: &ModelState, name: &FieldName) -> bool {
        let column = here.field(name).and_then(FieldState::column_name);
        here.leaning_on(name, column.as_deref()).is_none()
            && !self.state.models.values().any(|other| other.refers_to_field(model, name))
    }

    fn can_gain(&self, model: &ModelRef, here: &ModelState, field: &FieldState) -> bool {
        let column = field.column_name();
        let free = here.field(&field.name).is_none()
            && (column.is_none() || here.fields.iter().all(|other| other.column_name() != column));
        let expression = field.generated.as_ref().map(|generated| &generated.expression);
        free && self.targets_are_ready(field)
            && expression.is_none_or(|sql| {
                let there = self.target.models.get(model);
                there
                    .is_some_and(|m| self.fields_are_settled(model, here, m, |f| f.name != field.name && names(sql, f)))
            })
    }

    fn targets_are_ready(&self, field: &FieldState) -> bool {
        match &field.kind {
            FieldKind::Column(_) => true,
            FieldKind::ForeignKey(reference) => reference_is_ready(reference, self.state, self.target),
            FieldKind::ManyToMany(pairs) => pairs_are_ready(pairs, field, self.state),
        }
    }

    fn can_constrain(
        &self,
        model: &ModelRef,
        here: &ModelState,
        there: &ModelState,
        constraint: &ConstraintState,
    ) -> bool {
        let uses = |field: &FieldState| constraint.uses(&field.name, field.column_name().as_deref());
        self.fields_are_settled(model, here, there, uses) && constraint_target_is_ready(constraint, self.state)
    }

    /// True where the fields of `there` that `uses` picks are in the state, and no change of them is pending.
    fn fields_are_settled(
        &self,
        model: &ModelRef,
        here: &ModelState,
        there: &ModelState,
        uses: impl Fn(&FieldState) -> bool,
    ) -> bool {
        there.fields.iter().filter(|field| uses(field)).all(|field| {
            here.field(&field.name).is_some()
                && !self.pending.iter().any(|other| other.changes_field(model, &field.name))
        })
    }
}

/// True where a rename that takes the column along finds its new name free.
fn column_is_free(here: &ModelState, there: Option<&ModelState>, from: &FieldName, to: &FieldName) -> bool {
    let Some(field) = here.field(from) else { return false };
    let kept = field.column_name();
    if field.column.is_some() || there.and_then(|m| m.field(to)).and_then(FieldState::column_name) == kept {
        return true;
    }
    let renamed = FieldState { name: to.clone(), ..field.clone() }.column_name();
    renamed.is_none() || renamed == kept || here.fields.iter().all(|other| other.column_name() != renamed)
}

/// The other field that has the column which the field is to have.
pub(super) fn holder_of_column<'a>(here: &'a ModelState, field: &FieldState) -> Option<&'a FieldState> {
    let column = field.column_name()?;
    here.fields.iter().find(|other| other.name != field.name && other.column_name().as_deref() == Some(&*column))
}

fn names(sql: &Sql, field: &FieldState) -> bool {
    field.column_name().is_some_and(|column| sql.mentions(&column))
}

/// A model about to be created, and where.
#[derive(Clone, Copy)]
pub(super) struct Creation<'a> {
    pub(super) model: &'a ModelRef,
    pub(super) wanted: &'a ModelState,
    pub(super) state: &'a ProjectState,
    pub(super) target: &'a ProjectState,
}

impl<'a> Creation<'a> {
    /// The models that stand in the way, each with whether it could wait for a field added later, without a column.
    pub(super) fn unready(self) -> impl Iterator<Item = (&'a ModelRef, bool)> {
        let fields = self.wanted.fields.iter().filter(move |field| !self.field_is_ready(field)).flat_map(|field| {
            let pairs = matches!(field.kind, FieldKind::ManyToMany(_));
            field.targets().map(move |target| (target, pairs))
        });
        let constraints = self.wanted.constraints.iter().filter(move |c| !self.constraint_is_ready(c));
        fields.chain(constraints.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { to, .. } => Some((to, false)),
            _ => None,
        }))
    }

    pub(super) fn field_is_ready(&self, field: &FieldState) -> bool {
        match &field.kind {
            FieldKind::Column(_) => true,
            FieldKind::ForeignKey(reference) => {
                reference.to == *self.model || reference_is_ready(reference, self.state, self.target)
            }
            FieldKind::ManyToMany(pairs) if pairs.to == *self.model => {
                pairs.through.as_ref().is_none_or(|model| model == self.model || self.state.models.contains_key(model))
            }
            FieldKind::ManyToMany(pairs) if pairs.through.as_ref() == Some(self.model) => {
                self.state.models.contains_key(&pairs.to)
            }
            FieldKind::ManyToMany(pairs) => pairs_are_ready(pairs, field, self.state),
        }
    }

    pub(super) fn constraint_is_ready(&self, constraint: &ConstraintState) -> bool {
        match &constraint.kind {
            ConstraintKind::ForeignKey { to, .. } if to == self.model => true,
            _ => constraint_target_is_ready(constraint, self.state),
        }
    }
}

/// True for a table of pairs of our own: its columns refer to the keys of both models.
fn has_pairs_with(field: &FieldState, target: Option<&ModelRef>) -> bool {
    match &field.kind {
        FieldKind::ManyToMany(pairs) => pairs.through.is_none() && target.is_none_or(|target| pairs.to == *target),
        FieldKind::Column(_) | FieldKind::ForeignKey(_) => false,
    }
}

/// True where the models are there, and the target has a key that pairs can refer to.
fn pairs_are_ready(pairs: &Pairs, field: &FieldState, state: &ProjectState) -> bool {
    let key = state.models.get(&pairs.to).is_some_and(|there| there.primary_key.len() == 1);
    (key || pairs.through.is_some()) && field.targets().all(|target| state.models.contains_key(target))
}

/// True where the target is there, and its key is the one that it will keep.
fn reference_is_ready(reference: &Reference, state: &ProjectState, target: &ProjectState) -> bool {
    let Some(here) = state.models.get(&reference.to) else { return false };
    let settled = target.models.get(&reference.to).is_none_or(|there| there.primary_key == here.primary_key);
    match &reference.to_field {
        Some(field) => here.is_unique(std::slice::from_ref(field)),
        None => here.primary_key.len() == 1 && settled,
    }
}

fn constraint_target_is_ready(constraint: &ConstraintState, state: &ProjectState) -> bool {
    match &constraint.kind {
        ConstraintKind::ForeignKey { to, to_fields, .. } => {
            state.models.get(to).is_some_and(|there| there.is_unique(to_fields))
        }
        _ => true,
    }
}
