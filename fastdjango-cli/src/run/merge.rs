//! `makemigrations --merge`.

use fastdjango_core::command::{MergeHow, MergeOptions, merge};
use fastdjango_core::error::Result;

use super::{Context, labels};
use crate::args::{Make, Merge};
use crate::{exit, print};

pub(crate) fn run(context: &Context, args: &Make, how: Merge) -> Result<u8> {
    let how = match how {
        Merge::Rebase => MergeHow::Rebase,
        Merge::Migration => MergeHow::Migration,
    };
    let dry_run = args.dry_run || args.check;
    let options = MergeOptions { apps: labels(&args.apps), name: args.name.clone(), how, dry_run };
    let merged = merge(&context.project()?, &options)?;
    print::merged(context, &merged, dry_run);
    Ok(if args.check && !merged.is_empty() { exit::FOUND } else { exit::DONE })
}
