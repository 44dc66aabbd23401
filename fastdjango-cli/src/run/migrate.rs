//! `migrate`.

use std::time::Duration;

use fastdjango_core::backend::{Access, Connection, Interrupt, RunOptions};
use fastdjango_core::command::{self, MigrateOptions, MigrateReport, Project, Target, rollback};
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
use fastdjango_core::error::{Error, ErrorKind, Result};

use super::Context;
use crate::args::Migrate;
use crate::{exit, print, prompt};

pub(crate) async fn run(context: &Context, args: &Migrate) -> Result<u8> {
    let project = context.project()?;
    if args.init {
        let report = command::init(&project)?;
        if !report.questions.is_empty() {
            let questions = report.questions.iter().map(fastdjango_core::detect::Question::diagnostic).collect();
            return Err(Error::new(ErrorKind::Unanswered, Diagnostics(questions)));
        }
        print::made(context, &report, false);
    }
    let writes = !args.plan && !args.check;
    let access = if writes { Access::Write } else { Access::Read };
    let mut connection = context.connect(&project, access).await?;
    let options = options(args, context.global.yes);
    let report = perform(context, args, &project, &mut connection, &options).await?;
    connection.close().await?;
    print::diagnostics(context.output, &report.warnings);
    print::migrated(context, &report, writes);
    Ok(if args.check && !report.plan.is_empty() { exit::FOUND } else { exit::DONE })
}

async fn perform(
    context: &Context,
    args: &Migrate,
    project: &Project,
    connection: &mut Connection,
    options: &MigrateOptions,
) -> Result<MigrateReport> {
    let mut progress = print::Progress::new(context, project);
    let mut options = options.clone();
    if args.rollback.is_some() || options.target != Target::Latest {
        let preview =
            once(args, project, connection, &MigrateOptions { plan_only: true, ..options.clone() }, &mut |_| {})
                .await?;
        if !preview.losses.is_empty() && !options.allow_loss && !options.plan_only && context.output.interactive() {
            options.allow_loss = prompt::confirm(context.output, &preview.losses)?;
        }
    }
    listen(&options.run.interrupt);
    let report = once(args, project, connection, &options, &mut |notice| progress.notice(&notice)).await;
    match report {
        Err(error) if error.code() == "E613" && context.output.interactive() => {
            options.allow_rerendered = prompt::confirm_sql(context.output, error.diagnostics())?;
            if !options.allow_rerendered {
                return Err(declined());
            }
            once(args, project, connection, &options, &mut |notice| progress.notice(&notice)).await
        }
        report => report,
    }
}

/// The statements were read a moment ago: they are not told again.
fn declined() -> Error {
    Error::new(ErrorKind::Unanswered, Diagnostic::error("E613", "the SQL was not confirmed").note("nothing was run"))
}

async fn once(
    args: &Migrate,
    project: &Project,
    connection: &mut Connection,
    options: &MigrateOptions,
    notice: &mut (dyn FnMut(command::Notice) + Send),
) -> Result<MigrateReport> {
    match args.rollback {
        Some(count) => rollback(project, connection, count, options, notice).await,
        None => command::migrate(project, connection, options, notice).await,
    }
}

fn options(args: &Migrate, yes: bool) -> MigrateOptions {
    let target = match (&args.app, args.target.as_deref()) {
        (None, _) => Target::Latest,
        (Some(app), None) => Target::App(app.as_str().into()),
        (Some(app), Some("zero")) => Target::Zero(app.as_str().into()),
        (Some(app), Some(name)) => Target::Migration(app.as_str().into(), name.into()),
    };
    MigrateOptions {
        target,
        fake: args.fake,
        plan_only: args.plan || args.check,
        allow_loss: yes,
        allow_rerendered: yes,
        backup: args.backup.clone(),
        run: RunOptions { wait: Duration::from_secs(args.wait), ..RunOptions::default() },
    }
}

/// The first signal lets the step in flight end; the second stops it too.
#[cfg(unix)]
fn listen(interrupt: &Interrupt) {
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
fn listen(interrupt: &Interrupt) {
    let interrupt = interrupt.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            exit::signalled(exit::INTERRUPTED);
            interrupt.signal();
        }
    });
}
