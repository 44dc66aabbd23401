//! `migrate`.

use std::time::Duration;

use fastdjango_core::backend::{Access, Connection, Interrupt, RunOptions};
use fastdjango_core::command::{self, MakeReport, MigrateOptions, MigrateReport, Project, Target};
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
use fastdjango_core::error::{Error, ErrorKind, Result};

use super::{Context, THREADS, all, prune};
use crate::args::{Migrate, Resume};
use crate::{exit, print, prompt};

pub(crate) async fn run(context: &Context, args: &Migrate) -> Result<u8> {
    let project = context.project()?;
    let made = if args.init { Some(init(context, &project)?) } else { None };
    if args.all {
        return all::run(context, &project, args, made.as_ref()).await;
    }
    let project = project.on(context.global.database())?;
    if args.prune {
        return prune::run(context, &project, args).await;
    }
    let writes = !args.plan && !args.check;
    let access = if writes { Access::Write } else { Access::Read };
    let mut connection = context.connect(&project, access).await?;
    let options = options(args, context.global.yes);
    let report = perform(context, &project, &mut connection, &options).await?;
    connection.close().await?;
    print::diagnostics(context.output, &report.warnings);
    print::migrated(context, &report, &options, made.as_ref());
    if context.global.database.is_none() && options.target == Target::Latest {
        print::elsewhere(context.output, &project);
    }
    Ok(if args.check && !report.plan.is_empty() { exit::FOUND } else { exit::DONE })
}

/// Many databases are planned for on as many threads as the machine has processors, and there is work for.
pub(super) fn threads(args: &Migrate) -> usize {
    if !args.all {
        return THREADS;
    }
    let processors = std::thread::available_parallelism().map_or(THREADS, usize::from);
    processors.min(usize::from(args.jobs)).max(THREADS)
}

/// Makes what is missing; with `--json` the report is a part of the one document that ends the run.
fn init(context: &Context, project: &Project) -> Result<MakeReport> {
    let report = command::init(project)?;
    if !report.questions.is_empty() {
        let questions = report.questions.iter().map(fastdjango_core::detect::Question::diagnostic).collect();
        return Err(Error::new(ErrorKind::Unanswered, Diagnostics(questions)));
    }
    if !context.output.json {
        print::made(context, &report, false);
    }
    Ok(report)
}

async fn perform(
    context: &Context,
    project: &Project,
    connection: &mut Connection,
    options: &MigrateOptions,
) -> Result<MigrateReport> {
    let mut progress = print::Progress::new(context, project);
    let mut options = options.clone();
    if options.target != Target::Latest {
        let preview = MigrateOptions { plan_only: true, ..options.clone() };
        let preview = command::migrate(project, connection, &preview, &mut |_| {}).await?;
        if !preview.losses.is_empty() && !options.allow_loss && !options.plan_only && context.output.interactive() {
            options.allow_loss = prompt::confirm(context.output, &preview.losses)?;
        }
    }
    listen(&options.run.interrupt);
    let report = command::migrate(project, connection, &options, &mut |notice| progress.notice(&notice)).await;
    match report {
        Err(error) if error.code() == "E613" && context.output.interactive() => {
            options.allow_rerendered = prompt::confirm_sql(context.output, error.diagnostics())?;
            if !options.allow_rerendered {
                return Err(declined());
            }
            command::migrate(project, connection, &options, &mut |notice| progress.notice(&notice)).await
        }
        report => report,
    }
}

/// The statements were read a moment ago: they are not told again.
fn declined() -> Error {
    Error::new(ErrorKind::Unanswered, Diagnostic::error("E613", "the SQL was not confirmed").note("nothing was run"))
}

fn target(args: &Migrate) -> Target {
    let app = args.app.as_deref().map(Into::into);
    match (app, args.target.as_deref(), args.rollback) {
        (app, _, Some(count)) => Target::Last { count: count as usize, app },
        (None, _, None) => Target::Latest,
        (Some(app), None, None) => Target::App(app),
        (Some(app), Some("zero"), None) => Target::Zero(app),
        (Some(app), Some(name), None) => Target::Migration(app, name.into()),
    }
}

pub(super) fn options(args: &Migrate, yes: bool) -> MigrateOptions {
    MigrateOptions {
        target: target(args),
        fake: args.fake,
        fake_initial: args.fake_initial,
        plan_only: args.plan || args.check,
        allow_loss: yes,
        allow_rerendered: yes,
        backup: args.backup.clone(),
        resume: args.resume.map(|resume| match resume {
            Resume::Journal => command::Resume::Journal,
            Resume::Abort => command::Resume::Abort,
        }),
        run: RunOptions {
            wait: Duration::from_secs(args.wait),
            lock_timeout: Duration::from_secs(args.lock_timeout),
            ..RunOptions::default()
        },
    }
}

/// The first signal lets the step in flight end; the second stops it too.
#[cfg(unix)]
pub(super) fn listen(interrupt: &Interrupt) {
    use tokio::signal::unix::{SignalKind, signal};
    for (kind, code) in [(SignalKind::interrupt(), exit::INTERRUPTED), (SignalKind::terminate(), exit::TERMINATED)] {
        let Ok(mut signals) = signal(kind) else { continue };
        let interrupt = interrupt.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                exit::signalled(code);
                interrupt.signal();
            }
        });
    }
}

/// The first signal lets the step in flight end; the second stops it too.
#[cfg(not(unix))]
pub(super) fn listen(interrupt: &Interrupt) {
    let interrupt = interrupt.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            exit::signalled(exit::INTERRUPTED);
            interrupt.signal();
        }
    });
}
