//! Operations in words: a sign, what it is about, and what happens to it.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::{Operation, enums};
use crate::field::{ColumnType, Opaque, Options};
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, IndexState, ModelState, Reference};

/// The sign before a described operation; the same sign means the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Sign {
    /// `+`
    Add,
    /// `-`
    Remove,
    /// `~`
    Alter,
    /// `→`
    Rename,
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Remove => "-",
            Self::Alter => "~",
            Self::Rename => "→",
        })
    }
}

/// An operation in words, in three parts so that a list of them can stand in columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// What kind of change it is.
    pub sign: Sign,
    /// What changes: `Post.title`.
    pub subject: String,
    /// How: `varchar(100) → varchar(200)`.
    pub detail: String,
}

impl Description {
    fn new(sign: Sign, subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { sign, subject: subject.into(), detail: detail.into() }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sign, self.subject)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " {}", self.detail) }
    }
}

impl Operation {
    /// The operation in words, for the lists of `makemigrations`, `migrate --plan`, and reviews.
    #[must_use]
    pub fn describe(&self) -> Description {
        use Sign::{Add, Alter, Remove, Rename};
        match self {
            Self::CreateModel { model, definition } => {
                Description::new(Add, model.to_string(), describe_model(definition))
            }
            Self::DeleteModel { model, .. } => Description::new(Remove, model.to_string(), "the table goes"),
            Self::RenameModel { from, to } => Description::new(Rename, to.to_string(), format!("renamed from {from}")),
            Self::MoveModel { from, to } => Description::new(Rename, to.to_string(), format!("moved from {from}")),
            Self::ReceiveModel { model, from } => {
                Description::new(Rename, model.to_string(), format!("received from {from}, with its rows"))
            }
            Self::AlterModelTable { model, from, to } => {
                Description::new(Alter, model.to_string(), format!("table {from} → {to}"))
            }
            Self::AlterModelComment { model, to, .. } => {
                Description::new(Alter, model.to_string(), comment(to.as_deref()))
            }
            Self::AlterModelExtensions { model, to, .. } => Description::new(Alter, model.to_string(), extensions(to)),
            Self::AlterModelOptions { model, from, to } => {
                Description::new(Alter, model.to_string(), options(from, to).join(", "))
            }
            Self::SetManaged { model, managed } => {
                let detail = if *managed { "managed from now on" } else { "no longer managed" };
                Description::new(Alter, model.to_string(), detail)
            }
            Self::AlterPrimaryKey { model, from, to } => {
                let detail = format!("primary key {} → {}", list(from), list(to));
                Description::new(Alter, model.to_string(), detail)
            }
            Self::AddField { model, field, fill } => {
                let filled = fill.as_ref().map(|fill| format!(", rows that exist get {fill}"));
                let detail = describe_field(field) + &filled.unwrap_or_default();
                Description::new(Add, format!("{model}.{}", field.name), detail)
            }
            Self::RemoveField { model, field, .. } => {
                Description::new(Remove, format!("{model}.{}", field.name), describe_field(field))
            }
            Self::AlterField { model, from, to, fill, using, .. } => {
                let without = if from.carries_to(to) { "no pair" } else { "NULL" };
                let filled = fill.as_ref().map(|fill| format!(", {without} becomes {fill}"));
                let using = using.as_ref().map(|sql| format!(", by `{sql}`")).unwrap_or_default();
                let detail = describe_alteration(from, to) + &using + &filled.unwrap_or_default();
                Description::new(Alter, format!("{model}.{}", to.name), detail)
            }
            Self::RenameField { model, from, to } => {
                Description::new(Rename, format!("{model}.{to}"), format!("renamed from {from}"))
            }
            Self::AddIndex { model, index } => Description::new(Add, model.to_string(), describe_index(index)),
            Self::RemoveIndex { model, index } => Description::new(Remove, model.to_string(), describe_index(index)),
            Self::AddConstraint { model, constraint } => {
                Description::new(Add, model.to_string(), describe_constraint(constraint))
            }
            Self::RemoveConstraint { model, constraint } => {
                Description::new(Remove, model.to_string(), describe_constraint(constraint))
            }
            Self::RenameIndex { model, from, to } => {
                Description::new(Rename, model.to_string(), format!("index {to} renamed from {from}"))
            }
            Self::RenameConstraint { model, from, to } => {
                Description::new(Rename, model.to_string(), format!("constraint {to} renamed from {from}"))
            }
            Self::CreateEnum { r#enum: name, values } => {
                Description::new(Add, format!("enum {name}"), format!("of {}", values.join(", ")))
            }
            Self::DeleteEnum { r#enum: name, values } => {
                Description::new(Remove, format!("enum {name}"), format!("of {}", values.join(", ")))
            }
            Self::AlterEnum { r#enum: name, from, to, renamed } => {
                Description::new(Alter, format!("enum {name}"), enums::describe((from, to), renamed))
            }
            Self::RunSql { sql, .. } => {
                let more = if sql.len() > 1 { format!(" (and {} more)", sql.len() - 1) } else { String::new() };
                Description::new(Alter, "SQL", sql.first().map(ToString::to_string).unwrap_or_default() + &more)
            }
            Self::RunRust { run, .. } => Description::new(Alter, "Rust", run),
            Self::StateOnly { operations } => Description::new(Alter, "state only", all(operations)),
            Self::DatabaseOnly { operations } => Description::new(Alter, "database only", all(operations)),
        }
    }
}

