//! Foreign keys that were found, as fields where a field can say them, and as constraints otherwise.

use std::collections::BTreeSet;

use super::super::{ForeignKey, Schema};
use super::{Raising, table};
use crate::field::ColumnType;
use crate::name::{FieldName, ModelRef};
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState, Reference};

/// Where a key leads.
struct Target {
    model: ModelRef,
    fields: Vec<FieldName>,
    /// The fields are the key of the model.
    is_key: bool,
}

impl Raising<'_> {
    /// Gives every key that is in no field yet a field, or a constraint.
    pub(super) fn refer(&mut self) {
        for (model, key) in std::mem::take(&mut self.keys) {
            self.refer_by(&model, key);
        }
    }

    fn refer_by(&mut self, name: &ModelRef, key: &ForeignKey) {
        let Some(target) = self.target(key) else {
            let here = key.columns.join(", ");
            let message = format!("`{name}` refers from {here} to `{}`, which has no such key", key.to_table);
            return self.leave_out(message);
        };
        let as_field = self.same_storage(name, key).then_some(key.columns.as_slice());
        let Some(model) = self.state.models.get_mut(name) else { return };
        if let Some([column]) = as_field
            && let Some(field) = model.fields.iter_mut().find(|field| of_column(field, column))
            && matches!(field.kind, FieldKind::Column(_))
        {
            return refer(field, key, target);
        }
        let constraint = constraint(model, key, target);
        model.constraints.push(constraint);
    }

    /// The model and the fields that the key refers to, where they tell one row from another.
    fn target(&self, key: &ForeignKey) -> Option<Target> {
        let name = self.models.get(key.to_table.as_str())?;
        let model = self.state.models.get(name)?;
        let fields = table::fields(model, &key.to_columns);
        let whole = fields.len() == key.to_columns.len() && model.is_unique(&fields);
        whole.then(|| Target { model: name.clone(), is_key: model.primary_key == fields, fields })
    }

    /// True where both columns are of one type, as those of a field have to be.
    fn same_storage(&self, name: &ModelRef, key: &ForeignKey) -> bool {
        let here = self.state.models.get(name).and_then(|model| self.table(&model.table));
        let target = self.models.get(key.to_table.as_str()).and_then(|name| self.state.models.get(name));
        let (Some(here), Some(target)) = (here, target) else { return false };
        key.columns.iter().zip(&key.to_columns).all(|(column, to)| {
            let (Some(column), Some(to)) = (here.column(column), table::by_column(target, to)) else { return false };
            match &to.kind {
                FieldKind::Column(ty) => column.ty == *ty && column.collation == to.collation,
                // Its own target decides, and what was found says the same.
                FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => {
                    let to =
                        self.table(&key.to_table).zip(to.column_name()).and_then(|(table, name)| table.column(&name));
                    to.is_some_and(|to| column.ty == to.ty && column.collation == to.collation)
                }
            }
        })
    }
}

/// The columns, by table and name, that a column of 64 bits refers to.
pub(super) fn referred_to_by_wide_columns(schema: &Schema) -> BTreeSet<(&str, &str)> {
    let keys = schema.tables.values().flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)));
    let columns = keys.flat_map(|(table, key)| {
        let pairs = key.columns.iter().zip(&key.to_columns);
        let wide = pairs.filter(|(from, _)| table.column(from).is_some_and(|column| column.ty == ColumnType::BigInt));
        wide.map(|(_, to)| (key.to_table.as_str(), to.as_str()))
    });
    columns.collect()
}

/// Where the database has one width for the numbers that it gives, those that refer to them say which one is meant.
///
/// <https://www.sqlite.org/lang_createtable.html#rowid>
pub(super) fn widen_number(model: &mut ModelState, wide: &BTreeSet<(&str, &str)>) {
    for field in model.fields.iter_mut().filter(|field| field.auto) {
        if wide.contains(&(model.table.as_str(), field.column_name().unwrap_or_default().as_str())) {
            field.kind = FieldKind::Column(ColumnType::BigInt);
        }
    }
}

fn of_column(field: &FieldState, column: &str) -> bool {
    field.column_text().as_deref() == Some(column)
}

fn refer(field: &mut FieldState, key: &ForeignKey, mut target: Target) {
    let column = field.column_name();
    field.kind = FieldKind::ForeignKey(Reference {
        to: target.model,
        to_field: target.fields.pop().filter(|_| !target.is_key),
        on_delete: key.on_delete,
        on_update: key.on_update,
        deferrable: key.deferrable,
        constraint: key.name.clone(),
    });
    field.column = None;
    // A reference has its target's collation.
    field.collation = None;
    if field.column_name() != column {
        field.column = column;
    }
}

fn constraint(model: &ModelState, key: &ForeignKey, target: Target) -> ConstraintState {
    let kind = ConstraintKind::ForeignKey {
        fields: table::fields(model, &key.columns),
        to: target.model,
        to_fields: target.fields,
        on_delete: key.on_delete,
        on_update: key.on_update,
        deferrable: key.deferrable,
    };
    ConstraintState { name: key.name.clone(), kind }
}
