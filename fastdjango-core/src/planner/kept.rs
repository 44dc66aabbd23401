//! What a computed field leans on that is computed no longer: it keeps what it holds, and that must not change in its run.

use std::collections::BTreeSet;

use super::plan::is_retyped;
use crate::field::{Default, Sql};
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::operation::Operation;
use crate::state::{FieldState, ModelState, ProjectState};

/// True where the run changes what a field holds, or would be filled with, that is computed no longer: it keeps that, and a
/// rebuild reads the values of before the run.
pub(super) fn computes_anew(run: &[Operation], next: &Operation, (app, before): (&AppLabel, &ProjectState)) -> bool {
    let Operation::AlterField { model, from, to, fill, .. } = next else { return false };
    if from.generated.is_none() || to.generated.is_some() {
        return false;
    }
    let mut state = before.clone();
    // A fault of the models is said where they are planned.
    let applied = run.iter().all(|operation| operation.apply(app, &mut state).is_ok());
    let owner = ModelRef { app: app.clone(), model: model.clone() };
    let Some(definition) = state.models.get(&owner).filter(|_| applied) else { return true };
    changes(run, model, &leant_on(definition, &from.name, fill.as_ref()))
}

/// The field, and those that it is computed from or filled with, if only through others.
fn leant_on<'a>(model: &'a ModelState, kept: &FieldName, fill: Option<&Default>) -> Vec<&'a FieldState> {
    let mentions = |sql: &Sql, field: &FieldState| field.column_name().is_some_and(|column| sql.mentions(&column));
    let fill = match fill {
        Some(Default::Sql { sql }) => Some(sql),
        Some(Default::Value(_)) | None => None,
    };
    let first = |field: &&FieldState| field.name == *kept || fill.is_some_and(|sql| mentions(sql, field));
    let (mut found, mut rest): (Vec<_>, Vec<_>) = model.fields.iter().partition(first);
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
