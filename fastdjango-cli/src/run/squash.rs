//! `squashmigrations`.

use fastdjango_core::command::squashmigrations;
use fastdjango_core::error::Result;

use super::Context;
use crate::args::Squash;
use crate::{exit, print};

pub(crate) fn run(context: &Context, args: &Squash) -> Result<u8> {
    let (from, to) = match args.range.as_slice() {
        [from, to] => (Some(from.as_str()), to.as_str()),
        [to] => (None, to.as_str()),
        _ => (None, ""),
    };
    let report = squashmigrations(&context.project()?, &args.app.as_str().into(), (from, to), args.dry_run)?;
    print::squashed(context, &report, args.dry_run);
    Ok(exit::DONE)
}
