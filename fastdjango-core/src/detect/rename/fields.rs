//! Renamed fields.

use std::collections::{BTreeMap, BTreeSet};

use super::find::Rename;
use super::similarity::{self, Candidate};
use super::untrue;
use crate::detect::findings::Findings;
use crate::detect::{Answer, Choice, Question, QuestionKind};
use crate::diagnostic::{Diagnostic, code};
use crate::name::{FieldName, ModelRef};
use crate::pair::Pair;
use crate::state::{FieldState, ModelState, ProjectState};

/// The renames of every model that both states have; the previous state has renamed models under their new names.
pub(super) fn find(
    states: Pair<&ProjectState>,
    findings: &mut Findings<'_>,
) -> BTreeMap<ModelRef, Vec<Rename<FieldName>>> {
    let mut found = BTreeMap::new();
    for (model, sides) in states.models() {
        let Pair { previous: Some(previous), next: Some(next) } = sides else { continue };
        let models = Pair::new(previous, next);
        let untouched = previous.fields.iter().map(|f| &f.name).eq(next.fields.iter().map(|f| &f.name));
        if untouched && !findings.is_answered(format_args!("rename_field:{model}.")) {
            continue;
        }
        let mut renames = declared(model, models, findings);
        for rename in answered(model, models, findings) {
            if renames.iter().all(|known| known.0 != rename.0 && known.1 != rename.1) {
                renames.push(rename);
            }
        }
        untrue::fields(model, models, &renames, findings);
        asked(model, models, &renames, findings);
        if !renames.is_empty() {
            found.insert(model.clone(), renames);
        }
    }
    found
}

fn declared(model: &ModelRef, models: Pair<&ModelState>, findings: &mut Findings<'_>) -> Vec<Rename<FieldName>> {
    let mut renames: Vec<Rename<FieldName>> = Vec::new();
    for field in models.next.fields.iter().filter(|field| models.previous.field(&field.name).is_none()) {
        let new = &field.name;
        let Some(hints) = findings.hints.field(model, new) else { continue };
        let Some(old) = hints.renamed_from.clone().filter(|old| models.previous.field(old).is_some()) else { continue };
        let rival = renames.iter().find(|(taken, _)| *taken == old).map(|(_, rival)| rival.clone());
        if models.next.field(&old).is_some() || rival.is_some() {
            let what = rival.map_or_else(|| format!("`{old}` is still there"), |f| format!("`{f}` says so too"));
            let message = format!("`{}.{new}` says that it was `{old}`, but {what}", model.model);
            let help = format!("remove `renamed_from = \"{old}\"` from the field that is new");
            let error = Diagnostic::error(code::HINT_STILL_THERE, message).at_opt(hints.location.clone());
            findings.errors.push(error.help(help));
        } else {
            renames.push((old, new.clone()));
        }
    }
    renames
}

/// What answers confirm, also swaps and chains.
fn answered(model: &ModelRef, models: Pair<&ModelState>, findings: &mut Findings<'_>) -> Vec<Rename<FieldName>> {
    let mut renames = Vec::new();
    for new in models.next.fields.iter().map(|field| &field.name) {
        if !findings.is_answered(format_args!("rename_field:{model}.{new}:")) {
            continue;
        }
        for old in models.previous.fields.iter().map(|field| &field.name).filter(|old| *old != new) {
            if findings.decision(|| id(model, old, new)) == Some(true) {
                renames.push((old.clone(), new.clone()));
            }
        }
    }
    similarity::untangle(&mut renames);
    renames
}

fn asked<'a>(model: &ModelRef, models: Pair<&'a ModelState>, known: &[Rename<FieldName>], findings: &mut Findings<'_>) {
    let (olds, news): (BTreeSet<&FieldName>, BTreeSet<&FieldName>) = known.iter().map(|(old, new)| (old, new)).unzip();
    let left =
        |one: &'a ModelState, other: &ModelState, own: &BTreeSet<_>, others: &BTreeSet<_>| -> Vec<&'a FieldState> {
            let left = one.fields.iter().enumerate().filter(|(at, field)| {
                let name = &field.name;
                !own.contains(name) && (other.field_near(*at, name).is_none() || others.contains(name))
            });
            left.map(|(_, field)| field).collect()
        };
    let gone = left(models.previous, models.next, &olds, &news);
    let fresh = left(models.next, models.previous, &news, &olds);
    let mut candidates = Vec::new();
    for new in &fresh {
        for old in &gone {
            let closes = similarity::closes(known, &old.name, &new.name) && similarity::can_follow(old, new);
            let score = if closes { Some(similarity::CLOSES) } else { similarity::of_fields(old, new) };
            candidates.extend(score.map(|score| Candidate { old: &old.name, new: &new.name, score }));
        }
    }
    for candidate in similarity::best(candidates, |old, new| findings.decision(|| id(model, old, new)) == Some(false)) {
        findings.questions.push(question(model, &candidate, findings));
    }
}

fn id(model: &ModelRef, old: &FieldName, new: &FieldName) -> String {
    format!("rename_field:{model}.{new}:{old}")
}

fn question(model: &ModelRef, candidate: &Candidate<&FieldName>, findings: &Findings<'_>) -> Question {
    let Candidate { old, new, .. } = candidate;
    let name = &model.model;
    Question {
        id: id(model, old, new),
        kind: QuestionKind::RenameField,
        message: format!("was `{name}.{new}` named `{old}` before?"),
        location: findings.hints.field_location(model, new),
        notes: vec![candidate.reason(|field| format!("{name}.{field}"))],
        helps: vec![format!("#[field(renamed_from = \"{old}\")]   on `{new}`, where it is the same")],
        options: vec![
            Choice::new(Some(Answer::yes()), format!("yes, {old} is now {new}"), "every value stays"),
            Choice::new(Some(Answer::no()), format!("no, {new} is new"), format!("the values of {old} go")),
        ],
    }
}
