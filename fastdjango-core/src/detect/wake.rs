//! Who may have waited for a change that is made: whoever it could have been in the way of, and nobody else.

use super::change::{Change, ChangeKind};
use super::pending::Pending;
use crate::name::ModelRef;
use crate::state::ProjectState;

/// The models whose changes may be possible once a change is made.
pub(super) enum Woken {
    /// What a name stands for is asked all over the project.
    All,
    Models(Vec<ModelRef>),
}

impl Woken {
    /// By the state before the change; nobody where nobody waits.
    ///
    /// What a change needs (`ready`) is asked of its own model, of the models that this one shall refer to, of those that refer to
    /// it, of whoever has its table or one of its names, and of enums and the models that have them.
    pub(super) fn by(change: &Change, pending: &Pending, state: &ProjectState, target: &ProjectState) -> Self {
        if !pending.has_waiting() {
            return Self::Models(Vec::new());
        }
        let model = &change.model;
        match &change.kind {
            ChangeKind::RenameModel { .. }
            | ChangeKind::MoveModel { .. }
            | ChangeKind::CreateEnum { .. }
            | ChangeKind::AlterEnum { .. }
            | ChangeKind::DeleteEnum { .. } => return Self::All,
            ChangeKind::ReceiveModel { .. }
            | ChangeKind::RenameField { .. }
            | ChangeKind::RemoveIndex { .. }
            | ChangeKind::RemoveConstraint { .. }
            | ChangeKind::Detach { .. }
            | ChangeKind::ForgetDefault { .. }
            | ChangeKind::RemoveField { .. }
            | ChangeKind::DeleteModel
            | ChangeKind::AlterTable { .. }
            | ChangeKind::AlterComment
            | ChangeKind::AlterExtensions
            | ChangeKind::AlterOptions
            | ChangeKind::SetManaged
            | ChangeKind::CreateModel { .. }
            | ChangeKind::RenameIndex { .. }
            | ChangeKind::RenameConstraint { .. }
            | ChangeKind::AddField { .. }
            | ChangeKind::MoveAside { .. }
            | ChangeKind::AlterField { .. }
            | ChangeKind::AlterPrimaryKey
            | ChangeKind::AddConstraint { .. }
            | ChangeKind::AddIndex { .. } => {}
        }
        let mut woken: Vec<ModelRef> = target.referring(model).map(|(name, _)| name.clone()).collect();
        if let Some(here) = state.models.get(model) {
            woken.extend(here.targets().cloned());
            woken.extend(here.fields.iter().filter_map(|field| state.enum_reference(field)));
            let pairs = here.tables_of_pairs().map(|(_, table)| table);
            woken.extend(
                pairs
                    .chain([here.table.clone()])
                    .flat_map(|table| target.with_table(&table).cloned().collect::<Vec<_>>()),
            );
            woken.extend(here.names().flat_map(|name| target.with_name(name)).cloned());
        }
        woken.push(model.clone());
        Self::Models(woken)
    }

    /// And those that the model refers to after the change.
    pub(super) fn and_targets(mut self, model: &ModelRef, state: &ProjectState) -> Self {
        if let (Self::Models(woken), Some(here)) = (&mut self, state.models.get(model))
            && !woken.is_empty()
        {
            woken.extend(here.targets().cloned());
        }
        self
    }

    pub(super) fn wake(&self, pending: &mut Pending) {
        match self {
            Self::All => pending.wake_all(),
            Self::Models(models) => models.iter().for_each(|model| pending.wake(model)),
        }
    }
}
