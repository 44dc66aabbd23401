//! What must be true of the rows before a table changes: counted first, so that a refusal has words and no half-done work.

use super::alteration::Alteration;
use super::astray;
use crate::ddl::{Collations, Condition, Statement};
use crate::dialect::{Conversion, Dialect};
use crate::field::{ColumnType, Default, Sql};
use crate::migration::Step;
use crate::pair::Pair;
use crate::schema::{Check, CheckExpression, Column, ColumnDifference, Difference, ForeignKey, Index};

/// Something that must be true of the rows of a table.
pub(super) struct Verification {
    pub(super) table: String,
    pub(super) condition: Condition,
    found: String,
}

impl Verification {
    /// The same, asked of another table in another way.
    pub(super) fn asking(&self, table: String, condition: Condition) -> Self {
        Self { table, condition, found: self.found.clone() }
    }

    /// The step that asks.
    pub(super) fn step(self, dialect: &dyn Dialect) -> Step {
        let Self { table, condition, found } = self;
        Step::Verify { verify: dialect.render(&Statement::Count { table, condition }), found }
    }
}

/// The verifications of one table, in the order of its differences.
pub(super) fn verifications(alteration: &Alteration<'_>, dialect: &dyn Dialect) -> Vec<Verification> {
    let found = alteration.differences.iter().filter_map(|difference| verification(alteration, difference, dialect));
    let table = || alteration.next.name.clone();
    found
        .chain(collated(alteration, dialect))
        .chain(alteration.next.columns.iter().filter_map(|column| unmade(alteration, column)))
        .chain(astray::conditions(alteration))
        .map(|(condition, found)| Verification { table: table(), condition, found })
        .collect()
}

/// The same as steps.
pub(super) fn steps(alteration: &Alteration<'_>, dialect: &dyn Dialect) -> Vec<Step> {
    verifications(alteration, dialect).into_iter().map(|verification| verification.step(dialect)).collect()
}

fn verification(
    alteration: &Alteration<'_>,
    difference: &Difference,
    dialect: &dyn Dialect,
) -> Option<(Condition, String)> {
    let table = &alteration.next.name;
    match difference {
        Difference::MissingColumn { column, .. } => new_column(alteration, alteration.next.column(column)?),
        Difference::Column { column, .. } if alteration.using(column).is_some() => None,
        Difference::Column { column, change: ColumnDifference::Type(_), .. } => {
            let columns = Pair::new(alteration.settled.column(column)?, alteration.next.column(column)?);
            if let ColumnType::Enum(_) = columns.next.ty {
                return Some(unlisted(table, column, &alteration.origin(column)?.values));
            }
            // Texts that are called otherwise are counted by their check, and their length is that of the longest.
            if alteration.renamed_texts(column).is_some() {
                return None;
            }
            lossy(table, columns, dialect)
        }
        Difference::Column { column, change: ColumnDifference::Null(Pair { next: false, .. }), .. } => {
            let filled = alteration.origin(column)?.fill.is_some();
            let condition = Condition::Null { column: column.clone() };
            (!filled).then(|| (condition, format!("rows of `{table}` have no `{column}`")))
        }
        Difference::PrimaryKey { columns, .. } => duplicates(alteration, &columns.next),
        Difference::MissingUnique { unique, .. } => duplicates(alteration, &unique.columns),
        Difference::MissingIndex { index, .. } => unique_index(alteration, index),
        Difference::ChangedIndex { indexes, .. } => unique_index(alteration, &indexes.next),
        // The check is over texts that the rows do not have yet: the database sees to it when they do.
        Difference::MissingCheck { check, .. } if is_of_other_texts(alteration, alteration.check(check)) => None,
        Difference::MissingCheck { check, .. } if alteration.leans_on_new(&check.expression).is_none() => {
            Some(breaking(alteration, &alteration.check(check).expression))
        }
        Difference::MissingForeignKey { key, .. } if is_new_reference(alteration, key) => {
            Some(reference(alteration, key))
        }
        _ => None,
    }
}

/// Rows that refer to no row; or that refer at all, where what they say is no value of what is referred to from now on.
fn reference(alteration: &Alteration<'_>, key: &ForeignKey) -> (Condition, String) {
    let rows = format!("rows of `{}` refer by {} to", alteration.next.name, list(&key.columns));
    if moves(alteration, key) {
        let words = format!("{rows} `{}` by other columns than {}", key.to_table, list(&key.to_columns));
        return (Condition::Refers(key.clone()), words);
    }
    let words = format!("{rows} no row of `{}`", key.to_table);
    // Whatever a column that comes later will hold, no row chose it.
    let ahead = alteration.refers_ahead(key) || alteration.creates(&key.to_table);
    let orphan = || Condition::Orphan { key: key.clone(), collations: Collations::default() };
    (if ahead { Condition::Refers(key.clone()) } else { orphan() }, words)
}

