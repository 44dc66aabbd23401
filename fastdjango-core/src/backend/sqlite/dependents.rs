//! Triggers, views, and indexes that a rebuild would lose, or that would stop its rename.
//!
//! <https://www.sqlite.org/lang_altertable.html#otheralter>, steps 3 and 8 to 10.

use std::collections::{BTreeMap, BTreeSet};

use super::execute::Stage;
use super::guard;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::{literal, quote};
use crate::backend::{Object, Value, statement};
use crate::diagnostic::Diagnostic;

/// What was put aside, in the order in which it comes back: indexes, views, triggers.
pub(super) struct Aside {
    objects: Vec<Object>,
    /// What was broken already; it is not ours to mend, and no reason to stop.
    broken: BTreeMap<String, String>,
    /// The texts that the objects compile to.
    constants: BTreeMap<String, BTreeSet<String>>,
    /// The columns of the table.
    columns: Vec<String>,
}

/// The triggers and views of the database, in the order in which they were made.
pub(super) async fn objects(session: &mut Session) -> Attempt<Vec<Object>> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY rowid";
    Ok(session.query(sql).await?.iter().map(|row| object(row)).collect())
}

/// Drops every trigger and view that names the table, and remembers the indexes that the text does not name.
pub(super) async fn put_aside(stage: &mut Stage<'_>, table: &str, text: &[String]) -> Attempt<Aside> {
    let all = objects(stage.session).await?;
    let broken = broken(stage.session, &all).await?;
    let named = concerned(all, table, &broken);
    let constants = constants(stage.session, &named).await?;
    let columns = columns(stage.session, table).await?;
    // Order matters: dropping a view drops the triggers on it.
    for kind in ["trigger", "view"] {
        for object in named.iter().filter(|object| object.kind == kind) {
            stage.statement(&format!("DROP {} {}", kind.to_uppercase(), quote(&object.name))).await?;
        }
    }
    let mut objects = foreign_indexes(stage.session, table, text).await?;
    for kind in ["view", "trigger"] {
        objects.extend(named.iter().filter(|object| object.kind == kind).cloned());
    }
    Ok(Aside { objects, broken, constants, columns })
}

/// The triggers and views that do not compile, and why.
pub(super) async fn broken_anywhere(session: &mut Session) -> Attempt<BTreeMap<String, String>> {
    let all = objects(session).await?;
    broken(session, &all).await
}

/// Refuses where a trigger or view has lost what it names since `before`: a dropped table takes neither along, and a
/// dropped column leaves the trigger that waits for its updates.
pub(super) async fn none_newly_broken(session: &mut Session, before: &BTreeMap<String, String>) -> Attempt<()> {
    let all = objects(session).await?;
    let broken = broken(session, &all).await?;
    let new = all.iter().find_map(|object| {
        let message = broken.get(&object.name).filter(|_| !before.contains_key(&object.name))?;
        Some((object, message))
    });
    let Some((object, message)) = new else { return Ok(()) };
    let (kind, name) = (&object.kind, &object.name);
    let diagnostic =
        Diagnostic::error("E643", format!("the {kind} `{name}` names what the migration drops: {message}"))
            .note(format!("the {kind}: {}", object.sql))
            .help(format!("drop or change the {kind} first, by hand or in a `run_sql` of an earlier migration"));
    Err(Fault::refusal(diagnostic))
}

/// Makes everything again, and looks whether it still works: `SQLite` checks neither a view nor a trigger when it is made.
pub(super) async fn put_back(stage: &mut Stage<'_>, table: &str, aside: &Aside) -> Attempt<()> {
    for object in &aside.objects {
        let made = stage.statement(&object.sql).await;
        made.map_err(|failure| {
            let message = failure.message();
            let mut fault: Box<Fault> = failure.into();
            fault.diagnostic = lost(object, &message);
            fault
        })?;
    }
    let broken = broken(stage.session, &aside.objects).await?;
    for object in &aside.objects {
        if let Some(message) = broken.get(&object.name).filter(|_| !aside.broken.contains_key(&object.name)) {
            return Err(Fault::refusal(lost(object, message)));
        }
    }
    no_column_became_text(stage.session, table, aside).await
}

/// Refuses where a quoted column that is gone has silently become a string.
///
/// <https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted>
async fn no_column_became_text(session: &mut Session, table: &str, aside: &Aside) -> Attempt<()> {
    let now = columns(session, table).await?;
    let is_there = |column: &String| now.iter().any(|name| name.eq_ignore_ascii_case(column));
    let gone: Vec<&String> = aside.columns.iter().filter(|column| !is_there(column)).collect();
    let constants = constants(session, &aside.objects).await?;
    for object in &aside.objects {
        let before = aside.constants.get(&object.name);
        let new = |text: &str| {
            constants.get(&object.name).is_some_and(|now| now.contains(text))
                && !before.is_some_and(|before| before.contains(text))
        };
        let is_lost = |column: &str| match object.kind.as_str() {
            "index" => statement::mentions(guard::after_name(&object.sql), column),
            _ => new(&column.to_lowercase()),
        };
        if let Some(column) = gone.iter().find(|column| is_lost(column)) {
            return Err(Fault::refusal(lost(object, &format!("no such column: {column}"))));
        }
    }
    Ok(())
}

