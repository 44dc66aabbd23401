//! The text of a migration, and whether it may run: there, as reviewed, and for this server.

use super::directory::Directory;
use crate::diagnostic::Diagnostic;
use crate::field::{Engine, Version};
use crate::migration::{Migration, SqlSection};
use crate::planner;
use crate::state::ProjectState;

/// The text of a migration: of this database alone, present, and as reviewed.
pub(super) fn reviewed<'a>(
    directory: &Directory,
    migration: &'a Migration,
    engine: Engine,
) -> Result<&'a SqlSection, Diagnostic> {
    if let Some(crossing) = directory.beyond.as_ref().and_then(|beyond| beyond.crosses(&migration.reference())) {
        return Err(crossing.at_opt(directory.location(migration)));
    }
    let section = section(directory, migration, engine)?;
    untouched(directory, migration, section, engine)?;
    Ok(section)
}

/// Refuses a server that is older than the one which the text was rendered for.
pub(super) fn new_enough(
    directory: &Directory,
    migration: &Migration,
    section: &SqlSection,
    engine: Engine,
    version: &str,
) -> Result<(), Diagnostic> {
    if !older(version, &section.target) {
        return Ok(());
    }
    let (name, target) = (migration.reference(), &section.target);
    let message = format!("`{name}` was rendered for {engine} {target} or newer, and this is {version}");
    let refusal = Diagnostic::error("E242", message).at_opt(directory.location(migration)).note("nothing was run");
    Err(match release(engine, version) {
        Some(release) => refusal.help(format!(
            "set `target = {{ {engine} = \"{release}\" }}` in fastdjango.toml, then run `render --force`"
        )),
        None => refusal.help(format!(
            "the oldest {} that SQL is rendered for is {}",
            engine.title(),
            engine.targets().oldest
        )),
    })
}

/// The target that fits a server, and every other of its release.
fn release(engine: Engine, version: &str) -> Option<Version> {
    let version = Version::of_server(version)?;
    let release = match engine {
        Engine::Postgres => Version::major(version.major),
        Engine::Sqlite | Engine::Mysql | Engine::Mariadb => Version::minor(version.major, version.minor.unwrap_or(0)),
    };
    engine.target(&release.to_string()).ok().filter(|target| *target <= version)
}

/// True where the text was rendered from these operations and this state.
pub(super) fn holds(migration: &Migration, section: &SqlSection, before: &ProjectState) -> bool {
    section.input == planner::input_hash(&migration.app, &migration.operations, before)
}

/// A text that was rendered from something else than what is there now.
pub(super) fn stale(directory: &Directory, migration: &Migration) -> Diagnostic {
    let Migration { app, name, .. } = migration;
    Diagnostic::error("E241", format!("the SQL of `{}` was rendered from something else", migration.reference()))
        .at_opt(directory.location(migration))
        .note("its operations, or the tables before them, have changed since the SQL was written and reviewed")
        .note("nothing was run")
        .help(format!("run `render {app} {name}`, and review the difference"))
}

/// A migration that cannot be undone.
pub(super) fn no_way_back(directory: &Directory, migration: &Migration) -> Diagnostic {
    Diagnostic::error("E612", format!("`{}` has no way back", migration.reference()))
        .at_opt(directory.location(migration))
        .note("one of its operations cannot be reversed, or its SQL has no `down`")
        .note("nothing was run")
        .help("give its `run_sql` or `run_rust` a `reverse`, then run `render`")
}

fn section<'a>(directory: &Directory, migration: &'a Migration, engine: Engine) -> Result<&'a SqlSection, Diagnostic> {
    migration.sql.get(&engine).ok_or_else(|| {
        Diagnostic::error("E240", format!("`{}` has no SQL for {engine}", migration.reference()))
            .at_opt(directory.location(migration))
            .note("only SQL that stands in the file, and was reviewed there, is run")
            .note("nothing was run")
            .help(format!("run `render {} {}`, and review what it adds", migration.app, migration.name))
    })
}

/// Text that was edited by hand runs only where the file says why.
fn untouched(
    directory: &Directory,
    migration: &Migration,
    section: &SqlSection,
    engine: Engine,
) -> Result<(), Diagnostic> {
    let text = planner::text_hash(&section.up, section.down.as_deref());
    if section.text == text || section.edited.is_some() {
        return Ok(());
    }
    Err(Diagnostic::error("E243", format!("the SQL of `{}` was edited by hand", migration.reference()))
        .at_opt(directory.location(migration))
        .note("its text is not the one that its hash was taken of")
        .note("nothing was run")
        .help(format!("to keep the edit, add `edited = \"why\"` to `[sql.{engine}]`"))
        .help(format!("to undo it, run `render {} {}`", migration.app, migration.name)))
}

/// A version that cannot be read is taken to be new enough: the server has the last word.
fn older(version: &str, target: &str) -> bool {
    let versions = Version::of_server(version).zip(Version::of_server(target));
    versions.is_some_and(|(version, target)| version < target)
}
