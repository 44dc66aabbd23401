//! What a database says of its tables, in one form for the store's own script and for ours, whatever the engine.

use std::collections::{BTreeMap, BTreeSet};

use fastdjango_core::backend::Access;
use fastdjango_core::field::{ColumnType, Engine};
use fastdjango_tests::live::{Place, texts};

/// The tables, by name.
pub(crate) type Catalog = BTreeMap<String, Table>;

/// What is said of one kind of thing, each in a few words.
type Facts = BTreeSet<Vec<String>>;

/// One kind of them.
type Of = fn(&mut Table) -> &mut Facts;

/// A table without the names of its constraints and indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    columns: Vec<Column>,
    foreign_keys: Facts,
    indexes: Facts,
    checks: Facts,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    name: String,
    ty: ColumnType,
    required: bool,
    default: String,
    place_in_key: String,
}

/// What an engine is asked; the first column of every answer is a table's name, and no table is ours or the engine's own.
struct Questions {
    /// Name, type, `1` where required, default, and place in the key, in the order of the table.
    columns: &'static str,
    /// Columns, table, columns there, and what happens on a deletion and on an update.
    foreign_keys: &'static str,
    /// Columns in order, `unique`, `partial`; the key's own, which only one of the two spellings has, apart.
    indexes: &'static str,
    /// The checks' expressions.
    checks: Option<&'static str>,
}

fn questions(engine: Engine) -> Questions {
    match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
        Engine::Mysql | Engine::Mariadb => MYSQL,
    }
}

/// SQLite's own pragmas, not the library. Checks are in no pragma.
const SQLITE: Questions = Questions {
    columns: "SELECT t.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c \
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'fastdjango_%' ORDER BY t.name, c.cid",
    foreign_keys: "SELECT name, group_concat(\"from\"), \"table\", group_concat(\"to\"), on_delete, on_update \
        FROM (SELECT t.name, f.* FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY f.id, f.seq) \
        WHERE name NOT LIKE 'fastdjango_%' GROUP BY name, id",
    indexes: "SELECT name, group_concat(key), iif(\"unique\", 'unique', ''), iif(partial, 'partial', '') FROM ( \
        SELECT t.name, i.name AS i, i.\"unique\", i.partial, coalesce(x.name, 'an expression') || iif(x.\"desc\", ' descending', '') AS key \
        FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) x \
        WHERE t.type = 'table' AND i.origin <> 'pk' AND x.key ORDER BY t.name, i.name, x.seqno) \
        WHERE name NOT LIKE 'fastdjango_%' GROUP BY name, i",
    checks: None,
};

const POSTGRES: Questions = Questions {
    columns: "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull::int, \
        CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(d.adbin, d.adrelid) END, \
        coalesce(array_position(k.conkey, a.attnum), 0) \
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
        LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p' \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE 'fastdjango\\_%' \
        ORDER BY c.relname, a.attnum",
    foreign_keys: "SELECT c.relname::text, \
        (SELECT string_agg(a.attname, ',' ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY x(num, n) \
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num), \
        t.relname::text, \
        (SELECT string_agg(a.attname, ',' ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY x(num, n) \
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num), \
        k.confdeltype::text, k.confupdtype::text \
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid \
        WHERE k.contype = 'f' AND k.convalidated AND c.relnamespace = 'public'::regnamespace",
    // An index that is not valid would be none.
    indexes: "SELECT c.relname::text, \
        (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true) || CASE WHEN i.indoption[n - 1] & 1 = 1 THEN ' descending' ELSE '' END, ',' ORDER BY n) \
            FROM generate_series(1, i.indnkeyatts) n), \
        CASE WHEN i.indisunique THEN 'unique' ELSE '' END, coalesce('partial ' || pg_get_expr(i.indpred, i.indrelid), ''), \
        CASE WHEN i.indisvalid THEN '' ELSE 'not valid' END \
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
        WHERE NOT i.indisprimary AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'fastdjango\\_%'",
    checks: Some(
        "SELECT c.relname::text, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
        WHERE k.contype = 'c' AND k.convalidated AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'fastdjango\\_%'",
    ),
};

