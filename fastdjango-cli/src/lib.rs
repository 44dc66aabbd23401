//! The command line of fastdjango: arguments, questions, printing, exit codes.
//!
//! A project's own program calls [`main`], through `fastdjango::main!`, so that its models are linked into it.

mod args;
mod exit;
mod explain;
mod output;
mod print;
mod prompt;
mod run;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
use fastdjango_core::migration::{self, EmbeddedCrate};
use fastdjango_core::model::{self, ModelDef};

use crate::args::Cli;
use crate::output::Output;

/// Runs the command that the process was called with, for the project of `manifest_dir` (or of `--project`).
///
/// Returns the exit code; every error is printed before.
#[must_use]
pub fn main(manifest_dir: &str) -> ExitCode {
    main_with(Path::new(manifest_dir), &model::registered())
}

/// The same for models that the caller names instead of those that are linked in.
#[must_use]
pub fn main_with(manifest_dir: &Path, models: &[&'static ModelDef]) -> ExitCode {
    main_of(manifest_dir, models, &migration::registered())
}

/// The same for models and migrations that the caller names instead of those that are linked in.
#[must_use]
pub fn main_of(manifest_dir: &Path, models: &[&'static ModelDef], carried: &[&'static EmbeddedCrate]) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return exit::exit(if error.use_stderr() { misused(&error) } else { exit::DONE });
        }
    };
    let output = Output::new(&cli.global);
    match run::run(&cli, output, manifest_dir, (models, carried)) {
        Ok(exit::DONE) if output::lost() => {
            let diagnostic = Diagnostic::error("E005", "not everything could be written to stdout")
                .note("the command itself is done")
                .help("make room where the output goes, or send it elsewhere");
            fail(output, &diagnostic.into());
            exit::exit(exit::FAILED)
        }
        Ok(code) => exit::exit(code),
        Err(error) => {
            fail(output, error.diagnostics());
            exit::exit(exit::code(&error))
        }
    }
}

/// Wrong usage: who asked for JSON gets it here too, though the flags were never understood.
fn misused(error: &clap::Error) -> u8 {
    if std::env::args_os().any(|argument| argument == "--json") {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first);
        let diagnostic = Diagnostic::error("E002", message).help("`--help` lists what there is");
        output::document(&serde_json::json!({ "error": [diagnostic] }));
    }
    exit::USAGE
}

fn fail(output: Output, diagnostics: &Diagnostics) {
    print::diagnostics(output, diagnostics);
    print::more(output, diagnostics);
    if output.json {
        output.result(&format!("{}\n", serde_json::json!({ "error": diagnostics })));
    }
}
