//! An open connection: its prologue, and the running of statements.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, PgConnection, Row, TypeInfo, ValueRef};

use super::failure::{Failure, message};
use super::script::{self, SETTINGS};
use super::{failure, options, pooler};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::journal::Talk;
use crate::backend::names::{literal, quote};
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
    connection: PgConnection,
    /// The server's process that serves it.
    pub(super) pid: i64,
    /// Who it is, where that is not who connected.
    role: Option<String>,
    /// The schema in which tables are made.
    pub(super) schema: String,
    /// The search path, where the schema is the database's own.
    path: Option<String>,
    /// The schema that the settings name.
    own: Option<String>,
    /// The connection broke after the work was done: it must not be used again.
    pub(super) broken: bool,
}

impl Session {
    /// Connects and sets the session up.
    pub(super) async fn open(database: &Database, access: Access) -> Attempt<Self> {
        let options = options::options(database);
        let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
        let connection = tokio::time::timeout(PATIENCE, options.connect()).await.map_err(late).flatten();
        let connection = connection.map_err(|source| cannot_open(database, &options, source))?;
        let mut session = Self {
            connection,
            pid: 0,
            role: database.role.clone(),
            schema: String::new(),
            path: options::search_path(database),
            own: database.schema.clone(),
            broken: false,
        };
        session.pid = session.integer("SELECT pg_catalog.pg_backend_pid()").await?.unwrap_or(0);
        if access == Access::Write {
            pooler::is_ours(&mut session, &options).await?;
        }
        session.prologue(|_| ()).await?;
        if access == Access::Read {
            session.execute("SET default_transaction_read_only = on").await?;
        }
        session.schema = session.texts("SELECT pg_catalog.current_schema()").await?.pop().ok_or_else(no_schema)?;
        Ok(session)
    }

    /// Sets what the session relies on, whatever was set meanwhile, and reads it back.
    pub(super) async fn prologue(&mut self, announce: impl Fn(&str)) -> Attempt<()> {
        for sql in script::prologue(self.role.as_deref(), self.path.as_deref()) {
            announce(&sql);
            self.execute(&sql).await?;
        }
        self.is_in_role().await?;
        self.is_in_schema().await?;
        for (setting, value) in SETTINGS {
            let actual = self.texts(&format!("SELECT pg_catalog.current_setting('{setting}')")).await?;
            let actual = actual.into_iter().next().unwrap_or_default();
            if actual != value {
                return Err(self.lost(setting, &actual, value).await?);
            }
        }
        Ok(())
    }

    async fn is_in_role(&mut self) -> Attempt<()> {
        let Some(role) = self.role.clone() else { return Ok(()) };
        let actual = self.texts("SELECT current_user").await?.pop().unwrap_or_default();
        if actual == role { Ok(()) } else { Err(self.lost("role", &actual, &role).await?) }
    }

    /// Why a setting is not what it was set to; a pool of transactions that nothing has found out yet may be to blame.
    async fn lost(&mut self, setting: &str, actual: &str, wanted: &str) -> Attempt<Box<Fault>> {
        Ok(if pooler::wanders(self).await? { pooler::shared() } else { did_not_take(setting, actual, wanted) })
    }

    /// The schema may be gone since it was found.
    async fn is_in_schema(&mut self) -> Attempt<()> {
        let Some(own) = self.own.clone() else { return Ok(()) };
        let actual = self.texts("SELECT pg_catalog.current_schema()").await?.pop();
        if actual.as_ref() == Some(&own) { Ok(()) } else { Err(no_such_schema(&own)) }
    }

    /// Where something is looked for that stands beside the tables: in the database's own schema, or on the whole search path.
    pub(super) fn where_we_look(&self) -> String {
        match &self.own {
            Some(own) => literal(own),
            None => "ANY (pg_catalog.current_schemas(false))".to_owned(),
        }
    }

    /// True where the database is a schema, beside which there are others.
    pub(super) fn is_one_of_many(&self) -> bool {
        self.own.is_some()
    }

