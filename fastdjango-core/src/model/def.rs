//! Constant definitions of models: plain data that costs nothing until a command reads it.

use super::{Kind, TypeDef, TypeFacts};
use crate::field::{Deferrable, Engine, OnDelete};

/// The two names that identify a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelLabel {
    /// The app, such as `blog`.
    pub app: &'static str,
    /// The model, such as `Post`.
    pub model: &'static str,
}

/// Where a definition stands in the user's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The crate's folder, which holds `migrations/`.
    pub manifest_dir: &'static str,
    /// The crate's package name.
    pub package: &'static str,
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line of the struct, from 1.
    pub line: u32,
    /// The column of the struct, from 1.
    pub column: u32,
}

/// A fragment of SQL.
#[derive(Clone, Copy, Debug)]
pub enum SqlDef {
    /// One text for every backend.
    Any(&'static str),
    /// A text for each backend.
    Each(&'static [(Engine, &'static str)]),
}

/// A default or a fill value.
#[derive(Clone, Copy, Debug)]
pub enum DefaultDef {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point.
    Real(f64),
    /// Text, or a choice by its stored text.
    Text(&'static str),
    /// An expression of the database.
    Sql(SqlDef),
}

/// A generated column.
#[derive(Clone, Copy, Debug)]
pub struct GeneratedDef {
    /// The expression, in column names.
    pub expression: SqlDef,
    /// Stored on disk, or computed when read.
    pub stored: bool,
}

/// A field, as the struct declares it.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// The field's name, without `r#`.
    pub name: &'static str,
    /// What its Rust type is to a database.
    pub facts: TypeFacts,
    /// The column, where it is not named after the field.
    pub column: Option<&'static str>,
    /// The column of a foreign key that is named after the field: with `_id` at its end.
    pub reference_column: &'static str,
    /// Part of the primary key, alone.
    pub primary_key: bool,
    /// Numbered by the database.
    pub auto: bool,
    /// `varchar(n)`.
    pub max_length: Option<u32>,
    /// Decimal digits in all.
    pub max_digits: Option<u32>,
    /// Decimal digits after the point.
    pub decimal_places: Option<u32>,
    /// No two rows share a value.
    pub unique: bool,
    /// Indexed; a foreign key is unless this is `Some(false)`.
    pub index: Option<bool>,
    /// The database's default.
    pub default: Option<DefaultDef>,
    /// The value of rows that exist when the field arrives.
    pub fill: Option<DefaultDef>,
    /// The value of rows that exist when the field comes back in a rollback.
    pub reverse_fill: Option<DefaultDef>,
    /// What the values of a type that has none in common with the one before are computed with.
    pub using: Option<SqlDef>,
    /// The same on the way back.
    pub reverse_using: Option<SqlDef>,
    /// Whether the values come along where the field becomes another kind of relation.
    pub keep_values: Option<bool>,
    /// The column's comment.
    pub comment: Option<&'static str>,
    /// The column's collation.
    pub collation: Option<SqlDef>,
    /// A condition that every row meets.
    pub check: Option<SqlDef>,
    /// Computed by the database.
    pub generated: Option<GeneratedDef>,
    /// A database's own type.
    pub db_type: Option<SqlDef>,
    /// The field's former name.
    pub renamed_from: Option<&'static str>,
    /// The action when the target goes.
    pub on_delete: Option<OnDelete>,
    /// The action when the target's key changes.
    pub on_update: Option<OnDelete>,
    /// When a deferrable foreign key is checked.
    pub deferrable: Option<Deferrable>,
    /// The name of the way back, unique among the target's.
    pub related_name: Option<&'static str>,
    /// The target's field, where it is not the key.
    pub to_field: Option<&'static str>,
    /// The model of a many-to-many's rows, where it is the user's own.
    pub through: Option<ModelLabel>,
    /// The line of the field, from 1.
    pub line: u32,
    /// The column of the field in the source, from 1.
    pub source_column: u32,
}

impl FieldDef {
    /// A field of a type, without any attribute.
    #[must_use]
    pub const fn new(
        name: &'static str,
        reference_column: &'static str,
        facts: TypeFacts,
        line: u32,
        source_column: u32,
    ) -> Self {
        // One copy and five assignments: a literal of all the fields is a step of the compiler's for each, in each model.
        let mut field = Self::PLAIN;
        field.name = name;
        field.reference_column = reference_column;
        field.facts = facts;
        field.line = line;
        field.source_column = source_column;
        field
    }

    /// The column in the table; of a many-to-many, which has none, the name.
    #[must_use]
    pub const fn column_name(&self) -> &'static str {
        match (self.column, self.facts.kind) {
            (Some(column), _) => column,
            (None, Kind::ForeignKey { .. }) => self.reference_column,
            (None, Kind::Column { .. } | Kind::ManyToMany { .. }) => self.name,
        }
    }

    const PLAIN: Self = Self {
        name: "",
        facts: TypeFacts::column(TypeDef::Text),
        column: None,
        reference_column: "",
        primary_key: false,
        auto: false,
        max_length: None,
        max_digits: None,
        decimal_places: None,
        unique: false,
        index: None,
        default: None,
        fill: None,
        reverse_fill: None,
        using: None,
        reverse_using: None,
        keep_values: None,
        comment: None,
        collation: None,
        check: None,
        generated: None,
        db_type: None,
        renamed_from: None,
        on_delete: None,
        on_update: None,
        deferrable: None,
        related_name: None,
        to_field: None,
        through: None,
        line: 0,
        source_column: 0,
    };
}

