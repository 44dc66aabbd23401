//! Renames that somebody declared and that cannot be: the old name was nobody's, or two models claim each other's.
//!
//! Without these errors a slip of the pen drops a column or a table, and puts an empty one beside it.

use std::collections::BTreeSet;

use super::find::Rename;
use super::models::seen_from;
use crate::detect::findings::Findings;
use crate::diagnostic::{Diagnostic, Location, code};
use crate::name::{AppLabel, FieldName, ModelRef};
use crate::pair::Pair;
use crate::source::nearest;
use crate::state::{ModelState, ProjectState};

/// Refuses renames and moves of the new models whose old name is not there, while models go that may be meant.
pub(super) fn models(states: Pair<&ProjectState>, found: &[Rename<ModelRef>], findings: &mut Findings<'_>) {
    let after: BTreeSet<&ModelRef> = found.iter().map(|(_, new)| new).collect();
    let before: BTreeSet<&ModelRef> = found.iter().map(|(old, _)| old).collect();
    let fresh = states.models().filter(|(model, sides)| sides.previous.is_none() && !after.contains(model));
    for (new, _) in fresh {
        let hint = former(findings, new);
        let renames = findings.confirmed(format_args!("rename_model:{new}:"));
        let moves = findings.confirmed(format_args!("move_model:{new}:"));
        if hint.is_none() && renames.is_empty() && moves.is_empty() {
            continue;
        }
        let known = |old: &ModelRef| states.previous.models.contains_key(old);
        let gone = |app: &AppLabel| -> BTreeSet<String> {
            let gone = states.previous.app(app).map(|(old, _)| old);
            let gone = gone.filter(|old| !states.next.models.contains_key(old) && !before.contains(old));
            gone.map(|old| seen_from(new, old)).collect()
        };
        let place = findings.hints.model_location(new);
        let what = format!("`{}`", new.model);
        if let Some(old) = hint.filter(|old| !known(old)) {
            let gone = gone(&old.app);
            if !gone.is_empty() {
                findings.errors.push(unknown(&what, &seen_from(new, &old), &gone, place.clone()));
            }
        }
        for old in renames {
            if !known(&ModelRef::new(new.app.clone(), old)) {
                findings.errors.push(unanswerable(&what, old, &gone(&new.app), place.clone()));
            }
        }
        for old in moves {
            let app = old.split_once('.').map_or_else(|| new.app.clone(), |(app, _)| AppLabel::from(app));
            let is_known = old.parse::<ModelRef>().is_ok_and(|old| known(&old));
            findings.errors.push(if is_known {
                taken(&what, old, place.clone())
            } else {
                unanswerable(&what, old, &gone(&app), place.clone())
            });
        }
    }
}

/// Refuses hints of models that claim each other's names: a hint that is done looks just the same.
pub(super) fn swaps(states: Pair<&ProjectState>, found: &[Rename<ModelRef>], findings: &mut Findings<'_>) {
    let both = |model: &ModelRef| states.previous.models.contains_key(model) && states.next.models.contains_key(model);
    for new in states.next.models.keys() {
        let Some(old) = former(findings, new).filter(|old| both(new) && both(old) && old != new) else { continue };
        let answered = found.iter().any(|(_, to)| to == new);
        if answered || !circular(findings, new) {
            continue;
        }
        let message = format!("`{}` says that it was `{}`, which is still there", new.model, seen_from(new, &old));
        let error = Diagnostic::error(code::HINT_STILL_THERE, message)
            .at_opt(findings.hints.model_location(new))
            .note("a hint cannot say that names were swapped: once it is done, the same hint would say it again")
            .help(format!("take the hints out, and run it with `--rename {old}:{}` for each of them", new.model));
        findings.errors.push(error);
    }
}

fn former(findings: &Findings<'_>, model: &ModelRef) -> Option<ModelRef> {
    findings.hints.models.get(model)?.renamed_from.clone()
}

/// True where the hints lead from the model back to itself.
fn circular(findings: &Findings<'_>, start: &ModelRef) -> bool {
    let mut at = start.clone();
    for _ in 0..=findings.hints.models.len() {
        match former(findings, &at) {
            Some(old) if old == *start => return true,
            Some(old) => at = old,
            None => return false,
        }
    }
    false
}

/// Refuses renames of the new fields of a model whose old name is not there, while fields go that may be meant.
pub(super) fn fields(
    model: &ModelRef,
    models: Pair<&ModelState>,
    renames: &[Rename<FieldName>],
    findings: &mut Findings<'_>,
) {
    let gone: BTreeSet<String> = models
        .previous
        .fields
        .iter()
        .filter(|old| models.next.field(&old.name).is_none() && renames.iter().all(|(from, _)| *from != old.name))
        .map(|old| old.name.to_string())
        .collect();
    let known = |old: &str| models.previous.field(&FieldName::new(old)).is_some();
    for new in models.next.fields.iter().map(|field| &field.name) {
        if models.previous.field(new).is_some() || renames.iter().any(|(_, to)| to == new) {
            continue;
        }
        let hint = findings.hints.field(model, new).and_then(|hints| hints.renamed_from.as_ref());
        let place = findings.hints.field_location(model, new);
        let what = format!("`{}.{new}`", model.model);
        if let Some(old) = hint.map(FieldName::as_str).filter(|old| !gone.is_empty() && !known(old)) {
            findings.errors.push(unknown(&what, old, &gone, place.clone()));
        }
        for old in findings.confirmed(format_args!("rename_field:{model}.{new}:")).into_iter().filter(|old| !known(old))
        {
            findings.errors.push(unanswerable(&what, old, &gone, place.clone()));
        }
    }
}

fn unknown(new: &str, old: &str, gone: &BTreeSet<String>, place: Option<Location>) -> Diagnostic {
    let message = format!("{new} says that it was `{old}`, and the migrations know no `{old}`");
    let error = Diagnostic::error(code::HINT_NAMES_NOTHING, message).at_opt(place);
    with_names(error, old, gone).help("or remove the hint: then nothing is renamed")
}

fn unanswerable(new: &str, old: &str, gone: &BTreeSet<String>, place: Option<Location>) -> Diagnostic {
    let message = format!("an answer says that {new} was `{old}`, and the migrations know no `{old}`");
    with_names(Diagnostic::error(code::BAD_ANSWER, message).at_opt(place), old, gone)
}

fn taken(new: &str, old: &str, place: Option<Location>) -> Diagnostic {
    let message = format!("an answer says that {new} was `{old}`, which became another model");
    Diagnostic::error(code::BAD_ANSWER, message).at_opt(place)
}

fn with_names(error: Diagnostic, old: &str, gone: &BTreeSet<String>) -> Diagnostic {
    match nearest(old, gone.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if gone.is_empty() => error,
        None => {
            let names: Vec<String> = gone.iter().map(|name| format!("`{name}`")).collect();
            error.help(format!("what goes is {}", names.join(", ")))
        }
    }
}
