//! Values that rows get in a foreign key: each has to name a row, which is known before any of them is written.

use super::alteration::Alteration;
use crate::ddl::{Condition, Given};
use crate::field::{Default, Literal};
use crate::schema::{Column, ForeignKey};

/// The conditions of the table's foreign keys, each with what a row that meets it does.
pub(super) fn conditions(alteration: &Alteration<'_>) -> Vec<(Condition, String)> {
    alteration.next.foreign_keys.iter().filter_map(|key| condition(alteration, key)).collect()
}

fn condition(alteration: &Alteration<'_>, key: &ForeignKey) -> Option<(Condition, String)> {
    let holds: Option<Vec<Held<'_>>> = key.columns.iter().map(|column| held(alteration, column)).collect();
    let given: Vec<Given> = holds?.into_iter().filter_map(Held::given).collect();
    let first = given.first()?;
    // What a key of the target holds that comes later, or changes on the way, only the database knows.
    if alteration.refers_ahead(key) || changes_itself(alteration, key) {
        return None;
    }
    let values: Vec<String> = given.iter().map(|given| format!("{} in `{}`", given.value, given.column.name)).collect();
    let (table, target, values) = (&alteration.next.name, &key.to_table, values.join(" and "));
    let words = format!("rows of `{table}` would get {values}, which names no row of `{target}`");
    // A table that is not there yet has no row.
    let condition = match key.columns.as_slice() {
        [_] if alteration.creates(target) && first.new => Condition::Any,
        [column] if alteration.creates(target) => Condition::Null { column: column.clone() },
        _ => Condition::Astray { key: key.clone(), given },
    };
    Some((condition, words))
}

/// What rows have in a column of the key.
enum Held<'a> {
    /// What they had.
    Own,
    /// A value of the migration's.
    Given { column: &'a Column, value: &'a Literal, new: bool },
}

impl Held<'_> {
    fn given(self) -> Option<Given> {
        match self {
            Self::Own => None,
            Self::Given { column, value, new } => Some(Given { column: column.clone(), value: value.clone(), new }),
        }
    }
}

/// `None` where only the database knows, and where NULL is in the key, so that it names no row at all.
fn held<'a>(alteration: &'a Alteration<'_>, name: &str) -> Option<Held<'a>> {
    let (column, origin) = (alteration.next.column(name)?, alteration.origin(name)?);
    let value = match alteration.settled.column(name) {
        Some(there) if there.generated != column.generated || !origin.renamed.is_empty() => return None,
        Some(there) if column.null || !there.null => return Some(Held::Own),
        Some(_) => origin.fill.as_ref(),
        None => origin.fill.as_ref().or(column.default.as_ref()),
    };
    match value? {
        Default::Value(value) => Some(Held::Given { column, value, new: alteration.adds(name) }),
        Default::Sql { .. } => None,
    }
}

/// True for a key to the table itself whose values change with it.
fn changes_itself(alteration: &Alteration<'_>, key: &ForeignKey) -> bool {
    let changes = |column: &String| alteration.settled.column(column) != alteration.next.column(column);
    key.to_table == alteration.next.name && key.to_columns.iter().any(changes)
}
