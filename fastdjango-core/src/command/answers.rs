//! Answers in files and flags: for runs that nobody sits at.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::files::{self, FileWrite, shown};
use super::project::Project;
use crate::detect::{Answer, Answers, Question};
use crate::diagnostic::{Diagnostic, Location};
use crate::error::{Error, Result};
use crate::name::{FieldName, ModelRef};
use crate::source::nearest;

const HEADING: &str = "\
# Answers for `makemigrations --answers`: take the `#` off one line of each question, and run it again.
";

/// Reads a file of answers; none where the file is not there yet.
pub fn read_answers(path: &Path) -> Result<Answers> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Answers::new()),
        Err(error) => return Err(unreadable(path, &error.to_string())),
    };
    parse_answers(&shown(path), &text)
}

/// Reads answers: TOML, or JSON where the text is an object. `file` is where they are from.
pub fn parse_answers(file: &str, text: &str) -> Result<Answers> {
    let unreadable = |line: usize, column: usize, message: &str, help: &str| {
        let small = |number| u32::try_from(number).unwrap_or(0);
        let place = Location { file: file.to_owned(), line: small(line), column: small(column) };
        Error::invalid(Diagnostic::error("E306", format!("the answers cannot be read: {message}")).at(place).help(help))
    };
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| {
            let help = "an answer is `\"question\": \"yes\"`, a value, or `{ \"sql\": \"…\" }`";
            unreadable(error.line(), error.column(), &error.to_string(), help)
        });
    }
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        unreadable(line, 0, error.message(), "an answer is `\"question\" = \"yes\"`, a value, or `{ sql = \"…\" }`")
    })
}

/// Writes the open questions into a file of answers, each answer as a comment; answers that are there stay.
pub fn write_answers(path: &Path, questions: &[Question]) -> Result<()> {
    let mut text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEADING.to_owned(),
        Err(error) => return Err(unreadable(path, &error.to_string())),
    };
    for question in questions {
        if text.contains(&key(&question.id)) {
            continue;
        }
        let _ = writeln!(text, "\n# {}", question.message);
        for option in &question.options {
            let answer = option.answer.as_ref().and_then(|answer| toml::Value::try_from(answer).ok());
            let answer = answer.map_or_else(|| "…".to_owned(), |answer| answer.to_string());
            let _ = writeln!(text, "# {} = {answer}    # {}: {}", key(&question.id), option.label, option.effect);
        }
    }
    files::write_all(&[FileWrite::replace(path, text)])
}

/// Reads one answer as a file would hold it: `0`, `"draft"`, `{ sql = "lower(title)" }`.
pub fn parse_answer(text: &str) -> Result<Answer> {
    let mut answers: Answers = toml::from_str(&format!("answer = {text}")).map_err(|error| {
        Error::invalid(Diagnostic::error("E306", format!("`{text}` is no value: {}", error.message())))
    })?;
    answers.remove("answer").ok_or_else(|| Error::invalid(Diagnostic::error("E306", format!("`{text}` is no value"))))
}

/// Reads `app.Model.old:new` or `app.Model:New`, as `--rename` takes it, into the answer of that question.
///
/// The new name must be one that the models have; whether the old one was there is seen when it is compared.
pub fn rename(project: &Project, text: &str) -> Result<(String, Answer)> {
    let wrong = || {
        Error::invalid(
            Diagnostic::error("E307", format!("`{text}` is no rename"))
                .help("a field: `--rename blog.Post.permalink:slug`")
                .help("a model: `--rename blog.Article:Post`"),
        )
    };
    let (old, new) = text.split_once(':').ok_or_else(wrong)?;
    let parts: Vec<&str> = old.split('.').collect();
    let (id, model, field) = match parts.as_slice() {
        [app, model] => (format!("rename_model:{app}.{new}:{model}"), ModelRef::new(*app, new), None),
        [app, model, field] => {
            (format!("rename_field:{app}.{model}.{new}:{field}"), ModelRef::new(*app, *model), Some(new))
        }
        _ => return Err(wrong()),
    };
    there(project, text, &model, field)?;
    Ok((id, Answer::yes()))
}

/// Refuses a rename to a name that no model has.
fn there(project: &Project, text: &str, model: &ModelRef, field: Option<&str>) -> Result<()> {
    let lacks = |what: String, near: Option<&str>| {
        let lacking = Diagnostic::error("E307", format!("`{text}` is no rename: there is no {what}"));
        let lacking = match near {
            Some(near) => lacking.help(format!("did you mean `{near}`?")),
            None => lacking,
        };
        Err(Error::invalid(lacking.help("the old name stands before the `:`, the one that the models have behind it")))
    };
    let Some(state) = project.models.models.get(model) else {
        let known = project.models.app(&model.app).map(|(model, _)| model.model.as_str());
        return lacks(format!("model `{model}`"), nearest(model.model.as_str(), known));
    };
    match field {
        Some(field) if state.field(&FieldName::new(field)).is_none() => {
            let near = nearest(field, state.fields.iter().map(|field| field.name.as_str()));
            lacks(format!("field `{model}.{field}`"), near)
        }
        Some(_) | None => Ok(()),
    }
}

fn key(id: &str) -> String {
    toml::Value::String(id.to_owned()).to_string()
}

fn unreadable(path: &Path, error: &str) -> Error {
    Error::failed(Diagnostic::error("E232", format!("cannot read `{}`: {error}", shown(path))))
}
