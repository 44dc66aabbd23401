//! From state to schema: which tables, columns, and constraints the models mean.

use std::collections::{BTreeMap, BTreeSet};

use super::join::join_tables;
use super::{Check, CheckExpression, Column, ForeignKey, Index, IndexColumn, Schema, Table, Unique};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::field::{ColumnType, Options, Sql};
use crate::name::{FieldName, ModelRef, implied_name};
use crate::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, IndexState, ModelState, ProjectState, Reference,
};

/// What a table is the table of; it stays the same while tables and columns change their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// The rows of a model.
    Model(ModelRef),
    /// The pairs of a many-to-many field that has no model of its own for them.
    Join(ModelRef, FieldName),
}

impl Identity {
    /// The model that owns the table.
    #[must_use]
    pub const fn model(&self) -> &ModelRef {
        match self {
            Self::Model(model) | Self::Join(model, _) => model,
        }
    }
}

/// A table, what it is the table of, and which field each of its columns holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lowered {
    /// What it is the table of.
    pub identity: Identity,
    /// The table.
    pub table: Table,
    /// The column of each field; the two columns of a join table stand under `from` and `to`.
    pub columns: BTreeMap<FieldName, String>,
}

/// Lowers every managed model of the state.
pub fn lower_all(state: &ProjectState) -> Result<Schema, Diagnostics> {
    let models = state.models.keys().cloned().collect();
    let tables = lower(state, &models)?;
    Ok(Schema {
        tables: tables.into_iter().map(|lowered| (lowered.table.name.clone(), lowered.table)).collect(),
        enums: state.enum_values(),
    })
}

/// Lowers the managed models among `models`, each followed by its join tables; all their faults come back at once.
pub fn lower(state: &ProjectState, models: &BTreeSet<ModelRef>) -> Result<Vec<Lowered>, Diagnostics> {
    let mut tables = Vec::new();
    let mut faults = Diagnostics::default();
    let found = models.iter().filter_map(|model| state.models.get_key_value(model));
    for (model, definition) in found.filter(|(_, definition)| definition.managed) {
        let lowering = Lowering { state, model, definition };
        tables.push(lowering.table(&mut faults));
        tables.extend(join_tables(&lowering, &mut faults));
    }
    if faults.has_errors() { Err(faults) } else { Ok(tables) }
}

/// One model on its way to a table.
pub(super) struct Lowering<'a> {
    pub(super) state: &'a ProjectState,
    pub(super) model: &'a ModelRef,
    pub(super) definition: &'a ModelState,
}

