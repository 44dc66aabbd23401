//! The history's table, and the journal's.

use super::failure::NO_TABLE;
use super::lock::Lock;
use super::names::SPELLING;
use super::script::{BEGIN, COMMIT, lock_timeout};
use super::session::Session;
use crate::backend::entries::{self, Entries};
use crate::backend::fault::Attempt;
use crate::backend::journal::{Place, STEPS};
use crate::backend::{Entry, History, Record, RunOptions, TABLE, Value};
use crate::name::MigrationRef;

fn rows() -> Entries {
    // What `date_format` counts in millionths is shown in thousandths, as everywhere.
    let at = "LEFT(DATE_FORMAT(at, '%Y-%m-%d %H:%i:%s.%f'), 23)";
    Entries { table: TABLE.to_owned(), now: "UTC_TIMESTAMP(3)", at, spelling: SPELLING }
}

/// Where the journal is.
pub(super) fn journal() -> Place {
    Place { table: STEPS.to_owned(), spelling: SPELLING }
}

/// The whole history; empty where there is no table.
pub(super) async fn read(session: &mut Session) -> Attempt<History> {
    match found(session, &rows().all()).await? {
        Some(events) => entries::history(&events),
        None => Ok(History::default()),
    }
}

/// The last events of some migrations, however long the history is.
pub(super) async fn read_last(session: &mut Session, migrations: &[&MigrationRef]) -> Attempt<History> {
    let rows = rows();
    let Some(mut events) = found(session, &rows.layout()).await? else { return Ok(History::default()) };
    for migration in migrations {
        events.extend(session.query(&rows.last_of(migration)).await?);
    }
    entries::history(&events)
}

/// The rows of a query; none where the table is not there, which is something else than a table that one may not read.
async fn found(session: &mut Session, sql: &str) -> Attempt<Option<Vec<Vec<Value>>>> {
    match session.query(sql).await {
        Ok(rows) => Ok(Some(rows)),
        Err(failure) if failure.number() == Some(NO_TABLE) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Appends events in a transaction of their own.
pub(super) async fn record(
    session: &mut Session,
    options: &RunOptions,
    decide: impl FnOnce(&History) -> Vec<Record>,
) -> Attempt<Vec<Entry>> {
    let lock = Lock::take(session, options, || ()).await?;
    session.execute(&lock_timeout(options.lock_timeout)).await?;
    let history = read(session).await?;
    let records = decide(&history);
    if !records.is_empty() {
        make(session, &options.run_id).await?;
    }
    session.execute(BEGIN).await?;
    lock.is_ours(session).await?;
    for record in &records {
        append(session, record, &options.run_id).await?;
    }
    let after = read(session).await?;
    session.execute(COMMIT).await?;
    lock.release(session).await;
    Ok(after.events.into_iter().skip(history.events.len()).collect())
}

/// Appends one event in the transaction that is open.
pub(super) async fn append(session: &mut Session, record: &Record, run_id: &str) -> Attempt<()> {
    session.execute(&rows().insert(record, run_id)).await?;
    Ok(())
}

/// Makes the tables where they are not there, under the lock: that commits whatever is open.
pub(super) async fn make(session: &mut Session, run_id: &str) -> Attempt<()> {
    let rows = rows();
    let layout = if let Some(layout) = found(session, &rows.layout()).await? {
        layout
    } else {
        session.execute(&create_history()).await?;
        Vec::new()
    };
    // The process may have ended between the table and its first row.
    if layout.is_empty() {
        session.execute(&rows.insert_layout(run_id)).await?;
    }
    if found(session, &format!("SELECT 1 FROM {STEPS} LIMIT 0")).await?.is_none() {
        session.execute(&create_journal()).await?;
    }
    Ok(())
}

/// What only `InnoDB` keeps is one with its transaction; texts compare by their bytes, whatever the database's own collation.
const OPTIONS: &str = "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/// A name of ours, such as that of an app or a migration, fits into a key.
const NAME: &str = "varchar(255) NOT NULL";

fn create_history() -> String {
    format!(
        "CREATE TABLE {TABLE} (\n    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,\n    app {NAME},\n    name {NAME},\n    \
         seq bigint NOT NULL,\n    event {NAME},\n    checksum {NAME},\n    text_hash {NAME},\n    run_id {NAME},\n    \
         tool_version {NAME},\n    at datetime(3) NOT NULL,\n    note longtext NOT NULL,\n    UNIQUE (app, name, seq)\n) {OPTIONS}"
    )
}

fn create_journal() -> String {
    format!(
        "CREATE TABLE {STEPS} (\n    run_id varchar(64) NOT NULL,\n    app {NAME},\n    name {NAME},\n    \
         direction varchar(16) NOT NULL,\n    ordinal bigint NOT NULL,\n    `sql` longtext NOT NULL,\n    \
         `before` longtext,\n    state varchar(16) NOT NULL,\n    error longtext,\n    \
         PRIMARY KEY (run_id, app, name, direction, ordinal)\n) {OPTIONS}"
    )
}