fn all(operations: &[Operation]) -> String {
    operations.iter().map(|operation| operation.describe().to_string()).collect::<Vec<_>>().join(", ")
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    format!("({})", items.join(", "))
}

fn comment(comment: Option<&str>) -> String {
    comment.map_or_else(|| "no comment".to_owned(), |text| format!("comment {text:?}"))
}

fn extensions(extensions: &BTreeSet<String>) -> String {
    let names: Vec<&str> = extensions.iter().map(String::as_str).collect();
    if names.is_empty() { "needs no extension".to_owned() } else { format!("needs {}", names.join(", ")) }
}

/// Every option that differs.
fn options(from: &Options, to: &Options) -> Vec<String> {
    let changed = to.iter().filter_map(|(name, value)| match from.get(name) {
        Some(before) if before == value => None,
        Some(before) => Some(format!("option {name} {before} → {value}")),
        None => Some(format!("option {name} = {value}")),
    });
    let gone = from.keys().filter(|name| !to.contains_key(*name)).map(|name| format!("no longer option {name}"));
    changed.chain(gone).collect()
}

fn describe_model(model: &ModelState) -> String {
    let counts = [
        (model.fields.len(), "field"),
        (model.indexes.len(), if model.indexes.len() == 1 { "index" } else { "indexe" }),
        (model.constraints.len(), "constraint"),
        (model.options.len(), "option"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts.map(|(n, word)| format!("{n} {word}{}", if *n == 1 { "" } else { "s" })).collect();
    if words.is_empty() {
        format!("table {}", model.table)
    } else {
        format!("table {}: {}", model.table, words.join(", "))
    }
}

/// A field's definition in words: `varchar(200), null, default "x"`.
#[must_use]
pub fn describe_field(field: &FieldState) -> String {
    attributes(field)
        .into_iter()
        .map(|(_, words)| words)
        .filter(|words| !words.is_empty())
        .chain(options(&Options::new(), &field.options))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The attributes of a field, each as what it is and what it says; empty where there is nothing to say.
fn attributes(field: &FieldState) -> Vec<(&'static str, String)> {
    let show = |word: &str, value: Option<String>| value.map(|v| format!("{word} {v}")).unwrap_or_default();
    let reference = |get: fn(&Reference) -> String| field.reference().map(get).unwrap_or_default();
    let generated = field.generated.as_ref().map(|g| {
        let kept = if g.stored { "stored" } else { "virtual" };
        format!("({}) {kept}", g.expression)
    });
    vec![
        ("", describe_storage(field)),
        ("", reference(|r| format!("on delete {}", r.on_delete))),
        (
            "on update",
            reference(|r| if r.on_update.is_default() { String::new() } else { format!("on update {}", r.on_update) }),
        ),
        ("deferrable", reference(|r| r.deferrable.map(|d| format!("{d:?}").to_lowercase()).unwrap_or_default())),
        ("null", if field.null { "null".to_owned() } else { String::new() }),
        ("auto", if field.auto { "auto".to_owned() } else { String::new() }),
        ("default", show("default", field.default.as_ref().map(ToString::to_string))),
        ("generated", show("generated", generated)),
        ("collation", show("collation", field.collation.as_ref().map(ToString::to_string))),
        ("column", show("column", field.column.clone())),
        ("comment", show("comment", field.comment.as_ref().map(|text| format!("{text:?}")))),
    ]
}

/// The type of a field, or that of the database's own; both where another tool speaks of the one, and the database of the other.
fn describe_storage(field: &FieldState) -> String {
    let kind = describe_kind(&field.kind);
    match (&field.db_type, &field.kind) {
        (Some(own), FieldKind::Column(ColumnType::Opaque { .. })) => format!("{kind} as {own}"),
        (Some(own), _) => own.to_string(),
        (None, _) => kind,
    }
}

/// A type as its file has it, with what another tool makes it with.
#[must_use]
pub fn describe_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Opaque { parameters, .. } if !parameters.is_empty() => {
            format!("{ty} {}", Opaque::Table(parameters.clone()))
        }
        ty => ty.to_string(),
    }
}

fn describe_kind(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Column(ty) => describe_type(ty),
        FieldKind::ForeignKey(reference) => match &reference.to_field {
            Some(field) => format!("foreign key to {}.{field}", reference.to),
            None => format!("foreign key to {}", reference.to),
        },
        FieldKind::ManyToMany(pairs) => match &pairs.through {
            Some(through) => format!("many to many {} through {through}", pairs.to),
            None => format!("many to many {}", pairs.to),
        },
    }
}

