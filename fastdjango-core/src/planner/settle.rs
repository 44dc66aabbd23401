//! Final names first: tables and columns are renamed in place, so that everything after speaks of them as they will be.

use std::collections::{BTreeMap, BTreeSet};

use super::TableChange;
use super::names::{in_order, tables_in_order, temporary};
use crate::ddl::Statement;
use crate::field::Sql;
use crate::schema::{Check, CheckExpression, ForeignKey, Index, Table};
use crate::state::Generated;

/// The renames, and every table that stays as it is after them.
#[derive(Debug, Default)]
pub(super) struct Settling {
    pub(super) renames: Vec<Statement>,
    /// By the final name of the table.
    pub(super) tables: BTreeMap<String, Table>,
    /// What each was called before, by the final name of the table.
    pub(super) former: BTreeMap<String, Names>,
}

/// The other names of a table and of its columns.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) table: String,
    columns: BTreeMap<String, String>,
}

/// Renames the tables and columns that stay.
pub(super) fn settle(changes: &[TableChange]) -> Settling {
    let staying: Vec<(&TableChange, &Table, &Table)> =
        changes.iter().filter_map(|change| Some((change, change.previous.as_ref()?, change.next.as_ref()?))).collect();
    let taken = staying.iter().flat_map(|(_, previous, next)| [previous.name.clone(), next.name.clone()]).collect();
    let tables = staying.iter().map(|(_, previous, next)| (previous.name.clone(), next.name.clone())).collect();
    let mut settling = Settling::default();
    let renames = tables_in_order(tables, &taken);
    settling.renames.extend(renames.into_iter().map(|(from, to)| Statement::RenameTable { from, to }));
    let mut names = BTreeMap::new();
    for (change, previous, next) in &staying {
        let columns = column_names(change, previous);
        let renames = in_order(columns.clone().into_iter().collect(), &all_columns(previous, next));
        settling.renames.extend(renames.into_iter().map(|(from, to)| Statement::RenameColumn {
            table: next.name.clone(),
            from,
            to,
        }));
        let former = columns.iter().map(|(from, to)| (to.clone(), from.clone())).collect();
        settling.former.insert(next.name.clone(), Names { table: previous.name.clone(), columns: former });
        names.insert(previous.name.clone(), Names { table: next.name.clone(), columns });
    }
    names.extend(out_of_reach(changes, &taken));
    for (_, previous, next) in staying {
        settling.tables.insert(next.name.clone(), renamed(previous, &names));
    }
    settling
}

/// The tables that go: what referred to one refers to nothing that is there, also where another table takes its name.
fn out_of_reach(changes: &[TableChange], taken: &BTreeSet<String>) -> Vec<(String, Names)> {
    let gone = changes.iter().filter(|change| change.next.is_none()).filter_map(|change| change.previous.as_ref());
    gone.map(|table| (table.name.clone(), Names { table: temporary(&table.name, taken), columns: BTreeMap::new() }))
        .collect()
}

/// Every column's new name. One that goes makes way where its name is wanted, by a renamed column or a new one.
fn column_names(change: &TableChange, previous: &Table) -> BTreeMap<String, String> {
    let wanted: BTreeSet<&str> = change.columns.iter().map(|origin| origin.name.as_str()).collect();
    let taken = wanted.iter().map(|name| (*name).to_owned()).chain(previous.columns.iter().map(|c| c.name.clone()));
    let taken: BTreeSet<String> = taken.collect();
    let mut names = BTreeMap::new();
    for column in &previous.columns {
        let kept = change.columns.iter().find(|origin| origin.previous.as_deref() == Some(&column.name));
        let next = match kept {
            Some(origin) => origin.name.clone(),
            None if wanted.iter().any(|name| name.eq_ignore_ascii_case(&column.name)) => {
                temporary(&column.name, &taken)
            }
            None => column.name.clone(),
        };
        names.insert(column.name.clone(), next);
    }
    names
}

fn all_columns(previous: &Table, next: &Table) -> BTreeSet<String> {
    previous.columns.iter().chain(&next.columns).map(|column| column.name.clone()).collect()
}

/// The table as it reads once all renames have run.
fn renamed(table: &Table, names: &BTreeMap<String, Names>) -> Table {
    let Some(own) = names.get(&table.name) else { return table.clone() };
    let mut next = table.clone();
    next.name.clone_from(&own.table);
    for column in &mut next.columns {
        column.name = own.column(&column.name);
        column.generated = column.generated.take().map(|g| Generated { expression: own.fragment(&g.expression), ..g });
    }
    own.rename_all(&mut next.primary_key);
    for unique in &mut next.uniques {
        own.rename_all(&mut unique.columns);
    }
    next.foreign_keys = next.foreign_keys.iter().map(|key| foreign_key(key, own, names)).collect();
    next.checks = next.checks.into_iter().map(|check| own.check(check)).collect();
    next.indexes = next.indexes.into_iter().map(|index| own.index(index)).collect();
    next
}

fn foreign_key(key: &ForeignKey, own: &Names, names: &BTreeMap<String, Names>) -> ForeignKey {
    let mut key = key.clone();
    own.rename_all(&mut key.columns);
    if let Some(there) = names.get(&key.to_table) {
        there.rename_all(&mut key.to_columns);
        key.to_table.clone_from(&there.table);
    }
    key
}

impl Names {
    /// True for a column that has another name, or the same one.
    pub(super) fn knows(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    pub(super) fn column(&self, name: &str) -> String {
        self.columns.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    pub(super) fn rename_all(&self, columns: &mut [String]) {
        for column in columns {
            *column = self.column(column);
        }
    }

    fn check(&self, check: Check) -> Check {
        Check { expression: self.expression(check.expression), ..check }
    }

    pub(super) fn expression(&self, expression: CheckExpression) -> CheckExpression {
        match expression {
            CheckExpression::Sql(sql) => CheckExpression::Sql(self.fragment(&sql)),
            CheckExpression::OneOf { column, values } => {
                CheckExpression::OneOf { column: self.column(&column), values }
            }
            CheckExpression::NonNegative { column } => CheckExpression::NonNegative { column: self.column(&column) },
        }
    }

    fn index(&self, mut index: Index) -> Index {
        for column in &mut index.columns {
            column.name = self.column(&column.name);
        }
        self.rename_all(&mut index.include);
        index.expression = index.expression.map(|sql| self.fragment(&sql));
        index.condition = index.condition.map(|sql| self.fragment(&sql));
        index
    }

    /// All renames at once: each name first becomes one that no column has, so that a swap stays a swap.
    pub(super) fn fragment(&self, sql: &Sql) -> Sql {
        let moved: Vec<(&String, &String)> = self.columns.iter().filter(|(from, to)| from != to).collect();
        let between = |i: usize| format!("fastdjango_between_{i}");
        let away = moved.iter().enumerate().fold(sql.clone(), |sql, (i, (from, _))| sql.renamed(from, &between(i)));
        moved.iter().enumerate().fold(away, |sql, (i, (_, to))| sql.renamed(&between(i), to))
    }
}
