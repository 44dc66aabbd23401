//! Whether a state holds together that no model of Rust vouches for: each name stands for one thing that is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConstraintKind, FieldKind, FieldState, ModelState, ProjectState};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::name::{FieldName, MAX_IDENTIFIER_BYTES, ModelRef, split_table};

impl ProjectState {
    /// Everything in the state that contradicts the rest of it; nothing may be compared while there is any.
    ///
    /// `place` says where a model stands.
    #[must_use]
    pub fn contradictions(&self, place: &dyn Fn(&ModelRef) -> Option<Location>) -> Diagnostics {
        let mut found = Diagnostics::default();
        let mut report = |model: &ModelRef, message: String| found.push(contradiction(message).at_opt(place(model)));
        self.tables_twice(&mut report);
        self.names_twice(&mut report);
        for (name, model) in &self.models {
            let whole = Model { state: self, name, definition: model };
            whole.fields(&mut report);
            whole.mentions(&mut report);
            whole.relations(&mut report);
            whole.lengths(&mut report);
        }
        found
    }

    fn tables_twice(&self, report: Report<'_>) {
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for (name, model) in &self.models {
            let pairs = model.fields.iter().filter(|field| is_own_pairs(field)).map(|field| {
                (format!("{}_{}", model.table, field.name), format!("the pairs of `{name}.{}`", field.name))
            });
            for (table, owner) in std::iter::once((model.table.clone(), format!("`{name}`"))).chain(pairs) {
                if let Some(first) = owners.insert(table.clone(), owner.clone()) {
                    report(name, format!("{first} and {owner} have one table, `{table}`"));
                }
            }
        }
    }

    fn names_twice(&self, report: Report<'_>) {
        let mut owners: BTreeMap<&str, &ModelRef> = BTreeMap::new();
        for (name, model) in &self.models {
            for given in given(model) {
                if let Some(first) = owners.insert(given, name) {
                    report(name, format!("`{given}` names two indexes or constraints, of `{first}` and of `{name}`"));
                }
            }
        }
    }
}

/// What contradicts the rest of a state.
pub(crate) fn contradiction(message: String) -> Diagnostic {
    Diagnostic::error("E266", message)
}

/// The names of indexes and constraints that are chosen already.
fn given(model: &ModelState) -> impl Iterator<Item = &str> {
    let keys = model.fields.iter().filter_map(|field| field.reference()?.constraint.as_deref());
    let indexes = model.indexes.iter().filter_map(|index| index.name.as_deref());
    keys.chain(indexes).chain(model.constraints.iter().filter_map(|constraint| constraint.name.as_deref()))
}

fn is_own_pairs(field: &FieldState) -> bool {
    matches!(&field.kind, FieldKind::ManyToMany(pairs) if pairs.through.is_none())
}

/// Takes a contradiction and the model that it is of.
type Report<'r> = &'r mut dyn FnMut(&ModelRef, String);

/// A model within its state.
#[derive(Clone, Copy)]
struct Model<'a> {
    state: &'a ProjectState,
    name: &'a ModelRef,
    definition: &'a ModelState,
}

