//! What all dialects write the same way, in the words of each.

use std::borrow::Cow;
#[cfg(feature = "render")]
use std::collections::BTreeMap;

use super::Capabilities;
use crate::field::Sql;
use crate::schema::CheckExpression;
#[cfg(feature = "render")]
use crate::{
    ddl::{Collations, Condition, Given, PairMove, PairPlace},
    field::Literal,
    pair::Pair,
    schema::{Column, ForeignKey},
};

/// How one dialect says names, texts and conversions.
pub(super) struct Words {
    /// Whose words they are.
    pub(super) facts: Capabilities,
    /// A name as an identifier.
    pub(super) quote: fn(&str) -> String,
    /// A table as an identifier.
    #[cfg(feature = "render")]
    pub(super) quote_table: fn(&str) -> String,
    /// A text as a literal.
    pub(super) quoted: fn(&str) -> String,
    /// What is written for every database, in this one's words.
    pub(super) standard: fn(&str) -> Cow<'_, str>,
    /// A value as a literal of its column's type.
    #[cfg(feature = "render")]
    pub(super) literal: fn(&Literal, &Column, &Capabilities) -> String,
    /// True for a value that a change of type loses; `None` where none is lost.
    #[cfg(feature = "render")]
    pub(super) lossy: fn(Pair<&Column>, &Capabilities) -> Option<String>,
}

impl Words {
    /// The fragment's text; one without a text for the engine was refused when it was planned.
    pub(super) fn text<'a>(&self, sql: &'a Sql) -> Cow<'a, str> {
        match sql {
            Sql::Any(text) => (self.standard)(text),
            Sql::Each(_) => Cow::Borrowed(sql.for_engine(self.facts.engine).unwrap_or("NULL")),
        }
    }

    /// What a check says.
    pub(super) fn condition(&self, expression: &CheckExpression) -> String {
        match expression {
            CheckExpression::Sql(sql) => self.text(sql).into_owned(),
            CheckExpression::OneOf { column, values } => {
                let values: Vec<String> = values.iter().map(|value| (self.quoted)(value)).collect();
                format!("{} IN ({})", (self.quote)(column), values.join(", "))
            }
            CheckExpression::NonNegative { column } => format!("{} >= 0", (self.quote)(column)),
        }
    }
}

#[cfg(feature = "render")]
impl Words {
    /// Names as a list in parentheses.
    pub(super) fn list(&self, names: &[String]) -> String {
        let names: Vec<String> = names.iter().map(|name| (self.quote)(name)).collect();
        format!("({})", names.join(", "))
    }

    /// A text, but for those that are called otherwise.
    pub(super) fn renamed(&self, text: &str, renamed: &BTreeMap<String, String>) -> String {
        let when = |(from, to): (&String, &String)| format!("WHEN {} THEN {} ", (self.quoted)(from), (self.quoted)(to));
        let cases: String = renamed.iter().map(when).collect();
        format!("CASE {text} {cases}ELSE {text} END")
    }

    /// `INSERT … SELECT` of every row that is a pair.
    pub(super) fn pairs(&self, PairMove { from, to, by }: &PairMove) -> String {
        let (quote, table) = (self.quote, self.quote_table);
        let columns = |place: &PairPlace| [place.here.clone(), place.there.clone()];
        let insert = format!("INSERT INTO {} {}\nSELECT", table(&to.table), self.list(&columns(to)));
        let (here, there) = (quote(&from.here), quote(&from.there));
        match by {
            None => format!(
                "{insert} {here}, {there}\nFROM {}\nWHERE {}",
                table(&from.table),
                self.present("", &columns(from))
            ),
            Some(by) => format!(
                "{insert} child.{here}, parent.{}\nFROM {} AS child INNER JOIN {} AS parent ON parent.{} = child.{there}\nWHERE {}",
                quote(&by.wanted),
                table(&from.table),
                table(&by.table),
                quote(&by.known),
                self.present("child.", &columns(from))
            ),
        }
    }

    /// The pairs that are not where they were to go.
    fn parted(&self, PairMove { from, to, by }: &PairMove) -> String {
        let (quote, table) = (self.quote, self.quote_table);
        let (joined, there) = match by {
            None => (String::new(), format!("parent.{}", quote(&to.there))),
            Some(by) => (
                format!(
                    " INNER JOIN {} AS other ON other.{} = parent.{}",
                    table(&by.table),
                    quote(&by.wanted),
                    quote(&to.there)
                ),
                format!("other.{}", quote(&by.known)),
            ),
        };
        format!(
            "SELECT count(*) FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS parent{joined} WHERE parent.{} = child.{} AND {there} = child.{})",
            table(&from.table),
            self.present("child.", &[from.here.clone(), from.there.clone()]),
            table(&to.table),
            quote(&to.here),
            quote(&from.here),
            quote(&from.there)
        )
    }

