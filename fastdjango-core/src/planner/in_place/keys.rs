//! Foreign keys: gone before anything moves, and there again when everything has come to rest.

use super::super::TableChange;
use super::super::alteration::Alteration;
use super::remade::Remade;
use super::{Phase, Plan};
use crate::ddl::{Alter, ConstraintKind};
use crate::schema::{Difference, ForeignKey, Table};

/// Drops the keys that go, those that have to come again, and those between tables that go in a circle.
pub(super) fn go(changes: &[TableChange], alterations: &[Alteration<'_>], remade: &Remade, plan: &mut Plan<'_>) {
    let renamed = plan.facts().renamed_constraints;
    for alteration in alterations {
        for key in alteration.settled.foreign_keys.iter().filter(|key| goes(alteration, key, remade, renamed)) {
            drop(alteration.previous, key, plan);
        }
    }
    for (previous, next) in as_they_are(changes, alterations) {
        for key in next.foreign_keys.iter().filter(|key| remade.is_foreign_key(&next.name, key)) {
            drop(previous, key, plan);
        }
    }
    let order = super::gone(changes);
    for (at, table) in order.iter().enumerate() {
        for other in &order[at + 1..] {
            for key in other.foreign_keys.iter().filter(|key| key.to_table == table.name) {
                drop(other, key, plan);
            }
        }
    }
}

/// Adds the keys that are new, and those that had to go.
pub(super) fn come(changes: &[TableChange], alterations: &[Alteration<'_>], remade: &Remade, plan: &mut Plan<'_>) {
    let renamed = plan.facts().renamed_constraints;
    for alteration in alterations {
        for key in alteration.next.foreign_keys.iter().filter(|key| comes(alteration, key, remade, renamed)) {
            add(&alteration.next.name, key, plan);
        }
        take_names(alteration, remade, plan);
    }
    for (_, next) in as_they_are(changes, alterations) {
        for key in next.foreign_keys.iter().filter(|key| remade.is_foreign_key(&next.name, key)) {
            add(&next.name, key, plan);
        }
    }
}

/// Tables in which nothing changes, before and after: what they refer to may change all the same.
fn as_they_are<'a>(
    changes: &'a [TableChange],
    alterations: &[Alteration<'_>],
) -> impl Iterator<Item = (&'a Table, &'a Table)> {
    let staying = changes.iter().filter_map(|change| change.previous.as_ref().zip(change.next.as_ref()));
    staying.filter(|(_, next)| !alterations.iter().any(|alteration| alteration.next == *next))
}

/// Adds a key.
pub(super) fn add(table: &str, key: &ForeignKey, plan: &mut Plan<'_>) {
    let add = Alter::AddForeignKey { table: table.to_owned(), key: Box::new(key.clone()) };
    plan.alter(Phase::ForeignKeys, add);
}

fn drop(table: &Table, key: &ForeignKey, plan: &mut Plan<'_>) {
    let Some(name) = key.name.clone() else { return };
    let drop = Alter::DropConstraint { table: table.name.clone(), name, kind: ConstraintKind::ForeignKey };
    plan.alter(Phase::ForeignKeysGo, drop);
}

/// A key goes that nobody expects, that something stands in the way of, or that cannot be renamed.
fn goes(alteration: &Alteration<'_>, key: &ForeignKey, remade: &Remade, renamed: bool) -> bool {
    let unknown = alteration
        .differences
        .iter()
        .any(|difference| matches!(difference, Difference::UnknownForeignKey { key: gone, .. } if gone == key));
    let named = renamed || alteration.next.foreign_keys.contains(key);
    unknown || !named || remade.is_foreign_key(&alteration.next.name, key)
}

fn comes(alteration: &Alteration<'_>, key: &ForeignKey, remade: &Remade, renamed: bool) -> bool {
    let missing = alteration
        .differences
        .iter()
        .any(|difference| matches!(difference, Difference::MissingForeignKey { key: new, .. } if new == key));
    let named = renamed || alteration.settled.foreign_keys.contains(key);
    missing || !named || remade.is_foreign_key(&alteration.next.name, key)
}

/// A key that stays takes the name that it has from now on.
fn take_names(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    let table = &alteration.next.name;
    let can = plan.facts().renamed_constraints;
    for key in alteration.next.foreign_keys.iter().filter(|key| !comes(alteration, key, remade, can)) {
        let same = |old: &&ForeignKey| ForeignKey { name: key.name.clone(), ..(*old).clone() } == *key;
        let old = alteration.settled.foreign_keys.iter().find(same);
        super::renames::constraint(table, old.and_then(|old| old.name.as_ref()), key.name.as_ref(), plan);
    }
}
