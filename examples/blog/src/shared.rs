//! What models of both apps share.

use fastdjango::prelude::*;

/// When a row came, and when it changed.
#[derive(Fields, Debug, Clone)]
pub struct Timestamps {
    /// Set by the database.
    #[field(default_sql = "CURRENT_TIMESTAMP")]
    pub created_at: DateTime<Utc>,
    /// Set by the program.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The part of an address that names a page.
#[derive(FieldType, Debug, Clone, PartialEq, Eq)]
pub struct Slug(pub String);
