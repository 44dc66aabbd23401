//! Differences between the schema that the models mean and the one that a database has, in words.

use std::fmt;

use super::{Check, CheckExpression, ForeignKey, Index, Unique};
use crate::field::{ColumnType, Deferrable, OnDelete};
use crate::pair::Pair;

/// One difference; in a pair, `previous` is what was found and `next` what is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A table is not there.
    MissingTable {
        /// The table.
        table: String,
    },
    /// A table is there that nobody expects.
    UnknownTable {
        /// The table.
        table: String,
    },
    /// An enum is not there.
    MissingEnum {
        /// The enum.
        name: String,
    },
    /// An enum is there that nobody expects.
    UnknownEnum {
        /// The enum.
        name: String,
    },
    /// The enum's texts are others, or stand in another order.
    Enum {
        /// The enum.
        name: String,
        /// The texts.
        values: Pair<Vec<String>>,
    },
    /// The table's comment is another.
    Comment {
        /// The table.
        table: String,
        /// The comment.
        comments: Pair<Option<String>>,
    },
    /// A column is not there.
    MissingColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column is there that nobody expects.
    UnknownColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column is another than expected.
    Column {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// In what.
        change: ColumnDifference,
    },
    /// The primary key is another.
    PrimaryKey {
        /// The table.
        table: String,
        /// The key's columns.
        columns: Pair<Vec<String>>,
    },
    /// A foreign key is not there.
    MissingForeignKey {
        /// The table.
        table: String,
        /// The key.
        key: ForeignKey,
    },
    /// A foreign key is there that nobody expects.
    UnknownForeignKey {
        /// The table.
        table: String,
        /// The key.
        key: ForeignKey,
    },
    /// A unique constraint is not there.
    MissingUnique {
        /// The table.
        table: String,
        /// The constraint.
        unique: Unique,
    },
    /// A unique constraint is there that nobody expects.
    UnknownUnique {
        /// The table.
        table: String,
        /// The constraint.
        unique: Unique,
    },
    /// A check is not there.
    MissingCheck {
        /// The table.
        table: String,
        /// The check.
        check: Check,
    },
    /// A check is there that nobody expects.
    UnknownCheck {
        /// The table.
        table: String,
        /// The check.
        check: Check,
    },
    /// An index is not there.
    MissingIndex {
        /// The table.
        table: String,
        /// The index.
        index: Index,
    },
    /// An index is there that nobody expects.
    UnknownIndex {
        /// The table.
        table: String,
        /// The index.
        index: Index,
    },
    /// An index has the expected name and says something else.
    ChangedIndex {
        /// The table.
        table: String,
        /// The index.
        indexes: Box<Pair<Index>>,
    },
    /// An index says what is expected under another name.
    RenamedIndex {
        /// The table.
        table: String,
        /// The index.
        indexes: Box<Pair<Index>>,
    },
}

/// In what a column differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnDifference {
    /// The type.
    Type(Pair<ColumnType>),
    /// Whether NULL is allowed.
    Null(Pair<bool>),
    /// Whether the database numbers it.
    Auto(Pair<bool>),
    /// The default.
    Default(Pair<Option<String>>),
    /// The collation.
    Collation(Pair<Option<String>>),
    /// The expression that computes it, and whether it is stored.
    Generated(Pair<Option<String>>),
    /// The comment.
    Comment(Pair<Option<String>>),
}

impl Difference {
    /// The table that differs, or the enum.
    #[must_use]
    pub fn table(&self) -> &str {
        match self {
            Self::MissingEnum { name: table }
            | Self::UnknownEnum { name: table }
            | Self::Enum { name: table, .. }
            | Self::MissingTable { table }
            | Self::UnknownTable { table }
            | Self::Comment { table, .. }
            | Self::MissingColumn { table, .. }
            | Self::UnknownColumn { table, .. }
            | Self::Column { table, .. }
            | Self::PrimaryKey { table, .. }
            | Self::MissingForeignKey { table, .. }
            | Self::UnknownForeignKey { table, .. }
            | Self::MissingUnique { table, .. }
            | Self::UnknownUnique { table, .. }
            | Self::MissingCheck { table, .. }
            | Self::UnknownCheck { table, .. }
            | Self::MissingIndex { table, .. }
            | Self::UnknownIndex { table, .. }
            | Self::ChangedIndex { table, .. }
            | Self::RenamedIndex { table, .. } => table,
        }
    }

    /// True where it is of an enum, and not of a table.
    #[must_use]
    pub const fn is_of_enum(&self) -> bool {
        matches!(self, Self::MissingEnum { .. } | Self::UnknownEnum { .. } | Self::Enum { .. })
    }

    /// True where another wording of the same expression, or of the same type, would look like this.
    #[must_use]
    pub const fn is_of_words(&self) -> bool {
        match self {
            Self::Column { change, .. } => change.is_of_words(),
            Self::MissingCheck { .. }
            | Self::UnknownCheck { .. }
            | Self::MissingIndex { .. }
            | Self::UnknownIndex { .. }
            | Self::ChangedIndex { .. } => true,
            Self::MissingEnum { .. }
            | Self::UnknownEnum { .. }
            | Self::Enum { .. }
            | Self::MissingTable { .. }
            | Self::UnknownTable { .. }
            | Self::Comment { .. }
            | Self::MissingColumn { .. }
            | Self::UnknownColumn { .. }
            | Self::PrimaryKey { .. }
            | Self::MissingForeignKey { .. }
            | Self::UnknownForeignKey { .. }
            | Self::MissingUnique { .. }
            | Self::UnknownUnique { .. }
            | Self::RenamedIndex { .. } => false,
        }
    }
}

