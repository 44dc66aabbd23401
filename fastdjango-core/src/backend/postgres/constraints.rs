//! Keys, unique constraints and checks of the catalog.
//!
//! <https://www.postgresql.org/docs/current/catalog-pg-constraint.html>

use std::collections::BTreeMap;

use super::introspect::{Naming, bare, is, list, some, text};
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::field::{Deferrable, OnDelete, Sql};
use crate::schema::{Check, CheckExpression, ForeignKey, Table, Unique};

/// What no key and no unique constraint of ours says: that nothing overlaps, `MATCH FULL`, and what the rows that were there need not meet.
const WHOLE: &str = "CASE WHEN x.contype = 'x' OR x.confmatchtype IN ('f', 'p') OR x.contype = 'f' AND NOT x.convalidated \
     OR pg_catalog.to_jsonb(x) ->> 'conperiod' = 'true' THEN pg_catalog.pg_get_constraintdef(x.oid) END";

/// Reads the constraints of the tables, in the order in which they were made.
///
/// What a schema of ours has no place for is told as a check, by the whole of its definition: so it is seen as a difference.
/// The types are filtered: since `PostgreSQL` 18 NOT NULL is a constraint too. Whether NULLs are distinct is asked of the row as a whole, since older servers have no such column.
pub(super) async fn read(
    session: &mut Session,
    which: &str,
    naming: &Naming<'_>,
    tables: &mut BTreeMap<String, Table>,
) -> Attempt<()> {
    let names = |relation: &str, key: &str| {
        format!(
            "(SELECT pg_catalog.json_agg(a.attname ORDER BY k.place) FROM pg_catalog.unnest({key}) WITH ORDINALITY \
             AS k (number, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)::text"
        )
    };
    let sql = format!(
        "SELECT c.oid::text, x.conname, x.contype::text, {}, \
         f.relname, {}, \
         x.confdeltype::text, x.confupdtype::text, x.condeferrable, x.condeferred, \
         pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct', pg_catalog.pg_get_expr(x.conbin, x.conrelid), n.nspname, \
         x.convalidated, {WHOLE} \
         FROM pg_catalog.pg_constraint x JOIN pg_catalog.pg_class c ON c.oid = x.conrelid \
         LEFT JOIN pg_catalog.pg_class f ON f.oid = x.confrelid \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace \
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = x.conindid AND x.contype = 'u' \
         WHERE x.conrelid IN ({which}) AND x.contype IN ('p', 'f', 'u', 'c', 'x') ORDER BY c.relname, x.oid",
        names("x.conrelid", "x.conkey"),
        names("x.confrelid", "x.confkey"),
    );
    for row in session.query(&sql).await? {
        if let Some(table) = tables.get_mut(&text(&row, 0)) {
            add(table, &row, naming);
        }
    }
    Ok(())
}

fn add(table: &mut Table, row: &[Value], naming: &Naming<'_>) {
    let name = || some(row, 1);
    let check =
        |sql: String, verbatim| Check { name: name(), expression: CheckExpression::Sql(Sql::any(sql)), verbatim };
    if let Some(whole) = some(row, 14) {
        table.checks.push(check(whole, true));
        return;
    }
    match text(row, 2).as_str() {
        "p" => table.primary_key = list(row, 3),
        "f" => table.foreign_keys.push(foreign_key(row, naming)),
        "u" => table.uniques.push(Unique {
            name: name(),
            columns: list(row, 3),
            deferrable: deferrable(row),
            nulls_not_distinct: text(row, 10) == "true",
        }),
        _ => {
            let expression = text(row, 11);
            let (valid, verbatim) = if is(row, 13) { ("", false) } else { (" NOT VALID", true) };
            table.checks.push(check(format!("{}{valid}", bare(&expression)), verbatim));
        }
    }
}

fn foreign_key(row: &[Value], naming: &Naming<'_>) -> ForeignKey {
    ForeignKey {
        name: some(row, 1),
        columns: list(row, 3),
        to_table: naming.name(&text(row, 12), &text(row, 4)),
        to_columns: list(row, 5),
        on_delete: action(&text(row, 6)),
        on_update: action(&text(row, 7)),
        deferrable: deferrable(row),
    }
}

fn action(letter: &str) -> OnDelete {
    match letter {
        "c" => OnDelete::Cascade,
        "r" => OnDelete::Restrict,
        "n" => OnDelete::SetNull,
        "d" => OnDelete::SetDefault,
        _ => OnDelete::NoAction,
    }
}

fn deferrable(row: &[Value]) -> Option<Deferrable> {
    let when = if is(row, 9) { Deferrable::Deferred } else { Deferrable::Immediate };
    is(row, 8).then_some(when)
}