impl Model<'_> {
    /// Each field and each column once, at most one number, and enums that are there.
    fn fields(self, report: Report<'_>) {
        let Self { state, name, definition: model } = self;
        let (mut names, mut columns) = (BTreeSet::new(), BTreeMap::new());
        for field in &model.fields {
            if !names.insert(&field.name) {
                report(self.name, format!("`{name}` has two fields `{}`", field.name));
            } else if let Some(column) = field.column_name()
                && let Some(first) = columns.insert(column.clone(), &field.name)
            {
                report(self.name, format!("`{name}.{first}` and `{}` have one column, `{column}`", field.name));
            }
            if let Some(missing) = field.enum_name().filter(|name| !state.enums.contains_key(*name)) {
                report(
                    self.name,
                    format!("`{name}.{}` is of the enum `{missing}`, which is not among the enums", field.name),
                );
            }
        }
        if model.fields.iter().filter(|field| field.auto).count() > 1 {
            report(self.name, format!("`{name}` has several fields with `auto`"));
        }
    }

    /// Every field that the key, an index or a constraint names has a column.
    fn mentions(self, report: Report<'_>) {
        let Self { name, definition: model, .. } = self;
        let key = model.primary_key.iter().map(|field| ("the primary key", field));
        let indexes = model.indexes.iter().flat_map(|index| {
            index.fields.iter().map(|field| &field.field).chain(&index.include).map(|field| ("an index", field))
        });
        let constraints = model.constraints.iter().flat_map(super::ConstraintState::fields);
        for (what, field) in key.chain(indexes).chain(constraints.map(|field| ("a constraint", field))) {
            match model.field(field).map(FieldState::column_name) {
                Some(Some(_)) => {}
                Some(None) => report(self.name, format!("{what} of `{name}` names `{field}`, which has no column")),
                None => report(self.name, format!("{what} of `{name}` names `{field}`, which is no field")),
            }
        }
    }

    /// Whatever refers to a model finds it, and a column there to refer to.
    fn relations(self, report: Report<'_>) {
        let Self { state, name, definition: model } = self;
        for field in &model.fields {
            let path = format!("`{name}.{}`", field.name);
            if let Some(missing) = field.targets().find(|target| !state.models.contains_key(target)) {
                report(name, self.unknown(&path, missing));
                continue;
            }
            match &field.kind {
                FieldKind::ForeignKey(reference) => {
                    self.refers(&path, &reference.to, reference.to_field.as_slice(), report);
                }
                FieldKind::ManyToMany(pairs) if pairs.through.is_none() => {
                    self.refers(&path, name, &[], report);
                    self.refers(&path, &pairs.to, &[], report);
                }
                FieldKind::Column(_) | FieldKind::ManyToMany(_) => {}
            }
        }
        for constraint in &model.constraints {
            if let ConstraintKind::ForeignKey { fields, to, to_fields, .. } = &constraint.kind {
                let path = format!("a foreign key of `{name}`");
                if !state.models.contains_key(to) {
                    report(name, self.unknown(&path, to));
                } else if fields.is_empty() || fields.len() != to_fields.len() {
                    report(self.name, format!("{path} has {} fields here and {} there", fields.len(), to_fields.len()));
                } else {
                    self.refers(&path, to, to_fields, report);
                }
            }
        }
    }

    fn unknown(self, path: &str, to: &ModelRef) -> String {
        match self.state.app(&to.app).next() {
            Some(_) => format!("{path} refers to `{to}`, which is no model of the state"),
            None => format!("{path} refers to `{to}`, and the state has no model of `{}` at all", to.app),
        }
    }

    /// The target's fields, or its key where none is named, tell one row from another.
    fn refers(self, path: &str, to: &ModelRef, fields: &[FieldName], report: Report<'_>) {
        let Some(target) = self.state.models.get(to) else { return };
        if let Some(missing) = fields.iter().find(|field| target.field(field).is_none()) {
            report(self.name, format!("{path} refers to `{to}.{missing}`, which is no field"));
        } else if fields.is_empty() && target.primary_key.len() != 1 {
            let count = target.primary_key.len();
            report(self.name, format!("{path} refers to `{to}`, whose primary key has {count} fields and not one"));
        } else if !fields.is_empty() && !target.is_unique(fields) {
            let list = fields.iter().map(FieldName::as_str).collect::<Vec<_>>().join(", ");
            report(self.name, format!("{path} refers to ({list}) of `{to}`, which two rows may share"));
        }
    }

    /// A longer name would be cut by some databases, and then not be found again.
    fn lengths(self, report: Report<'_>) {
        let (schema, table) = split_table(&self.definition.table);
        let columns = self.definition.fields.iter().filter_map(FieldState::column_name);
        let names = schema.into_iter().chain([table]).chain(given(self.definition)).map(str::to_owned);
        for name in names.chain(columns).filter(|name| name.len() > MAX_IDENTIFIER_BYTES) {
            let length = name.len();
            report(
                self.name,
                format!("`{name}` of `{}` has {length} bytes; the longest name has {MAX_IDENTIFIER_BYTES}", self.name),
            );
        }
    }
}
