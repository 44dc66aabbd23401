//! The history's table.

use super::lock::Lock;
use super::script::{BEGIN, COMMIT, lock_timeout};
use super::session::Session;
use crate::backend::entries::{self, Entries};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::journal::{Place, STEPS};
use crate::backend::names::{STANDARD, literal, quote};
use crate::backend::{Entry, History, Record, RunOptions, TABLE};
use crate::diagnostic::Diagnostic;
use crate::name::MigrationRef;

fn rows(table: String) -> Entries {
    Entries {
        table,
        now: "pg_catalog.clock_timestamp()",
        at: "pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')",
        spelling: STANDARD,
    }
}

/// The whole history; empty where there is no table.
pub(super) async fn read(session: &mut Session) -> Attempt<History> {
    let Some(table) = found(session).await? else { return Ok(History::default()) };
    entries::history(&session.query(&rows(table).all()).await?)
}

/// The last events of some migrations, however long the history is.
pub(super) async fn read_last(session: &mut Session, migrations: &[&MigrationRef]) -> Attempt<History> {
    let Some(table) = found(session).await? else { return Ok(History::default()) };
    let rows = rows(table);
    let mut events = session.query(&rows.layout()).await?;
    for migration in migrations {
        events.extend(session.query(&rows.last_of(migration)).await?);
    }
    entries::history(&events)
}

/// Appends events in a transaction of their own.
pub(super) async fn record(
    session: &mut Session,
    options: &RunOptions,
    decide: impl FnOnce(&History) -> Vec<Record>,
) -> Attempt<Vec<Entry>> {
    let lock = Lock::take(session, options, || ()).await?;
    session.execute(BEGIN).await?;
    session.execute(&lock_timeout(options.lock_timeout)).await?;
    lock.is_ours(session).await?;
    let history = read(session).await?;
    let records = decide(&history);
    for record in &records {
        append(session, record, &options.run_id).await?;
    }
    let after = read(session).await?;
    session.execute(COMMIT).await?;
    lock.release(session).await;
    Ok(after.events.into_iter().skip(history.events.len()).collect())
}

/// Appends one event in the transaction that is open, and makes the table where it is not there.
pub(super) async fn append(session: &mut Session, record: &Record, run_id: &str) -> Attempt<()> {
    let table = table(session).await?;
    let rows = rows(table.clone());
    if found(session).await?.is_none() {
        session.execute(&create(&table)).await?;
        session.execute(&rows.insert_layout(run_id)).await?;
    }
    session.execute(&rows.insert(record, run_id)).await?;
    Ok(())
}

/// Where the journal is, beside the history.
pub(super) async fn journal(session: &mut Session) -> Attempt<Place> {
    Ok(Place { table: beside(session, STEPS).await?, spelling: STANDARD })
}

/// Makes the journal's table where it is not there.
pub(super) async fn make_journal(session: &mut Session, table: &str) -> Attempt<()> {
    let text = "text COLLATE \"C\"";
    let create = format!(
        "CREATE TABLE IF NOT EXISTS {table} (\n    run_id {text} NOT NULL,\n    app {text} NOT NULL,\n    \
         name {text} NOT NULL,\n    direction {text} NOT NULL,\n    ordinal bigint NOT NULL,\n    sql {text} NOT NULL,\n    \
         before {text},\n    state {text} NOT NULL,\n    error {text},\n    \
         PRIMARY KEY (run_id, app, name, direction, ordinal)\n)"
    );
    session.execute(&create).await?;
    Ok(())
}

/// The table's qualified name, whether it is there or not.
pub(super) async fn table(session: &mut Session) -> Attempt<String> {
    beside(session, TABLE).await
}

/// The qualified name of a table of ours in the schema of the history.
pub(super) async fn beside(session: &mut Session, table: &str) -> Attempt<String> {
    let schema = schema(session).await?.unwrap_or_else(|| session.schema.clone());
    Ok(format!("{}.{table}", quote(&schema)))
}

/// The qualified name of the table that is there.
async fn found(session: &mut Session) -> Attempt<Option<String>> {
    Ok(schema(session).await?.map(|schema| format!("{}.{TABLE}", quote(&schema))))
}

/// The schema of the table that is there; who may read it does not matter to the catalog.
async fn schema(session: &mut Session) -> Attempt<Option<String>> {
    let sql = format!(
        "SELECT space.nspname FROM pg_catalog.pg_class class JOIN pg_catalog.pg_namespace space \
         ON space.oid = class.relnamespace WHERE class.relname = {} AND class.relkind IN ('r', 'p') \
         AND space.nspname = {} ORDER BY space.nspname",
        literal(TABLE),
        session.where_we_look()
    );
    let mut schemas = session.texts(&sql).await?;
    if schemas.len() > 1 {
        let list = schemas.iter().map(|schema| format!("`{schema}`")).collect::<Vec<_>>().join(" and ");
        let diagnostic = Diagnostic::error("E645", format!("there is a history `{TABLE}` in {list}"));
        let diagnostic = diagnostic.note("both schemas are on the search path, and nobody can tell which one counts");
        let help = "take one of the schemas from the search path of this user, or drop the table that is not in use";
        return Err(Fault::refusal(diagnostic.help(help)));
    }
    Ok(schemas.pop())
}

/// Texts compare by their bytes, whatever the database's own collation.
fn create(table: &str) -> String {
    let text = "text COLLATE \"C\" NOT NULL";
    format!(
        "CREATE TABLE {table} (\n    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\n    app {text},\n    \
         name {text},\n    seq bigint NOT NULL,\n    event {text},\n    checksum {text},\n    text_hash {text},\n    \
         run_id {text},\n    tool_version {text},\n    at timestamptz NOT NULL DEFAULT now(),\n    note {text},\n    \
         UNIQUE (app, name, seq)\n)"
    )
}
