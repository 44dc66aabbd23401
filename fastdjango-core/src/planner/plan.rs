//! The plan of a migration: its operations in runs that nothing of the user's own interrupts.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{TableChange, changes};
use super::enums::{EnumChanges, TypeChanges};
use super::lineage::Lineage;
use super::{ahead, carry, in_place, kept, key_order, sqlite, support, using};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Changes, Dialect};
use crate::field::Sql;
use crate::migration::Step;
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::operation::{NOOP, Operation, leads_from, reverse_all};
use crate::pair::Pair;
use crate::schema::Identity;
use crate::state::{FieldKind, FieldState, ProjectState};

/// The steps of a migration on one backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The way there.
    pub up: Vec<Step>,
    /// The way back; `None` where an operation has none.
    pub down: Option<Vec<Step>>,
}

/// Plans a migration's operations, from the state before them, and their reverse.
///
/// Whatever the backend cannot do is refused here, by name, before any SQL exists; then nothing is planned at all.
pub fn plan(
    app: &AppLabel,
    operations: &[Operation],
    before: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<Planned, Diagnostics> {
    let (up, after) = steps(app, operations, before, dialect)?;
    let down = reverse_all(operations).map(|reversed| steps(app, &reversed, &after, dialect)).transpose()?;
    Ok(Planned { up, down: down.map(|(steps, _)| steps) })
}

fn steps(
    app: &AppLabel,
    all: &[Operation],
    before: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<(Vec<Step>, ProjectState), Diagnostics> {
    let mut state = before.clone();
    let mut steps = Vec::new();
    for run in runs(app, all, before, dialect)? {
        match run {
            Run::Tables(operations) => steps.extend(table_steps(app, (operations, all), &mut state, dialect)?),
            Run::Carry(operation) => steps.extend(carry_steps(app, operation, &mut state, dialect)?),
            Run::Using(operation) => steps.extend(using::steps(app, operation, &mut state, dialect)?),
            Run::Own(statements) => steps.extend(own_steps(app, statements, dialect)?),
            Run::Code(function) => steps.push(Step::Rust { rust: function.clone() }),
            Run::StateOnly(operation) => operation.apply(app, &mut state)?,
            Run::DatabaseOnly(operations) => steps.extend(database_steps(app, operations, &state, dialect)?),
        }
    }
    refuse_mixture(app, all, &steps)?;
    Ok((steps, state))
}

/// Operations that are planned together, so that one table is rebuilt once.
enum Run<'a> {
    Tables(&'a [Operation]),
    Carry(&'a Operation),
    Using(&'a Operation),
    Own(&'a [Sql]),
    Code(&'a String),
    StateOnly(&'a Operation),
    DatabaseOnly(&'a [Operation]),
}

fn runs<'a>(
    app: &AppLabel,
    operations: &'a [Operation],
    before: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<Vec<Run<'a>>, Diagnostics> {
    let in_place = matches!(dialect.changes(), Changes::InPlace(_));
    let mut runs = Vec::new();
    let (mut rest, mut state) = (operations, before.clone());
    while let Some(first) = rest.first() {
        let ends = |&i: &usize| {
            let (run, next, before) = (&rest[..i], &rest[i], (app, &state));
            ends_run(run, next, before) || in_place && kept::changes_read(run, next, before)
        };
        let length = (1..rest.len()).find(ends).unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        runs.push(match first {
            Operation::RunSql { sql, .. } => Run::Own(sql),
            // Its way back has nothing to undo.
            Operation::RunRust { run, .. } if run == NOOP => Run::StateOnly(first),
            Operation::RunRust { run, .. } => Run::Code(run),
            Operation::SetManaged { .. } | Operation::StateOnly { .. } => Run::StateOnly(first),
            Operation::DatabaseOnly { operations } => Run::DatabaseOnly(operations),
            first if carry::carries(first) => Run::Carry(first),
            first if using::converts(first) => Run::Using(first),
            _ => Run::Tables(run),
        });
        for operation in run {
            operation.apply(app, &mut state)?;
        }
        rest = after;
    }
    Ok(runs)
}

/// True where `next` cannot be planned together with the operations before it.
///
/// `before` is the app, and the state before the run.
fn ends_run(run: &[Operation], next: &Operation, before: (&AppLabel, &ProjectState)) -> bool {
    let alone = |operation: &Operation| {
        is_no_change_of_tables(operation)
            || matches!(operation, Operation::SetManaged { .. } | Operation::MoveModel { .. })
            || carry::carries(operation)
            || using::converts(operation)
    };
    if alone(next) || run.iter().any(alone) {
        return true;
    }
    // A fill is written in the column names of its own moment, and copies run when every name is final.
    let renamed = match next {
        Operation::RenameField { model, .. } => Some(model),
        Operation::AlterField { model, from, to, .. } if from.column_name() != to.column_name() => Some(model),
        _ => None,
    };
    renamed.is_some_and(|model| run.iter().filter_map(kept::filled_by_expression).any(|(filled, _)| filled == model))
        || run.iter().any(|operation| renames_texts(operation, next))
        || matches!(next, Operation::AlterField { model, from, to, .. }
            if is_recast(from, to) && gave_values(run).contains(&(model, &from.name)))
        || kept::computes_anew(run, next, before)
        || kept::fills_from_changed(run, next, before)
}

fn is_no_change_of_tables(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::RunSql { .. }
            | Operation::RunRust { .. }
            | Operation::StateOnly { .. }
            | Operation::DatabaseOnly { .. }
    )
}

/// True where a value may look otherwise in a column of the second definition, rows without one get another default, or
/// what was filled would not be where NULLs may stay.
///
/// A foreign key that comes or goes is none: it has the type of what it refers to, and circles are untied by such a pair.
fn is_recast(from: &FieldState, to: &FieldState) -> bool {
    is_retyped(from, to) || from.default != to.default || !from.null && to.null
}

pub(super) fn is_retyped(from: &FieldState, to: &FieldState) -> bool {
    let retyped = matches!((&from.kind, &to.kind), (FieldKind::Column(from), FieldKind::Column(to)) if from != to);
    retyped || from.db_type != to.db_type
}

/// True where one operation gives texts of an enum other names, and before it rows come to the enum or are given a text of it, or
/// after it they leave it: only a column that is of the enum throughout follows.
fn renames_texts(first: &Operation, second: &Operation) -> bool {
    match (first, second) {
        (
            Operation::AddField { field: of, fill: Some(_), .. } | Operation::AlterField { to: of, fill: Some(_), .. },
            Operation::AlterEnum { r#enum, renamed, .. },
        ) if of.enum_name() == Some(r#enum) => !renamed.is_empty(),
        (Operation::AlterEnum { r#enum, renamed, .. }, Operation::AlterField { from: of, to: other, .. })
        | (Operation::AlterField { to: of, from: other, .. }, Operation::AlterEnum { r#enum, renamed, .. }) => {
            !renamed.is_empty() && of.enum_name() == Some(r#enum) && other.enum_name() != Some(r#enum)
        }
        _ => false,
    }
}

/// The fields whose values the run makes: a second change has to find them in a column of the first one's type.
fn gave_values(run: &[Operation]) -> BTreeSet<(&ModelName, &FieldName)> {
    let mut made = BTreeSet::new();
    for operation in run {
        match operation {
            Operation::AddField { model, field, .. } => {
                made.insert((model, &field.name));
            }
            Operation::AlterField { model, from, to, fill, .. } if fill.is_some() || is_recast(from, to) => {
                made.insert((model, &to.name));
            }
            Operation::RenameField { model, from, to } if made.remove(&(model, from)) => {
                made.insert((model, to));
            }
            Operation::RenameModel { from, to } => {
                made = made.into_iter().map(|(model, field)| (if model == from { to } else { model }, field)).collect();
            }
            _ => {}
        }
    }
    made
}

/// `operations` are those of the run, and those of the whole migration.
pub(super) fn table_steps(
    app: &AppLabel,
    (operations, all): (&[Operation], &[Operation]),
    state: &mut ProjectState,
    dialect: &dyn Dialect,
) -> Result<Vec<Step>, Diagnostics> {
    let before = state.clone();
    let (changes, types) = table_changes(app, (operations, all), state, dialect)?;
    Ok(written(app, Pair::new(&before, state), &changes, types, dialect))
}

/// What a field keeps goes from one place to another, in between the changes of the tables.
fn carry_steps(
    app: &AppLabel,
    operation: &Operation,
    state: &mut ProjectState,
    dialect: &dyn Dialect,
) -> Result<Vec<Step>, Diagnostics> {
    let parts = carry::parts(operation);
    let mut steps = Vec::new();
    for part in &parts {
        let (before, alone) = (state.clone(), std::slice::from_ref(part));
        if !carry::carries(part) {
            steps.extend(table_steps(app, (alone, alone), state, dialect)?);
            continue;
        }
        let (changes, _) = table_changes(app, (alone, alone), state, dialect)?;
        let states = Pair::new(&before, &*state);
        let write = |changes: &[TableChange]| written(app, states, changes, TypeChanges::default(), dialect);
        steps.extend(carry::steps(app, part, (changes, states), dialect, &write));
    }
    Ok(steps)
}

/// What becomes of the tables; refused where the database cannot do it.
fn table_changes(
    app: &AppLabel,
    (operations, all): (&[Operation], &[Operation]),
    state: &mut ProjectState,
    dialect: &dyn Dialect,
) -> Result<(Vec<TableChange>, TypeChanges), Diagnostics> {
    let before = state.clone();
    let mut lineage = Lineage::default();
    let mut touched = BTreeSet::new();
    for operation in operations {
        touched.extend(operation.touches(app, state));
        operation.apply(app, state)?;
        lineage.follow(app, operation);
    }
    let states = Pair::new(&before, &*state);
    Between { app, states, operations, all, touched }.changes(&lineage, dialect)
}

/// Two states, and the operations that lead from the one to the other.
pub(super) struct Between<'a> {
    pub(super) app: &'a AppLabel,
    pub(super) states: Pair<&'a ProjectState>,
    pub(super) operations: &'a [Operation],
    /// Those of the whole migration.
    pub(super) all: &'a [Operation],
    pub(super) touched: BTreeSet<ModelRef>,
}

impl Between<'_> {
    /// What becomes of the tables; `lineage` says where their columns come from.
    pub(super) fn changes(
        &self,
        lineage: &Lineage,
        dialect: &dyn Dialect,
    ) -> Result<(Vec<TableChange>, TypeChanges), Diagnostics> {
        let Self { app, states, operations, all, touched } = self;
        let mut enums = EnumChanges::new(states.previous);
        operations.iter().for_each(|operation| enums.follow(operation));
        let enums = enums.lead_to(states.next);
        let mut changes = changes(*states, touched, lineage)?;
        if dialect.capabilities().indexed_foreign_keys {
            key_order::follow_targets(&mut changes, *states, touched)?;
        }
        // The statements stand in the order of the operations, as far as the tables let them.
        let places = places(app, operations);
        changes.sort_by_key(|change| place(change, &places));
        let native = dialect.capabilities().native_enums;
        for change in &mut changes {
            enums.tell(change);
            if !native {
                enums.check(change);
            }
        }
        let refused = support::refusals(&changes, states.next, dialect);
        if refused.has_errors() {
            return Err(refused);
        }
        let types = if native { enums.statements(&mut changes, all) } else { TypeChanges::default() };
        Ok((changes, types))
    }
}

pub(super) fn written(
    app: &AppLabel,
    states: Pair<&ProjectState>,
    changes: &[TableChange],
    types: TypeChanges,
    dialect: &dyn Dialect,
) -> Vec<Step> {
    match dialect.changes() {
        Changes::InPlace(dialect) => {
            let ahead = ahead::needed(app, states, changes, dialect.capabilities());
            in_place::steps(changes, ahead, types, dialect)
        }
        Changes::ByRebuild(dialect) => sqlite::steps(changes, dialect),
    }
}

/// The first operation on each model.
fn places(app: &AppLabel, operations: &[Operation]) -> BTreeMap<ModelRef, usize> {
    let named = operations.iter().enumerate().rev();
    named.flat_map(|(place, operation)| operation.models(app).into_iter().map(move |model| (model, place))).collect()
}

/// Where the table's model comes first, else behind all others; a join table comes with its owner, and goes before it.
fn place(change: &TableChange, places: &BTreeMap<ModelRef, usize>) -> (usize, bool) {
    let join = matches!(change.identity, Identity::Join(..));
    (places.get(change.identity.model()).copied().unwrap_or(usize::MAX), join == change.next.is_some())
}

/// The statements of operations that leave the state as it is.
fn database_steps(
    app: &AppLabel,
    operations: &[Operation],
    state: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<Vec<Step>, Diagnostics> {
    let before = leads_from(app, operations, state)?;
    Ok(steps(app, operations, &before, dialect)?.0)
}

fn own_steps(app: &AppLabel, statements: &[Sql], dialect: &dyn Dialect) -> Result<Vec<Step>, Diagnostics> {
    let engine = dialect.engine();
    let texts = statements.iter().map(|sql| sql.for_engine(engine).map(|text| Step::Sql(text.to_owned())));
    let steps: Option<Vec<Step>> = texts.collect();
    steps.ok_or_else(|| {
        Diagnostic::error("E410", format!("a `run_sql` of `{app}` has no text for {engine}"))
            .help(format!("add one: `{{ {engine} = \"…\" }}`; an empty list of statements does nothing"))
            .into()
    })
}

/// What the user wrote must not run while foreign keys are off.
fn refuse_mixture(app: &AppLabel, operations: &[Operation], steps: &[Step]) -> Result<(), Diagnostics> {
    let suspended = steps.iter().find(|step| step.suspends_foreign_keys());
    let (Some(own), Some(Step::Rebuild { rebuild: table, .. } | Step::Drop { drop: table, .. })) =
        (operations.iter().find_map(own_part), suspended)
    else {
        return Ok(());
    };
    let message =
        format!("a migration of `{app}` has `{own}` beside a change of `{table}` that runs with foreign keys off");
    Err(Diagnostic::error("E411", message)
        .note("SQLite replaces or drops the table with foreign keys off, for the whole migration; what you wrote would run unchecked")
        .help(format!("move `{own}` to a migration of its own"))
        .into())
}

/// What of an operation is the user's own, if anything is.
fn own_part(operation: &Operation) -> Option<&'static str> {
    match operation {
        Operation::RunSql { sql, .. } if !sql.is_empty() => Some("run_sql"),
        Operation::RunRust { run, .. } if run != NOOP => Some("run_rust"),
        Operation::DatabaseOnly { operations } => operations.iter().find_map(own_part),
        _ => None,
    }
}
