//! `optimizemigration`.

use fastdjango_core::command::optimizemigration;
use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::error::Result;

use super::{Context, history};
use crate::args::Shorten;
use crate::{exit, print};

pub(crate) fn run(context: &Context, args: &Shorten) -> Result<u8> {
    let project = context.project_there()?;
    let app = args.app.as_str().into();
    // Nothing is written by a check, so nobody need be asked.
    let (history, unasked) = if args.check {
        (None, Diagnostics::default())
    } else {
        history(context, &project).map(|(history, unasked)| (Some(history), unasked))?
    };
    let mut report = optimizemigration(&project, &app, &args.name, history.as_ref())?;
    report.warnings.0.splice(0..0, unasked.0);
    print::diagnostics(context.output, &report.warnings);
    print::shortened(context, &report, args.check);
    Ok(if args.check && report.made.is_some() { exit::FOUND } else { exit::DONE })
}
