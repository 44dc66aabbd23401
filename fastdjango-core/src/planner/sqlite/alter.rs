//! One table that stays: in place where `SQLite` can, else by a new table.

use super::super::alteration::Alteration;
use super::super::verify;
use super::{Statement, create_index, rebuild, sql};
use crate::dialect::ByRebuild;
use crate::field::Default;
use crate::migration::Step;
use crate::schema::{Check, Column, Difference, ForeignKey, Index};

/// Indexes that go. A rebuild would lose them anyway, but the executor puts back every index that the text does not name.
pub(super) fn dropped_indexes(alterations: &[Alteration<'_>]) -> Vec<Statement> {
    let mut drops = Vec::new();
    for alteration in alterations {
        let going = alteration.differences.iter().filter_map(|difference| match difference {
            Difference::UnknownIndex { index, .. } => Some(&index.name),
            Difference::ChangedIndex { indexes, .. } | Difference::RenamedIndex { indexes, .. } => {
                Some(&indexes.previous.name)
            }
            _ => None,
        });
        let table = || alteration.next.name.clone();
        drops.extend(going.map(|index| Statement::DropIndex { table: table(), index: index.clone() }));
    }
    drops
}

/// The checks of the rows, then the change.
pub(super) fn steps(alteration: &Alteration<'_>, dialect: &dyn ByRebuild) -> Vec<Step> {
    let mut steps = verify::steps(alteration, dialect);
    let renamed = alteration.origins.iter().any(|origin| !origin.renamed.is_empty() || origin.using.is_some());
    if !renamed && alteration.differences.iter().all(|difference| alteration.allows(difference)) {
        steps.extend(alteration.statements().iter().map(|statement| sql(statement, dialect)));
    } else {
        steps.push(rebuild::step(alteration, dialect));
    }
    steps
}

impl Alteration<'_> {
    fn allows(&self, difference: &Difference) -> bool {
        match difference {
            Difference::MissingColumn { column, .. } => self.can_add(column),
            Difference::UnknownColumn { column, .. } => self.can_drop(column),
            Difference::MissingForeignKey { key, .. } => {
                matches!(key.columns.as_slice(), [column] if self.adds(column))
            }
            Difference::MissingCheck { check, .. } => self.leans_on_new(&check.expression).is_some(),
            Difference::MissingIndex { .. }
            | Difference::UnknownIndex { .. }
            | Difference::ChangedIndex { .. }
            | Difference::RenamedIndex { .. } => true,
            Difference::MissingEnum { .. }
            | Difference::UnknownEnum { .. }
            | Difference::Enum { .. }
            | Difference::MissingTable { .. }
            | Difference::UnknownTable { .. }
            | Difference::Comment { .. }
            | Difference::Column { .. }
            | Difference::PrimaryKey { .. }
            | Difference::UnknownForeignKey { .. }
            | Difference::MissingUnique { .. }
            | Difference::UnknownUnique { .. }
            | Difference::UnknownCheck { .. } => false,
        }
    }

    /// What a new column may be: <https://www.sqlite.org/lang_altertable.html#altertabaddcol>. One that is of the key, or
    /// unique, makes a difference of its own that is not allowed.
    fn can_add(&self, name: &str) -> bool {
        let Some(column) = self.next.column(name) else { return false };
        let filled = self.origin(name).is_some_and(|origin| origin.fill.is_some());
        let computed = column.generated.as_ref();
        let refers = self.next.foreign_keys.iter().any(|key| key.columns.iter().any(|c| c == name));
        match &column.default {
            _ if filled || computed.is_some_and(|generated| generated.stored) => false,
            Some(Default::Sql { .. }) => false,
            Some(Default::Value(_)) => !refers,
            None => true,
        }
    }

    /// What a column that goes may not be: <https://www.sqlite.org/lang_altertable.html#altertabdropcol>. One that a key or a
    /// constraint holds makes a difference of its own that is not allowed.
    fn can_drop(&self, name: &str) -> bool {
        let table = self.settled;
        // A table always has a column that is not computed, and the new ones come after the drops.
        let stays = |column: &Column| column.generated.is_none() && self.next.column(&column.name).is_some();
        table.columns.iter().any(stays)
            && !table.columns.iter().any(|c| c.generated.as_ref().is_some_and(|g| g.expression.mentions(name)))
    }

    fn statements(&self) -> Vec<Statement> {
        let table = &self.next.name;
        let mut statements = Vec::new();
        for difference in &self.differences {
            if let Difference::UnknownColumn { column, .. } = difference {
                statements.push(Statement::DropColumn { table: table.clone(), column: column.clone() });
            }
        }
        let added = self.next.columns.iter().filter(|column| self.adds(&column.name));
        statements.extend(added.map(|column| self.add_column(column)));
        statements.extend(self.created_indexes().map(|index| create_index(table, index)));
        statements
    }

    /// The indexes to create, as the model says them.
    fn created_indexes(&self) -> impl Iterator<Item = &Index> {
        let names = self.differences.iter().filter_map(|difference| match difference {
            Difference::MissingIndex { index, .. } => Some(&index.name),
            Difference::ChangedIndex { indexes, .. } | Difference::RenamedIndex { indexes, .. } => {
                Some(&indexes.next.name)
            }
            _ => None,
        });
        names.filter_map(|name| self.next.indexes.iter().find(|index| index.name == *name))
    }

    fn add_column(&self, column: &Column) -> Statement {
        let refers = |key: &&ForeignKey| key.columns.as_slice() == std::slice::from_ref(&column.name);
        let leans = |check: &&Check| self.leans_on_new(&check.expression).is_some_and(|last| last.name == column.name);
        Statement::AddColumn {
            table: self.next.name.clone(),
            column: Box::new(column.clone()),
            foreign_key: self.next.foreign_keys.iter().find(refers).cloned().map(Box::new),
            checks: self.next.checks.iter().filter(leans).cloned().collect(),
        }
    }
}
