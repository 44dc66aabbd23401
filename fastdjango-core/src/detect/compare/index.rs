//! Indexes: the same under another name is renamed, anything else is removed and added.

use super::model::Compared;
use crate::detect::change::{Change, ChangeKind};
use crate::detect::findings::Findings;
use crate::state::{FieldState, IndexState};

pub(super) fn compare(model: &Compared<'_>, removed: &[&FieldState], findings: &mut Findings<'_>) -> Vec<Change> {
    let leans =
        |index: &IndexState| removed.iter().any(|field| index.uses(&field.name, field.column_text().as_deref()));
    let mut gone: Vec<&IndexState> = model.aligned.indexes.iter().collect();
    let mut fresh: Vec<&IndexState> = Vec::new();
    for index in &model.next.indexes {
        match gone.iter().position(|before| before.matches(index) && !leans(before)) {
            Some(at) => drop(gone.remove(at)),
            None => fresh.push(index),
        }
    }
    let mut changes = Vec::new();
    fresh.retain(|index| {
        // A name that another one has yet to give up is no rename: both are made anew.
        if index.name.as_deref().is_some_and(|name| model.aligned.index(name).is_some()) {
            return true;
        }
        let same = |before: &&IndexState| before.same_but_name(index) && !leans(before);
        let Some(at) = gone.iter().position(same) else { return true };
        if let (Some(from), Some(to)) = (gone.remove(at).name.clone(), index.name.clone()) {
            changes.push(Change::new(model.name, ChangeKind::RenameIndex { from, to }));
        }
        false
    });
    for index in gone {
        if let Some(name) = index.name.clone() {
            changes.push(Change::new(model.name, ChangeKind::RemoveIndex { name }));
        }
    }
    for index in fresh {
        if let Some(name) = index.name.clone() {
            changes.push(Change::new(model.name, ChangeKind::AddIndex { name }));
        }
        if index.unique {
            let fields: Vec<_> = index.fields.iter().map(|field| field.field.clone()).collect();
            super::constraint::warn_unique(model, &fields, false, findings);
        }
    }
    changes
}
