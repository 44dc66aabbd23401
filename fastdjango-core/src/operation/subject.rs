//! What an operation is about, and whose values it reads and changes: what decides whether two branches may change places.

use std::collections::BTreeSet;
use std::fmt;

use super::Operation;
use crate::field::{Default as DefaultValue, Literal, Sql, lexer};
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::pair::Pair;
use crate::state::{ConstraintState, FieldState, ProjectState};

/// Something that two operations may both be about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A field, and its values.
    Field(ModelRef, FieldName),
    /// A model as a whole.
    Model(ModelRef),
    /// A native enum.
    Enum(String),
    /// One text of a native enum.
    Text(String, String),
    /// The name of a table, an index or a constraint.
    Name(String),
    /// Whatever there is: SQL of the user's own may read and change anything.
    Anything,
}

impl Subject {
    /// True where what happens to the one may happen to the other.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anything, _) | (_, Self::Anything) => true,
            (Self::Model(model), Self::Field(of, _)) | (Self::Field(of, _), Self::Model(model)) => model == of,
            (one, other) => one == other,
        }
    }

    /// The narrower of the two, where they overlap.
    #[must_use]
    pub fn shared<'a>(&'a self, other: &'a Self) -> Option<&'a Self> {
        self.overlaps(other).then(|| self.min(other))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(model, field) => write!(f, "`{}.{field}`", model.model),
            Self::Model(model) => write!(f, "`{}`", model.model),
            Self::Enum(name) => write!(f, "`enum({name})`"),
            Self::Text(name, text) => write!(f, "`{text}` of `enum({name})`"),
            Self::Name(name) => write!(f, "the name `{name}`"),
            Self::Anything => f.write_str("rows that only its SQL names"),
        }
    }
}

/// Whose values an operation computes with, there or back, and whose it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Those that its SQL reads.
    pub reads: BTreeSet<Subject>,
    /// Those that are others afterwards.
    pub changes: BTreeSet<Subject>,
}

impl Values {
    /// What one of them reads or changes while the other changes it.
    #[must_use]
    pub fn clash<'a>(&'a self, other: &'a Self) -> Option<&'a Subject> {
        let pairs = [(&self.changes, &other.changes), (&self.changes, &other.reads), (&self.reads, &other.changes)];
        pairs.into_iter().find_map(|(mine, theirs)| shared(mine, theirs))
    }
}

/// What both sets are about; the narrowest of it.
pub(crate) fn shared<'a>(mine: &'a BTreeSet<Subject>, theirs: &'a BTreeSet<Subject>) -> Option<&'a Subject> {
    mine.iter().flat_map(|mine| theirs.iter().filter_map(move |theirs| mine.shared(theirs))).min()
}

impl Operation {
    /// What the operation is about: what it changes, and what has to be there for it.
    #[must_use]
    pub fn subjects(&self, app: &AppLabel) -> BTreeSet<Subject> {
        let mut subjects: BTreeSet<Subject> = match self {
            Self::AddField { model, field, .. } | Self::RemoveField { model, field, .. } => {
                BTreeSet::from([of_field(app, model, &field.name)])
            }
            Self::AlterField { model, to, .. } => BTreeSet::from([of_field(app, model, &to.name)]),
            Self::RenameField { model, from, to } => {
                BTreeSet::from([of_field(app, model, from), of_field(app, model, to)])
            }
            Self::AddIndex { model, index } | Self::RemoveIndex { model, index } => {
                index.fields.iter().map(|column| of_field(app, model, &column.field)).collect()
            }
            Self::AddConstraint { model, constraint } | Self::RemoveConstraint { model, constraint } => {
                of_constraint(app, model, constraint)
            }
            Self::RunSql { .. } => BTreeSet::from([Subject::Anything]),
            other => other.models(app).into_iter().map(Subject::Model).collect(),
        };
        subjects.extend(self.named_targets().into_iter().map(Subject::Model));
        let enums = self.named_fields().into_iter().filter_map(FieldState::enum_name).chain(self.enum_name());
        subjects.extend(enums.map(|name| Subject::Enum(name.to_owned())));
        let Pair { previous, next } = self.names();
        subjects.extend(previous.union(&next).map(|name| Subject::Name((*name).to_owned())));
        subjects
    }

