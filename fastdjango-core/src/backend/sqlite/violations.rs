//! Rows whose target is missing: those that were there before are not ours, new ones stop the migration.
//!
//! <https://www.sqlite.org/pragma.html#pragma_foreign_key_check>

use std::collections::{BTreeMap, BTreeSet};

use super::failure::Failure;
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::{literal, quote};
use crate::diagnostic::Diagnostic;
use crate::migration::{Rename, Step};

/// A row that refers to nothing; `rowid` is none where the row's number says nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Orphan {
    child: String,
    parent: String,
    rowid: Option<i64>,
}

/// How often each violation occurs: a row may refer to one parent by several keys.
#[derive(Debug, Default)]
pub(super) struct Violations(BTreeMap<Orphan, u64>);

impl Violations {
    /// Counts them in the whole database.
    pub(super) async fn count(session: &mut Session) -> Attempt<Self> {
        let mut violations = Self::default();
        match session.query("PRAGMA main.foreign_key_check").await {
            Ok(rows) => violations.add_all(session, &rows).await?,
            // One such table stops the check of all.
            Err(failure) if is_mismatch(&failure) => violations.count_each(session).await?,
            Err(failure) => return Err(failure.into()),
        }
        Ok(violations)
    }

    /// Counts them table by table.
    async fn count_each(&mut self, session: &mut Session) -> Attempt<()> {
        let tables = "SELECT DISTINCT child.name FROM sqlite_schema child, pragma_foreign_key_list(child.name) \
                      WHERE child.type = 'table' AND child.rootpage > 0";
        for table in session.texts(tables).await? {
            match session.query(&format!("PRAGMA foreign_key_check({})", quote(&table))).await {
                Ok(rows) => self.add_all(session, &rows).await?,
                // A key that names no unique columns of its target cannot be checked: it counts as one violation.
                Err(failure) if is_mismatch(&failure) => self.add(&table, &failure.message(), None),
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(())
    }

    /// Adds what a check found: table, row, target.
    async fn add_all(&mut self, session: &mut Session, rows: &[Vec<Value>]) -> Attempt<()> {
        let mut stable: BTreeMap<&str, bool> = BTreeMap::new();
        for row in rows {
            let text = |i: usize| row.get(i).and_then(Value::text).unwrap_or_default();
            let child = text(0);
            if !stable.contains_key(child) {
                stable.insert(child, has_stable_rowid(session, child).await?);
            }
            let rowid = row.get(1).and_then(Value::integer).filter(|_| stable.get(child) == Some(&true));
            self.add(child, text(2), rowid);
        }
        Ok(())
    }

    fn add(&mut self, child: &str, parent: &str, rowid: Option<i64>) {
        let orphan = Orphan { child: child.to_lowercase(), parent: parent.to_lowercase(), rowid };
        *self.0.entry(orphan).or_default() += 1;
    }

    /// Refuses where there are violations now that were not there before.
    pub(super) async fn compare(mut self, session: &mut Session, steps: &[Step]) -> Attempt<()> {
        for rename in steps.iter().filter_map(Rename::of) {
            if let Rename::Table { from, to } = rename {
                self.rename(&from, &to);
            }
        }
        let mut after = Self::count(session).await?;
        let rebuilt: BTreeSet<String> = steps.iter().filter_map(rebuilt).map(str::to_lowercase).collect();
        self.forget_moved(&after, &rebuilt);
        after.forget_moved(&self, &rebuilt);
        let mut new: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for (orphan, count) in &after.0 {
            let before = self.0.get(orphan).copied().unwrap_or(0);
            if *count > before {
                *new.entry((&orphan.child, &orphan.parent)).or_default() += count - before;
            }
        }
        if new.is_empty() { Ok(()) } else { Err(refused(&new)) }
    }

    /// A rebuilt table whose key changed has rows under other numbers: only how many there are can be compared.
    fn forget_moved(&mut self, other: &Self, rebuilt: &BTreeSet<String>) {
        let unstable: BTreeSet<&str> =
            other.0.keys().filter(|orphan| orphan.rowid.is_none()).map(|orphan| orphan.child.as_str()).collect();
        let moved = |child: &str| rebuilt.contains(child) && unstable.contains(child);
        let mut merged = BTreeMap::new();
        for (mut orphan, count) in std::mem::take(&mut self.0) {
            if moved(&orphan.child) {
                orphan.rowid = None;
            }
            *merged.entry(orphan).or_default() += count;
        }
        self.0 = merged;
    }

    fn rename(&mut self, from: &str, to: &str) {
        let renamed = |name: String| if name == from.to_lowercase() { to.to_lowercase() } else { name };
        let all = std::mem::take(&mut self.0);
        self.0 = all
            .into_iter()
            .map(|(orphan, count)| {
                (Orphan { child: renamed(orphan.child), parent: renamed(orphan.parent), rowid: orphan.rowid }, count)
            })
            .collect();
    }
}

fn is_mismatch(failure: &Failure) -> bool {
    failure.message().contains("mismatch")
}

/// A row keeps its number where the number is its key. <https://www.sqlite.org/rowidtable.html>
async fn has_stable_rowid(session: &mut Session, table: &str) -> Attempt<bool> {
    let sql = format!(
        "SELECT count(*) = 1 AND max(upper(type)) = 'INTEGER' FROM pragma_table_info({}) WHERE pk > 0",
        literal(table)
    );
    Ok(session.integer(&sql).await? == Some(1))
}

fn rebuilt(step: &Step) -> Option<&str> {
    match step {
        Step::Rebuild { rebuild, .. } => Some(rebuild),
        Step::Sql(_) | Step::Autocommit { .. } | Step::Verify { .. } | Step::Rust { .. } | Step::Drop { .. } => None,
    }
}

fn refused(new: &BTreeMap<(&str, &str), u64>) -> Box<Fault> {
    let list: Vec<String> = new
        .iter()
        .map(|((child, parent), count)| {
            format!("{count} of `{child}` would refer to a row of `{parent}` that is not there")
        })
        .collect();
    let diagnostic = Diagnostic::error("E627", format!("rows would lose their target: {}", list.join("; ")));
    Fault::refusal(diagnostic.help("delete or correct these rows first, or give them another target"))
}
