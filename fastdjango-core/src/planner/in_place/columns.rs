//! Columns: dropped, added, altered.

use super::super::alteration::Alteration;
use super::remade::Remade;
use super::{Phase, Plan};
use crate::ddl::{Alter, Statement};
use crate::field::{ColumnType, Default};
use crate::pair::Pair;
use crate::schema::{Column, ColumnDifference, Difference};
use crate::state::Generated;

/// Every change of the table's columns.
pub(super) fn change(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    let whole = plan.facts().whole_definitions;
    let is_remade =
        |column: &Column| remade.is_column(&alteration.next.name, &column.name) && !is_kept(alteration, column);
    let stays = alteration.next.columns.iter().filter(|column| !is_remade(column));
    let altered: Vec<Altered<'_>> = stays.filter_map(|column| Altered::new(alteration, remade, column)).collect();
    // Order matters: what a column was computed from can go when it is no longer.
    for altered in altered.iter().filter(|_| !whole) {
        altered.keep_computed(plan);
    }
    let gone = |column: &&Column| alteration.next.column(&column.name).is_none() || is_remade(column);
    for column in in_turn(alteration.settled.columns.iter().filter(gone), true) {
        drop(alteration, column, remade, plan);
    }
    for altered in &altered {
        if whole { altered.redefine(plan) } else { altered.change(plan) }
    }
    let new = |column: &&Column| alteration.adds(&column.name) || is_remade(column);
    for column in in_turn(alteration.next.columns.iter().filter(new), false) {
        add(alteration, column, plan);
    }
    if alteration.differences.iter().any(|difference| matches!(difference, Difference::Comment { .. })) {
        let (table, comment) = (alteration.next.name.clone(), alteration.next.comment.clone());
        plan.alter(Phase::Comments, Alter::TableComment { table, comment });
    }
}

/// True for a computed column that keeps its values and is computed no longer.
pub(super) fn is_kept(alteration: &Alteration<'_>, column: &Column) -> bool {
    let computed = |column: &Column| column.generated.is_some();
    let sides = (alteration.settled.column(&column.name), alteration.next.column(&column.name));
    matches!(sides, (Some(settled), Some(next)) if computed(settled) && !computed(next))
}

fn drop(alteration: &Alteration<'_>, column: &Column, remade: &Remade, plan: &mut Plan<'_>) {
    let early = remade.is_early(&alteration.next.name, &column.name);
    let (phase, table) = alteration.going(early, Phase::Columns);
    let column = if early { name_before(alteration, &column.name) } else { column.name.clone() };
    plan.statement(phase, Statement::DropColumn { table, column });
}

/// What a column is called before the settling.
fn name_before(alteration: &Alteration<'_>, column: &str) -> String {
    let before = alteration.renamed().find(|(_, after)| after.name == column);
    before.map_or_else(|| column.to_owned(), |(before, _)| before.name.clone())
}

/// The comment of a column.
pub(super) fn comment(table: &str, column: &Column, plan: &mut Plan<'_>) {
    let comment = Alter::ColumnComment { table: table.to_owned(), column: Box::new(column.clone()) };
    plan.alter(Phase::Comments, comment);
}

/// What is computed comes after what it is computed from, and goes before it.
fn in_turn<'a>(columns: impl Iterator<Item = &'a Column>, computed_first: bool) -> Vec<&'a Column> {
    let (computed, mut plain): (Vec<_>, Vec<_>) = columns.partition(|column| column.generated.is_some());
    let mut computed = defined_before(computed);
    if computed_first {
        computed.reverse();
        computed.append(&mut plain);
        return computed;
    }
    plain.append(&mut computed);
    plain
}

/// The columns in their order, but that what is computed comes after what it is computed from.
pub(super) fn defined_before(mut columns: Vec<&Column>) -> Vec<&Column> {
    let over = |column: &Column, other: &Column| {
        let mentions = |generated: &Generated| generated.expression.mentions(&other.name);
        other.generated.is_some() && other.name != column.name && column.generated.as_ref().is_some_and(mentions)
    };
    let mut ordered = Vec::with_capacity(columns.len());
    while let Some(at) = columns.iter().position(|column| !columns.iter().any(|other| over(column, other))) {
        ordered.push(columns.remove(at));
    }
    // A circle is the models' fault, and the database says so.
    ordered.append(&mut columns);
    ordered
}

