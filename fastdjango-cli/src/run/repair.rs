//! `repair`.

use std::time::Duration;

use fastdjango_core::backend::{Access, RunOptions};
use fastdjango_core::command::{self, RepairOptions};
use fastdjango_core::error::Result;

use super::Context;
use crate::args::Repair;
use crate::{exit, print, prompt};

pub(crate) async fn run(context: &Context, args: &Repair) -> Result<u8> {
    let project = context.project_there()?;
    let access = if args.plan { Access::Read } else { Access::Write };
    let mut connection = context.connect(&project, access).await?;
    let mut options = RepairOptions {
        app: args.app.as_deref().map(Into::into),
        name: args.name.clone(),
        plan_only: args.plan,
        confirmed: context.global.yes,
        run: RunOptions { wait: Duration::from_secs(args.wait), ..RunOptions::default() },
    };
    if !args.plan && !options.confirmed && context.output.interactive() {
        let plan = RepairOptions { plan_only: true, ..options.clone() };
        let plan = command::repair(&project, &mut connection, &plan).await?;
        options.confirmed = plan.repairs.is_empty() || prompt::confirm_repair(context.output, &plan)?;
    }
    let report = command::repair(&project, &mut connection, &options).await?;
    connection.close().await?;
    print::diagnostics(context.output, &report.warnings);
    print::repaired(context, &report);
    Ok(exit::DONE)
}
