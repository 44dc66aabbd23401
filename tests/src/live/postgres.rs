//! A database of a `PostgreSQL` server that steps run on.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::migration::Step;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, Row, raw_sql};

/// A database of its own.
pub struct PgLive {
    connection: PgConnection,
}

impl PgLive {
    /// An empty database on the server.
    pub async fn new(url: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("fdj_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let options: PgConnectOptions = url.parse().unwrap();
        let mut server = options.clone().disable_statement_logging().connect().await.unwrap();
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY");
        raw_sql(AssertSqlSafe(create)).execute(&mut server).await.unwrap();
        let mut connection = options.database(&name).disable_statement_logging().connect().await.unwrap();
        raw_sql("SET timezone = 'UTC'").execute(&mut connection).await.unwrap();
        Self { connection }
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// What the server says.
    pub async fn run(&mut self, sql: &str) -> Result<(), String> {
        raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await.map(|_| ()).map_err(|e| format!("{sql}: {e}"))
    }

    /// The rows of a query, each value as text; NULL is empty.
    pub async fn texts(&mut self, sql: &str) -> Vec<Vec<String>> {
        self.query(sql).await.unwrap_or_else(|why| panic!("{why}"))
    }

    async fn query(&mut self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        let rows = raw_sql(AssertSqlSafe(sql)).fetch_all(&mut self.connection).await;
        let rows: Vec<PgRow> = rows.map_err(|e| format!("{sql}: {e}"))?;
        let text = |row: &PgRow, i| row.try_get_unchecked::<Option<String>, _>(i).unwrap().unwrap_or_default();
        Ok(rows.iter().map(|row| (0..row.len()).map(|i| text(row, i)).collect()).collect())
    }

    /// Runs steps in one transaction.
    ///
    /// # Errors
    /// What the server says, or what a verification found; nothing is changed then.
    pub async fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        self.run("BEGIN").await?;
        for step in steps {
            let done = match step {
                Step::Verify { verify, found } => match self.query(verify).await {
                    Ok(rows) if rows[0][0] == "0" => Ok(()),
                    Ok(rows) => Err(format!("{} {found}", rows[0][0])),
                    Err(why) => Err(why),
                },
                Step::Autocommit { autocommit } => {
                    self.run("COMMIT").await?;
                    self.run(autocommit).await?;
                    self.run("BEGIN").await
                }
                step => self.run(&step.statements().join(";")).await,
            };
            if let Err(why) = done {
                self.run("ROLLBACK").await?;
                return Err(why);
            }
        }
        self.run("COMMIT").await
    }

    /// Columns, constraints, indexes and comments as the server prints them, in no order of their making.
    ///
    /// Casts between texts are left out: a check that was there before its column became longer keeps those of then.
    pub async fn catalog(&mut self) -> String {
        let mut text = String::new();
        for row in self.texts(CATALOG).await {
            let _ = writeln!(text, "{}", row[0]);
        }
        text
    }

    /// Every row of every table, by column, as text.
    pub async fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        for table in
            self.texts("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").await
        {
            let sql = format!("SELECT to_jsonb(t)::text FROM {} t ORDER BY 1", table[0]);
            dump.insert(table[0].clone(), self.texts(&sql).await.into_iter().map(|mut row| row.remove(0)).collect());
        }
        dump
    }
}

const CATALOG: &str = "
SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
    || ' ' || a.attidentity::text || a.attgenerated::text || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    || CASE WHEN a.attcollation NOT IN (0, 100) THEN ' collate ' || a.attcollation::regcollation::text ELSE '' END
    || coalesce(' comment ' || col_description(c.oid, a.attnum), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
UNION ALL
SELECT c.conrelid::regclass::text || ' ' || c.conname || ' ' || regexp_replace(pg_get_constraintdef(c.oid),
    '::(character varying|text)|\\[\\]|[()]', '', 'g') FROM pg_constraint c
WHERE c.connamespace = 'public'::regnamespace AND c.contype <> 'n'
UNION ALL
SELECT t.typname || ' of ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typnamespace = 'public'::regnamespace GROUP BY t.oid, t.typname
UNION ALL
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT c.relname || ' comment ' || obj_description(c.oid, 'pg_class') FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND obj_description(c.oid, 'pg_class') IS NOT NULL
ORDER BY 1";
