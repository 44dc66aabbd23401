//! Names of apps, models, fields, tables, and migrations; limits, and the stable hash that shortens a name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod text;

use text::Text;

/// The longest name that every supported database keeps whole, in bytes.
///
/// `PostgreSQL` cuts at 63: <https://www.postgresql.org/docs/current/limits.html>.
pub const MAX_IDENTIFIER_BYTES: usize = 63;

// States, changes and operations are copied, and names compared, far more often than names are made.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(transparent))]
        pub struct $name(#[cfg_attr(feature = "json-schema", schemars(with = "String"))] Text);

        impl $name {
            /// Takes the name as it is; use `parse` for text that a person typed.
            pub fn new(name: impl AsRef<str>) -> Self {
                Self(Text::new(name.as_ref()))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self::new(name)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
    };
}

name! {
    /// The label of an app: the models of one crate under one name, such as `blog`.
    AppLabel
}
name! {
    /// A model within its app: the struct's name, such as `Post`.
    ModelName
}
name! {
    /// A field within its model, such as `title`.
    FieldName
}
name! {
    /// A table of the database, such as `blog_post`.
    TableName
}
name! {
    /// A migration within its app, such as `0002_add_post_rating`.
    MigrationName
}

/// A model of any app, written `blog.Post`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelRef {
    /// The app that owns the model.
    pub app: AppLabel,
    /// The model's name.
    pub model: ModelName,
}

impl ModelRef {
    /// Names a model of an app.
    pub fn new(app: impl Into<AppLabel>, model: impl Into<ModelName>) -> Self {
        Self { app: app.into(), model: model.into() }
    }
}

/// A migration of any app, written `blog.0001_initial`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MigrationRef {
    /// The app that owns the migration.
    pub app: AppLabel,
    /// The migration's name.
    pub name: MigrationName,
}

impl MigrationRef {
    /// Names a migration of an app.
    pub fn new(app: impl Into<AppLabel>, name: impl Into<MigrationName>) -> Self {
        Self { app: app.into(), name: name.into() }
    }
}

/// Text that should read `app.Name` and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotDotted(String);

impl fmt::Display for NotDotted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not of the form `app.name`", self.0)
    }
}

impl std::error::Error for NotDotted {}

macro_rules! dotted {
    ($name:ident, $part:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}.{}", self.app, self.$part)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = NotDotted;

            fn from_str(text: &str) -> Result<Self, NotDotted> {
                match text.split_once('.') {
                    Some((app, rest)) if !app.is_empty() && !rest.is_empty() => Ok(Self::new(app, rest)),
                    _ => Err(NotDotted(text.to_owned())),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

dotted!(ModelRef, model);
dotted!(MigrationRef, name);

#[cfg(feature = "json-schema")]
crate::text_schema! {
    ModelRef: "A model of any app, written `blog.Post`.", r"^[^.]+\..+$";
    MigrationRef: "A migration of any app, written `blog.0001_initial`.", r"^[^.]+\..+$";
}

/// Parts the name of a table into its schema and the name that it has there: `shop.order` is the table `order` of `shop`.
///
/// A name with several dots, or with nothing on one side of its dot, is no such pair: it stays whole.
#[must_use]
pub fn split_table(table: &str) -> (Option<&str>, &str) {
    match table.split_once('.') {
        Some((schema, name)) if !schema.is_empty() && !name.is_empty() && !name.contains('.') => (Some(schema), name),
        _ => (None, table),
    }
}

/// Another table of the same schema.
#[must_use]
pub fn beside_table(table: &str, name: &str) -> String {
    split_table(table).0.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"))
}

/// Cuts `name` to at most `limit` bytes; a cut name ends in eight hexadecimal digits of its own stable hash.
///
/// Names that fit come back unchanged, so two long names that differ only at the end stay apart.
#[must_use]
pub fn shorten(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let hash = format!("{:016x}", stable_hash(name.as_bytes()));
    let mut cut = limit.saturating_sub(9);
    while !name.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}_{}", &name[..cut], &hash[..8])
}

/// `blog_post_author_id_fkey`: table, columns, and what it is, cut to what every database keeps whole.
pub(crate) fn implied_name(table: &str, columns: &[&str], suffix: &str) -> String {
    let mut words = vec![split_table(table).1];
    words.extend(columns);
    words.push(suffix);
    shorten(&words.join("_"), MAX_IDENTIFIER_BYTES)
}

/// Turns `PostTag` into `post_tag`, `HTTPServer` into `http_server`.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (i, &letter) in letters.iter().enumerate() {
        if letter.is_uppercase() && i > 0 && letters[i - 1] != '_' {
            let after_lower = letters[i - 1].is_lowercase() || letters[i - 1].is_numeric();
            let before_lower = letters.get(i + 1).is_some_and(|next| next.is_lowercase());
            if after_lower || before_lower {
                snake.push('_');
            }
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// A 64-bit hash that is the same on every machine and in every release (the head of BLAKE3).
#[must_use]
pub fn stable_hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    let mut head = [0; 8];
    head.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_stay_apart_and_fit() {
        let long = "a".repeat(70);
        let one = shorten(&format!("{long}_idx"), MAX_IDENTIFIER_BYTES);
        let two = shorten(&format!("{long}_key"), MAX_IDENTIFIER_BYTES);
        assert_ne!(one, two);
        assert_eq!(one.len(), MAX_IDENTIFIER_BYTES);
        assert_eq!(shorten("short", MAX_IDENTIFIER_BYTES), "short");
    }

    #[test]
    fn names_are_cut_between_characters() {
        assert!(shorten(&"é".repeat(40), MAX_IDENTIFIER_BYTES).len() <= MAX_IDENTIFIER_BYTES);
    }

    #[test]
    fn one_dot_parts_a_schema_from_its_table() {
        assert_eq!(split_table("shop.order"), (Some("shop"), "order"));
        for whole in ["order", "a.b.c", ".order", "shop."] {
            assert_eq!(split_table(whole), (None, whole));
        }
        assert_eq!(beside_table("shop.order", "item"), "shop.item");
        assert_eq!(beside_table("order", "item"), "item");
    }

    #[test]
    fn snake_case_keeps_acronyms_together() {
        for (camel, snake) in
            [("PostTag", "post_tag"), ("HTTPServer", "http_server"), ("A1B", "a1_b"), ("Über", "über")]
        {
            assert_eq!(snake_case(camel), snake);
        }
    }
}
