//! Enums on databases that have no types for them: texts with a check.

use std::collections::BTreeMap;

use super::lower::implied_name;
use super::{Check, CheckExpression, Schema, Table};
use crate::field::ColumnType;

/// The texts of each enum, by its name.
pub type Enums = BTreeMap<String, Vec<String>>;

impl Schema {
    /// The same without enums, as [`Table::check_enums`] says each of its tables.
    pub fn check_enums(&mut self) {
        let enums = std::mem::take(&mut self.enums);
        for table in self.tables.values_mut() {
            table.check_enums(&enums);
        }
    }
}

impl Table {
    /// Makes each column of an enum one of text, as long as the longest of its texts, that is checked to hold one of them.
    ///
    /// What refers to another column holds one of that.
    pub fn check_enums(&mut self, enums: &Enums) {
        for column in &mut self.columns {
            let ColumnType::Enum(name) = &column.ty else { continue };
            let values = enums.get(name).cloned().unwrap_or_default();
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or_default();
            column.ty = ColumnType::Varchar(u32::try_from(longest.max(1)).unwrap_or(u32::MAX));
            if !self.foreign_keys.iter().any(|key| key.columns.contains(&column.name)) {
                let name = Some(implied_name(&self.name, &[&column.name], "check"));
                let expression = CheckExpression::OneOf { column: column.name.clone(), values };
                self.checks.push(Check { name, expression });
            }
        }
    }
}
