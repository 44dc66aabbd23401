//! The steps on a database that changes tables where they stand.
//!
//! Order matters, and is that of [`Phase`]: what stands in the way goes first, under the names of before; then everything gets
//! its final name; then come columns, and last what leans on them. Where tables and indexes share one set of names, that order
//! is the same for all tables; where they do not, one table is done before the next, in as few statements as there can be.

mod along;
mod columns;
mod constraints;
mod created;
mod early;
mod indexes;
mod keys;
mod phase;
mod remade;
mod renames;

use std::collections::BTreeMap;

use super::TableChange;
use super::alteration::{Alteration, alterations};
use super::enums::TypeChanges;
use super::order::parents_first;
use super::settle::{self, Settling};
use crate::ddl::{Alter, Change, Statement};
use crate::dialect::{Capabilities, InPlace};
use crate::migration::Step;
use crate::name::{MAX_IDENTIFIER_BYTES, shorten, split_table};
use crate::schema::Table;
use phase::Phase;
use remade::Remade;

/// The steps that make the changes.
///
/// `ahead` is what they need that is no table, and no type of the project's own.
pub(super) fn steps(
    changes: &[TableChange],
    ahead: Vec<Alter>,
    types: TypeChanges,
    dialect: &dyn InPlace,
) -> Vec<Step> {
    let mut settling = settle::settle(changes);
    let mut plan = Plan { dialect, turn: 0, done: Vec::new(), waiting: Vec::new(), keys: BTreeMap::new() };
    along::away(changes, &mut settling, &mut plan);
    let alterations = alterations(changes, &settling.tables, dialect);
    let remade = Remade::new(&alterations, dialect.capabilities());

    for needed in ahead {
        plan.alter(Phase::Ahead, needed);
    }
    for (phase, changes) in [(Phase::TypesCome, types.first), (Phase::TypesGo, types.last)] {
        for change in changes {
            plan.alter(phase, Alter::Enum(change));
        }
    }
    keys::go(changes, &alterations, &remade, &mut plan);
    tables_go(changes, &mut plan);
    renames::renames(changes, &alterations, &settling, &remade, &mut plan);
    created::tables(changes, &alterations, &mut plan);
    for alteration in &alterations {
        plan.turn += 1;
        plan.verify(alteration, (changes, &settling));
        indexes::change(alteration, &remade, &mut plan);
        constraints::change(alteration, &remade, &mut plan);
        columns::change(alteration, &remade, &mut plan);
    }
    keys::come(changes, &alterations, &remade, &mut plan);
    renames::made(&alterations, &mut plan);
    plan.steps()
}

fn tables_go(changes: &[TableChange], plan: &mut Plan<'_>) {
    for table in gone(changes) {
        plan.statement(Phase::TablesGo, Statement::DropTable { table: table.name.clone() });
    }
}

/// The tables that go, children first wherever there is no circle.
fn gone(changes: &[TableChange]) -> Vec<&Table> {
    let gone = changes.iter().filter(|change| change.next.is_none()).filter_map(|change| change.previous.as_ref());
    let mut order = parents_first(gone);
    order.reverse();
    order
}

/// What is to be done so far, each with its phase.
struct Plan<'a> {
    dialect: &'a dyn InPlace,
    /// The number of the table that is altered.
    turn: usize,
    done: Vec<(Phase, usize, Done)>,
    waiting: renames::Waiting,
    /// The primary keys that go to another schema under a name of its own, by the final names of their tables.
    keys: BTreeMap<String, String>,
}

/// Something that is done.
enum Done {
    Change(Change),
    Apart(Alter),
    Verified(Step),
}

impl<'a> Plan<'a> {
    fn facts(&self) -> &'a Capabilities {
        self.dialect.capabilities()
    }

    fn statement(&mut self, phase: Phase, statement: Statement) {
        self.done.push((phase, self.turn, Done::Change(Change::Statement(statement))));
    }

    fn alter(&mut self, phase: Phase, alter: Alter) {
        self.done.push((phase, self.turn, Done::Change(Change::Alter(alter))));
    }

    /// True for an index that is to come or go outside of a transaction.
    fn is_apart(&self, alteration: &Alteration<'_>, index: &str) -> bool {
        self.facts().concurrent_indexes && alteration.concurrently.contains(index)
    }

    fn apart(&mut self, alter: Alter) {
        self.done.push((Phase::Apart, self.turn, Done::Apart(alter)));
    }

    /// Where a statement is for good, the rows are counted before the first, as far as they can be asked for by then.
    fn verify(&mut self, alteration: &Alteration<'_>, (changes, settling): (&[TableChange], &Settling)) {
        let for_good = !self.facts().transactional_ddl;
        for verification in super::verify::verifications(alteration, self.dialect) {
            let early = for_good.then(|| early::early(&verification, changes, settling)).flatten();
            let phase = if early.is_some() { Phase::Verifications } else { Phase::Counts };
            let step = early.unwrap_or(verification).step(self.dialect);
            self.done.push((phase, self.turn, Done::Verified(step)));
        }
    }

    /// Changes that follow one another are written together.
    fn steps(mut self) -> Vec<Step> {
        let facts = self.facts();
        self.done.sort_by_key(|(phase, turn, _)| phase.place(*turn, facts));
        let mut steps = Vec::with_capacity(self.done.len());
        let mut run = Vec::new();
        let write = |run: &mut Vec<Change>| self.dialect.alter(&std::mem::take(run)).into_iter();
        for (_, _, done) in self.done {
            if !matches!(done, Done::Change(_)) {
                steps.extend(write(&mut run).map(Step::Sql));
            }
            match done {
                Done::Change(change) => run.push(change),
                Done::Verified(step) => steps.push(step),
                Done::Apart(alter) => {
                    let apart = write(&mut vec![Change::Alter(alter)]);
                    steps.extend(apart.map(|autocommit| Step::Autocommit { autocommit }));
                }
            }
        }
        steps.extend(write(&mut run).map(Step::Sql));
        steps
    }
}

impl Alteration<'_> {
    /// When something of the table goes, and the name that the table has by then.
    fn going(&self, early: bool, phase: Phase) -> (Phase, String) {
        if early { (Phase::BeforeRenames, self.previous.name.clone()) } else { (phase, self.next.name.clone()) }
    }
}

/// The name of a table's primary key: ours from the beginning, so that it can be dropped by it.
fn primary_key(table: &Table) -> String {
    shorten(&format!("{}_pkey", split_table(&table.name).1), MAX_IDENTIFIER_BYTES)
}
