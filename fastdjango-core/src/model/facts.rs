//! What a Rust type is to a database, as constants that the compiler resolves.

use super::{Columns, DecodeError, FieldDef, ModelDef, ModelLabel, Value, WrongValue};

/// A column type in constant form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeDef {
    /// `boolean`.
    Boolean,
    /// `smallint`.
    SmallInt,
    /// `integer`.
    Integer,
    /// `bigint`.
    BigInt,
    /// `real`.
    Real,
    /// `double`.
    Double,
    /// `text`, or `varchar(n)` with `max_length`.
    Text,
    /// `binary`.
    Binary,
    /// `uuid`.
    Uuid,
    /// `numeric(p,s)` by `max_digits` and `decimal_places`.
    Numeric,
    /// `date`.
    Date,
    /// `time`.
    Time,
    /// `timestamp`.
    Timestamp,
    /// `timestamptz`.
    TimestampTz,
    /// `json`.
    Json,
    /// `inet`.
    Inet,
    /// `T[]`.
    Array(&'static TypeDef),
    /// A type of the project's own, that holds one of a few texts.
    Enum(&'static EnumDef),
    /// A type that only the database knows.
    Custom(&'static str),
}

/// A native enum, but for its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumDef {
    /// The type's name.
    pub name: &'static str,
    /// The app that makes and changes it, where the enum says one.
    pub app: Option<&'static str>,
    /// New texts, each with its former one.
    pub renamed_from: &'static [(&'static str, &'static str)],
}

/// What a field is: a column, a reference, or a table of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A column of a type.
    Column {
        /// The column's type.
        ty: TypeDef,
        /// An unsigned number in a signed column: checked to be at least 0.
        non_negative: bool,
        /// The only values, where there are few: checked; the column is as long as the longest.
        choices: &'static [&'static str],
    },
    /// A column that refers to a row of another model.
    ForeignKey {
        /// The target.
        to: ModelLabel,
        /// At most one row refers to each target.
        unique: bool,
    },
    /// Pairs in a table of their own.
    ManyToMany {
        /// The target.
        to: ModelLabel,
    },
}

/// Everything that the schema needs to know of a field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeFacts {
    /// Column or relation.
    pub kind: Kind,
    /// True for an `Option`.
    pub nullable: bool,
    /// True for an `Option` of an `Option`, whose two NULLs a database cannot tell apart: refused.
    pub nested: bool,
}

impl TypeFacts {
    /// A plain column of a type.
    #[must_use]
    pub const fn column(ty: TypeDef) -> Self {
        Self { kind: Kind::Column { ty, non_negative: false, choices: &[] }, nullable: false, nested: false }
    }

    /// An unsigned number, kept in the next wider signed type.
    #[must_use]
    pub const fn unsigned(ty: TypeDef) -> Self {
        Self { kind: Kind::Column { ty, non_negative: true, choices: &[] }, nullable: false, nested: false }
    }

    /// Text out of a short list.
    #[must_use]
    pub const fn choices(choices: &'static [&'static str]) -> Self {
        Self { kind: Kind::Column { ty: TypeDef::Text, non_negative: false, choices }, nullable: false, nested: false }
    }

    /// Text out of a short list that is a type of its own, where the database has such types.
    #[must_use]
    pub const fn native(def: &'static EnumDef, choices: &'static [&'static str]) -> Self {
        let ty = TypeDef::Enum(def);
        Self { kind: Kind::Column { ty, non_negative: false, choices }, nullable: false, nested: false }
    }

    /// The same, or NULL.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { kind: self.kind, nullable: true, nested: self.nullable }
    }
}

