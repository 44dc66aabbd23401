//! `optimize`.

use std::path::Path;

use fastdjango_core::command::files;
use fastdjango_core::diagnostic::Diagnostic;
use fastdjango_core::error::{Error, Result};
use fastdjango_core::migration::{OperationsDocument, parse_operations};
use fastdjango_core::operation::optimize;

use super::{Context, stdin};
use crate::args::Optimize;
use crate::{exit, print};

pub(crate) fn run(context: &Context, args: &Optimize) -> Result<u8> {
    let (shown, text) = match &args.file {
        Some(path) if path.as_os_str() != "-" => (files::shown(path), read(path)?),
        Some(_) | None => ("standard input".to_owned(), stdin()?),
    };
    let OperationsDocument { app, operations } = parse_operations(&shown, &text).map_err(Error::invalid)?;
    let before = operations.len();
    let operations = optimize(&app, operations);
    print::optimized(context, &OperationsDocument { app, operations }, before);
    Ok(exit::DONE)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", files::shown(path));
        Error::failed(Diagnostic::error("E008", message).help("see that it is there and that you may read it"))
    })
}
