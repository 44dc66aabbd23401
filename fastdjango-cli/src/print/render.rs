//! What `render` wrote.

use std::fmt::Write;

use fastdjango_core::command::{RenderReport, Rendered};
use fastdjango_core::migration::{SqlSection, Step};
use serde_json::json;
use similar::TextDiff;

use super::review;
use crate::run::Context;

/// Prints every section that was written, with the difference to what stood there.
pub(crate) fn rendered(context: &Context, report: &RenderReport) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(report)));
    }
    if report.rendered.is_empty() {
        return output.say("nothing to do: the SQL of every migration is that of its operations\n");
    }
    for rendered in &report.rendered {
        let mut text = format!("{}  [sql.{}]\n", Context::shown(&rendered.path), rendered.engine);
        text.push_str(&difference(rendered));
        output.say(&text);
    }
    output.say(&review());
}

fn difference(rendered: &Rendered) -> String {
    let before = rendered.previous.as_ref().map(lines).unwrap_or_default();
    let after = lines(&rendered.next);
    let mut text = String::new();
    for change in TextDiff::from_lines(&before, &after).iter_all_changes() {
        if change.tag() != similar::ChangeTag::Equal {
            let _ = write!(text, "  {}{}", change.tag(), change.value());
        }
    }
    text
}

fn lines(section: &SqlSection) -> String {
    let mut text = String::new();
    for (word, steps) in [("up", Some(&section.up)), ("down", section.down.as_ref())] {
        for statement in steps.into_iter().flatten().flat_map(Step::statements) {
            for line in statement.lines() {
                let _ = writeln!(text, " {word}  {line}");
            }
        }
    }
    text
}

fn document(report: &RenderReport) -> serde_json::Value {
    let rendered = report.rendered.iter().map(|rendered| {
        json!({
            "migration": rendered.migration,
            "engine": rendered.engine,
            "path": rendered.path,
            "previous": rendered.previous,
            "next": rendered.next,
        })
    });
    json!({ "rendered": rendered.collect::<Vec<_>>() })
}
