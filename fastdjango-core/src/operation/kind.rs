//! The operations, as files hold them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::field::{Default, Options, Sql};
use crate::name::{FieldName, ModelName, ModelRef};
use crate::state::{ConstraintState, FieldState, IndexState, ModelState};

/// One operation on one app; models are named within that app.
///
/// An alteration and a removal hold the definition before and after, so that an operation reverses without its neighbours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(tag = "op", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "operations are few, and read more often than moved")]
pub enum Operation {
    /// A new model and its table.
    CreateModel {
        /// The model.
        model: ModelName,
        /// All of it.
        #[serde(flatten)]
        definition: ModelState,
    },
    /// A model goes, with its rows.
    DeleteModel {
        /// The model.
        model: ModelName,
        /// All of it, so that its table can come back.
        #[serde(flatten)]
        definition: ModelState,
    },
    /// A model under a new name; references follow.
    RenameModel {
        /// The old name.
        from: ModelName,
        /// The new name.
        to: ModelName,
    },
    /// A model of this app becomes another app's, or comes back from there; its table stays, and references follow.
    MoveModel {
        /// The model as it was.
        from: ModelRef,
        /// The model as it is from now on.
        to: ModelRef,
    },
    /// The counterpart of a move, in the app that has the model from then on: where its table comes from.
    ReceiveModel {
        /// The model.
        model: ModelName,
        /// The model as it was.
        from: ModelRef,
    },
    /// A model's table under a new name.
    AlterModelTable {
        /// The model.
        model: ModelName,
        /// The old table.
        from: String,
        /// The new table.
        to: String,
    },
    /// Another comment on a model's table.
    AlterModelComment {
        /// The model.
        model: ModelName,
        /// The old comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// The new comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// Other extensions of the database that a model needs; none is ever taken away.
    AlterModelExtensions {
        /// The model.
        model: ModelName,
        /// The extensions that it needed.
        from: BTreeSet<String>,
        /// The extensions that it needs.
        to: BTreeSet<String>,
    },
    /// Other options of a model, which another tool gives and reads; the database has nothing of them.
    AlterModelOptions {
        /// The model.
        model: ModelName,
        /// The old options, all of them.
        #[serde(default, skip_serializing_if = "Options::is_empty")]
        from: Options,
        /// The new options, all of them.
        #[serde(default, skip_serializing_if = "Options::is_empty")]
        to: Options,
    },
    /// The table is ours from now on, or no longer; the table itself stays as it is.
    SetManaged {
        /// The model.
        model: ModelName,
        /// Ours from now on.
        managed: bool,
    },
    /// Another primary key.
    AlterPrimaryKey {
        /// The model.
        model: ModelName,
        /// The old key's fields.
        from: Vec<FieldName>,
        /// The new key's fields.
        to: Vec<FieldName>,
    },
    /// A new field.
    AddField {
        /// The model.
        model: ModelName,
        /// The field.
        field: FieldState,
        /// The value of rows that exist.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fill: Option<Default>,
    },
    /// A field goes, with its values.
    RemoveField {
        /// The model.
        model: ModelName,
        /// The field, so that its column can come back.
        field: FieldState,
        /// The value of rows that exist when it comes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverse_fill: Option<Default>,
    },
    /// A field with another definition under the same name.
    AlterField {
        /// The model.
        model: ModelName,
        /// The old definition.
        from: FieldState,
        /// The new definition.
        to: FieldState,
        /// The value of rows that hold NULL, where NULL is no longer allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fill: Option<Default>,
        /// The same on the way back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverse_fill: Option<Default>,
        /// What gives each row its value in the new type, by the old one; else the database converts it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        using: Option<Sql>,
        /// The same on the way back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverse_using: Option<Sql>,
    },
    /// A field under a new name; keys, indexes, constraints, and fragments follow.
    RenameField {
        /// The model.
        model: ModelName,
        /// The old name.
        from: FieldName,
        /// The new name.
        to: FieldName,
    },
    /// A new index.
    AddIndex {
        /// The model.
        model: ModelName,
        /// The index.
        index: IndexState,
    },
    /// An index goes.
    RemoveIndex {
        /// The model.
        model: ModelName,
        /// The index, so that it can come back.
        index: IndexState,
    },
    /// An index under a new name.
    RenameIndex {
        /// The model.
        model: ModelName,
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A new constraint.
    AddConstraint {
        /// The model.
        model: ModelName,
        /// The constraint.
        constraint: ConstraintState,
    },
    /// A constraint goes.
    RemoveConstraint {
        /// The model.
        model: ModelName,
        /// The constraint, so that it can come back.
        constraint: ConstraintState,
    },
    /// A constraint under a new name.
    RenameConstraint {
        /// The model.
        model: ModelName,
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A new enum of the app.
    CreateEnum {
        /// The enum.
        r#enum: String,
        /// Its texts, in their order.
        values: Vec<String>,
    },
    /// An enum goes; no field has it by then.
    DeleteEnum {
        /// The enum.
        r#enum: String,
        /// Its texts, so that it can come back.
        values: Vec<String>,
    },
    /// Other texts of an enum, or another order of them.
    AlterEnum {
        /// The enum.
        r#enum: String,
        /// The old texts.
        from: Vec<String>,
        /// The new texts.
        to: Vec<String>,
        /// The new text of each that is only called otherwise: rows and defaults follow.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        renamed: BTreeMap<String, String>,
    },
    /// Statements of the user's own; the state does not see them.
    RunSql {
        /// The statements, one each.
        sql: Vec<Sql>,
        /// The statements of the way back; absent where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverse: Option<Vec<Sql>>,
        /// The models (`Post`, `accounts.User`) or fields (`Post.slug`) that they read or change, all of them; absent for anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        touches: Option<Vec<String>>,
        /// Only rows of the past needed it: a squash leaves it out.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        elidable: bool,
    },
    /// A function of the program's, with the models as they are at this place of the history.
    RunRust {
        /// The function's id, such as `blog::fill_slugs`.
        run: String,
        /// The function of the way back, or `noop` where nothing is to be done; absent where there is no way back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverse: Option<String>,
        /// The models or fields that it reads or changes, all of them; absent for any of the app's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        touches: Option<Vec<String>>,
        /// Only rows of the past needed it: a squash leaves it out.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        elidable: bool,
    },
    /// Operations that the database has already, or gets in another way: they change the state, and no statement runs.
    StateOnly {
        /// The operations.
        operations: Vec<Operation>,
    },
    /// Operations that the state has already, or never hears of: their statements run, and the state stays.
    DatabaseOnly {
        /// The operations.
        operations: Vec<Operation>,
    },
}

/// The id of the way back of a [`Operation::RunRust`] that has nothing to undo.
pub const NOOP: &str = "noop";

impl Operation {
    /// An alteration that gives no row a value that its type does not.
    pub fn alter_field(model: impl Into<ModelName>, from: FieldState, to: FieldState) -> Self {
        Self::AlterField {
            model: model.into(),
            from,
            to,
            fill: None,
            reverse_fill: None,
            using: None,
            reverse_using: None,
        }
    }

    /// Statements about anything, with their way back.
    #[must_use]
    pub fn run_sql(sql: Vec<Sql>, reverse: Option<Vec<Sql>>) -> Self {
        Self::RunSql { sql, reverse, touches: None, elidable: false }
    }

    /// True where only rows of the past needed it.
    #[must_use]
    pub fn is_elidable(&self) -> bool {
        matches!(self, Self::RunSql { elidable: true, .. } | Self::RunRust { elidable: true, .. })
    }
}
