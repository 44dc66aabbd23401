//! A database of a `MySQL` or `MariaDB` server that steps run on.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::migration::Step;
use sqlx::mysql::{MySqlConnectOptions, MySqlRow};
use sqlx::{AssertSqlSafe, ConnectOptions, MySqlConnection, Row, raw_sql};

/// A database of its own.
pub struct MyLive {
    connection: MySqlConnection,
    name: String,
}

impl MyLive {
    /// An empty database on the server.
    pub async fn new(url: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("fdj_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let options: MySqlConnectOptions = url.parse().unwrap();
        let options = options.pipes_as_concat(false).no_engine_substitution(false).disable_statement_logging();
        let mut connection = options.connect().await.unwrap();
        // A database of the server's own defaults: what matters stands in the statements.
        for statement in
            [format!("CREATE DATABASE {name} CHARACTER SET latin1"), format!("USE {name}"), SESSION.to_owned()]
        {
            raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        Self { connection, name }
    }

    /// The name of the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
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
        let rows: Vec<MySqlRow> = rows.map_err(|e| format!("{sql}: {e}"))?;
        let text = |row: &MySqlRow, i| {
            let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(i).unwrap().unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Ok(rows.iter().map(|row| (0..row.len()).map(|i| text(row, i)).collect()).collect())
    }

    /// Runs steps one by one: each is done for good.
    ///
    /// # Errors
    /// What the server says, or what a verification found.
    pub async fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        for step in steps {
            if let Step::Verify { verify, found } = step {
                let rows = self.query(verify).await?;
                if rows[0][0] != "0" {
                    return Err(format!("{} {found}", rows[0][0]));
                }
                continue;
            }
            for statement in step.statements() {
                self.run(statement).await?;
            }
        }
        Ok(())
    }

    /// What the server says of every table, line by line, in no order of their making.
    pub async fn catalog(&mut self) -> String {
        let mut text = String::new();
        for table in self.tables().await {
            let shown = self.texts(&format!("SHOW CREATE TABLE {table}")).await.remove(0).remove(1);
            let shown = counters(&shown);
            let mut lines: Vec<&str> = shown.lines().map(|line| line.trim().trim_end_matches(',')).collect();
            lines.sort_unstable();
            let _ = writeln!(text, "{table}\n  {}", lines.join("\n  "));
        }
        text
    }

    /// Every row of every table, by column, as text.
    pub async fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        for table in self.tables().await {
            let columns = self.texts(&format!("SHOW COLUMNS FROM {table}")).await;
            let mut names: Vec<String> = columns.into_iter().map(|mut row| row.remove(0)).collect();
            names.sort_unstable();
            let value =
                |name: &String| format!("'{name}=', coalesce(hex(`{name}`), 'NULL'), ' ', coalesce(`{name}`, ''), ' '");
            let values: Vec<String> = names.iter().map(value).collect();
            let rows = self.texts(&format!("SELECT concat({}) FROM {table} ORDER BY 1", values.join(", "))).await;
            dump.insert(table, rows.into_iter().map(|mut row| row.remove(0)).collect());
        }
        dump
    }

    async fn tables(&mut self) -> Vec<String> {
        let sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1";
        self.texts(sql).await.into_iter().map(|row| format!("`{}`", row[0])).collect()
    }

    /// Drops the database.
    pub async fn gone(mut self) {
        self.run(&format!("DROP DATABASE {}", self.name)).await.unwrap();
    }
}

/// What the executor's session has.
const SESSION: &str = "SET sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', foreign_key_checks = 1";

/// The definition without the number that the next row would get.
fn counters(shown: &str) -> String {
    let Some((before, after)) = shown.split_once(" AUTO_INCREMENT=") else { return shown.to_owned() };
    format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
}
