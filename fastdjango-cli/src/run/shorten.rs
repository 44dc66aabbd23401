//! `optimizemigration`.

use fastdjango_core::command::optimizemigration;
use fastdjango_core::error::Result;

use super::{Context, history};
use crate::args::Shorten;
use crate::{exit, print};

pub(crate) fn run(context: &Context, args: &Shorten) -> Result<u8> {
    let project = context.project()?;
    let app = args.app.as_str().into();
    let report = if args.check {
        optimizemigration(&project, &app, &args.name, None)?
    } else {
        let (history, unasked) = history(context, &project)?;
        let mut report = optimizemigration(&project, &app, &args.name, Some(&history))?;
        report.warnings.0.splice(0..0, unasked.0);
        report
    };
    print::diagnostics(context.output, &report.warnings);
    print::shortened(context, &report, args.check);
    Ok(if args.check && report.made.is_some() { exit::FOUND } else { exit::DONE })
}
