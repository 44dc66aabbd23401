//! `PostgreSQL`.

#[cfg(feature = "render")]
mod alter;
mod conversion;
#[cfg(feature = "render")]
mod enums;
mod literal;
mod normalize;
mod quote;
#[cfg(feature = "render")]
mod render;
#[cfg(feature = "render")]
mod table;
pub mod types;

use super::words::Words;
use super::{Capabilities, Conversion, Dialect, POSTGRES};
use crate::field::{ColumnType, Engine};
use crate::pair::Pair;
use crate::schema::{Column, Schema};

/// How it says what every dialect says.
const WORDS: Words = Words {
    facts: POSTGRES,
    quote: quote::quote,
    #[cfg(feature = "render")]
    quote_table: quote::quote_table,
    quoted: literal::quoted,
    standard: |text| std::borrow::Cow::Borrowed(text),
    #[cfg(feature = "render")]
    literal: |value, column, _| literal::literal(value, column),
    #[cfg(feature = "render")]
    lossy: |columns, _| conversion::rule(columns).lossy,
};

/// The dialect of `PostgreSQL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postgres {
    pub(super) facts: Capabilities,
}

impl Postgres {
    /// For the default target.
    pub const DEFAULT: Self = Self { facts: POSTGRES };
}

impl Dialect for Postgres {
    fn engine(&self) -> Engine {
        Engine::Postgres
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
        quote::quote_table(table)
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
        super::Changes::InPlace(self)
    }
}

#[cfg(feature = "render")]
impl super::InPlace for Postgres {
    fn alter(&self, changes: &[crate::ddl::Change]) -> Vec<String> {
        let statements = |change: &crate::ddl::Change| match change {
            crate::ddl::Change::Statement(crate::ddl::Statement::RenameTable { from, to }) => {
                alter::rename_table(from, to)
            }
            crate::ddl::Change::Statement(statement) => vec![render::render(statement)],
            crate::ddl::Change::Alter(alter) => alter::alter(alter),
        };
        changes.iter().flat_map(statements).collect()
    }
}
