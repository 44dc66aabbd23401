//! `diff`.

use std::path::Path;

use fastdjango_core::command::{
    DatabaseName, DiffOptions, Flags, Project, Side, SideName, StateText, answer, diff, files, parse_answers,
    read_answers, read_database, take_flag, version,
};
use fastdjango_core::detect::{Answers, Question};
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
use fastdjango_core::error::{Error, Result};
use fastdjango_core::pair::Pair;

use super::sql::engine;
use super::{Context, blocking, stdin};
use crate::args::Diff;
use crate::{exit, print};

/// How standard input is named.
const STDIN: &str = "-";

pub(crate) fn run(context: &Context, args: &Diff) -> Result<u8> {
    let names = names(args)?;
    let engine = args.sql.as_deref().map(engine).transpose()?;
    let of_project = |name: &SideName| matches!(name, SideName::Models | SideName::Migrations);
    let of_database = |name: &SideName| matches!(name, SideName::Database(_));
    let needed = of_project(&names.previous) || of_project(&names.next);
    let useful = engine.is_some() || of_database(&names.previous) || of_database(&names.next);
    let project = if needed || (useful && context.has_project()) { Some(project(context, &names)?) } else { None };
    let sql = engine.map(|engine| (engine, version(project.as_ref(), engine)));
    let (answers, flags) = answers(args)?;
    let options = DiffOptions { leaves: args.leaf.clone(), answers, flags, sql };
    let sides = sides(&names, project.as_ref())?;
    let report = diff(sides.as_ref(), &options)?;
    print::diagnostics(context.output, &report.warnings);
    let open = Diagnostics(report.questions.iter().map(Question::diagnostic).collect());
    print::diagnostics(context.output, &open);
    print::differed(context, &report);
    Ok(if report.questions.is_empty() { exit::DONE } else { exit::UNANSWERED })
}

/// The program's project; beside one database of the settings, as that database has it: with the apps that live there.
fn project(context: &Context, names: &Pair<SideName>) -> Result<Project> {
    let project = context.project()?;
    match (&names.previous, &names.next) {
        (SideName::Database(_), SideName::Database(_)) => Ok(project),
        (SideName::Database(DatabaseName::Named(name)), _) | (_, SideName::Database(DatabaseName::Named(name))) => {
            Ok(project.on(name)?.into_owned())
        }
        _ => Ok(project),
    }
}

/// Both sides as typed; what is wrong with either is told at once.
fn names(args: &Diff) -> Result<Pair<SideName>> {
    let names = match (args.from.parse::<SideName>(), args.to.parse()) {
        (Ok(from), Ok(to)) => Pair::new(from, to),
        (from, to) => {
            let mut found = Diagnostics::default();
            from.err().into_iter().chain(to.err()).for_each(|fault| found.push(fault));
            return Err(Error::invalid(found));
        }
    };
    let paths = |name: &SideName| match name {
        SideName::Snapshots(paths) => paths.iter().filter(|path| *path == STDIN).count(),
        SideName::Models | SideName::Migrations | SideName::Empty | SideName::Database(_) => 0,
    };
    let answers = usize::from(args.answers.as_deref() == Some(STDIN));
    if paths(&names.previous) + paths(&names.next) + answers > 1 {
        let twice = Diagnostic::error("E007", "standard input can be read only once");
        return Err(Error::invalid(twice.help("name a file in the place of one `-`")));
    }
    Ok(names)
}

/// Both sides; a database is read last, since the other side says what its tables are called in models, or else the program does.
fn sides<'p>(names: &Pair<SideName>, project: Option<&'p Project>) -> Result<Pair<Side<'p>>> {
    let written = Pair::new(written(&names.previous, project)?, written(&names.next, project)?);
    let program = project.map_or(Side::Empty, Side::Models);
    let says = |side: &&Side<'_>| !matches!(side, Side::Empty);
    let guide = [&written.previous, &written.next].into_iter().flatten().find(says).unwrap_or(&program).clone();
    let read = |side: Option<Side<'p>>, name: &SideName| match (side, name) {
        (Some(side), _) => Ok(side),
        (None, SideName::Database(name)) => blocking(read_database(name, project, &guide)),
        (None, _) => Ok(Side::Empty),
    };
    Ok(Pair::new(read(written.previous, &names.previous)?, read(written.next, &names.next)?))
}

/// A side that no connection is needed for.
fn written<'p>(name: &SideName, project: Option<&'p Project>) -> Result<Option<Side<'p>>> {
    Ok(Some(match (name, project) {
        (SideName::Models, Some(project)) => Side::Models(project),
        (SideName::Migrations, Some(project)) => Side::Migrations(project),
        (SideName::Models | SideName::Migrations | SideName::Empty, _) => Side::Empty,
        (SideName::Snapshots(paths), _) => Side::Snapshots(texts(paths)?),
        (SideName::Database(_), _) => return Ok(None),
    }))
}

fn texts(paths: &[String]) -> Result<Vec<StateText>> {
    let mut texts = Vec::new();
    for path in paths {
        if path == STDIN {
            texts.push(StateText { shown: "standard input".to_owned(), text: stdin()? });
        } else {
            texts.extend(StateText::read(path)?);
        }
    }
    Ok(texts)
}

/// What a file says, and the flags, which go before it.
fn answers(args: &Diff) -> Result<(Answers, Flags)> {
    let (mut answers, mut flags) = (written_answers(args)?, Flags::new());
    for given in &args.answer {
        take_flag(&mut answers, &mut flags, format!("--answer {given}"), answer(given)?)?;
    }
    Ok((answers, flags))
}

/// Answers that somebody names must be there: here no run before this one wrote the file.
fn written_answers(args: &Diff) -> Result<Answers> {
    match args.answers.as_deref() {
        None => Ok(Answers::new()),
        Some(STDIN) => parse_answers("standard input", &stdin()?),
        Some(path) if Path::new(path).exists() => read_answers(Path::new(path)),
        Some(path) => {
            let message = format!("there is no file `{}`", files::shown(Path::new(path)));
            Err(Error::invalid(Diagnostic::error("E312", message).help("`diff` reads answers and writes none")))
        }
    }
}
