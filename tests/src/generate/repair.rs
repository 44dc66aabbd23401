//! What a random edit broke is taken out, until the state is one that models could make.

use std::collections::BTreeSet;

use fastdjango_core::field::{ColumnType, Sql, lexer};
use fastdjango_core::name::FieldName;
use fastdjango_core::state::{ConstraintKind, FieldKind, FieldState, ModelState, ProjectState};

use super::{enums, kinds};

/// Takes out references without a target, items without their fields, and names used twice.
pub(super) fn repair(state: &mut ProjectState) {
    loop {
        let before = state.clone();
        repair_once(state);
        if *state == before {
            break;
        }
    }
    kinds::repair(state);
    tables(state);
    names(state);
}

fn repair_once(state: &mut ProjectState) {
    enums::repair(state);
    state.models.for_each_mut(|_, model| columns(model));
    let whole = state.clone();
    state.models.for_each_mut(|_, model| {
        let keyed = model.primary_key.len() == 1;
        model.fields.retain(|field| {
            target_exists(field, &whole)
                && (keyed || !has_own_pairs(field))
                && names_columns(generated(field), &whole_columns(model_of(&whole, &model.table)))
        });
        let columns = whole_columns(Some(model));
        let here = model.clone();
        let stands = |field: &&FieldState| field.column_name().is_some();
        let fields: BTreeSet<FieldName> = model.fields.iter().filter(stands).map(|f| f.name.clone()).collect();
        let can_be_key = |field: &FieldName| here.field(field).is_some_and(|f| stands(&f) && f.generated.is_none());
        if !model.primary_key.iter().all(can_be_key) {
            model.primary_key.clear();
        }
        for field in model.fields.iter_mut().filter(|field| model.primary_key.contains(&field.name)) {
            field.null = false;
        }
        model.indexes.retain(|index| {
            index.fields.iter().all(|f| fields.contains(&f.field)) && names_columns(index.condition.as_ref(), &columns)
        });
        model.constraints.retain(|constraint| {
            constraint.fields().iter().all(|field| fields.contains(field))
                && fits(&constraint.kind, &here, &whole, &columns)
        });
    });
}

/// Each column once, and none computed from itself or from one that comes after it.
fn columns(model: &mut ModelState) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    model.fields.retain_mut(|field| {
        if field.column_name().is_some_and(|column| taken.contains(&column)) {
            field.column = Some(format!("c_{}", field.name));
        }
        field.column_name().is_none_or(|column| taken.insert(column))
    });
    let computed = model.fields.iter().filter(|field| field.generated.is_some());
    let mut to_come: BTreeSet<String> = computed.filter_map(FieldState::column_name).collect();
    model.fields.retain(|field| {
        let early = generated(field).into_iter().flat_map(Sql::texts).flat_map(quoted).any(|c| to_come.contains(&c));
        to_come.retain(|column| field.column_name().as_ref() != Some(column));
        !early
    });
}

fn model_of<'a>(state: &'a ProjectState, table: &str) -> Option<&'a ModelState> {
    state.models.values().find(|model| model.table == table)
}

fn whole_columns(model: Option<&ModelState>) -> BTreeSet<String> {
    model.into_iter().flat_map(|model| model.fields.iter().filter_map(FieldState::column_name)).collect()
}

fn generated(field: &FieldState) -> Option<&Sql> {
    field.generated.as_ref().map(|generated| &generated.expression)
}

fn names_columns(sql: Option<&Sql>, columns: &BTreeSet<String>) -> bool {
    sql.into_iter().flat_map(Sql::texts).flat_map(quoted).all(|name| columns.contains(&name))
}

/// The quoted names of a fragment.
fn quoted(text: &str) -> Vec<String> {
    let tokens = lexer::tokens(text);
    tokens.iter().filter(|token| token.kind == lexer::Kind::Quoted).filter_map(lexer::Token::name).collect()
}

/// True for a table of pairs, which refer to the keys of both models.
fn has_own_pairs(field: &FieldState) -> bool {
    matches!(&field.kind, FieldKind::ManyToMany(pairs) if pairs.through.is_none())
}

fn target_exists(field: &FieldState, state: &ProjectState) -> bool {
    match &field.kind {
        FieldKind::Column(_) => true,
        FieldKind::ForeignKey(reference) => state.models.get(&reference.to).is_some_and(|target| {
            let unique = reference.to_field.as_ref().is_none_or(|f| target.is_unique(std::slice::from_ref(f)));
            unique && state.column_type(field).is_some()
        }),
        FieldKind::ManyToMany(pairs) => {
            let key = state.models.get(&pairs.to).is_some_and(|target| target.primary_key.len() == 1);
            key && field.targets().all(|target| state.models.contains_key(target))
        }
    }
}

fn fits(kind: &ConstraintKind, here: &ModelState, state: &ProjectState, columns: &BTreeSet<String>) -> bool {
    match kind {
        ConstraintKind::Check { sql } => names_columns(Some(sql), columns),
        ConstraintKind::ForeignKey { fields, to, to_fields, .. } => state.models.get(to).is_some_and(|target| {
            // Columns of another type than their targets are refused where models are read (E108).
            let types = |model: &ModelState, fields: &[FieldName]| -> Vec<Option<ColumnType>> {
                fields.iter().map(|field| state.column_type(model.field(field)?)).collect()
            };
            target.is_unique(to_fields) && types(here, fields) == types(target, to_fields)
        }),
        ConstraintKind::Unique { .. } | ConstraintKind::Choices { .. } | ConstraintKind::NonNegative { .. } => true,
    }
}

fn tables(state: &mut ProjectState) {
    let mut taken = BTreeSet::new();
    let mut number = 0;
    state.models.for_each_mut(|_, model| {
        if !taken.insert(model.table.clone()) {
            model.table = format!("{}_{number}", model.table);
            taken.insert(model.table.clone());
        }
        number += 1;
    });
}

fn names(state: &mut ProjectState) {
    let mut taken = BTreeSet::new();
    state.models.for_each_mut(|_, model| {
        for field in &mut model.fields {
            if let FieldKind::ForeignKey(reference) = &mut field.kind {
                // No model can name it.
                reference.constraint = None;
            }
        }
        let indexes = model.indexes.iter_mut().map(|index| &mut index.name);
        for name in indexes.chain(model.constraints.iter_mut().map(|constraint| &mut constraint.name)) {
            if name.clone().is_some_and(|text| !taken.insert(text)) {
                *name = None;
            }
        }
    });
}