impl Lowering<'_> {
    fn table(&self, faults: &mut Diagnostics) -> Lowered {
        let definition = self.definition;
        let mut table = Table {
            name: definition.table.clone(),
            comment: definition.comment.clone(),
            columns: Vec::new(),
            primary_key: self.columns(&definition.primary_key, faults),
            foreign_keys: Vec::new(),
            uniques: Vec::new(),
            checks: Vec::new(),
            indexes: definition.indexes.iter().map(|index| self.index(index, faults)).collect(),
        };
        let mut columns = BTreeMap::new();
        for field in &definition.fields {
            let Some(name) = field.column_name() else { continue };
            columns.insert(field.name.clone(), name.clone());
            match self.column(field, &name) {
                Ok(column) => table.columns.push(column),
                Err(fault) => faults.push(fault),
            }
            if let Some(reference) = field.reference() {
                match self.foreign_key(&name, reference) {
                    Ok(key) => table.foreign_keys.push(key),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        for constraint in &definition.constraints {
            self.constraint(constraint, &mut table, faults);
        }
        Lowered { identity: Identity::Model(self.model.clone()), table, columns }
    }

    fn column(&self, field: &FieldState, name: &str) -> Result<Column, Diagnostic> {
        let Storage { ty, db_type, collation } = storage(self.state, self.model, field, &mut Vec::new())?;
        Ok(Column {
            name: name.to_owned(),
            ty,
            db_type,
            collation,
            // What is in the key is never NULL, whatever the field says until its turn to change comes.
            null: field.null && !self.definition.primary_key.contains(&field.name),
            auto: field.auto,
            default: field.default.clone(),
            generated: field.generated.clone(),
            comment: field.comment.clone(),
        })
    }

    fn foreign_key(&self, column: &str, reference: &Reference) -> Result<ForeignKey, Diagnostic> {
        let (target, field) = target_field(self.state, self.model, &reference.to, reference.to_field.as_ref())?;
        Ok(ForeignKey {
            name: Some(self.name(reference.constraint.as_ref(), &[column], "fkey")),
            columns: vec![column.to_owned()],
            to_table: target.table.clone(),
            to_columns: field.column_name().into_iter().collect(),
            on_delete: reference.on_delete,
            on_update: reference.on_update,
            deferrable: reference.deferrable,
        })
    }

    fn index(&self, index: &IndexState, faults: &mut Diagnostics) -> Index {
        let fields: Vec<FieldName> = index.fields.iter().map(|f| f.field.clone()).collect();
        let names = self.columns(&fields, faults);
        let words: Vec<&str> = names.iter().map(String::as_str).collect();
        Index {
            name: self.name(index.name.as_ref(), if words.is_empty() { &["expr"] } else { &words }, "idx"),
            columns: names
                .iter()
                .zip(&index.fields)
                .map(|(name, of)| IndexColumn { name: name.clone(), descending: of.descending, length: of.length })
                .collect(),
            expression: index.expression.clone(),
            unique: index.unique,
            condition: index.condition.clone(),
            include: self.columns(&index.include, faults),
            method: index.method.clone(),
            opclass: index.opclass.clone(),
            verbatim: false,
        }
    }

    fn constraint(&self, constraint: &ConstraintState, table: &mut Table, faults: &mut Diagnostics) {
        let mut columns = |fields: &[FieldName]| self.columns(fields, faults);
        let named = |columns: &[String], suffix: &str| {
            let words: Vec<&str> = columns.iter().map(String::as_str).collect();
            Some(self.name(constraint.name.as_ref(), &words, suffix))
        };
        match &constraint.kind {
            ConstraintKind::Unique { fields, deferrable, nulls_not_distinct } => {
                let columns = columns(fields);
                let (deferrable, nulls_not_distinct) = (*deferrable, *nulls_not_distinct);
                table.uniques.push(Unique { name: named(&columns, "key"), columns, deferrable, nulls_not_distinct });
            }
            ConstraintKind::Check { sql } => {
                let expression = CheckExpression::Sql(sql.clone());
                table.checks.push(Check { name: named(&[], "check"), expression, verbatim: false });
            }
            ConstraintKind::Choices { field, values } => {
                let Some(column) = columns(std::slice::from_ref(field)).pop() else { return };
                let name = named(std::slice::from_ref(&column), "check");
                table.checks.push(Check {
                    name,
                    expression: CheckExpression::OneOf { column, values: values.clone() },
                    verbatim: false,
                });
            }
            ConstraintKind::NonNegative { field } => {
                let Some(column) = columns(std::slice::from_ref(field)).pop() else { return };
                let name = named(std::slice::from_ref(&column), "check");
                table.checks.push(Check { name, expression: CheckExpression::NonNegative { column }, verbatim: false });
            }
            ConstraintKind::ForeignKey { fields, to, to_fields, on_delete, on_update, deferrable } => {
                let columns = columns(fields);
                let Some(target) = self.state.models.get(to) else {
                    faults.push(dangling(self.model, to));
                    return;
                };
                let there = Lowering { state: self.state, model: to, definition: target };
                table.foreign_keys.push(ForeignKey {
                    name: named(&columns, "fkey"),
                    columns,
                    to_table: target.table.clone(),
                    to_columns: there.columns(to_fields, faults),
                    on_delete: *on_delete,
                    on_update: *on_update,
                    deferrable: *deferrable,
                });
            }
        }
    }

    /// The given name, else the one that `PostgreSQL` would choose.
    fn name(&self, given: Option<&String>, columns: &[&str], suffix: &str) -> String {
        given.cloned().unwrap_or_else(|| implied_name(&self.definition.table, columns, suffix))
    }

    fn columns(&self, fields: &[FieldName], faults: &mut Diagnostics) -> Vec<String> {
        let mut columns = Vec::with_capacity(fields.len());
        for field in fields {
            match self.definition.field(field).and_then(FieldState::column_name) {
                Some(column) => columns.push(column),
                None => faults.push(missing_field(self.model, field)),
            }
        }
        columns
    }
}

/// The model and field that a reference points at: `to_field`, else the only field of the key.
pub(super) fn target_field<'a>(
    state: &'a ProjectState,
    from: &ModelRef,
    to: &ModelRef,
    to_field: Option<&FieldName>,
) -> Result<(&'a ModelState, &'a FieldState), Diagnostic> {
    let target = state.models.get(to).ok_or_else(|| dangling(from, to))?;
    let field = match (to_field, target.primary_key.as_slice()) {
        (Some(field), _) => field,
        (None, [key]) => key,
        (None, keys) => return Err(no_single_key(from, to, keys.len())),
    };
    target.field(field).map(|found| (target, found)).ok_or_else(|| missing_field(to, field))
}

/// What decides whether a value of one column can be compared with a value of another.
pub(super) struct Storage {
    pub(super) ty: ColumnType,
    pub(super) db_type: Option<Sql>,
    pub(super) collation: Option<Sql>,
}

impl Storage {
    /// What another tool calls a type says nothing to a database that is told its own.
    fn new(ty: ColumnType, db_type: Option<Sql>, collation: Option<Sql>) -> Self {
        let ty = match ty {
            ColumnType::Opaque { .. } if db_type.is_some() => {
                ColumnType::Opaque { name: String::new(), parameters: Options::new() }
            }
            ty => ty,
        };
        Self { ty, db_type, collation }
    }
}

/// What a field's column holds; a foreign key's is what it refers to holds, through any number of keys.
pub(super) fn storage(
    state: &ProjectState,
    model: &ModelRef,
    field: &FieldState,
    path: &mut Vec<(ModelRef, FieldName)>,
) -> Result<Storage, Diagnostic> {
    let (db_type, collation) = (field.db_type.clone(), field.collation.clone());
    let reference = match &field.kind {
        FieldKind::Column(ty) => return Ok(Storage::new(ty.clone(), db_type, collation)),
        FieldKind::ForeignKey(reference) => reference,
        FieldKind::ManyToMany(_) => return Err(missing_field(model, &field.name)),
    };
    let here = (model.clone(), field.name.clone());
    if path.contains(&here) {
        return Err(circular(model, &field.name));
    }
    path.push(here);
    let (_, target) = target_field(state, model, &reference.to, reference.to_field.as_ref())?;
    let target = storage(state, &reference.to, target, path)?;
    Ok(Storage::new(target.ty, db_type.or(target.db_type), collation.or(target.collation)))
}

fn dangling(from: &ModelRef, to: &ModelRef) -> Diagnostic {
    Diagnostic::error("E251", format!("`{from}` refers to `{to}`, which is no model"))
        .help(format!("create `{to}` first, or depend on the migration that does"))
}

fn no_single_key(from: &ModelRef, to: &ModelRef, keys: usize) -> Diagnostic {
    let has = if keys == 0 { "no primary key".to_owned() } else { format!("a primary key of {keys} fields") };
    Diagnostic::error("E252", format!("`{from}` refers to `{to}`, which has {has}"))
        .help("name one unique field with `to_field`, or refer to all fields of the key with `foreign_key(fields = […])` on the model")
}

fn circular(model: &ModelRef, field: &FieldName) -> Diagnostic {
    Diagnostic::error(
        "E253",
        format!("the type of `{model}.{field}` is its own: the keys refer to each other in a circle"),
    )
    .help("give one of the models a key that is no foreign key")
}

fn missing_field(model: &ModelRef, field: &FieldName) -> Diagnostic {
    Diagnostic::error("E254", format!("`{model}` has no field `{field}` with a column"))
        .help("name a field of the model that is stored in its table")
}
