//! The steps on a database that changes tables where they stand.
//!
//! Order matters, and is that of [`Phase`]: what stands in the way goes first, under the names of before; then everything gets
//! its final name; then come columns, and last what leans on them.

mod columns;
mod constraints;
mod created;
mod indexes;
mod keys;
mod remade;
mod renames;

use super::TableChange;
use super::alteration::{Alteration, alterations};
use super::order::parents_first;
use super::settle;
use crate::ddl::{Alter, Statement};
use crate::dialect::InPlace;
use crate::migration::Step;
use crate::schema::Table;
use remade::Remade;

/// When a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Order matters: a table that is referred to cannot be dropped, nor the key that a foreign key leans on.
    ForeignKeysGo,
    /// Order matters: tables that go free their names.
    TablesGo,
    /// Order matters: from here on everything has its final name.
    Renames,
    /// Order matters: an index goes before the columns that it is over change.
    IndexesGo,
    /// Order matters: so does a constraint.
    ConstraintsGo,
    /// New tables, so that new columns can refer to them.
    Tables,
    /// What must be true of the rows, then the columns, table by table.
    Columns,
    /// Order matters: a key is there before a foreign key refers to it.
    Constraints,
    /// The same.
    Indexes,
    /// Order matters: both sides are final.
    ForeignKeys,
    /// Words.
    Comments,
}

/// The steps that make the changes.
pub(super) fn steps(changes: &[TableChange], dialect: &dyn InPlace) -> Vec<Step> {
    let settling = settle::settle(changes);
    let alterations = alterations(changes, &settling.tables, dialect);
    let remade = Remade::new(&alterations);
    let mut plan = Plan { dialect, steps: Vec::new(), waiting: Vec::new() };

    keys::go(changes, &alterations, &remade, &mut plan);
    tables_go(changes, &mut plan);
    renames::renames(changes, &settling, &mut plan);
    created::tables(changes, &alterations, &mut plan);
    for alteration in &alterations {
        indexes::change(alteration, &remade, &mut plan);
        constraints::change(alteration, &remade, &mut plan);
        columns::change(alteration, &remade, &mut plan);
    }
    keys::come(changes, &alterations, &remade, &mut plan);
    renames::made(&mut plan);
    plan.steps()
}

fn tables_go(changes: &[TableChange], plan: &mut Plan<'_>) {
    for table in gone(changes) {
        plan.statement(Phase::TablesGo, &Statement::DropTable { table: table.name.clone() });
    }
}

/// The tables that go, children first wherever there is no circle.
fn gone(changes: &[TableChange]) -> Vec<&Table> {
    let gone = changes.iter().filter(|change| change.next.is_none()).filter_map(|change| change.previous.as_ref());
    let mut order = parents_first(gone);
    order.reverse();
    order
}

/// The steps so far, each with its phase.
struct Plan<'a> {
    dialect: &'a dyn InPlace,
    steps: Vec<(Phase, Step)>,
    waiting: renames::Waiting,
}

impl Plan<'_> {
    fn statement(&mut self, phase: Phase, statement: &Statement) {
        self.steps.push((phase, Step::Sql(self.dialect.render(statement))));
    }

    fn alter(&mut self, phase: Phase, alter: &Alter) {
        let statements = self.dialect.alter(alter);
        self.steps.extend(statements.into_iter().map(|sql| (phase, Step::Sql(sql))));
    }

    fn verify(&mut self, alteration: &Alteration<'_>) {
        let steps = super::verify::steps(alteration, self.dialect);
        self.steps.extend(steps.into_iter().map(|step| (Phase::Columns, step)));
    }

    fn steps(mut self) -> Vec<Step> {
        self.steps.sort_by_key(|(phase, _)| *phase);
        self.steps.into_iter().map(|(_, step)| step).collect()
    }
}

/// The name of a table's primary key: ours from the beginning, so that it can be dropped by it.
fn primary_key(table: &Table) -> String {
    crate::name::shorten(&format!("{}_pkey", table.name), crate::name::MAX_IDENTIFIER_BYTES)
}
