//! `history`.

use fastdjango_core::backend::{Access, Entry};
use fastdjango_core::error::Result;

use super::{Context, labels};
use crate::args::History;
use crate::{exit, print};

pub(crate) async fn run(context: &Context, args: &History) -> Result<u8> {
    let project = context.project()?;
    let mut connection = context.connect(&project, Access::Read).await?;
    let history = connection.history().await?;
    connection.close().await?;
    // An app that is gone has a past as well, so that any name may be asked for.
    let apps = labels(&args.apps);
    let wanted = history.events.into_iter().filter(|entry| apps.is_empty() || apps.contains(&entry.migration.app));
    let mut events: Vec<Entry> = wanted.collect();
    let skipped = args.last.map_or(0, |last| events.len().saturating_sub(last as usize));
    print::events(context, &events.split_off(skipped));
    Ok(exit::DONE)
}
