//! Renamed models.

use std::collections::{BTreeMap, BTreeSet};

use super::find::Rename;
use super::similarity::{self, Candidate};
use super::untrue;
use crate::detect::findings::Findings;
use crate::detect::{Answer, Choice, Question, QuestionKind};
use crate::diagnostic::{Diagnostic, code};
use crate::name::{AppLabel, ModelName, ModelRef};
use crate::pair::Pair;
use crate::state::{ModelState, ProjectState};

/// The renames of every app: hints first, then answers; what is left and alike is asked about.
pub(super) fn find(
    states: Pair<&ProjectState>,
    findings: &mut Findings<'_>,
) -> BTreeMap<AppLabel, Vec<Rename<ModelName>>> {
    let mut found: BTreeMap<AppLabel, Vec<Rename<ModelName>>> = BTreeMap::new();
    for (old, new) in declared(states, findings) {
        found.entry(new.app.clone()).or_default().push((old.model, new.model));
    }
    for (app, renames) in answered(states, findings) {
        let known = found.entry(app).or_default();
        let fresh = |rename: &Rename<ModelName>| known.iter().all(|k| k.0 != rename.0 && k.1 != rename.1);
        let renames: Vec<_> = renames.into_iter().filter(fresh).collect();
        known.extend(renames);
    }
    untrue::models(states, &found, findings);
    untrue::swaps(states, &found, findings);
    asked(states, &found, findings);
    found.retain(|_, renames| !renames.is_empty());
    found
}

fn declared(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> Vec<(ModelRef, ModelRef)> {
    let (mut found, mut renames) = (Vec::new(), BTreeMap::<ModelRef, ModelRef>::new());
    for (new, hints) in &findings.hints.models {
        let Some(old) = hints.renamed_from.as_ref().map(|old| ModelRef::new(new.app.clone(), old.clone())) else {
            continue;
        };
        let fires = states.next.models.contains_key(new)
            && !states.previous.models.contains_key(new)
            && states.previous.models.contains_key(&old);
        if !fires {
            continue;
        }
        let rival = renames.get(&old).map(|rival| rival.model.clone());
        if states.next.models.contains_key(&old) || rival.is_some() {
            let what =
                rival.map_or_else(|| format!("`{}` is still there", old.model), |m| format!("`{m}` says so too"));
            let message = format!("`{}` says that it was `{}`, but {what}", new.model, old.model);
            let help = format!("remove `renamed_from = \"{}\"` from the model that is new", old.model);
            let error = Diagnostic::error(code::HINT_STILL_THERE, message).at_opt(hints.location.clone());
            findings.errors.push(error.help(help));
        } else {
            renames.insert(old.clone(), new.clone());
            found.push((old, new.clone()));
        }
    }
    found
}

/// What answers confirm, also swaps; a name that stays in use takes no other.
fn answered(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> BTreeMap<AppLabel, Vec<Rename<ModelName>>> {
    let mut found: BTreeMap<AppLabel, Vec<Rename<ModelName>>> = BTreeMap::new();
    if !findings.is_answered("rename_model:") {
        return found;
    }
    for new in states.next.models.keys() {
        if !findings.is_answered(&format!("rename_model:{new}:")) {
            continue;
        }
        for (old, _) in states.previous.app(&new.app).filter(|(old, _)| *old != new) {
            if findings.decision(|| id(old, new)) == Some(true) {
                found.entry(new.app.clone()).or_default().push((old.model.clone(), new.model.clone()));
            }
        }
    }
    for (app, renames) in &mut found {
        similarity::untangle(renames, |name| {
            states.previous.models.contains_key(&ModelRef::new(app.clone(), name.clone()))
        });
    }
    found
}

fn asked(states: Pair<&ProjectState>, found: &BTreeMap<AppLabel, Vec<Rename<ModelName>>>, findings: &mut Findings<'_>) {
    let known: BTreeSet<(&AppLabel, &ModelName)> =
        found.iter().flat_map(|(app, renames)| renames.iter().flat_map(move |r| [(app, &r.0), (app, &r.1)])).collect();
    let open = |model: &ModelRef| !known.contains(&(&model.app, &model.model));
    let mut gone: BTreeMap<&AppLabel, Vec<(&ModelRef, &ModelState)>> = BTreeMap::new();
    for model in states.previous.models.iter().filter(|(m, _)| !states.next.models.contains_key(m) && open(m)) {
        gone.entry(&model.0.app).or_default().push(model);
    }
    let mut candidates = Vec::new();
    for new in states.next.models.iter().filter(|(m, _)| !states.previous.models.contains_key(m) && open(m)) {
        for old in gone.get(&new.0.app).into_iter().flatten() {
            let score = similarity::of_models(*old, new);
            candidates.extend(score.map(|score| Candidate { old: old.0.clone(), new: new.0.clone(), score }));
        }
    }
    for candidate in similarity::best(candidates, |old, new| findings.decision(|| id(old, new)) == Some(false)) {
        findings.questions.push(question(&candidate, findings));
    }
}

fn id(old: &ModelRef, new: &ModelRef) -> String {
    format!("rename_model:{new}:{}", old.model)
}

fn question(candidate: &Candidate<ModelRef>, findings: &Findings<'_>) -> Question {
    let Candidate { old, new, score } = candidate;
    let (old_name, new_name) = (&old.model, &new.model);
    Question {
        id: id(old, new),
        kind: QuestionKind::RenameModel,
        message: format!("was `{new_name}` named `{old_name}` before?"),
        location: findings.hints.model_location(new),
        notes: vec![format!("`{old}` is gone and `{new}` is new; they are alike by {score} %")],
        helps: vec![
            format!("#[model(renamed_from = \"{old_name}\")]   on `{new_name}`, where it is the same"),
            format!("\"{}\" = \"no\"   in a file for `--answers`, where it is not", id(old, new)),
        ],
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
