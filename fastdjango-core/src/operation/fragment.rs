//! Names of migrations, made from what they do.

use super::Operation;
use crate::name::snake_case;

/// The longest name that fragments are strung together to; the fragment that would pass it becomes `and_more`.
const LIMIT: usize = 52;

impl Operation {
    /// What the operation adds to its migration's name: `add_post_rating`, `rename_permalink`.
    #[must_use]
    pub fn fragment(&self) -> String {
        let text = match self {
            Self::CreateModel { model, .. } => snake_case(model.as_str()),
            Self::DeleteModel { model, .. } => format!("delete_{}", snake_case(model.as_str())),
            Self::RenameModel { from, to } => {
                format!("rename_{}_{}", snake_case(from.as_str()), snake_case(to.as_str()))
            }
            Self::MoveModel { from, to } => format!("move_{}_to_{}", snake_case(from.model.as_str()), to.app),
            Self::ReceiveModel { model, from } => format!("{}_from_{}", snake_case(model.as_str()), from.app),
            Self::AlterModelTable { model, .. } => format!("alter_{}_table", snake_case(model.as_str())),
            Self::AlterModelComment { model, .. } => format!("alter_{}_comment", snake_case(model.as_str())),
            Self::AlterModelExtensions { model, .. } => format!("alter_{}_extensions", snake_case(model.as_str())),
            Self::AlterModelOptions { model, .. } => format!("alter_{}_options", snake_case(model.as_str())),
            Self::SetManaged { model, managed: true } => format!("manage_{}", snake_case(model.as_str())),
            Self::SetManaged { model, managed: false } => format!("unmanage_{}", snake_case(model.as_str())),
            Self::AlterPrimaryKey { model, .. } => format!("alter_{}_key", snake_case(model.as_str())),
            Self::AddField { model, field, .. } => format!("add_{}_{}", snake_case(model.as_str()), field.name),
            Self::RemoveField { model, field, .. } => format!("remove_{}_{}", snake_case(model.as_str()), field.name),
            Self::AlterField { model, to, .. } => format!("alter_{}_{}", snake_case(model.as_str()), to.name),
            Self::RenameField { from, .. } => format!("rename_{from}"),
            Self::AddIndex { index, .. } => index.name.clone().unwrap_or_default(),
            Self::RemoveIndex { index, .. } => format!("remove_{}", index.name.as_deref().unwrap_or("index")),
            Self::AddConstraint { constraint, .. } => constraint.name.clone().unwrap_or_default(),
            Self::RemoveConstraint { constraint, .. } => {
                format!("remove_{}", constraint.name.as_deref().unwrap_or("constraint"))
            }
            Self::RenameIndex { from, .. } | Self::RenameConstraint { from, .. } => format!("rename_{from}"),
            Self::CreateEnum { r#enum: name, .. } => format!("create_{name}"),
            Self::DeleteEnum { r#enum: name, .. } => format!("delete_{name}"),
            Self::AlterEnum { r#enum: name, .. } => format!("alter_{name}"),
            Self::RunSql { .. } => "run_sql".to_owned(),
            Self::RunRust { run, .. } => run.rsplit(':').next().unwrap_or_default().to_owned(),
            Self::StateOnly { operations } | Self::DatabaseOnly { operations } => suggest_name(operations),
        };
        plain(&text)
    }
}

/// Only what every file system keeps: letters of ASCII in lower case, digits, underscores.
fn plain(text: &str) -> String {
    let letters = text.to_lowercase();
    letters.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// A migration's name without its number: the fragments of its operations, as many as fit.
#[must_use]
pub fn suggest_name(operations: &[Operation]) -> String {
    let mut name = String::new();
    for operation in operations {
        let fragment = operation.fragment();
        let joined = if name.is_empty() { fragment } else { format!("{name}_{fragment}") };
        if joined.len() > LIMIT {
            let kept = if name.is_empty() { crate::name::shorten(&joined, LIMIT) } else { name };
            return if operations.len() > 1 { format!("{kept}_and_more") } else { kept };
        }
        name = joined;
    }
    if name.is_empty() { "empty".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stops_before_it_grows_too_long() {
        let rename = |from: &str| Operation::RenameField { model: "Post".into(), from: from.into(), to: "x".into() };
        assert_eq!(suggest_name(&[rename("permalink")]), "rename_permalink");
        assert_eq!(suggest_name(&[rename("a"), rename("b")]), "rename_a_rename_b");
        let long = rename("a_name_of_a_field_that_is_rather_long");
        assert_eq!(suggest_name(&[rename("permalink"), long]), "rename_permalink_and_more");
        assert_eq!(suggest_name(&[]), "empty");
    }
}
