//! What has to happen, before it is known in which order it can.

use std::collections::BTreeMap;

use crate::field::{Default as DefaultValue, Sql};
use crate::name::{FieldName, ModelName, ModelRef};

/// One thing to do to one model; the operations are made when its turn comes, from the state as it is then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The model under its new name; under its old one where it is deleted. An enum is called `app.enum(name)`.
    pub(super) model: ModelRef,
    pub(super) kind: ChangeKind,
}

/// Order matters: a change is made before those below it wherever both can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChangeKind {
    RenameModel {
        from: ModelName,
    },
    /// The model is the old one, in the app that it leaves.
    MoveModel {
        to: ModelRef,
    },
    ReceiveModel {
        from: ModelRef,
    },
    RenameField {
        from: FieldName,
        to: FieldName,
    },
    RemoveIndex {
        name: String,
    },
    RemoveConstraint {
        name: String,
    },
    /// A foreign key of a model that is about to be deleted becomes a plain column, to let its target go first.
    Detach {
        field: FieldName,
    },
    /// A default that goes from its enum, which another app owns, and whose successor has yet to come there.
    ForgetDefault {
        field: FieldName,
    },
    RemoveField {
        field: FieldName,
        reverse_fill: Option<DefaultValue>,
    },
    DeleteModel,
    /// `through`: a table name to stop over at, where two models swap theirs; `stopped`: it did already.
    AlterTable {
        through: Option<String>,
        stopped: bool,
    },
    AlterComment,
    AlterExtensions,
    AlterOptions,
    SetManaged,
    CreateEnum {
        name: String,
    },
    /// `renamed`: the new text of each that is only called otherwise.
    AlterEnum {
        name: String,
        renamed: BTreeMap<String, String>,
    },
    /// `deferred`: references that cannot be made yet are left to changes of their own.
    CreateModel {
        deferred: bool,
    },
    RenameIndex {
        from: String,
        to: String,
    },
    RenameConstraint {
        from: String,
        to: String,
    },
    AddField {
        field: FieldName,
        fill: Option<DefaultValue>,
    },
    /// A column makes room for another field's, where two fields swap theirs.
    MoveAside {
        field: FieldName,
    },
    AlterField {
        field: FieldName,
        fill: Option<DefaultValue>,
        reverse_fill: Option<DefaultValue>,
        /// The expressions that make its values, there and back.
        using: Using,
    },
    AlterPrimaryKey,
    AddConstraint {
        name: String,
    },
    AddIndex {
        name: String,
    },
    DeleteEnum {
        name: String,
    },
}

/// The expressions that make the values of a field of another type, there and back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Using {
    pub(super) there: Option<Sql>,
    pub(super) back: Option<Sql>,
}

impl Change {
    pub(super) fn new(model: &ModelRef, kind: ChangeKind) -> Self {
        Self { model: model.clone(), kind }
    }

    /// An alteration that gives no row a new value.
    pub(super) fn alter_field(model: &ModelRef, field: &FieldName) -> Self {
        let kind =
            ChangeKind::AlterField { field: field.clone(), fill: None, reverse_fill: None, using: Using::default() };
        Self::new(model, kind)
    }

    /// True where the change takes the field away, brings it, or gives it its last definition.
    pub(super) fn decides_field(&self, model: &ModelRef, name: &FieldName) -> bool {
        self.model == *model
            && match &self.kind {
                ChangeKind::RemoveField { field, .. }
                | ChangeKind::AddField { field, .. }
                | ChangeKind::AlterField { field, .. } => field == name,
                _ => false,
            }
    }

    /// True where the change renames the field, to the name or from it.
    pub(super) fn renames_field(&self, model: &ModelRef, name: &FieldName) -> bool {
        self.model == *model && matches!(&self.kind, ChangeKind::RenameField { from, to } if from == name || to == name)
    }

    /// True where the change names the field, under its new name.
    pub(super) fn changes_field(&self, model: &ModelRef, name: &FieldName) -> bool {
        self.model == *model
            && match &self.kind {
                ChangeKind::RenameField { to: field, .. }
                | ChangeKind::AddField { field, .. }
                | ChangeKind::AlterField { field, .. } => field == name,
                _ => false,
            }
    }
}

impl ChangeKind {
    /// The place of the change among others: the order of [`ChangeKind`]'s variants.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::RenameModel { .. } => 0,
            Self::MoveModel { .. } => 1,
            Self::ReceiveModel { .. } => 2,
            Self::RenameField { .. } => 3,
            Self::RemoveIndex { .. } => 4,
            Self::RemoveConstraint { .. } => 5,
            Self::Detach { .. } | Self::ForgetDefault { .. } => 6,
            Self::RemoveField { .. } => 7,
            Self::DeleteModel => 8,
            Self::AlterTable { .. } => 9,
            Self::AlterComment => 10,
            Self::AlterExtensions => 11,
            Self::AlterOptions => 12,
            Self::SetManaged => 13,
            Self::CreateEnum { .. } => 14,
            Self::AlterEnum { .. } => 15,
            Self::CreateModel { .. } => 16,
            Self::RenameIndex { .. } => 17,
            Self::RenameConstraint { .. } => 18,
            Self::AddField { .. } => 19,
            Self::MoveAside { .. } => 20,
            Self::AlterField { .. } => 21,
            Self::AlterPrimaryKey => 22,
            Self::AddConstraint { .. } => 23,
            Self::AddIndex { .. } => 24,
            Self::DeleteEnum { .. } => 25,
        }
    }
}
