//! Rows, copied.

use super::WORDS;
use super::conversion::rule;
use super::literal::literal;
use super::quote::quote;
use crate::ddl::Source;
use crate::field::Default;

/// `INSERT … SELECT`, one column a line: <https://www.sqlite.org/lang_insert.html>.
pub(super) fn copy_rows(from: &str, to: &str, columns: &[(String, Source)], dropped: &[String]) -> String {
    let dropped: Vec<String> = dropped.iter().map(|name| quote(&name.replace('\n', " "))).collect();
    let note = if dropped.is_empty() { String::new() } else { format!("-- drops {}\n", dropped.join(", ")) };
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let values: Vec<String> = columns.iter().map(|(_, value)| source(value)).collect();
    format!(
        "{note}INSERT INTO {} {}\nSELECT {}\nFROM {}",
        quote(to),
        WORDS.list(&names),
        values.join(", "),
        quote(from)
    )
}

fn source(value: &Source) -> String {
    match value {
        Source::Column(name) => quote(name),
        Source::Convert(columns) => {
            let columns = columns.as_ref().as_ref();
            rule(columns).expression.unwrap_or_else(|| quote(&columns.previous.name))
        }
        Source::Fill { column, value: Default::Value(value) } => literal(value, column),
        Source::Fill { value: Default::Sql { sql }, .. } | Source::Sql(sql) => format!("({})", WORDS.text(sql)),
        Source::Renamed(value, renamed) => WORDS.renamed(&source(value), renamed),
        Source::Coalesce(first, second) => format!("coalesce({}, {})", source(first), source(second)),
    }
}
