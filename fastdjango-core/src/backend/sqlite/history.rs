//! The history's table.

use super::begin;
use super::fault::{Attempt, Fault};
use super::names::literal;
use super::session::Session;
use crate::backend::{Entry, History, LAYOUT, Record, RunOptions, TABLE, Value};
use crate::diagnostic::Diagnostic;
use crate::name::MigrationRef;

/// The columns, in the order in which they are read.
const COLUMNS: &str = "id, app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note";

/// The event of the row that tells the layout's version; it belongs to no migration.
const LAYOUT_EVENT: &str = "layout";

/// The whole history; empty where there is no table.
pub(super) async fn read(session: &mut Session) -> Attempt<History> {
    if !exists(session).await? {
        return Ok(History::default());
    }
    let rows = session.query(&format!("SELECT {COLUMNS} FROM {TABLE} ORDER BY id")).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        if row.get(4).and_then(Value::text) == Some(LAYOUT_EVENT) {
            check_layout(row)?;
        } else {
            events.push(entry(row)?);
        }
    }
    Ok(History { events })
}

/// The last event of each of some migrations, however long the history is.
pub(super) async fn read_last(session: &mut Session, migrations: &[&MigrationRef]) -> Attempt<History> {
    if !exists(session).await? {
        return Ok(History::default());
    }
    let of = |app: &str, name: &str| {
        let (app, name) = (literal(app), literal(name));
        format!("SELECT {COLUMNS} FROM {TABLE} WHERE app = {app} AND name = {name} ORDER BY seq DESC LIMIT 1")
    };
    for row in session.query(&of("", "")).await? {
        check_layout(&row)?;
    }
    let mut events = Vec::with_capacity(migrations.len());
    for migration in migrations {
        for row in session.query(&of(migration.app.as_str(), migration.name.as_str())).await? {
            events.push(entry(&row)?);
        }
    }
    Ok(History { events })
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
        let layout =
            Row { app: "", name: "", event: LAYOUT_EVENT, checksum: "", text_hash: "", note: &LAYOUT.to_string() };
        session.execute(&layout.insert(run_id)).await?;
    }
    let row = Row {
        app: record.migration.app.as_str(),
        name: record.migration.name.as_str(),
        event: record.event.as_str(),
        checksum: &record.checksum,
        text_hash: &record.text_hash,
        note: &record.note,
    };
    session.execute(&row.insert(run_id)).await?;
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

/// A row to write; the number within the migration and the time come from the database.
struct Row<'a> {
    app: &'a str,
    name: &'a str,
    event: &'a str,
    checksum: &'a str,
    text_hash: &'a str,
    note: &'a str,
}

impl Row<'_> {
    fn insert(&self, run_id: &str) -> String {
        let (app, name) = (literal(self.app), literal(self.name));
        let seq = format!("(SELECT coalesce(max(seq), 0) + 1 FROM {TABLE} WHERE app = {app} AND name = {name})");
        format!(
            "INSERT INTO {TABLE} (app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note) \
             VALUES ({app}, {name}, {seq}, {}, {}, {}, {}, {}, strftime('%Y-%m-%d %H:%M:%f', 'now'), {})",
            literal(self.event),
            literal(self.checksum),
            literal(self.text_hash),
            literal(run_id),
            literal(env!("CARGO_PKG_VERSION")),
            literal(self.note),
        )
    }
}

fn check_layout(row: &[Value]) -> Attempt<()> {
    let layout = row.get(10).and_then(Value::text).unwrap_or("");
    if layout.parse::<i64>().is_ok_and(|layout| layout <= LAYOUT) {
        return Ok(());
    }
    let message = format!("the history `{TABLE}` has layout {layout}, and this version knows up to {LAYOUT}");
    Err(Fault::refusal(Diagnostic::error("E622", message).help("use the newer version of fastdjango that wrote it")))
}

fn entry(row: &[Value]) -> Attempt<Entry> {
    let text = |i: usize| row.get(i).and_then(Value::text).unwrap_or("").to_owned();
    let number = |i: usize| row.get(i).and_then(Value::integer).unwrap_or(0);
    let event = text(4).parse().map_err(|unknown| {
        let message = format!("row {} of `{TABLE}` cannot be read: {unknown}", number(0));
        Fault::refusal(Diagnostic::error("E623", message).help("use the version of fastdjango that wrote it"))
    })?;
    Ok(Entry {
        id: number(0),
        migration: MigrationRef::new(text(1), text(2)),
        seq: number(3),
        event,
        checksum: text(5),
        text_hash: text(6),
        run_id: text(7),
        tool_version: text(8),
        at: text(9),
        note: text(10),
    })
}
