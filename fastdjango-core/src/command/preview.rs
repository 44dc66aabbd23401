//! What each answer to a question would write: for a person who decides by the SQL.

use super::make::{MakeOptions, makemigrations};
use super::project::Project;
use crate::detect::{Answer, Question, QuestionKind};
use crate::error::Result;
use crate::field::Sql;
use crate::migration::Migration;

/// An answer, and the migrations that it leads to.
#[derive(Debug)]
pub struct Preview {
    /// The answer in a few words, as the question offers it.
    pub label: String,
    /// The migrations as they would be written; an error where the answer leads nowhere.
    pub migrations: Result<Vec<Migration>>,
}

/// The migrations of each answer that the question offers; nothing is written.
///
/// A value that is still to be given is `…`, and whatever is asked after this question has its safest answer.
#[must_use]
pub fn preview(project: &Project, options: &MakeOptions, question: &Question) -> Vec<Preview> {
    let offered = question.options.iter().map(|choice| (&choice.label, choice.answer.clone().unwrap_or_else(value)));
    let shown = offered.map(|(label, answer)| {
        let mut options = MakeOptions { dry_run: true, ..options.clone() };
        options.answers.insert(question.id.clone(), answer);
        Preview { label: label.clone(), migrations: migrations(project, options) }
    });
    shown.collect()
}

fn migrations(project: &Project, mut options: MakeOptions) -> Result<Vec<Migration>> {
    loop {
        let report = makemigrations(project, &options)?;
        if report.questions.is_empty() {
            return Ok(report.made.into_iter().map(|made| made.migration).collect());
        }
        for question in report.questions {
            let answer = safest(&question);
            options.answers.insert(question.id, answer);
        }
    }
}

fn safest(question: &Question) -> Answer {
    match question.kind {
        // What is denied makes room for the next question, and nobody has to be asked twice.
        QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField => Answer::no(),
        // The other answer is an error, of which there is nothing to show.
        QuestionKind::DeleteApp | QuestionKind::KeepValues => Answer::yes(),
        QuestionKind::Fill => value(),
        QuestionKind::Using => Answer::Unfilled { unfilled: true },
    }
}

fn value() -> Answer {
    Answer::Sql { sql: Sql::any("…") }
}