/// True where the same columns referred to the same table by other columns of it: an equal value there is another row.
fn moves(alteration: &Alteration<'_>, key: &ForeignKey) -> bool {
    let mut known = alteration.settled.foreign_keys.iter();
    known.any(|old| old.columns == key.columns && old.to_table == key.to_table && old.to_columns != key.to_columns)
}

/// Rows that exist would have no value in a new column without default, fill, or expression.
fn new_column(alteration: &Alteration<'_>, column: &Column) -> Option<(Condition, String)> {
    let filled = alteration.origin(&column.name).is_some_and(|origin| origin.fill.is_some());
    let valued = filled || column.null || column.auto || column.default.is_some() || column.generated.is_some();
    let words = format!("rows of `{}` would have no value in the new column `{}`", alteration.next.name, column.name);
    (!valued).then_some((Condition::Any, words))
}

/// Rows that an expression would leave without a value.
fn unmade(alteration: &Alteration<'_>, column: &Column) -> Option<(Condition, String)> {
    let filled = alteration.origin(&column.name).is_some_and(|origin| origin.fill.is_some());
    let using = alteration.using(&column.name).filter(|_| !column.null && !filled)?;
    Some(without_value(&alteration.next.name, &column.name, using))
}

/// Rows of which the expression makes no value for the column.
pub(super) fn without_value(table: &str, column: &str, using: &Sql) -> (Condition, String) {
    let words = format!("rows of `{table}` would get no `{column}` by the expression of its `using`");
    (Condition::Breaks(CheckExpression::Sql(using.within("(", ") IS NOT NULL"))), words)
}

/// Rows that break a check which comes: by what they hold, or by what an expression makes of it.
fn breaking(alteration: &Alteration<'_>, check: &CheckExpression) -> (Condition, String) {
    let table = &alteration.next.name;
    if let CheckExpression::OneOf { column, values } = check
        && let Some(using) = alteration.using(column)
    {
        return unlisted_by(table, column, values, using);
    }
    let check = before_renames(alteration, check);
    let words = broken(table, &check);
    (Condition::Breaks(check), words)
}

/// Rows for which the expression makes a text that is none of the enum's.
pub(super) fn unlisted_by(table: &str, column: &str, values: &[String], using: &Sql) -> (Condition, String) {
    let words = format!(
        "rows of `{table}` would get a `{column}` by the expression of its `using` that is none of {}",
        list(values)
    );
    (Condition::UnlistedBy { expression: using.clone(), values: values.to_vec() }, words)
}

/// Rows whose text is none of the enum's.
fn unlisted(table: &str, column: &str, values: &[String]) -> (Condition, String) {
    let (column, values) = (column.to_owned(), values.to_vec());
    let words = broken(table, &CheckExpression::OneOf { column: column.clone(), values: values.clone() });
    (Condition::Unlisted { column, values }, words)
}

/// True for SQL over a column of an enum which has other texts from now on, or which is of one only before or after.
fn is_of_other_texts(alteration: &Alteration<'_>, check: &Check) -> bool {
    let CheckExpression::Sql(_) = check.expression else { return false };
    let is_enum = |column: &Column| matches!(column.ty, ColumnType::Enum(_));
    let other = |column: &Column| {
        let settled = alteration.settled.column(&column.name);
        let retyped = settled.is_some_and(|old| old.ty != column.ty && (is_enum(old) || is_enum(column)));
        retyped || alteration.renamed_texts(&column.name).is_some()
    };
    alteration.next.columns.iter().any(|column| alteration.mentions(&check.expression, &column.name) && other(column))
}

/// What the check allows while some texts have their old names.
fn before_renames(alteration: &Alteration<'_>, check: &CheckExpression) -> CheckExpression {
    let mut check = check.clone();
    if let CheckExpression::OneOf { column, values } = &mut check
        && let Some(renamed) = alteration.renamed_texts(column)
    {
        let old = |value: &String| renamed.iter().find(|(_, new)| *new == value).map_or(value, |(old, _)| old).clone();
        *values = values.iter().map(old).collect();
    }
    check
}

fn lossy(table: &str, columns: Pair<&Column>, dialect: &dyn Dialect) -> Option<(Condition, String)> {
    if dialect.conversion(columns) != Conversion::Lossy {
        return None;
    }
    let name = &columns.next.name;
    let words = format!("rows of `{table}` have a `{name}` that would not survive as {}", columns.next.ty);
    Some((Condition::Lossy(Box::new(columns.map(Clone::clone))), words))
}

fn duplicates(alteration: &Alteration<'_>, columns: &[String]) -> Option<(Condition, String)> {
    let apart = apart(alteration, columns).filter(|_| !columns.is_empty())?;
    let stand = if is_there(alteration, columns) { "stand" } else { "would stand" };
    let words = format!("values of {} {stand} in several rows of `{}`", list(columns), alteration.next.name);
    let collations = Collations::default();
    Some((Condition::Duplicate { columns: apart, among: None, expression: None, collations }, words))
}

