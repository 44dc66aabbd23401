//! What SQL and code of the user's own touch, as their operations say it.

use std::collections::BTreeSet;

use super::apply::misfit;
use super::{Operation, Subject};
use crate::diagnostic::Diagnostic;
use crate::name::{AppLabel, ModelRef};
use crate::state::ProjectState;

impl Operation {
    /// What SQL or code of the user's own says that it touches; `None` where it may be anything, and for every other operation.
    #[must_use]
    pub fn said_to_touch(&self) -> Option<&[String]> {
        match self {
            Self::RunSql { touches, .. } | Self::RunRust { touches, .. } => touches.as_deref(),
            _ => None,
        }
    }
}

/// What a name in `touches` means: `Post`, `Post.slug`, `accounts.User`, or `accounts.User.name`.
///
/// Of two parts the first is a model where it begins with a capital, as types do, and else an app.
pub(super) fn subject(app: &AppLabel, name: &str) -> Subject {
    let model = |app: &str, model: &str| ModelRef::new(app, model);
    let capital = name.starts_with(char::is_uppercase);
    match name.split('.').collect::<Vec<_>>()[..] {
        [of, field] if capital => Subject::Field(model(app.as_str(), of), field.into()),
        [other, of] => Subject::Model(model(other, of)),
        [other, of, field] => Subject::Field(model(other, of), field.into()),
        _ => Subject::Model(model(app.as_str(), name)),
    }
}

/// The models that are touched.
pub(super) fn models(app: &AppLabel, touches: &[String]) -> Vec<ModelRef> {
    let models: BTreeSet<ModelRef> = touches.iter().filter_map(|name| model(subject(app, name))).collect();
    models.into_iter().collect()
}

/// What SQL about the models has to name besides: their tables, and the enums of the fields that it touches.
pub(super) fn spoken_of(app: &AppLabel, touches: &[String], state: &ProjectState) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::new();
    for subject in touches.iter().map(|name| subject(app, name)) {
        let only = if let Subject::Field(_, field) = &subject { Some(field.clone()) } else { None };
        subjects.insert(subject.clone());
        let Some(found) = model(subject).and_then(|model| state.models.get(&model)) else { continue };
        subjects.insert(Subject::Name(found.table.clone()));
        let fields = found.fields.iter().filter(|field| only.as_ref().is_none_or(|only| field.name == *only));
        subjects.extend(fields.filter_map(|field| Some(Subject::Enum(field.enum_name()?.to_owned()))));
    }
    subjects
}

/// Refuses a name of nothing: a slip in it would hide what is really touched.
pub(super) fn are_there(app: &AppLabel, touches: Option<&[String]>, state: &ProjectState) -> Result<(), Diagnostic> {
    for name in touches.into_iter().flatten() {
        let subject = subject(app, name);
        let field = if let Subject::Field(_, field) = &subject { Some(field.clone()) } else { None };
        let Some(found) = model(subject).and_then(|model| state.models.get(&model)) else {
            return Err(misfit(format!("`touches` names `{name}`, and there is no such model")));
        };
        if field.is_some_and(|field| found.field(&field).is_none()) {
            return Err(misfit(format!("`touches` names `{name}`, and the model has no such field")));
        }
    }
    Ok(())
}

fn model(subject: Subject) -> Option<ModelRef> {
    match subject {
        Subject::Field(model, _) | Subject::Model(model) => Some(model),
        Subject::Enum(_) | Subject::Text(..) | Subject::Name(_) | Subject::Anything => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_this_app_or_says_another() {
        let app = AppLabel::from("blog");
        let told = |name: &str| match subject(&app, name) {
            Subject::Model(model) => format!("model {model}"),
            Subject::Field(model, field) => format!("field {model}.{field}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(told("Post"), "model blog.Post");
        assert_eq!(told("Post.slug"), "field blog.Post.slug");
        assert_eq!(told("accounts.User"), "model accounts.User");
        assert_eq!(told("accounts.User.name"), "field accounts.User.name");
    }
}
