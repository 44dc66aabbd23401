//! `MySQL` and `MariaDB`: one way to write, two lists of facts.

#[cfg(feature = "render")]
mod alter;
#[cfg(feature = "render")]
mod clause;
mod conversion;
mod fragment;
mod literal;
mod normalize;
mod quote;
#[cfg(feature = "render")]
mod render;
#[cfg(feature = "render")]
mod table;
mod types;

use super::words::Words;
use super::{Capabilities, Conversion, Dialect, MARIADB, MYSQL};
use crate::field::{ColumnType, Engine};
use crate::pair::Pair;
use crate::schema::{Column, Schema};

/// The dialect of `MySQL`, or of `MariaDB`: wherever they differ, the facts say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mysql {
    pub(super) facts: Capabilities,
}

impl Mysql {
    /// `MySQL` for the default target.
    pub const MYSQL: Self = Self { facts: MYSQL };

    /// `MariaDB` for the default target.
    pub const MARIADB: Self = Self { facts: MARIADB };

    /// How it says what every dialect says.
    const fn words(self) -> Words {
        Words {
            facts: self.facts,
            quote: quote::quote,
            #[cfg(feature = "render")]
            quote_table: quote::quote,
            quoted: literal::quoted,
            standard: fragment::standard,
            #[cfg(feature = "render")]
            literal: |value, column, facts| literal::of_column(value, column, facts),
            #[cfg(feature = "render")]
            lossy: |columns, facts| conversion::rule(columns, facts).lossy,
        }
    }
}

impl Dialect for Mysql {
    fn engine(&self) -> Engine {
        self.facts.engine
    }

    fn capabilities(&self) -> &Capabilities {
        &self.facts
    }

    fn column_type(&self, ty: &ColumnType) -> String {
        types::column_type(ty, &self.facts)
    }

    fn parse_type(&self, declared: &str) -> ColumnType {
        types::parse(declared, &self.facts)
    }

    fn quote(&self, name: &str) -> String {
        quote::quote(name)
    }

    fn quote_table(&self, table: &str) -> String {
        quote::quote(table)
    }

    fn normalize(&self, schema: &mut Schema) {
        normalize::normalize(*self, schema);
    }

    fn conversion(&self, columns: Pair<&Column>) -> Conversion {
        conversion::conversion(columns, &self.facts)
    }

    #[cfg(feature = "render")]
    fn render(&self, statement: &crate::ddl::Statement) -> String {
        render::render(*self, statement)
    }

    #[cfg(feature = "render")]
    fn changes(&self) -> super::Changes<'_> {
        super::Changes::InPlace(self)
    }
}

#[cfg(feature = "render")]
impl super::InPlace for Mysql {
    fn alter(&self, changes: &[crate::ddl::Change]) -> Vec<String> {
        clause::statements(*self, changes)
    }
}
