//! Columns that go and come back, and columns of another type: what leans on them goes before, and comes back after.

use std::collections::BTreeSet;

use super::super::alteration::Alteration;
use crate::dialect::Capabilities;
use crate::field::ColumnType;
use crate::schema::{Column, ColumnDifference, Difference, ForeignKey, Index};

/// By table and column, under final names.
#[derive(Debug, Default)]
pub(super) struct Remade {
    columns: BTreeSet<(String, String)>,
    retyped: BTreeSet<(String, String)>,
    /// Columns of enums: what mentions them compares with texts of the old type.
    recast: BTreeSet<(String, String)>,
    /// The columns that foreign keys could lean on, as far as they no longer can.
    keys: BTreeSet<(String, BTreeSet<String>)>,
    /// Columns that a foreign key keeps from being altered.
    locked: BTreeSet<(String, String)>,
    /// Columns that take the name, where what mentions them does not follow.
    renamed: BTreeSet<(String, String)>,
    /// Computed columns that stand in the way of that: they go before.
    early: BTreeSet<(String, String)>,
    /// The columns of indexes that go for a while, or for good, and that foreign keys may lean on.
    unserved: BTreeSet<(String, Vec<String>)>,
}

impl Remade {
    pub(super) fn new(alterations: &[Alteration<'_>], facts: &Capabilities) -> Self {
        let mut remade = Self::default();
        for alteration in alterations {
            remade.follow(alteration, facts);
            if !facts.native_enums {
                remade.follow_texts(alteration);
            }
            remade.follow_computed(alteration);
            if !facts.names_follow {
                remade.follow_renames(alteration);
            }
            if facts.indexed_foreign_keys {
                remade.follow_indexes(alteration);
            }
        }
        remade
    }

    fn follow(&mut self, alteration: &Alteration<'_>, facts: &Capabilities) {
        let table = &alteration.next.name;
        for difference in &alteration.differences {
            match difference {
                Difference::Column { column, change: ColumnDifference::Type(_), .. } => {
                    self.retyped.insert((table.clone(), column.clone()));
                    if is_enum(alteration, column) {
                        self.recast.insert((table.clone(), column.clone()));
                    }
                }
                Difference::Column { column, change: ColumnDifference::Collation(_), .. }
                    if facts.whole_definitions =>
                {
                    self.retyped.insert((table.clone(), column.clone()));
                }
                Difference::Column { column, change: ColumnDifference::Auto(_), .. }
                    if !facts.altered_under_foreign_keys =>
                {
                    self.locked.insert((table.clone(), column.clone()));
                }
                Difference::Column { column, change: ColumnDifference::Null(_), .. }
                    if !facts.altered_under_foreign_keys && is_copied(alteration) =>
                {
                    self.locked.insert((table.clone(), column.clone()));
                }
                Difference::Column { column, change: ColumnDifference::Generated(expressions), .. }
                    if expressions.next.is_some() || is_virtual(alteration, column) =>
                {
                    self.columns.insert((table.clone(), column.clone()));
                }
                Difference::PrimaryKey { .. } => {
                    self.keys.insert((table.clone(), set(&alteration.settled.primary_key)));
                }
                Difference::UnknownUnique { unique, .. } => {
                    self.keys.insert((table.clone(), set(&unique.columns)));
                }
                _ => {}
            }
        }
    }

    /// Columns whose texts are called otherwise: a foreign key would keep the one side or the other from it.
    fn follow_texts(&mut self, alteration: &Alteration<'_>) {
        let called = alteration.origins.iter().filter(|origin| !origin.renamed.is_empty());
        let names = called.map(|origin| (alteration.next.name.clone(), origin.name.clone()));
        self.retyped.extend(names);
    }

    /// What mentions a renamed column goes before the rename, and comes back after it; so does what is computed from that.
    fn follow_renames(&mut self, alteration: &Alteration<'_>) {
        let table = &alteration.next.name;
        let mut open: Vec<String> = alteration.renamed().map(|(_, renamed)| renamed.name.clone()).collect();
        self.renamed.extend(open.iter().map(|name| (table.clone(), name.clone())));
        while let Some(name) = open.pop() {
            for column in alteration.settled.columns.iter().filter(|column| leans(column, &name)) {
                if alteration.next.column(&column.name).is_some() {
                    self.columns.insert((table.clone(), column.name.clone()));
                }
                if self.early.insert((table.clone(), column.name.clone())) {
                    open.push(column.name.clone());
                }
            }
        }
    }

    /// A unique index goes before rows get values (and so may the key), others before what they are over: a foreign key cannot lean on them.
    fn follow_indexes(&mut self, alteration: &Alteration<'_>) {
        let table = &alteration.next.name;
        let columns = |index: &Index| index.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        for difference in &alteration.differences {
            let gone = match difference {
                Difference::UnknownUnique { unique, .. } => unique.columns.clone(),
                Difference::UnknownIndex { index, .. } if index.unique => columns(index),
                Difference::ChangedIndex { indexes, .. } if indexes.previous.unique => columns(&indexes.previous),
                Difference::PrimaryKey { .. } if alteration.fills_key() => alteration.settled.primary_key.clone(),
                _ => continue,
            };
            self.unserved.insert((table.clone(), gone));
        }
        let remade = alteration.settled.indexes.iter().filter(|index| self.is_index(table, index)).map(columns);
        let uniques = alteration.settled.uniques.iter().filter(|unique| self.is_over(table, &unique.columns));
        let gone: Vec<Vec<String>> = remade.chain(uniques.map(|unique| unique.columns.clone())).collect();
        self.unserved.extend(gone.into_iter().map(|columns| (table.clone(), columns)));
    }

    /// A computed column stands in the way of any change of what it is computed from, also by another computed column.
    fn follow_computed(&mut self, alteration: &Alteration<'_>) {
        let table = &alteration.next.name;
        let gone = |column: &str| alteration.next.column(column).is_none();
        let stays =
            |column: &&Column| is_computed(column) && alteration.next.column(&column.name).is_some_and(is_computed);
        loop {
            let moves = |column: &str| gone(column) || self.is_retyped(table, column) || self.is_column(table, column);
            let is_over_one = |column: &Column| {
                alteration.settled.columns.iter().any(|base| moves(&base.name) && leans(column, &base.name))
            };
            let open =
                alteration.settled.columns.iter().filter(stays).filter(|column| !self.is_column(table, &column.name));
            let found: Vec<_> =
                open.filter(|column| is_over_one(column)).map(|column| (table.clone(), column.name.clone())).collect();
            if found.is_empty() {
                return;
            }
            self.columns.extend(found);
        }
    }

    /// True for a column that goes and comes back.
    pub(super) fn is_column(&self, table: &str, column: &str) -> bool {
        self.columns.contains(&(table.to_owned(), column.to_owned()))
    }

    fn is_retyped(&self, table: &str, column: &str) -> bool {
        self.retyped.contains(&(table.to_owned(), column.to_owned()))
    }

    /// True for a computed column that goes before any rename.
    pub(super) fn is_early(&self, table: &str, column: &str) -> bool {
        self.early.contains(&(table.to_owned(), column.to_owned()))
    }

    /// True for an index over a column that goes and comes back, or that does not follow a rename.
    pub(super) fn is_index(&self, table: &str, index: &Index) -> bool {
        let named = index.columns.iter().map(|column| &column.name).chain(&index.include);
        named.into_iter().any(|column| self.is_column(table, column))
            || mentions(index, table, &self.columns)
            || mentions(index, table, &self.renamed)
            || mentions(index, table, &self.recast)
    }

    /// True for an index that goes before any rename.
    pub(super) fn is_early_index(&self, table: &str, index: &Index) -> bool {
        index.columns.iter().any(|column| self.is_early(table, &column.name))
            || mentions(index, table, &self.early)
            || mentions(index, table, &self.renamed)
    }

    /// True for a check that goes and comes back; `mentions` says whether it names a column.
    pub(super) fn is_check(&self, table: &str, mentions: impl Fn(&str) -> bool) -> bool {
        let mut remade = self.columns.iter().chain(&self.renamed).chain(&self.recast);
        remade.any(|(of, column)| of == table && mentions(column))
    }

    /// True for a check that goes before any rename.
    pub(super) fn is_early_check(&self, table: &str, mentions: impl Fn(&str) -> bool) -> bool {
        self.early.iter().chain(&self.renamed).any(|(of, column)| of == table && mentions(column))
    }

    /// True for constraints over a column that goes and comes back.
    pub(super) fn is_over(&self, table: &str, columns: &[String]) -> bool {
        columns.iter().any(|column| self.is_column(table, column))
    }

    /// True for a foreign key of which one side gets another type, or which leans on a key that goes.
    pub(super) fn is_foreign_key(&self, table: &str, key: &ForeignKey) -> bool {
        let moves = |table: &str, column: &String| {
            let is_locked = self.locked.contains(&(table.to_owned(), column.clone()));
            is_locked || self.is_column(table, column) || self.is_retyped(table, column)
        };
        key.columns.iter().any(|column| moves(table, column))
            || key.to_columns.iter().any(|column| moves(&key.to_table, column))
            || self.keys.contains(&(key.to_table.clone(), set(&key.to_columns)))
            || self.unserved.iter().any(|(of, columns)| of == table && columns.starts_with(&key.columns))
    }
}

fn mentions(index: &Index, table: &str, columns: &BTreeSet<(String, String)>) -> bool {
    let mut fragments = index.expression.iter().chain(&index.condition);
    fragments.any(|sql| columns.iter().any(|(of, column)| of == table && sql.mentions(column)))
}

/// True where the table is written anew, which a foreign key does not let happen to its columns; without that, one may come to
/// be NOT NULL: <https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html#online-ddl-column-operations>.
fn is_copied(alteration: &Alteration<'_>) -> bool {
    use ColumnDifference as C;
    let stays = |difference: &Difference| match difference {
        Difference::Column { change, .. } => matches!(change, C::Null(_) | C::Default(_) | C::Comment(_)),
        Difference::MissingIndex { .. }
        | Difference::UnknownIndex { .. }
        | Difference::RenamedIndex { .. }
        | Difference::ChangedIndex { .. }
        | Difference::Comment { .. } => true,
        _ => false,
    };
    !alteration.differences.iter().all(stays)
}

/// True for a column that is of an enum, before or after.
fn is_enum(alteration: &Alteration<'_>, column: &str) -> bool {
    let sides = [alteration.settled.column(column), alteration.next.column(column)];
    sides.into_iter().flatten().any(|column| matches!(column.ty, ColumnType::Enum(_)))
}

/// True for a column that is computed when it is read.
fn is_virtual(alteration: &Alteration<'_>, column: &str) -> bool {
    let generated = alteration.settled.column(column).and_then(|column| column.generated.as_ref());
    generated.is_some_and(|generated| !generated.stored)
}

/// In any order: a foreign key may name the columns of a key in another.
fn set(columns: &[String]) -> BTreeSet<String> {
    columns.iter().cloned().collect()
}

fn is_computed(column: &Column) -> bool {
    column.generated.is_some()
}

fn leans(column: &Column, base: &str) -> bool {
    column.generated.as_ref().is_some_and(|generated| generated.expression.mentions(base))
}
