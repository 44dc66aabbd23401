//! From a change whose turn has come to its operations, by the state as it is then.

mod key;

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind, Using};
use super::ready::{self, Creation, Scene};
use crate::field::ColumnType;
use crate::name::{FieldName, ModelRef};
use crate::operation::Operation;
use crate::pair::Pair;
use crate::state::{EnumState, FieldKind, FieldState, ModelState, ProjectState};

pub(super) use key::comes_with;

/// The operations of a change, and the changes that they leave for later.
#[derive(Default)]
pub(super) struct Emitted {
    pub(super) operations: Vec<Operation>,
    pub(super) later: Vec<Change>,
}

impl From<Option<Operation>> for Emitted {
    fn from(operation: Option<Operation>) -> Self {
        Self { operations: operation.into_iter().collect(), later: Vec::new() }
    }
}

/// Makes the operations; none where the state already is as the change wants it.
pub(super) fn emit(change: &Change, scene: Scene<'_>) -> Emitted {
    let Scene { state, target, .. } = scene;
    let model = &change.model;
    let here = state.models.get(model);
    let there = target.models.get(model);
    match &change.kind {
        ChangeKind::RenameModel { from } => {
            Some(Operation::RenameModel { from: from.clone(), to: model.model.clone() }).into()
        }
        ChangeKind::MoveModel { to } => Some(Operation::MoveModel { from: model.clone(), to: to.clone() }).into(),
        ChangeKind::ReceiveModel { from } => {
            Some(Operation::ReceiveModel { model: model.model.clone(), from: from.clone() }).into()
        }
        ChangeKind::CreateModel { deferred } => {
            there.map(|wanted| create(Creation { scene, model, wanted }, *deferred)).unwrap_or_default()
        }
        ChangeKind::RenameField { from, to } => {
            here.map(|m| rename_field(model, (from, to), m, there)).unwrap_or_default()
        }
        ChangeKind::AlterTable { through, .. } => alter_table(change, through.as_ref(), here, there),
        ChangeKind::DeleteModel
        | ChangeKind::AlterComment
        | ChangeKind::AlterExtensions
        | ChangeKind::AlterOptions
        | ChangeKind::SetManaged => here.and_then(|m| of_model(change, m, there)).into(),
        ChangeKind::AlterPrimaryKey => {
            let operations = here.zip(there).map(|(here, there)| key::alter(scene, model, here, there));
            Emitted { operations: operations.unwrap_or_default(), later: Vec::new() }
        }
        ChangeKind::AddField { field, .. } | ChangeKind::AlterField { field, .. } => {
            here.zip(there).map(|(here, there)| with_key(change, field, scene, here, there)).unwrap_or_default()
        }
        ChangeKind::RemoveField { .. }
        | ChangeKind::Detach { .. }
        | ChangeKind::ForgetDefault { .. }
        | ChangeKind::MoveAside { .. } => here.and_then(|m| of_field(change, m, there, state)).into(),
        ChangeKind::CreateEnum { .. } | ChangeKind::AlterEnum { .. } | ChangeKind::DeleteEnum { .. } => {
            of_enum(change, state, target).into()
        }
        ChangeKind::RemoveIndex { .. }
        | ChangeKind::RemoveConstraint { .. }
        | ChangeKind::RenameIndex { .. }
        | ChangeKind::RenameConstraint { .. }
        | ChangeKind::AddConstraint { .. }
        | ChangeKind::AddIndex { .. } => here.and_then(|m| of_item(change, m, there)).into(),
    }
}

/// A created model; where it is deferred, without the references that cannot be made yet.
fn create(creation: Creation<'_>, deferred: bool) -> Emitted {
    let Creation { scene, model, wanted } = creation;
    let mut definition = wanted.clone();
    let mut later = Vec::new();
    if deferred {
        definition.fields.retain(|field| {
            let kept = !matches!(field.kind, FieldKind::ManyToMany(_)) || creation.field_is_ready(field);
            if !kept {
                later.push(Change::new(model, ChangeKind::AddField { field: field.name.clone(), fill: None }));
            }
            kept
        });
        for field in definition.fields.iter_mut().filter(|field| !creation.field_is_ready(field)) {
            later.push(Change::alter_field(model, &field.name));
            *field = plain(field, scene.target);
        }
        definition.constraints.retain(|constraint| {
            let kept = creation.constraint_is_ready(constraint);
            if !kept && let Some(name) = constraint.name.clone() {
                later.push(Change::new(model, ChangeKind::AddConstraint { name }));
            }
            kept
        });
    }
    let operation = Operation::CreateModel { model: model.model.clone(), definition };
    Emitted { operations: vec![operation], later }
}

