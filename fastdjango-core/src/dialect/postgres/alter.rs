//! Changes in place: <https://www.postgresql.org/docs/current/sql-altertable.html>.

use super::conversion::rule;
use super::literal::{default, literal, quoted};
use super::quote::{beside, quote, quote_table};
use super::table::{check, create_index, declared_type, definition, foreign_key, unique};
use super::{WORDS, enums};
use crate::ddl::Alter;
use crate::field::{Default, Sql};
use crate::name::{MAX_IDENTIFIER_BYTES, beside_table, shorten, split_table};
use crate::pair::Pair;
use crate::schema::Column;

/// How the name begins that a table has on its way.
const BETWEEN: &str = "fastdjango_old_";

/// The statements of a change.
pub(super) fn alter(alter: &Alter) -> Vec<String> {
    match alter {
        Alter::ColumnType { table, columns, using } => {
            vec![column_type(table, columns.as_ref().as_ref(), using.as_ref())]
        }
        // https://www.postgresql.org/docs/current/explicit-locking.html: reading goes on.
        Alter::Hold { table } => vec![format!("LOCK TABLE {} IN EXCLUSIVE MODE", quote_table(table))],
        Alter::Null { table, column } => {
            let verb = if column.null { "DROP" } else { "SET" };
            vec![of_column(table, column, &format!("{verb} NOT NULL"))]
        }
        Alter::Default { table, column } => vec![of_column(table, column, &set_default(column))],
        Alter::Auto { table, column } => numbered(table, column),
        Alter::KeepComputed { table, columns } => vec![of_column(table, &columns.next, "DROP EXPRESSION")],
        // The planner knows from the facts that a column has changes of its own here, and texts are renamed in their type.
        Alter::Column { .. } | Alter::Prepare { .. } | Alter::Finish { .. } | Alter::RenameValues { .. } => Vec::new(),
        Alter::AddFilled { table, column, fill } => add_filled(table, column, fill),
        Alter::Fill { table, column, fill } => {
            let (table, name) = (quote_table(table), quote(&column.name));
            vec![format!("UPDATE {table} SET {name} = {} WHERE {name} IS NULL", value(fill, column))]
        }
        Alter::AddPrimaryKey { table, name, columns } => {
            let key = format!("CONSTRAINT {} PRIMARY KEY {}", quote(name), WORDS.list(columns));
            vec![of_table(table, &format!("ADD {key}"))]
        }
        Alter::AddUnique { table, unique: one } => vec![of_table(table, &format!("ADD {}", unique(one)))],
        Alter::AddCheck { table, check: one } => vec![of_table(table, &format!("ADD {}", check(one)))],
        Alter::AddForeignKey { table, key } => vec![of_table(table, &format!("ADD {}", foreign_key(key)))],
        Alter::DropConstraint { table, name, .. } => {
            vec![of_table(table, &format!("DROP CONSTRAINT {}", quote(name)))]
        }
        Alter::RenameConstraint { table, from, to } => {
            vec![of_table(table, &format!("RENAME CONSTRAINT {} TO {}", quote(from), quote(to)))]
        }
        Alter::BuildIndex { table, index } => vec![create_index(table, index, "INDEX CONCURRENTLY")],
        Alter::RetireIndex { table, index } => vec![format!("DROP INDEX CONCURRENTLY {}", beside(table, index))],
        Alter::RenameIndex { table, from, to } => {
            vec![format!("ALTER INDEX {} RENAME TO {}", beside(table, from), quote(to))]
        }
        Alter::FreeSequence { table, column, schema } => vec![free_sequence(table, column, schema.as_deref())],
        Alter::CreateSchema { schema } => vec![format!("CREATE SCHEMA IF NOT EXISTS {}", quote(schema))],
        Alter::CreateExtension { extension } => vec![format!("CREATE EXTENSION IF NOT EXISTS {}", quote(extension))],
        Alter::Enum(change) => vec![enums::alter(change)],
        Alter::TableComment { table, comment } => {
            vec![format!("COMMENT ON TABLE {} IS {}", quote_table(table), said(comment.as_ref()))]
        }
        Alter::ColumnComment { table, column } => {
            let (table, name) = (quote_table(table), quote(&column.name));
            vec![format!("COMMENT ON COLUMN {table}.{name} IS {}", said(column.comment.as_ref()))]
        }
    }
}

fn of_table(table: &str, change: &str) -> String {
    format!("ALTER TABLE {} {change}", quote_table(table))
}

fn of_column(table: &str, column: &Column, change: &str) -> String {
    of_table(table, &format!("ALTER COLUMN {} {change}", quote(&column.name)))
}

/// A table under another name, in another schema, or both: then by a name that nothing has, since what is taken in the one
/// schema may be free in the other.
pub(super) fn rename_table(from: &str, to: &str) -> Vec<String> {
    let ((here, old), (there, new)) = (split_table(from), split_table(to));
    if here == there {
        return vec![of_table(from, &format!("RENAME TO {}", quote(new)))];
    }
    if old == new {
        return vec![move_table(from, there)];
    }
    let between = shorten(&format!("{BETWEEN}{new}"), MAX_IDENTIFIER_BYTES);
    let moved = there.map_or_else(|| between.clone(), |schema| format!("{schema}.{between}"));
    vec![
        of_table(from, &format!("RENAME TO {}", quote(&between))),
        move_table(&beside_table(from, &between), there),
        of_table(&moved, &format!("RENAME TO {}", quote(new))),
    ]
}