/// One of them says RESTRICT where nothing is said, the other NO ACTION; one has texts for what the other has NULL for.
const MYSQL: Questions = Questions {
    columns: "SELECT c.table_name, c.column_name, CAST(c.column_type AS char), CASE c.is_nullable WHEN 'NO' THEN '1' ELSE '0' END, \
        CASE WHEN c.extra LIKE '%auto_increment%' THEN 'identity' ELSE CAST(nullif(c.column_default, 'NULL') AS char) END, \
        CAST(coalesce(k.ordinal_position, 0) AS char) FROM information_schema.columns c \
        LEFT JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema AND k.table_name = c.table_name \
            AND k.column_name = c.column_name AND k.constraint_name = 'PRIMARY' \
        WHERE c.table_schema = database() AND c.table_name NOT LIKE 'fastdjango\\_%' ORDER BY c.table_name, c.ordinal_position",
    foreign_keys: "SELECT k.table_name, group_concat(k.column_name ORDER BY k.ordinal_position), k.referenced_table_name, \
        group_concat(k.referenced_column_name ORDER BY k.ordinal_position), \
        replace(r.delete_rule, 'NO ACTION', 'RESTRICT'), replace(r.update_rule, 'NO ACTION', 'RESTRICT') \
        FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r \
            ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name \
        WHERE k.table_schema = database() \
        GROUP BY k.table_name, k.constraint_name, k.referenced_table_name, r.delete_rule, r.update_rule",
    indexes: "SELECT s.table_name, group_concat(concat(coalesce(s.column_name, 'an expression'), \
            CASE s.collation WHEN 'D' THEN ' descending' ELSE '' END) ORDER BY s.seq_in_index), \
        CASE max(s.non_unique) WHEN 0 THEN 'unique' ELSE '' END, '' FROM information_schema.statistics s \
        WHERE s.table_schema = database() AND s.index_name <> 'PRIMARY' AND s.table_name NOT LIKE 'fastdjango\\_%' \
        GROUP BY s.table_name, s.index_name",
    checks: Some(
        "SELECT t.table_name, CAST(c.check_clause AS char) FROM information_schema.table_constraints t \
        JOIN information_schema.check_constraints c ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name \
        WHERE t.table_schema = database() AND t.constraint_type = 'CHECK' AND t.table_name NOT LIKE 'fastdjango\\_%'",
    ),
};

/// Reads the catalog as the engine itself tells it, not through the library's introspection.
pub(crate) async fn read(place: &Place) -> Catalog {
    let questions = questions(place.engine());
    let mut connection = place.open(Access::Read).await;
    let mut catalog = Catalog::new();
    for row in texts(&mut connection, questions.columns).await {
        let [table, name, ty, required, default, place_in_key] = row.try_into().expect("six values");
        let required = required == "1";
        let column = Column { name, ty: column_type(&ty), required, default, place_in_key };
        catalog.entry(table).or_default().columns.push(column);
    }
    let facts: [(_, Of); 3] = [
        (Some(questions.foreign_keys), |table| &mut table.foreign_keys),
        (Some(questions.indexes), |table| &mut table.indexes),
        (questions.checks, |table| &mut table.checks),
    ];
    for (question, of) in facts {
        for mut row in texts(&mut connection, question.unwrap_or("SELECT 1 WHERE 1 = 0")).await {
            let table = catalog.get_mut(&row.remove(0)).expect("the table has columns");
            of(table).insert(row);
        }
    }
    connection.close().await.expect("closed");
    catalog
}

/// Compares table by table; the order of columns does not count, since a column that comes back comes last.
#[track_caller]
pub(crate) fn assert_is(found: &Catalog, expected: &Catalog, when: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{when}: the tables");
    for (name, table) in found {
        assert_eq!(table.clone().sorted(), expected[name].clone().sorted(), "{when}: the table `{name}`");
    }
}

impl Table {
    fn sorted(mut self) -> Self {
        self.columns.sort();
        self
    }

    /// The table under names that another spelling of the store has, without what makes its keys: no script says that.
    pub(crate) fn spelled(mut self, name: fn(&str) -> String) -> Self {
        for column in &mut self.columns {
            column.name = name(&column.name);
            if column.default == "identity" {
                column.default.clear();
            }
        }
        let all = |facts: Facts| facts.into_iter().map(|fact| fact.iter().map(|word| name(word)).collect()).collect();
        Self {
            columns: self.columns,
            foreign_keys: all(self.foreign_keys),
            indexes: all(self.indexes),
            checks: self.checks,
        }
    }
}

/// The one type behind the spellings: `NVARCHAR(160)` is `varchar(160)`, `DATETIME` and `timestamp_text` are `timestamp`.
fn column_type(declared: &str) -> ColumnType {
    let lower = declared.to_lowercase().replace(", ", ",").replace("character varying", "varchar");
    let ours = lower.strip_prefix('n').filter(|rest| rest.starts_with("varchar")).unwrap_or(&lower);
    let ours = ours.trim_end_matches("_text").trim_end_matches(" without time zone");
    let ours = match ours.split('(').next().unwrap_or(ours) {
        "datetime" => "timestamp",
        "int" => "integer",
        "tinyint" => "boolean",
        _ => ours,
    };
    ours.replace("decimal", "numeric").parse().unwrap_or_else(|_| ColumnType::Custom(declared.to_owned()))
}
