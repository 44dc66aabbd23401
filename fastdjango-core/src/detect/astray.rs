//! Answers whose id names nothing that there is: slips of whoever wrote them, which would else pass for answers to come.

use super::{Answers, Past, QuestionKind};
use crate::name::{AppLabel, FieldName, ModelRef};
use crate::pair::Pair;
use crate::source::nearest;
use crate::state::{ModelState, ProjectState};

/// An answer that no question can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Astray {
    /// The id that it was given.
    pub id: String,
    /// What there is not.
    pub reason: String,
    /// What may be meant.
    pub near: Option<String>,
}

/// The answers whose ids have no form of a question's, or name what neither state has.
#[must_use]
pub fn astray(states: Pair<&ProjectState>, past: &Past, answers: &Answers) -> Vec<Astray> {
    let faults = answers.keys().filter_map(|id| Some((id, fault(states, past, id)?)));
    faults.map(|(id, Fault { reason, near })| Astray { id: id.clone(), reason, near }).collect()
}

struct Fault {
    reason: String,
    near: Option<String>,
}

impl Fault {
    fn new(reason: impl Into<String>, near: Option<&str>) -> Self {
        Self { reason: reason.into(), near: near.map(str::to_owned) }
    }
}

fn fault(states: Pair<&ProjectState>, past: &Past, id: &str) -> Option<Fault> {
    let (word, path) = id.split_once(':').unwrap_or((id, ""));
    let (kind, is_back) = match word.strip_prefix("reverse_") {
        Some(word) => (of_word(word).filter(|kind| matches!(kind, QuestionKind::Fill | QuestionKind::Using)), true),
        None => (of_word(word), false),
    };
    let Some(kind) = kind else {
        let words = QuestionKind::ALL.map(QuestionKind::word);
        let words = words.into_iter().chain(["reverse_fill", "reverse_using"]);
        return Some(Fault::new(format!("no question is called `{word}`"), nearest(word, words)));
    };
    match kind {
        QuestionKind::DeleteApp => app(states, past, path),
        QuestionKind::RenameModel | QuestionKind::MoveModel => match path.split_once(':') {
            Some((new, _)) => model(states, new).err(),
            None => Some(Fault::new(format!("it is written `{word}:app.New:Old`"), None)),
        },
        QuestionKind::RenameField => match path.split_once(':') {
            Some((new, _)) => field(states, new, word, false),
            None => Some(Fault::new(format!("it is written `{word}:app.Model.new:old`"), None)),
        },
        QuestionKind::Fill => field(states, path, word, is_back),
        QuestionKind::KeepValues | QuestionKind::Using => field(states, path, word, false),
    }
}

fn of_word(word: &str) -> Option<QuestionKind> {
    QuestionKind::ALL.into_iter().find(|kind| kind.word() == word)
}

fn both(states: Pair<&ProjectState>) -> impl Iterator<Item = &ProjectState> {
    [states.next, states.previous].into_iter()
}

fn app(states: Pair<&ProjectState>, past: &Past, path: &str) -> Option<Fault> {
    let label = AppLabel::from(path);
    let is_there = past.leaves.contains_key(&label) || both(states).any(|state| state.app(&label).next().is_some());
    let near = nearest(path, past.leaves.keys().map(AppLabel::as_str));
    (!is_there).then(|| Fault::new(format!("there is no app `{path}`"), near))
}

/// The model as the states that have it know it.
fn model<'a>(states: Pair<&'a ProjectState>, path: &str) -> Result<Vec<&'a ModelState>, Fault> {
    let reference = path.parse::<ModelRef>().ok();
    let found: Vec<&ModelState> = both(states).filter_map(|state| state.models.get(reference.as_ref()?)).collect();
    if found.is_empty() {
        let names: Vec<String> = both(states).flat_map(|state| state.models.keys()).map(ToString::to_string).collect();
        return Err(Fault::new(format!("there is no model `{path}`"), nearest(path, names.iter().map(String::as_str))));
    }
    Ok(found)
}

/// A field that goes may be one of a model that had another name.
fn field(states: Pair<&ProjectState>, path: &str, word: &str, may_be_gone: bool) -> Option<Fault> {
    let Some((of, name)) = path.rsplit_once('.').filter(|(of, _)| of.contains('.')) else {
        return Some(Fault::new(format!("it is written `{word}:app.Model.field`"), None));
    };
    let models = match model(states, of) {
        Ok(models) => models,
        Err(fault) => return Some(fault),
    };
    let has = |model: &ModelState| model.field(&FieldName::new(name)).is_some();
    if models.iter().any(|model| has(model)) || may_be_gone && states.previous.models.values().any(has) {
        return None;
    }
    let known = models.iter().flat_map(|model| &model.fields).map(|field| field.name.as_str());
    Some(Fault::new(format!("`{of}` has no field `{name}`"), nearest(name, known)))
}
