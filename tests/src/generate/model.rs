//! One model: columns first, then relations to models that exist, then indexes and constraints over both.

use fastdjango_core::field::{ColumnType, Default as DefaultValue, Literal, OnDelete, Sql};
use fastdjango_core::name::{FieldName, ModelRef, snake_case};
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, Generated, IndexField, IndexState, ModelState, Pairs,
    ProjectState, Reference,
};

use super::Dice;

/// The names of fields; few, so that two states share some.
pub(super) const FIELDS: [&str; 6] = ["title", "rating", "slug", "body", "kind", "owner"];

/// A model of plain columns with a key.
pub(super) fn columns(name: &ModelRef, dice: &mut Dice) -> ModelState {
    let mut model = ModelState::new(format!("{}_{}", name.app, snake_case(name.model.as_str())));
    model.comment = dice.once_in(8).then(|| "what it is".to_owned());
    model.managed = !dice.once_in(20);
    key(&mut model, dice);
    for _ in 0..dice.below(5) {
        let field = column(FIELDS[dice.below(FIELDS.len())], dice);
        add(&mut model, field);
    }
    model
}

fn key(model: &mut ModelState, dice: &mut Dice) {
    let of = |name: &str, ty: ColumnType| FieldState::new(name, FieldKind::Column(ty));
    let fields = match dice.below(8) {
        0..=3 => vec![FieldState { auto: true, ..of("id", ColumnType::BigInt) }],
        4 => vec![of("code", ColumnType::Varchar(8))],
        5 => vec![of("uid", ColumnType::Uuid)],
        6 => vec![of("left", ColumnType::Integer), of("right", ColumnType::Integer)],
        _ => Vec::new(),
    };
    model.primary_key = fields.iter().map(|field| field.name.clone()).collect();
    model.fields = fields.into();
}

/// A plain column of a random type.
pub(super) fn column(name: &str, dice: &mut Dice) -> FieldState {
    let ty = ty(dice);
    let mut field = FieldState::new(name, FieldKind::Column(ty.clone()));
    field.null = dice.once_in(3);
    field.default = default(&ty).filter(|_| dice.once_in(3));
    field.column = dice.once_in(8).then(|| format!("c_{name}"));
    field.comment = dice.once_in(12).then(|| "a column".to_owned());
    field
}

fn ty(dice: &mut Dice) -> ColumnType {
    let types = [
        ColumnType::Integer,
        ColumnType::Varchar(20),
        ColumnType::Text,
        ColumnType::Boolean,
        ColumnType::SmallInt,
        ColumnType::BigInt,
        ColumnType::Real,
        ColumnType::Double,
        ColumnType::Varchar(100),
        ColumnType::Binary,
        ColumnType::Uuid,
        ColumnType::Numeric(10, 2),
        ColumnType::Date,
        ColumnType::Time,
        ColumnType::Timestamp,
        ColumnType::TimestampTz,
        ColumnType::Json,
    ];
    dice.pick(&types).cloned().unwrap_or(ColumnType::Integer)
}

/// A value that fits the type; none where a literal hardly would.
pub(super) fn default(ty: &ColumnType) -> Option<DefaultValue> {
    let value = match ty {
        ColumnType::Boolean => Literal::Boolean(false),
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => Literal::Integer(7),
        ColumnType::Varchar(_) | ColumnType::Text => Literal::Text("x".to_owned()),
        ColumnType::Numeric(..) => Literal::Text("1.50".to_owned()),
        ColumnType::Date => Literal::Text("2020-01-02".to_owned()),
        _ => return None,
    };
    Some(DefaultValue::Value(value))
}

/// Adds a field, and whatever comes with it, unless its name or column is taken.
pub(super) fn add(model: &mut ModelState, field: FieldState) -> bool {
    let column = field.column_name();
    let taken = model.field(&field.name).is_some()
        || column.is_some() && model.fields.iter().any(|other| other.column_name() == column);
    if !taken {
        model.fields.push(field);
    }
    !taken
}

