//! A shop in a folder of its own, and the command line on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The folder of the shop's crate.
pub struct Shop {
    dir: TempDir,
}

impl Shop {
    /// An empty folder.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// The first version, migrated, with two customers and three purchases.
    pub fn with_rows() -> Self {
        let shop = Self::new();
        shop.run(1, &["migrate", "--init"]);
        shop.column("INSERT INTO shop_customer (name, mail) VALUES ('A', 'a@example.com'), ('B', 'b@example.com')");
        shop.column("INSERT INTO shop_purchase (customer_id, amount) VALUES (1, 1), (1, 7), (2, 3)");
        shop
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn database(&self) -> PathBuf {
        self.dir().join("db.sqlite3")
    }

    /// The names of the migration files.
    pub fn migrations(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir().join("migrations/shop")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> =
            names.filter(|name| std::path::Path::new(name).extension().is_some_and(|e| e == "toml")).collect();
        names.sort();
        names
    }

    /// Replaces a text in a migration file.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.dir().join("migrations/shop").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`:\n{text}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Runs the command line on a version of the models: exit code, stdout, and stderr, free of what differs by run.
    pub fn run(&self, version: u32, arguments: &[&str]) -> String {
        let output = self.output(version, arguments);
        let code = output.status.code().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let all = format!("exit {code}\n--- stdout\n{}--- stderr\n{}", text(&output.stdout), text(&output.stderr));
        self.settled(&all)
    }

    /// The JSON document on stdout.
    pub fn json(&self, version: u32, arguments: &[&str]) -> serde_json::Value {
        let output = self.output(version, arguments);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The first column of a query on the shop's database.
    pub fn column(&self, sql: &str) -> Vec<String> {
        let path = self.database();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
            if !path.exists() {
                return Vec::new();
            }
            let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
            let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
            let texts = rows
                .iter()
                .map(|row| row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string())));
            texts.map(Result::unwrap).collect()
        })
    }

    /// The process that a command line starts.
    pub fn command(&self, version: u32, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command
            .args(arguments)
            .current_dir(self.dir())
            .env("SHOP_DIR", self.dir().canonicalize().unwrap())
            .env("SHOP_VERSION", version.to_string())
            .env_remove("DATABASE_URL")
            .env_remove("DATABASE_MIGRATION_URL")
            .env_remove("NO_COLOR");
        command
    }

    /// A connection that holds the write lock until it is dropped.
    pub fn hold(&self) -> (tokio::runtime::Runtime, sqlx::SqliteConnection) {
        use sqlx::{Connection, Executor, SqliteConnection};
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = format!("sqlite://{}", self.database().display());
        let connection = runtime.block_on(async {
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            connection.execute("BEGIN IMMEDIATE").await.unwrap();
            connection
        });
        (runtime, connection)
    }

    fn output(&self, version: u32, arguments: &[&str]) -> Output {
        self.command(version, arguments).output().unwrap()
    }

    fn settled(&self, text: &str) -> String {
        let folder = self.dir().canonicalize().unwrap();
        let text = text.replace(&folder.display().to_string(), "[folder]");
        let lines = text.lines().map(|line| {
            let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            for i in 1..words.len() {
                if words[i] == "ms" && words[i - 1].parse::<u32>().is_ok() {
                    "[n]".clone_into(&mut words[i - 1]);
                }
            }
            let line = words.join(" ");
            let spaces = line.find("[n] ms").map(|at| line[..at].trim_end().len());
            let line = spaces.map_or(line.clone(), |at| format!("{}  {}", &line[..at], line[at..].trim_start()));
            dates(&line)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The text with every `2026-11-23 10:00` and `10:00:01.234` after it as `[date]`.
fn dates(line: &str) -> String {
    let mut text = line.to_owned();
    let is_date = |s: &str| {
        let shape: String = s.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        shape == "0000-00-00 00:00"
    };
    while let Some(at) = (0..text.len()).find(|&at| text.get(at..at + 16).is_some_and(is_date)) {
        let end = text[at + 16..]
            .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
            .map_or(text.len(), |n| at + 16 + n);
        text.replace_range(at..end, "[date]");
    }
    text
}
