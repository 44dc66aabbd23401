//! The history's table.

use std::iter;

use super::begin;
use super::session::Session;
use crate::backend::entries::{self, Entries};
use crate::backend::fault::Attempt;
use crate::backend::journal::{Place, STEPS};
use crate::backend::names::{STANDARD, literal};
use crate::backend::{Entry, History, Record, RunOptions, TABLE};
use crate::name::MigrationRef;

fn rows() -> Entries {
    let now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";
    Entries { table: TABLE.to_owned(), now, at: "at", spelling: STANDARD }
}

/// The whole history; empty where there is no table.
pub(super) async fn read(session: &mut Session) -> Attempt<History> {
    if !exists(session).await? {
        return Ok(History::default());
    }
    entries::history(&session.query(&rows().all()).await?)
}

/// The last event of each of some migrations, however long the history is.
pub(super) async fn read_last(session: &mut Session, migrations: &[&MigrationRef]) -> Attempt<History> {
    if !exists(session).await? {
        return Ok(History::default());
    }
    let last = migrations.iter().map(|migration| rows().last_of(migration));
    let questions: Vec<String> = iter::once(rows().layout()).chain(last).collect();
    entries::history(&session.query(&questions.join("; ")).await?)
}

/// Appends events in a transaction of their own.
pub(super) async fn record(
    session: &mut Session,
    options: &RunOptions,
    decide: impl FnOnce(&History) -> Vec<Record>,
) -> Attempt<Vec<Entry>> {
    begin::begin(session, options, || ()).await?;
    let history = read(session).await?;
    let records = decide(&history);
    if records.is_empty() {
        begin::rollback(session).await;
        return Ok(Vec::new());
    }
    for record in &records {
        append(session, record, &options.run_id).await?;
    }
    let after = read(session).await?;
    begin::commit(session, options).await?;
    Ok(after.events.into_iter().skip(history.events.len()).collect())
}

/// Appends one event in the transaction that is open, and makes the table where it is not there.
pub(super) async fn append(session: &mut Session, record: &Record, run_id: &str) -> Attempt<()> {
    if !exists(session).await? {
        session.execute(&create()).await?;
        session.execute(&rows().insert_layout(run_id)).await?;
    }
    session.execute(&rows().insert(record, run_id)).await?;
    Ok(())
}

/// Where the journal is.
pub(super) fn journal() -> Place {
    Place { table: STEPS.to_owned(), spelling: STANDARD }
}

/// Makes the journal's table where it is not there.
pub(super) async fn make_journal(session: &mut Session) -> Attempt<()> {
    let create = format!(
        "CREATE TABLE IF NOT EXISTS {STEPS} (\n    run_id text NOT NULL,\n    app text NOT NULL,\n    name text NOT NULL,\n    \
         direction text NOT NULL,\n    ordinal integer NOT NULL,\n    sql text NOT NULL,\n    before text,\n    \
         state text NOT NULL,\n    error text,\n    PRIMARY KEY (run_id, app, name, direction, ordinal)\n)"
    );
    session.execute(&create).await?;
    Ok(())
}

async fn exists(session: &mut Session) -> Attempt<bool> {
    let sql = format!("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = {}", literal(TABLE));
    Ok(session.integer(&sql).await?.unwrap_or(0) > 0)
}

fn create() -> String {
    format!(
        "CREATE TABLE {TABLE} (\n    id integer NOT NULL PRIMARY KEY,\n    app text NOT NULL,\n    name text NOT NULL,\n    \
         seq integer NOT NULL,\n    event text NOT NULL,\n    checksum text NOT NULL,\n    text_hash text NOT NULL,\n    \
         run_id text NOT NULL,\n    tool_version text NOT NULL,\n    at text NOT NULL,\n    note text NOT NULL,\n    \
         UNIQUE (app, name, seq)\n)"
    )
}