/// Adds references to models of the state, itself among them; also circles.
pub(super) fn relations(name: &ModelRef, state: &mut ProjectState, dice: &mut Dice) {
    for _ in 0..dice.below(3) {
        let Some(to) = dice.pick(&state.models.keys().cloned().collect::<Vec<_>>()).cloned() else { return };
        let field = if dice.once_in(4) { pairs(to, state, dice) } else { reference(to, state, dice) };
        let Some(model) = state.models.get_mut(name) else { return };
        let (field_name, relation) = (field.name.clone(), field.target().is_some());
        if add(model, field) && relation && dice.once_in(4) {
            let fields = vec![field_name];
            constrain(model, None, ConstraintKind::Unique { fields, deferrable: None, nulls_not_distinct: false });
        }
    }
}

fn reference(to: ModelRef, state: &ProjectState, dice: &mut Dice) -> FieldState {
    let null = dice.once_in(2);
    let actions = [OnDelete::Cascade, OnDelete::Restrict, OnDelete::NoAction, OnDelete::SetNull];
    let to_field = state.models.get(&to).filter(|_| dice.once_in(5)).and_then(|target| {
        let mut unique = target.fields.iter().map(|field| &field.name);
        unique.find(|field| target.is_unique(std::slice::from_ref(field))).cloned()
    });
    let kind = FieldKind::ForeignKey(Reference {
        to,
        to_field,
        on_delete: actions[dice.below(if null { 4 } else { 3 })],
        on_update: if dice.once_in(8) { OnDelete::Cascade } else { OnDelete::NoAction },
        deferrable: None,
        constraint: None,
    });
    FieldState { null, ..FieldState::new(FIELDS[dice.below(FIELDS.len())], kind) }
}

/// A foreign key without anything else to say.
pub(super) fn reference_to(to: ModelRef) -> FieldKind {
    FieldKind::ForeignKey(Reference {
        to,
        to_field: None,
        on_delete: OnDelete::NoAction,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: None,
    })
}

/// A reference to the key of a model.
pub(super) fn refer(name: &str, to: ModelRef) -> FieldState {
    let (on_delete, on_update) = (OnDelete::Cascade, OnDelete::NoAction);
    let kind = FieldKind::ForeignKey(Reference {
        to,
        to_field: None,
        on_delete,
        on_update,
        deferrable: None,
        constraint: None,
    });
    FieldState { null: true, ..FieldState::new(name, kind) }
}

fn pairs(to: ModelRef, state: &ProjectState, dice: &mut Dice) -> FieldState {
    let names: Vec<ModelRef> = state.models.keys().cloned().collect();
    let through = dice.pick(&names).cloned().filter(|_| dice.once_in(3));
    FieldState::new(FIELDS[dice.below(FIELDS.len())], FieldKind::ManyToMany(Pairs { to, through }))
}

/// Adds indexes, constraints, and a generated column.
pub(super) fn items(name: &ModelRef, state: &mut ProjectState, dice: &mut Dice) {
    let composite = composite_target(state, dice);
    let Some(model) = state.models.get_mut(name) else { return };
    let columns: Vec<FieldName> =
        model.fields.iter().filter(|f| f.column_name().is_some()).map(|f| f.name.clone()).collect();
    for number in 0..dice.below(3) {
        index(name, model, &columns, number, dice);
    }
    for number in 0..dice.below(3) {
        constraint(name, model, &columns, number, dice);
    }
    if let Some((to, to_fields)) = composite.filter(|_| dice.once_in(2)) {
        composite_key(model, to, to_fields);
    }
    if dice.once_in(8) {
        generated(model, dice);
    }
}

