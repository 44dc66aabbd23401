//! An open connection: its prologue, and the running of statements.

use std::time::Duration;

use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, MySql, MySqlConnection, Row, Type, TypeInfo, ValueRef};

use super::failure::{self, Failure, UNPREPARABLE, message};
use super::server::Server;
use super::{options, script};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::journal::Talk;
use crate::backend::{Access, Value, row, tls};
use crate::data::Selected;
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::settings::Database;

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// One open connection.
#[derive(Debug)]
pub(super) struct Session {
    connection: MySqlConnection,
    /// The server's number of the connection.
    pub(super) id: i64,
    /// Who answers.
    pub(super) server: Server,
    /// The connection must not be used again: it broke after the work was done, or a migration left settings of its own in it.
    pub(super) broken: bool,
}

impl Session {
    /// Connects and sets the session up.
    pub(super) async fn open(database: &Database, access: Access) -> Attempt<Self> {
        let options = options::options(database);
        let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
        let connection = tokio::time::timeout(PATIENCE, options.connect()).await.map_err(late).flatten();
        let mut connection = connection.map_err(|source| cannot_open(database, &options, source))?;
        let server = Server::of(&query(&mut connection, "SELECT VERSION()").await?, database)?;
        let mut session = Self { connection, id: 0, server, broken: false };
        session.id = session.integer("SELECT CONNECTION_ID()").await?.unwrap_or(0);
        session.prologue(|_| ()).await?;
        if access == Access::Read {
            session.execute("SET SESSION TRANSACTION READ ONLY").await?;
        }
        Ok(session)
    }

    /// Sets what the session relies on, whatever was set meanwhile, and reads it back.
    pub(super) async fn prologue(&mut self, announce: impl Fn(&str)) -> Attempt<()> {
        let settings = script::settings(self.server.engine);
        if self.texts(script::IMPLICIT_TIMESTAMPS).await?.iter().any(|value| script::is_same(value, "0")) {
            announce(script::EXPLICIT_TIMESTAMPS);
            self.execute(script::EXPLICIT_TIMESTAMPS).await?;
        }
        for sql in script::prologue(self.server.engine) {
            announce(&sql);
            self.execute(&sql).await?;
        }
        let read: Vec<String> = settings.iter().map(|(name, _)| format!("CONCAT(@@SESSION.{name})")).collect();
        let rows = self.query(&format!("SELECT {}", read.join(", "))).await?;
        for (i, (setting, value)) in settings.iter().enumerate() {
            let actual = rows.first().and_then(|row| row.get(i)).and_then(Value::text).unwrap_or_default();
            if !script::is_same(actual, value) {
                let message = format!("`{setting}` is `{actual}` and should be `{value}`: the setting did not take");
                let help = "connect to the server itself, not to a proxy that shares sessions";
                return Err(Fault::refusal(Diagnostic::error("E503", message).help(help)));
            }
        }
        Ok(())
    }

    /// Runs statements of our own, and returns how many rows the last one wrote.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<u64, Failure> {
        let result = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await;
        result.map(|done| done.rows_affected()).map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs one statement of a migration: prepared, so that the server itself refuses a text that holds two.
    ///
    /// A few statements cannot be prepared, `CREATE TRIGGER` on `MySQL` among them. The server says so only of a text that it
    /// has read to its end as one statement, and then it runs as it is.
    /// <https://dev.mysql.com/doc/refman/8.4/en/sql-prepared-statements.html>
    pub(super) async fn statement(&mut self, sql: &str) -> Result<u64, Failure> {
        let result = sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut self.connection).await;
        match result {
            Err(source) if failure::number(&source) == Some(UNPREPARABLE) => self.execute(sql).await,
            result => result.map(|done| done.rows_affected()).map_err(|source| Failure { sql: sql.to_owned(), source }),
        }
    }

    /// Runs a query; every value comes as the server writes it, and numbers and bytes are read from that.
    pub(super) async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
        query(&mut self.connection, sql).await
    }

    /// Runs one statement with values; returns how many rows it wrote, and the number that the last one got.
    pub(super) async fn execute_with(&mut self, sql: &str, values: &[model::Value]) -> Result<(u64, u64), Failure> {
        let query = bound(sqlx::query(AssertSqlSafe(sql)), sql, values)?;
        let result = query.execute(&mut self.connection).await;
        result
            .map(|done| (done.rows_affected(), done.last_insert_id()))
            .map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs one query with values; the rows as models read them.
    pub(super) async fn select(&mut self, sql: &str, values: &[model::Value]) -> Result<Vec<Selected>, Failure> {
        let query = bound(sqlx::query(AssertSqlSafe(sql)), sql, values)?;
        let rows = query.fetch_all(&mut self.connection).await;
        let rows = rows.and_then(|rows| rows.iter().map(row::selected).collect());
        rows.map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// The first value of the first row, where it is a whole number.
    pub(super) async fn integer(&mut self, sql: &str) -> Result<Option<i64>, Failure> {
        Ok(self.query(sql).await?.first().and_then(|row| row.first()).and_then(Value::integer))
    }

    /// The texts of the first column.
    pub(super) async fn texts(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let rows = self.query(sql).await?;
        Ok(rows.iter().filter_map(|row| row.first()?.text().map(str::to_owned)).collect())
    }

    /// Closes it; what is not committed is rolled back.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.connection.close().await.map_err(|source| Failure { sql: String::new(), source })
    }
}

