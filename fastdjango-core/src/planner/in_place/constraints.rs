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
    let stays = |unique: &Unique, others: &[Unique]| {
        !remade.is_over(table, &unique.columns) && others.iter().any(|other| same(unique, other))
    };
    for unique in alteration.settled.uniques.iter().filter(|unique| !stays(unique, &alteration.next.uniques)) {
        let early = unique.columns.iter().any(|column| remade.is_early(table, column));
        go(alteration, early, unique.name.as_ref(), ConstraintKind::Unique, plan);
    }
    for unique in &alteration.next.uniques {
        if stays(unique, &alteration.settled.uniques) {
            let old = alteration.settled.uniques.iter().find(|old| same(old, unique));
            let name = old.and_then(|old| old.name.as_ref());
            renames::wait(Named::Constraint, table, name, unique.name.as_ref(), plan);
        } else {
            plan.alter(Phase::Constraints, Alter::AddUnique { table: table.clone(), unique: unique.clone() });
        }
    }
}

/// A check that stays is the same condition; it may get another name, where it can be renamed.
fn checks(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    let table = &alteration.next.name;
    let renamed = plan.facts().renamed_constraints;
    let over = |check: &Check| remade.is_check(table, |column| alteration.mentions(&check.expression, column));
    let same = |one: &Check, other: &Check| same_check(one, other) && (renamed || one.name == other.name);
    let stays = |check: &Check, others: &[Check]| !over(check) && others.iter().any(|other| same(check, other));
    for check in alteration.settled.checks.iter().filter(|check| !stays(check, &alteration.next.checks)) {
        let early = remade.is_early_check(table, |column| alteration.mentions(&check.expression, column));
        go(alteration, early, check.name.as_ref(), ConstraintKind::Check, plan);
    }
    for check in &alteration.next.checks {
        if stays(check, &alteration.settled.checks) {
            let old = alteration.settled.checks.iter().find(|old| same(old, check));
            renames::constraint(table, old.and_then(|old| old.name.as_ref()), check.name.as_ref(), plan);
        } else {
            plan.alter(Phase::Constraints, Alter::AddCheck { table: table.clone(), check: check.clone() });
        }
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
