//! Constraints: the same under another name is renamed, anything else is removed and added.

use super::model::Compared;
use crate::detect::change::{Change, ChangeKind};
use crate::detect::findings::Findings;
use crate::diagnostic::{Diagnostic, code};
use crate::name::FieldName;
use crate::state::{ConstraintKind, ConstraintState, FieldState, ModelState};

pub(super) fn compare(model: &Compared<'_>, removed: &[&FieldState], findings: &mut Findings<'_>) -> Vec<Change> {
    let uses =
        |constraint: &ConstraintState, field: &FieldState| constraint.uses(&field.name, field.column_text().as_deref());
    let leans = |constraint: &ConstraintState| removed.iter().any(|field| uses(constraint, field));
    let mut gone: Vec<&ConstraintState> = model.aligned.constraints.iter().collect();
    let mut fresh: Vec<&ConstraintState> = Vec::new();
    for constraint in &model.next.constraints {
        match gone.iter().position(|before| before.matches(constraint) && !leans(before)) {
            Some(at) => drop(gone.remove(at)),
            None => fresh.push(constraint),
        }
    }
    let mut changes = Vec::new();
    fresh.retain(|constraint| {
        // A name that another one has yet to give up is no rename: both are made anew.
        if constraint.name.as_deref().is_some_and(|name| model.aligned.constraint(name).is_some()) {
            return true;
        }
        let same = |before: &&ConstraintState| before.same_but_name(constraint) && !leans(before);
        let Some(at) = gone.iter().position(same) else { return true };
        if let (Some(from), Some(to)) = (gone.remove(at).name.clone(), constraint.name.clone()) {
            changes.push(Change::new(model.name, ChangeKind::RenameConstraint { from, to }));
        }
        false
    });
    for constraint in gone {
        if let Some(name) = constraint.name.clone() {
            changes.push(Change::new(model.name, ChangeKind::RemoveConstraint { name }));
        }
    }
    for constraint in fresh {
        if let Some(name) = constraint.name.clone() {
            changes.push(Change::new(model.name, ChangeKind::AddConstraint { name }));
        }
        if let ConstraintKind::Unique { fields, nulls_not_distinct, .. } = &constraint.kind {
            warn_unique(model, fields, *nulls_not_distinct, findings);
        }
    }
    changes
}

/// True where no two rows share the values already. One that is checked at the end of a transaction counts: a migration begins after it.
fn keeps_apart(model: &ModelState, fields: &[FieldName], nulls_not_distinct: bool) -> bool {
    let required = fields.iter().all(|name| model.field(name).is_some_and(|field| !field.null));
    let is_one = |constraint: &ConstraintState| match &constraint.kind {
        ConstraintKind::Unique { fields: others, nulls_not_distinct: equal, .. } => {
            others.len() == fields.len()
                && others.iter().all(|field| fields.contains(field))
                && (*equal || required || !nulls_not_distinct)
        }
        _ => false,
    };
    model.constraints.iter().any(is_one) || (required || !nulls_not_distinct) && model.is_unique(fields)
}

/// Warns where rows that exist must become unique; not where a new nullable field keeps them apart.
pub(super) fn warn_unique(
    model: &Compared<'_>,
    fields: &[FieldName],
    nulls_not_distinct: bool,
    findings: &mut Findings<'_>,
) {
    let empty = |field: &FieldName| {
        let arrives = model.previous.field(field).is_none();
        arrives && model.next.field(field).is_some_and(|f| f.null && f.default.is_none())
    };
    let are_apart = keeps_apart(model.aligned, fields, nulls_not_distinct);
    if !model.next.managed || are_apart || !nulls_not_distinct && fields.iter().any(empty) {
        return;
    }
    let names: Vec<String> = fields.iter().map(ToString::to_string).collect();
    let message =
        format!("`{}` becomes unique by {}, and rows that exist may not be", model.name.model, names.join(", "));
    let location = match fields {
        [field] => findings.hints.field_location(model.name, field),
        _ => findings.hints.model_location(model.name),
    };
    let warning = Diagnostic::warning(code::UNIQUE_ON_ROWS, message).at_opt(location);
    findings
        .warnings
        .push(warning.help("the migration stops before it changes anything where two rows share the values"));
}
