//! A table of which no model speaks, as a model; what it refers to comes later, once all models are there.

use super::super::{Check, CheckExpression, Column, Index, Table, Unique};
use super::names;
use crate::name::FieldName;
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, IndexField, IndexState, ModelState};

/// The model of a table.
pub(super) fn read(table: &Table) -> ModelState {
    let mut model = ModelState::new(table.name.clone());
    model.comment.clone_from(&table.comment);
    for column in &table.columns {
        let field = field(column, table, &model);
        model.fields.push(field);
    }
    model.primary_key = fields(&model, &table.primary_key);
    let uniques = table.uniques.iter().map(|read| unique(&model, read));
    let constraints: Vec<ConstraintState> =
        uniques.chain(table.checks.iter().filter(|check| !check.verbatim).map(check)).collect();
    let indexes =
        table.indexes.iter().filter(|read| is_a_models(read, table)).map(|read| index(&model, read)).collect();
    ModelState { indexes, constraints, ..model }
}

/// The field of a column that `model` does not have yet.
pub(super) fn field(column: &Column, table: &Table, model: &ModelState) -> FieldState {
    let refers = table.foreign_keys.iter().any(|key| key.columns == [column.name.as_str()]);
    let name = names::field(&column.name, refers, &|name| model.field(name).is_some());
    let named = (name.as_str() != column.name).then(|| column.name.clone());
    FieldState {
        column: named,
        null: column.null,
        auto: column.auto,
        default: column.default.clone(),
        collation: column.collation.clone(),
        generated: column.generated.clone(),
        comment: column.comment.clone(),
        ..FieldState::new(name, FieldKind::Column(column.ty.clone()))
    }
}

pub(super) fn unique(model: &ModelState, unique: &Unique) -> ConstraintState {
    let kind = ConstraintKind::Unique {
        fields: fields(model, &unique.columns),
        deferrable: unique.deferrable,
        nulls_not_distinct: unique.nulls_not_distinct,
    };
    ConstraintState { name: unique.name.clone(), kind }
}

pub(super) fn check(check: &Check) -> ConstraintState {
    let kind = match &check.expression {
        CheckExpression::Sql(sql) => ConstraintKind::Check { sql: sql.clone() },
        CheckExpression::OneOf { column, values } => {
            ConstraintKind::Choices { field: FieldName::new(column.as_str()), values: values.clone() }
        }
        CheckExpression::NonNegative { column } => {
            ConstraintKind::NonNegative { field: FieldName::new(column.as_str()) }
        }
    };
    ConstraintState { name: check.name.clone(), kind }
}

pub(super) fn index(model: &ModelState, index: &Index) -> IndexState {
    let fields_of = index.columns.iter().filter_map(|column| {
        let field = by_column(model, &column.name)?.name.clone();
        Some(IndexField { field, descending: column.descending, length: column.length })
    });
    IndexState {
        name: Some(index.name.clone()),
        fields: fields_of.collect(),
        expression: index.expression.clone(),
        unique: index.unique,
        condition: index.condition.clone(),
        include: fields(model, &index.include),
        method: index.method.clone(),
        opclass: index.opclass.clone(),
        concurrently: false,
    }
}

/// True of an index that a model can have; one that a server made for a foreign key comes with the key.
pub(super) fn is_a_models(index: &Index, table: &Table) -> bool {
    !index.verbatim && !table.foreign_keys.iter().any(|key| key.name.as_deref() == Some(&index.name))
}

pub(super) fn fields(model: &ModelState, columns: &[String]) -> Vec<FieldName> {
    columns.iter().filter_map(|column| Some(by_column(model, column)?.name.clone())).collect()
}

pub(super) fn by_column<'m>(model: &'m ModelState, column: &str) -> Option<&'m FieldState> {
    model.fields.iter().find(|field| field.column_text().as_deref() == Some(column))
}
