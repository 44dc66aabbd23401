//! What a run has to say besides its migrations, and what it was told before.

use super::{Answer, Answers, Question};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::state::Hints;

/// The hints and answers of a run, and the questions, warnings, and errors that it gathers.
pub(super) struct Findings<'a> {
    pub(super) hints: &'a Hints,
    pub(super) answers: &'a Answers,
    pub(super) questions: Vec<Question>,
    pub(super) warnings: Diagnostics,
    pub(super) errors: Diagnostics,
}

impl<'a> Findings<'a> {
    pub(super) fn new(hints: &'a Hints, answers: &'a Answers) -> Self {
        Self { hints, answers, questions: Vec::new(), warnings: Diagnostics::default(), errors: Diagnostics::default() }
    }

    pub(super) fn answer(&self, id: &str) -> Option<&'a Answer> {
        self.answers.get(id)
    }

    /// True where a question whose id begins so has an answer.
    pub(super) fn is_answered(&self, beginning: &str) -> bool {
        let mut answers = self.answers.range(beginning.to_owned()..);
        answers.next().is_some_and(|(id, _)| id.starts_with(beginning))
    }

    /// The old names that answers confirm, of questions whose id begins so.
    pub(super) fn confirmed(&self, beginning: &str) -> Vec<&'a str> {
        let answers = self.answers.range(beginning.to_owned()..).take_while(|(id, _)| id.starts_with(beginning));
        let yes = answers.filter(|(_, answer)| answer.as_bool() == Some(true));
        yes.filter_map(|(id, _)| id.strip_prefix(beginning)).collect()
    }

    /// The answer to a question of yes or no; another answer is an error, and counts as no answer.
    pub(super) fn decision(&mut self, id: impl FnOnce() -> String) -> Option<bool> {
        if self.answers.is_empty() {
            return None;
        }
        let id = &*id();
        let answer = self.answer(id)?;
        let decision = answer.as_bool();
        if decision.is_none() {
            let message = format!("the answer to `{id}` is neither \"yes\" nor \"no\"");
            self.errors.push(Diagnostic::error(code::BAD_ANSWER, message));
        }
        decision
    }
}
