//! What `makemigrations --merge` put into one line.

use std::fmt::Write;

use fastdjango_core::command::Merged;
use serde_json::json;

use super::make::indented;
use super::review;
use crate::output::{DIM, STRONG, styled};
use crate::run::Context;

/// Prints each file that changes: its new name and place, and whether its SQL is another; with `-v` the whole text.
pub(crate) fn merged(context: &Context, merged: &[Merged], dry_run: bool) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(merged, dry_run)));
    }
    if merged.is_empty() {
        return output.say("nothing to merge: every app has one last migration\n");
    }
    for merged in merged {
        output.say(&one(merged));
        if output.verbose || dry_run {
            output.say(&indented(&merged.made.text));
        }
    }
    output.say(&if dry_run { "nothing was written\n".to_owned() } else { review() });
}

fn one(merged: &Merged) -> String {
    let Merged { made, behind, rendered } = merged;
    let was = match &made.was {
        Some(was) if was.name == made.migration.name => "  changed".to_owned(),
        Some(was) => format!("  rebased, was {}", was.name),
        None => "  merges".to_owned(),
    };
    let app = made.migration.app.to_string();
    let mut text = format!("{}  {}{was}\n", styled(STRONG, &app), Context::shown(&made.path));
    for other in behind {
        let _ = writeln!(text, "      after {other}");
    }
    for engine in rendered {
        let _ = writeln!(
            text,
            "      {}",
            styled(DIM, format!("{engine}: rendered again, for the tables that it finds now"))
        );
    }
    text
}

fn document(merged: &[Merged], dry_run: bool) -> serde_json::Value {
    let files = merged.iter().map(|Merged { made, behind, rendered }| {
        json!({
            "app": made.migration.app,
            "name": made.migration.name,
            "path": made.path,
            "was": made.was,
            "after": behind,
            "dependencies": made.migration.dependencies,
            "rendered": rendered,
        })
    });
    json!({ "migrations": files.collect::<Vec<_>>(), "written": !dry_run && !merged.is_empty() })
}
