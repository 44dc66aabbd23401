//! `diff`.

use std::path::Path;

use fastdjango_core::command::{
    DiffOptions, Project, Side, SideName, StateText, diff, files, parse_answers, read_answers,
};
use fastdjango_core::detect::{Answers, Question};
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
use fastdjango_core::error::{Error, Result};
use fastdjango_core::field::{Engine, Version};
use fastdjango_core::pair::Pair;

use super::sql::engine;
use super::{Context, stdin};
use crate::args::Diff;
use crate::{exit, print};

/// How standard input is named.
const STDIN: &str = "-";

pub(crate) fn run(context: &Context, args: &Diff) -> Result<u8> {
    let names = names(args)?;
    let engine = args.sql.as_deref().map(engine).transpose()?;
    let of_project = |name: &SideName| matches!(name, SideName::Models | SideName::Migrations);
    let needed = of_project(&names.previous) || of_project(&names.next);
    let project = if needed || (engine.is_some() && context.has_project()) { Some(context.project()?) } else { None };
    let sql = engine.map(|engine| (engine, version(project.as_ref(), engine)));
    let options = DiffOptions { leaves: args.leaf.clone(), answers: answers(args)?, sql };
    let sides = Pair::new(side(&names.previous, project.as_ref())?, side(&names.next, project.as_ref())?);
    let report = diff(sides.as_ref(), &options)?;
    print::diagnostics(context.output, &report.warnings);
    let open = Diagnostics(report.questions.iter().map(open).collect());
    print::diagnostics(context.output, &open);
    print::differed(context, &report);
    Ok(if report.questions.is_empty() { exit::DONE } else { exit::UNANSWERED })
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
        SideName::Models | SideName::Migrations | SideName::Empty => 0,
    };
    let answers = usize::from(args.answers.as_deref() == Some(STDIN));
    if paths(&names.previous) + paths(&names.next) + answers > 1 {
        let twice = Diagnostic::error("E007", "standard input can be read only once");
        return Err(Error::invalid(twice.help("name a file in the place of one `-`")));
    }
    Ok(names)
}

fn side<'p>(name: &SideName, project: Option<&'p Project>) -> Result<Side<'p>> {
    Ok(match (name, project) {
        (SideName::Models, Some(project)) => Side::Models(project),
        (SideName::Migrations, Some(project)) => Side::Migrations(project),
        (SideName::Models | SideName::Migrations | SideName::Empty, _) => Side::Empty,
        (SideName::Snapshots(paths), _) => Side::Snapshots(texts(paths)?),
    })
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

/// Answers that somebody names must be there: here no run before this one wrote the file.
fn answers(args: &Diff) -> Result<Answers> {
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

/// The oldest server that the project speaks to, or the one that is meant where nobody says another.
fn version(project: Option<&Project>, engine: Engine) -> Version {
    project.map_or(engine.targets().default, |project| project.settings.target(engine))
}

/// A question as an error that says how it is answered.
fn open(question: &Question) -> Diagnostic {
    let mut diagnostic = question.diagnostic();
    let answers = question.options.iter().map(|option| match &option.answer {
        Some(answer) => serde_json::json!(answer).to_string(),
        None => "…".to_owned(),
    });
    let answers = answers.collect::<Vec<_>>().join(" or ");
    diagnostic.helps.push(format!("with `--answers FILE`: \"{}\": {answers}", question.id));
    diagnostic
}