/// A type that can be a field of a model.
///
/// What each becomes on `SQLite`; every value comes back as it was written, or is refused when it is written:
///
/// | type | column | stored as |
/// |---|---|---|
/// | `bool` | `boolean` | 0 or 1 |
/// | `i16`, `i32`, `i64` | `smallint`, `integer`, `bigint` | integer |
/// | `u8`, `u16`, `u32` | the next wider of these, checked to be at least 0 | integer |
/// | `f32`, `f64` | `real`, `double` | real; NaN is refused, and -0.0 becomes 0.0 |
/// | `String` | `text`, or `varchar(n)` by `max_length` | text |
/// | `Vec<u8>` | `blob` | bytes |
/// | `Uuid` | `uuid` | text with hyphens |
/// | `Decimal` | `numeric(p, s)` | number up to 15 digits, text above; digits that do not fit are refused |
/// | `NaiveDate`, `time::Date` | `date` | `2026-01-31` |
/// | `NaiveTime`, `time::Time` | `time` | `12:30:00`, with six or nine digits more where it has them |
/// | `NaiveDateTime`, `time::PrimitiveDateTime` | `timestamp` | `2026-01-31 12:30:00` |
/// | `DateTime<Utc>`, `time::OffsetDateTime` | `timestamptz` | the same, in UTC |
/// | `serde_json::Value`, `Json<T>` | `json` | text |
/// | `IpAddr` | `inet` | text |
/// | an enum with `Choices` | `varchar(n)`, checked; on `PostgreSQL` a type of its own by `#[choices(native)]` | text |
/// | a newtype with `FieldType` | what it wraps | |
///
/// An `Option` of each is NULL where it is `None`. A `Vec` of one of them is an array on `PostgreSQL`; a list that is kept on
/// every database is `Json<Vec<T>>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a model",
    label = "no database column is known for `{Self}`",
    note = "for a newtype, derive `fastdjango::FieldType`; for an enum, derive `fastdjango::Choices`; for a struct or a list kept as JSON, use `Json<{Self}>`; to leave the field out, write `#[field(skip)]`"
)]
pub trait FieldType: Sized {
    /// What the type is to a database.
    const FACTS: TypeFacts;

    /// The choices by name and stored text, for a type with `#[derive(Choices)]`.
    const CHOICES: &'static [(&'static str, &'static str)] = &[];

    /// The form in which the field is stored.
    fn to_value(&self) -> Value;

    /// The field of a stored value; `scale` is the column's `decimal_places`.
    ///
    /// A value that the type cannot hold is an error, never the nearest one that it can.
    fn from_value(value: Value, scale: Option<u32>) -> Result<Self, WrongValue>;
}

/// A struct with `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "`{Self}` does not implement `Model`",
    note = "a relation points at a struct with `#[derive(fastdjango::Model)]`"
)]
pub trait Model {
    /// App and name: a constant of its own, so that models may refer to each other in circles.
    const LABEL: ModelLabel;
    /// The table: a constant of its own for the same reason.
    const TABLE: &'static str;
    /// The whole definition.
    const DEF: &'static ModelDef;
}

/// A model with a primary key of one field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no primary key of type `{K}`",
    label = "the key of `{Self}` is of another type, or has several fields",
    note = "`ForeignKey<T>` refers to an `i64`; for another key write `ForeignKey<T, K>`; for a composite key use `#[model(foreign_key(fields = […], to = T, to_fields = […]))]`"
)]
pub trait Keyed<K>: Model {
    /// The key of this row.
    fn key(&self) -> K;
}

/// A struct with `#[derive(Fields)]`: columns that several models share by `#[model(flatten)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into a model",
    label = "`{Self}` does not implement `Fields`",
    note = "derive `fastdjango::Fields` for the struct that holds the shared columns"
)]
pub trait Fields: Sized {
    /// The fields, in order.
    const FIELDS: &'static [FieldDef];

    /// Adds the columns that an INSERT names, with their values, in the order of the fields.
    fn write(&self, values: &mut Vec<(&'static str, Value)>);

    /// Reads the fields from a row.
    fn read(row: &dyn Columns) -> Result<Self, DecodeError>;
}
