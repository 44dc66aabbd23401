//! Compares the schema that is expected with the one that was found.
//!
//! Names of constraints and the order of columns are no differences. Nothing here knows a dialect: both sides were written
//! as the catalog would write them (`Dialect::normalize`) before.

use super::fragment::{normal_form, same_sql};
use super::{Check, CheckExpression, Column, ColumnDifference, Difference, ForeignKey, Index, Schema, Table, Unique};
use crate::field::{ColumnType, Default, Engine, Sql};
use crate::pair::Pair;
use crate::state::Generated;

/// Every difference, table by table; a unique index without a condition is as good as a unique constraint.
#[must_use]
pub fn compare(expected: &Schema, found: &Schema, engine: Engine) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (name, table) in &expected.tables {
        match found.tables.get(name) {
            Some(there) => differences.extend(compare_tables(&folded(there), &folded(table), engine)),
            None => differences.push(Difference::MissingTable { table: name.clone() }),
        }
    }
    differences.extend(expected.enums.iter().filter_map(|(name, values)| match found.enums.get(name) {
        Some(there) if there == values => None,
        Some(there) => Some(Difference::Enum { name: name.clone(), values: Pair::new(there.clone(), values.clone()) }),
        None => Some(Difference::MissingEnum { name: name.clone() }),
    }));
    let unknown = found.enums.keys().filter(|name| !expected.enums.contains_key(*name));
    differences.extend(unknown.map(|name| Difference::UnknownEnum { name: name.clone() }));
    let unknown = found.tables.keys().filter(|name| !expected.tables.contains_key(*name));
    differences.extend(unknown.map(|name| Difference::UnknownTable { table: name.clone() }));
    differences
}

/// The differences of two tables that are taken for the same; the planner's own comparison.
#[must_use]
pub fn compare_tables(found: &Table, expected: &Table, engine: Engine) -> Vec<Difference> {
    let sides = Pair::new(found, expected);
    let mut differences = Vec::new();
    let comments = sides.map(|side| &side.comment);
    if comments.previous != comments.next {
        differences.push(Difference::Comment { table: expected.name.clone(), comments: comments.map(Clone::clone) });
    }
    compare_columns(sides, engine, &mut differences);
    compare_keys(sides, &mut differences);
    compare_checks(sides, engine, &mut differences);
    compare_indexes(sides, engine, &mut differences);
    differences
}

/// The table with its plain unique indexes as unique constraints, in one order.
fn folded(table: &Table) -> Table {
    let mut table = table.clone();
    let whole = |index: &Index| index.columns.iter().all(|column| column.length.is_none());
    let plain = |index: &Index| index.unique && index.condition.is_none() && index.expression.is_none() && whole(index);
    let (uniques, indexes) = table.indexes.drain(..).partition::<Vec<_>, _>(plain);
    table.indexes = indexes;
    table.uniques.extend(uniques.into_iter().map(|index| Unique {
        name: Some(index.name),
        columns: index.columns.into_iter().map(|column| column.name).collect(),
        deferrable: None,
        nulls_not_distinct: false,
    }));
    table
}

fn compare_columns(sides: Pair<&Table>, engine: Engine, differences: &mut Vec<Difference>) {
    let table = &sides.next.name;
    for column in &sides.next.columns {
        let Some(there) = sides.previous.column(&column.name) else {
            differences.push(Difference::MissingColumn { table: table.clone(), column: column.name.clone() });
            continue;
        };
        let changes = column_differences(Pair::new(there, column), engine);
        differences.extend(changes.into_iter().map(|change| Difference::Column {
            table: table.clone(),
            column: column.name.clone(),
            change,
        }));
    }
    let unknown = sides.previous.columns.iter().filter(|column| sides.next.column(&column.name).is_none());
    differences.extend(unknown.map(|c| Difference::UnknownColumn { table: table.clone(), column: c.name.clone() }));
}

fn column_differences(columns: Pair<&Column>, engine: Engine) -> Vec<ColumnDifference> {
    let mut differences = Vec::new();
    if !same_type(columns, engine) {
        differences.push(ColumnDifference::Type(columns.map(|c| c.ty.clone())));
    }
    let null = columns.map(|c| c.null);
    if null.previous != null.next {
        differences.push(ColumnDifference::Null(null));
    }
    let auto = columns.map(|c| c.auto);
    if auto.previous != auto.next {
        differences.push(ColumnDifference::Auto(auto));
    }
    let mut texts = |pair: Pair<Option<String>>, difference: fn(Pair<Option<String>>) -> ColumnDifference| {
        let forms = pair.as_ref().map(|text| text.as_deref().map(normal_form));
        if forms.previous != forms.next {
            differences.push(difference(pair));
        }
    };
    texts(columns.map(|c| c.default.as_ref().map(|d| default_text(d, engine))), ColumnDifference::Default);
    texts(columns.map(|c| c.collation.as_ref().map(|sql| own(sql, engine))), ColumnDifference::Collation);
    texts(columns.map(|c| c.generated.as_ref().map(|g| generated_text(g, engine))), ColumnDifference::Generated);
    let comments = columns.map(|c| c.comment.clone());
    if comments.previous != comments.next {
        differences.push(ColumnDifference::Comment(comments));
    }
    differences
}

