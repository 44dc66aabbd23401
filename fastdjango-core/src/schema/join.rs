//! The tables of many-to-many fields that have no model of their own for the pairs.

use std::collections::BTreeMap;

use super::lower::{Identity, Lowered, Lowering, Storage, storage, target_field};
use super::{Column, ForeignKey, Index, IndexColumn, Table};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::field::OnDelete;
use crate::name::{FieldName, ModelRef};
use crate::state::{FieldState, pairs};

/// The join tables of a model, in the order of its fields.
pub(super) fn join_tables(owner: &Lowering<'_>, faults: &mut Diagnostics) -> Vec<Lowered> {
    let mut tables = Vec::new();
    for field in &owner.definition.fields {
        let Some(to) = field.own_pairs() else { continue };
        match join_table(owner, field, to) {
            Ok(table) => tables.push(table),
            Err(fault) => faults.push(fault),
        }
    }
    tables
}

fn join_table(owner: &Lowering<'_>, field: &FieldState, to: &ModelRef) -> Result<Lowered, Diagnostic> {
    let name = pairs::table_of(&owner.definition.table, &field.name);
    let (from_column, to_column) = pairs::columns_of(owner.model, to);
    let (here, from_key) = side(owner, &name, owner.model, &from_column)?;
    let (there, to_key) = side(owner, &name, to, &to_column)?;
    let columns =
        BTreeMap::from([(FieldName::from("from"), from_column.clone()), (FieldName::from("to"), to_column.clone())]);
    let index = Index {
        name: pairs::index_of(&name, &to_column),
        columns: vec![IndexColumn::new(to_column.clone())],
        expression: None,
        unique: false,
        condition: None,
        include: Vec::new(),
        method: None,
        opclass: None,
        verbatim: false,
    };
    let table = Table {
        name,
        comment: None,
        columns: vec![here, there],
        primary_key: vec![from_column, to_column],
        foreign_keys: vec![from_key, to_key],
        uniques: Vec::new(),
        checks: Vec::new(),
        indexes: vec![index],
    };
    Ok(Lowered { identity: Identity::Join(owner.model.clone(), field.name.clone()), table, columns })
}

/// One of the two columns and its foreign key.
fn side(owner: &Lowering<'_>, table: &str, to: &ModelRef, column: &str) -> Result<(Column, ForeignKey), Diagnostic> {
    let (target, key) = target_field(owner.state, owner.model, to, None)?;
    let Storage { ty, db_type, collation } = storage(owner.state, to, key, &mut Vec::new())?;
    let foreign_key = ForeignKey {
        name: Some(pairs::key_of(table, column)),
        columns: vec![column.to_owned()],
        to_table: target.table.clone(),
        to_columns: key.column_name().into_iter().collect(),
        on_delete: OnDelete::Cascade,
        on_update: OnDelete::NoAction,
        deferrable: None,
    };
    let column = Column {
        name: column.to_owned(),
        ty,
        db_type,
        null: false,
        auto: false,
        default: None,
        collation,
        generated: None,
        comment: None,
    };
    Ok((column, foreign_key))
}
