//! Whoever goes and whose name another one takes: an answer said so, and nothing in the models does.

use super::find::{Made, Rename};
use crate::detect::Answer;
use crate::detect::change::{Change, ChangeKind};
use crate::detect::findings::Findings;
use crate::detect::loss;
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::state::{FieldState, ModelState};

/// The renames with what makes way for them. A model that goes is deleted before another takes its name; where something still
/// refers to it, it stops over at a name of its own, and goes once nothing does.
pub(super) fn for_models(
    app: &AppLabel,
    mut renames: Vec<Rename<ModelName>>,
    made: &mut Made<'_>,
    findings: &mut Findings<'_>,
) -> Vec<Rename<ModelName>> {
    let of_app = |name: &ModelName| ModelRef::new(app.clone(), name.clone());
    for (taker, name) in holders(&renames, |name| made.state.models.contains_key(&of_app(name))) {
        let model = of_app(&name);
        let before = made.state.models.get(&model).cloned();
        if made.make_all(vec![Change::new(&model, ChangeKind::DeleteModel)]) {
            if let Some(before) = before {
                loss::of_model(&model, &before, Some(&taker), findings);
            }
        } else {
            let taken =
                |stop: &ModelName| [&made.state, made.next].iter().any(|s| s.models.contains_key(&of_app(stop)));
            renames.push((name.clone(), free(&name, taken)));
        }
    }
    renames
}

/// The same for the fields of a model, and what leans on one that goes; one that is referred to, or is of the key, stops over.
pub(super) fn for_fields(
    model: &ModelRef,
    mut renames: Vec<Rename<FieldName>>,
    made: &mut Made<'_>,
    findings: &mut Findings<'_>,
) -> Vec<Rename<FieldName>> {
    let Some(before) = made.state.models.get(model).cloned() else { return renames };
    let managed = made.next.models.get(model).is_some_and(|next| next.managed);
    for (taker, name) in holders(&renames, |name| before.field(name).is_some()) {
        let Some(field) = before.field(&name) else { continue };
        if made.make_all(removals(model, &before, field, findings)) {
            if managed {
                loss::of_field(model, field, Some(&taker), findings);
            }
        } else {
            let next = made.next.models.get(model);
            let taken =
                |stop: &FieldName| before.field(stop).is_some() || next.is_some_and(|m| m.field(stop).is_some());
            renames.push((name.clone(), free(&name, taken)));
        }
    }
    renames
}

/// The names that renames take from what neither moves on nor stays, each with what takes it.
fn holders<T: Ord + Clone>(renames: &[Rename<T>], exists: impl Fn(&T) -> bool) -> Vec<Rename<T>> {
    let moves_on = |name: &T| renames.iter().any(|(from, _)| from == name);
    renames.iter().filter(|(_, to)| exists(to) && !moves_on(to)).cloned().collect()
}

/// What takes a field away with the indexes and constraints that lean on it.
fn removals(model: &ModelRef, here: &ModelState, field: &FieldState, findings: &Findings<'_>) -> Vec<Change> {
    let column = field.column_name();
    let indexes = here.indexes.iter().filter(|index| index.uses(&field.name, column.as_deref()));
    let indexes = indexes.filter_map(|index| Some(ChangeKind::RemoveIndex { name: index.name.clone()? }));
    let constraints = here.constraints.iter().filter(|constraint| constraint.uses(&field.name, column.as_deref()));
    let constraints = constraints.filter_map(|c| Some(ChangeKind::RemoveConstraint { name: c.name.clone()? }));
    let answer = findings.answer(format_args!("reverse_fill:{model}.{}", field.name));
    let reverse_fill = answer.and_then(Answer::as_fill);
    let removal = ChangeKind::RemoveField { field: field.name.clone(), reverse_fill };
    indexes.chain(constraints).chain([removal]).map(|kind| Change::new(model, kind)).collect()
}

/// A name that nothing has or will have.
fn free<T: for<'a> From<&'a str> + ToString>(name: &T, taken: impl Fn(&T) -> bool) -> T {
    let mut stop = T::from(&format!("{}_replaced", name.to_string()));
    while taken(&stop) {
        stop = T::from(&format!("{}_", stop.to_string()));
    }
    stop
}
