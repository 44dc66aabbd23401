//! Columns: dropped, added, altered.

use super::super::alteration::Alteration;
use super::remade::Remade;
use super::{Phase, Plan};
use crate::ddl::{Alter, Statement};
use crate::pair::Pair;
use crate::schema::{Column, ColumnDifference, Difference};

/// What must be true of the rows, then every change of the table's columns.
pub(super) fn change(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    plan.verify(alteration);
    let is_remade = |column: &Column| remade.is_column(&alteration.next.name, &column.name);
    let stays = alteration.next.columns.iter().filter(|column| !is_remade(column));
    let altered: Vec<Altered<'_>> = stays.filter_map(|column| Altered::new(alteration, column)).collect();
    // Order matters: what a column was computed from can go when it is no longer.
    for altered in &altered {
        altered.keep_computed(plan);
    }
    let gone = |column: &&Column| alteration.next.column(&column.name).is_none() || is_remade(column);
    for column in in_turn(alteration.settled.columns.iter().filter(gone), true) {
        let (table, column) = (alteration.next.name.clone(), column.name.clone());
        plan.statement(Phase::Columns, &Statement::DropColumn { table, column });
    }
    for altered in &altered {
        altered.change(plan);
    }
    let new = |column: &&Column| alteration.adds(&column.name) || is_remade(column);
    for column in in_turn(alteration.next.columns.iter().filter(new), false) {
        add(alteration, column, plan);
    }
    if alteration.differences.iter().any(|difference| matches!(difference, Difference::Comment { .. })) {
        let (table, comment) = (alteration.next.name.clone(), alteration.next.comment.clone());
        plan.alter(Phase::Comments, &Alter::TableComment { table, comment });
    }
}

/// The comment of a column.
pub(super) fn comment(table: &str, column: &Column, plan: &mut Plan<'_>) {
    let comment = Alter::ColumnComment { table: table.to_owned(), column: Box::new(column.clone()) };
    plan.alter(Phase::Comments, &comment);
}

/// What is computed comes after what it is computed from, and goes before it.
fn in_turn<'a>(columns: impl Iterator<Item = &'a Column>, computed_first: bool) -> Vec<&'a Column> {
    let mut columns: Vec<&Column> = columns.collect();
    columns.sort_by_key(|column| column.generated.is_some() != computed_first);
    columns
}

fn add(alteration: &Alteration<'_>, column: &Column, plan: &mut Plan<'_>) {
    let table = alteration.next.name.clone();
    let fill = alteration.origin(&column.name).and_then(|origin| origin.fill.clone());
    if let Some(fill) = fill.filter(|_| column.generated.is_none()) {
        plan.alter(Phase::Columns, &Alter::AddFilled { table, column: Box::new(column.clone()), fill });
    } else {
        let (column, checks) = (Box::new(column.clone()), Vec::new());
        plan.statement(Phase::Columns, &Statement::AddColumn { table, column, foreign_key: None, checks });
    }
    if column.comment.is_some() {
        comment(&alteration.next.name, column, plan);
    }
}

/// A column that stays.
struct Altered<'a> {
    alteration: &'a Alteration<'a>,
    columns: Pair<&'a Column>,
}

impl<'a> Altered<'a> {
    fn new(alteration: &'a Alteration<'a>, next: &'a Column) -> Option<Self> {
        let settled = alteration.settled.column(&next.name)?;
        Some(Self { alteration, columns: Pair::new(settled, next) })
    }

    fn keep_computed(&self, plan: &mut Plan<'_>) {
        if self.found().iter().any(|change| matches!(change, ColumnDifference::Generated(_))) {
            self.alter(plan, |table, column| Alter::KeepComputed { table, column });
        }
    }

    /// Order matters: no longer numbered before it has a type and a default of its own; no NULL last.
    fn change(&self, plan: &mut Plan<'_>) {
        let Pair { previous, next } = self.columns;
        let found = self.found();
        let has = |test: fn(&ColumnDifference) -> bool| found.iter().any(|change| test(change));
        let retyped = has(|c| matches!(c, ColumnDifference::Type(_) | ColumnDifference::Collation(_)));
        let renumbered = has(|c| matches!(c, ColumnDifference::Auto(_)));
        if renumbered && !next.auto {
            self.alter(plan, |table, column| Alter::Auto { table, column });
        }
        if retyped {
            self.retype(plan);
        } else if has(|c| matches!(c, ColumnDifference::Default(_))) {
            self.alter(plan, |table, column| Alter::Default { table, column });
        }
        self.fill(plan);
        if previous.null != next.null && has(|c| matches!(c, ColumnDifference::Null(_))) {
            self.alter(plan, |table, column| Alter::Null { table, column });
        }
        if renumbered && next.auto {
            self.alter(plan, |table, column| Alter::Auto { table, column });
        }
        if has(|c| matches!(c, ColumnDifference::Comment(_))) {
            comment(&self.alteration.next.name, next, plan);
        }
    }

    fn found(&self) -> Vec<&ColumnDifference> {
        let of = |difference: &'_ Difference| matches!(difference, Difference::Column { column, .. } if *column == self.columns.next.name);
        let found = self.alteration.differences.iter().filter(|difference| of(difference));
        found
            .filter_map(|difference| match difference {
                Difference::Column { change, .. } => Some(change),
                _ => None,
            })
            .collect()
    }

    /// A default of the old type would have to be cast by the server, which refuses most.
    fn retype(&self, plan: &mut Plan<'_>) {
        let Pair { previous, next } = self.columns;
        let table = || self.alteration.next.name.clone();
        if previous.default.is_some() {
            let column = Box::new(Column { default: None, ..previous.clone() });
            plan.alter(Phase::Columns, &Alter::Default { table: table(), column });
        }
        let columns = Box::new(self.columns.map(Clone::clone));
        plan.alter(Phase::Columns, &Alter::ColumnType { table: table(), columns });
        if next.default.is_some() {
            self.alter(plan, |table, column| Alter::Default { table, column });
        }
    }

    fn fill(&self, plan: &mut Plan<'_>) {
        let fill = self.alteration.origin(&self.columns.next.name).and_then(|origin| origin.fill.clone());
        if let Some(fill) = fill.filter(|_| self.columns.previous.null && !self.columns.next.null) {
            self.alter(plan, |table, column| Alter::Fill { table, column, fill });
        }
    }

    fn alter(&self, plan: &mut Plan<'_>, alter: impl FnOnce(String, Box<Column>) -> Alter) {
        let (table, column) = (self.alteration.next.name.clone(), Box::new(self.columns.next.clone()));
        plan.alter(Phase::Columns, &alter(table, column));
    }
}
