//! Questions: what only a person can decide, as data that a terminal, a file, or another program can put and answer.

use serde::Serialize;

use super::Answer;
use crate::diagnostic::{Diagnostic, Location, code};
use crate::name::AppLabel;

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// Is the new model the old one under another name?
    RenameModel,
    /// Is the new model one that another app had?
    MoveModel,
    /// Is the new field the old one under another name?
    RenameField,
    /// Is everything of an app to go?
    DeleteApp,
    /// Which value do rows that exist get?
    Fill,
    /// Do the values of a field come along to the place that it has from now on?
    KeepValues,
    /// How do values become those of a type that has none in common with theirs?
    Using,
}

impl QuestionKind {
    /// Each of them.
    pub(super) const ALL: [Self; 7] = [
        Self::RenameModel,
        Self::MoveModel,
        Self::RenameField,
        Self::DeleteApp,
        Self::Fill,
        Self::KeepValues,
        Self::Using,
    ];

    /// What the ids of its questions begin with.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::RenameModel => "rename_model",
            Self::MoveModel => "move_model",
            Self::RenameField => "rename_field",
            Self::DeleteApp => "delete_app",
            Self::Fill => "fill",
            Self::KeepValues => "keep_values",
            Self::Using => "using",
        }
    }
}

/// A question; while it is open, nothing may be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// Kind, path, and candidate, the same in every run: `rename_field:blog.Post.slug:permalink`.
    pub id: String,
    /// What it is about.
    pub kind: QuestionKind,
    /// What is asked.
    pub message: String,
    /// Where the user would go to answer it in the models.
    pub location: Option<Location>,
    /// Why it is asked.
    pub notes: Vec<String>,
    /// The ways to answer it in the models, for good.
    pub helps: Vec<String>,
    /// The answers, the safest first.
    pub options: Vec<Choice>,
}

/// One answer that a question offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// The answer; none where a value is to be typed.
    pub answer: Option<Answer>,
    /// The answer in a few words.
    pub label: String,
    /// What it does to the data.
    pub effect: String,
}

impl Choice {
    pub(crate) fn new(answer: Option<Answer>, label: impl Into<String>, effect: impl Into<String>) -> Self {
        Self { answer, label: label.into(), effect: effect.into() }
    }
}

impl Question {
    /// The app that it is about, as its id says it.
    #[must_use]
    pub fn app(&self) -> AppLabel {
        let path = self.id.split(':').nth(1).unwrap_or_default();
        path.split('.').next().unwrap_or_default().into()
    }

    /// The question as an error, for a run that nobody can answer.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let code = match self.kind {
            QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField => code::RENAME_OR_NOT,
            QuestionKind::DeleteApp => code::APP_WITHOUT_MODELS,
            QuestionKind::Fill => code::NO_VALUE,
            QuestionKind::Using => code::NO_CONVERSION,
            QuestionKind::KeepValues => code::KEPT_OR_NOT,
        };
        let mut diagnostic = Diagnostic::error(code, &*self.message).at_opt(self.location.clone());
        diagnostic.notes.clone_from(&self.notes);
        diagnostic.notes.push("nothing was written".to_owned());
        diagnostic.helps.clone_from(&self.helps);
        diagnostic.helps.push(self.flag());
        diagnostic
    }

    /// How to answer it without a word in the models.
    fn flag(&self) -> String {
        let answers = self.options.iter().map(|choice| match &choice.answer {
            Some(answer) => format!("`{answer}`"),
            None => choice.label.clone(),
        });
        let answers = answers.collect::<Vec<_>>().join(" or ");
        format!("--answer {}=…   {answers}; or by a file for `--answers`", self.id)
    }
}