fn add(alteration: &Alteration<'_>, column: &Column, plan: &mut Plan<'_>) {
    let table = alteration.next.name.clone();
    let fill = alteration.origin(&column.name).and_then(|origin| origin.fill.clone());
    if let Some(fill) = fill.filter(|_| column.generated.is_none()) {
        plan.alter(Phase::Values, Alter::AddFilled { table, column: Box::new(column.clone()), fill });
    } else {
        let (column, checks) = (Box::new(column.clone()), Vec::new());
        plan.statement(Phase::Columns, Statement::AddColumn { table, column, foreign_key: None, checks });
    }
    if column.comment.is_some() && !plan.facts().whole_definitions {
        comment(&alteration.next.name, column, plan);
    }
}

/// A column that stays.
struct Altered<'a> {
    alteration: &'a Alteration<'a>,
    remade: &'a Remade,
    columns: Pair<&'a Column>,
}

impl<'a> Altered<'a> {
    fn new(alteration: &'a Alteration<'a>, remade: &'a Remade, next: &'a Column) -> Option<Self> {
        let settled = alteration.settled.column(&next.name)?;
        Some(Self { alteration, remade, columns: Pair::new(settled, next) })
    }

    fn keep_computed(&self, plan: &mut Plan<'_>) {
        if self.found().iter().any(|change| matches!(change, ColumnDifference::Generated(_))) {
            let columns = Box::new(self.columns.map(Clone::clone));
            let table = self.alteration.next.name.clone();
            plan.alter(Phase::Columns, Alter::KeepComputed { table, columns });
        }
    }

    /// Order matters: no longer numbered before it has a type and a default of its own; no NULL last.
    fn change(&self, plan: &mut Plan<'_>) {
        let Pair { previous, next } = self.columns;
        let found = self.found();
        let has = |test: fn(&ColumnDifference) -> bool| found.iter().any(|change| test(change));
        let retyped = has(|c| matches!(c, ColumnDifference::Type(_) | ColumnDifference::Collation(_)))
            || self.alteration.using(&next.name).is_some();
        let renumbered = has(|c| matches!(c, ColumnDifference::Auto(_)));
        let null = previous.null != next.null && has(|c| matches!(c, ColumnDifference::Null(_)));
        // Order matters: an expression may make no value, which the column takes only where it may be without one.
        let early = next.null && self.alteration.using(&next.name).is_some();
        if renumbered && !next.auto {
            self.alter(plan, |table, column| Alter::Auto { table, column });
        }
        if null && early {
            self.alter(plan, |table, column| Alter::Null { table, column });
        }
        if retyped {
            self.retype(plan);
        } else if has(|c| matches!(c, ColumnDifference::Default(_))) {
            self.alter(plan, |table, column| Alter::Default { table, column });
        }
        self.fill(plan);
        if null && !early {
            self.alter(plan, |table, column| Alter::Null { table, column });
        }
        if renumbered && next.auto {
            self.alter(plan, |table, column| Alter::Auto { table, column });
        }
        if has(|c| matches!(c, ColumnDifference::Comment(_))) {
            comment(&self.alteration.next.name, next, plan);
        }
    }

    /// Order matters: the whole definition, values of the new type, and no NULL last.
    fn redefine(&self, plan: &mut Plan<'_>) {
        let found = self.found();
        let has = |test: fn(&ColumnDifference) -> bool| found.iter().any(|change| test(change));
        let computed = has(|c| matches!(c, ColumnDifference::Generated(_)));
        let late = computed || has(|c| matches!(c, ColumnDifference::Type(_)));
        let (fill, next) = (self.wanted(), self.columns.next);
        let in_key = self.alteration.is_filled_in_key(&next.name);
        let between = Column {
            null: next.null || late && fill.is_some(),
            // A number that the database gives needs the key, which does not come before the fill.
            auto: next.auto && !in_key,
            ..next.clone()
        };
        let after = if in_key { Phase::KeyValues } else { Phase::NewValues };
        if !(computed && self.keep(&between, plan)) {
            self.define(&between, after, plan);
        }
        let table = || self.alteration.next.name.clone();
        if let Some(fill) = fill {
            let filled = if late { after } else { Phase::Values };
            plan.alter(filled, Alter::Fill { table: table(), column: Box::new(next.clone()), fill });
        }
        if between != *next {
            let columns = Box::new(Pair::new(between, next.clone()));
            plan.alter(after, Alter::Column { table: table(), columns });
        }
    }

