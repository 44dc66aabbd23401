//! From a change whose turn has come to its operations, by the state as it is then.

use super::change::{Change, ChangeKind};
use super::ready;
use crate::field::ColumnType;
use crate::name::{FieldName, ModelRef};
use crate::operation::Operation;
use crate::state::{FieldKind, FieldState, ModelState, ProjectState};

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
pub(super) fn emit(change: &Change, state: &ProjectState, target: &ProjectState) -> Emitted {
    let model = &change.model;
    let here = state.models.get(model);
    let there = target.models.get(model);
    match &change.kind {
        ChangeKind::RenameModel { from } => {
            Some(Operation::RenameModel { from: from.clone(), to: model.model.clone() }).into()
        }
        ChangeKind::CreateModel { deferred } => {
            there.map(|m| create(model, m, *deferred, state, target)).unwrap_or_default()
        }
        ChangeKind::RenameField { from, to } => {
            Emitted { operations: rename_field(model, (from, to), here, there), later: Vec::new() }
        }
        ChangeKind::AlterTable { through, .. } => alter_table(change, through.as_ref(), here, there),
        ChangeKind::DeleteModel | ChangeKind::AlterComment | ChangeKind::SetManaged | ChangeKind::AlterPrimaryKey => {
            here.and_then(|m| of_model(change, m, there)).into()
        }
        ChangeKind::RemoveField { .. }
        | ChangeKind::Detach { .. }
        | ChangeKind::AddField { .. }
        | ChangeKind::MoveAside { .. }
        | ChangeKind::AlterField { .. } => here.and_then(|m| of_field(change, m, there, state)).into(),
        ChangeKind::RemoveIndex { .. }
        | ChangeKind::RemoveConstraint { .. }
        | ChangeKind::RenameIndex { .. }
        | ChangeKind::RenameConstraint { .. }
        | ChangeKind::AddConstraint { .. }
        | ChangeKind::AddIndex { .. } => here.and_then(|m| of_item(change, m, there)).into(),
    }
}

/// A created model; where it is deferred, without the references that cannot be made yet.
fn create(
    model: &ModelRef,
    wanted: &ModelState,
    deferred: bool,
    state: &ProjectState,
    target: &ProjectState,
) -> Emitted {
    let mut definition = wanted.clone();
    let mut later = Vec::new();
    if deferred {
        let context = ready::Creation { model, wanted, state, target };
        definition.fields.retain(|field| {
            let kept = !matches!(field.kind, FieldKind::ManyToMany(_)) || context.field_is_ready(field);
            if !kept {
                later.push(Change::new(model, ChangeKind::AddField { field: field.name.clone(), fill: None }));
            }
            kept
        });
        for field in definition.fields.iter_mut().filter(|field| !context.field_is_ready(field)) {
            later.push(Change::alter_field(model, &field.name));
            *field = plain(field, target);
        }
        definition.constraints.retain(|constraint| {
            let kept = context.constraint_is_ready(constraint);
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

/// A rename that keeps the column writes the column down first, so that the rename itself leaves it alone.
fn rename_field(
    model: &ModelRef,
    (from, to): (&FieldName, &FieldName),
    here: Option<&ModelState>,
    there: Option<&ModelState>,
) -> Vec<Operation> {
    let name = model.model.clone();
    let rename = Operation::RenameField { model: name.clone(), from: from.clone(), to: to.clone() };
    let before = here.and_then(|m| m.field(from));
    let kept = before.and_then(FieldState::column_name);
    let wanted = there.and_then(|m| m.field(to)).and_then(FieldState::column_name);
    match before {
        Some(field) if kept.is_some() && kept == wanted && field.column.is_none() => {
            let explicit = FieldState { column: kept, ..field.clone() };
            vec![alter(model, field.clone(), explicit, None, None), rename]
        }
        _ => vec![rename],
    }
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
        ChangeKind::SetManaged => Some(Operation::SetManaged { model, managed: there?.managed }),
        ChangeKind::AlterPrimaryKey => {
            Some(Operation::AlterPrimaryKey { model, from: here.primary_key.clone(), to: there?.primary_key.clone() })
        }
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
        ChangeKind::MoveAside { field } => {
            let from = here.field(field)?;
            let to = FieldState { column: Some(free_column(here, &from.column_name()?)), ..from.clone() };
            Some(alter(&change.model, from.clone(), to, None, None))
        }
        ChangeKind::AlterField { field, fill, reverse_fill } => {
            let (from, to) = (here.field(field)?, there?.field(field)?);
            let altered = || alter(&change.model, from.clone(), to.clone(), fill.clone(), reverse_fill.clone());
            (from != to).then(altered)
        }
        _ => None,
    }
}

fn free_column(model: &ModelState, column: &str) -> String {
    let mut stop = format!("{column}_swapped");
    while model.fields.iter().any(|field| field.column_name().as_deref() == Some(&*stop)) {
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
    Operation::AlterField { model: model.model.clone(), from, to, fill, reverse_fill }
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
