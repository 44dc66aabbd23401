//! The rebuild: a new table, the rows, the old name.
//!
//! The procedure of <https://www.sqlite.org/lang_altertable.html#otheralter>, without what only the executor can do:
//! foreign keys off outside the transaction, triggers and views put aside and back, rows and violations counted.

use super::super::alteration::Alteration;
use super::{Statement, create_index};
use crate::ddl::{Rebuild, Source};
use crate::dialect::{ByRebuild, Conversion};
use crate::field::Sql;
use crate::migration::Step;
use crate::pair::Pair;
use crate::schema::{Column, Table};

/// The rebuild of one table.
pub(super) fn step(alteration: &Alteration<'_>, dialect: &dyn ByRebuild) -> Step {
    let table = &alteration.next.name;
    let new = format!("fastdjango_new_{table}");
    let (from, to) = (new.clone(), table.clone());
    let mut sql = vec![dialect.render(&create(alteration.next, &new))];
    sql.push(dialect.rebuild(&copy(alteration, &new, dialect)));
    sql.extend(counter(alteration, &new).iter().map(|statement| dialect.rebuild(statement)));
    let mut after = vec![Statement::DropTable { table: table.clone() }, Statement::RenameTable { from, to }];
    after.extend(alteration.next.indexes.iter().map(|index| create_index(table, index)));
    sql.extend(after.iter().map(|statement| dialect.render(statement)));
    Step::Rebuild { rebuild: table.clone(), sql }
}

/// A key from the table to itself names the final table: it is there again before anybody checks.
fn create(next: &Table, new: &str) -> Statement {
    Statement::CreateTable(Box::new(Table { name: new.to_owned(), ..next.clone() }))
}

fn copy(alteration: &Alteration<'_>, new: &str, dialect: &dyn ByRebuild) -> Rebuild {
    let columns = alteration.next.columns.iter().filter(|column| column.generated.is_none());
    let mut sources: Vec<(String, Source)> = columns
        .clone()
        .filter_map(|column| Some((column.name.clone(), source(alteration, column, dialect)?)))
        .collect();
    if sources.is_empty() {
        // Nothing of the old rows is kept but their number; an INSERT has to name a column all the same.
        sources.extend(columns.take(1).map(|column| (column.name.clone(), own_value(column))));
    }
    // A column that is computed from now on loses the values that it was given, and one whose new values lean on nothing those it had.
    let kept = |old: &Column| {
        let read = alteration.using(&old.name).is_none_or(|using| using.mentions(&old.name));
        read && alteration.next.column(&old.name).is_some_and(|new| new.generated.is_none() || old.generated.is_some())
    };
    let gone = alteration.settled.columns.iter().filter(|column| !kept(column));
    Rebuild::CopyRows {
        from: alteration.next.name.clone(),
        to: new.to_owned(),
        columns: sources,
        dropped: gone.map(|column| column.name.clone()).collect(),
    }
}

/// The value that rows get; `None` leaves it to the column's default.
fn source(alteration: &Alteration<'_>, column: &Column, dialect: &dyn ByRebuild) -> Option<Source> {
    let fill = alteration.origin(&column.name).and_then(|origin| origin.fill.clone());
    let fill = fill.map(|value| Source::Fill { column: Box::new(column.clone()), value });
    let Some(there) = alteration.settled.column(&column.name) else {
        return fill.or_else(|| of_key(alteration, column));
    };
    let value = match dialect.conversion(Pair::new(there, column)) {
        _ if alteration.using(&column.name).is_some() => {
            Source::Sql(alteration.using(&column.name).cloned().unwrap_or_else(|| Sql::any("NULL")))
        }
        Conversion::Same => Source::Column(column.name.clone()),
        Conversion::Safe | Conversion::Lossy | Conversion::None => {
            Source::Convert(Box::new(Pair::new(there.clone(), column.clone())))
        }
    };
    let value = match alteration.renamed_texts(&column.name) {
        Some(renamed) => Source::Renamed(Box::new(value), renamed.clone()),
        None => value,
    };
    Some(match fill {
        Some(fill) if there.null && !column.null => Source::Coalesce(Box::new(value), Box::new(fill)),
        _ => value,
    })
}

/// A number that becomes the key would be chosen by the database, whatever its default says:
/// <https://www.sqlite.org/lang_createtable.html#rowid>.
fn of_key(alteration: &Alteration<'_>, column: &Column) -> Option<Source> {
    let is_key = alteration.next.primary_key.contains(&column.name);
    (is_key && column.default.is_some()).then(|| own_value(column))
}

/// What the column would take by itself; NULL makes the database number it, where it does.
fn own_value(column: &Column) -> Source {
    let null = || Source::Sql(Sql::any("NULL"));
    column.default.clone().map_or_else(null, |value| Source::Fill { column: Box::new(column.clone()), value })
}

/// Numbers that were given once never come back: <https://www.sqlite.org/autoinc.html>.
fn counter(alteration: &Alteration<'_>, new: &str) -> Vec<Rebuild> {
    let counts = |table: &Table| table.columns.iter().any(|column| column.auto);
    if !counts(alteration.settled) || !counts(alteration.next) {
        return Vec::new();
    }
    let (from, to) = (alteration.next.name.clone(), new.to_owned());
    vec![Rebuild::ForgetCounter { table: new.to_owned() }, Rebuild::CopyCounter { from, to }]
}
