//! The tables of many-to-many fields that have no model of their own for the pairs.

use std::collections::BTreeMap;

use super::lower::{Identity, Lowered, Lowering, Storage, implied_name, storage, target_field};
use super::{Column, ForeignKey, Index, IndexColumn, Table};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::field::OnDelete;
use crate::name::{FieldName, MAX_IDENTIFIER_BYTES, ModelRef, beside_table, shorten, snake_case, split_table};
use crate::state::{FieldKind, FieldState};

/// The join tables of a model, in the order of its fields.
pub(super) fn join_tables(owner: &Lowering<'_>, faults: &mut Diagnostics) -> Vec<Lowered> {
    let mut tables = Vec::new();
    for field in &owner.definition.fields {
        let FieldKind::ManyToMany(pairs) = &field.kind else { continue };
        if pairs.through.is_some() {
            continue;
        }
        match join_table(owner, field, &pairs.to) {
            Ok(table) => tables.push(table),
            Err(fault) => faults.push(fault),
        }
    }
    tables
}

fn join_table(owner: &Lowering<'_>, field: &FieldState, to: &ModelRef) -> Result<Lowered, Diagnostic> {
    let name = table_of(&owner.definition.table, &field.name);
    let (from_column, to_column) = column_names(owner.model, to);
    let (here, from_key) = side(owner, &name, owner.model, &from_column)?;
    let (there, to_key) = side(owner, &name, to, &to_column)?;
    let columns =
        BTreeMap::from([(FieldName::from("from"), from_column.clone()), (FieldName::from("to"), to_column.clone())]);
    let index = Index {
        name: implied_name(&name, &[&to_column], "idx"),
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

/// The table of a field's pairs: `blog_post_tags`.
pub(super) fn table_of(owner: &str, field: &FieldName) -> String {
    let (_, own) = split_table(owner);
    beside_table(owner, &shorten(&format!("{own}_{field}"), MAX_IDENTIFIER_BYTES))
}

/// `post_id` and `tag_id`; `from_person_id` and `to_person_id` where both would be the same.
fn column_names(from: &ModelRef, to: &ModelRef) -> (String, String) {
    let (here, there) = (snake_case(from.model.as_str()), snake_case(to.model.as_str()));
    if here == there { (format!("from_{here}_id"), format!("to_{there}_id")) } else { (here + "_id", there + "_id") }
}

/// One of the two columns and its foreign key.
fn side(owner: &Lowering<'_>, table: &str, to: &ModelRef, column: &str) -> Result<(Column, ForeignKey), Diagnostic> {
    let (target, key) = target_field(owner.state, owner.model, to, None)?;
    let Storage { ty, db_type, collation } = storage(owner.state, to, key, &mut Vec::new())?;
    let foreign_key = ForeignKey {
        name: Some(implied_name(table, &[column], "fkey")),
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
