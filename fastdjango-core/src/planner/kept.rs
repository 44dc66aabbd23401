//! What values are made from that rows get or keep: by a fill, or by a field that is computed no longer. It must not change in
//! their run.

use std::collections::BTreeSet;

use super::plan::is_retyped;
use crate::field::{Default, Sql};
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::operation::Operation;
use crate::state::{FieldState, ModelState, ProjectState};

/// True where the run changes what a field holds, or would be filled with, that is computed no longer: it keeps that, and a
/// rebuild reads the values of before the run.
pub(super) fn computes_anew(run: &[Operation], next: &Operation, before: (&AppLabel, &ProjectState)) -> bool {
    let Operation::AlterField { model, from, to, fill, .. } = next else { return false };
    if from.generated.is_none() || to.generated.is_some() {
        return false;
    }
    let Some(definition) = model_after(run, model, before) else { return true };
    let fill = expression(fill.as_ref());
    let first = |field: &FieldState| field.name == from.name || fill.is_some_and(|sql| mentions(sql, field));
    changes(run, model, &leant_on(&definition, first))
}

/// True where the value that rows get is made from a column that the run adds, or gives other values: a rebuild reads the
/// table of before the run. The rows of a new model have yet to come.
pub(super) fn fills_from_changed(run: &[Operation], next: &Operation, before: (&AppLabel, &ProjectState)) -> bool {
    let Some((model, sql)) = filled_by_expression(next).filter(|(model, _)| !is_created(run, model)) else {
        return false;
    };
    let Some(definition) = model_after(run, model, before) else { return true };
    changes(run, model, &leant_on(&definition, |field| mentions(sql, field)))
}

/// True where the operation takes away, or gives other values, what a value of the run is made from: in place, columns go and
/// change before new ones come.
pub(super) fn changes_read(run: &[Operation], next: &Operation, before: (&AppLabel, &ProjectState)) -> bool {
    run.iter().enumerate().any(|(at, operation)| {
        let (earlier, later) = run.split_at(at);
        let Some((model, sql)) = filled_by_expression(operation).filter(|(model, _)| !is_created(earlier, model))
        else {
            return false;
        };
        let Some(definition) = model_after(earlier, model, before) else { return true };
        let read = leant_on(&definition, |field| mentions(sql, field));
        let model = later.iter().fold(model, |model, operation| match operation {
            Operation::RenameModel { from, to } if from == model => to,
            _ => model,
        });
        changes(std::slice::from_ref(next), model, &read) || removes(next, model, &read)
    })
}

fn removes(operation: &Operation, of: &ModelName, fields: &[&FieldState]) -> bool {
    matches!(operation, Operation::RemoveField { model, field, .. }
        if model == of && fields.iter().any(|read| read.name == field.name))
}

/// The model whose rows get a value by an expression, and the expression.
pub(super) fn filled_by_expression(operation: &Operation) -> Option<(&ModelName, &Sql)> {
    match operation {
        Operation::AddField { model, fill, .. } | Operation::AlterField { model, fill, .. } => {
            Some((model, expression(fill.as_ref())?))
        }
        _ => None,
    }
}

const fn expression(fill: Option<&Default>) -> Option<&Sql> {
    match fill {
        Some(Default::Sql { sql }) => Some(sql),
        Some(Default::Value(_)) | None => None,
    }
}

fn mentions(sql: &Sql, field: &FieldState) -> bool {
    field.column_name().is_some_and(|column| sql.mentions(&column))
}

/// The model as the run leaves it; `None` for a fault of the models, which is said where they are planned.
fn model_after(run: &[Operation], model: &ModelName, (app, before): (&AppLabel, &ProjectState)) -> Option<ModelState> {
    let mut state = before.clone();
    let applied = run.iter().all(|operation| operation.apply(app, &mut state).is_ok());
    state.models.remove(&ModelRef::new(app.clone(), model.clone())).filter(|_| applied)
}

/// True where the model comes with the run; it goes by its name of after the run.
fn is_created<'a>(run: &'a [Operation], mut model: &'a ModelName) -> bool {
    for operation in run.iter().rev() {
        match operation {
            Operation::CreateModel { model: created, .. } if created == model => return true,
            Operation::RenameModel { from, to } if to == model => model = from,
            _ => {}
        }
    }
    false
}

/// The first ones, and those that they are computed from, if only through others.
fn leant_on(model: &ModelState, first: impl Fn(&FieldState) -> bool) -> Vec<&FieldState> {
    let (mut found, mut rest): (Vec<_>, Vec<_>) = model.fields.iter().partition(|field| first(field));
    let mut at = 0;
    while let Some(generated) = found.get(at).map(|field| &field.generated) {
        let leans = |field: &&FieldState| generated.as_ref().is_some_and(|of| mentions(&of.expression, field));
        let (more, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(leans);
        found.extend(more);
        rest = others;
        at += 1;
    }
    found
}

/// True where an operation of the run gives one of the fields other values; they go by the names of after the run.
fn changes<'a>(run: &'a [Operation], mut of: &'a ModelName, fields: &[&FieldState]) -> bool {
    // A reference has the type of what it refers to, which may be anybody's.
    let refers = fields.iter().any(|field| field.reference().is_some());
    let is_of = |name: &str| fields.iter().any(|field| field.enum_name() == Some(name));
    let mut names: BTreeSet<&FieldName> = fields.iter().map(|field| &field.name).collect();
    for operation in run.iter().rev() {
        let changes = match operation {
            Operation::AddField { model, field, .. } => model == of && names.contains(&field.name),
            Operation::AlterField { model, from, to, fill, .. } => {
                let other = to.generated.is_some() && from.generated != to.generated;
                let own = model == of && names.contains(&to.name);
                own && (fill.is_some() || other) || (own || refers) && is_retyped(from, to)
            }
            Operation::AlterEnum { r#enum, renamed, .. } => !renamed.is_empty() && (refers || is_of(r#enum)),
            _ => false,
        };
        match operation {
            _ if changes => return true,
            Operation::RenameModel { from, to } if to == of => of = from,
            Operation::RenameField { model, from, to } if model == of && names.remove(to) => {
                names.insert(from);
            }
            _ => {}
        }
    }
    false
}