/// The columns by which rows differ in these: a new one holds the same in all of them, if it is a value; `None` where only the
/// database knows, or where a new one holds NULL.
fn apart(alteration: &Alteration<'_>, columns: &[String]) -> Option<Vec<String>> {
    let (new, there): (Vec<String>, Vec<String>) = columns.iter().cloned().partition(|name| alteration.adds(name));
    let is_value = |name: &String| {
        let default = alteration.next.column(name)?.default.as_ref();
        let fill = alteration.origin(name).and_then(|origin| origin.fill.as_ref());
        matches!(fill.or(default)?, Default::Value(_)).then_some(())
    };
    new.iter().all(|name| is_value(name).is_some()).then_some(there)
}

fn unique_index(alteration: &Alteration<'_>, index: &Index) -> Option<(Condition, String)> {
    let columns: Vec<String> = index.columns.iter().map(|column| column.name.clone()).collect();
    let columns = apart(alteration, &columns).filter(|_| index.unique && !mentions_new(alteration, index))?;
    let words =
        format!("values of the unique index `{}` stand in several rows of `{}`", index.name, alteration.next.name);
    let (among, expression) = (index.condition.clone(), index.expression.clone());
    let collations = Collations::default();
    Some((Condition::Duplicate { columns, among, expression, collations }, words))
}

/// Where texts compare otherwise from now on, two of them may become one, and a reference may find its row no more.
fn collated(alteration: &Alteration<'_>, dialect: &dyn Dialect) -> Vec<(Condition, String)> {
    let collations = collations(alteration, dialect);
    let changes = |columns: &[String]| {
        is_there(alteration, columns) && columns.iter().any(|column| collations.contains_key(column))
    };
    let table = &alteration.next.name;
    let indexes = alteration.next.indexes.iter().filter(|index| index.unique && index.expression.is_none());
    let over = |index: &Index| index.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    let keys = std::iter::once((alteration.next.primary_key.clone(), None))
        .chain(alteration.next.uniques.iter().map(|unique| (unique.columns.clone(), None)))
        .chain(indexes.map(|index| (over(index), index.condition.clone())))
        .filter(|(columns, _)| changes(columns));
    let duplicates = keys.map(|(columns, among)| {
        let words = format!("values of {} stand in several rows of `{table}` in the new collation", list(&columns));
        (Condition::Duplicate { columns, among, expression: None, collations: collations.clone() }, words)
    });
    let references = alteration.next.foreign_keys.iter().filter(|key| changes(&key.columns));
    let orphans = references.filter(|key| !alteration.refers_ahead(key)).map(|key| {
        let rows = format!("rows of `{table}` refer by {} to", list(&key.columns));
        let words = format!("{rows} no row of `{}` in the new collation", key.to_table);
        (Condition::Orphan { key: key.clone(), collations: collations.clone() }, words)
    });
    duplicates.chain(orphans).collect()
}

/// The collations that columns get.
fn collations(alteration: &Alteration<'_>, dialect: &dyn Dialect) -> Collations {
    let common = dialect.capabilities().collation;
    let new = |difference: &Difference| match difference {
        Difference::Column { column, change: ColumnDifference::Collation(collations), .. } => {
            let next = collations.next.clone().or_else(|| common.map(str::to_owned))?;
            Some((column.clone(), next))
        }
        _ => None,
    };
    alteration.differences.iter().filter_map(new).collect()
}

/// What stands in a new column is known when it is there; the database then has the last word.
fn mentions_new(alteration: &Alteration<'_>, index: &Index) -> bool {
    let mut fragments = index.condition.iter().chain(&index.expression);
    let new = || alteration.next.columns.iter().filter(|column| alteration.adds(&column.name));
    fragments.any(|sql| new().any(|column| sql.mentions(&column.name)))
}

fn is_there(alteration: &Alteration<'_>, columns: &[String]) -> bool {
    columns.iter().all(|column| !alteration.adds(column))
}

/// A key over columns that exist, to a place that they did not refer to before.
fn is_new_reference(alteration: &Alteration<'_>, key: &ForeignKey) -> bool {
    let target = |key: &ForeignKey| (key.columns.clone(), key.to_table.clone(), key.to_columns.clone());
    let known = alteration.settled.foreign_keys.iter().any(|old| target(old) == target(key));
    is_there(alteration, &key.columns) && !known
}

fn broken(table: &str, check: &CheckExpression) -> String {
    match check {
        CheckExpression::Sql(sql) => format!("rows of `{table}` do not meet `{sql}`"),
        CheckExpression::OneOf { column, values } => {
            format!("rows of `{table}` have a `{column}` that is none of {}", list(values))
        }
        CheckExpression::NonNegative { column } => format!("rows of `{table}` have a negative `{column}`"),
    }
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
