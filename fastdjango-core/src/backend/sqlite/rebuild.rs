//! A table replaced by a new one of the same rows.
//!
//! <https://www.sqlite.org/lang_altertable.html#otheralter>. The statements are the step's; around them stands what depends
//! on the live database.

use super::execute::Stage;
use super::introspect::{number, text};
use super::session::Session;
use super::{dependents, disk, guard};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::{literal, quote};
use crate::backend::{RebuiltTable, Value};
use crate::diagnostic::Diagnostic;

/// Replaces the table, or refuses before anything is lost.
pub(super) async fn run(stage: &mut Stage<'_>, table: &str, statements: &[String]) -> Attempt<RebuiltTable> {
    let columns = columns(stage.session, table).await?;
    guard::columns_named(table, &columns, statements)?;
    guard::columns_exist(table, &columns, statements)?;
    guard::options_kept(table, &options(stage.session, table).await?, statements)?;
    disk::check(stage.session, table).await?;
    let children = children(stage.session, table).await?;
    let before = count(stage.session, table).await?;
    let aside = dependents::put_aside(stage, table, statements).await?;
    for sql in statements {
        stage.statement(sql).await?;
    }
    let after = count(stage.session, table).await?;
    same_rows(table, before, after, "the copy would lose or double rows")?;
    dependents::put_back(stage, table, &aside).await?;
    for (child, before) in children {
        let after = count(stage.session, &child).await?;
        same_rows(&child, before, after, &format!("rebuilding `{table}` would change rows that refer to it"))?;
    }
    Ok(RebuiltTable { table: table.to_owned(), rows: u64::try_from(after).unwrap_or(0) })
}

/// All columns, generated and hidden ones too.
async fn columns(session: &mut Session, table: &str) -> Attempt<Vec<guard::LiveColumn>> {
    let rows = session.query(&format!("SELECT name, hidden FROM pragma_table_xinfo({})", literal(table))).await?;
    let column = |row: &Vec<Value>| guard::LiveColumn { name: text(row, 0), generated: number(row, 1) > 1 };
    let columns: Vec<guard::LiveColumn> = rows.iter().map(column).collect();
    if columns.is_empty() {
        let message = format!("the migration changes the table `{table}`, and the database has none of that name");
        let help = "bring it back under this name, or put the history right with `migrate APP NAME --fake`; then run `migrate` again";
        return Err(Fault::refusal(Diagnostic::error("E636", message).help(help)));
    }
    Ok(columns)
}

/// How the table keeps its rows, where it is not as usual. <https://www.sqlite.org/pragma.html#pragma_table_list>
async fn options(session: &mut Session, table: &str) -> Attempt<Vec<&'static str>> {
    let sql = format!("SELECT wr, strict FROM pragma_table_list({}) WHERE schema = 'main'", literal(table));
    let rows = session.query(&sql).await?;
    let is = |i: usize| rows.first().is_some_and(|row| number(row, i) == 1);
    Ok([(0, "WITHOUT ROWID"), (1, "STRICT")].into_iter().filter(|(i, _)| is(*i)).map(|(_, option)| option).collect())
}

/// The other tables that refer to this one, with how many rows they have.
async fn children(session: &mut Session, table: &str) -> Attempt<Vec<(String, i64)>> {
    let table = literal(table);
    let sql = format!(
        "SELECT DISTINCT child.name FROM sqlite_schema child, pragma_foreign_key_list(child.name) reference \
         WHERE child.type = 'table' AND child.rootpage > 0 AND lower(reference.\"table\") = lower({table}) \
         AND lower(child.name) <> lower({table})"
    );
    let mut children = Vec::new();
    for child in session.texts(&sql).await? {
        let rows = count(session, &child).await?;
        children.push((child, rows));
    }
    Ok(children)
}

/// Refuses to drop a table whose rows others refer to: with foreign keys on, the rows that cascade would go with it; with
/// foreign keys off, none could be written any more.
///
/// <https://www.sqlite.org/foreignkeys.html#fk_schemacommands>
pub(super) async fn nobody_refers(session: &mut Session, table: &str) -> Attempt<()> {
    let Some((child, rows)) = children(session, table).await?.into_iter().find(|(_, rows)| *rows > 0) else {
        return Ok(());
    };
    let message = format!("`{table}` would be dropped while `{child}`, with {rows} rows, refers to it");
    let help =
        format!("drop `{child}` or its foreign key first, or empty it, in a `run_sql` operation before this one");
    Err(Fault::refusal(
        Diagnostic::error("E639", message).note("its rows could be deleted, or lose their target, with it").help(help),
    ))
}

async fn count(session: &mut Session, table: &str) -> Attempt<i64> {
    Ok(session.integer(&format!("SELECT count(*) FROM {}", quote(table))).await?.unwrap_or(0))
}

fn same_rows(table: &str, before: i64, after: i64, why: &str) -> Attempt<()> {
    if before == after {
        return Ok(());
    }
    let message = format!("`{table}` had {before} rows and has {after} after the rebuild");
    let help = "compare the statements of the step with the table, then render the migration again";
    Err(Fault::refusal(Diagnostic::error("E626", message).note(why).help(help)))
}
