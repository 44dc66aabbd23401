//! A model whose table is there, with what differs from it as it was found.

use super::super::{
    CheckExpression, Column, ColumnDifference, Difference, Enums, ForeignKey, Index, Lowered, Table, Unique,
};
use super::table;
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState};

/// A model, and the keys of its table that are in no field or constraint of it.
pub(super) struct Patched<'a> {
    pub(super) model: ModelState,
    pub(super) keys: Vec<&'a ForeignKey>,
}

/// The model with the differences of its table.
pub(super) fn patched<'a>(
    model: &ModelState,
    known: &Lowered,
    enums: &Enums,
    found: &'a Table,
    differences: impl Iterator<Item = &'a Difference>,
) -> Patched<'a> {
    let mut patch =
        Patch { model: named(model, &known.table), found, checks: enum_checks(known, enums), keys: Vec::new() };
    differences.for_each(|difference| patch.take(difference));
    patch.call_as_found();
    patch.drop_what_leans_on_nothing();
    Patched { model: patch.model, keys: patch.keys }
}

/// The model with the names that it has in the table; each list of the table is in the order of the model's.
fn named(model: &ModelState, table: &Table) -> ModelState {
    let mut model = model.clone();
    for (index, lowered) in model.indexes.iter_mut().zip(&table.indexes) {
        index.name = Some(lowered.name.clone());
    }
    let mut keys = table.foreign_keys.iter().map(|key| key.name.clone());
    for field in &mut model.fields {
        if let FieldKind::ForeignKey(reference) = &mut field.kind {
            reference.constraint = keys.next().flatten();
        }
    }
    let mut uniques = table.uniques.iter().map(|unique| unique.name.clone());
    let mut checks = table.checks.iter().map(|check| check.name.clone());
    for constraint in &mut model.constraints {
        let name = match &constraint.kind {
            ConstraintKind::Unique { .. } => uniques.next(),
            ConstraintKind::ForeignKey { .. } => keys.next(),
            ConstraintKind::Check { .. } | ConstraintKind::Choices { .. } | ConstraintKind::NonNegative { .. } => {
                checks.next()
            }
        };
        constraint.name = name.flatten();
    }
    model
}

/// The checks that stand for enums on databases that have no types for them: name and column.
fn enum_checks(known: &Lowered, enums: &Enums) -> Vec<(String, String)> {
    let mut table = known.table.clone();
    table.check_enums(enums);
    let implied = table.checks.into_iter().skip(known.table.checks.len());
    let of_column = |expression| match expression {
        CheckExpression::OneOf { column, .. } => Some(column),
        CheckExpression::Sql(_) | CheckExpression::NonNegative { .. } => None,
    };
    implied.filter_map(|check| Some((check.name?, of_column(check.expression)?))).collect()
}

struct Patch<'a> {
    model: ModelState,
    found: &'a Table,
    /// The checks of enums: name and column.
    checks: Vec<(String, String)>,
    keys: Vec<&'a ForeignKey>,
}

impl<'a> Patch<'a> {
    fn take(&mut self, difference: &'a Difference) {
        match difference {
            Difference::Comment { comments, .. } => self.model.comment.clone_from(&comments.previous),
            Difference::MissingColumn { column, .. } => {
                self.model.fields.retain(|field| field.column_text().as_deref() != Some(column));
            }
            Difference::UnknownColumn { column, .. } => {
                if let Some(column) = self.found.column(column) {
                    self.model.fields.push(table::field(column, self.found, &self.model));
                }
            }
            Difference::Column { column, change, .. } => self.column(column, change),
            Difference::PrimaryKey { columns, .. } => {
                self.model.primary_key = table::fields(&self.model, &columns.previous);
            }
            Difference::MissingForeignKey { key, .. } => self.without_key(key),
            Difference::UnknownForeignKey { key, .. } => self.keys.push(key),
            Difference::MissingUnique { unique, .. } => self.without_unique(unique),
            Difference::UnknownUnique { unique, .. } => self.unique(unique),
            Difference::MissingCheck { check, .. } => self.without_check(check.name.as_deref()),
            Difference::UnknownCheck { check, .. } if check.verbatim => {}
            Difference::UnknownCheck { check, .. } => self.model.constraints.push(table::check(check)),
            Difference::MissingIndex { index, .. } => self.without_index(&index.name),
            Difference::UnknownIndex { index, .. } => self.index(index),
            Difference::ChangedIndex { indexes, .. } | Difference::RenamedIndex { indexes, .. } => {
                self.without_index(&indexes.next.name);
                self.index(&indexes.previous);
            }
            Difference::MissingTable { .. }
            | Difference::UnknownTable { .. }
            | Difference::MissingEnum { .. }
            | Difference::UnknownEnum { .. }
            | Difference::Enum { .. } => {}
        }
    }

