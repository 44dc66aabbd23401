//! Whether two operations leave the same, whichever comes first.

use std::collections::BTreeSet;

use crate::field::Default as DefaultValue;
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::operation::Operation;
use crate::pair::Pair;
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, IndexState};

pub(super) fn commute(first: &Operation, second: &Operation, app: &AppLabel) -> bool {
    let (Some(mine), Some(theirs)) = (subjects(first), subjects(second)) else { return false };
    if !names(first).is_disjoint(&names(second)) {
        return false;
    }
    if mine.iter().any(|model| theirs.contains(model)) {
        return within_model(first, second);
    }
    if decides_whose(first) && reaches_others(second) || decides_whose(second) && reaches_others(first) {
        return false;
    }
    let refers = |from: &Operation, models: &[&ModelName]| {
        targets(from).iter().any(|target| target.app == *app && models.contains(&&target.model))
    };
    (!refers(first, &theirs) || leaves_references(second, first))
        && (!refers(second, &mine) || leaves_references(first, second))
}

/// True where the change has nothing that a reference leans on, also not one that the other operation makes: a key, what is unique,
/// and what a column is called or holds.
fn leaves_references(change: &Operation, other: &Operation) -> bool {
    match change {
        Operation::AddField { fill: Some(DefaultValue::Sql { .. }), .. } => false,
        Operation::AddField { field, .. } => !refers_by(other, &field.name),
        Operation::AlterField {
            from, to, fill: None, reverse_fill: None, using: None, reverse_using: None, ..
        } => {
            from.kind == to.kind
                && from.column_name() == to.column_name()
                && (&from.db_type, &from.collation, from.auto) == (&to.db_type, &to.collation, to.auto)
        }
        Operation::RemoveField { field, .. } => {
            matches!(field.kind, FieldKind::Column(_)) && is_plain(other) && !refers_by(other, &field.name)
        }
        Operation::RenameField { from, to, .. } => is_plain(other) && !refers_by(other, from) && !refers_by(other, to),
        Operation::AddIndex { index, .. } | Operation::RemoveIndex { index, .. } => !index.unique,
        Operation::AlterModelComment { .. } | Operation::AlterModelOptions { .. } => true,
        _ => false,
    }
}

/// True where the operation makes something new, and no SQL of the user's own in it reads what rows of other models hold.
fn is_plain(operation: &Operation) -> bool {
    match operation {
        Operation::CreateModel { .. } => true,
        Operation::AddField { fill, .. } => !matches!(fill, Some(DefaultValue::Sql { .. })),
        _ => false,
    }
}

/// True where a reference of the operation is one by that field.
fn refers_by(operation: &Operation, field: &FieldName) -> bool {
    let by_field =
        |made: &FieldState| made.reference().is_some_and(|reference| reference.to_field.as_ref() == Some(field));
    let by_constraint = |constraint: &ConstraintState| match &constraint.kind {
        ConstraintKind::ForeignKey { to_fields, .. } => to_fields.contains(field),
        _ => false,
    };
    let constraints: &[ConstraintState] = match operation {
        Operation::CreateModel { definition, .. } | Operation::DeleteModel { definition, .. } => {
            &definition.constraints
        }
        Operation::AddConstraint { constraint, .. } | Operation::RemoveConstraint { constraint, .. } => {
            std::slice::from_ref(constraint)
        }
        _ => &[],
    };
    operation.named_fields().into_iter().any(by_field) || constraints.iter().any(by_constraint)
}

fn decides_whose(operation: &Operation) -> bool {
    matches!(operation, Operation::SetManaged { .. })
}

/// True where tables change along that refer to the model, if they are ours.
fn reaches_others(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::RenameModel { .. }
            | Operation::AlterModelTable { .. }
            | Operation::AlterPrimaryKey { .. }
            | Operation::AlterField { .. }
            | Operation::RenameField { .. }
    )
}

/// The models that the operation changes; none for SQL of the user's own, which may change anything.
pub(super) fn subjects(operation: &Operation) -> Option<Vec<&ModelName>> {
    match operation {
        Operation::RenameModel { from, to } => Some(vec![from, to]),
        Operation::CreateModel { model, .. }
        | Operation::DeleteModel { model, .. }
        | Operation::AlterModelTable { model, .. }
        | Operation::AlterModelComment { model, .. }
        | Operation::AlterModelExtensions { model, .. }
        | Operation::AlterModelOptions { model, .. }
        | Operation::SetManaged { model, .. }
        | Operation::AlterPrimaryKey { model, .. }
        | Operation::AddField { model, .. }
        | Operation::RemoveField { model, .. }
        | Operation::AlterField { model, .. }
        | Operation::RenameField { model, .. }
        | Operation::AddIndex { model, .. }
        | Operation::RemoveIndex { model, .. }
        | Operation::RenameIndex { model, .. }
        | Operation::AddConstraint { model, .. }
        | Operation::RemoveConstraint { model, .. }
        | Operation::RenameConstraint { model, .. } => Some(vec![model]),
        // What a text of an enum is called decides what defaults and rows say, in models of any app.
        Operation::CreateEnum { .. }
        | Operation::DeleteEnum { .. }
        | Operation::AlterEnum { .. }
        // What follows a move means a model of another app.
        | Operation::MoveModel { .. }
        | Operation::ReceiveModel { .. }
        | Operation::RunSql { .. }
        | Operation::RunRust { .. }
        | Operation::StateOnly { .. }
        | Operation::DatabaseOnly { .. } => None,
    }
}