/// Whole numbers are alike where the column is the row's own number, which has one width:
/// <https://www.sqlite.org/lang_createtable.html#rowid>.
fn same_type(columns: Pair<&Column>, engine: Engine) -> bool {
    let whole = |ty: &ColumnType| matches!(ty, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt);
    let Pair { previous, next } = columns;
    let rowid = engine == Engine::Sqlite && (previous.auto || next.auto);
    let numbered = rowid && whole(&previous.ty) && whole(&next.ty);
    numbered || previous.ty == next.ty && previous.db_type == next.db_type
}

fn default_text(default: &Default, engine: Engine) -> String {
    match default {
        Default::Value(value) => value.to_string(),
        Default::Sql { sql } => own(sql, engine),
    }
}

fn generated_text(generated: &Generated, engine: Engine) -> String {
    let kept = if generated.stored { "stored" } else { "virtual" };
    format!("({}) {kept}", own(&generated.expression, engine))
}

fn own(sql: &Sql, engine: Engine) -> String {
    sql.for_engine(engine).unwrap_or_default().to_owned()
}

fn compare_keys(sides: Pair<&Table>, differences: &mut Vec<Difference>) {
    let table = || sides.next.name.clone();
    let keys = sides.map(|side| &side.primary_key);
    if keys.previous != keys.next {
        differences.push(Difference::PrimaryKey { table: table(), columns: keys.map(Clone::clone) });
    }
    let (missing, unknown) = unmatched(sides.map(|side| side.foreign_keys.as_slice()), same_foreign_key);
    differences.extend(missing.map(|key| Difference::MissingForeignKey { table: table(), key: key.clone() }));
    differences.extend(unknown.map(|key| Difference::UnknownForeignKey { table: table(), key: key.clone() }));
    let (missing, unknown) = unmatched(sides.map(|side| side.uniques.as_slice()), same_unique);
    differences.extend(missing.map(|unique| Difference::MissingUnique { table: table(), unique: unique.clone() }));
    differences.extend(unknown.map(|unique| Difference::UnknownUnique { table: table(), unique: unique.clone() }));
}

fn compare_checks(sides: Pair<&Table>, engine: Engine, differences: &mut Vec<Difference>) {
    let table = || sides.next.name.clone();
    let same = |one: &Check, other: &Check| same_check(&one.expression, &other.expression, engine);
    let (missing, unknown) = unmatched(sides.map(|side| side.checks.as_slice()), same);
    differences.extend(missing.map(|check| Difference::MissingCheck { table: table(), check: check.clone() }));
    differences.extend(unknown.map(|check| Difference::UnknownCheck { table: table(), check: check.clone() }));
}

fn compare_indexes(sides: Pair<&Table>, engine: Engine, differences: &mut Vec<Difference>) {
    let table = || sides.next.name.clone();
    let named = |side: &Table, name: &str| side.indexes.iter().any(|index| index.name == name);
    let mut found: Vec<&Index> = sides.previous.indexes.iter().filter(|i| !named(sides.next, &i.name)).collect();
    for index in &sides.next.indexes {
        if let Some(there) = sides.previous.indexes.iter().find(|there| there.name == index.name) {
            if !same_index(there, index, engine) {
                let indexes = Box::new(Pair::new(there.clone(), index.clone()));
                differences.push(Difference::ChangedIndex { table: table(), indexes });
            }
        } else if let Some(position) = found.iter().position(|there| same_index(there, index, engine)) {
            let indexes = Box::new(Pair::new(found.remove(position).clone(), index.clone()));
            differences.push(Difference::RenamedIndex { table: table(), indexes });
        } else {
            differences.push(Difference::MissingIndex { table: table(), index: index.clone() });
        }
    }
    differences
        .extend(found.into_iter().map(|index| Difference::UnknownIndex { table: table(), index: index.clone() }));
}

/// What only the expected side has, and what only the other has.
fn unmatched<T>(
    sides: Pair<&[T]>,
    same: impl Fn(&T, &T) -> bool,
) -> (impl Iterator<Item = &T>, impl Iterator<Item = &T>) {
    let mut unknown: Vec<&T> = sides.previous.iter().collect();
    let mut missing = Vec::new();
    for item in sides.next {
        match unknown.iter().position(|other| same(other, item)) {
            Some(position) => {
                unknown.remove(position);
            }
            None => missing.push(item),
        }
    }
    (missing.into_iter(), unknown.into_iter())
}

fn same_foreign_key(one: &ForeignKey, other: &ForeignKey) -> bool {
    *one == ForeignKey { name: one.name.clone(), ..other.clone() }
}

fn same_unique(one: &Unique, other: &Unique) -> bool {
    *one == Unique { name: one.name.clone(), ..other.clone() }
}

fn same_check(one: &CheckExpression, other: &CheckExpression, engine: Engine) -> bool {
    match (one, other) {
        (CheckExpression::Sql(one), CheckExpression::Sql(other)) => same_sql(&own(one, engine), &own(other, engine)),
        _ => one == other,
    }
}

fn same_index(one: &Index, other: &Index, engine: Engine) -> bool {
    let form = |sql: &Option<Sql>| sql.as_ref().map(|sql| normal_form(&own(sql, engine)));
    form(&one.expression) == form(&other.expression)
        && form(&one.condition) == form(&other.condition)
        && *one
            == Index {
                name: one.name.clone(),
                expression: one.expression.clone(),
                condition: one.condition.clone(),
                verbatim: one.verbatim,
                ..other.clone()
            }
}
