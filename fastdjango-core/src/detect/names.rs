//! Names for everything that the models leave unnamed: those that the state has, or new ones after `PostgreSQL`'s pattern.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::name::{FieldName, MAX_IDENTIFIER_BYTES, shorten, split_table};
use crate::pair::Pair;
use crate::schema::{Identity, Lowered, lower};
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, IndexState, ModelState, ProjectState};

/// The next state with every index, constraint, and foreign key named.
///
/// What the previous state has under some name keeps it; a new name is clear of all others, because most databases keep
/// the names of a whole schema's indexes in one place.
#[must_use]
pub fn choose(states: Pair<&ProjectState>) -> ProjectState {
    // Most models stay as they are; what two states share is there once, and soon compared.
    let mut target = ProjectState { models: states.previous.models.clone(), enums: states.next.enums.clone() };
    let given: BTreeSet<&str> = states.next.models.values().flat_map(ModelState::names).collect();
    let (mut freed, mut open) = (Vec::new(), Vec::new());
    for (name, sides) in states.models() {
        match sides {
            Pair { previous: None, next: None } => {}
            Pair { previous: Some(_), next: None } => target.models.discard(name),
            Pair { previous: None, next: Some(_) } => target.models.share(name, &states.next.models),
            Pair { previous: Some(previous), next: Some(next) } if stays(Pair::new(previous, next), &given) => {}
            Pair { previous: Some(previous), next: Some(next) } => {
                let mut model = next.clone();
                keep(previous, &mut model, &given, &mut freed);
                target.models.insert(name.clone(), model);
            }
        }
    }
    for (name, model) in &target.models {
        if !is_whole(model) {
            open.push(name.clone());
        }
    }
    if !open.is_empty() {
        let mut taken = Taken::new(states, &freed, implied(&target));
        for name in open {
            target.models.get_mut(&name).into_iter().for_each(|model| fill(model, &mut taken));
        }
    }
    target
}

/// The names in use.
struct Taken<'a> {
    /// Those of the previous state that stay, and those that the models give.
    found: BTreeSet<&'a str>,
    /// Those that follow from tables and columns, and those that were chosen.
    made: BTreeSet<String>,
}

impl<'a> Taken<'a> {
    fn new(states: Pair<&'a ProjectState>, freed: &[&'a str], made: BTreeSet<String>) -> Self {
        let models = states.previous.models.values().chain(states.next.models.values());
        let mut found: BTreeSet<&str> = models.flat_map(ModelState::names).collect();
        for name in freed {
            found.remove(name);
        }
        Self { found, made }
    }

    fn choose(&mut self, base: &str, suffix: &str) -> String {
        let fitting = |name: String| match name.len() {
            0..=MAX_IDENTIFIER_BYTES => name,
            _ => shorten(&name, MAX_IDENTIFIER_BYTES),
        };
        let mut name = fitting(format!("{base}_{suffix}"));
        let mut number = 0;
        while self.found.contains(&*name) || self.made.contains(&name) {
            number += 1;
            name = fitting(format!("{base}_{suffix}{number}"));
        }
        self.made.insert(name.clone());
        name
    }
}

/// The names that are in no file, since they always follow from table and columns: those of the tables of pairs, and of the checks
/// of an enum where a database has no such types. A fault of the models is said where they are compared.
fn implied(state: &ProjectState) -> BTreeSet<String> {
    let implies = |field: &FieldState| matches!(field.kind, FieldKind::ManyToMany(_)) || field.enum_name().is_some();
    let models = state.models.iter().filter(|(_, model)| model.fields.iter().any(implies));
    let models = models.map(|(name, _)| name.clone()).collect();
    let (enums, mut names) = (state.enum_values(), BTreeSet::new());
    for Lowered { identity, mut table, .. } in lower(state, &models).unwrap_or_default() {
        if matches!(identity, Identity::Join(..)) {
            names.extend(table.foreign_keys.iter().filter_map(|key| key.name.clone()));
            names.extend(table.indexes.iter().map(|index| index.name.clone()));
        }
        let own = table.checks.len();
        table.check_enums(&enums);
        names.extend(table.checks.into_iter().skip(own).filter_map(|check| check.name));
    }
    names
}

/// True where the next model is the previous one, once what it leaves unnamed has its name of before.
fn stays(models: Pair<&ModelState>, given: &BTreeSet<&str>) -> bool {
    let Pair { previous, next } = models;
    let ModelState { table, managed, comment, extensions, fields, primary_key, indexes, constraints, options } =
        previous;
    let keeps = |before: &Option<String>, after: &Option<String>| {
        before == after || after.is_none() && before.as_ref().is_none_or(|name| !given.contains(&**name))
    };
    let reference = |before: &FieldState, after: &FieldState| match (before.reference(), after.reference()) {
        (Some(before), Some(after)) => keeps(&before.constraint, &after.constraint),
        _ => true,
    };
    let index = |before: &IndexState, after: &IndexState| {
        let same_words = (&before.expression, &before.condition) == (&after.expression, &after.condition);
        same_words
            && before.concurrently == after.concurrently
            && before.same_but_name(after)
            && keeps(&before.name, &after.name)
    };
    (table, managed, comment) == (&next.table, &next.managed, &next.comment)
        && (extensions, primary_key, options) == (&next.extensions, &next.primary_key, &next.options)
        && (fields.len(), indexes.len(), constraints.len())
            == (next.fields.len(), next.indexes.len(), next.constraints.len())
        && fields.iter().zip(&next.fields).all(|(before, after)| before.matches(after) && reference(before, after))
        && indexes.iter().zip(&next.indexes).all(|(before, after)| index(before, after))
        && constraints
            .iter()
            .zip(&next.constraints)
            .all(|(before, after)| before.kind == after.kind && keeps(&before.name, &after.name))
}

