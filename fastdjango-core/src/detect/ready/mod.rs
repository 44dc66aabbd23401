//! Whether a change can be made now: what it needs is there, and what would be in its way is gone.

mod columns;
mod creation;
mod names;
mod references;

use super::change::{Change, ChangeKind};
use super::emit::comes_with;
use super::pending::Pending;
use crate::field::Sql;
use crate::name::{FieldName, ModelRef};
use crate::state::{ConstraintState, FieldState, ModelState, ProjectState, pairs};

pub(super) use columns::{holder_of_column, keeps_column, other_holder};
pub(super) use creation::Creation;
pub(super) use names::Contested;
use references::has_pairs_with;
pub(super) use references::hinders;

/// The state as it is, the state to come, and what has yet to be done.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) state: &'a ProjectState,
    pub(super) target: &'a ProjectState,
    pub(super) pending: &'a Pending,
    pub(super) contested: &'a Contested<'a>,
}

impl Scene<'_> {
    /// True where the change can be made.
    pub(super) fn is_ready(&self, change: &Change) -> bool {
        let model = &change.model;
        match &change.kind {
            ChangeKind::CreateEnum { .. } => return true,
            ChangeKind::AlterEnum { name, .. } => return self.can_alter_enum(name),
            ChangeKind::DeleteEnum { name } => return self.can_delete_enum(name),
            _ => {}
        }
        let (here, there) = (self.state.models.get(model), self.target.models.get(model));
        match (&change.kind, here, there) {
            (ChangeKind::RenameModel { from }, None, _) => {
                self.state.models.contains_key(&ModelRef::new(model.app.clone(), from.clone()))
            }
            (ChangeKind::CreateModel { deferred }, None, Some(there)) => {
                let creation = Creation { scene: *self, model, wanted: there };
                let whole = !deferred && creation.unready().next().is_none();
                (whole || *deferred && creation.plain_types_are_there())
                    && there.fields.iter().all(|field| self.enum_is_ready(field))
                    && !self.table_is_taken(&there.table)
                    && there.tables_of_pairs().all(|(_, table)| self.pairs_table_is_free(model, &table))
                    && there.names().all(|name| self.name_is_free(model, name))
            }
            // No rename brings what moves, nor takes its new name: each model has one former name.
            (ChangeKind::MoveModel { to }, Some(_), _) => !self.state.models.contains_key(to),
            // Whoever takes its name comes after it.
            (ChangeKind::DeleteModel, Some(_), _) => self.state.referrers(model).next().is_none(),
            (ChangeKind::RenameModel { .. } | ChangeKind::CreateModel { .. }, _, _) | (_, None, _) => false,
            (_, Some(here), there) => {
                !self.is_moving(model) && self.is_ready_in(change, here, there) && self.names_are_free(change, there)
            }
        }
    }

    /// True where a model is about to come to the name, or to leave it: it means another one by then.
    fn is_moving(&self, model: &ModelRef) -> bool {
        self.pending.is_moving(model)
    }

    fn table_is_taken(&self, table: &str) -> bool {
        self.state.with_table(table).next().is_some()
    }

    /// True where no other model has the table that will not have it in the end.
    fn pairs_table_is_free(&self, model: &ModelRef, table: &str) -> bool {
        let keeps = |there: &ModelState| there.table == table || there.tables_of_pairs().any(|(_, kept)| kept == table);
        let mut holders = self.state.with_table(table);
        holders.all(|other| other == model || self.target.models.get(other).is_some_and(keeps))
    }

    fn is_ready_in(&self, change: &Change, here: &ModelState, there: Option<&ModelState>) -> bool {
        let model = &change.model;
        match &change.kind {
            ChangeKind::RenameField { from, to } => {
                here.field(from).is_some() && here.field(to).is_none() && columns::column_is_free(here, there, from, to)
            }
            ChangeKind::RemoveIndex { .. } | ChangeKind::RemoveConstraint { .. } => {
                self.keeps_targets_unique(change, here, there)
            }
            ChangeKind::RemoveField { field, .. } => self.can_lose(model, here, field),
            ChangeKind::AlterTable { through, .. } => {
                through.is_some() || there.is_some_and(|there| !self.table_is_taken(&there.table))
            }
            ChangeKind::AddField { field, .. } => {
                there.and_then(|m| m.field(field)).is_some_and(|field| self.can_gain(model, here, field))
            }
            ChangeKind::AlterField { field, .. } => {
                here.field(field).is_some()
                    && self.is_still(model, field)
                    && there.and_then(|m| m.field(field)).is_some_and(|field| {
                        holder_of_column(here, field).is_none()
                            && self.leaves_the_key_first(model, here, field)
                            && self.targets_are_ready(field)
                            && self.has_a_type(model, field, &here.primary_key)
                            && self.expression_is_settled(model, here, field)
                            && self.key_is_ready(model, here, field)
                            && self.can_carry(model, here, field)
                    })
            }
            ChangeKind::AlterPrimaryKey => there.is_some_and(|there| {
                there.primary_key.iter().all(|field| self.can_be_key(model, here, field))
                    && here.primary_key.iter().all(|field| self.is_still(model, field))
                    && self.keeps_targets_unique(change, here, Some(there))
                    && self.key_has_a_type(model, here, &there.primary_key)
            }),
            ChangeKind::AddConstraint { name } => {
                here.constraint(name).is_none()
                    && self.enums_are_last(here)
                    && there.is_some_and(|m| m.constraint(name).is_some_and(|c| self.can_constrain(model, here, m, c)))
            }
            ChangeKind::AddIndex { name } => {
                here.index(name).is_none()
                    && self.enums_are_last(here)
                    && there.is_some_and(|m| {
                        let uses = |f: &FieldState| {
                            m.index(name).is_some_and(|index| index.uses(&f.name, f.column_text().as_deref()))
                        };
                        self.fields_are_settled(model, here, m, uses)
                    })
            }
            ChangeKind::RenameIndex { to, .. } => here.index(to).is_none(),
            ChangeKind::RenameConstraint { to, .. } => here.constraint(to).is_none(),
            ChangeKind::AlterComment
            | ChangeKind::AlterExtensions
            | ChangeKind::AlterOptions
            | ChangeKind::SetManaged
            | ChangeKind::Detach { .. }
            | ChangeKind::ForgetDefault { .. }
            | ChangeKind::MoveAside { .. }
            | ChangeKind::CreateEnum { .. }
            | ChangeKind::AlterEnum { .. }
            | ChangeKind::DeleteEnum { .. }
            | ChangeKind::RenameModel { .. }
            | ChangeKind::MoveModel { .. }
            | ChangeKind::ReceiveModel { .. }
            | ChangeKind::DeleteModel
            | ChangeKind::CreateModel { .. } => true,
        }
    }

    /// True where no rename of the field is pending, to it or from it.
    fn is_still(&self, model: &ModelRef, field: &FieldName) -> bool {
        !self.pending.of(model).any(|other| other.renames_field(model, field))
    }

    /// True where the field is there under its last name, and holds no NULL and nothing computed that an alteration has yet to take away.
    fn can_be_key(&self, model: &ModelRef, here: &ModelState, field: &FieldName) -> bool {
        let valued = |found: &FieldState| {
            !found.null && found.generated.is_none()
                || !self.pending.of(model).any(|other| other.changes_field(model, field))
        };
        here.field(field).is_some_and(valued) && self.is_still(model, field)
    }

    fn key_has_a_type(&self, model: &ModelRef, here: &ModelState, key: &[FieldName]) -> bool {
        key.iter().filter_map(|name| here.field(name)).all(|field| self.has_a_type(model, field, key))
    }

    /// False for a field of the key that is computed from now on and leaves the key: few databases have computed keys.
    fn leaves_the_key_first(&self, model: &ModelRef, here: &ModelState, field: &FieldState) -> bool {
        let stays = self.target.models.get(model).is_some_and(|there| there.primary_key.contains(&field.name));
        field.generated.is_none() || stays || !here.primary_key.contains(&field.name)
    }

    fn can_lose(&self, model: &ModelRef, here: &ModelState, name: &FieldName) -> bool {
        let column = here.field(name).and_then(FieldState::column_name);
        here.leaning_on(name, column.as_deref()).is_none() && self.state.referrer_of_field(model, name).is_none()
    }

    /// True where the table is free that the field brings along, if it does.
    fn pairs_are_free(&self, model: &ModelRef, here: &ModelState, field: &FieldState) -> bool {
        field.own_pairs().is_none() || self.pairs_table_is_free(model, &pairs::table_of(&here.table, &field.name))
    }

    /// True where nothing leans on a column that becomes pairs, and both sides have the keys that pairs refer to.
    fn can_carry(&self, model: &ModelRef, here: &ModelState, next: &FieldState) -> bool {
        let carried = here.field(&next.name).is_some_and(|field| field.carries_to(next));
        let mut through = here.field(&next.name).into_iter().chain([next]).filter_map(FieldState::through);
        !carried
            || here.primary_key.len() == 1
                && self.can_lose(model, here, &next.name)
                && self.pairs_are_free(model, here, next)
                && through.all(|pairs| self.state.sides(model, pairs).is_some())
    }

    fn can_gain(&self, model: &ModelRef, here: &ModelState, field: &FieldState) -> bool {
        let column = field.column_text();
        let free = here.field(&field.name).is_none()
            && (column.is_none() || here.fields.iter().all(|other| other.column_text() != column));
        let pairs_have_a_key = !has_pairs_with(field, None) || here.primary_key.len() == 1;
        free && pairs_have_a_key
            && self.pairs_are_free(model, here, field)
            && self.targets_are_ready(field)
            && self.expression_is_settled(model, here, field)
            && self.key_is_ready(model, here, field)
    }

    /// True where the key that has to come with the field can come.
    fn key_is_ready(&self, model: &ModelRef, here: &ModelState, field: &FieldState) -> bool {
        let Some(there) = self.target.models.get(model) else { return false };
        let key = comes_with(model, field, here, there);
        key.is_none_or(|change| self.keeps_targets_unique(&change, here, Some(there)))
    }

    /// True where the field is about to be removed, and nothing is in the way once the model is as in `rest`.
    pub(super) fn goes(&self, model: &ModelRef, rest: &ModelState, field: &FieldName) -> bool {
        let removes =
            |other: &Change| matches!(&other.kind, ChangeKind::RemoveField { field: name, .. } if name == field);
        self.pending.of(model).any(removes) && self.can_lose(model, rest, field)
    }

    /// True where every column that the field is computed from has its last name: a later rename would be followed.
    fn expression_is_settled(&self, model: &ModelRef, here: &ModelState, field: &FieldState) -> bool {
        let Some(generated) = &field.generated else { return true };
        let uses = |other: &FieldState| other.name != field.name && names(&generated.expression, other);
        self.target.models.get(model).is_some_and(|there| self.fields_are_settled(model, here, there, uses))
    }

    fn can_constrain(
        &self,
        model: &ModelRef,
        here: &ModelState,
        there: &ModelState,
        constraint: &ConstraintState,
    ) -> bool {
        let uses = |field: &FieldState| constraint.uses(&field.name, field.column_text().as_deref());
        self.fields_are_settled(model, here, there, uses) && self.constraint_target_is_ready(constraint)
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
                && !self.pending.of(model).any(|other| other.changes_field(model, &field.name))
        })
    }
}

fn names(sql: &Sql, field: &FieldState) -> bool {
    field.column_name().is_some_and(|column| sql.mentions(&column))
}
