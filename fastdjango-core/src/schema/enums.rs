//! Enums on databases that have no types for them: texts with a check.

use std::collections::BTreeMap;

use super::{Check, CheckExpression, Schema, Table};
use crate::field::ColumnType;
use crate::name::implied_name;

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
                let name = Some(free_name(&self.name, &column.name, &self.checks));
                let expression = CheckExpression::OneOf { column: column.name.clone(), values };
                self.checks.push(Check { name, expression, verbatim: false });
            }
        }
    }
}

/// A name that no other check of the table has: one of the user's own may be over the same column.
fn free_name(table: &str, column: &str, checks: &[Check]) -> String {
    let taken = |name: &String| {
        let mut names = checks.iter().filter_map(|check| check.name.as_ref());
        names.any(|other| other.eq_ignore_ascii_case(name))
    };
    let numbered = (1..).map(|number| implied_name(table, &[column], &format!("check{number}")));
    let mut names = std::iter::once(implied_name(table, &[column], "check")).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}