    /// Whose values the operation reads and changes, given the state before it.
    #[must_use]
    pub fn values(&self, app: &AppLabel, before: &ProjectState) -> Values {
        let mut values = Values::default();
        match self {
            Self::AddField { model, field, fill } => {
                values.changes.insert(of_field(app, model, &field.name));
                values.computed(app, model, fill.as_ref(), before);
            }
            Self::RemoveField { model, field, reverse_fill } => {
                values.changes.insert(of_field(app, model, &field.name));
                values.computed(app, model, reverse_fill.as_ref(), before);
            }
            Self::AlterField { model, from, to, fill, reverse_fill, using, reverse_using } => {
                let sql = [using, reverse_using].map(Option::is_some).contains(&true);
                if sql || fill.is_some() || reverse_fill.is_some() || !same_values(from, to) {
                    values.changes.insert(of_field(app, model, &to.name));
                }
                for fill in [fill, reverse_fill] {
                    values.computed(app, model, fill.as_ref(), before);
                }
                for using in [using, reverse_using].into_iter().flatten() {
                    values.read(app, model, using, before);
                }
            }
            Self::RenameField { model, from, to } => {
                values.changes.extend([of_field(app, model, from), of_field(app, model, to)]);
            }
            Self::DeleteModel { .. } | Self::RenameModel { .. } | Self::MoveModel { .. } => {
                values.changes.extend(self.models(app).into_iter().map(Subject::Model));
            }
            Self::AlterEnum { r#enum: name, from, to, renamed } => {
                let gone = from.iter().filter(|text| !to.contains(text));
                values.changes.extend(gone.map(|text| Subject::Text(name.clone(), text.clone())));
                if !renamed.is_empty() {
                    let fields = before.enum_fields(name);
                    values.changes.extend(fields.map(|(model, field)| Subject::Field(model.clone(), field.clone())));
                }
            }
            Self::RunSql { .. } => {
                values.reads.insert(Subject::Anything);
                values.changes.insert(Subject::Anything);
            }
            Self::CreateModel { .. }
            | Self::ReceiveModel { .. }
            | Self::AlterModelTable { .. }
            | Self::AlterModelComment { .. }
            | Self::AlterModelExtensions { .. }
            | Self::AlterModelOptions { .. }
            | Self::SetManaged { .. }
            | Self::AlterPrimaryKey { .. }
            | Self::AddIndex { .. }
            | Self::RemoveIndex { .. }
            | Self::RenameIndex { .. }
            | Self::AddConstraint { .. }
            | Self::RemoveConstraint { .. }
            | Self::RenameConstraint { .. }
            | Self::CreateEnum { .. }
            | Self::DeleteEnum { .. } => {}
        }
        values.reads.extend(self.texts());
        values
    }
}

impl Operation {
    /// The texts of enums that it gives to rows, now or by a default: they may be called otherwise by then, or be gone.
    fn texts(&self) -> BTreeSet<Subject> {
        let fill = match self {
            Self::AddField { fill, .. } | Self::AlterField { fill, .. } => fill.as_ref(),
            _ => None,
        };
        let mut texts = BTreeSet::new();
        for field in self.named_fields() {
            let Some(name) = field.enum_name() else { continue };
            for value in [field.default.as_ref(), fill].into_iter().flatten() {
                if let DefaultValue::Value(Literal::Text(text)) = value {
                    texts.insert(Subject::Text(name.to_owned(), text.clone()));
                }
            }
        }
        texts
    }
}

impl Values {
    fn computed(&mut self, app: &AppLabel, model: &ModelName, fill: Option<&DefaultValue>, before: &ProjectState) {
        if let Some(DefaultValue::Sql { sql }) = fill {
            self.read(app, model, sql, before);
        }
    }

    /// Adds the fields whose columns the fragment names; a query inside it may name any table.
    fn read(&mut self, app: &AppLabel, model: &ModelName, sql: &Sql, before: &ProjectState) {
        if sql.texts().any(|text| lexer::tokens(text).iter().any(|token| token.is_word("SELECT"))) {
            self.reads.insert(Subject::Anything);
        }
        let own = ModelRef::new(app.clone(), model.clone());
        let fields = before.models.get(&own).into_iter().flat_map(|found| &found.fields);
        let named = fields.filter(|field| field.column_name().is_some_and(|column| sql.mentions(&column)));
        self.reads.extend(named.map(|field| Subject::Field(own.clone(), field.name.clone())));
    }
}

fn of_field(app: &AppLabel, model: &ModelName, field: &FieldName) -> Subject {
    Subject::Field(ModelRef::new(app.clone(), model.clone()), field.clone())
}

fn of_constraint(app: &AppLabel, model: &ModelName, constraint: &ConstraintState) -> BTreeSet<Subject> {
    constraint.fields().iter().map(|field| of_field(app, model, field)).collect()
}

/// True where a row has the same value in both.
fn same_values(from: &FieldState, to: &FieldState) -> bool {
    let words =
        |field: &FieldState| (field.db_type.clone(), field.collation.clone(), field.null, field.generated.clone());
    from.kind == to.kind && words(from) == words(to)
}
