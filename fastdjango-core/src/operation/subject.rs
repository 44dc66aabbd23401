//! What an operation is about, and whose values it reads and changes: what decides whether two branches may change places.

use std::collections::BTreeSet;
use std::fmt;

use super::{Operation, nested, own};
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
            Self::StateOnly { operations } | Self::DatabaseOnly { operations } => nested::subjects(app, operations),
            Self::RunSql { touches: Some(touches), .. } | Self::RunRust { touches: Some(touches), .. } => {
                touches.iter().map(|name| own::subject(app, name)).collect()
            }
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
            Self::RunSql { .. } | Self::RunRust { .. } => BTreeSet::from([Subject::Anything]),
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
            Self::AddField { model, field, .. } | Self::RemoveField { model, field, .. } => {
                values.changes.insert(of_field(app, model, &field.name));
            }
            Self::AlterField { model, from, to, fill, reverse_fill, using, reverse_using } => {
                let sql = [using, reverse_using].map(Option::is_some).contains(&true);
                if sql || fill.is_some() || reverse_fill.is_some() || !same_values(from, to) {
                    values.changes.insert(of_field(app, model, &to.name));
                }
            }
            Self::RenameField { model, from, to } => {
                values.changes.extend([of_field(app, model, from), of_field(app, model, to)]);
            }
            Self::DeleteModel { .. } | Self::RenameModel { .. } | Self::MoveModel { .. } => {
                values.changes.extend(self.models(app).into_iter().map(Subject::Model));
            }
            // SQL of a table, or of a text, finds neither under the old name.
            Self::AlterModelTable { from, to, .. } => {
                values.changes.extend([from, to].map(|table| Subject::Name(table.clone())));
            }
            Self::DeleteEnum { r#enum: name, .. } => {
                values.changes.insert(Subject::Enum(name.clone()));
            }
            Self::AlterEnum { r#enum: name, from, to, renamed } => {
                let gone: Vec<_> =
                    from.iter().filter(|text| !to.contains(text) || renamed.contains_key(*text)).collect();
                if !gone.is_empty() {
                    values.changes.insert(Subject::Enum(name.clone()));
                }
                values.changes.extend(gone.into_iter().map(|text| Subject::Text(name.clone(), text.clone())));
                if !renamed.is_empty() {
                    let fields = before.enum_fields(name);
                    values.changes.extend(fields.map(|(model, field)| Subject::Field(model.clone(), field.clone())));
                }
            }
            Self::RunSql { touches: Some(touches), .. } | Self::RunRust { touches: Some(touches), .. } => {
                values.changes.extend(touches.iter().map(|name| own::subject(app, name)));
                values.reads.extend(own::spoken_of(app, touches, before));
            }
            Self::RunSql { .. } | Self::RunRust { .. } => {
                values.reads.insert(Subject::Anything);
                values.changes.insert(Subject::Anything);
            }
            Self::StateOnly { operations } | Self::DatabaseOnly { operations } => {
                return nested::values(app, operations, before);
            }
            Self::CreateModel { .. }
            | Self::ReceiveModel { .. }
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
            | Self::CreateEnum { .. } => {}
        }
        values.read_by(self, app, before);
        values
    }
}

impl Operation {
    /// What rows that exist get their values by, now or on the way back: the fills, and the SQL that converts.
    fn sources(&self) -> (Vec<&DefaultValue>, Vec<&Sql>) {
        match self {
            Self::AddField { fill, .. } | Self::RemoveField { reverse_fill: fill, .. } => {
                (fill.iter().collect(), Vec::new())
            }
            Self::AlterField { from, to, fill, reverse_fill, using, reverse_using, .. } => {
                let converting = [using, reverse_using].into_iter().flatten();
                // What was computed keeps the values that it has just then.
                let kept = from.generated.is_some() != to.generated.is_some();
                let computing = [from, to].into_iter().filter_map(|field| field.generated.as_ref()).filter(|_| kept);
                let sql = converting.chain(computing.map(|generated| &generated.expression));
                ([fill, reverse_fill].into_iter().flatten().collect(), sql.collect())
            }
            Self::CreateModel { .. }
            | Self::DeleteModel { .. }
            | Self::RenameModel { .. }
            | Self::MoveModel { .. }
            | Self::ReceiveModel { .. }
            | Self::AlterModelTable { .. }
            | Self::AlterModelComment { .. }
            | Self::AlterModelExtensions { .. }
            | Self::AlterModelOptions { .. }
            | Self::SetManaged { .. }
            | Self::AlterPrimaryKey { .. }
            | Self::RenameField { .. }
            | Self::AddIndex { .. }
            | Self::RemoveIndex { .. }
            | Self::RenameIndex { .. }
            | Self::AddConstraint { .. }
            | Self::RemoveConstraint { .. }
            | Self::RenameConstraint { .. }
            | Self::CreateEnum { .. }
            | Self::DeleteEnum { .. }
            | Self::AlterEnum { .. }
            | Self::RunSql { .. }
            | Self::RunRust { .. }
            | Self::StateOnly { .. }
            | Self::DatabaseOnly { .. } => (Vec::new(), Vec::new()),
        }
    }
}