/// Gives what is the same in both states its name of before, unless the models give that to something else; the names of
/// what is gone are free for what replaces it.
fn keep<'a>(previous: &'a ModelState, next: &mut ModelState, given: &BTreeSet<&str>, freed: &mut Vec<&'a str>) {
    let is_given = |name: &Option<String>| name.as_ref().is_some_and(|name| given.contains(&**name));
    let mut indexes: Vec<&IndexState> = previous.indexes.iter().filter(|index| !is_given(&index.name)).collect();
    indexes.retain(|index| !next.indexes.iter().any(|i| i.name.is_some() && index.matches(i)));
    for index in next.indexes.iter_mut().filter(|index| index.name.is_none()) {
        if let Some(at) = indexes.iter().position(|before| before.same_but_name(index)) {
            index.name.clone_from(&indexes.remove(at).name);
        }
    }
    let mut constraints: Vec<&ConstraintState> =
        previous.constraints.iter().filter(|constraint| !is_given(&constraint.name)).collect();
    constraints.retain(|constraint| !next.constraints.iter().any(|c| c.name.is_some() && constraint.matches(c)));
    for constraint in next.constraints.iter_mut().filter(|constraint| constraint.name.is_none()) {
        if let Some(at) = constraints.iter().position(|before| before.same_but_name(constraint)) {
            constraint.name.clone_from(&constraints.remove(at).name);
        }
    }
    for field in next.fields.some_mut(is_open) {
        if let FieldKind::ForeignKey(reference) = &mut field.kind {
            let before = previous.field(&field.name).and_then(FieldState::reference);
            let before = before.and_then(|before| before.constraint.as_ref());
            reference.constraint = before.filter(|name| !given.contains(&***name)).cloned();
        }
    }
    let gone = indexes.iter().map(|i| &i.name).chain(constraints.iter().map(|c| &c.name)).flatten();
    freed.extend(gone.map(String::as_str).filter(|name| !next.names().any(|kept| kept == *name)));
}

/// True for a foreign key without a name.
fn is_open(field: &FieldState) -> bool {
    field.reference().is_some_and(|reference| reference.constraint.is_none())
}

fn is_whole(model: &ModelState) -> bool {
    !model.fields.iter().any(is_open)
        && model.indexes.iter().all(|index| index.name.is_some())
        && model.constraints.iter().all(|constraint| constraint.name.is_some())
}

/// Names what has no name yet: foreign keys, then indexes, then constraints.
fn fill(model: &mut ModelState, taken: &mut Taken<'_>) {
    let table = split_table(&model.table).1;
    let mut names = Vec::new();
    for (parts, suffix) in unnamed(model) {
        let base: Vec<&str> = [table].into_iter().chain(parts.iter().map(|part| &**part)).collect();
        names.push(taken.choose(&base.join("_"), suffix));
    }
    let references = model.fields.some_mut(is_open).filter_map(|field| match &mut field.kind {
        FieldKind::ForeignKey(reference) => Some(&mut reference.constraint),
        FieldKind::Column(_) | FieldKind::ManyToMany(_) => None,
    });
    let indexes = model.indexes.iter_mut().map(|index| &mut index.name);
    let constraints = model.constraints.iter_mut().map(|constraint| &mut constraint.name);
    let open = references.chain(indexes).chain(constraints).filter(|name| name.is_none());
    for (open, name) in open.zip(names) {
        *open = Some(name);
    }
}

/// What a name is made of, for everything that has none: columns, not fields, and what it is.
fn unnamed(model: &ModelState) -> impl Iterator<Item = (Vec<Cow<'_, str>>, &'static str)> {
    let references = model
        .fields
        .iter()
        .filter(|field| is_open(field))
        .map(|field| (field.column_text().into_iter().collect(), "fkey"));
    let indexes = model.indexes.iter().filter(|index| index.name.is_none()).map(|index| {
        let fields = index.fields.iter().map(|field| column(model, &field.field));
        (fields.chain(index.expression.iter().map(|_| "expr".into())).collect(), "idx")
    });
    let constraints = model.constraints.iter().filter(|constraint| constraint.name.is_none());
    references.chain(indexes).chain(constraints.map(|constraint| of_constraint(model, constraint)))
}

fn of_constraint<'a>(model: &'a ModelState, constraint: &'a ConstraintState) -> (Vec<Cow<'a, str>>, &'static str) {
    let mut parts: Vec<Cow<'_, str>> = constraint.fields().iter().map(|field| column(model, field)).collect();
    let suffix = match &constraint.kind {
        ConstraintKind::Unique { .. } => "key",
        ConstraintKind::Check { sql } => {
            // As in PostgreSQL: a check of one column is named after it, any other after the table alone.
            let columns = model.fields.iter().filter_map(FieldState::column_text);
            let mut mentioned = columns.filter(|column| sql.mentions(column));
            parts.extend(mentioned.next().filter(|_| mentioned.next().is_none()));
            "check"
        }
        ConstraintKind::Choices { .. } | ConstraintKind::NonNegative { .. } => "check",
        ConstraintKind::ForeignKey { .. } => "fkey",
    };
    (parts, suffix)
}

/// The column of the field; the field's own name where it has none.
fn column<'a>(model: &'a ModelState, field: &'a FieldName) -> Cow<'a, str> {
    model.field(field).and_then(FieldState::column_text).unwrap_or(Cow::Borrowed(field.as_str()))
}
