//! `sqlmigrate`.

use fastdjango_core::backend::Direction;
use fastdjango_core::command::sqlmigrate;
use fastdjango_core::diagnostic::Diagnostic;
use fastdjango_core::error::{Error, Result};
use fastdjango_core::field::Engine;

use super::Context;
use crate::args::SqlArgs;
use crate::exit;

pub(crate) fn run(context: &Context, args: &SqlArgs) -> Result<u8> {
    let project = context.project()?;
    let engine = match &args.backend {
        Some(name) => name.parse::<Engine>().map_err(|e| Error::invalid(Diagnostic::error("E404", e.to_string())))?,
        None => project.database(&context.global.database)?.engine,
    };
    let direction = if args.backwards { Direction::Backward } else { Direction::Forward };
    let statements = sqlmigrate(&project, &args.app.as_str().into(), &args.name, engine, direction)?;
    if context.output.json {
        context.output.result(&format!("{}\n", serde_json::json!({ "statements": statements })));
    } else {
        for statement in &statements {
            let end = if statement.starts_with("--") { "" } else { ";" };
            context.output.result(&format!("{statement}{end}\n"));
        }
    }
    Ok(exit::DONE)
}
