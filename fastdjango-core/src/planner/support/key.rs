//! Keys, uniques and foreign keys.

use super::Refusals;
use super::column::is_virtual;
use crate::field::{ColumnType, OnDelete};
use crate::schema::{Column, ForeignKey, Table, Unique};

impl Refusals<'_> {
    /// A key is of what is stored, and has room for some texts and bytes.
    pub(super) fn key(&mut self, place: &str, columns: &[&str], table: &Table) {
        self.stored(place, columns, table);
        self.key_with(place, columns, 0, table);
    }

    /// What is computed when it is read may be in no index.
    pub(super) fn stored(&mut self, place: &str, columns: &[&str], table: &Table) {
        if columns.iter().filter_map(|name| table.column(name)).any(is_virtual) && self.facts.virtual_columns {
            let instead = "write `stored` instead of `virtual`";
            self.lacks(|facts| facts.indexed_virtual_columns, place, "a virtual column in an index or a key", instead);
        }
    }

    /// The texts and bytes of a key, with so many characters of other columns.
    pub(super) fn key_with(&mut self, place: &str, columns: &[&str], others: u32, table: &Table) {
        let Some(most) = self.facts.key_characters else { return };
        let characters = |column: &Column| match column.ty {
            ColumnType::Varchar(length) => length,
            ColumnType::Text | ColumnType::Binary | ColumnType::Json => u32::MAX,
            _ => 0,
        };
        let own = columns.iter().filter_map(|name| table.column(name)).filter(|column| column.db_type.is_none());
        let all = own.map(characters).fold(others, u32::saturating_add);
        if all > most {
            let instead = format!("give its texts a `max_length`, {most} in all at the most");
            self.refuse("E420", place, "a key of texts that are so long", &instead);
        }
    }

    pub(super) fn unique(&mut self, model: &str, unique: &Unique, table: &Table) {
        let place = format!("{model}, constraint `{}`", unique.name.as_deref().unwrap_or("?"));
        let columns: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
        self.key(&place, &columns, table);
        if unique.deferrable.is_some() && !self.facts.deferrable_unique {
            self.refuse("E420", &place, "a deferrable unique constraint", "leave out `deferrable`");
        }
        if unique.nulls_not_distinct {
            let instead = "forbid NULL, or add a unique index over an expression such as `coalesce(…)`";
            self.lacks(|facts| facts.nulls_not_distinct, &place, "`nulls_distinct = false`", instead);
        }
    }

    /// Foreign keys, and what they do.
    pub(super) fn foreign_keys(&mut self, model: &str, table: &Table) {
        if !self.facts.deferrable_foreign_keys && table.foreign_keys.iter().any(|key| key.deferrable.is_some()) {
            self.refuse("E420", model, "a deferrable foreign key", "leave out `deferrable`");
        }
        self.referring(model, table);
        let sets_default = |key: &ForeignKey| [key.on_delete, key.on_update].contains(&OnDelete::SetDefault);
        if !self.facts.set_default && table.foreign_keys.iter().any(sets_default) {
            self.refuse("E420", model, "a foreign key that sets a default", "use `set_null` or `restrict`");
        }
        let sets_null = |key: &&ForeignKey| [key.on_delete, key.on_update].contains(&OnDelete::SetNull);
        let required = |name: &String| table.column(name).is_some_and(|column| !column.null);
        let mut null = table.foreign_keys.iter().filter(sets_null).flat_map(|key| &key.columns);
        if !self.facts.null_into_required && null.any(required) {
            let instead = "let the field be NULL, or use `cascade` or `restrict`";
            self.refuse("E420", model, "a foreign key that sets NULL where none is allowed", instead);
        }
    }
    /// A foreign key of what is computed when it is read.
    fn referring(&mut self, model: &str, table: &Table) {
        let mut columns = table.foreign_keys.iter().flat_map(|key| &key.columns).filter_map(|name| table.column(name));
        let indexed = self.facts.virtual_columns && self.facts.indexed_virtual_columns;
        if indexed && !self.facts.referring_virtual_columns && columns.any(is_virtual) {
            self.refuse("E420", model, "a virtual column in a foreign key", "write `stored` instead of `virtual`");
        }
    }
}
