//! What a run has to say besides its migrations, and what it was told before.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{Answer, Answers, Question};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::state::Hints;

/// The hints and answers of a run, and the questions, warnings, and errors that it gathers.
pub(super) struct Findings<'a> {
    pub(super) hints: &'a Hints,
    pub(super) answers: &'a Answers,
    pub(super) questions: Vec<Question>,
    pub(super) warnings: Warnings,
    pub(super) errors: Diagnostics,
}

/// Warnings, each once. Every model may have some, so that none is compared with all others.
#[derive(Default)]
pub(super) struct Warnings {
    found: Vec<Diagnostic>,
    said: BTreeSet<(&'static str, String)>,
}

impl Warnings {
    pub(super) fn push(&mut self, warning: Diagnostic) {
        if self.said.insert((warning.code, warning.message.clone())) || !self.found.contains(&warning) {
            self.found.push(warning);
        }
    }
}

impl From<Warnings> for Diagnostics {
    fn from(warnings: Warnings) -> Self {
        Self(warnings.found)
    }
}

impl<'a> Findings<'a> {
    pub(super) fn new(hints: &'a Hints, answers: &'a Answers) -> Self {
        Self { hints, answers, questions: Vec::new(), warnings: Warnings::default(), errors: Diagnostics::default() }
    }

    /// The answer to the question of that id.
    pub(super) fn answer(&self, id: impl Display) -> Option<&'a Answer> {
        self.text(id).and_then(|id| self.answers.get(&id))
    }

    /// True where a question whose id begins so has an answer.
    pub(super) fn is_answered(&self, beginning: impl Display) -> bool {
        let Some(beginning) = self.text(beginning) else { return false };
        let next = self.answers.range(beginning.clone()..).next();
        next.is_some_and(|(id, _)| id.starts_with(&beginning))
    }

    /// The old names that answers confirm, of questions whose id begins so.
    pub(super) fn confirmed(&self, beginning: impl Display) -> Vec<&'a str> {
        let Some(beginning) = self.text(beginning) else { return Vec::new() };
        let answers = self.answers.range(beginning.clone()..).take_while(|(id, _)| id.starts_with(&beginning));
        let yes = answers.filter(|(_, answer)| answer.as_bool() == Some(true));
        yes.filter_map(|(id, _)| id.strip_prefix(&beginning)).collect()
    }

    /// The id as text; none where nothing has an answer, as in most runs, so that none is made for every model and field.
    fn text(&self, id: impl Display) -> Option<String> {
        (!self.answers.is_empty()).then(|| id.to_string())
    }

    /// The answer to a question of yes or no; another answer is an error, and counts as no answer.
    pub(super) fn decision(&mut self, id: impl FnOnce() -> String) -> Option<bool> {
        if self.answers.is_empty() {
            return None;
        }
        let id = id();
        let answer = self.answer(&id)?;
        let decision = answer.as_bool();
        if decision.is_none() {
            let message = format!("the answer to `{id}` is neither \"yes\" nor \"no\"");
            self.errors.push(Diagnostic::error(code::BAD_ANSWER, message));
        }
        decision
    }
}
