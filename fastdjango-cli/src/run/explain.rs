//! `explain`.

use std::fmt::Write;

use fastdjango_core::diagnostic::Diagnostic;
use fastdjango_core::error::{Error, Result};
use fastdjango_core::source::nearest;

use super::Context;
use crate::args::Explain;
use crate::exit;
use crate::explain::{Entry, entries};
use crate::output::{STRONG, styled};

pub(crate) fn run(context: &Context, args: &Explain) -> Result<u8> {
    let all = entries();
    let text = match &args.code {
        Some(code) => {
            let entry = find(&all, code)?;
            if context.output.json { json(&entry) } else { shown(entry) }
        }
        None if context.output.json => json(&serde_json::json!({ "codes": all })),
        None => list(&all),
    };
    context.output.result(&text);
    Ok(exit::DONE)
}

fn find(all: &[Entry], code: &str) -> Result<Entry> {
    let wanted = code.to_uppercase();
    all.iter().find(|entry| entry.code == wanted).copied().ok_or_else(|| {
        let unknown = Diagnostic::error("E004", format!("there is no code `{code}`"));
        let unknown = match nearest(code, all.iter().map(|entry| entry.code)) {
            Some(near) => unknown.help(format!("did you mean `{near}`?")),
            None => unknown,
        };
        Error::invalid(unknown.help("`explain` alone lists all codes"))
    })
}

fn shown(entry: Entry) -> String {
    let Entry { code, title, text } = entry;
    format!("{}\n\n{text}\n", styled(STRONG, format_args!("{code}: {title}")))
}

fn list(all: &[Entry]) -> String {
    let mut text = String::new();
    for Entry { code, title, .. } in all {
        let _ = writeln!(text, "{}  {title}", styled(STRONG, code));
    }
    text
}

fn json(value: &impl serde::Serialize) -> String {
    format!("{}\n", serde_json::json!(value))
}
