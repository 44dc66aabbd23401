//! Models: created, deleted, and what a model says of its table.

use std::collections::BTreeSet;

use super::{constraint, field, index, key, reference};
use crate::detect::change::{Change, ChangeKind};
use crate::detect::findings::Findings;
use crate::detect::loss;
use crate::name::ModelRef;
use crate::pair::Pair;
use crate::state::{ModelState, ProjectState};

/// A model in the three states that a comparison looks at.
pub(super) struct Compared<'a> {
    pub(super) name: &'a ModelRef,
    /// Before, with renames made.
    pub(super) previous: &'a ModelState,
    /// Before, with columns under their new names too.
    pub(super) aligned: &'a ModelState,
    /// After, with every name chosen.
    pub(super) next: &'a ModelState,
    pub(super) states: Pair<&'a ProjectState>,
    /// The models whose key is not what it was: few, if any.
    pub(super) rekeyed: &'a BTreeSet<&'a ModelRef>,
}

/// Everything that differs, model by model.
pub(in crate::detect) fn compare(
    states: Pair<&ProjectState>,
    aligned: &ProjectState,
    findings: &mut Findings<'_>,
) -> Vec<Change> {
    let (mut changes, mut created) = (Vec::new(), Vec::new());
    // The models of before, one by one.
    let mut aligned = aligned.models.values();
    let rekeyed = rekeyed(states);
    let rekeyed = &rekeyed;
    for (name, Pair { previous, next }) in states.models() {
        match (previous.zip(previous.and_then(|_| aligned.next())), next) {
            (Some((previous, aligned)), Some(next)) => {
                changes.extend(both(&Compared { name, previous, aligned, next, states, rekeyed }, findings));
            }
            (Some((previous, _)), None) => {
                changes.push(Change::new(name, ChangeKind::DeleteModel));
                loss::of_model(name, previous, None, findings);
            }
            (None, _) => created.push(Change::new(name, ChangeKind::CreateModel { deferred: false })),
        }
    }
    changes.extend(created);
    changes
}

fn rekeyed(states: Pair<&ProjectState>) -> BTreeSet<&ModelRef> {
    let differs = |sides: &Pair<Option<&ModelState>>| {
        sides.previous.zip(sides.next).is_some_and(|(before, after)| before.primary_key != after.primary_key)
    };
    states.models().filter(|(_, sides)| differs(sides)).map(|(name, _)| name).collect()
}

fn both(model: &Compared<'_>, findings: &mut Findings<'_>) -> Vec<Change> {
    if std::ptr::eq(model.previous, model.next) || model.previous == model.next {
        // What it refers to may have another key all the same.
        model.next.fields.iter().for_each(|field| reference::warn(model, field, field, findings));
        return Vec::new();
    }
    let removed = field::removed(model);
    let mut changes = table(model);
    changes.extend(field::compare(model, findings));
    changes.extend(key::compare(model));
    changes.extend(index::compare(model, &removed, findings));
    changes.extend(constraint::compare(model, &removed, findings));
    changes
}

fn table(model: &Compared<'_>) -> Vec<Change> {
    let Compared { name, previous, next, .. } = model;
    let differs = [
        (previous.table != next.table, ChangeKind::AlterTable { through: None, stopped: false }),
        (previous.comment != next.comment, ChangeKind::AlterComment),
        (previous.extensions != next.extensions, ChangeKind::AlterExtensions),
        (previous.options != next.options, ChangeKind::AlterOptions),
        (previous.managed != next.managed, ChangeKind::SetManaged),
    ];
    differs.into_iter().filter(|(differs, _)| *differs).map(|(_, kind)| Change::new(name, kind)).collect()
}
