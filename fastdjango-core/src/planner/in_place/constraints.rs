//! The primary key, unique constraints and checks.

use super::super::alteration::Alteration;
use super::remade::Remade;
use super::renames::Named;
use super::{Phase, Plan, primary_key, renames};
use crate::ddl::{Alter, ConstraintKind};
use crate::schema::{Check, CheckExpression, Difference, Unique, same_sql};

/// Drops, renames and adds the constraints of a table.
pub(super) fn change(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    key(alteration, plan);
    uniques(alteration, remade, plan);
    checks(alteration, remade, plan);
}

fn key(alteration: &Alteration<'_>, plan: &mut Plan<'_>) {
    let changed = alteration.differences.iter().any(|d| matches!(d, Difference::PrimaryKey { .. }));
    if !changed {
        return;
    }
    let (table, name) = (alteration.next.name.clone(), primary_key(alteration.next));
    if !alteration.settled.primary_key.is_empty() {
        plan.alter(Phase::KeyGoes, dropped(table.clone(), name.clone(), ConstraintKind::PrimaryKey));
    }
    if !alteration.next.primary_key.is_empty() {
        let columns = alteration.next.primary_key.clone();
        plan.alter(Phase::KeyComes, Alter::AddPrimaryKey { table, name, columns });
    }
}

fn uniques(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    let table = &alteration.next.name;
    let same = |one: &Unique, other: &Unique| *one == Unique { name: one.name.clone(), ..other.clone() };
    let stays = |one: &Unique, other: &Unique| {
        !remade.is_over(table, &one.columns) && !remade.is_over(table, &other.columns) && same(one, other)
    };
    let met = Met::new(&alteration.settled.uniques, &alteration.next.uniques, stays, |unique| &unique.name);
    for unique in met.gone {
        let early = unique.columns.iter().any(|column| remade.is_early(table, column));
        go(alteration, early, unique.name.as_ref(), ConstraintKind::Unique, plan);
    }
    for (old, unique) in met.come {
        match old {
            Some(old) => renames::wait(Named::Constraint, table, old.name.as_ref(), unique.name.as_ref(), plan),
            None => plan.alter(Phase::Constraints, Alter::AddUnique { table: table.clone(), unique: unique.clone() }),
        }
    }
}

/// A check that stays is the same condition; it may get another name, where it can be renamed.
fn checks(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    let table = &alteration.next.name;
    let renamed = plan.facts().renamed_constraints;
    let over = |check: &Check| remade.is_check(table, |column| alteration.mentions(&check.expression, column));
    let same = |one: &Check, other: &Check| same_check(one, other) && (renamed || one.name == other.name);
    let stays = |one: &Check, other: &Check| !over(one) && !over(other) && same(one, other);
    let met = Met::new(&alteration.settled.checks, &alteration.next.checks, stays, |check| &check.name);
    for check in met.gone {
        let early = remade.is_early_check(table, |column| alteration.mentions(&check.expression, column));
        go(alteration, early, check.name.as_ref(), ConstraintKind::Check, plan);
    }
    for (old, check) in met.come {
        match old {
            Some(old) => renames::constraint(table, old.name.as_ref(), check.name.as_ref(), plan),
            None => plan.alter(Phase::Constraints, Alter::AddCheck { table: table.clone(), check: check.clone() }),
        }
    }
}

/// The constraints of before and after, each met at most once: two may say the same, and one of them go.
struct Met<'a, T> {
    /// Those of before that do not stay.
    gone: Vec<&'a T>,
    /// Those of after, each with what it was.
    come: Vec<(Option<&'a T>, &'a T)>,
}

impl<'a, T> Met<'a, T> {
    /// What has its own name still is met before what has another.
    fn new(
        before: &'a [T],
        after: &'a [T],
        stays: impl Fn(&T, &T) -> bool,
        name: impl Fn(&T) -> &Option<String>,
    ) -> Self {
        let mut gone: Vec<&T> = before.iter().collect();
        let mut come: Vec<(Option<&T>, &T)> = after.iter().map(|one| (None, one)).collect();
        for by_name in [true, false] {
            for (met, one) in come.iter_mut().filter(|(met, _)| met.is_none()) {
                let is = |old: &&T| stays(old, one) && (!by_name || name(old) == name(one));
                *met = gone.iter().position(is).map(|at| gone.remove(at));
            }
        }
        Self { gone, come }
    }
}

fn same_check(one: &Check, other: &Check) -> bool {
    match (&one.expression, &other.expression) {
        (CheckExpression::Sql(one), CheckExpression::Sql(other)) => {
            one == other || same_sql(&one.to_string(), &other.to_string())
        }
        (one, other) => one == other,
    }
}

fn go(alteration: &Alteration<'_>, early: bool, name: Option<&String>, kind: ConstraintKind, plan: &mut Plan<'_>) {
    let (phase, table) = alteration.going(early, Phase::ConstraintsGo);
    if let Some(name) = name.cloned() {
        plan.alter(phase, dropped(table, name, kind));
    }
}

const fn dropped(table: String, name: String, kind: ConstraintKind) -> Alter {
    Alter::DropConstraint { table, name, kind }
}
