//! What somebody added to a table by hand, and a rebuild would silently leave out.
//!
//! The live table is held against the one that the models declared before the migration. What it has beyond that must be in
//! the new table too, or the text must say that it goes: nothing else tells a wish from an oversight.

use super::facts::{self, Fact};
use super::session::Session;
use super::{guard, parse_index};
use crate::backend::Direction;
use crate::backend::fault::{Attempt, Fault};
use crate::diagnostic::Diagnostic;
use crate::field::lexer::{self, Kind};
use crate::migration::{Rename, Step, former_name};
use crate::schema::{Table, same_sql};

/// Refuses before the first step where a rebuild would lose what nobody declared.
pub(super) async fn nothing_lost(
    session: &mut Session,
    steps: &[Step],
    declared: &[Table],
    direction: Direction,
) -> Attempt<()> {
    for table in declared {
        let Some((_, live)) = facts::of_live(session, &table.name).await? else { continue };
        let expected = facts::of(table);
        let added: Vec<Fact> =
            live.into_iter().filter(|fact| !expected.iter().any(|expected| expected.is(fact))).collect();
        if added.is_empty() {
            continue;
        }
        for (i, step) in steps.iter().enumerate() {
            let Step::Rebuild { rebuild, sql } = step else { continue };
            if !former_name(&steps[..i], rebuild).eq_ignore_ascii_case(&table.name) {
                continue;
            }
            let lost = lost(session, &steps[..i], table, &added, sql).await?;
            if !lost.is_empty() {
                return Err(refused(table, &expected, &lost, direction));
            }
        }
    }
    Ok(())
}

/// What of the added is neither in the new table nor said to go, in the names of the live table.
async fn lost(
    session: &mut Session,
    before: &[Step],
    table: &Table,
    added: &[Fact],
    text: &[String],
) -> Attempt<Vec<Fact>> {
    let Some((new, kept)) = new_table(session, text).await? else { return Ok(Vec::new()) };
    let mut lost = Vec::new();
    for fact in added {
        let mut name = table.name.clone();
        let mut renamed = fact.clone();
        for rename in before.iter().filter_map(Rename::of) {
            renamed = renamed.renamed(&name, &rename);
            if let Rename::Table { from, to } = rename
                && from.eq_ignore_ascii_case(&name)
            {
                name = to;
            }
        }
        // An index that the text does not make is put back as it was.
        let put_back = fact.index.as_ref().is_some_and(|index| !guard::makes_index(text, index));
        let settled = put_back || kept.iter().any(|kept| kept.is(&renamed)) || is_said(text, fact, &renamed);
        if !settled && !renamed.is_gone(&new) {
            lost.push(fact.clone());
        }
    }
    Ok(lost)
}

/// The table that a rebuild's text makes, made for a look and taken back; none where the text makes none.
async fn new_table(session: &mut Session, text: &[String]) -> Attempt<Option<(Table, Vec<Fact>)>> {
    let Some((create, name)) = guard::creation(text).and_then(|sql| Some((sql, guard::created_table(sql)?))) else {
        return Ok(None);
    };
    session.execute("SAVEPOINT fastdjango_look").await?;
    session.execute(create).await?;
    let made = facts::of_live(session, &name).await?;
    session.execute("ROLLBACK TO fastdjango_look").await?;
    session.execute("RELEASE fastdjango_look").await?;
    let indexes =
        text.iter().filter_map(|sql| Some(facts::of_index(&parse_index::parse(&guard::created_index(sql)?, sql))));
    Ok(made.map(|(table, mut facts)| {
        facts.extend(indexes);
        (table, facts)
    }))
}

/// True where a comment of the text says that the fact goes: `-- drops UNIQUE ("name")`.
fn is_said(text: &[String], fact: &Fact, renamed: &Fact) -> bool {
    let says = |comment: &str| {
        let inside = comment.trim_matches(['-', '/', '*', ' ', '\n']);
        let what = inside.strip_prefix("drops ").unwrap_or(inside);
        same_sql(what, &fact.text()) || same_sql(what, &renamed.text())
    };
    text.iter().any(|sql| lexer::tokens(sql).iter().any(|token| token.kind == Kind::Comment && says(token.text)))
}

fn refused(table: &Table, expected: &[Fact], lost: &[Fact], direction: Direction) -> Box<Fault> {
    let name = &table.name;
    let texts: Vec<String> = lost.iter().map(|fact| format!("`{}`", fact.text())).collect();
    let message =
        format!("`{name}` has what its model does not declare, and the new table would lose it: {}", texts.join(", "));
    let mut diagnostic = Diagnostic::error("E640", message);
    for fact in lost {
        let instead: Vec<String> = expected
            .iter()
            .filter(|other| other.is_instead_of(fact))
            .map(|other| format!("`{}`", other.text()))
            .collect();
        if !instead.is_empty() {
            diagnostic = diagnostic.note(format!("`{}` is there; the models say {}", fact.text(), instead.join(", ")));
        }
    }
    diagnostic = diagnostic
        .note("somebody changed the table by hand, or a migration that was faked or edited left another table");
    Fault::refusal(ways_out(name, lost, direction).into_iter().fold(diagnostic, Diagnostic::help))
}

/// What to do about it, to be followed to the letter.
fn ways_out(name: &str, lost: &[Fact], direction: Direction) -> Vec<String> {
    let comments: Vec<String> = lost.iter().map(|fact| format!("`-- drops {}`", fact.text())).collect();
    let each = if comments.len() == 1 { "on" } else { "each on" };
    let edited = "and say `edited = \"why\"` below its `[sql.sqlite]`";
    let comments = comments.join(", ");
    let go = format!("to let it go: write {comments} above that CREATE TABLE, {each} a line of its own, {edited}");
    let add = |list| format!("add it to the CREATE TABLE of `{name}` in `{list}` of the migration's file, {edited}");
    match direction {
        // What comes after it depends on it, and would be an orphan among the files.
        Direction::Forward => vec![
            "to keep it: declare it in the model; delete the file of this migration and of those after it, which no other \
             database may have; run `makemigrations` again"
                .to_owned(),
            format!("or {}", add("up")),
            go,
        ],
        Direction::Backward => vec![format!("to keep it: {}", add("down")), go],
    }
}
