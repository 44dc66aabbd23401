//! What stands in the way of a repair, and what nobody verified, in words.

use super::super::directory::Directory;
use super::super::history::{Disagreement, Discord, since};
use super::super::live::Held;
use super::Repair;
use crate::backend::History;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::name::{AppLabel, MigrationRef};
use crate::operation::Operation;

/// Refuses to compare a database of which half a migration is there.
pub(super) fn none_in_the_middle(history: &History) -> Result<()> {
    let last = history.last();
    let Some(entry) = last.values().find(|entry| entry.event.is_in_the_middle()) else { return Ok(()) };
    let message =
        format!("`{}` stands in the middle of its steps, so that the database is as no file says", entry.migration);
    let refusal = Diagnostic::error("E614", message).note("nothing was recorded");
    Err(Error::invalid(
        refusal.help(
            "`migrate --resume journal` ends what was begun, `migrate --resume abort` gives it up; then `repair`",
        ),
    ))
}

/// Refuses where the database is not as the files say it.
pub(super) fn agree(directory: &Directory, chosen: &[Discord], left: &[Discord], found: &Held) -> Result<()> {
    if found.differences.is_empty() {
        return Ok(());
    }
    let change = "or change the database until none of these differences is left, and `repair` again";
    let refusals = chosen.iter().map(|discord| differs(directory, discord, left, found).help(change));
    Err(Error::invalid(Diagnostics(refusals.collect())))
}

fn differs(directory: &Directory, discord: &Discord, left: &[Discord], found: &Held) -> Diagnostic {
    let name = &discord.migration;
    let mut refusal = match discord.what {
        Disagreement::Edited => {
            let message = format!("the database is not as the file of `{name}` says now");
            let file = directory.file(name).and_then(|file| directory.location(file));
            Diagnostic::error("E606", message).at_opt(file)
        }
        Disagreement::Gone | Disagreement::Later => {
            let message = format!("the database is not as without `{name}`, whose file is gone");
            Diagnostic::error("E607", message)
        }
    };
    refusal = refusal.note(since(&discord.applied));
    refusal = found.differences.iter().fold(refusal, |refusal, difference| refusal.note(difference.to_string()));
    for other in left.iter().filter(|other| other.migration.app == name.app) {
        refusal = refusal.note(format!("`{}` is applied as well, and not by a file that is here", other.migration));
    }
    refusal = refusal.note("nothing was recorded").help("take the file back from version control");
    if discord.what == Disagreement::Edited {
        refusal = refusal.help("then put the change into a new migration: `makemigrations` writes it");
    }
    refusal
}

/// What no catalog tells.
pub(super) fn rows(directory: &Directory, chosen: &[Discord], found: &Held) -> Diagnostic {
    let warning = Diagnostic::warning("W606", "tables were compared, and rows were not")
        .note("only a hash is left of what ran: what it did to rows, or by SQL of its own, nobody can tell");
    let files = chosen.iter().filter_map(|discord| directory.file(&discord.migration));
    let warning = files.fold(warning, |warning, file| match about_rows(file).as_slice() {
        [] => warning,
        kinds => warning.note(format!("`{}` has now {}", file.reference(), kinds.join(", "))),
    });
    found.unknown.iter().fold(warning, |warning, difference| warning.note(difference.to_string()))
}

/// The kinds of operation that are about rows, as files call them.
fn about_rows(migration: &Migration) -> Vec<&'static str> {
    let all = migration.operations.iter().flat_map(|operation| std::iter::once(operation).chain(operation.nested()));
    let mut kinds: Vec<&'static str> = all
        .filter_map(|operation| match operation {
            Operation::RunSql { .. } => Some("`run_sql`"),
            Operation::RunRust { .. } => Some("`run_rust`"),
            Operation::AlterField { using: Some(_), .. } => Some("`using`"),
            Operation::AddField { fill: Some(_), .. } | Operation::AlterField { fill: Some(_), .. } => Some("`fill`"),
            _ => None,
        })
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What is later than every file is mostly a newer program's, and stays as it is.
pub(super) fn not_chosen(left: &[Discord]) -> Diagnostics {
    let later = left.iter().filter(|discord| discord.what == Disagreement::Later).map(|discord| {
        let name = &discord.migration;
        Diagnostic::warning("W607", format!("`{name}` is later than every file here, and stays as it is"))
            .note("a newer version of the program has it, or its file is gone")
            .help(format!("where its file is gone for good: `repair {} {}`", name.app, name.name))
    });
    Diagnostics(later.collect())
}

pub(super) fn nothing_called(app: &AppLabel, name: &str, others: &[Discord]) -> Diagnostic {
    let message = format!("no migration of `{app}` whose name begins with `{name}` has anything to repair");
    let refusal = Diagnostic::error("E608", message)
        .note("the files and the history agree on it, or neither has it")
        .note("nothing was recorded");
    let others = others.iter().filter(|other| other.migration.app == *app);
    others.fold(refusal, |refusal, other| {
        refusal.help(format!("`repair {} {}` is what there is to repair", other.migration.app, other.migration.name))
    })
}

pub(super) fn several_called(name: &str, several: &[&MigrationRef]) -> Diagnostic {
    let refusal = Diagnostic::error("E608", format!("several migrations that could be repaired begin with `{name}`"));
    let refusal = refusal.note("nothing was recorded");
    several.iter().fold(refusal, |refusal, one| refusal.help(format!("`repair {} {}`", one.app, one.name)))
}

pub(super) fn unconfirmed(repairs: &[Repair]) -> Diagnostic {
    let refusal = Diagnostic::error("E609", "the history is to say something else, and nobody confirmed it");
    let refusal = repairs.iter().fold(refusal, |refusal, repair| refusal.note(repair.to_string()));
    refusal.note("nothing was recorded").help("to record it: add `--yes`")
}

pub(super) fn overtaken() -> Diagnostic {
    Diagnostic::error("E615", "the history went on while the database was compared")
        .note("nothing was recorded")
        .help("another process works on this database; run `repair` again")
}

impl std::fmt::Display for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.what {
            Disagreement::Edited => write!(f, "{} stays applied, as its file says now", self.migration),
            Disagreement::Gone | Disagreement::Later => {
                write!(f, "{} counts no more as applied; its file is gone", self.migration)
            }
        }
    }
}
