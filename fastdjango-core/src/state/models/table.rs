//! What the attributes of a model say: indexes, unique and check constraints, composite foreign keys.

use super::field::{model_ref, sql};
use crate::model::{ForeignKeyDef, IndexDef, ModelDef, UniqueDef};
use crate::name::FieldName;
use crate::state::{ConstraintKind, ConstraintState, IndexField, IndexState};

pub(super) fn names(names: &[&str]) -> Vec<FieldName> {
    names.iter().map(|&name| name.into()).collect()
}

/// The declared indexes, and a unique index for every unique with a condition.
pub(super) fn indexes(def: &ModelDef) -> impl Iterator<Item = IndexState> {
    let conditional = def.uniques.iter().filter(|unique| unique.condition.is_some());
    def.indexes.iter().map(index).chain(conditional.map(unique_index))
}

/// The declared constraints, in the order unique, check, foreign key.
pub(super) fn constraints(def: &ModelDef) -> impl Iterator<Item = ConstraintState> {
    let uniques = def.uniques.iter().filter(|unique| unique.condition.is_none()).map(unique);
    let checks = def.checks.iter().map(|check| ConstraintState {
        name: check.name.map(str::to_owned),
        kind: ConstraintKind::Check { sql: sql(check.sql) },
    });
    uniques.chain(checks).chain(def.foreign_keys.iter().map(foreign_key))
}

fn index(def: &IndexDef) -> IndexState {
    let length = |name| def.lengths.iter().find(|(field, _)| *field == name).map(|(_, length)| *length);
    let fields = def.fields.iter().map(|&(field, descending)| IndexField {
        field: field.into(),
        descending,
        length: length(field),
    });
    IndexState {
        name: def.name.map(str::to_owned),
        fields: fields.collect(),
        expression: def.expression.map(sql),
        unique: def.unique,
        condition: def.condition.map(sql),
        include: names(def.include),
        method: def.method.map(str::to_owned),
        opclass: def.opclass.map(str::to_owned),
        concurrently: def.concurrently,
    }
}

fn unique_index(def: &UniqueDef) -> IndexState {
    IndexState {
        name: def.name.map(str::to_owned),
        fields: def.fields.iter().map(|&field| IndexField::new(field)).collect(),
        unique: true,
        condition: def.condition.map(sql),
        ..IndexState::default()
    }
}

fn unique(def: &UniqueDef) -> ConstraintState {
    let fields = names(def.fields);
    let nulls_not_distinct = !def.nulls_distinct;
    ConstraintState {
        name: def.name.map(str::to_owned),
        kind: ConstraintKind::Unique { fields, deferrable: def.deferrable, nulls_not_distinct },
    }
}

fn foreign_key(def: &ForeignKeyDef) -> ConstraintState {
    ConstraintState {
        name: def.name.map(str::to_owned),
        kind: ConstraintKind::ForeignKey {
            fields: names(def.fields),
            to: model_ref(def.to),
            to_fields: names(def.to_fields),
            on_delete: def.on_delete,
            on_update: def.on_update,
            deferrable: def.deferrable,
        },
    }
}
