//! How alike two things are, and which pairs are worth a question.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::find::Rename;
use crate::field::ColumnType;
use crate::name::ModelRef;
use crate::state::{FieldKind, FieldState, ModelState};

/// Pairs below this are not asked about.
const ENOUGH: u32 = 60;

/// An old thing that may be the new one, and how alike they are, of 100; more where only this is left to say of renames that are said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate<T> {
    pub(super) old: T,
    pub(super) new: T,
    pub(super) score: u32,
}

/// The score of what closes a circle of renames.
pub(super) const CLOSES: u32 = 101;

impl<T: Display> Candidate<T> {
    /// Why it is asked.
    pub(super) fn reason(&self, what: impl Fn(&T) -> String) -> String {
        let Self { old, new, score } = self;
        if *score == CLOSES {
            return format!("an answer gives the name `{old}` to another one, and there is `{new}` still");
        }
        format!("`{}` is gone and `{}` is new; they are alike by {score} %", what(old), what(new))
    }
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

/// Keeps each name once on either side.
pub(super) fn untangle<T: PartialEq>(renames: &mut Vec<Rename<T>>) {
    let mut kept: Vec<Rename<T>> = Vec::new();
    for rename in renames.drain(..) {
        if kept.iter().all(|k| k.0 != rename.0 && k.1 != rename.1) {
            kept.push(rename);
        }
    }
    *renames = kept;
}

/// True where renames end at the old name and begin at the new one: what had the one may have the other from now on, as if they
/// were swapped, and only somebody who knows can say.
pub(super) fn closes<T: PartialEq>(renames: &[Rename<T>], old: &T, new: &T) -> bool {
    let mut beginning = old;
    // Nothing that goes is renamed, so that no circle begins there.
    while let Some((before, _)) = renames.iter().find(|(_, to)| to == beginning) {
        beginning = before;
    }
    beginning != old && beginning == new
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

/// True where the values of the old field can be those of the new one.
pub(super) fn can_follow(old: &FieldState, new: &FieldState) -> bool {
    old.column_text().is_some() && new.column_text().is_some() || same_kind(old, new)
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
