//! What only the text of a `CREATE TABLE` tells: names of constraints, checks, collations, generated columns.
//!
//! <https://www.sqlite.org/lang_createtable.html>

use super::cursor::{Cursor, names, parts};
use crate::field::Deferrable;

/// What the pragmas do not say of a table.
#[derive(Debug, Default, PartialEq)]
pub(super) struct TableText {
    /// The columns that say something.
    pub(super) columns: Vec<ColumnText>,
    /// Unique constraints, in order.
    pub(super) uniques: Vec<UniqueText>,
    /// Checks, in order: name and condition.
    pub(super) checks: Vec<(Option<String>, String)>,
    /// Foreign keys, in order.
    pub(super) foreign_keys: Vec<ForeignKeyText>,
    /// What stands behind the columns: `STRICT`, `WITHOUT ROWID`.
    pub(super) options: Vec<String>,
}

/// A column.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ColumnText {
    pub(super) name: String,
    pub(super) autoincrement: bool,
    pub(super) collation: Option<String>,
    pub(super) generated: Option<String>,
}

/// A unique constraint.
#[derive(Debug, PartialEq)]
pub(super) struct UniqueText {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
}

/// A foreign key.
#[derive(Debug, PartialEq)]
pub(super) struct ForeignKeyText {
    pub(super) name: Option<String>,
    pub(super) deferrable: Option<Deferrable>,
}

/// What begins a constraint, and so ends a column's type.
const CONSTRAINT: [&str; 11] =
    ["CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"];

