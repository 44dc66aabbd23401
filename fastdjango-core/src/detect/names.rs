//! Names for everything that the models leave unnamed: those that the state has, or new ones after `PostgreSQL`'s pattern.

use std::collections::BTreeSet;

use crate::name::{MAX_IDENTIFIER_BYTES, shorten, split_table};
use crate::pair::Pair;
use crate::schema::{Identity, Lowered, lower};
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, IndexState, ModelState, ProjectState};

/// The next state with every index, constraint, and foreign key named.
///
/// What the previous state has under some name keeps it; a new name is clear of all others, because most databases keep
/// the names of a whole schema's indexes in one place.
#[must_use]
pub fn choose(states: Pair<&ProjectState>) -> ProjectState {
    let mut target = states.next.clone();
    let mut taken = Taken::new(states);
    let given: BTreeSet<String> = states.next.models.values().flat_map(names).collect();
    target.models.for_each_mut(|name, model| match states.previous.models.get(name) {
        Some(previous) => keep(previous, model, &given, &mut taken),
        None => keep(&ModelState::new(String::new()), model, &given, &mut taken),
    });
    if !target.models.values().all(is_whole) {
        taken.0.extend(implied(&target));
    }
    target.models.for_each_mut(|_, model| fill(model, &mut taken));
    target
}

/// The names in use: those of the previous state that stay, and those that the models give.
struct Taken(BTreeSet<String>);

impl Taken {
    fn new(states: Pair<&ProjectState>) -> Self {
        let models = states.previous.models.values().chain(states.next.models.values());
        Self(models.flat_map(names).collect())
    }

    fn choose(&mut self, base: &str, suffix: &str) -> String {
        let plain = shorten(&format!("{base}_{suffix}"), MAX_IDENTIFIER_BYTES);
        let mut name = plain.clone();
        let mut number = 0;
        while self.0.contains(&name) {
            number += 1;
            name = shorten(&format!("{base}_{suffix}{number}"), MAX_IDENTIFIER_BYTES);
        }
        self.0.insert(name.clone());
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

fn names(model: &ModelState) -> impl Iterator<Item = String> {
    model.names().map(str::to_owned)
}

/// Gives what is the same in both states its name of before, unless the models give that to something else; the names of
/// what is gone are free for what replaces it.
fn keep(previous: &ModelState, next: &mut ModelState, given: &BTreeSet<String>, taken: &mut Taken) {
    let is_given = |name: &Option<String>| name.as_ref().is_some_and(|name| given.contains(name));
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
    for field in &mut next.fields {
        let before = previous.field(&field.name).and_then(|before| before.reference()?.constraint.clone());
        if let FieldKind::ForeignKey(reference) = &mut field.kind
            && reference.constraint.is_none()
        {
            reference.constraint = before.filter(|name| !given.contains(name));
        }
    }
    let gone = indexes.iter().map(|i| &i.name).chain(constraints.iter().map(|c| &c.name)).flatten();
    let kept: BTreeSet<String> = names(next).collect();
    for name in gone.filter(|name| !kept.contains(*name)) {
        taken.0.remove(name);
    }
}

/// The columns of the fields: names are made of columns, not of fields.
fn columns(model: &ModelState) -> Vec<(String, String)> {
    model.fields.iter().filter_map(|f| Some((f.name.to_string(), f.column_name()?))).collect()
}

fn is_whole(model: &ModelState) -> bool {
    let mut references = model.fields.iter().filter_map(FieldState::reference);
    references.all(|reference| reference.constraint.is_some())
        && model.indexes.iter().all(|index| index.name.is_some())
        && model.constraints.iter().all(|constraint| constraint.name.is_some())
}

fn fill(model: &mut ModelState, taken: &mut Taken) {
    if is_whole(model) {
        return;
    }
    let columns = columns(model);
    let column = |field: &str| columns.iter().find(|(f, _)| f == field).map_or(field, |(_, c)| c.as_str()).to_owned();
    let table = split_table(&model.table).1.to_owned();
    let base = |parts: Vec<String>| [vec![table.clone()], parts].concat().join("_");
    for field in &mut model.fields {
        let parts = vec![column(field.name.as_str())];
        if let FieldKind::ForeignKey(reference) = &mut field.kind
            && reference.constraint.is_none()
        {
            reference.constraint = Some(taken.choose(&base(parts), "fkey"));
        }
    }
    for index in model.indexes.iter_mut().filter(|index| index.name.is_none()) {
        let fields = index.fields.iter().map(|field| column(field.field.as_str()));
        let parts = fields.chain(index.expression.iter().map(|_| "expr".to_owned())).collect();
        index.name = Some(taken.choose(&base(parts), "idx"));
    }
    for constraint in model.constraints.iter_mut().filter(|constraint| constraint.name.is_none()) {
        let mut parts: Vec<String> = constraint.fields().iter().map(|field| column(field.as_str())).collect();
        let suffix = match &constraint.kind {
            ConstraintKind::Unique { .. } => "key",
            ConstraintKind::Check { sql } => {
                // As in PostgreSQL: a check of one column is named after it, any other after the table alone.
                let mut mentioned = columns.iter().filter(|(_, column)| sql.mentions(column));
                parts.extend(mentioned.next().filter(|_| mentioned.next().is_none()).map(|(_, column)| column.clone()));
                "check"
            }
            ConstraintKind::Choices { .. } | ConstraintKind::NonNegative { .. } => "check",
            ConstraintKind::ForeignKey { .. } => "fkey",
        };
        constraint.name = Some(taken.choose(&base(parts), suffix));
    }
}