    /// A query of one number: the rows, or for duplicates the groups, that meet the condition.
    pub(super) fn count(&self, table: &str, condition: &Condition) -> String {
        let rows = format!("SELECT count(*) FROM {}", (self.quote_table)(table));
        match condition {
            Condition::Any => rows,
            Condition::Null { column } => format!("{rows} WHERE {} IS NULL", (self.quote)(column)),
            Condition::Duplicate { columns, among, expression, collations } => {
                let mut keys: Vec<String> =
                    columns.iter().map(|column| self.compared("", column, collations)).collect();
                keys.extend(expression.as_ref().map(|sql| format!("({})", self.text(sql))));
                self.duplicates(table, &keys, among.as_ref())
            }
            Condition::Breaks(check) => format!("{rows} WHERE NOT ({})", self.condition(check)),
            Condition::Unlisted { column, values } => {
                let values: Vec<String> = values.iter().map(|value| (self.quoted)(value)).collect();
                format!("{rows} WHERE {}::text NOT IN ({})", (self.quote)(column), values.join(", "))
            }
            Condition::UnlistedBy { expression, values } => {
                let values: Vec<String> = values.iter().map(|value| (self.quoted)(value)).collect();
                format!("{rows} WHERE ({}) NOT IN ({})", self.text(expression), values.join(", "))
            }
            Condition::Orphan { key, collations } => self.orphans(table, key, collations),
            Condition::Astray { key, given } => self.astray(table, key, given),
            Condition::Parted(pairs) => self.parted(pairs),
            Condition::Refers(key) => format!("{rows} WHERE {}", self.present("", &key.columns)),
            Condition::Lossy(columns) => {
                let columns = columns.as_ref().as_ref();
                let lost = (self.lossy)(columns, &self.facts).unwrap_or_else(|| "1 = 0".to_owned());
                format!("{rows} WHERE {} IS NOT NULL AND ({lost})", (self.quote)(&columns.previous.name))
            }
        }
    }

    /// NULLs are distinct from each other, unless a constraint says otherwise; the server then has the last word. Without a key, all
    /// rows are alike.
    fn duplicates(&self, table: &str, keys: &[String], among: Option<&Sql>) -> String {
        let mut wanted: Vec<String> = keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
        wanted.extend(among.map(|sql| format!("({})", self.text(sql))));
        let among = if wanted.is_empty() { String::new() } else { format!(" WHERE {}", wanted.join(" AND ")) };
        let rows = format!("FROM {}{among}", (self.quote_table)(table));
        if keys.is_empty() {
            return format!("SELECT count(*) FROM (SELECT count(*) AS alike {rows}) AS shared WHERE alike > 1");
        }
        let keys = keys.join(", ");
        format!("SELECT count(*) FROM (SELECT 1 {rows} GROUP BY {keys} HAVING count(*) > 1) AS shared")
    }

    /// A foreign key of several columns holds where one of them is NULL.
    fn orphans(&self, table: &str, key: &ForeignKey, collations: &Collations) -> String {
        let quote = self.quote;
        let pairs = key.columns.iter().zip(&key.to_columns);
        let equal: Vec<String> = pairs
            .map(|(here, there)| format!("parent.{} = {}", quote(there), self.compared("child.", here, collations)))
            .collect();
        format!(
            "SELECT count(*) FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {})",
            (self.quote_table)(table),
            self.present("child.", &key.columns),
            (self.quote_table)(&key.to_table),
            equal.join(" AND ")
        )
    }

    /// What is asked of each row that gets a value, and of the columns of the key that have theirs already.
    fn astray(&self, table: &str, key: &ForeignKey, given: &[Given]) -> String {
        let quote = self.quote;
        let of = |column: &String| given.iter().find(|given| given.column.name == *column);
        let value = |column: &String| match of(column) {
            Some(given) if given.new || key.columns.len() == 1 => self.given(given),
            Some(given) => format!("coalesce(child.{}, {})", quote(column), self.given(given)),
            None => format!("child.{}", quote(column)),
        };
        let pairs = key.columns.iter().zip(&key.to_columns);
        let equal: Vec<String> =
            pairs.map(|(here, there)| format!("parent.{} = {}", quote(there), value(here))).collect();
        let there: Vec<&String> = key.columns.iter().filter(|column| of(column).is_none()).collect();
        let mut wanted: Vec<String> = there.iter().map(|name| format!("child.{} IS NOT NULL", quote(name))).collect();
        let empty: Vec<String> = given
            .iter()
            .filter(|given| !given.new)
            .map(|given| format!("child.{} IS NULL", quote(&given.column.name)))
            .collect();
        // Where a column is new, every row gets its value.
        wanted.extend(match empty.as_slice() {
            [one] if given.len() == 1 => Some(one.clone()),
            several if several.len() == given.len() => Some(format!("({})", several.join(" OR "))),
            _ => None,
        });
        let parent = (self.quote_table)(&key.to_table);
        wanted.push(format!("NOT EXISTS (SELECT 1 FROM {parent} AS parent WHERE {})", equal.join(" AND ")));
        format!("SELECT count(*) FROM {} AS child WHERE {}", (self.quote_table)(table), wanted.join(" AND "))
    }

    fn given(&self, given: &Given) -> String {
        (self.literal)(&given.value, &given.column, &self.facts)
    }

    /// A column as it compares from now on.
    fn compared(&self, of: &str, column: &str, collations: &Collations) -> String {
        let name = (self.quote)(column);
        match collations.get(column) {
            Some(collation) => format!("{of}{name} COLLATE {}", (self.quote)(collation)),
            None => format!("{of}{name}"),
        }
    }

    fn present(&self, of: &str, columns: &[String]) -> String {
        let wanted: Vec<String> =
            columns.iter().map(|column| format!("{of}{} IS NOT NULL", (self.quote)(column))).collect();
        wanted.join(" AND ")
    }
}
