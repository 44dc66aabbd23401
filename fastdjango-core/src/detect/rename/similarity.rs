//! How alike two things are, and which pairs are worth a question.

use std::collections::BTreeSet;

use super::find::Rename;
use crate::field::ColumnType;
use crate::name::ModelRef;
use crate::state::{FieldKind, FieldState, ModelState};

/// Pairs below this are not asked about.
const ENOUGH: u32 = 60;

/// An old thing that may be the new one, and how alike they are, of 100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate<T> {
    pub(super) old: T,
    pub(super) new: T,
    pub(super) score: u32,
}

/// The pairs to ask about: the most alike first, no old and no new thing twice; pairs that were denied make room.
pub(super) fn best<T: Ord + Clone>(
    mut candidates: Vec<Candidate<T>>,
    mut denied: impl FnMut(&T, &T) -> bool,
) -> Vec<Candidate<T>> {
    candidates.retain(|c| !denied(&c.old, &c.new));
    candidates.sort_by(|a, b| (b.score, &a.new, &a.old).cmp(&(a.score, &b.new, &b.old)));
    let (mut olds, mut news) = (BTreeSet::new(), BTreeSet::new());
    candidates.retain(|c| {
        let free = !olds.contains(&c.old) && !news.contains(&c.new);
        free && olds.insert(c.old.clone()) && news.insert(c.new.clone())
    });
    candidates
}

/// Keeps the renames that can all be made: each name once on either side. One to the name of something that is not renamed itself
/// drives that out; it is made only where the name at the other end of its chain is given up, so that nobody is driven out by a
/// slip.
pub(super) fn untangle<T: Ord + Clone>(
    renames: &mut Vec<Rename<T>>,
    exists: impl Fn(&T) -> bool,
    stays: impl Fn(&T) -> bool,
) {
    let mut kept: Vec<Rename<T>> = Vec::new();
    for rename in renames.drain(..) {
        if kept.iter().all(|k| k.0 != rename.0 && k.1 != rename.1) {
            kept.push(rename);
        }
    }
    let slips = |kept: &[Rename<T>], name: &T| {
        let drives_out = exists(name) && kept.iter().all(|(old, _)| old != name);
        drives_out && stays(beginning(kept, name))
    };
    while let Some(at) = kept.iter().position(|(_, new)| slips(&kept, new)) {
        kept.remove(at);
    }
    *renames = kept;
}

/// Where the chain of renames begins that ends at the name.
fn beginning<'a, T: PartialEq>(renames: &'a [Rename<T>], name: &'a T) -> &'a T {
    let before = |name: &&'a T| renames.iter().find(|(_, new)| new == *name).map(|(old, _)| old);
    // The name itself is no beginning of another rename, so the chain is no circle.
    std::iter::successors(Some(name), before).last().unwrap_or(name)
}

/// Two fields: the same definition is enough; another of the same kind needs a name much like the old one. None below enough.
pub(super) fn of_fields(old: &FieldState, new: &FieldState) -> Option<u32> {
    let names = || of_names(old.name.as_str(), new.name.as_str());
    let same_column = || old.column_text().is_some() && old.column_text() == new.column_text();
    let score = if old.same_to_the_database(new) || same_column() {
        60 + names() * 2 / 5
    } else if same_kind(old, new) {
        30 + names() / 2
    } else {
        return None;
    };
    (score >= ENOUGH).then_some(score)
}

fn same_kind(old: &FieldState, new: &FieldState) -> bool {
    match (&old.kind, &new.kind) {
        (FieldKind::Column(mine), FieldKind::Column(theirs)) => match (mine, theirs) {
            (ColumnType::Opaque { name: mine, .. }, ColumnType::Opaque { name: theirs, .. }) => mine == theirs,
            (mine, theirs) => std::mem::discriminant(mine) == std::mem::discriminant(theirs),
        },
        (FieldKind::ForeignKey(mine), FieldKind::ForeignKey(theirs)) => mine.to == theirs.to,
        (FieldKind::ManyToMany(mine), FieldKind::ManyToMany(theirs)) => mine.to == theirs.to,
        _ => false,
    }
}

/// Two models: the share of fields that both have; names and tables tip the scale. None below enough.
pub(super) fn of_models(old: (&ModelRef, &ModelState), new: (&ModelRef, &ModelState)) -> Option<u32> {
    let both = |(at, field): (usize, &FieldState)| {
        new.1.field_near(at, &field.name).is_some_and(|other| same_kind(field, other))
    };
    let shared = old.1.fields.iter().enumerate().filter(|found| both(*found)).count();
    let all = old.1.fields.len().max(new.1.fields.len()).max(1);
    let fields = u32::try_from(shared * 100 / all).unwrap_or(0);
    let table = if old.1.table == new.1.table { 60 } else { 0 };
    if table < ENOUGH && fields * 3 / 4 + 25 < ENOUGH {
        return None;
    }
    let names = of_names(old.0.model.as_str(), new.0.model.as_str());
    let score = (fields * 3 / 4 + names / 4).max(table);
    (score >= ENOUGH).then_some(score)
}

fn of_names(old: &str, new: &str) -> u32 {
    let longer = old.chars().count().max(new.chars().count()).max(1);
    let distance = strsim::levenshtein(&old.to_lowercase(), &new.to_lowercase()).min(longer);
    u32::try_from((longer - distance) * 100 / longer).unwrap_or(0)
}