impl Talk for Session {
    async fn run(&mut self, sql: &str) -> Attempt<u64> {
        Ok(self.execute(sql).await?)
    }

    async fn ask(&mut self, sql: &str) -> Attempt<Vec<Vec<Value>>> {
        Ok(self.query(sql).await?)
    }
}

type Query<'q> = sqlx::query::Query<'q, MySql, MySqlArguments>;

fn bound<'q>(query: Query<'q>, sql: &str, values: &[model::Value]) -> Result<Query<'q>, Failure> {
    let refused = |why: model::WrongValue| Failure { sql: sql.to_owned(), source: sqlx::Error::Encode(why.into()) };
    values.iter().cloned().try_fold(query, row::mysql::bind).map_err(refused)
}

/// Runs a query on any connection.
pub(super) async fn query(connection: &mut MySqlConnection, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await;
    let rows = rows.and_then(|rows| rows.iter().map(values).collect());
    rows.map_err(|source| Failure { sql: sql.to_owned(), source })
}

fn values(row: &MySqlRow) -> Result<Vec<Value>, sqlx::Error> {
    (0..row.len()).map(|i| value(row, i)).collect()
}

/// A value by its type; what has no form of its own stays the text that the server writes.
fn value(row: &MySqlRow, i: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(i)?;
    let info = raw.type_info().into_owned();
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let bytes: Vec<u8> = row.try_get_unchecked(i)?;
    // The name speaks of bytes for texts that compare by their bytes, too; the collation does not.
    let is_text = <str as Type<MySql>>::compatible(&info);
    let is_bytes = info.name().ends_with("BLOB") || info.name().ends_with("BINARY") || info.name() == "BIT";
    if is_bytes && !is_text {
        return Ok(Value::Bytes(bytes));
    }
    let text = String::from_utf8(bytes).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let number = match info.name() {
        name if name.contains("INT") || name == "BOOLEAN" || name == "YEAR" => text.parse().ok().map(Value::Integer),
        "FLOAT" | "DOUBLE" => text.parse().ok().map(Value::Real),
        _ => None,
    };
    Ok(number.unwrap_or(Value::Text(text)))
}

/// Nothing of the settings but where the database is: the message may be logged.
fn cannot_open(database: &Database, options: &MySqlConnectOptions, source: sqlx::Error) -> Box<Fault> {
    let said = message(&source);
    let diagnostic = Diagnostic::error("E501", format!("cannot connect to {}: {said}", database.describe()));
    let help = match failure::number(&source) {
        Some(1049) => {
            format!(
                "create the database: `CREATE DATABASE {} CHARACTER SET utf8mb4`",
                super::names::quote(&database.name)
            )
        }
        Some(1044 | 1045 | 1130 | 1698) => {
            "check the user, the password, and from where the server lets this user in".to_owned()
        }
        Some(1040 | 1203) => "the server has no connection left: close some, or raise `max_connections`".to_owned(),
        _ => tls::help(database, &source).unwrap_or_else(|| match options.get_socket() {
            Some(socket) => format!("check that a server listens at {}", socket.display()),
            None => format!("check that a server listens at {}, port {}", options.get_host(), options.get_port()),
        }),
    };
    Fault::refusal(diagnostic.help(help)).caused_by(source)
}
