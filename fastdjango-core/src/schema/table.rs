//! Tables and what they hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::field::{ColumnType, Default, Deferrable, OnDelete, Sql};
use crate::state::Generated;

/// Tables by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The tables.
    pub tables: BTreeMap<String, Table>,
    /// The enums, where they are types: the texts of each, in their order.
    pub enums: BTreeMap<String, Vec<String>>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name.
    pub name: String,
    /// The comment.
    pub comment: Option<String>,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The columns of the primary key; empty where there is none.
    pub primary_key: Vec<String>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Unique constraints.
    pub uniques: Vec<Unique>,
    /// Check constraints.
    pub checks: Vec<Check>,
    /// Indexes; those that only serve a constraint are left out.
    pub indexes: Vec<Index>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type; a foreign key's is its target's.
    pub ty: ColumnType,
    /// A database's own type instead.
    pub db_type: Option<Sql>,
    /// NULL is allowed.
    pub null: bool,
    /// Numbered by the database.
    pub auto: bool,
    /// The database's default.
    pub default: Option<Default>,
    /// The collation.
    pub collation: Option<Sql>,
    /// Computed by the database.
    pub generated: Option<Generated>,
    /// The comment.
    pub comment: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The columns here.
    pub columns: Vec<String>,
    /// The table there.
    pub to_table: String,
    /// The columns there.
    pub to_columns: Vec<String>,
    /// The action when the target goes.
    pub on_delete: OnDelete,
    /// The action when the target's key changes.
    pub on_update: OnDelete,
    /// When a deferrable key is checked.
    pub deferrable: Option<Deferrable>,
}

impl ForeignKey {
    /// Writes the columns in the order of the target's key, which means the same.
    pub fn follow(&mut self, target: &Table) {
        let unique_indexes = target.indexes.iter().filter(|index| index.unique && index.condition.is_none());
        let keys = std::iter::once(target.primary_key.clone())
            .chain(target.uniques.iter().map(|unique| unique.columns.clone()))
            .chain(unique_indexes.map(|index| index.columns.iter().map(|column| column.name.clone()).collect()));
        let pairs: BTreeMap<&String, &String> = self.to_columns.iter().zip(&self.columns).collect();
        let same =
            |columns: &Vec<String>| columns.iter().collect::<BTreeSet<_>>().into_iter().eq(pairs.keys().copied());
        let Some(order) = keys.into_iter().find(same) else { return };
        let columns = order.iter().filter_map(|column| pairs.get(column).map(|own| (*own).clone())).collect();
        (self.columns, self.to_columns) = (columns, order);
    }
}

/// A unique constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The columns.
    pub columns: Vec<String>,
    /// When it is checked.
    pub deferrable: Option<Deferrable>,
    /// Two NULLs are equal.
    pub nulls_not_distinct: bool,
}

/// A check constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// What every row must meet.
    pub expression: CheckExpression,
    /// Somebody made it by hand, as no check of a model can be: the expression is its definition.
    pub verbatim: bool,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckExpression {
    /// A condition in SQL.
    Sql(Sql),
    /// The column holds one of the texts.
    OneOf {
        /// The column.
        column: String,
        /// The texts.
        values: Vec<String>,
    },
    /// The column is 0 or more.
    NonNegative {
        /// The column.
        column: String,
    },
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The name.
    pub name: String,
    /// The columns, in order.
    pub columns: Vec<IndexColumn>,
    /// An expression after the columns.
    pub expression: Option<Sql>,
    /// No two rows share the values.
    pub unique: bool,
    /// Only the rows that meet this are in the index.
    pub condition: Option<Sql>,
    /// Columns that the index carries along.
    pub include: Vec<String>,
    /// The access method.
    pub method: Option<String>,
    /// The operator class of every column.
    pub opclass: Option<String>,
    /// Somebody made it by hand, as no index of a model can be: the expression is all that it says of its keys.
    pub verbatim: bool,
}

/// A column of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexColumn {
    /// The column.
    pub name: String,
    /// From high to low.
    pub descending: bool,
    /// Only so many characters from the beginning.
    pub length: Option<u32>,
}

impl IndexColumn {
    /// The whole of a column, from low to high.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), descending: false, length: None }
    }
}

impl Check {
    /// The fragment of SQL that it may be.
    pub(crate) const fn fragment_mut(&mut self) -> Option<&mut Sql> {
        match &mut self.expression {
            CheckExpression::Sql(sql) => Some(sql),
            CheckExpression::OneOf { .. } | CheckExpression::NonNegative { .. } => None,
        }
    }
}

impl Index {
    /// Every fragment of SQL in the index.
    pub(crate) fn fragments_mut(&mut self) -> impl Iterator<Item = &mut Sql> {
        self.expression.iter_mut().chain(&mut self.condition)
    }

    /// An index over words, which keeps no order and finds no equal values.
    #[must_use]
    pub fn is_fulltext(&self) -> bool {
        self.method.as_deref() == Some(FULLTEXT)
    }
}

/// The method of an index over words.
pub const FULLTEXT: &str = "fulltext";

impl Table {
    /// Every fragment of SQL in the table.
    pub(crate) fn fragments_mut(&mut self) -> Vec<&mut Sql> {
        let mut fragments = Vec::new();
        for column in &mut self.columns {
            fragments.extend(column.generated.as_mut().map(|generated| &mut generated.expression));
            if let Some(Default::Sql { sql }) = &mut column.default {
                fragments.push(sql);
            }
        }
        fragments.extend(self.checks.iter_mut().filter_map(Check::fragment_mut));
        fragments.extend(self.indexes.iter_mut().flat_map(Index::fragments_mut));
        fragments
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
