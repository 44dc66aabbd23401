//! Indexes.

use super::Refusals;
use crate::diagnostic::Diagnostic;
use crate::field::ColumnType;
use crate::schema::{Column, Index, IndexColumn, Table};

impl Refusals<'_> {
    pub(super) fn index(&mut self, model: &str, index: &Index, table: &Table) {
        let place = format!("{model}, index `{}`", index.name);
        self.fragment(&place, "expression", index.expression.as_ref());
        self.fragment(&place, "condition", index.condition.as_ref());
        if !index.include.is_empty() && !self.facts.include_columns {
            self.refuse("E420", &place, "`include`", "add the fields to `fields`, or leave `include` out");
        }
        self.method(&place, index);
        self.lengths(&place, index, table);
        if index.opclass.is_some() && !self.facts.index_methods {
            self.refuse("E420", &place, "`opclass`", "leave it out, or set the field's `collation`");
        }
        if index.expression.is_some() && !self.facts.expression_indexes {
            self.refuse("E420", &place, "`expression`", "index a generated field");
        }
        if index.condition.is_some() && !self.facts.partial_indexes {
            self.refuse("E420", &place, "`condition`", "leave it out, or keep the rows apart by a field of the index");
        }
        if index.columns.iter().any(|column| column.descending) {
            self.lacks(|facts| facts.descending_indexes, &place, "a column that goes downwards", "leave out the `-`");
        }
        let all: Vec<&str> = index.columns.iter().map(|column| column.name.as_str()).collect();
        self.stored(&place, &all, table);
        if !index.is_fulltext() {
            let whole = index.columns.iter().filter(|column| column.length.is_none());
            let keys: Vec<&str> = whole.map(|column| column.name.as_str()).collect();
            let parts = index.columns.iter().filter_map(|column| column.length).fold(0, u32::saturating_add);
            self.key_with(&place, &keys, parts, table);
        }
        let columns = index.columns.iter().filter_map(|column| table.column(&column.name));
        for column in columns.filter(|column| self.is_unordered(column)).collect::<Vec<_>>() {
            self.unordered(&place, column);
        }
        for sql in index.expression.iter().chain(&index.condition) {
            self.ordered_fragment(&place, sql, table);
        }
    }

    /// Methods that the database does not have, and what an index over words cannot be.
    fn method(&mut self, place: &str, index: &Index) {
        if index.is_fulltext() && self.facts.fulltext_indexes {
            let whole = index.columns.iter().all(|column| *column == IndexColumn::new(column.name.clone()));
            if index.unique || !whole || index.expression.is_some() {
                let instead = "leave out `unique`, `-`, lengths and `expression`: it is over the words of whole texts";
                self.refuse("E420", place, "a fulltext index that is more than one over fields", instead);
            }
        } else if index.is_fulltext() && self.facts.index_methods {
            let instead = "use `method = \"gin\"` over `expression = \"to_tsvector('simple', body)\"`";
            self.refuse("E420", place, "a fulltext index", instead);
        } else if index.is_fulltext() {
            self.refuse("E420", place, "a fulltext index", "leave it out, or make a table of FTS5 by a `run_sql`");
        } else if index.method.is_some() && !self.facts.index_methods {
            self.refuse("E420", place, "`method`", "leave it out: every index is a B-tree");
        }
    }

    /// The beginnings of texts, and those that are none.
    fn lengths(&mut self, place: &str, index: &Index, table: &Table) {
        let parts = index.columns.iter().filter_map(|column| Some((column.length?, table.column(&column.name)?)));
        let parts: Vec<(u32, &Column)> = parts.collect();
        if parts.is_empty() || index.is_fulltext() {
            return;
        }
        if !self.facts.prefix_indexes {
            let instead = "leave the length out, or index an expression such as `substr(title, 1, 20)`";
            return self.refuse("E420", place, "an index over the beginning of a text", instead);
        }
        if index.unique {
            let instead = "leave out the length or `unique`: what is unique are whole values";
            self.refuse("E420", place, "a unique index over the beginning of a text", instead);
        }
        for (length, column) in parts {
            self.length(place, length, column);
        }
    }

    fn length(&mut self, place: &str, length: u32, column: &Column) {
        let why = match &column.ty {
            _ if column.db_type.is_some() => return,
            ColumnType::Varchar(most) if length >= *most => format!("has {most} characters at the most"),
            ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Binary if length > 0 => return,
            ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Binary => "cannot begin with none".to_owned(),
            ty => format!("is {ty}, and no text"),
        };
        let message = format!("`{place}` is over the first {length} characters of `{}`, which {why}", column.name);
        self.found.push(Diagnostic::error("E425", message).help("leave the length out: the index is over the whole"));
    }
}