/// An index over several fields, or over an expression.
#[derive(Clone, Copy, Debug)]
pub struct IndexDef {
    /// The fields; the flag is true for a descending one.
    pub fields: &'static [(&'static str, bool)],
    /// How many characters of a field, where it is not the whole of it.
    pub lengths: &'static [(&'static str, u32)],
    /// The index's name, where the model gives one.
    pub name: Option<&'static str>,
    /// No two rows share the values.
    pub unique: bool,
    /// Only the rows that meet this are in the index.
    pub condition: Option<SqlDef>,
    /// An expression after the fields.
    pub expression: Option<SqlDef>,
    /// Fields that the index carries along.
    pub include: &'static [&'static str],
    /// The access method, such as `gin`.
    pub method: Option<&'static str>,
    /// The operator class of every field.
    pub opclass: Option<&'static str>,
    /// Built without a lock, where the backend can.
    pub concurrently: bool,
}

impl IndexDef {
    /// An index over fields, without any option.
    #[must_use]
    pub const fn new(fields: &'static [(&'static str, bool)]) -> Self {
        Self {
            fields,
            lengths: &[],
            name: None,
            unique: false,
            condition: None,
            expression: None,
            include: &[],
            method: None,
            opclass: None,
            concurrently: false,
        }
    }
}

/// A unique constraint over several fields.
#[derive(Clone, Copy, Debug)]
pub struct UniqueDef {
    /// The fields.
    pub fields: &'static [&'static str],
    /// The constraint's name, where the model gives one.
    pub name: Option<&'static str>,
    /// Only among the rows that meet this: a unique index then.
    pub condition: Option<SqlDef>,
    /// When it is checked.
    pub deferrable: Option<Deferrable>,
    /// False where two NULLs are equal.
    pub nulls_distinct: bool,
}

impl UniqueDef {
    /// A constraint over fields, without any option.
    #[must_use]
    pub const fn new(fields: &'static [&'static str]) -> Self {
        Self { fields, name: None, condition: None, deferrable: None, nulls_distinct: true }
    }
}

/// A check constraint.
#[derive(Clone, Copy, Debug)]
pub struct CheckDef {
    /// The constraint's name, where the model gives one.
    pub name: Option<&'static str>,
    /// The condition, in column names.
    pub sql: SqlDef,
}

/// A foreign key over several fields.
#[derive(Clone, Copy, Debug)]
pub struct ForeignKeyDef {
    /// The constraint's name, where the model gives one.
    pub name: Option<&'static str>,
    /// The fields here.
    pub fields: &'static [&'static str],
    /// The target.
    pub to: ModelLabel,
    /// The fields there.
    pub to_fields: &'static [&'static str],
    /// The action when the target goes.
    pub on_delete: OnDelete,
    /// The action when the target's key changes.
    pub on_update: OnDelete,
    /// When a deferrable key is checked.
    pub deferrable: Option<Deferrable>,
}

/// A model, as the derive sees it.
#[derive(Clone, Copy, Debug)]
pub struct ModelDef {
    /// App and name.
    pub label: ModelLabel,
    /// The table.
    pub table: &'static str,
    /// The model's former name.
    pub renamed_from: Option<&'static str>,
    /// False where somebody else owns the table.
    pub managed: bool,
    /// The table's comment.
    pub comment: Option<&'static str>,
    /// The extensions of the database that it needs.
    pub extensions: &'static [&'static str],
    /// The fields in order, in groups: a flattened struct's fields are a group of their own.
    pub fields: &'static [&'static [FieldDef]],
    /// The fields of a composite key; empty where a field says `primary_key`, or none does.
    pub primary_key: &'static [&'static str],
    /// Indexes of the model.
    pub indexes: &'static [IndexDef],
    /// Unique constraints of the model.
    pub uniques: &'static [UniqueDef],
    /// Check constraints of the model.
    pub checks: &'static [CheckDef],
    /// Composite foreign keys of the model.
    pub foreign_keys: &'static [ForeignKeyDef],
    /// Where the struct stands.
    pub source: Source,
}

impl ModelDef {
    /// A model of fields, without any attribute.
    #[must_use]
    pub const fn new(
        label: ModelLabel,
        table: &'static str,
        fields: &'static [&'static [FieldDef]],
        source: Source,
    ) -> Self {
        Self {
            label,
            table,
            renamed_from: None,
            managed: true,
            comment: None,
            extensions: &[],
            fields,
            primary_key: &[],
            indexes: &[],
            uniques: &[],
            checks: &[],
            foreign_keys: &[],
            source,
        }
    }

    /// The fields in order, flattened ones in their place.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static FieldDef> + use<> {
        self.fields.iter().flat_map(|group| group.iter())
    }
}

/// What stands for a model whose derive failed, so that its mistakes are the only ones reported.
#[doc(hidden)]
pub const NO_MODEL: &ModelDef = &ModelDef::new(
    ModelLabel { app: "", model: "" },
    "",
    &[],
    Source { manifest_dir: "", package: "", file: "", line: 0, column: 0 },
);
