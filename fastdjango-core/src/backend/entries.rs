//! The rows of the history's table: how they are written and read, whatever the database.

use super::fault::{Attempt, Fault};
use super::names::Spelling;
use super::{Entry, History, LAYOUT, Record, TABLE, Value};
use crate::diagnostic::Diagnostic;
use crate::name::MigrationRef;

/// The columns, in the order in which they are read.
const COLUMNS: &str = "id, app, name, seq, event, checksum, text_hash, run_id, tool_version";

/// The event of the row that tells the layout's version; it belongs to no migration.
const LAYOUT_EVENT: &str = "layout";

/// How a database writes and reads the history.
pub(super) struct Entries {
    /// The table, qualified where the database has schemas.
    pub(super) table: String,
    /// The expression of the time at which a row is written.
    pub(super) now: &'static str,
    /// The expression that reads that time: `2024-01-31 12:00:00.000`.
    pub(super) at: &'static str,
    /// How the values are written.
    pub(super) spelling: Spelling,
}

impl Entries {
    /// Reads the whole table.
    pub(super) fn all(&self) -> String {
        format!("SELECT {COLUMNS}, {}, note FROM {} ORDER BY id", self.at, self.table)
    }

    /// Reads the row that tells the layout.
    pub(super) fn layout(&self) -> String {
        self.last("", "")
    }

    /// Reads the last event of one migration.
    pub(super) fn last_of(&self, migration: &MigrationRef) -> String {
        self.last(migration.app.as_str(), migration.name.as_str())
    }

    fn last(&self, app: &str, name: &str) -> String {
        let [app, name] = [app, name].map(self.spelling.literal);
        let from = format!("FROM {} WHERE app = {app} AND name = {name} ORDER BY seq DESC LIMIT 1", self.table);
        format!("SELECT {COLUMNS}, {}, note {from}", self.at)
    }

    /// Writes the row that tells the layout.
    pub(super) fn insert_layout(&self, run_id: &str) -> String {
        let layout = LAYOUT.to_string();
        self.insert_row(&["", "", LAYOUT_EVENT, "", "", &layout], run_id)
    }

    /// Writes an event; its number within the migration and the time come from the database.
    pub(super) fn insert(&self, record: &Record, run_id: &str) -> String {
        let Record { migration, event, checksum, text_hash, note } = record;
        let row = [migration.app.as_str(), migration.name.as_str(), event.as_str(), checksum, text_hash, note];
        self.insert_row(&row, run_id)
    }

    /// Not VALUES: a subquery there may not read the table that is written to.
    /// <https://dev.mysql.com/doc/refman/8.4/en/insert-select.html>
    fn insert_row(&self, row: &[&str; 6], run_id: &str) -> String {
        let literal = self.spelling.literal;
        let [app, name, event, checksum, text_hash, note] = row.map(literal);
        let (run_id, version) = (literal(run_id), literal(env!("CARGO_PKG_VERSION")));
        let Self { table, now, .. } = self;
        format!(
            "INSERT INTO {table} (app, name, seq, event, checksum, text_hash, run_id, tool_version, at, note) \
             SELECT {app}, {name}, coalesce(max(seq), 0) + 1, {event}, {checksum}, {text_hash}, {run_id}, {version}, \
             {now}, {note} FROM {table} WHERE app = {app} AND name = {name}"
        )
    }
}

/// The history that the rows tell; refused where a newer version wrote them.
pub(super) fn history(rows: &[Vec<Value>]) -> Attempt<History> {
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        if row.get(4).and_then(Value::text) == Some(LAYOUT_EVENT) {
            check_layout(row)?;
        } else {
            events.push(entry(row)?);
        }
    }
    events.sort_by_key(|entry| entry.id);
    Ok(History { events })
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