/// What begins a constraint of the table.
const TABLE_CONSTRAINT: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// Reads a statement that `SQLite` accepted; what is not understood is passed over.
pub(super) fn parse(sql: &str) -> TableText {
    let mut table = TableText::default();
    let mut cursor = Cursor::new(sql);
    while !cursor.is_end() && !cursor.peek(0).is_some_and(|token| token.is_symbol('(')) {
        cursor.skip();
    }
    for part in cursor.group().map(parts).unwrap_or_default() {
        let mut cursor = Cursor::new(part);
        if cursor.is_word_of(&TABLE_CONSTRAINT) {
            constraints(&mut cursor, None, &mut table);
        } else {
            column(&mut cursor, &mut table);
        }
    }
    let options = parts(cursor.rest()).into_iter();
    table.options =
        options.map(|option| option.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    table
}

fn column(cursor: &mut Cursor<'_>, table: &mut TableText) {
    let Some(name) = cursor.name() else { return };
    while !cursor.is_end() && !cursor.is_word_of(&CONSTRAINT) {
        if cursor.group().is_none() {
            cursor.skip();
        }
    }
    let mut column = ColumnText { name, ..ColumnText::default() };
    constraints(cursor, Some(&mut column), table);
    table.columns.push(column);
}

/// Reads one constraint after the other; those of a table may stand without a comma between them.
fn constraints(cursor: &mut Cursor<'_>, mut column: Option<&mut ColumnText>, table: &mut TableText) {
    let mut name = None;
    while !cursor.is_end() {
        if cursor.eat(&["CONSTRAINT"]) {
            name = cursor.name();
        } else if constraint(cursor, name.clone(), column.as_deref_mut(), table) {
            name = None;
        } else {
            cursor.skip();
        }
    }
}

/// Reads one constraint; false where none that matters here comes next.
fn constraint(
    cursor: &mut Cursor<'_>,
    name: Option<String>,
    column: Option<&mut ColumnText>,
    table: &mut TableText,
) -> bool {
    if cursor.eat(&["CHECK"]) {
        table.checks.extend(cursor.group().map(|condition| (name, condition.to_owned())));
    } else if cursor.eat(&["UNIQUE"]) {
        let columns = match &column {
            Some(column) => vec![column.name.clone()],
            None => cursor.group().map(names).unwrap_or_default(),
        };
        table.uniques.push(UniqueText { name, columns });
    } else if cursor.eat(&["FOREIGN", "KEY"]) {
        cursor.group();
        return true_if(cursor.eat(&["REFERENCES"]), || references(cursor, name, table));
    } else if cursor.eat(&["REFERENCES"]) {
        references(cursor, name, table);
    } else if cursor.eat(&["DEFAULT"]) {
        default(cursor);
    } else if let Some(column) = column {
        return of_column(cursor, column);
    } else {
        return false;
    }
    true
}

fn true_if(condition: bool, then: impl FnOnce()) -> bool {
    if condition {
        then();
    }
    condition
}

fn of_column(cursor: &mut Cursor<'_>, column: &mut ColumnText) -> bool {
    if cursor.eat(&["AUTOINCREMENT"]) {
        column.autoincrement = true;
    } else if cursor.eat(&["COLLATE"]) {
        column.collation = cursor.name();
    } else if cursor.eat(&["AS"]) {
        column.generated = cursor.group().map(str::to_owned);
    } else {
        return false;
    }
    true
}

/// Passes over a default, which the pragma gives: `-1`, `'x'`, `word` or `(…)`.
fn default(cursor: &mut Cursor<'_>) {
    if cursor.group().is_none() {
        let _ = cursor.eat_symbol('-') || cursor.eat_symbol('+');
        cursor.skip();
    }
}

/// Reads what follows `REFERENCES`. <https://www.sqlite.org/syntax/foreign-key-clause.html>
fn references(cursor: &mut Cursor<'_>, name: Option<String>, table: &mut TableText) {
    cursor.name();
    cursor.group();
    loop {
        if cursor.eat(&["ON"]) {
            cursor.skip();
            if !(cursor.eat(&["SET"]) || cursor.eat(&["NO"])) {
                cursor.skip();
                continue;
            }
            cursor.skip();
        } else if cursor.eat(&["MATCH"]) {
            cursor.skip();
        } else {
            break;
        }
    }
    table.foreign_keys.push(ForeignKeyText { name, deferrable: deferrable(cursor) });
}

fn deferrable(cursor: &mut Cursor<'_>) -> Option<Deferrable> {
    let never = cursor.eat(&["NOT", "DEFERRABLE"]);
    if !never && !cursor.eat(&["DEFERRABLE"]) {
        return None;
    }
    let deferred = cursor.eat(&["INITIALLY", "DEFERRED"]);
    let _ = deferred || cursor.eat(&["INITIALLY", "IMMEDIATE"]);
    match (never, deferred) {
        (true, _) => None,
        (false, true) => Some(Deferrable::Deferred),
        (false, false) => Some(Deferrable::Immediate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_everything() {
        let table = parse(
            r#"CREATE TABLE "a,b" ( -- a comment, with a comma
                [id] integer NOT NULL PRIMARY KEY AUTOINCREMENT,
                "name" varchar(20) COLLATE NOCASE NOT NULL DEFAULT 'UNIQUE, (' CONSTRAINT "long" CHECK (length("name") > 2),
                `total` numeric(10, 2) GENERATED ALWAYS AS (a * (b + 1)) STORED,
                owner integer REFERENCES "user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED UNIQUE,
                CONSTRAINT u UNIQUE (owner, "name")
                CONSTRAINT f FOREIGN KEY (owner, id) REFERENCES c MATCH SIMPLE ON UPDATE CASCADE ON DELETE NO ACTION NOT DEFERRABLE,
                CHECK (id <> ')')
            ) STRICT"#,
        );
        let column = |name: &str| table.columns.iter().find(|column| column.name == name).expect("the column");
        assert!(column("id").autoincrement);
        assert_eq!(column("name").collation.as_deref(), Some("NOCASE"));
        assert_eq!(column("total").generated.as_deref(), Some("a * (b + 1)"));
        let checks = [(Some("long".to_owned()), "length(\"name\") > 2".to_owned()), (None, "id <> ')'".to_owned())];
        assert_eq!(table.checks, checks);
        let uniques: Vec<_> = table.uniques.iter().map(|u| (u.name.as_deref(), u.columns.join(","))).collect();
        assert_eq!(uniques, [(None, "owner".to_owned()), (Some("u"), "owner,name".to_owned())]);
        let keys: Vec<_> = table.foreign_keys.iter().map(|key| (key.name.as_deref(), key.deferrable)).collect();
        assert_eq!(keys, [(None, Some(Deferrable::Deferred)), (Some("f"), None)]);
    }
}
