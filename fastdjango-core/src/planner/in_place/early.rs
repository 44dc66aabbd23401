//! What is counted before anything changes, under the names that everything has by then.

use super::super::TableChange;
use super::super::settle::{Names, Settling};
use super::super::verify::Verification;
use crate::ddl::{Collations, Condition};
use crate::pair::Pair;
use crate::schema::{Column, ForeignKey, Table};

/// The same question under the names of before; none where it is about something that is not there yet.
pub(super) fn early(verification: &Verification, changes: &[TableChange], settling: &Settling) -> Option<Verification> {
    let own = settling.former.get(&verification.table)?;
    let column = |column: &String| own.column(column);
    let condition = match verification.condition.clone() {
        Condition::Any => Condition::Any,
        Condition::Null { column: of } => Condition::Null { column: column(&of) },
        Condition::Duplicate { mut columns, among, expression, collations } => {
            own.rename_all(&mut columns);
            let [among, expression] = [among, expression].map(|sql| sql.map(|sql| own.fragment(&sql)));
            Condition::Duplicate { columns, among, expression, collations: collated(own, collations) }
        }
        Condition::Breaks(check) => Condition::Breaks(own.expression(check)),
        Condition::Orphan { mut key, collations } => {
            own.rename_all(&mut key.columns);
            match target(&key, changes) {
                // A table that has yet to come has no row.
                Some(TableChange { previous: None, .. }) => Condition::Refers(key),
                Some(_) => Condition::Orphan { key: found(key, settling)?, collations: collated(own, collations) },
                None => Condition::Orphan { key, collations: collated(own, collations) },
            }
        }
        Condition::Astray { key, mut given } => {
            for given in &mut given {
                given.column.name = column(&given.column.name);
            }
            Condition::Astray { key: named(key, own, changes, settling)?, given }
        }
        // Pairs that are moved are counted where they are.
        Condition::Parted(_) => return None,
        Condition::Refers(mut key) => {
            own.rename_all(&mut key.columns);
            Condition::Refers(key)
        }
        Condition::Unlisted { column: of, values } => Condition::Unlisted { column: column(&of), values },
        Condition::UnlistedBy { expression, values } => {
            Condition::UnlistedBy { expression: own.fragment(&expression), values }
        }
        Condition::Lossy(columns) => {
            let Pair { previous, next } = *columns;
            let former = |of: Column| Column { name: column(&of.name), ..of };
            Condition::Lossy(Box::new(Pair::new(former(previous), former(next))))
        }
    };
    Some(verification.asking(own.table.clone(), condition))
}

fn collated(names: &Names, collations: Collations) -> Collations {
    collations.into_iter().map(|(column, collation)| (names.column(&column), collation)).collect()
}

/// What becomes of the table that the key refers to; none where nothing does.
fn target<'a>(key: &ForeignKey, changes: &'a [TableChange]) -> Option<&'a TableChange> {
    changes.iter().find(|change| change.next.as_ref().is_some_and(|next| next.name == key.to_table))
}

/// The key by which written values name rows; none where these may be called otherwise before.
fn named(mut key: ForeignKey, own: &Names, changes: &[TableChange], settling: &Settling) -> Option<ForeignKey> {
    own.rename_all(&mut key.columns);
    match target(&key, changes) {
        Some(target) if keeps_values(&key, target) => found(key, settling),
        Some(_) => None,
        None => Some(key),
    }
}

/// True where the columns that the key refers to hold afterwards what they hold before.
fn keeps_values(key: &ForeignKey, target: &TableChange) -> bool {
    let kept = |name: &String| target.columns.iter().any(|origin| origin.name == *name && origin.renamed.is_empty());
    let column = |table: &Option<Table>, name: &String| table.as_ref().and_then(|table| table.column(name).cloned());
    key.to_columns.iter().all(|name| kept(name) && column(&target.previous, name) == column(&target.next, name))
}

/// The key to the names that its target has before; none where a column of it has yet to come.
fn found(mut key: ForeignKey, settling: &Settling) -> Option<ForeignKey> {
    let there = settling.former.get(&key.to_table)?;
    if !key.to_columns.iter().all(|column| there.knows(column)) {
        return None;
    }
    there.rename_all(&mut key.to_columns);
    key.to_table.clone_from(&there.table);
    Some(key)
}
