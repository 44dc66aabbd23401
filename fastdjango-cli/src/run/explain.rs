//! `explain`.

use fastdjango_core::diagnostic::{Diagnostic, explain};
use fastdjango_core::error::{Error, Result};

use super::Context;
use crate::args::Explain;
use crate::exit;

pub(crate) fn run(context: &Context, args: &Explain) -> Result<u8> {
    let Some(text) = explain(&args.code.to_uppercase()) else {
        return Err(Error::invalid(
            Diagnostic::error("E002", format!("there is no code `{}`", args.code))
                .help("a code is a letter and three digits, as in `error[E301]`"),
        ));
    };
    context.output.result(&format!("{text}\n"));
    Ok(exit::DONE)
}