    /// Order matters: values that are still of the old type, the definition, then values of the new one.
    fn define(&self, between: &Column, after: Phase, plan: &mut Plan<'_>) {
        let found = self.found();
        let retyped = found.iter().any(|change| matches!(change, ColumnDifference::Type(_)));
        let both = |next: &Column| Box::new(Pair::new(self.columns.previous.clone(), next.clone()));
        let (table, next) = (|| self.alteration.next.name.clone(), self.columns.next);
        if retyped {
            plan.alter(Phase::Values, Alter::Prepare { table: table(), columns: both(next) });
        }
        self.rename_texts(plan);
        if !found.is_empty() {
            plan.alter(Phase::Columns, Alter::Column { table: table(), columns: both(between) });
        }
        if retyped {
            plan.alter(after, Alter::Finish { table: table(), columns: both(next) });
        }
    }

    /// Order matters: a longer text has no room before its column is longer, and the column is not shorter before its texts are.
    fn rename_texts(&self, plan: &mut Plan<'_>) {
        let Pair { previous, next } = self.columns;
        let Some(renamed) = self.alteration.renamed_texts(&next.name) else { return };
        let shorter =
            matches!((&previous.ty, &next.ty), (ColumnType::Varchar(from), ColumnType::Varchar(to)) if to < from);
        let (table, column) = (self.alteration.next.name.clone(), Box::new(next.clone()));
        let phase = if shorter { Phase::Values } else { Phase::NewValues };
        plan.alter(phase, Alter::RenameValues { table, column, renamed: renamed.clone() });
    }

    /// Keeps what was computed, where that takes more than another definition.
    fn keep(&self, next: &Column, plan: &mut Plan<'_>) -> bool {
        let previous = self.columns.previous;
        let columns = Pair::new(previous, next);
        let Alteration { previous: before, next: after, .. } = self.alteration;
        if self.remade.is_early(&after.name, &next.name) {
            let name = name_before(self.alteration, &next.name);
            let columns = Box::new(columns.map(|column| Column { name: name.clone(), ..column.clone() }));
            plan.alter(Phase::BeforeRenames, Alter::KeepComputed { table: before.name.clone(), columns });
            return true;
        }
        let is_virtual = previous.generated.as_ref().is_some_and(|generated| !generated.stored);
        if is_virtual {
            let columns = Box::new(columns.map(Clone::clone));
            // Order matters: before the columns that it is computed from go.
            plan.alter(Phase::Values, Alter::KeepComputed { table: after.name.clone(), columns });
        }
        is_virtual
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
            plan.alter(Phase::Columns, Alter::Default { table: table(), column });
        }
        let columns = Box::new(self.columns.map(Clone::clone));
        let using = self.alteration.using(&next.name).cloned();
        plan.alter(Phase::Columns, Alter::ColumnType { table: table(), columns, using });
        if next.default.is_some() {
            self.alter(plan, |table, column| Alter::Default { table, column });
        }
    }

    fn fill(&self, plan: &mut Plan<'_>) {
        if let Some(fill) = self.wanted() {
            self.alter(plan, |table, column| Alter::Fill { table, column, fill });
        }
    }

    /// The value of rows that have none, where every row needs one from now on.
    fn wanted(&self) -> Option<Default> {
        let fill = self.alteration.origin(&self.columns.next.name).and_then(|origin| origin.fill.clone());
        fill.filter(|_| self.columns.previous.null && !self.columns.next.null)
    }

    fn alter(&self, plan: &mut Plan<'_>, alter: impl FnOnce(String, Box<Column>) -> Alter) {
        let (table, column) = (self.alteration.next.name.clone(), Box::new(self.columns.next.clone()));
        plan.alter(Phase::Columns, alter(table, column));
    }
}
