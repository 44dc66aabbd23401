//! What only the text of a `CREATE INDEX` tells: expressions, and the condition of a partial index.
//!
//! <https://www.sqlite.org/lang_createindex.html>

use super::cursor::{Cursor, parts};
use crate::field::Sql;
use crate::schema::{Index, IndexColumn};

/// Reads a statement that `SQLite` accepted.
pub(super) fn parse(name: &str, sql: &str) -> Index {
    let mut cursor = Cursor::new(sql);
    cursor.eat(&["CREATE"]);
    let unique = cursor.eat(&["UNIQUE"]);
    while !cursor.is_end() && !cursor.eat(&["ON"]) {
        cursor.skip();
    }
    cursor.qualified_name();
    let (columns, expression) = keys(cursor.group().unwrap_or_default());
    let condition = cursor.eat(&["WHERE"]).then(|| Sql::any(cursor.rest()));
    Index {
        name: name.to_owned(),
        columns,
        expression,
        unique,
        condition,
        include: Vec::new(),
        method: None,
        opclass: None,
        verbatim: false,
    }
}

/// The columns, then everything from the first key that is more than a column.
fn keys(list: &str) -> (Vec<IndexColumn>, Option<Sql>) {
    let parts = parts(list);
    let columns: Vec<IndexColumn> = parts.iter().map_while(|part| plain_column(part)).collect();
    let expressions = parts[columns.len()..].join(", ");
    (columns, Some(expressions).filter(|text| !text.is_empty()).map(Sql::any))
}

fn plain_column(part: &str) -> Option<IndexColumn> {
    let mut cursor = Cursor::new(part);
    let name = cursor.name()?;
    let descending = cursor.eat(&["DESC"]);
    let _ = descending || cursor.eat(&["ASC"]);
    cursor.is_end().then_some(IndexColumn { descending, ..IndexColumn::new(name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_expressions_and_a_condition() {
        let index = parse(
            "i",
            r#"CREATE UNIQUE INDEX IF NOT EXISTS "on" ON "t" (a DESC, "b c", lower(d)) WHERE e IS NOT NULL"#,
        );
        assert!(index.unique);
        let columns: Vec<_> = index.columns.iter().map(|column| (column.name.as_str(), column.descending)).collect();
        assert_eq!(columns, [("a", true), ("b c", false)]);
        assert_eq!(index.expression, Some(Sql::any("lower(d)")));
        assert_eq!(index.condition, Some(Sql::any("e IS NOT NULL")));
    }

    #[test]
    fn a_collation_is_no_plain_column() {
        let index = parse("i", "CREATE INDEX i ON main.t (a COLLATE NOCASE, b)");
        assert!(index.columns.is_empty());
        assert_eq!(index.expression, Some(Sql::any("a COLLATE NOCASE, b")));
    }
}
