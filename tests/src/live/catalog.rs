//! The catalog of `SQLite` as text, read by the database's own pragmas and not by the code under test.

/// Columns, foreign keys, and indexes of every table that is ours.
pub(super) const CATALOG: &[&str] = &[
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
