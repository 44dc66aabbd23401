//! What only some databases have: tables in schemas, kinds of indexes, and uniques that are more than that.

use std::collections::BTreeSet;

use fastdjango_core::dialect::Capabilities;
use fastdjango_core::field::{ColumnType, Deferrable};
use fastdjango_core::name::{FieldName, ModelRef, split_table};
use fastdjango_core::state::{ConstraintKind, FieldKind, FieldState, IndexField, IndexState, ModelState, ProjectState};

use super::Dice;

/// The schemas that tables are moved between.
const SCHEMAS: [&str; 2] = ["sales", "Old Stock"];

/// Gives some models of the state what only some databases have.
pub(super) fn spread(state: &mut ProjectState, dice: &mut Dice) {
    let names: Vec<ModelRef> = state.models.keys().cloned().collect();
    for name in names {
        if dice.once_in(3) {
            edit(state, &name, dice);
        }
    }
}

/// One change of a model's schema, of an index's kind, or of a unique constraint.
pub(super) fn edit(state: &mut ProjectState, name: &ModelRef, dice: &mut Dice) {
    let Some(model) = state.models.get_mut(name) else { return };
    match dice.below(4) {
        0 | 1 => {
            let columns: Vec<FieldName> =
                model.fields.iter().filter(|f| f.column_name().is_some()).map(|f| f.name.clone()).collect();
            let whole = model.clone();
            let mut at = dice.below(model.indexes.len());
            if let Some(column) = dice.pick(&columns).filter(|_| dice.once_in(2)) {
                at = model.indexes.len();
                let fields = vec![IndexField::new(column.clone())];
                model.indexes.push(IndexState { fields, ..IndexState::default() });
            }
            let Some(index) = model.indexes.get_mut(at) else { return };
            *index = plain(index);
            for _ in 0..3 {
                if *index == plain(index) {
                    kind(index, &whole, &columns, dice);
                }
            }
        }
        2 => {
            let own = split_table(&model.table).1.to_owned();
            let schemas = [None, Some(SCHEMAS[0]), Some(SCHEMAS[1])];
            model.table = schemas[dice.below(3)].map_or(own.clone(), |schema| format!("{schema}.{own}"));
        }
        _ => {
            let at = dice.below(model.constraints.len());
            if let Some(ConstraintKind::Unique { deferrable, nulls_not_distinct, .. }) =
                model.constraints.get_mut(at).map(|constraint| &mut constraint.kind)
            {
                let when = [None, Some(Deferrable::Immediate), Some(Deferrable::Deferred)];
                *deferrable = when[dice.below(3)];
                *nulls_not_distinct = dice.once_in(3);
            }
        }
    }
}

/// The index without what only some databases have.
fn plain(index: &IndexState) -> IndexState {
    let mut index = IndexState { include: Vec::new(), method: None, opclass: None, ..index.clone() };
    for field in &mut index.fields {
        field.length = None;
    }
    index
}

fn kind(index: &mut IndexState, model: &ModelState, columns: &[FieldName], dice: &mut Dice) {
    let before = index.clone();
    match dice.below(6) {
        0 => index.include.extend(dice.pick(columns).cloned()),
        1 => {
            for field in &mut index.fields {
                field.length = Some(1 + u32::try_from(dice.below(3)).unwrap_or_default());
            }
        }
        2 => index.opclass = Some("text_pattern_ops".to_owned()),
        method => index.method = Some(["fulltext", "hash", "gin"][method - 3].to_owned()),
    }
    if index.method.is_some() {
        index.fields.iter_mut().for_each(|field| field.descending = false);
    }
    if !fits(index, model) {
        *index = before;
    }
}

/// True where the fields are of types that such an index can be over.
fn fits(index: &IndexState, model: &ModelState) -> bool {
    let types: Vec<Option<&ColumnType>> =
        index.fields.iter().map(|of| model.field(&of.field).and_then(own_type)).collect();
    let texts = types.iter().all(|ty| matches!(ty, Some(ColumnType::Varchar(5..) | ColumnType::Text)));
    let alone = index.fields.len() == 1 && !index.unique && index.include.is_empty();
    let included = index.include.iter().all(|name| model.field(name).is_some_and(|f| f.column_name().is_some()));
    let long = index.fields.iter().all(|field| field.length.is_none()) || texts && !index.unique;
    let method = match index.method.as_deref() {
        None => true,
        Some("fulltext") => texts && !index.unique && index.condition.is_none(),
        Some("gin") => alone && matches!(types[0], Some(ColumnType::Json)),
        Some(_) => alone,
    };
    included && long && method && (index.opclass.is_none() || texts)
}

fn own_type(field: &FieldState) -> Option<&ColumnType> {
    match &field.kind {
        FieldKind::Column(ty) => Some(ty),
        FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
    }
}

/// What does not fit its fields any more is plain, and so are the uniques that references need.
pub(super) fn repair(state: &mut ProjectState) {
    let mut referred: BTreeSet<(ModelRef, Vec<FieldName>)> = BTreeSet::new();
    for model in state.models.values() {
        let fields = model.fields.iter().filter_map(FieldState::reference);
        referred.extend(fields.filter_map(|key| Some((key.to.clone(), vec![key.to_field.clone()?]))));
        referred.extend(model.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { to, to_fields, .. } => Some((to.clone(), to_fields.clone())),
            _ => None,
        }));
    }
    state.models.for_each_mut(|name, model| {
        let whole = model.clone();
        for index in &mut model.indexes {
            index.include.retain(|name| index.fields.iter().all(|field| field.field != *name));
            if !fits(index, &whole) {
                *index = plain(index);
            }
        }
        for constraint in &mut model.constraints {
            if let ConstraintKind::Unique { fields, deferrable, .. } = &mut constraint.kind
                && referred.iter().any(|(to, those)| to == name && those.iter().all(|field| fields.contains(field)))
            {
                *deferrable = None;
            }
        }
    });
}

/// The state without what the database does not have.
#[must_use]
pub fn had_by(facts: &Capabilities, mut state: ProjectState) -> ProjectState {
    state.models.for_each_mut(|_, model| {
        if !facts.schemas {
            model.table = model.table.replace('.', "_");
        }
        for index in &mut model.indexes {
            let fulltext = index.method.as_deref() == Some("fulltext");
            let has = (index.include.is_empty() || facts.include_columns)
                && (fulltext && facts.fulltext_indexes || index.method.is_none() || !fulltext && facts.index_methods)
                && (index.opclass.is_none() || facts.index_methods)
                && (index.fields.iter().all(|field| field.length.is_none()) || facts.prefix_indexes);
            if !has {
                *index = plain(index);
            }
        }
        for constraint in &mut model.constraints {
            if let ConstraintKind::Unique { deferrable, nulls_not_distinct, .. } = &mut constraint.kind {
                *deferrable = deferrable.filter(|_| facts.deferrable_unique);
                *nulls_not_distinct &= facts.nulls_not_distinct;
            }
        }
    });
    state
}