/// The column of a foreign key without the reference: the same name, the type of the target's key.
fn plain(field: &FieldState, state: &ProjectState) -> FieldState {
    let ty = state.column_type(field).unwrap_or(ColumnType::BigInt);
    let key = field.reference().and_then(|reference| state.referenced_field(reference));
    FieldState {
        kind: FieldKind::Column(ty),
        column: field.column_name().filter(|column| field.name != **column),
        db_type: field.db_type.clone().or_else(|| key.and_then(|key| key.db_type.clone())),
        ..field.clone()
    }
}

/// A rename that keeps the column writes the column down first, so that the rename itself leaves it alone; where it is
/// not the column that the field is to have, that is left for later.
fn rename_field(
    model: &ModelRef,
    (from, to): (&FieldName, &FieldName),
    here: &ModelState,
    there: Option<&ModelState>,
) -> Emitted {
    let Some(field) = here.field(from) else { return Emitted::default() };
    let wanted = there.and_then(|m| m.field(to)).and_then(FieldState::column_name);
    let rename = Operation::RenameField { model: model.model.clone(), from: from.clone(), to: to.clone() };
    let mut renamed = FieldState { name: to.clone(), ..field.clone() };
    let mut operations = vec![rename];
    if ready::keeps_column(here, field, to, wanted.as_deref()) {
        renamed.column = field.column_name();
        let explicit = FieldState { column: field.column_name(), ..field.clone() };
        operations.insert(0, alter(model, field.clone(), explicit, None, None));
    }
    let elsewhere = wanted.is_some() && renamed.column_name() != wanted;
    let later = elsewhere.then(|| Change::alter_field(model, to)).into_iter().collect();
    Emitted { operations, later }
}

/// A field that arrives or changes, and the key that has to come with it.
fn with_key(change: &Change, field: &FieldName, scene: Scene<'_>, here: &ModelState, there: &ModelState) -> Emitted {
    let model = &change.model;
    let (mut operations, named) = named_first(change, field, here, there);
    operations.extend(of_field(change, named.as_ref().unwrap_or(here), Some(there), scene.state));
    let key = there.field(field).and_then(|field| key::comes_with(model, field, here, there));
    if key.is_some() && !operations.is_empty() {
        operations.extend(key::alter(scene, model, here, there));
    }
    Emitted { operations, later: Vec::new() }
}

/// A column that is converted by an expression has its last name by then: the expression speaks of it.
fn named_first(
    change: &Change,
    name: &FieldName,
    here: &ModelState,
    there: &ModelState,
) -> (Vec<Operation>, Option<ModelState>) {
    let converted = matches!(&change.kind, ChangeKind::AlterField { using, .. } if using.there.is_some());
    let both = here.field(name).zip(there.field(name));
    let Some((from, to)) = both.filter(|(from, to)| converted && from.column_text() != to.column_text()) else {
        return (Vec::new(), None);
    };
    let named = FieldState { column: to.column.clone(), ..from.clone() };
    let operation = alter(&change.model, from.clone(), named.clone(), None, None);
    let mut model = here.clone();
    if let Some(field) = model.field_mut(name) {
        *field = named;
    }
    (vec![operation], Some(model))
}

/// True where an expression still has something to convert.
fn is_converted(from: &FieldState, to: &FieldState) -> bool {
    from.column_text() == to.column_text() && (from.kind != to.kind || from.db_type != to.db_type)
}

fn alter_table(
    change: &Change,
    through: Option<&String>,
    here: Option<&ModelState>,
    there: Option<&ModelState>,
) -> Emitted {
    let (Some(here), Some(there)) = (here, there) else { return Emitted::default() };
    let to = through.unwrap_or(&there.table).clone();
    let later = through.map(|_| Change::new(&change.model, ChangeKind::AlterTable { through: None, stopped: true }));
    let operation = Operation::AlterModelTable { model: change.model.model.clone(), from: here.table.clone(), to };
    Emitted { operations: vec![operation], later: later.into_iter().collect() }
}

fn of_model(change: &Change, here: &ModelState, there: Option<&ModelState>) -> Option<Operation> {
    let model = change.model.model.clone();
    match &change.kind {
        ChangeKind::DeleteModel => Some(Operation::DeleteModel { model, definition: here.clone() }),
        ChangeKind::AlterComment => {
            Some(Operation::AlterModelComment { model, from: here.comment.clone(), to: there?.comment.clone() })
        }
        ChangeKind::AlterExtensions => {
            let (from, to) = (here.extensions.clone(), there?.extensions.clone());
            Some(Operation::AlterModelExtensions { model, from, to })
        }
        ChangeKind::AlterOptions => {
            Some(Operation::AlterModelOptions { model, from: here.options.clone(), to: there?.options.clone() })
        }
        ChangeKind::SetManaged => Some(Operation::SetManaged { model, managed: there?.managed }),
        _ => None,
    }
}