    /// Runs statements, and returns how many rows the last one wrote.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<u64, Failure> {
        let result = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await;
        result.map(|done| done.rows_affected()).map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs one statement of a migration: the server itself refuses a text that holds two.
    ///
    /// <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY>
    pub(super) async fn statement(&mut self, sql: &str) -> Result<u64, Failure> {
        let result = sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut self.connection).await;
        result.map(|done| done.rows_affected()).map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs a query; every value comes as the server writes it, and numbers and bytes are read from that.
    pub(super) async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
        query(&mut self.connection, sql).await
    }

    /// The rows of one query: the server itself refuses a text that holds two.
    #[cfg(feature = "render")]
    pub(super) async fn ask_one(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
        let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut self.connection).await;
        let rows = rows.and_then(|rows| rows.iter().map(values).collect());
        rows.map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs one statement with values; returns how many rows it wrote.
    pub(super) async fn execute_with(&mut self, sql: &str, values: &[model::Value]) -> Result<u64, Failure> {
        let query = values.iter().cloned().fold(sqlx::query(AssertSqlSafe(sql)).persistent(false), row::postgres::bind);
        let result = query.execute(&mut self.connection).await;
        result.map(|done| done.rows_affected()).map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs one query with values; the rows as models read them. Its plan is not kept, since a table may change before the next.
    pub(super) async fn select(&mut self, sql: &str, values: &[model::Value]) -> Result<Vec<Selected>, Failure> {
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        let query = values.iter().cloned().fold(query, row::postgres::bind);
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

/// Runs a query on any connection.
pub(super) async fn query(connection: &mut PgConnection, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await;
    let rows = rows.and_then(|rows| rows.iter().map(values).collect());
    rows.map_err(|source| Failure { sql: sql.to_owned(), source })
}

fn values(row: &PgRow) -> Result<Vec<Value>, sqlx::Error> {
    (0..row.len()).map(|i| value(row, i)).collect()
}

/// A value by its type; what has no form of its own stays the text that the server writes.
fn value(row: &PgRow, i: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(i)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let name = raw.type_info().name().to_owned();
    Ok(match name.as_str() {
        "INT2" | "INT4" | "INT8" => Value::Integer(row.try_get_unchecked(i)?),
        "BOOL" => Value::Integer(i64::from(row.try_get_unchecked::<bool, _>(i)?)),
        "FLOAT4" => Value::Real(f64::from(row.try_get_unchecked::<f32, _>(i)?)),
        "FLOAT8" => Value::Real(row.try_get_unchecked(i)?),
        "BYTEA" => Value::Bytes(row.try_get_unchecked(i)?),
        _ => Value::Text(row.try_get_unchecked(i)?),
    })
}

/// Nothing of the settings but where the database is: the message may be logged.
fn cannot_open(database: &Database, options: &PgConnectOptions, source: sqlx::Error) -> Box<Fault> {
    let said = message(&source);
    let diagnostic = Diagnostic::error("E501", format!("cannot connect to {}: {said}", database.describe()));
    let help = match failure::sqlstate(&source) {
        Some("3D000") => format!("create the database: `createdb {}`", database.name),
        Some("28P01" | "28000") => "check the user, the password, and `pg_hba.conf` of the server".to_owned(),
        Some("53300") => "the server has no connection left: close some, or raise `max_connections`".to_owned(),
        _ => tls::help(database, &source).unwrap_or_else(|| {
            format!("check that a server listens at {}, port {}", options.get_host(), options.get_port())
        }),
    };
    Fault::refusal(diagnostic.help(help)).caused_by(source)
}

fn did_not_take(setting: &str, actual: &str, wanted: &str) -> Box<Fault> {
    let message = format!("`{setting}` is `{actual}` and should be `{wanted}`: the setting did not take");
    Fault::refusal(Diagnostic::error("E503", message).help(pooler::HELP))
}

fn no_schema() -> Box<Fault> {
    let message = "none of the schemas of `search_path` exists, so there is nowhere to make a table";
    Fault::refusal(Diagnostic::error("E508", message).help("create the schema: `CREATE SCHEMA public`"))
}

fn no_such_schema(schema: &str) -> Box<Fault> {
    let message = format!("the database has no schema `{schema}` that this user may use");
    let help =
        format!("create it: `CREATE SCHEMA {}`, as the role that migrates, or grant that role its use", quote(schema));
    Fault::refusal(Diagnostic::error("E665", message).note("nothing was run").help(help))
}