/// The models that the operation names as targets.
fn targets(operation: &Operation) -> BTreeSet<ModelRef> {
    let of_field = |field: &FieldState| field.targets().cloned().collect::<BTreeSet<_>>();
    match operation {
        Operation::CreateModel { definition, .. } | Operation::DeleteModel { definition, .. } => {
            definition.targets().cloned().collect()
        }
        Operation::AddField { field, .. } | Operation::RemoveField { field, .. } => of_field(field),
        Operation::AlterField { from, to, .. } => of_field(from).union(&of_field(to)).cloned().collect(),
        Operation::AddConstraint { constraint, .. } | Operation::RemoveConstraint { constraint, .. } => {
            match &constraint.kind {
                ConstraintKind::ForeignKey { to, .. } => BTreeSet::from([to.clone()]),
                _ => BTreeSet::new(),
            }
        }
        _ => BTreeSet::new(),
    }
}

/// The names of tables, indexes, and constraints that the operation takes or frees.
fn names(operation: &Operation) -> BTreeSet<&str> {
    let Pair { previous, next } = operation.names();
    previous.union(&next).copied().collect()
}

/// What an operation changes within its model, where that is little.
enum Part<'a> {
    Fields(Vec<&'a FieldState>),
    Index(&'a IndexState),
    Constraint(&'a ConstraintState),
    /// A comment, an option, or what an index or a constraint is called: no column and no row.
    Word,
}

fn part(operation: &Operation) -> Option<Part<'_>> {
    match operation {
        Operation::AddField { fill: Some(DefaultValue::Sql { .. }), .. } => None,
        Operation::AddField { field, .. } | Operation::RemoveField { field, .. } => Some(Part::Fields(vec![field])),
        Operation::AlterField {
            from, to, fill: None, reverse_fill: None, using: None, reverse_using: None, ..
        } if from.column_name() == to.column_name() => Some(Part::Fields(vec![from, to])),
        Operation::AddIndex { index, .. } | Operation::RemoveIndex { index, .. } => Some(Part::Index(index)),
        Operation::AddConstraint { constraint, .. } | Operation::RemoveConstraint { constraint, .. } => {
            Some(Part::Constraint(constraint))
        }
        Operation::AlterModelComment { .. }
        | Operation::AlterModelOptions { .. }
        | Operation::RenameIndex { .. }
        | Operation::RenameConstraint { .. } => Some(Part::Word),
        _ => None,
    }
}

fn within_model(first: &Operation, second: &Operation) -> bool {
    match (part(first), part(second)) {
        (Some(Part::Fields(mine)), Some(Part::Fields(theirs))) => {
            mine.iter().all(|a| theirs.iter().all(|b| apart(a, b)))
        }
        (Some(Part::Fields(fields)), Some(Part::Index(index)))
        | (Some(Part::Index(index)), Some(Part::Fields(fields))) => {
            fields.iter().all(|field| !index.uses(&field.name, field.column_name().as_deref()))
        }
        (Some(Part::Fields(fields)), Some(Part::Constraint(constraint)))
        | (Some(Part::Constraint(constraint)), Some(Part::Fields(fields))) => {
            fields.iter().all(|field| !constraint.uses(&field.name, field.column_name().as_deref()))
        }
        (Some(_), Some(_)) => true,
        _ => false,
    }
}

/// Two fields that share no name, and of which neither is computed from another or refers to one by name.
fn apart(mine: &FieldState, theirs: &FieldState) -> bool {
    let column = mine.column_name();
    let leans = |field: &FieldState| field.generated.is_some();
    let by_name = |field: &FieldState, other: &FieldName| {
        field.reference().is_some_and(|reference| reference.to_field.as_ref() == Some(other))
    };
    mine.name != theirs.name
        && (column.is_none() || column != theirs.column_name())
        && !leans(mine)
        && !leans(theirs)
        && !by_name(mine, &theirs.name)
        && !by_name(theirs, &mine.name)
}
