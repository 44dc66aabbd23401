//! `makemigrations`.

use fastdjango_core::command::{
    self, Flags, MakeOptions, MakeReport, Project, makemigrations, preview, read_answers, take_flag, write_answers,
};
use fastdjango_core::detect::{Answers, Question};
use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::error::{Error, ErrorKind, Result};

use super::{Context, history, labels, merge};
use crate::args::Make;
use crate::{exit, print, prompt};

pub(crate) fn run(context: &Context, args: &Make) -> Result<u8> {
    if let Some(how) = args.merge {
        return merge::run(context, args, how);
    }
    let project = if args.update { context.project_there()? } else { context.project()? };
    let (answers, flags) = answers(&project, args)?;
    let mut options = MakeOptions {
        apps: labels(&args.apps),
        name: args.name.clone(),
        empty: args.empty,
        dry_run: args.dry_run || args.check,
        answers,
        flags,
        update: None,
    };
    let mut unasked = Diagnostics::default();
    if args.update {
        let (history, warnings) = history(context, &project)?;
        options.update = Some(history);
        unasked = warnings;
    }
    let mut report = answered(context, args, &project, &mut options)?;
    report.warnings.0.splice(0..0, unasked.0);
    let questions = report.questions.iter().map(Question::diagnostic).collect();
    print::diagnostics(context.output, &report.warnings);
    print::diagnostics(context.output, &Diagnostics(questions));
    print::made(context, &report, options.dry_run);
    let found = args.check && (!report.made.is_empty() || !report.questions.is_empty());
    Ok(if found { exit::FOUND } else { exit::DONE })
}

/// Asks until no question is open, where somebody can be asked.
fn answered(context: &Context, args: &Make, project: &Project, options: &mut MakeOptions) -> Result<MakeReport> {
    loop {
        let report = makemigrations(project, options)?;
        if report.questions.is_empty() || args.check {
            return Ok(report);
        }
        if args.noinput || args.answers.is_some() || !context.output.interactive() {
            return Err(open(context, args, &report)?);
        }
        for question in &report.questions {
            let show = || print::previewed(context, project, &preview(project, options, question));
            let answer = prompt::ask(context.output, question, show)?;
            options.answers.insert(question.id.clone(), answer);
        }
    }
}

/// The error that lists the open questions; with `--answers`, the file to fill in is written first.
fn open(context: &Context, args: &Make, report: &MakeReport) -> Result<Error> {
    let mut diagnostics: Diagnostics = report.warnings.clone();
    for question in &report.questions {
        diagnostics.push(question.diagnostic());
    }
    if let Some(path) = &args.answers {
        write_answers(path, &report.questions)?;
        context
            .output
            .remark(&format!("the open questions stand in {}: fill it in, and run this again\n", Context::shown(path)));
    }
    Ok(Error::new(ErrorKind::Unanswered, diagnostics))
}

/// What a file says, and the flags, which go before it.
fn answers(project: &Project, args: &Make) -> Result<(Answers, Flags)> {
    let mut answers = match &args.answers {
        Some(path) => read_answers(path)?,
        None => Answers::new(),
    };
    let mut flags = Flags::new();
    for rename in &args.rename {
        let answer = command::rename(project, rename)?;
        take_flag(&mut answers, &mut flags, format!("--rename {rename}"), answer)?;
    }
    for given in &args.answer {
        take_flag(&mut answers, &mut flags, format!("--answer {given}"), command::answer(given)?)?;
    }
    Ok((answers, flags))
}
