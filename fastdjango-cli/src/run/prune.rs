//! `migrate --prune`.

use std::time::Duration;

use fastdjango_core::backend::{Access, RunOptions};
use fastdjango_core::command::{self, Project, PruneOptions};
use fastdjango_core::error::Result;

use super::Context;
use crate::args::Migrate;
use crate::{exit, print, prompt};

pub(super) async fn run(context: &Context, project: &Project, args: &Migrate) -> Result<u8> {
    let access = if args.plan { Access::Read } else { Access::Write };
    let mut connection = context.connect(project, access).await?;
    let mut options = PruneOptions {
        plan_only: args.plan,
        confirmed: context.global.yes,
        run: RunOptions { wait: Duration::from_secs(args.wait), ..RunOptions::default() },
    };
    if !args.plan && !options.confirmed && context.output.interactive() {
        let plan = PruneOptions { plan_only: true, ..options.clone() };
        let plan = command::prune(project, &mut connection, &plan).await?;
        options.confirmed = plan.pruned.is_empty() || prompt::confirm_prune(context.output, &plan)?;
    }
    let report = command::prune(project, &mut connection, &options).await?;
    connection.close().await?;
    print::pruned(context, &report);
    Ok(exit::DONE)
}
