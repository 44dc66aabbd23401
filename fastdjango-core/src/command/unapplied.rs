//! Migrations that may still be written anew: nobody has applied them, as far as the database tells, and nothing would be lost.

use super::connect::connect;
use super::current;
use super::directory::Directory;
use super::project::Project;
use crate::backend::{Access, Event, History};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::{Migration, write};
use crate::name::MigrationRef;

/// What the database of that name has applied; where it cannot be asked, nothing, and a warning, but only if `unasked` allows it.
///
/// A migration that is applied somewhere and written anew is refused there from then on, so that not to know is a person's
/// decision.
pub async fn applied_history(project: &Project, database: &str, unasked: bool) -> Result<(History, Diagnostics)> {
    let asked = match connect(project, database, Access::Read).await {
        Ok(mut connection) => {
            let history = connection.history().await;
            connection.close().await?;
            history
        }
        Err(error) => Err(error),
    };
    match asked {
        Ok(history) => Ok((history, Diagnostics::default())),
        Err(why) if unasked => Ok((History::default(), unknown(database, &why, true).into())),
        Err(why) => Err(Error::new(why.kind(), unknown(database, &why, false)).caused_by(why)),
    }
}

fn unknown(database: &str, why: &Error, goes_on: bool) -> Diagnostic {
    let message = format!("the database `{database}` cannot be asked whether it has the migration");
    let diagnostic = if goes_on { Diagnostic::warning("W321", message) } else { Diagnostic::error("E321", message) };
    let reasons = why.diagnostics().iter().map(|reason| reason.message.clone());
    let diagnostic = reasons.fold(diagnostic, Diagnostic::note);
    if goes_on {
        return diagnostic.help("where it has, take the old file back from version control");
    }
    diagnostic
        .note("nothing was written")
        .help("with `--yes` the files are written all the same: whoever has applied it is refused from then on")
}

/// Why the file of a migration may not be written anew: it is applied, or begun, or holds SQL that nobody could render again.
pub(super) fn refusals(directory: &Directory, history: &History, migration: &Migration) -> Diagnostics {
    let mut history = history.clone();
    current::pretend(directory, &mut history);
    let reference = migration.reference();
    let location = directory.location(migration);
    let mut found = Diagnostics::default();
    // Whoever has a part of a squash counts as having the squash one day.
    let mut names = std::iter::once(&reference).chain(&migration.replaces);
    if let Some(why) = names.find_map(|name| standing(name, &history)) {
        found.push(why.at_opt(location.clone()));
    }
    for (engine, section) in &migration.sql {
        if let Some(reason) = &section.edited {
            let message = format!("the SQL of `{reference}` for {engine} was edited by hand, and would be lost");
            let error = Diagnostic::error("E324", message).at_opt(location.clone());
            found.push(error.note(format!("it says why: {reason}")).help("put the change into a migration of its own"));
        }
    }
    found
}

fn standing(reference: &MigrationRef, history: &History) -> Option<Diagnostic> {
    let last = history.last_of(reference)?;
    let error = |message: String| Diagnostic::error("E320", message).note("nothing was written");
    match last.event {
        Event::Applied | Event::Faked | Event::Repaired | Event::Replaced => Some(
            error(format!("`{reference}` is applied since {} UTC, and stays as it is", last.at))
                .help("what changed since goes into a migration of its own")
                .help("where nobody else has applied it, undo it first: `migrate --rollback`"),
        ),
        Event::Applying | Event::Reverting => Some(
            error(format!("`{reference}` stopped in the middle of its steps, and goes on with the file that it has"))
                .help("run `migrate` to its end first"),
        ),
        Event::Reverted | Event::Relabelled => None,
    }
}

/// Warns of comments that a file has, and will not have once it is written anew.
pub(super) fn lost_comments(directory: &Directory, migration: &Migration) -> Option<Diagnostic> {
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let text = directory.texts.get(&migration.reference())?;
    let written = write(migration);
    let kept: Vec<&str> = written.lines().filter(is_comment).collect();
    let lost = text.lines().filter(is_comment).any(|line| !kept.contains(&line));
    let message = format!("`{}` is written anew, without the comments that stand in its file", migration.reference());
    let warning = Diagnostic::warning("W322", message).help("take what is still true from version control");
    lost.then_some(warning.at_opt(directory.location(migration)))
}
