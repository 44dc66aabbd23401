//! Diagnostics as rustc shows them: the line of source, the reasons, and the ways out.

use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use fastdjango_core::command::files::SETTINGS_FILE;
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics, Location, Severity};

use super::command;
use crate::output::{DIM, Output, styled};

/// Prints every diagnostic to stderr.
pub(crate) fn diagnostics(output: Output, all: &Diagnostics) {
    for diagnostic in all {
        if output.quiet && diagnostic.severity == Severity::Warning {
            continue;
        }
        output.remark(&format!("{}\n", render(diagnostic, output.colored_errors())));
    }
}

/// Says once where there is more to read, to a person at a terminal.
pub(crate) fn more(output: Output, all: &Diagnostics) {
    let first = all.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    if let Some(first) = first.filter(|_| output.interactive() && !output.quiet) {
        let more = command(&format!("explain {}", first.code));
        output.remark(&format!("{}\n", styled(DIM, format_args!("more: {more}"))));
    }
}

fn render(diagnostic: &Diagnostic, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code));
    let source = diagnostic.location.as_ref().and_then(source_line);
    if let Some(location) = &diagnostic.location {
        group = match &source {
            Some((line, span)) => group.element(
                Snippet::source(line.as_str())
                    .path(location.file.as_str())
                    .line_start(location.line as usize)
                    .annotation(AnnotationKind::Primary.span(span.clone())),
            ),
            None => group.element(origin(location)),
        };
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    for help in &diagnostic.helps {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

fn origin(location: &Location) -> Origin<'_> {
    let mut origin = Origin::path(location.file.as_str());
    if location.line > 0 {
        origin = origin.line(location.line as usize);
    }
    if location.column > 0 {
        origin = origin.char_column(location.column as usize);
    }
    origin
}

/// The line that the location names, and the part of it to underline.
fn source_line(location: &Location) -> Option<(String, std::ops::Range<usize>)> {
    let text = std::fs::read_to_string(find(&location.file)?).ok()?;
    let line = text.lines().nth((location.line as usize).checked_sub(1)?)?;
    let line = if location.file.ends_with(SETTINGS_FILE) { without_secret(line)? } else { line.to_owned() };
    let start = (location.column as usize).saturating_sub(1);
    let start = line.char_indices().nth(start).map_or_else(|| line.rfind('…').unwrap_or(0), |(at, _)| at);
    let end = line.find("//").filter(|at| *at > start).unwrap_or(line.len());
    let end = start + line[start..end].trim_end().trim_end_matches([',', '{']).trim_end().len();
    let end = end.max(start + 1).min(line.len().max(start));
    Some((line, start..end))
}

/// Keys of the settings whose value is no secret.
const PLAIN: [&str; 14] = [
    "engine",
    "name",
    "names",
    "names_from",
    "schemas",
    "schemas_from",
    "apps",
    "user",
    "host",
    "port",
    "sslmode",
    "naming",
    "render",
    "target",
];

/// A line of the settings as it may be shown: of any other key, also of one that is misspelt, only the key.
fn without_secret(line: &str) -> Option<String> {
    if line.trim_start().starts_with('[') {
        return Some(line.to_owned());
    }
    let (key, _) = line.split_once('=')?;
    let plain = PLAIN.contains(&key.trim()) && !line.contains("://");
    Some(if plain { line.to_owned() } else { format!("{key}= …") })
}

/// The compiler names files from the workspace's root, which may be above the current folder.
fn find(file: &str) -> Option<PathBuf> {
    let path = Path::new(file);
    if path.is_file() {
        return Some(path.to_owned());
    }
    let here = std::env::current_dir().ok()?;
    here.ancestors().skip(1).map(|folder| folder.join(path)).find(|candidate| candidate.is_file())
}
