//! Renamed models, and models that moved to another app.

use std::collections::{BTreeMap, BTreeSet};

use super::find::Rename;
use super::gone::Gone;
use super::similarity::{self, Candidate};
use super::untrue;
use crate::detect::findings::Findings;
use crate::detect::{Answer, Choice, Question, QuestionKind};
use crate::diagnostic::{Diagnostic, code};
use crate::name::{AppLabel, ModelName, ModelRef};
use crate::pair::Pair;
use crate::state::ProjectState;

/// The renames and moves: hints first, then answers; what is left and alike is asked about.
pub(super) fn find(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> Vec<Rename<ModelRef>> {
    let mut found = declared(states, findings);
    for (old, new) in answered(states, findings) {
        match found.iter().find(|known| known.0 == old || known.1 == new) {
            None => found.push((old, new)),
            Some(known) if *known == (old.clone(), new.clone()) => {}
            Some(known) => findings.errors.push(contradicts(known, &old, &new)),
        }
    }
    untrue::models(states, &found, findings);
    untrue::swaps(states, &found, findings);
    asked(states, &found, findings);
    found
}

fn declared(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> Vec<Rename<ModelRef>> {
    let (mut found, mut renames) = (Vec::new(), BTreeMap::<ModelRef, ModelRef>::new());
    for (new, hints) in &findings.hints.models {
        let Some(old) = hints.renamed_from.clone() else { continue };
        let fires = states.next.models.contains_key(new)
            && !states.previous.models.contains_key(new)
            && states.previous.models.contains_key(&old);
        if !fires {
            continue;
        }
        let rival = renames.get(&old).cloned();
        let said = seen_from(new, &old);
        if states.next.models.contains_key(&old) || rival.is_some() {
            let what = rival.map_or_else(
                || format!("`{said}` is still there"),
                |m| format!("`{}` says so too", seen_from(new, &m)),
            );
            let message = format!("`{}` says that it was `{said}`, but {what}", new.model);
            let help = format!("remove `renamed_from = \"{said}\"` from the model that is new");
            let error = Diagnostic::error(code::HINT_STILL_THERE, message).at_opt(hints.location.clone());
            findings.errors.push(error.help(help));
        } else {
            renames.insert(old.clone(), new.clone());
            found.push((old, new.clone()));
        }
    }
    found
}

/// An answer that says otherwise than a hint: whichever is meant, the other one is a slip.
fn contradicts(hint: &Rename<ModelRef>, old: &ModelRef, new: &ModelRef) -> Diagnostic {
    let message = format!(
        "an answer says that `{}` was `{}`, and a hint in the models that `{}` was `{}`",
        new.model,
        seen_from(new, old),
        hint.1.model,
        seen_from(&hint.1, &hint.0)
    );
    Diagnostic::error(code::BAD_ANSWER, message).help("take the answer back, or correct the `renamed_from`")
}

/// A model as another one's hint names it: within its app by its name alone.
pub(super) fn seen_from(model: &ModelRef, other: &ModelRef) -> String {
    if model.app == other.app { other.model.to_string() } else { other.to_string() }
}

/// What answers confirm, also swaps and chains within an app. A name that is given up may be another model's from now on.
fn answered(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> Vec<Rename<ModelRef>> {
    let mut found: BTreeMap<AppLabel, Vec<Rename<ModelName>>> = BTreeMap::new();
    let mut confirmed = Vec::new();
    if !findings.is_answered("rename_model:") && !findings.is_answered("move_model:") {
        return confirmed;
    }
    for new in states.next.models.keys() {
        let renamed = findings.is_answered(format_args!("rename_model:{new}:"));
        for (old, _) in states.previous.app(&new.app).filter(|(old, _)| renamed && *old != new) {
            if findings.decision(|| id(old, new)) == Some(true) {
                found.entry(new.app.clone()).or_default().push((old.model.clone(), new.model.clone()));
            }
        }
        let moved =
            findings.confirmed(format_args!("move_model:{new}:")).into_iter().filter_map(|old| old.parse().ok());
        confirmed.extend(moved.filter(|old| moves_away(states, old, new)).map(|old| (old, new.clone())).next());
    }
    for (app, mut renames) in found {
        let of_app = |name: ModelName| ModelRef::new(app.clone(), name);
        similarity::untangle(&mut renames);
        confirmed.extend(renames.into_iter().map(|(old, new)| (of_app(old), of_app(new))));
    }
    confirmed
}

/// True where the new model is another app's and was not there.
fn moves_away(states: Pair<&ProjectState>, old: &ModelRef, new: &ModelRef) -> bool {
    let there = |state: &ProjectState, model: &ModelRef| state.models.contains_key(model);
    old.app != new.app && there(states.previous, old) && there(states.next, new) && !there(states.previous, new)
}

fn asked(states: Pair<&ProjectState>, found: &[Rename<ModelRef>], findings: &mut Findings<'_>) {
    let (olds, news): (BTreeSet<&ModelRef>, BTreeSet<&ModelRef>) = found.iter().map(|(old, new)| (old, new)).unzip();
    let (mut gone, mut fresh) = (Vec::new(), Vec::new());
    for (name, Pair { previous, next }) in states.models() {
        let (leaves, comes) = (olds.contains(name), news.contains(name));
        gone.extend(previous.filter(|_| !leaves && (next.is_none() || comes)).map(|model| (name, model)));
        fresh.extend(next.filter(|_| !comes && (previous.is_none() || leaves)).map(|model| (name, model)));
    }
    if gone.is_empty() || fresh.is_empty() {
        return;
    }
    let gone = Gone::new(gone);
    let mut candidates = Vec::new();
    for new in fresh {
        for old in gone.like(new) {
            let closes = similarity::closes(found, old.0, new.0);
            let score = if closes { Some(similarity::CLOSES) } else { similarity::of_models(old, new) };
            candidates.extend(score.map(|score| Candidate { old: old.0.clone(), new: new.0.clone(), score }));
        }
    }
    for candidate in similarity::best(candidates, |old, new| findings.decision(|| id(old, new)) == Some(false)) {
        findings.questions.push(question(&candidate, findings));
    }
}

fn id(old: &ModelRef, new: &ModelRef) -> String {
    let kind = if old.app == new.app { "rename_model" } else { "move_model" };
    format!("{kind}:{new}:{}", seen_from(new, old))
}

fn question(candidate: &Candidate<ModelRef>, findings: &Findings<'_>) -> Question {
    let Candidate { old, new, .. } = candidate;
    let moved = old.app != new.app;
    let (old_name, new_name) = (seen_from(new, old), seen_from(old, new));
    let message = if moved {
        format!("is `{new_name}` what was `{old_name}`, moved to another app?")
    } else {
        format!("was `{new_name}` named `{old_name}` before?")
    };
    Question {
        id: id(old, new),
        kind: if moved { QuestionKind::MoveModel } else { QuestionKind::RenameModel },
        message,
        location: findings.hints.model_location(new),
        notes: vec![candidate.reason(ToString::to_string)],
        helps: vec![format!("#[model(renamed_from = \"{old_name}\")]   on `{new_name}`, where it is the same")],
        options: vec![
            Choice::new(Some(Answer::yes()), format!("yes, {old_name} is now {new_name}"), "every row stays"),
            Choice::new(
                Some(Answer::no()),
                format!("no, {new_name} is new"),
                format!("the rows of {old_name} go with its table"),
            ),
        ],
    }
}
