//! Answers in files and flags: for runs that nobody sits at.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::files::{self, FileWrite, shown};
use super::project::Project;
use crate::detect::{Answer, Answers, Question};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::error::{Error, Result};
use crate::field::Literal;
use crate::name::{FieldName, ModelRef};
use crate::source::{Codes, Key, Notation, Record, Shape, Source, nearest};

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
    if text.trim_start().starts_with('{') {
        return from_json(file, text).map_err(Error::invalid);
    }
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let place = Location { file: file.to_owned(), line: u32::try_from(line).unwrap_or(0), column: 0 };
        Error::invalid(
            Diagnostic::error("E306", format!("the answers cannot be read: {}", error.message()))
                .at(place)
                .help("an answer is `\"question\" = \"yes\"`, a value, or `{ sql = \"…\" }`"),
        )
    })
}

const ANSWER: Shape = Shape::OrTable(
    &Shape::Literal,
    &Shape::ByKey(&[
        ("sql", form(&[Key::required("sql", Shape::OrTable(&Shape::Text, &Shape::Map(&[], &Shape::Text)))])),
        ("unfilled", form(&[Key::required("unfilled", Shape::Boolean)])),
    ]),
);

const fn form(keys: &'static [Key]) -> Record {
    Record { what: "an answer", keys, check: None }
}

fn from_json(path: &str, text: &str) -> Result<Answers, Diagnostics> {
    let codes = Codes { syntax: "E306", unknown: "E306", missing: "E306", value: "E306" };
    let source = Source { path, text, notation: Notation::Json, codes };
    let tree = source.parse()?;
    let mut found = source.check_map(&tree, "answers", &ANSWER);
    if found.has_errors() {
        return Err(found);
    }
    let mut answers = Answers::new();
    for (id, value) in tree.get_ref() {
        match source.take(value) {
            Ok(answer) => answers.extend([(id.get_ref().to_string(), answer)]),
            Err(fault) => found.push(fault),
        }
    }
    if found.is_empty() { Ok(answers) } else { Err(found) }
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

/// The answers that were typed as flags, as they were typed, by the ids of their questions.
pub type Flags = BTreeMap<String, String>;

/// Takes the answer of a flag in, which goes before that of a file.
pub fn take_flag(answers: &mut Answers, flags: &mut Flags, typed: String, answer: (String, Answer)) -> Result<()> {
    let (id, answer) = answer;
    if let Some(other) = flags.get(&id).filter(|_| answers.get(&id) != Some(&answer)) {
        let message = format!("`{typed}` and `{other}` answer the same question, and not the same");
        return Err(Error::invalid(Diagnostic::error("E319", message).help("remove one of the two")));
    }
    answers.insert(id.clone(), answer);
    flags.insert(id, typed);
    Ok(())
}

/// Reads `ID=VALUE`, as `--answer` takes it.
pub fn answer(text: &str) -> Result<(String, Answer)> {
    match text.split_once('=') {
        Some((id, value)) if !id.trim().is_empty() => Ok((id.trim().to_owned(), typed_answer(id, value)?)),
        Some(_) | None => Err(Error::invalid(
            Diagnostic::error("E319", format!("`{text}` is no answer"))
                .help("the question's id, `=`, and the answer: `--answer fill:blog.Post.rating=0`"),
        )),
    }
}

/// Reads the answer to a question as a person types it: as a file would hold it, or a text without its quotes.
pub fn typed_answer(id: &str, text: &str) -> Result<Answer> {
    let text = text.trim();
    let is_expression = id.starts_with("using:") || id.starts_with("reverse_using:");
    // An expression of SQL may begin with a quote that ends before it does.
    let marks: &[char] = if is_expression { &['{'] } else { &['{', '[', '"', '\''] };
    match parse_answer(text) {
        Err(_) if !text.is_empty() && !text.starts_with(marks) => Ok(Answer::Value(Literal::Text(text.to_owned()))),
        read => read,
    }
}

/// Reads `app.Model.old:new`, `app.Model:New` or `app.Model:other.Model`, as `--rename` takes it, into the answer of that question.
///
/// The new name must be one that the models have; whether the old one was there is seen when it is compared.
pub fn rename(project: &Project, text: &str) -> Result<(String, Answer)> {
    let wrong = || {
        Error::invalid(
            Diagnostic::error("E307", format!("`{text}` is no rename"))
                .help("a field: `--rename blog.Post.permalink:slug`")
                .help("a model: `--rename blog.Article:Post`")
                .help("a model that moved to another app: `--rename blog.Article:news.Article`"),
        )
    };
    let (old, new) = text.split_once(':').ok_or_else(wrong)?;
    let parts: Vec<&str> = old.split('.').collect();
    let (id, model, field) = match parts.as_slice() {
        [app, model] => match new.parse::<ModelRef>() {
            Ok(new) if new.app != **app => (format!("move_model:{new}:{app}.{model}"), new, None),
            Ok(new) => (format!("rename_model:{new}:{model}"), new, None),
            Err(_) => (format!("rename_model:{app}.{new}:{model}"), ModelRef::new(*app, new), None),
        },
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