impl ColumnDifference {
    const fn is_of_words(&self) -> bool {
        match self {
            Self::Type(_) | Self::Default(_) | Self::Collation(_) | Self::Generated(_) => true,
            Self::Null(_) | Self::Auto(_) | Self::Comment(_) => false,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingEnum { name } => write!(f, "the enum `{name}` is missing"),
            Self::UnknownEnum { name } => write!(f, "the enum `{name}` belongs to no model"),
            Self::Enum { name, values } => {
                write!(f, "the enum `{name}` has {}, not {}", names(&values.previous), names(&values.next))
            }
            Self::MissingTable { table } => write!(f, "the table `{table}` is missing"),
            Self::UnknownTable { table } => write!(f, "the table `{table}` belongs to no model"),
            Self::Comment { table, comments } => {
                write!(f, "`{table}` {}", ColumnDifference::Comment(comments.clone()))
            }
            Self::MissingColumn { table, column } => write!(f, "`{table}` lacks the column `{column}`"),
            Self::UnknownColumn { table, column } => {
                write!(f, "`{table}` has a column `{column}` that belongs to no field")
            }
            Self::Column { table, column, change } => write!(f, "`{table}.{column}` {change}"),
            Self::PrimaryKey { table, columns } => {
                write!(f, "`{table}` has the primary key {}, not {}", names(&columns.previous), names(&columns.next))
            }
            Self::MissingForeignKey { table, key } => write!(f, "`{table}` lacks the foreign key {}", reference(key)),
            Self::UnknownForeignKey { table, key } => {
                write!(f, "`{table}` has a foreign key {} that belongs to no field", reference(key))
            }
            Self::MissingUnique { table, unique } => {
                write!(f, "`{table}` does not keep {} unique{}", names(&unique.columns), unique_terms(unique))
            }
            Self::UnknownUnique { table, unique } => {
                let terms = unique_terms(unique);
                write!(f, "`{table}` keeps {} unique{terms}, which no model asks for", names(&unique.columns))
            }
            Self::MissingCheck { table, check } => write!(f, "`{table}` lacks the check {}", said(check)),
            Self::UnknownCheck { table, check } => {
                write!(f, "`{table}` has a check {} that belongs to no model", said(check))
            }
            Self::MissingIndex { table, index } => write!(f, "`{table}` lacks the index `{}`", index.name),
            Self::UnknownIndex { table, index } => {
                write!(f, "`{table}` has an index `{}` that belongs to no model", index.name)
            }
            Self::ChangedIndex { table, indexes } => {
                write!(f, "the index `{}` of `{table}` is not the one that the model means", indexes.next.name)
            }
            Self::RenamedIndex { table, indexes } => {
                write!(f, "the index `{}` of `{table}` should be called `{}`", indexes.previous.name, indexes.next.name)
            }
        }
    }
}

impl fmt::Display for ColumnDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none =
            |text: &Option<String>| text.as_ref().map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
        match self {
            Self::Type(Pair { previous, next }) => write!(f, "is {previous}, not {next}"),
            Self::Null(Pair { next: true, .. }) => f.write_str("does not allow NULL, and should"),
            Self::Null(_) => f.write_str("allows NULL, and should not"),
            Self::Auto(Pair { next: true, .. }) => f.write_str("is not numbered by the database, and should be"),
            Self::Auto(_) => f.write_str("is numbered by the database, and should not be"),
            Self::Default(pair) => {
                write!(f, "has the default {}, not {}", or_none(&pair.previous), or_none(&pair.next))
            }
            Self::Collation(pair) => {
                write!(f, "has the collation {}, not {}", or_none(&pair.previous), or_none(&pair.next))
            }
            Self::Generated(pair) => {
                write!(f, "is computed by the expression {}, not {}", or_none(&pair.previous), or_none(&pair.next))
            }
            Self::Comment(pair) => {
                write!(f, "has the comment {}, not {}", or_none(&pair.previous), or_none(&pair.next))
            }
        }
    }
}

fn names(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    if quoted.is_empty() { "none".to_owned() } else { quoted.join(", ") }
}

fn reference(key: &ForeignKey) -> String {
    let action =
        |event: &str, action: OnDelete| (action != OnDelete::NoAction).then(|| format!("{event} {}", action.sql()));
    let said = [action("ON DELETE", key.on_delete), action("ON UPDATE", key.on_update), key.deferrable.map(deferred)];
    let terms = terms(&said.into_iter().flatten().collect::<Vec<_>>());
    format!("from {} to {} of `{}`{terms}", names(&key.columns), names(&key.to_columns), key.to_table)
}

fn unique_terms(unique: &Unique) -> String {
    let nulls = unique.nulls_not_distinct.then(|| "NULLS NOT DISTINCT".to_owned());
    terms(&nulls.into_iter().chain(unique.deferrable.map(deferred)).collect::<Vec<_>>())
}

fn deferred(deferrable: Deferrable) -> String {
    match deferrable {
        Deferrable::Immediate => "DEFERRABLE".to_owned(),
        Deferrable::Deferred => "DEFERRABLE INITIALLY DEFERRED".to_owned(),
    }
}

/// What is said of a constraint beyond its columns, in parentheses.
fn terms(said: &[String]) -> String {
    if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) }
}

fn said(check: &Check) -> String {
    match &check.expression {
        CheckExpression::Sql(sql) => format!("`{sql}`"),
        CheckExpression::OneOf { column, values } => format!("that `{column}` is one of {}", names(values)),
        CheckExpression::NonNegative { column } => format!("that `{column}` is not negative"),
    }
}
