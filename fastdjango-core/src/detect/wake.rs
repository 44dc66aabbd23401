//! Who may have waited for a change that is made: whoever it could have been in the way of, and nobody else.

use super::change::{Change, ChangeKind};
use super::pending::Pending;
use super::ready::Scene;
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
    pub(super) fn by(change: &Change, scene: Scene<'_>) -> Self {
        let Scene { state, target, pending, .. } = scene;
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
            // What these change, nobody asks for.
            ChangeKind::AlterComment
            | ChangeKind::AlterExtensions
            | ChangeKind::AlterOptions
            | ChangeKind::SetManaged => return Self::Models(Vec::new()),
            ChangeKind::ReceiveModel { .. }
            | ChangeKind::RenameField { .. }
            | ChangeKind::RemoveIndex { .. }
            | ChangeKind::RemoveConstraint { .. }
            | ChangeKind::Detach { .. }
            | ChangeKind::ForgetDefault { .. }
            | ChangeKind::RemoveField { .. }
            | ChangeKind::DeleteModel
            | ChangeKind::AlterTable { .. }
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
            let own = matches!(change.kind, ChangeKind::AlterTable { .. } | ChangeKind::DeleteModel);
            let pairs = here.tables_of_pairs().map(|(_, table)| table);
            for table in pairs.chain(own.then(|| here.table.clone())) {
                woken.extend(target.with_table(&table).cloned());
            }
            woken.extend(scene.wanting(change, here).cloned());
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
