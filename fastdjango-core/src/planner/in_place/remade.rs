//! Columns that go and come back, and columns of another type: what leans on them goes before, and comes back after.

use std::collections::BTreeSet;

use super::super::alteration::Alteration;
use crate::schema::{Column, ColumnDifference, Difference, ForeignKey, Index};

/// By table and column.
#[derive(Debug, Default)]
pub(super) struct Remade {
    columns: BTreeSet<(String, String)>,
    retyped: BTreeSet<(String, String)>,
    /// The columns that foreign keys could lean on, as far as they no longer can.
    keys: BTreeSet<(String, BTreeSet<String>)>,
}

impl Remade {
    pub(super) fn new(alterations: &[Alteration<'_>]) -> Self {
        let mut remade = Self::default();
        for alteration in alterations {
            remade.follow(alteration);
        }
        remade
    }

    fn follow(&mut self, alteration: &Alteration<'_>) {
        let table = &alteration.next.name;
        for difference in &alteration.differences {
            match difference {
                Difference::Column { column, change: ColumnDifference::Type(_), .. } => {
                    self.retyped.insert((table.clone(), column.clone()));
                }
                Difference::Column { column, change: ColumnDifference::Generated(expressions), .. }
                    if expressions.next.is_some() =>
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
        self.follow_computed(alteration);
    }

    /// A computed column stands in the way of any change of what it is computed from.
    fn follow_computed(&mut self, alteration: &Alteration<'_>) {
        let table = &alteration.next.name;
        let gone = |column: &str| alteration.next.column(column).is_none();
        let moves = |column: &str| gone(column) || self.is_retyped(table, column);
        let computed: Vec<String> = alteration
            .settled
            .columns
            .iter()
            .filter(|column| is_computed(column) && alteration.next.column(&column.name).is_some_and(is_computed))
            .filter(|column| {
                alteration.settled.columns.iter().any(|base| moves(&base.name) && leans(column, &base.name))
            })
            .map(|column| column.name.clone())
            .collect();
        self.columns.extend(computed.into_iter().map(|column| (table.clone(), column)));
    }

    /// True for a column that goes and comes back.
    pub(super) fn is_column(&self, table: &str, column: &str) -> bool {
        self.columns.contains(&(table.to_owned(), column.to_owned()))
    }

    fn is_retyped(&self, table: &str, column: &str) -> bool {
        self.retyped.contains(&(table.to_owned(), column.to_owned()))
    }

    /// True for an index over a column that goes and comes back.
    pub(super) fn is_index(&self, table: &str, index: &Index) -> bool {
        let named = index.columns.iter().map(|column| &column.name).chain(&index.include);
        let mut fragments = index.expression.iter().chain(&index.condition);
        named.into_iter().any(|column| self.is_column(table, column))
            || fragments.any(|sql| self.columns.iter().any(|(of, column)| of == table && sql.mentions(column)))
    }

    /// True for constraints over a column that goes and comes back.
    pub(super) fn is_over(&self, table: &str, columns: &[String]) -> bool {
        columns.iter().any(|column| self.is_column(table, column))
    }

    /// True for a foreign key of which one side gets another type, or which leans on a key that goes.
    pub(super) fn is_foreign_key(&self, table: &str, key: &ForeignKey) -> bool {
        let moves = |table: &str, column: &String| self.is_column(table, column) || self.is_retyped(table, column);
        key.columns.iter().any(|column| moves(table, column))
            || key.to_columns.iter().any(|column| moves(&key.to_table, column))
            || self.keys.contains(&(key.to_table.clone(), set(&key.to_columns)))
    }
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
