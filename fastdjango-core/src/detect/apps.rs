//! Apps that have no models any more: gone for good, or a crate that nobody named?

use super::findings::Findings;
use super::{Answer, Choice, Question, QuestionKind};
use crate::name::AppLabel;
use crate::pair::Pair;
use crate::state::ProjectState;

/// Asks about every app that loses all of its models, renames and moves apart: a program that forgets to name a crate
/// looks just the same.
pub(super) fn ask(states: Pair<&ProjectState>, findings: &mut Findings<'_>) {
    let mut apps: Vec<&AppLabel> = states.previous.models.keys().map(|model| &model.app).collect();
    apps.dedup();
    for app in apps.into_iter().filter(|app| states.next.app(app).next().is_none()) {
        let question = question(app, states.previous);
        match findings.decision(|| question.id.clone()) {
            Some(true) => {}
            Some(false) => findings.errors.push(question.diagnostic()),
            None => findings.questions.push(question),
        }
    }
}

fn question(app: &AppLabel, previous: &ProjectState) -> Question {
    let models: Vec<String> = previous.app(app).map(|(model, _)| format!("`{}`", model.model)).collect();
    let tables =
        if models.len() == 1 { "its table goes".to_owned() } else { format!("its {} tables go", models.len()) };
    let id = format!("delete_app:{app}");
    Question {
        kind: QuestionKind::DeleteApp,
        message: format!("`{app}` has no models any more: are its tables to go?"),
        location: None,
        notes: vec![
            format!("its migrations have {}", models.join(", ")),
            "a crate that `fastdjango::main!` does not name looks just the same".to_owned(),
        ],
        helps: vec![
            format!("`fastdjango::main!(…)`   names every crate that holds models, also that of `{app}`"),
            format!("#[model(renamed_from = \"{app}.…\")]   on each model that moved to another app"),
            format!("\"{id}\" = \"yes\"   in a file for `--answers`, where the tables are to go with their rows"),
        ],
        options: vec![
            Choice::new(Some(Answer::no()), "no, its crate is not named", "nothing is written"),
            Choice::new(Some(Answer::yes()), format!("yes, {app} is gone"), format!("{tables}, with their rows")),
        ],
        id,
    }
}