fn index(name: &ModelRef, model: &mut ModelState, columns: &[FieldName], number: usize, dice: &mut Dice) {
    let mut fields: Vec<IndexField> = Vec::new();
    for _ in 0..=dice.below(2) {
        let Some(field) = dice.pick(columns).cloned() else { return };
        if fields.iter().all(|f| f.field != field) {
            fields.push(IndexField { descending: dice.once_in(3), ..IndexField::new(field) });
        }
    }
    let first = fields.first().and_then(|f| model.field(&f.field)).and_then(FieldState::column_name);
    let condition = first.filter(|_| dice.once_in(4)).map(|column| Sql::any(format!("\"{column}\" IS NOT NULL")));
    model.indexes.push(IndexState {
        name: dice.once_in(4).then(|| format!("ix_{}_{}_{number}", name.app, name.model)),
        fields,
        condition,
        unique: dice.once_in(6),
        ..IndexState::default()
    });
}

fn constraint(name: &ModelRef, model: &mut ModelState, columns: &[FieldName], number: usize, dice: &mut Dice) {
    let Some(field) = dice.pick(columns).and_then(|name| model.field(name)).cloned() else { return };
    let kind = match (&field.kind, dice.below(3)) {
        (FieldKind::Column(ColumnType::Varchar(_) | ColumnType::Text), 1) => {
            let count = 2 + dice.below(2);
            let values = ["x", "y", "z"].iter().take(count).map(|&v| v.to_owned()).collect();
            ConstraintKind::Choices { field: field.name.clone(), values }
        }
        (FieldKind::Column(ColumnType::Integer | ColumnType::SmallInt | ColumnType::BigInt), 1) => {
            ConstraintKind::NonNegative { field: field.name.clone() }
        }
        (FieldKind::Column(ColumnType::Integer), 2) => {
            let column = field.column_name().unwrap_or_default();
            ConstraintKind::Check { sql: Sql::any(format!("\"{column}\" < 1000")) }
        }
        _ => {
            let mut fields = vec![field.name.clone()];
            fields.extend(dice.pick(columns).filter(|other| **other != field.name).cloned());
            ConstraintKind::Unique { fields, deferrable: None, nulls_not_distinct: false }
        }
    };
    let named = dice.once_in(4).then(|| format!("ct_{}_{}_{number}", name.app, name.model));
    constrain(model, named, kind);
}

fn constrain(model: &mut ModelState, name: Option<String>, kind: ConstraintKind) {
    if model.constraints.iter().all(|other| other.kind != kind) {
        model.constraints.push(ConstraintState { name, kind });
    }
}

fn composite_target(state: &ProjectState, dice: &mut Dice) -> Option<(ModelRef, Vec<FieldName>)> {
    let targets: Vec<_> = state.models.iter().filter(|(_, model)| model.primary_key.len() == 2).collect();
    dice.pick(&targets).map(|(name, model)| ((*name).clone(), model.primary_key.clone()))
}

fn composite_key(model: &mut ModelState, to: ModelRef, to_fields: Vec<FieldName>) {
    let fields: Vec<FieldName> = vec!["to_left".into(), "to_right".into()];
    for field in &fields {
        let column = FieldState::new(field.clone(), FieldKind::Column(ColumnType::Integer));
        add(model, FieldState { null: true, ..column });
    }
    let (on_delete, on_update) = (OnDelete::Cascade, OnDelete::NoAction);
    let kind = ConstraintKind::ForeignKey { fields, to, to_fields, on_delete, on_update, deferrable: None };
    constrain(model, None, kind);
}

/// A column computed from a number, and sometimes one more that is computed from that.
fn generated(model: &mut ModelState, dice: &mut Dice) {
    let number = |field: &&FieldState| field.kind == FieldKind::Column(ColumnType::Integer) && !field.auto;
    let numbers: Vec<FieldState> = model.fields.iter().filter(number).cloned().collect();
    let Some(mut column) = dice.pick(&numbers).and_then(FieldState::column_name) else { return };
    for name in ["twice", "fourfold"] {
        let mut field = FieldState::new(name, FieldKind::Column(ColumnType::Integer));
        field.null = true;
        field.generated = Some(Generated { expression: Sql::any(format!("\"{column}\" * 2")), stored: false });
        add(model, field);
        if !dice.once_in(2) {
            break;
        }
        name.clone_into(&mut column);
    }
}
