//! Renames, and everything that follows a name: references, keys, indexes, constraints, and fragments of SQL.

use super::apply::{find, misfit};
use crate::diagnostic::Diagnostic;
use crate::field::{Default, Sql};
use crate::name::{FieldName, ModelRef};
use crate::state::{ConstraintKind, FieldKind, FieldState, ModelState, ProjectState};

pub(super) fn rename_model(from: &ModelRef, to: &ModelRef, state: &mut ProjectState) -> Result<(), Diagnostic> {
    if state.models.contains_key(to) {
        return Err(misfit(format!("there is a model `{to}` already")));
    }
    let Some(model) = state.models.remove(from) else {
        return Err(misfit(format!("there is no model `{from}`")));
    };
    state.models.insert(to.clone(), model);
    for referrer in referrers(from, state) {
        for reference in state.models.get_mut(&referrer).into_iter().flat_map(references) {
            if *reference == *from {
                *reference = to.clone();
            }
        }
    }
    Ok(())
}

/// Whoever refers to `model`, itself among them; only those are copied where a state before has them too.
fn referrers(model: &ModelRef, state: &ProjectState) -> Vec<ModelRef> {
    state.referring(model).map(|(name, _)| name.clone()).collect()
}

fn references(model: &mut ModelState) -> impl Iterator<Item = &mut ModelRef> {
    let refers = |field: &FieldState| field.target().is_some();
    let fields = model.fields.some_mut(refers).flat_map(|field| match &mut field.kind {
        FieldKind::Column(_) => [None, None],
        FieldKind::ForeignKey(reference) => [Some(&mut reference.to), None],
        FieldKind::ManyToMany(pairs) => [Some(&mut pairs.to), pairs.through.as_mut()],
    });
    let constraints = model.constraints.iter_mut().map(|constraint| match &mut constraint.kind {
        ConstraintKind::ForeignKey { to, .. } => Some(to),
        _ => None,
    });
    fields.flatten().chain(constraints.flatten())
}

pub(super) fn rename_field(
    model: &ModelRef,
    from: &FieldName,
    to: &FieldName,
    state: &mut ProjectState,
) -> Result<(), Diagnostic> {
    let found = find(model, state)?;
    if found.field(to).is_some() {
        return Err(misfit(format!("`{model}` has a field `{to}` already")));
    }
    let Some(field) = found.field_mut(from) else {
        return Err(misfit(format!("there is no field `{model}.{from}`")));
    };
    let before = field.column_name();
    field.name = to.clone();
    let after = field.column_name();
    rename_members(found, from, to);
    if let (Some(before), Some(after)) = (before, after)
        && before != after
    {
        rename_column(found, &before, &after);
    }
    for referrer in referrers(model, state) {
        for name in state.models.get_mut(&referrer).into_iter().flat_map(|other| targets(other, model)) {
            if name == from {
                *name = to.clone();
            }
        }
    }
    Ok(())
}

fn rename_members(model: &mut ModelState, from: &FieldName, to: &FieldName) {
    let indexed =
        model.indexes.iter_mut().flat_map(|i| i.fields.iter_mut().map(|f| &mut f.field).chain(&mut i.include));
    let constrained = model.constraints.iter_mut().flat_map(crate::state::ConstraintState::fields_mut);
    for name in model.primary_key.iter_mut().chain(indexed).chain(constrained) {
        if name == from {
            *name = to.clone();
        }
    }
}

/// The fields of `target` that `model` refers to by name.
fn targets<'a>(model: &'a mut ModelState, target: &'a ModelRef) -> impl Iterator<Item = &'a mut FieldName> {
    let refers = |field: &FieldState| field.target() == Some(target);
    let fields = model.fields.some_mut(refers).filter_map(move |field| match &mut field.kind {
        FieldKind::ForeignKey(reference) if reference.to == *target => reference.to_field.as_mut(),
        _ => None,
    });
    let constraints = model.constraints.iter_mut().flat_map(move |constraint| match &mut constraint.kind {
        ConstraintKind::ForeignKey { to, to_fields, .. } if to == target => to_fields.as_mut_slice(),
        _ => &mut [],
    });
    fields.chain(constraints)
}

/// Rewrites every fragment of the model that names the column.
pub(super) fn rename_column(model: &mut ModelState, from: &str, to: &str) {
    for fragment in fragments(model) {
        if fragment.mentions(from) {
            *fragment = fragment.renamed(from, to);
        }
    }
}

fn fragments(model: &mut ModelState) -> impl Iterator<Item = &mut Sql> {
    let has_one = |field: &FieldState| field.generated.is_some() || matches!(field.default, Some(Default::Sql { .. }));
    let fields = model.fields.some_mut(has_one).flat_map(|field| {
        let default = match &mut field.default {
            Some(Default::Sql { sql }) => Some(sql),
            Some(Default::Value(_)) | None => None,
        };
        default.into_iter().chain(field.generated.as_mut().map(|generated| &mut generated.expression))
    });
    let indexes = model.indexes.iter_mut().flat_map(|i| i.expression.iter_mut().chain(&mut i.condition));
    let constraints = model.constraints.iter_mut().filter_map(|constraint| match &mut constraint.kind {
        ConstraintKind::Check { sql } => Some(sql),
        _ => None,
    });
    fields.chain(indexes).chain(constraints)
}
