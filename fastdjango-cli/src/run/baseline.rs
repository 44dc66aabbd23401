//! `baseline`.

use std::time::Duration;

use fastdjango_core::backend::{Access, RunOptions};
use fastdjango_core::command::{BaselineOptions, baseline};
use fastdjango_core::error::Result;

use super::Context;
use crate::args::Baseline;
use crate::{exit, print};

pub(crate) async fn run(context: &Context, args: &Baseline) -> Result<u8> {
    let project = context.project_there()?;
    let access = if args.plan { Access::Read } else { Access::Write };
    let mut connection = context.connect(&project, access).await?;
    let up_to = args.app.as_deref().map(|app| (app.into(), args.name.as_deref().map(Into::into)));
    let run = RunOptions { wait: Duration::from_secs(args.wait), ..RunOptions::default() };
    let options = BaselineOptions { up_to, plan_only: args.plan, run };
    let report = baseline(&project, &mut connection, &options).await?;
    connection.close().await?;
    print::diagnostics(context.output, &report.warnings);
    print::baselined(context, &report, args.plan);
    Ok(exit::DONE)
}