async fn columns(session: &mut Session, table: &str) -> Attempt<Vec<String>> {
    Ok(session.texts(&format!("SELECT name FROM pragma_table_xinfo({})", literal(table))).await?)
}

/// The strings in the compiled form of each object, in lower case.
async fn constants(session: &mut Session, objects: &[Object]) -> Attempt<BTreeMap<String, BTreeSet<String>>> {
    let mut constants: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for object in objects {
        for probe in probes(session, object).await? {
            let rows = session.query(&probe).await.unwrap_or_default();
            let strings = rows.iter().filter(|row| row.get(1).and_then(Value::text) == Some("String8"));
            let texts = strings.filter_map(|row| Some(row.get(5)?.text()?.to_lowercase()));
            constants.entry(object.name.clone()).or_default().extend(texts);
        }
    }
    Ok(constants)
}

fn lost(object: &Object, message: &str) -> Diagnostic {
    let (kind, name) = (&object.kind, &object.name);
    Diagnostic::error("E629", format!("the {kind} `{name}` does not work with the new table: {message}"))
        .note(format!("the {kind}: {}", object.sql))
        .help(format!("drop or change the {kind} in a `run_sql` operation before this one"))
}

/// The objects that name the table or a view that does, and the broken ones: a rename stops at any of them.
fn concerned(objects: Vec<Object>, table: &str, broken: &BTreeMap<String, String>) -> Vec<Object> {
    let mut names = vec![table.to_owned()];
    let mut reached = 0;
    while reached < names.len() {
        let name = names[reached].clone();
        let views = objects.iter().filter(|object| object.kind == "view" && statement::mentions(&object.sql, &name));
        let found: Vec<String> = views.map(|view| view.name.clone()).filter(|view| !names.contains(view)).collect();
        names.extend(found);
        reached += 1;
    }
    // A trigger on a table or a view names it in its own text.
    let touches = |object: &Object| names.iter().any(|name| statement::mentions(&object.sql, name));
    objects.into_iter().filter(|object| touches(object) || broken.contains_key(&object.name)).collect()
}

/// The indexes of the table that somebody made by hand: the text would lose them.
async fn foreign_indexes(session: &mut Session, table: &str, text: &[String]) -> Attempt<Vec<Object>> {
    let sql = format!(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema \
         WHERE type = 'index' AND sql IS NOT NULL AND lower(tbl_name) = lower({}) ORDER BY rowid",
        literal(table)
    );
    let indexes = session.query(&sql).await?;
    Ok(indexes.iter().map(|row| object(row)).filter(|index| !guard::settles_index(text, &index.name)).collect())
}

/// What of the objects does not compile, and why.
async fn broken(session: &mut Session, objects: &[Object]) -> Attempt<BTreeMap<String, String>> {
    let mut broken = BTreeMap::new();
    for object in objects {
        for probe in probes(session, object).await? {
            match session.query(&probe).await {
                // A view takes only what it has an INSTEAD OF trigger for.
                Err(failure) if !failure.message().contains("because it is a view") => {
                    broken.insert(object.name.clone(), failure.message());
                }
                Ok(_) | Err(_) => {}
            }
        }
        if let Some(column) = unwatched(session, object).await {
            broken.insert(object.name.clone(), format!("no such column: {column}"));
        }
    }
    Ok(broken)
}

/// A column that `UPDATE OF` names and the table has not: the trigger would never run again, and nothing would say so.
///
/// <https://www.sqlite.org/lang_createtrigger.html>
async fn unwatched(session: &mut Session, object: &Object) -> Option<String> {
    let watched = guard::watched_columns(&object.sql);
    // The columns of a broken view cannot be told, and it is broken anyway.
    let columns = if watched.is_empty() { Vec::new() } else { columns(session, &object.table).await.ok()? };
    watched.into_iter().find(|column| !columns.iter().any(|own| own.eq_ignore_ascii_case(column)))
}

/// Statements that compile the object without running it. <https://www.sqlite.org/lang_explain.html>
async fn probes(session: &mut Session, object: &Object) -> Attempt<Vec<String>> {
    let table = quote(&object.table);
    Ok(match object.kind.as_str() {
        "view" => vec![format!("EXPLAIN SELECT * FROM {}", quote(&object.name))],
        "trigger" => {
            let plain = format!("SELECT name FROM pragma_table_xinfo({}) WHERE hidden = 0", literal(&object.table));
            // A view whose columns cannot be told is broken, and with it what watches it.
            let Ok(columns) = session.texts(&plain).await else { return Ok(vec![plain]) };
            let same: Vec<String> = columns.iter().map(|column| format!("{0} = {0}", quote(column))).collect();
            vec![
                format!("EXPLAIN INSERT INTO {table} DEFAULT VALUES"),
                format!("EXPLAIN UPDATE {table} SET {}", same.join(", ")),
                format!("EXPLAIN DELETE FROM {table}"),
            ]
        }
        _ => Vec::new(),
    })
}

fn object(row: &[Value]) -> Object {
    let text = |i: usize| row.get(i).and_then(Value::text).unwrap_or("").to_owned();
    Object { kind: text(0), name: text(1), table: text(2), sql: text(3) }
}
