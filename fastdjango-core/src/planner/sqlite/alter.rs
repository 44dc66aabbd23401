//! One table that stays: in place where `SQLite` can, else by a new table.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ColumnOrigin;
use super::order::parents_first;
use super::{Statement, TableChange, create_index, rebuild, sql, verify};
use crate::dialect::Dialect;
use crate::field::{Default, Engine};
use crate::migration::Step;

use crate::schema::{Check, CheckExpression, Column, Difference, ForeignKey, Index, Schema, Table, compare_tables};

/// A table under its final name, before and after, and in what it differs.
#[derive(Debug)]
pub(super) struct Alteration<'a> {
    /// The table as it is, under final names.
    pub(super) settled: &'a Table,
    /// The table as it shall be.
    pub(super) next: &'a Table,
    /// Where its columns come from.
    pub(super) origins: &'a [ColumnOrigin],
    differences: Vec<Difference>,
    in_place: bool,
    /// Columns that this table and those after it do not have yet.
    to_come: BTreeSet<(String, String)>,
}

/// The tables that differ in more than their names.
pub(super) fn alterations<'a>(
    changes: &'a [TableChange],
    settled: &'a BTreeMap<String, Table>,
    dialect: &dyn Dialect,
) -> Vec<Alteration<'a>> {
    let mut alterations = Vec::new();
    let staying = changes.iter().filter(|change| change.previous.is_some());
    for next in parents_first(staying.clone().filter_map(|change| change.next.as_ref())) {
        let Some(change) = staying.clone().find(|change| change.next.as_ref() == Some(next)) else { continue };
        let Some(settled) = settled.get(&next.name) else { continue };
        let differences = differences(settled, next, dialect);
        let (origins, to_come) = (&*change.columns, BTreeSet::new());
        let mut alteration = Alteration { settled, next, origins, differences, in_place: true, to_come };
        if alteration.differences.is_empty() {
            continue;
        }
        alteration.in_place = alteration.differences.iter().all(|difference| alteration.allows(difference));
        alterations.push(alteration);
    }
    let mut to_come = BTreeSet::new();
    for alteration in alterations.iter_mut().rev() {
        let added = alteration.next.columns.iter().filter(|column| alteration.adds(&column.name));
        to_come.extend(added.map(|column| (alteration.next.name.clone(), column.name.clone())));
        alteration.to_come.clone_from(&to_come);
    }
    alterations
}

/// The comparison that also finds drift, without its equivalence of unique indexes and constraints.
fn differences(settled: &Table, next: &Table, dialect: &dyn Dialect) -> Vec<Difference> {
    let normal = |table: &Table| {
        let mut schema = Schema { tables: BTreeMap::from([(table.name.clone(), table.clone())]) };
        dialect.normalize(&mut schema);
        schema.tables.remove(&table.name).unwrap_or_else(|| table.clone())
    };
    compare_tables(&normal(settled), &normal(next), dialect.engine())
}

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

impl Alteration<'_> {
    /// The checks of the rows, then the change.
    pub(super) fn steps(&self, dialect: &dyn Dialect) -> Vec<Step> {
        let mut steps = verify::steps(self, dialect);
        if self.in_place {
            steps.extend(self.statements().iter().map(|statement| sql(statement, dialect)));
        } else {
            steps.push(rebuild::step(self, dialect));
        }
        steps
    }

    /// The differences of the table.
    pub(super) fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// The origin of a column of the new table.
    pub(super) fn origin(&self, column: &str) -> Option<&ColumnOrigin> {
        self.origins.iter().find(|origin| origin.name == column)
    }

    /// True for a column that the table does not have yet.
    pub(super) fn adds(&self, column: &str) -> bool {
        self.settled.column(column).is_none()
    }

    /// True for a reference to a column that is not there yet when this table's turn comes.
    pub(super) fn refers_ahead(&self, key: &ForeignKey) -> bool {
        key.to_columns.iter().any(|column| self.to_come.contains(&(key.to_table.clone(), column.clone())))
    }

    /// The check as the model says it, where `check` is as the catalog would.
    pub(super) fn check<'a>(&'a self, check: &'a Check) -> &'a Check {
        self.next.checks.iter().find(|own| own.name == check.name).unwrap_or(check)
    }

    /// The last new column that a check leans on, if any: it can come with that column.
    pub(super) fn leans_on_new(&self, check: &CheckExpression) -> Option<&Column> {
        self.next.columns.iter().rfind(|column| self.adds(&column.name) && mentions(check, &column.name))
    }

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
            Difference::MissingTable { .. }
            | Difference::UnknownTable { .. }
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

fn mentions(check: &CheckExpression, column: &str) -> bool {
    match check {
        CheckExpression::Sql(sql) => {
            sql.for_engine(Engine::Sqlite).is_some_and(|text| crate::field::lexer::mentions(text, column))
        }
        CheckExpression::OneOf { column: own, .. } | CheckExpression::NonNegative { column: own } => own == column,
    }
}