fn of_field(change: &Change, here: &ModelState, there: Option<&ModelState>, state: &ProjectState) -> Option<Operation> {
    let model = change.model.model.clone();
    match &change.kind {
        ChangeKind::AddField { field, fill } => {
            Some(Operation::AddField { model, field: there?.field(field)?.clone(), fill: fill.clone() })
        }
        ChangeKind::RemoveField { field, reverse_fill } => Some(Operation::RemoveField {
            model,
            field: here.field(field)?.clone(),
            reverse_fill: reverse_fill.clone(),
        }),
        ChangeKind::Detach { field } => {
            let from = here.field(field)?;
            let to = plain(from, state);
            (*from != to).then(|| alter(&change.model, from.clone(), to, None, None))
        }
        ChangeKind::ForgetDefault { field } => {
            let from = here.field(field)?;
            Some(alter(&change.model, from.clone(), FieldState { default: None, ..from.clone() }, None, None))
        }
        ChangeKind::MoveAside { field } => {
            let from = here.field(field)?;
            let to = FieldState { column: Some(free_column(here, there, &from.column_name()?)), ..from.clone() };
            Some(alter(&change.model, from.clone(), to, None, None))
        }
        ChangeKind::AlterField { field, fill, reverse_fill, using } => {
            let from = here.field(field)?;
            let to = there?.field(field)?.in_words_of(from);
            let using = if is_converted(from, &to) { using.clone() } else { Using::default() };
            let differs = *from != to;
            let altered = || Operation::AlterField {
                model,
                from: from.clone(),
                to,
                fill: fill.clone(),
                reverse_fill: reverse_fill.clone(),
                using: using.there,
                reverse_using: using.back,
            };
            differs.then(altered)
        }
        _ => None,
    }
}

/// A name that no column has or will have.
fn free_column(here: &ModelState, there: Option<&ModelState>, column: &str) -> String {
    let fields = here.fields.iter().chain(there.into_iter().flat_map(|m| &m.fields));
    let taken: Vec<String> = fields.filter_map(FieldState::column_name).collect();
    let mut stop = format!("{column}_swapped");
    while taken.iter().any(|other| other.eq_ignore_ascii_case(&stop)) {
        stop.push('_');
    }
    stop
}

fn alter(
    model: &ModelRef,
    from: FieldState,
    to: FieldState,
    fill: Option<crate::field::Default>,
    reverse_fill: Option<crate::field::Default>,
) -> Operation {
    let (using, reverse_using) = (None, None);
    Operation::AlterField { model: model.model.clone(), from, to, fill, reverse_fill, using, reverse_using }
}

fn of_enum(change: &Change, state: &ProjectState, target: &ProjectState) -> Option<Operation> {
    match &change.kind {
        ChangeKind::CreateEnum { name } => {
            Some(Operation::CreateEnum { r#enum: name.clone(), values: target.enums.get(name)?.values.clone() })
        }
        ChangeKind::AlterEnum { name, renamed } => {
            let sides = Pair::new(state.enums.get(name)?, target.enums.get(name)?);
            Some(alter_enum(name, sides, renamed))
        }
        ChangeKind::DeleteEnum { name } => {
            Some(Operation::DeleteEnum { r#enum: name.clone(), values: state.enums.get(name)?.values.clone() })
        }
        _ => None,
    }
}

/// The operation that gives an enum other texts.
pub(super) fn alter_enum(name: &str, sides: Pair<&EnumState>, renamed: &BTreeMap<String, String>) -> Operation {
    Operation::AlterEnum {
        r#enum: name.to_owned(),
        from: sides.previous.values.clone(),
        to: sides.next.values.clone(),
        renamed: renamed.clone(),
    }
}

fn of_item(change: &Change, here: &ModelState, there: Option<&ModelState>) -> Option<Operation> {
    let model = change.model.model.clone();
    match &change.kind {
        ChangeKind::RemoveIndex { name } => Some(Operation::RemoveIndex { model, index: here.index(name)?.clone() }),
        ChangeKind::RemoveConstraint { name } => {
            Some(Operation::RemoveConstraint { model, constraint: here.constraint(name)?.clone() })
        }
        ChangeKind::AddIndex { name } => Some(Operation::AddIndex { model, index: there?.index(name)?.clone() }),
        ChangeKind::AddConstraint { name } => {
            Some(Operation::AddConstraint { model, constraint: there?.constraint(name)?.clone() })
        }
        ChangeKind::RenameIndex { from, to } => {
            Some(Operation::RenameIndex { model, from: from.clone(), to: to.clone() })
        }
        ChangeKind::RenameConstraint { from, to } => {
            Some(Operation::RenameConstraint { model, from: from.clone(), to: to.clone() })
        }
        _ => None,
    }
}