impl Values {
    /// Adds what rows get their values by: the fills, the defaults, and the SQL that converts.
    fn read_by(&mut self, operation: &Operation, app: &AppLabel, before: &ProjectState) {
        let (fills, converting) = operation.sources();
        for model in operation.models(app) {
            for field in operation.named_fields() {
                for value in field.default.iter().chain(fills.iter().copied()) {
                    match value {
                        DefaultValue::Sql { sql } => self.read_for(field, &model, sql, before),
                        DefaultValue::Value(value) => self.read_text(field, value),
                    }
                }
                for sql in &converting {
                    self.read_for(field, &model, sql, before);
                }
            }
        }
    }

    /// Adds the text of an enum: it may be called otherwise by then, or be gone.
    fn read_text(&mut self, field: &FieldState, value: &Literal) {
        if let (Some(name), Literal::Text(text)) = (field.enum_name(), value) {
            self.reads.insert(Subject::Text(name.to_owned(), text.clone()));
        }
    }

    /// Adds what SQL for a field reads; that for an enum may give any of its texts.
    fn read_for(&mut self, field: &FieldState, model: &ModelRef, sql: &Sql, before: &ProjectState) {
        self.reads.extend(field.enum_name().map(|name| Subject::Enum(name.to_owned())));
        self.read(model, sql, before);
    }

    /// Adds the fields whose columns the fragment names, with those that they are computed from, and the enums that it may compare
    /// with; a query inside it may name any table.
    fn read(&mut self, model: &ModelRef, sql: &Sql, before: &ProjectState) {
        if sql.texts().any(names_a_table) {
            self.reads.insert(Subject::Anything);
        }
        let enums = before.enums.keys().filter(|name| sql.mentions(name));
        self.reads.extend(enums.map(|name| Subject::Enum(name.clone())));
        let Some(definition) = before.models.get(model) else { return };
        if sql.mentions(&definition.table) {
            self.reads.insert(Subject::Name(definition.table.clone()));
        }
        for field in &definition.fields {
            if !field.column_name().is_some_and(|column| sql.mentions(&column)) {
                continue;
            }
            self.reads.extend(field.enum_name().map(|name| Subject::Enum(name.to_owned())));
            let new = self.reads.insert(Subject::Field(model.clone(), field.name.clone()));
            // One that was met already was followed then.
            if let Some(generated) = field.generated.as_ref().filter(|_| new) {
                self.read(model, &generated.expression, before);
            }
        }
    }
}

/// True where the text reads other rows than its own: by a query, by `TABLE x` as `PostgreSQL` has it, by `IN x` as `SQLite` has it.
///
/// <https://www.postgresql.org/docs/current/sql-select.html#SQL-TABLE>, <https://www.sqlite.org/lang_expr.html#in_op>
fn names_a_table(text: &str) -> bool {
    let mut tokens = lexer::tokens(text);
    tokens.retain(|token| !matches!(token.kind, lexer::Kind::Space | lexer::Kind::Comment));
    let open = |at: usize| tokens.get(at).is_some_and(|token| token.is_symbol('('));
    let mut tokens = tokens.iter().enumerate();
    tokens.any(|(at, token)| token.is_word("SELECT") || token.is_word("TABLE") || token.is_word("IN") && !open(at + 1))
}

fn of_field(app: &AppLabel, model: &ModelName, field: &FieldName) -> Subject {
    Subject::Field(ModelRef::new(app.clone(), model.clone()), field.clone())
}

fn of_constraint(app: &AppLabel, model: &ModelName, constraint: &ConstraintState) -> BTreeSet<Subject> {
    constraint.fields().iter().map(|field| of_field(app, model, field)).collect()
}

/// True where a row has the same value in both, and SQL finds it under the same name.
fn same_values(from: &FieldState, to: &FieldState) -> bool {
    from.kind == to.kind
        && from.column_text() == to.column_text()
        && (&from.db_type, &from.collation, from.null) == (&to.db_type, &to.collation, to.null)
        && from.generated == to.generated
}