/// Indexes, constraints and the sequences of its columns go along. Which schema tables without one are in, the session knows.
///
/// <https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-SCHEMA>
fn move_table(table: &str, schema: Option<&str>) -> String {
    if let Some(schema) = schema {
        return of_table(table, &format!("SET SCHEMA {}", quote(schema)));
    }
    let command = quoted(&of_table(table, "SET SCHEMA "));
    block(&format!("BEGIN EXECUTE {command} || pg_catalog.quote_ident(pg_catalog.current_schema()); END"))
}

/// A number makes the name another one, as the server itself would; shortened by letters, of which one has up to four bytes.
fn free_sequence(table: &str, column: &str, schema: Option<&str>) -> String {
    let sequence = format!("pg_catalog.pg_get_serial_sequence({}, {})", quoted(&quote_table(table)), quoted(column));
    let there =
        schema.map_or_else(|| "pg_catalog.quote_ident(pg_catalog.current_schema())".to_owned(), |s| quoted(&quote(s)));
    let lines = [
        format!("DECLARE own pg_catalog.regclass := {sequence};"),
        format!("  there pg_catalog.regnamespace := pg_catalog.to_regnamespace({there});"),
        "  word text; here pg_catalog.oid; free pg_catalog.name; number int := 0;".to_owned(),
        "BEGIN".to_owned(),
        "  SELECT relname, relnamespace, relname INTO word, here, free FROM pg_catalog.pg_class WHERE oid = own;".to_owned(),
        "  WHILE EXISTS (SELECT FROM pg_catalog.pg_class".to_owned(),
        "    WHERE relname = free AND relnamespace IN (here, there) AND oid <> own) LOOP".to_owned(),
        "    number := number + 1;".to_owned(),
        "    free := pg_catalog.left(word, CASE WHEN pg_catalog.octet_length(word) < 60 THEN 60 ELSE 14 END) || number;".to_owned(),
        "  END LOOP;".to_owned(),
        "  IF number > 0 THEN".to_owned(),
        "    EXECUTE pg_catalog.format('ALTER SEQUENCE %s RENAME TO %I', own, free);".to_owned(),
        "  END IF;".to_owned(),
        "END".to_owned(),
    ];
    block(&lines.join("\n"))
}

fn block(body: &str) -> String {
    let body = if body.contains('$') { quoted(body) } else { format!("$${body}$$") };
    format!("DO {body}")
}

/// A statement of its own: with anything else in it, USING binds to the wrong part.
fn column_type(table: &str, columns: Pair<&Column>, own: Option<&Sql>) -> String {
    let own = own.map(|sql| format!("({})", WORDS.text(sql)));
    let using = own.or(rule(columns).expression).map_or_else(String::new, |expression| format!(" USING {expression}"));
    of_column(table, columns.next, &format!("TYPE {}{using}", declared_type(columns.next)))
}

fn set_default(column: &Column) -> String {
    match &column.default {
        Some(value) => format!("SET DEFAULT {}", default(value, column)),
        None => "DROP DEFAULT".to_owned(),
    }
}

/// The first new number comes after every one that is there.
///
/// <https://www.postgresql.org/docs/current/functions-sequence.html>
fn numbered(table: &str, column: &Column) -> Vec<String> {
    if !column.auto {
        return vec![of_column(table, column, "DROP IDENTITY")];
    }
    let name = quote(&column.name);
    let sequence = format!("pg_get_serial_sequence({}, {})", quoted(&quote_table(table)), quoted(&column.name));
    vec![
        of_column(table, column, "ADD GENERATED BY DEFAULT AS IDENTITY"),
        format!("SELECT setval({sequence}, greatest(max({name}), 0) + 1, false) FROM {}", quote_table(table)),
    ]
}

/// A constant comes as a default, which rewrites no row, and goes as one; an expression is written into every row.
///
/// <https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN>
fn add_filled(table: &str, column: &Column, fill: &Default) -> Vec<String> {
    let add = |column: &Column| of_table(table, &format!("ADD COLUMN {}", definition(column)));
    match fill {
        Default::Value(_) => {
            let filled = Column { default: Some(fill.clone()), ..column.clone() };
            vec![add(&filled), of_column(table, column, &set_default(column))]
        }
        Default::Sql { .. } => {
            let mut statements = vec![add(&Column { null: true, ..column.clone() })];
            let name = quote(&column.name);
            statements.push(format!("UPDATE {} SET {name} = {}", quote_table(table), value(fill, column)));
            statements.extend((!column.null).then(|| of_column(table, column, "SET NOT NULL")));
            statements
        }
    }
}

fn value(fill: &Default, column: &Column) -> String {
    match fill {
        Default::Value(value) => literal(value, column),
        Default::Sql { sql } => format!("({})", WORDS.text(sql)),
    }
}

fn said(comment: Option<&String>) -> String {
    comment.map_or_else(|| "NULL".to_owned(), |comment| quoted(comment))
}
