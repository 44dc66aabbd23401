//! Whether the order that a rebase chooses makes a difference, for a database that has any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::migration::{Clash, Graph, Migration, advance, clash, shared_by};
use crate::name::MigrationRef;
use crate::state::ProjectState;

/// The pairs that `next` puts in order, `now` did not, and that leave something else the other way round; looked for where
/// `later` comes as early as `now` allows.
///
/// A database may have applied any part of what `now` allows. From the new order every other one is reached by exchanging
/// neighbours; where each exchange leaves the same, all orders do.
pub(super) fn clashes(
    now: &Graph,
    next: &Graph,
    later: &BTreeSet<MigrationRef>,
    migrations: &BTreeMap<MigrationRef, Migration>,
) -> Result<Vec<Clash>, Diagnostic> {
    let ordered = now.newly_ordered(next);
    let mut order = next.order();
    let wanted = now.order_with_first(later, &order);
    let mut state = ProjectState::default();
    for (to, node) in wanted.iter().enumerate() {
        let Some(from) = order.iter().position(|other| other == node) else { break };
        let mut reached = state.clone();
        if let Err(why) = advance(&mut reached, migrations.get(node)) {
            return misfit(now, &wanted[..=to], migrations, why);
        }
        let states = match along(&state, &order[to..from], migrations) {
            Ok(states) => states,
            Err((at, why)) => return misfit(now, &order[..=to + at], migrations, why),
        };
        let newly = |at: &usize| ordered.contains(&(order[*at].clone(), node.clone()));
        let pairs = (to..from).rev().filter(newly);
        let pairs = pairs.filter_map(|at| Some((&states[at - to], migrations.get(&order[at])?)));
        let clashes = migrations.get(node).map(|second| exchanged(pairs, second)).transpose()?.unwrap_or_default();
        // Behind a clash the states are not those of any database.
        if !clashes.is_empty() {
            return Ok(clashes);
        }
        order[to..=from].rotate_right(1);
        state = reached;
    }
    Ok(Vec::new())
}

/// What clashes with `second`, each with the state before both. Where `second` does not even fit, something that comes before is in
/// the way: that is told alone where it is among them.
fn exchanged<'a>(
    firsts: impl Iterator<Item = (&'a ProjectState, &'a Migration)>,
    second: &Migration,
) -> Result<Vec<Clash>, Diagnostic> {
    let fits = |before: &ProjectState| advance(&mut before.clone(), [second]).is_ok();
    let (fitting, others): (Vec<_>, Vec<_>) = firsts.partition(|(before, _)| fits(before));
    for firsts in [fitting, others] {
        let mut clashes = Vec::new();
        for (before, first) in firsts {
            clashes.extend(clash(before, first, second)?);
        }
        if !clashes.is_empty() {
            return Ok(clashes);
        }
    }
    Ok(Vec::new())
}

/// Why the last of `order` does not fit what the others leave, which `why` says: where it does so in its own branch, something of
/// another is in the way.
fn misfit(
    now: &Graph,
    order: &[MigrationRef],
    migrations: &BTreeMap<MigrationRef, Migration>,
    why: Diagnostic,
) -> Result<Vec<Clash>, Diagnostic> {
    let Some((last, before)) = order.split_last() else { return Err(why) };
    let Some(migration) = migrations.get(last) else { return Err(why) };
    let (mut state, mut own) = (ProjectState::default(), ProjectState::default());
    let mut found: Vec<Clash> = Vec::new();
    for other in before.iter().filter_map(|node| migrations.get(node)) {
        if now.precedes(&other.reference(), last) {
            advance(&mut own, [other])?;
        } else {
            found.extend(shared_by(&state, other, migration));
        }
        advance(&mut state, [other])?;
    }
    alone(now, &own, migration, before)?;
    let narrowest = found.into_iter().min_by(|one, other| one.subject.cmp(&other.subject));
    narrowest.ok_or(why).map(|clash| vec![clash])
}

/// Refuses a migration that does not fit where no other branch is in its way.
fn alone(now: &Graph, before: &ProjectState, migration: &Migration, others: &[MigrationRef]) -> Result<(), Diagnostic> {
    let name = migration.reference();
    advance(&mut before.clone(), [migration]).map_err(|why| {
        let follows = others.iter().any(|other| other.app == name.app && now.precedes(other, &name));
        if follows {
            return why;
        }
        why.note(format!(
            "`{name}` names no migration of its own app in `dependencies`, and so is a branch from the very beginning"
        ))
    })
}

/// The state before each of `nodes`; of one that does not fit, which it is, and why.
fn along(
    start: &ProjectState,
    nodes: &[MigrationRef],
    migrations: &BTreeMap<MigrationRef, Migration>,
) -> Result<Vec<ProjectState>, (usize, Diagnostic)> {
    let mut states = Vec::with_capacity(nodes.len());
    let mut state = start.clone();
    for (at, node) in nodes.iter().enumerate() {
        states.push(state.clone());
        advance(&mut state, migrations.get(node)).map_err(|why| (at, why))?;
    }
    Ok(states)
}
