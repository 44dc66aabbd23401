//! Models: created, deleted, and what a model says of its table.

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
}

/// Everything that differs, model by model.
pub(in crate::detect) fn compare(
    states: Pair<&ProjectState>,
    aligned: &ProjectState,
    findings: &mut Findings<'_>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, previous) in &states.previous.models {
        if let (Some(next), Some(aligned)) = (states.next.models.get(name), aligned.models.get(name)) {
            changes.extend(both(&Compared { name, previous, aligned, next, states }, findings));
        } else {
            changes.push(Change::new(name, ChangeKind::DeleteModel));
            loss::of_model(name, previous, None, findings);
        }
    }
    let created = states.next.models.keys().filter(|name| !states.previous.models.contains_key(name));
    changes.extend(created.map(|name| Change::new(name, ChangeKind::CreateModel { deferred: false })));
    changes
}

fn both(model: &Compared<'_>, findings: &mut Findings<'_>) -> Vec<Change> {
    if model.previous == model.next {
        // What it refers to may have another key all the same.
        model.next.fields.iter().for_each(|field| reference::warn(model, field, field, findings));
        return Vec::new();
    }
    let mut changes = table(model);
    changes.extend(field::compare(model, findings));
    changes.extend(key::compare(model));
    changes.extend(index::compare(model, findings));
    changes.extend(constraint::compare(model, findings));
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
