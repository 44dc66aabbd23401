//! Whether two migrations leave the same, whichever comes first: the catalog by their states, the rows by whose values they touch.

use std::collections::BTreeSet;

use super::{Migration, advance};
use crate::diagnostic::Diagnostic;
use crate::name::MigrationRef;
use crate::operation::{Operation, Subject, Values, shared};
use crate::state::ProjectState;

/// Two operations of two migrations that may not change places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The one migration.
    pub first: MigrationRef,
    /// Its operation, in words.
    pub one: String,
    /// The other migration.
    pub second: MigrationRef,
    /// Its operation, in words.
    pub other: String,
    /// What both are about.
    pub subject: Subject,
}

impl Clash {
    /// The clash as an error that names the ways out, without a place.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let Self { first, one, second, other, subject } = self;
        Diagnostic::error("E271", format!("`{first}` and `{second}` do not commute: both are about {subject}"))
            .note(format!("`{first}`: {one}"))
            .note(format!("`{second}`: {other}"))
            .note("a database that has the one would end up otherwise than a database that has the other")
            .help(format!("where no database has `{second}`: take its file away, and run `makemigrations` again"))
            .help(format!(
                "else say the order by hand: make the operations of `{second}` fit what `{first}` leaves, name `{first}` in \
                 its `dependencies`, and run `render`"
            ))
    }
}

/// Why the two do not leave the same in either order, where they do not; both are applied to `before`.
///
/// A wrong `None` would let databases that have the one or the other first drift apart.
#[must_use]
pub fn clash(before: &ProjectState, first: &Migration, second: &Migration) -> Option<Clash> {
    if let Some(clash) = clash_of_rows(before, first, second) {
        return Some(clash);
    }
    if same_either_way(before, first, second) {
        return None;
    }
    shared_by(before, first, second).or_else(|| {
        let (mine, theirs) = (effects(before, first), effects(before, second));
        let (one, other) = pairs(&mine, &theirs).next()?;
        Some(told((first, one), (second, other), one.subjects.first()?))
    })
}

/// The same, but only for what states do not tell: values that the one reads or changes while the other changes them, names
/// that the one gives up and the other takes, and SQL of which nobody knows what it is about.
#[must_use]
pub fn clash_of_rows(before: &ProjectState, first: &Migration, second: &Migration) -> Option<Clash> {
    let (mine, theirs) = (effects(before, first), effects(before, second));
    let clashes = pairs(&mine, &theirs).filter_map(|(one, other)| {
        let subject = one.values.clash(&other.values).or_else(|| one.names(other))?;
        Some(told((first, one), (second, other), subject))
    });
    clashes.min_by(|one, other| one.subject.cmp(&other.subject))
}

/// The operations of the two that are about one thing, the narrowest of all.
pub(super) fn shared_by(before: &ProjectState, first: &Migration, second: &Migration) -> Option<Clash> {
    let (mine, theirs) = (effects(before, first), effects(before, second));
    let about =
        pairs(&mine, &theirs).filter_map(|(one, other)| Some((shared(&one.subjects, &other.subjects)?, one, other)));
    let (subject, one, other) = about.min_by_key(|(subject, ..)| *subject)?;
    Some(told((first, one), (second, other), subject))
}

fn pairs<'a>(
    mine: &'a [Effect<'a>],
    theirs: &'a [Effect<'a>],
) -> impl Iterator<Item = (&'a Effect<'a>, &'a Effect<'a>)> {
    mine.iter().flat_map(move |one| theirs.iter().map(move |other| (one, other)))
}

fn told(
    (first, one): (&Migration, &Effect<'_>),
    (second, other): (&Migration, &Effect<'_>),
    subject: &Subject,
) -> Clash {
    Clash {
        first: first.reference(),
        one: one.operation.describe().to_string(),
        second: second.reference(),
        other: other.operation.describe().to_string(),
        subject: subject.clone(),
    }
}

/// An operation, and what it does to whom.
struct Effect<'a> {
    operation: &'a Operation,
    subjects: BTreeSet<Subject>,
    values: Values,
}

impl Effect<'_> {
    /// A name that both take or give up, or SQL that may be about anything.
    fn names<'a>(&'a self, other: &'a Self) -> Option<&'a Subject> {
        let word = |subject: &&Subject| matches!(subject, Subject::Name(_));
        let anything = |subjects: &'a BTreeSet<Subject>| subjects.get(&Subject::Anything);
        let same = self.subjects.intersection(&other.subjects).find(word);
        same.or_else(|| anything(&self.subjects)).or_else(|| anything(&other.subjects))
    }
}

fn effects<'a>(before: &ProjectState, migration: &'a Migration) -> Vec<Effect<'a>> {
    let mut state = before.clone();
    let mut effects = Vec::with_capacity(migration.operations.len());
    for operation in &migration.operations {
        let values = operation.values(&migration.app, &state);
        effects.push(Effect { operation, subjects: operation.subjects(&migration.app), values });
        // Where it does not fit, the states tell.
        let _ = operation.apply(&migration.app, &mut state);
    }
    effects
}

fn same_either_way(before: &ProjectState, first: &Migration, second: &Migration) -> bool {
    let after = |one, other| {
        let mut state = before.clone();
        advance(&mut state, [one, other]).map(|()| state)
    };
    let (Ok(one), Ok(other)) = (after(first, second), after(second, first)) else { return false };
    one.equivalent(&other)
}
