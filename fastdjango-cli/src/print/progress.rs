//! A run as it goes: a line a migration, and on a terminal what is being done right now.

use std::time::Duration;

use fastdjango_core::backend::{Outcome, Progress as Step};
use fastdjango_core::command::{Direction, Notice, Project, Ran};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::migrate::ran;
use crate::output::{DIM, Output, STRONG, styled};
use crate::run::Context;

/// Prints the notices of a run.
pub(crate) struct Progress {
    output: Output,
    heading: Option<String>,
    width: usize,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(context: &Context, project: &Project) -> Self {
        let database = context.global.database();
        let described = project.database(database).map(|database| database.describe()).unwrap_or_default();
        let width = project.apps.iter().map(|app| app.label.as_str().chars().count()).max().unwrap_or(0);
        let heading = Some(format!("{} ({described})\n", styled(STRONG, database)));
        Self { output: context.output, heading, width, bar: None }
    }

    pub(crate) fn notice(&mut self, notice: &Notice) {
        if self.output.json {
            return self.line(notice);
        }
        match notice {
            Notice::Started(migration, _) => {
                if let Some(heading) = self.heading.take() {
                    self.output.say(&heading);
                }
                self.bar = self.output.interactive().then(|| spinner(&migration.to_string()));
            }
            Notice::Progress(step) => self.step(step),
            Notice::Finished(ran) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                self.output.say(&self.finished(ran));
            }
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Waiting => self.output.remark("waiting for another migrator\n"),
            Step::StepStarted { number, of, .. } => {
                if let Some(bar) = &self.bar {
                    bar.set_prefix(format!("step {number} of {of}"));
                }
            }
            Step::Statement(sql) if self.output.verbose => {
                let sql = sql.replace('\n', "\n      ");
                self.output.say(&format!("      {}\n", styled(DIM, sql)));
            }
            Step::Statement(_) | Step::StepFinished { .. } => {}
        }
    }

    fn finished(&self, ran: &Ran) -> String {
        let sign = if ran.direction == Direction::Forward { " " } else { "-" };
        let name = format!("{sign} {:width$}  {}", ran.migration.app.as_str(), ran.migration.name, width = self.width);
        match &ran.outcome {
            Outcome::AlreadyDone => format!("{name:54}  done by another migrator\n"),
            Outcome::Recorded => format!("{name:54}  recorded only\n"),
            Outcome::GivenUp => format!("{name:54}  given up\n"),
            Outcome::Done { elapsed, rebuilt } => {
                let tables = rebuilt.iter().map(|t| format!("   {} rebuilt, {}", t.table, rows(t.rows)));
                format!("{name:54} {:>8}{}\n", duration(*elapsed), tables.collect::<String>())
            }
        }
    }

    fn line(&self, notice: &Notice) {
        let document = match notice {
            Notice::Started(migration, _) => json!({ "event": "started", "migration": migration }),
            Notice::Finished(finished) => json!({ "event": "finished", "migration": ran(finished) }),
            Notice::Progress(Step::Waiting) => json!({ "event": "waiting" }),
            Notice::Progress(Step::StepStarted { number, of, .. }) => {
                json!({ "event": "step", "number": number, "of": of })
            }
            Notice::Progress(_) => return,
        };
        self.output.remark(&format!("{document}\n"));
    }
}

fn spinner(name: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(name.to_owned());
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}  {prefix}  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Two digits that matter: `9 ms`, `1.2 s`, `3 min 20 s`.
pub(super) fn duration(elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis();
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..10_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        10_000..60_000 => format!("{} s", milliseconds / 1_000),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds / 1_000 % 60),
    }
}

fn rows(number: u64) -> String {
    format!("{} row{}", thousands(number), if number == 1 { "" } else { "s" })
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(1_204_332), "1,204,332");
        assert_eq!(rows(1), "1 row");
        assert_eq!(rows(999), "999 rows");
        assert_eq!(duration(Duration::from_millis(1_234)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(200)), "3 min 20 s");
    }
}
