//! Apps that have no models any more: gone for good, or a crate that nobody named?

use super::project::Project;
use crate::detect::{Answer, Answers, Choice, Question, QuestionKind};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::name::AppLabel;
use crate::operation::Operation;

/// The open question about each app that would lose the last of its tables: a program that forgets to name a crate looks just
/// the same. Models that moved to another app are no loss.
pub(super) fn ask(project: &Project, migrations: &[Migration], answers: &Answers) -> Result<Vec<Question>> {
    let (mut open, mut refused) = (Vec::new(), Diagnostics::default());
    for app in project.former() {
        let deleted: Vec<String> = deleted(&app.label, migrations).map(|model| format!("`{model}`")).collect();
        if deleted.is_empty() {
            continue;
        }
        let question = question(&app.label, &deleted);
        match answers.get(&question.id).map(Answer::as_bool) {
            None => open.push(question),
            Some(Some(true)) => {}
            Some(Some(false)) => refused.push(question.diagnostic()),
            Some(None) => {
                let message = format!("the answer to `{}` is neither \"yes\" nor \"no\"", question.id);
                refused.push(Diagnostic::error(code::BAD_ANSWER, message));
            }
        }
    }
    if refused.is_empty() { Ok(open) } else { Err(Error::invalid(refused)) }
}

fn deleted(app: &AppLabel, migrations: &[Migration]) -> impl Iterator<Item = String> {
    let own = migrations.iter().filter(move |migration| migration.app == *app);
    own.flat_map(|migration| &migration.operations).filter_map(|operation| match operation {
        Operation::DeleteModel { model, .. } => Some(model.to_string()),
        _ => None,
    })
}

fn question(app: &AppLabel, deleted: &[String]) -> Question {
    let tables =
        if deleted.len() == 1 { "its table goes".to_owned() } else { format!("its {} tables go", deleted.len()) };
    let id = format!("delete_app:{app}");
    Question {
        kind: QuestionKind::DeleteApp,
        message: format!("`{app}` has no models any more: are its tables to go?"),
        location: None,
        notes: vec![
            format!("its migrations have {}", deleted.join(", ")),
            "a crate that `fastdjango::main!` does not name looks just the same".to_owned(),
        ],
        helps: vec![
            format!("`fastdjango::main!(…)`   names every crate that holds models, also that of `{app}`"),
            format!("#[model(renamed_from = \"{app}.…\")]   on each model that moved to another app"),
        ],
        options: vec![
            Choice::new(Some(Answer::no()), "no, its crate is not named", "nothing is written"),
            Choice::new(Some(Answer::yes()), format!("yes, {app} is gone"), format!("{tables}, with their rows")),
        ],
        id,
    }
}
