//! `render`.

use fastdjango_core::command::render;
use fastdjango_core::error::Result;
use fastdjango_core::name::AppLabel;

use super::Context;
use crate::args::Render;
use crate::{exit, print};

pub(crate) fn run(context: &Context, args: &Render) -> Result<u8> {
    let project = context.project()?;
    let app = args.app.as_deref().map(AppLabel::from);
    let report = render(&project, app.as_ref(), args.name.as_deref(), args.force)?;
    print::diagnostics(context.output, &report.warnings);
    print::rendered(context, &report);
    Ok(exit::DONE)
}
