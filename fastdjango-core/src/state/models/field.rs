//! One field of a model, and the index and constraints that it brings along.

use crate::field::{ColumnType, Default as DefaultValue, Literal, Real, Sql};
use crate::model::{DefaultDef, FieldDef, Kind, ModelLabel, SqlDef, TypeDef};
use crate::name::ModelRef;
use crate::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, Generated, IndexField, IndexState, Pairs, Reference,
};

pub(super) fn field_state(def: &FieldDef) -> FieldState {
    let mut field = FieldState::new(def.name, kind(def));
    field.column = def.column.map(str::to_owned);
    if field.column.is_some() && field.column == implied_column(&field) {
        field.column = None;
    }
    field.null = def.facts.nullable;
    field.auto = def.auto;
    field.default = def.default.map(default);
    field.collation = def.collation.map(sql);
    field.generated = def.generated.map(|g| Generated { expression: sql(g.expression), stored: g.stored });
    field.db_type = def.db_type.map(sql);
    field.comment = def.comment.map(str::to_owned);
    field
}

fn implied_column(field: &FieldState) -> Option<String> {
    FieldState { column: None, ..field.clone() }.column_name()
}

fn kind(def: &FieldDef) -> FieldKind {
    match def.facts.kind {
        Kind::Column { ty, choices, .. } => FieldKind::Column(column_type(def, ty, choices)),
        Kind::ForeignKey { to, .. } => FieldKind::ForeignKey(Reference {
            to: model_ref(to),
            to_field: def.to_field.map(Into::into),
            on_delete: def.on_delete.unwrap_or_default(),
            on_update: def.on_update.unwrap_or_default(),
            deferrable: def.deferrable,
            constraint: None,
        }),
        Kind::ManyToMany { to } => {
            FieldKind::ManyToMany(Pairs { to: model_ref(to), through: def.through.map(model_ref) })
        }
    }
}

pub(super) fn model_ref(label: ModelLabel) -> ModelRef {
    ModelRef::new(label.app, label.model)
}

fn column_type(def: &FieldDef, ty: TypeDef, choices: &[&str]) -> ColumnType {
    let longest = choices.iter().map(|choice| choice.chars().count()).max();
    let longest = longest.and_then(|length| u32::try_from(length.max(1)).ok());
    match (ty, def.max_length.or(longest)) {
        (TypeDef::Text, Some(length)) => ColumnType::Varchar(length),
        (TypeDef::Array(TypeDef::Text), Some(length)) => ColumnType::Array(Box::new(ColumnType::Varchar(length))),
        _ => plain_type(def, ty),
    }
}

fn plain_type(def: &FieldDef, ty: TypeDef) -> ColumnType {
    match ty {
        TypeDef::Boolean => ColumnType::Boolean,
        TypeDef::SmallInt => ColumnType::SmallInt,
        TypeDef::Integer => ColumnType::Integer,
        TypeDef::BigInt => ColumnType::BigInt,
        TypeDef::Real => ColumnType::Real,
        TypeDef::Double => ColumnType::Double,
        TypeDef::Text => ColumnType::Text,
        TypeDef::Binary => ColumnType::Binary,
        TypeDef::Uuid => ColumnType::Uuid,
        TypeDef::Numeric => ColumnType::Numeric(def.max_digits.unwrap_or(28), def.decimal_places.unwrap_or(0)),
        TypeDef::Date => ColumnType::Date,
        TypeDef::Time => ColumnType::Time,
        TypeDef::Timestamp => ColumnType::Timestamp,
        TypeDef::TimestampTz => ColumnType::TimestampTz,
        TypeDef::Json => ColumnType::Json,
        TypeDef::Inet => ColumnType::Inet,
        TypeDef::Array(element) => ColumnType::Array(Box::new(plain_type(def, *element))),
        TypeDef::Enum(of) => ColumnType::Enum(of.name.to_owned()),
        TypeDef::Custom(name) => ColumnType::Custom(name.to_owned()),
    }
}

/// The index of `index = true`, or of a foreign key that does not say `index = false`; a unique field has one already.
pub(super) fn index(def: &FieldDef, alone_in_key: bool) -> Option<IndexState> {
    let wanted = match def.facts.kind {
        Kind::Column { .. } => def.index == Some(true),
        Kind::ForeignKey { .. } => def.index != Some(false),
        Kind::ManyToMany { .. } => false,
    };
    let field = IndexField::new(def.name);
    (wanted && !alone_in_key && !is_unique(def)).then(|| IndexState { fields: vec![field], ..IndexState::default() })
}

fn is_unique(def: &FieldDef) -> bool {
    def.unique || matches!(def.facts.kind, Kind::ForeignKey { unique: true, .. })
}

/// The constraints that the field's type and attributes bring: unique, choices, unsigned, check.
pub(super) fn constraints(def: &FieldDef, alone_in_key: bool) -> Vec<ConstraintState> {
    let mut kinds = Vec::new();
    if is_unique(def) && !alone_in_key {
        kinds.push(ConstraintKind::Unique {
            fields: vec![def.name.into()],
            deferrable: None,
            nulls_not_distinct: false,
        });
    }
    if let Kind::Column { ty, non_negative, choices } = def.facts.kind {
        if !choices.is_empty() && !matches!(ty, TypeDef::Enum(_)) {
            let values = choices.iter().map(|&choice| choice.to_owned()).collect();
            kinds.push(ConstraintKind::Choices { field: def.name.into(), values });
        }
        if non_negative {
            kinds.push(ConstraintKind::NonNegative { field: def.name.into() });
        }
    }
    kinds.extend(def.check.map(|check| ConstraintKind::Check { sql: sql(check) }));
    kinds.into_iter().map(|kind| ConstraintState { name: None, kind }).collect()
}

pub(super) fn sql(def: SqlDef) -> Sql {
    match def {
        SqlDef::Any(text) => Sql::any(text),
        SqlDef::Each(texts) => Sql::Each(texts.iter().map(|&(engine, text)| (engine, text.to_owned())).collect()),
    }
}

pub(super) fn default(def: DefaultDef) -> DefaultValue {
    match def {
        DefaultDef::Boolean(value) => DefaultValue::Value(Literal::Boolean(value)),
        DefaultDef::Integer(value) => DefaultValue::Value(Literal::Integer(value)),
        DefaultDef::Real(value) => DefaultValue::Value(Literal::Real(Real(value))),
        DefaultDef::Text(value) => DefaultValue::Value(Literal::Text(value.to_owned())),
        DefaultDef::Sql(text) => DefaultValue::Sql { sql: sql(text) },
    }
}
