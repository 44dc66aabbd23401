//! `migrate --prune`.

use std::time::Duration;

use fastdjango_core::backend::{Access, RunOptions};
use fastdjango_core::command::{self, Project, PruneOptions};
use fastdjango_core::error::Result;

use super::Context;
use crate::args::Migrate;
use crate::{exit, print};

pub(super) async fn run(context: &Context, project: &Project, args: &Migrate) -> Result<u8> {
    let access = if args.plan { Access::Read } else { Access::Write };
    let mut connection = context.connect(project, access).await?;
    let run = RunOptions { wait: Duration::from_secs(args.wait), ..RunOptions::default() };
    let report = command::prune(project, &mut connection, &PruneOptions { plan_only: args.plan, run }).await?;
    connection.close().await?;
    print::pruned(context, &report);
    Ok(exit::DONE)
}