/// Only what differs, each as `before → after`, `now …`, or `no longer …`.
fn describe_alteration(from: &FieldState, to: &FieldState) -> String {
    // A foreign key's column has a name by itself; the plain column that waits for the key has to say it.
    let stays = from.column_name() == to.column_name();
    let words = attributes(from).into_iter().zip(attributes(to));
    // What a column says of itself, pairs do not say.
    let said = |what: &str, after: &str| !(stays && what == "column" || to.is_pairs() && after.is_empty());
    let words = words.filter(|(before, after)| before.1 != after.1 && said(before.0, &after.1));
    let mut words: Vec<String> = words
        .map(|((_, before), (what, after))| match (before.is_empty(), after.is_empty(), what) {
            (false, true, "null") => "no longer null".to_owned(),
            (true, _, _) => format!("now {after}"),
            (_, true, _) => format!("no longer {before}"),
            (false, false, "") => format!("{before} → {after}"),
            (false, false, what) => {
                let value = after.strip_prefix(what).map_or(after.as_str(), str::trim_start);
                format!("{before} → {value}")
            }
        })
        .chain(options(&from.options, &to.options))
        .collect();
    words.extend(from.carries_to(to).then(|| "what it holds comes along".to_owned()));
    match to.column_name() {
        Some(column) if words.is_empty() => format!("its column stays {column}"),
        _ => words.join(", "),
    }
}

fn describe_index(index: &IndexState) -> String {
    let unique = if index.unique { "unique index" } else { "index" };
    let fields = index.fields.iter().map(ToString::to_string);
    let parts: Vec<String> = fields.chain(index.expression.iter().map(ToString::to_string)).collect();
    let condition = index.condition.as_ref().map(|sql| format!(" where {sql}")).unwrap_or_default();
    format!("{unique} {} on {}{condition}", index.name.as_deref().unwrap_or("?"), list(&parts))
}

fn describe_constraint(constraint: &ConstraintState) -> String {
    let name = constraint.name.as_deref().unwrap_or("?");
    match &constraint.kind {
        ConstraintKind::Unique { fields, .. } => format!("unique {name} on {}", list(fields)),
        ConstraintKind::Check { sql } => format!("check {name}: {sql}"),
        ConstraintKind::Choices { field, values } => format!("check {name}: {field} is one of {}", values.join(", ")),
        ConstraintKind::NonNegative { field } => format!("check {name}: {field} is 0 or more"),
        ConstraintKind::ForeignKey { fields, to, to_fields, .. } => {
            format!("foreign key {name}: {} to {to} {}", list(fields), list(to_fields))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Default as DefaultValue, Literal};

    fn field(ty: ColumnType) -> FieldState {
        FieldState::new("title", FieldKind::Column(ty))
    }

    #[test]
    fn an_alteration_tells_only_what_differs() {
        let from = FieldState { null: true, ..field(ColumnType::Varchar(100)) };
        let mut to = field(ColumnType::Varchar(200));
        to.default = Some(DefaultValue::Value(Literal::Text("x".into())));
        let op = Operation::alter_field("Post", from, to);
        let want = "~ Post.title varchar(100) → varchar(200), no longer null, now default \"x\"";
        assert_eq!(op.describe().to_string(), want);
    }

    #[test]
    fn an_added_field_tells_its_definition() {
        let mut added = FieldState::new("rating", FieldKind::Column(ColumnType::SmallInt));
        added.default = Some(DefaultValue::Value(Literal::Integer(0)));
        let op = Operation::AddField { model: "Post".into(), field: added, fill: None };
        assert_eq!(op.describe().to_string(), "+ Post.rating smallint, default 0");
    }
}
