//! Shapes: what a value of a file must look like, as data.

use toml::de::DeValue;

/// A rule of a whole table; its error is the message.
pub type Check = fn(&DeValue<'_>) -> Result<(), String>;

/// What a value must look like.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Boolean,
    /// A whole number from 0 to `max`.
    Number {
        /// The largest.
        max: i64,
    },
    /// Text, a number, or `true` or `false`.
    Literal,
    /// Whatever JSON and TOML both can say.
    Any,
    /// A list of values of one shape.
    List(&'static Shape),
    /// A table of values of one shape, under any of a few names (any name, where there is none).
    Map(&'static [&'static str], &'static Shape),
    /// A table with keys of its own.
    Record(&'static Record),
    /// A table whose keys depend on the word under one of them.
    Tagged(&'static Tagged),
    /// A table of the second shape, or else a value of the first.
    OrTable(&'static Shape, &'static Shape),
    /// A table whose keys depend on the first of these keys that it has.
    ByKey(&'static [(&'static str, Record)]),
}

/// A table with keys of its own.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// What it is, with its article, such as `a field`.
    pub what: &'static str,
    /// The keys.
    pub keys: &'static [Key],
    /// The rules that no single key can tell; called only where the keys are right.
    pub check: Option<Check>,
}

/// One key of a table.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name.
    pub name: &'static str,
    /// What stands there.
    pub shape: Shape,
    /// It may not be left out.
    pub required: bool,
}

/// A table whose keys depend on the word under `tag`.
#[derive(Clone, Copy, Debug)]
pub struct Tagged {
    /// The key of the word.
    pub tag: &'static str,
    /// What the word names, such as `operation`.
    pub noun: &'static str,
    /// Keys that every variant has.
    pub common: &'static [Key],
    /// The keys of each word.
    pub variants: &'static [(&'static str, &'static [Key])],
    /// The rules that no single key can tell; called only where the keys are right.
    pub check: Option<Check>,
}

impl Key {
    /// A key that may not be left out.
    #[must_use]
    pub const fn required(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, required: true }
    }

    /// A key that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, required: false }
    }
}

impl Shape {
    /// What the shape is called in an error, with its article.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Text | Self::Word(_) => "a string",
            Self::Boolean => "`true` or `false`",
            Self::Number { .. } => "a whole number",
            Self::Literal => "a string, a number, `true` or `false`",
            Self::Any => "a value",
            Self::List(_) => "a list",
            Self::Map(..) | Self::Tagged(_) | Self::ByKey(_) => "a table",
            Self::Record(record) => record.what,
            Self::OrTable(Shape::Text, _) => "a string or a table",
            Self::OrTable(..) => "a string, a number, `true`, `false`, or a table",
        }
    }
}