    fn column(&mut self, column: &str, change: &ColumnDifference) {
        let Some(found) = self.found.column(column) else { return };
        let Some(field) = field_mut(&mut self.model, column) else { return };
        match change {
            ColumnDifference::Type(_) => retype(field, found),
            ColumnDifference::Null(null) => field.null = null.previous,
            ColumnDifference::Auto(auto) => {
                // The width of a number of the database's own may be none: SQLite has one for all of them.
                retype(field, found);
                field.auto = auto.previous;
            }
            ColumnDifference::Default(_) => field.default.clone_from(&found.default),
            ColumnDifference::Collation(_) => field.collation.clone_from(&found.collation),
            ColumnDifference::Generated(_) => field.generated.clone_from(&found.generated),
            ColumnDifference::Comment(comment) => field.comment.clone_from(&comment.previous),
        }
    }

    /// What a server made to serve the key stays behind as an index like any other.
    fn without_key(&mut self, key: &ForeignKey) {
        if let Some(index) = self.found.indexes.iter().find(|index| key.name.as_ref() == Some(&index.name)) {
            self.index(index);
        }
        if let [column] = key.columns.as_slice()
            && let (Some(found), Some(field)) = (self.found.column(column), field_mut(&mut self.model, column))
            && field.reference().is_some_and(|reference| reference.constraint == key.name)
        {
            return plain(field, found);
        }
        self.model.constraints.retain(|constraint| constraint.name != key.name);
    }

    /// A plain unique index is compared as if it were a constraint, so that it may be either.
    fn without_unique(&mut self, unique: &Unique) {
        let before = self.model.constraints.len();
        self.model.constraints.retain(|constraint| constraint.name != unique.name);
        if let Some(name) = unique.name.as_deref().filter(|_| before == self.model.constraints.len()) {
            self.without_index(name);
        }
    }

    fn unique(&mut self, unique: &Unique) {
        let of_name = |index: &&Index| Some(&index.name) == unique.name.as_ref();
        match self.found.indexes.iter().find(of_name) {
            Some(index) => self.index(index),
            None => self.model.constraints.push(table::unique(&self.model, unique)),
        }
    }

    /// An enum without the check that stands for it is a text.
    fn without_check(&mut self, name: Option<&str>) {
        let of_enum = self.checks.iter().find(|(check, _)| Some(check.as_str()) == name);
        if let Some((_, column)) = of_enum
            && let (Some(found), Some(field)) = (self.found.column(column), field_mut(&mut self.model, column))
        {
            return plain(field, found);
        }
        self.model.constraints.retain(|constraint| constraint.name.as_deref() != name);
    }

    fn without_index(&mut self, name: &str) {
        self.model.indexes.retain(|index| index.name.as_deref() != Some(name));
    }

    fn index(&mut self, index: &Index) {
        if table::is_a_models(index, self.found) {
            self.model.indexes.push(table::index(&self.model, index));
        }
    }

    /// The names of keys and uniques are no difference; but whoever drops one has to know it.
    fn call_as_found(&mut self) {
        let Self { model, found, .. } = self;
        let uniques: Vec<ConstraintState> = found.uniques.iter().map(|unique| table::unique(model, unique)).collect();
        for constraint in &mut model.constraints {
            let there = uniques.iter().find(|there| there.kind == constraint.kind && there.name.is_some());
            if let Some(there) = there.filter(|_| !uniques.iter().any(|unique| unique.name == constraint.name)) {
                constraint.name.clone_from(&there.name);
            }
        }
        for field in &mut model.fields {
            let column = field.column_name().unwrap_or_default();
            if let FieldKind::ForeignKey(reference) = &mut field.kind
                && let Some(there) = found.foreign_keys.iter().find(|key| key.columns == [column.as_str()])
                && there.name.is_some()
            {
                reference.constraint.clone_from(&there.name);
            }
        }
    }

    /// What spoke of a column that is not there is missing too, and was told so; all but what a database holds otherwise.
    fn drop_what_leans_on_nothing(&mut self) {
        let ModelState { fields, primary_key, constraints, indexes, .. } = &mut self.model;
        let there = |name: &crate::name::FieldName| fields.iter().any(|field| field.name == *name);
        primary_key.retain(there);
        constraints.retain(|constraint| constraint.fields().iter().all(there));
        indexes.retain(|index| index.fields.iter().map(|field| &field.field).chain(&index.include).all(there));
    }
}

/// A reference has its target's type, and whether it still has is seen once the target is there.
fn retype(field: &mut FieldState, found: &Column) {
    field.db_type = None;
    if field.reference().is_none() {
        field.kind = FieldKind::Column(found.ty.clone());
    }
}

/// The field as a plain column of the type that was found.
pub(super) fn plain(field: &mut FieldState, found: &Column) {
    field.column = (field.name.as_str() != found.name).then(|| found.name.clone());
    field.kind = FieldKind::Column(found.ty.clone());
    field.db_type = None;
}

fn field_mut<'m>(model: &'m mut ModelState, column: &str) -> Option<&'m mut FieldState> {
    model.fields.iter_mut().find(|field| field.column_text().as_deref() == Some(column))
}
