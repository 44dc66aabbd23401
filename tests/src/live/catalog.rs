//! The catalog as text, read by what the database itself offers and not by the code under test; in no order of its making.

use fastdjango_core::field::Engine;

/// What to ask for every table that is ours: one text a row.
pub(super) fn catalog(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => &[POSTGRES],
        // There, a table says itself what it is: see `shown`.
        Engine::Mysql | Engine::Mariadb => &[],
    }
}

/// Columns, foreign keys, and indexes; checks are in no pragma.
const SQLITE: &[&str] = &[
    "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') \
     || ' ' || c.pk || ' ' || c.hidden FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
     AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE 'fastdjango\\_%' ESCAPE '\\' ORDER BY 1",
    "SELECT t.name || '.' || f.\"from\" || '->' || f.\"table\" || '.' || f.\"to\" || ' ' || f.on_delete || ' ' || f.on_update \
     FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' \
     AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE 'fastdjango\\_%' ESCAPE '\\' ORDER BY 1",
    "SELECT t.name || ' ' || CASE WHEN i.origin = 'c' THEN i.name ELSE i.origin END || ' ' || i.\"unique\" || i.partial \
     || ' ' || (SELECT group_concat(coalesce(x.name, '?') || x.\"desc\" || x.coll) FROM pragma_index_xinfo(i.name) x WHERE x.key) \
     FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' \
     AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE 'fastdjango\\_%' ESCAPE '\\' ORDER BY 1",
];

/// Columns, constraints, indexes and comments as the server prints them.
///
/// Casts between texts are left out: a check that was there before its column became longer keeps those of then.
const POSTGRES: &str = "
SELECT c.oid::regclass::text || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
    || ' ' || a.attidentity::text || a.attgenerated::text || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    || CASE WHEN a.attcollation NOT IN (0, 100) THEN ' collate ' || (SELECT quote_ident(collname) FROM pg_collation WHERE oid = a.attcollation) ELSE '' END
    || coalesce(' comment ' || col_description(c.oid, a.attnum), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)' AND c.relkind = 'r' AND c.relname NOT LIKE 'fastdjango\\_%'
UNION ALL
SELECT c.conrelid::regclass::text || ' ' || c.conname || ' ' || regexp_replace(pg_get_constraintdef(c.oid),
    '::(character varying|text)|\\[\\]|[()]', '', 'g') FROM pg_constraint c
WHERE c.connamespace::regnamespace::text !~ '^(pg_|information_schema)' AND c.contype <> 'n' AND c.conrelid::regclass::text NOT LIKE 'fastdjango\\_%'
UNION ALL
SELECT t.typname || ' of ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
GROUP BY t.oid, t.typname
UNION ALL
SELECT pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' not valid' END
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)' AND c.relname NOT LIKE 'fastdjango\\_%'
UNION ALL
SELECT c.oid::regclass::text || ' comment ' || obj_description(c.oid, 'pg_class') FROM pg_class c
WHERE c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)' AND obj_description(c.oid, 'pg_class') IS NOT NULL
ORDER BY 1";

/// What `SHOW CREATE TABLE` says, line by line: in no order of its making, and without the number that the next row would get.
pub(super) fn shown(table: &str, definition: &str) -> String {
    let counter = definition.split_once(" AUTO_INCREMENT=");
    let definition = counter.map_or(definition.to_owned(), |(before, after)| {
        format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
    });
    let mut lines: Vec<&str> = definition.lines().map(|line| line.trim().trim_end_matches(',')).collect();
    lines.sort_unstable();
    format!("{table}\n  {}\n", lines.join("\n  "))
}
