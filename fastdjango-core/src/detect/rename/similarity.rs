//! How alike two things are, and which pairs are worth a question.

use super::find::Rename;
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
    candidates.retain(|c| c.score >= ENOUGH && !denied(&c.old, &c.new));
    candidates.sort_by(|a, b| (b.score, &a.new, &a.old).cmp(&(a.score, &b.new, &b.old)));
    let mut chosen: Vec<Candidate<T>> = Vec::new();
    for candidate in candidates {
        if chosen.iter().all(|c| c.old != candidate.old && c.new != candidate.new) {
            chosen.push(candidate);
        }
    }
    chosen
}

/// Keeps the renames that can all be made: each name once on either side, and a new name that exists must itself move on.
pub(super) fn untangle<T: Ord + Clone>(renames: &mut Vec<Rename<T>>, exists: impl Fn(&T) -> bool) {
    let mut kept: Vec<Rename<T>> = Vec::new();
    for rename in renames.drain(..) {
        if kept.iter().all(|k| k.0 != rename.0 && k.1 != rename.1) {
            kept.push(rename);
        }
    }
    loop {
        let olds: Vec<T> = kept.iter().map(|(old, _)| old.clone()).collect();
        let before = kept.len();
        kept.retain(|(_, new)| !exists(new) || olds.contains(new));
        if kept.len() == before {
            break;
        }
    }
    *renames = kept;
}

/// Two fields: the same definition is enough; another of the same kind needs a name much like the old one.
pub(super) fn of_fields(old: &FieldState, new: &FieldState) -> u32 {
    let names = of_names(old.name.as_str(), new.name.as_str());
    let same_column = old.column_name().is_some() && old.column_name() == new.column_name();
    let renamed = FieldState { name: old.name.clone(), column: old.column.clone(), ..new.clone() };
    if old.equivalent(&renamed) || same_column {
        60 + names * 2 / 5
    } else if same_kind(old, new) {
        30 + names / 2
    } else {
        names / 2
    }
}

fn same_kind(old: &FieldState, new: &FieldState) -> bool {
    match (&old.kind, &new.kind) {
        (FieldKind::Column(mine), FieldKind::Column(theirs)) => {
            std::mem::discriminant(mine) == std::mem::discriminant(theirs)
        }
        (FieldKind::ForeignKey(mine), FieldKind::ForeignKey(theirs)) => mine.to == theirs.to,
        (FieldKind::ManyToMany(mine), FieldKind::ManyToMany(theirs)) => mine.to == theirs.to,
        _ => false,
    }
}

/// Two models of which one moved are asked about where little else can be meant.
const ACROSS_APPS: u32 = 90;

/// Two models: the share of fields that both have; names and tables tip the scale.
pub(super) fn of_models(old: (&ModelRef, &ModelState), new: (&ModelRef, &ModelState)) -> u32 {
    let shared =
        old.1.fields.iter().filter(|field| new.1.field(&field.name).is_some_and(|f| same_kind(field, f))).count();
    let all = old.1.fields.len().max(new.1.fields.len()).max(1);
    let fields = u32::try_from(shared * 100 / all).unwrap_or(0);
    let names = of_names(old.0.model.as_str(), new.0.model.as_str());
    let table = if old.1.table == new.1.table { 60 } else { 0 };
    let score = (fields * 3 / 4 + names / 4).max(table);
    let meant = old.0.app == new.0.app || names == 100 || table > 0 || score >= ACROSS_APPS;
    if meant { score } else { 0 }
}

fn of_names(old: &str, new: &str) -> u32 {
    let longer = old.chars().count().max(new.chars().count()).max(1);
    let distance = strsim::levenshtein(&old.to_lowercase(), &new.to_lowercase()).min(longer);
    u32::try_from((longer - distance) * 100 / longer).unwrap_or(0)
}
