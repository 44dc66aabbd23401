//! `heads`.

use fastdjango_core::error::Result;

use super::{Context, labels};
use crate::args::Heads;
use crate::{exit, print};

pub(crate) fn run(context: &Context, args: &Heads) -> Result<u8> {
    let project = if context.global.database.is_some() { context.project_there()? } else { context.project()? };
    let apps = labels(&args.apps);
    project.known_apps(&apps)?;
    let mut heads = project.heads()?;
    heads.retain(|app, _| apps.is_empty() || apps.contains(app));
    print::heads(context, &heads);
    Ok(exit::DONE)
}
