//! `migrate --all`.

use fastdjango_core::command::{AllOptions, AllReport, End, MakeReport, Project, migrate_all};
use fastdjango_core::error::Result;

use super::{Context, migrate};
use crate::args::Migrate;
use crate::{exit, print};

/// Migrates many databases; nothing is asked in the middle of it, and what wants a word fails without `--yes`.
pub(super) async fn run(context: &Context, project: &Project, args: &Migrate, made: Option<&MakeReport>) -> Result<u8> {
    let options = AllOptions {
        database: context.global.database.clone(),
        jobs: usize::from(args.jobs),
        fail_fast: args.fail_fast,
        migrate: migrate::options(args, context.global.yes),
    };
    migrate::listen(&options.migrate.run.interrupt);
    let mut progress = print::All::new(context.output, &options.migrate, args.plan);
    let report = migrate_all(project, &options, &mut |notice| progress.notice(&notice)).await?;
    progress.finished(&report, made);
    Ok(code(&report, args.check, options.migrate.run.interrupt.requested()))
}

/// That of the worst failure; where all went well, what `--check` found.
fn code(report: &AllReport, check: bool, stopped: bool) -> u8 {
    let due = |end: &End| matches!(end, End::Done(report) if !report.plan.is_empty());
    match report.worst() {
        Some(error) => exit::code(error),
        None if stopped => exit::signal(),
        None if check && report.databases.iter().any(|one| due(&one.end)) => exit::FOUND,
        None => exit::DONE,
    }
}
