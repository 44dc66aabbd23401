//! Changes of a table in place, for the databases that can.

use std::collections::BTreeMap;

use super::EnumChange;
use crate::field::{Default, Sql};
use crate::pair::Pair;
use crate::schema::{Check, Column, ForeignKey, Index, Unique};

/// A statement that changes a table where it stands; the planner makes them only for a dialect that alters in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alter {
    /// A schema, where it is not there.
    CreateSchema {
        /// The schema.
        schema: String,
    },
    /// An extension of the database, where it is not there.
    CreateExtension {
        /// The extension.
        extension: String,
    },
    /// Nobody else writes into the table until the transaction ends, where there is one.
    Hold {
        /// The table.
        table: String,
    },
    /// Another definition, as a whole, for a dialect that has no smaller changes; the values are converted as its rule says.
    Column {
        /// The table.
        table: String,
        /// The column, before and after.
        columns: Box<Pair<Column>>,
    },
    /// What the rule writes into the rows before a column gets another type.
    Prepare {
        /// The table.
        table: String,
        /// The column, before and after.
        columns: Box<Pair<Column>>,
    },
    /// What the rule writes into the rows after a column got another type.
    Finish {
        /// The table.
        table: String,
        /// The column, before and after.
        columns: Box<Pair<Column>>,
    },
    /// Another type or collation; the values are converted as the dialect's rule says, where no expression does.
    ColumnType {
        /// The table.
        table: String,
        /// The column, before and after.
        columns: Box<Pair<Column>>,
        /// The expression that makes each value.
        using: Option<Sql>,
    },
    /// NULL is allowed from now on, or no longer.
    Null {
        /// The table.
        table: String,
        /// The column, as it shall be.
        column: Box<Column>,
    },
    /// Another default, or none.
    Default {
        /// The table.
        table: String,
        /// The column, as it shall be.
        column: Box<Column>,
    },
    /// The database numbers the column from now on, after the highest number that is there, or no longer does.
    Auto {
        /// The table.
        table: String,
        /// The column, as it shall be.
        column: Box<Column>,
    },
    /// A computed column keeps its values and is computed no longer.
    KeepComputed {
        /// The table.
        table: String,
        /// The column, before and after.
        columns: Box<Pair<Column>>,
    },
    /// A new column whose rows get a value that is not the column's default.
    AddFilled {
        /// The table.
        table: String,
        /// The column.
        column: Box<Column>,
        /// The value.
        fill: Default,
    },
    /// A value for the rows that hold NULL.
    Fill {
        /// The table.
        table: String,
        /// The column.
        column: Box<Column>,
        /// The value.
        fill: Default,
    },
    /// A change of a type.
    Enum(EnumChange),
    /// Other texts for some of those that the rows hold.
    RenameValues {
        /// The table.
        table: String,
        /// The column.
        column: Box<Column>,
        /// The new text of each old one.
        renamed: BTreeMap<String, String>,
    },
    /// A new primary key.
    AddPrimaryKey {
        /// The table.
        table: String,
        /// The constraint's name.
        name: String,
        /// The columns.
        columns: Vec<String>,
    },
    /// A new unique constraint.
    AddUnique {
        /// The table.
        table: String,
        /// The constraint.
        unique: Unique,
    },
    /// A new check.
    AddCheck {
        /// The table.
        table: String,
        /// The check.
        check: Check,
    },
    /// A new foreign key.
    AddForeignKey {
        /// The table.
        table: String,
        /// The key.
        key: Box<ForeignKey>,
    },
    /// A constraint goes.
    DropConstraint {
        /// The table.
        table: String,
        /// The constraint.
        name: String,
        /// What it is, where a dialect has a word for each.
        kind: ConstraintKind,
    },
    /// A constraint under a new name.
    RenameConstraint {
        /// The table.
        table: String,
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// An index that is built while rows are written; no transaction may hold it.
    BuildIndex {
        /// The table.
        table: String,
        /// The index.
        index: Box<Index>,
    },
    /// An index that goes while rows are read; no transaction may hold it.
    RetireIndex {
        /// The table.
        table: String,
        /// The index.
        index: String,
    },
    /// An index under a new name.
    RenameIndex {
        /// The table.
        table: String,
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// The sequence of a column gets another name where its own is taken in the schema that its table goes to.
    FreeSequence {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The schema; `None` for the one of tables without one.
        schema: Option<String>,
    },
    /// Another comment on the table, or none.
    TableComment {
        /// The table.
        table: String,
        /// The comment.
        comment: Option<String>,
    },
    /// Another comment on a column, or none.
    ColumnComment {
        /// The table.
        table: String,
        /// The column, as it shall be.
        column: Box<Column>,
    },
}

/// What a constraint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// The primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// A check.
    Check,
    /// A foreign key.
    ForeignKey,
}
