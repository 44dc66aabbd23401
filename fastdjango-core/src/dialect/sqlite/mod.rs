//! `SQLite`.

mod conversion;
mod literal;
mod normalize;
#[cfg(feature = "render")]
mod query;
mod quote;
#[cfg(feature = "render")]
mod render;
#[cfg(feature = "render")]
mod table;
pub mod types;
mod utf8;

use super::words::Words;
use super::{Capabilities, Conversion, Dialect, SQLITE};
use crate::field::{ColumnType, Engine};
use crate::pair::Pair;
use crate::schema::{Column, Schema};

/// How it says what every dialect says.
const WORDS: Words = Words {
    facts: SQLITE,
    quote: quote::quote,
    #[cfg(feature = "render")]
    quote_table: quote::quote,
    quoted: literal::quoted,
    standard: |text| std::borrow::Cow::Borrowed(text),
    #[cfg(feature = "render")]
    literal: |value, column, _| literal::literal(value, column),
    #[cfg(feature = "render")]
    lossy: |columns, _| conversion::rule(columns).lossy,
};

/// The dialect of `SQLite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sqlite {
    pub(super) facts: Capabilities,
}

impl Sqlite {
    /// For the default target.
    pub const DEFAULT: Self = Self { facts: SQLITE };
}

impl Dialect for Sqlite {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn capabilities(&self) -> &Capabilities {
        &self.facts
    }

    fn column_type(&self, ty: &ColumnType) -> String {
        types::column_type(ty)
    }

    fn parse_type(&self, declared: &str) -> ColumnType {
        types::parse(declared)
    }

    fn quote(&self, name: &str) -> String {
        quote::quote(name)
    }

    fn quote_table(&self, table: &str) -> String {
        quote::quote(table)
    }

    fn normalize(&self, schema: &mut Schema) {
        normalize::normalize(schema);
    }

    fn conversion(&self, columns: Pair<&Column>) -> Conversion {
        conversion::conversion(columns)
    }

    #[cfg(feature = "render")]
    fn render(&self, statement: &crate::ddl::Statement) -> String {
        render::render(statement)
    }

    #[cfg(feature = "render")]
    fn changes(&self) -> super::Changes<'_> {
        super::Changes::ByRebuild(self)
    }
}

#[cfg(feature = "render")]
impl super::ByRebuild for Sqlite {
    fn rebuild(&self, rebuild: &crate::ddl::Rebuild) -> String {
        render::rebuild(rebuild)
    }
}
