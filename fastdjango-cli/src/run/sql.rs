//! `sqlmigrate`.

use fastdjango_core::backend::Direction;
use fastdjango_core::command::sqlmigrate;
use fastdjango_core::diagnostic::Diagnostic;
use fastdjango_core::error::{Error, Result};
use fastdjango_core::field::{Engine, UnknownEngine};
use fastdjango_core::settings::Database;

use super::Context;
use crate::args::SqlArgs;
use crate::exit;

pub(crate) fn run(context: &Context, args: &SqlArgs) -> Result<u8> {
    let project = if args.backend.is_some() { context.project()? } else { context.project_there()? };
    let database = match &args.backend {
        Some(name) => Database::new(engine(name)?, ""),
        None => project.database(context.global.database())?,
    };
    let direction = if args.backwards { Direction::Backward } else { Direction::Forward };
    let statements = sqlmigrate(&project, &args.app.as_str().into(), &args.name, &database, direction)?;
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

pub(super) fn engine(name: &str) -> Result<Engine> {
    name.parse().map_err(|unknown: UnknownEngine| Error::invalid(Diagnostic::error("E404", unknown.to_string())))
}
