//! One table that stays, before and after: the same for every database.

use std::collections::{BTreeMap, BTreeSet};

use super::order::parents_first;
use super::{ColumnOrigin, TableChange};
use crate::dialect::Dialect;
use crate::field::{Engine, Sql, lexer};
use crate::schema::{
    Check, CheckExpression, Column, ColumnDifference, Difference, ForeignKey, Schema, Table, compare_tables,
};

/// A table under its final name, before and after, and in what it differs.
#[derive(Debug)]
pub(super) struct Alteration<'a> {
    /// The table as it is, under the names of before.
    pub(super) previous: &'a Table,
    /// The table as it is, under final names.
    pub(super) settled: &'a Table,
    /// The table as it shall be.
    pub(super) next: &'a Table,
    /// Where its columns come from.
    pub(super) origins: &'a [ColumnOrigin],
    /// The indexes that come and go while the table is in use.
    pub(super) concurrently: &'a BTreeSet<String>,
    /// In what it differs, as the catalog would say it.
    pub(super) differences: Vec<Difference>,
    /// Columns that this table and those after it do not have yet.
    to_come: BTreeSet<(String, String)>,
    /// Tables that are not there yet.
    created: BTreeSet<String>,
    engine: Engine,
}

/// The tables that differ in more than their own name, each after those that it refers to; a difference may be one of the names
/// of constraints, which some catalogs keep and no comparison tells, or nothing but what does not follow a rename.
pub(super) fn alterations<'a>(
    changes: &'a [TableChange],
    settled: &'a BTreeMap<String, Table>,
    dialect: &dyn Dialect,
) -> Vec<Alteration<'a>> {
    let engine = dialect.engine();
    let mut alterations = Vec::new();
    let new = changes.iter().filter(|change| change.previous.is_none()).filter_map(|change| change.next.as_ref());
    let created: BTreeSet<String> = new.map(|table| table.name.clone()).collect();
    let staying = changes.iter().filter(|change| change.previous.is_some());
    for next in parents_first(staying.clone().filter_map(|change| change.next.as_ref())) {
        let Some(change) = staying.clone().find(|change| change.next.as_ref() == Some(next)) else { continue };
        let Some(previous) = &change.previous else { continue };
        let Some(settled) = settled.get(&next.name) else { continue };
        let differences = differences(settled, next, dialect);
        let left_behind = previous != settled && !dialect.capabilities().names_follow;
        let renamed = change.columns.iter().any(|origin| !origin.renamed.is_empty());
        if settled != next || renamed || left_behind || refers_to_one(next, &alterations, dialect) {
            let (origins, concurrently, to_come) = (&*change.columns, &change.concurrently, BTreeSet::new());
            alterations.push(Alteration {
                previous,
                settled,
                next,
                origins,
                concurrently,
                differences,
                to_come,
                created: created.clone(),
                engine,
            });
        }
    }
    let mut to_come = BTreeSet::new();
    for alteration in alterations.iter_mut().rev() {
        let added = alteration.next.columns.iter().filter(|column| alteration.adds(&column.name));
        to_come.extend(added.map(|column| (alteration.next.name.clone(), column.name.clone())));
        alteration.to_come.clone_from(&to_come);
    }
    alterations
}

/// True for a table whose foreign keys may have to go and come because of what they refer to.
fn refers_to_one(table: &Table, alterations: &[Alteration<'_>], dialect: &dyn Dialect) -> bool {
    let altered = |key: &ForeignKey| alterations.iter().any(|alteration| alteration.next.name == key.to_table);
    dialect.capabilities().indexed_foreign_keys && table.foreign_keys.iter().any(altered)
}

/// The comparison that also finds drift, without its equivalence of unique indexes and constraints.
fn differences(settled: &Table, next: &Table, dialect: &dyn Dialect) -> Vec<Difference> {
    compare_tables(&normal(settled, dialect), &normal(next, dialect), dialect.engine())
}

/// The table as the catalog would say it.
pub(super) fn normal(table: &Table, dialect: &dyn Dialect) -> Table {
    let mut schema = Schema { tables: BTreeMap::from([(table.name.clone(), table.clone())]), ..Schema::default() };
    dialect.normalize(&mut schema);
    schema.tables.remove(&table.name).unwrap_or_else(|| table.clone())
}

impl Alteration<'_> {
    /// The origin of a column of the new table.
    pub(super) fn origin(&self, column: &str) -> Option<&ColumnOrigin> {
        self.origins.iter().find(|origin| origin.name == column)
    }

    /// What makes the values of a column that gets another type.
    pub(super) fn using(&self, column: &str) -> Option<&Sql> {
        self.origin(column)?.using.as_ref()
    }

    /// The new text of each that a column's rows hold and that is called otherwise from now on.
    pub(super) fn renamed_texts(&self, column: &str) -> Option<&BTreeMap<String, String>> {
        self.origin(column).map(|origin| &origin.renamed).filter(|renamed| !renamed.is_empty())
    }

    /// True for a column that the table does not have yet.
    pub(super) fn adds(&self, column: &str) -> bool {
        self.settled.column(column).is_none()
    }

    /// True for a column of the key whose rows get their values only when it has another type, or is computed no longer: no key
    /// can be made before.
    pub(super) fn is_filled_in_key(&self, column: &str) -> bool {
        use ColumnDifference as C;
        let late = |difference: &Difference| matches!(difference, Difference::Column { column: of, change: C::Type(_) | C::Generated(_), .. } if of == column);
        self.next.primary_key.iter().any(|of| of == column)
            && self.settled.column(column).is_some_and(|settled| settled.null)
            && self.origin(column).is_some_and(|origin| origin.fill.is_some())
            && self.differences.iter().any(late)
    }

    /// True where the key has such a column.
    pub(super) fn fills_key(&self) -> bool {
        self.next.primary_key.iter().any(|column| self.is_filled_in_key(column))
    }

    /// The columns that the settling renames, under the names of before and after.
    pub(super) fn renamed(&self) -> impl Iterator<Item = (&Column, &Column)> {
        self.previous.columns.iter().zip(&self.settled.columns).filter(|(before, after)| before.name != after.name)
    }

    /// True for a reference to a column that is not there yet when this table's turn comes.
    pub(super) fn refers_ahead(&self, key: &ForeignKey) -> bool {
        key.to_columns.iter().any(|column| self.to_come.contains(&(key.to_table.clone(), column.clone())))
    }

    /// True for a table that is not there yet, and so has no row.
    pub(super) fn creates(&self, table: &str) -> bool {
        self.created.contains(table)
    }

    /// The check as the model says it, where `check` is as the catalog would.
    pub(super) fn check<'a>(&'a self, check: &'a Check) -> &'a Check {
        self.next.checks.iter().find(|own| own.name == check.name).unwrap_or(check)
    }

    /// The last new column that a check leans on, if any: it can come with that column.
    pub(super) fn leans_on_new(&self, check: &CheckExpression) -> Option<&Column> {
        self.next.columns.iter().rfind(|column| self.adds(&column.name) && self.mentions(check, &column.name))
    }

    /// True where a check names the column.
    pub(super) fn mentions(&self, check: &CheckExpression, column: &str) -> bool {
        match check {
            CheckExpression::Sql(sql) => sql.for_engine(self.engine).is_some_and(|text| lexer::mentions(text, column)),
            CheckExpression::OneOf { column: own, .. } | CheckExpression::NonNegative { column: own } => own == column,
        }
    }
}
