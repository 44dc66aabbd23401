//! `migrate --all` as it goes, and its report: a line a database, in the order of the settings.

use std::collections::BTreeMap;
use std::time::Duration;

use fastdjango_core::backend::{Outcome, Progress as Step};
use fastdjango_core::command::{
    AllNotice, AllReport, Direction, End, MakeReport, MigrateOptions, MigrateReport, NamedDatabase, Notice, OneReport,
};
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics, Severity};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::progress::duration;
use super::{diagnostics, migrate};
use crate::output::{DIM, Output, document, styled};

/// Prints the notices of a run, and how it ended.
pub(crate) struct All {
    output: Output,
    options: MigrateOptions,
    /// Each migration of a plan is told.
    planned: bool,
    names: Vec<String>,
    width: usize,
    /// The lines that wait for one before them.
    lines: BTreeMap<usize, String>,
    told: usize,
    running: Vec<String>,
    bar: Option<ProgressBar>,
}

impl All {
    pub(crate) fn new(output: Output, options: &MigrateOptions, planned: bool) -> Self {
        let (names, lines, running) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { output, options: options.clone(), planned, names, width: 0, lines, told: 0, running, bar: None }
    }

    pub(crate) fn notice(&mut self, notice: &AllNotice<'_>) {
        if self.output.json {
            return self.event(notice);
        }
        match notice {
            AllNotice::Found(databases) => self.found(databases),
            AllNotice::Begun(named) => self.running.push(named.name.clone()),
            AllNotice::Went(named, Notice::Progress(Step::Waiting)) => {
                self.remark(&format!("{} waits for another migrator\n", named.name));
            }
            AllNotice::Went(named, Notice::Progress(Step::Statement(sql))) if self.output.verbose => {
                self.remark(&format!("{}\n", styled(DIM, format_args!("{}: {sql}", named.name))));
            }
            AllNotice::Went(..) => return,
            AllNotice::Ended(one) => self.ended(one),
        }
        self.show();
    }

    /// Ends the bar, prints the lines that are left, the reasons, and how many ended how.
    pub(crate) fn finished(&mut self, report: &AllReport, made: Option<&MakeReport>) {
        if self.output.json {
            return document(&whole(report, made));
        }
        for one in report.databases.iter().filter(|one| matches!(one.end, End::NotBegun)) {
            self.ended(one);
        }
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.output.say(&self.summary(report));
        for (names, diagnostic) in reasons(report) {
            if self.output.quiet && diagnostic.severity == Severity::Warning {
                continue;
            }
            self.output.remark(&format!("in {}:\n", some_of(&names)));
            diagnostics(self.output, &Diagnostics(vec![diagnostic]));
        }
    }

    fn found(&mut self, databases: &[NamedDatabase]) {
        self.names = databases.iter().map(|named| named.name.clone()).collect();
        self.width = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        if self.output.interactive() && !self.output.quiet {
            self.bar = Some(bar(databases.len()));
        }
    }

    fn ended(&mut self, one: &OneReport) {
        self.running.retain(|name| *name != one.name);
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        let Some(place) = self.names.iter().position(|name| *name == one.name) else { return };
        self.lines.insert(place, self.line(one));
        while let Some(line) = self.lines.remove(&self.told) {
            self.told += 1;
            match &self.bar {
                Some(bar) => bar.suspend(|| self.output.say(&line)),
                None => self.output.say(&line),
            }
        }
    }

    fn line(&self, one: &OneReport) -> String {
        let name = format!("{:width$}", one.name, width = self.width);
        match &one.end {
            End::Failed(error) => {
                let message = error.diagnostics().iter().next().map_or("", |first| first.message.as_str());
                format!("{name}  error[{}]: {}\n", error.code(), message.lines().next().unwrap_or_default())
            }
            End::NotBegun => format!("{name}  not begun\n"),
            End::Done(report) if report.plan.is_empty() && report.ran.is_empty() => {
                format!("{name}  {}\n", migrate::nothing(report, &self.options.target))
            }
            End::Done(report) if self.options.plan_only => {
                let plan = if self.planned { migrate::plan(report) } else { String::new() };
                format!("{name}  {}\n{plan}", due(report))
            }
            End::Done(report) => {
                format!("{name}  {:40} {:>8}\n", migrate::ended(report).join(", "), duration(elapsed(report)))
            }
        }
    }

    fn summary(&self, report: &AllReport) -> String {
        let count = |is: &dyn Fn(&End) -> bool| report.databases.iter().filter(|one| is(&one.end)).count();
        let busy = |end: &End| matches!(end, End::Done(report) if !report.plan.is_empty() || !report.ran.is_empty());
        let idle = |end: &End| matches!(end, End::Done(_)) && !busy(end);
        let done = if self.options.plan_only { "with something to do" } else { "migrated" };
        let parts = [
            (count(&busy), done),
            (count(&idle), "with nothing to do"),
            (count(&|end| matches!(end, End::Failed(_))), "failed"),
            (count(&|end| matches!(end, End::NotBegun)), "not begun"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        let of = report.databases.len();
        let nothing = if self.options.plan_only { "; nothing was run" } else { "" };
        let parts = parts.collect::<Vec<_>>().join(", ");
        format!("{of} database{}: {parts}{nothing}\n", if of == 1 { "" } else { "s" })
    }

    fn show(&self) {
        if let (Some(bar), Some(first)) = (&self.bar, self.running.first()) {
            let others = self.running.len() - 1;
            bar.set_message(if others == 0 { first.clone() } else { format!("{first} and {others} more") });
        }
    }

    fn remark(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.output.remark(text)),
            None => self.output.remark(text),
        }
    }

    fn event(&self, notice: &AllNotice<'_>) {
        let event = match notice {
            AllNotice::Found(databases) => json!({ "event": "found", "databases": databases.len() }),
            AllNotice::Begun(named) => json!({ "event": "begun", "database": named.name }),
            AllNotice::Went(named, Notice::Finished(ran)) => {
                json!({ "event": "finished", "database": named.name, "migration": migrate::ran(ran) })
            }
            AllNotice::Went(named, Notice::Progress(Step::Waiting)) => {
                json!({ "event": "waiting", "database": named.name })
            }
            AllNotice::Went(..) => return,
            AllNotice::Ended(one) => json!({ "event": "ended", "database": one.name, "end": word(&one.end) }),
        };
        self.output.remark(&format!("{event}\n"));
    }
}

fn bar(databases: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(databases).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("  {bar:30} {pos}/{len}  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// How many migrations would run, and which way.
fn due(report: &MigrateReport) -> String {
    let count = report.plan.len();
    let back = report.plan.iter().any(|planned| planned.direction == Direction::Backward);
    format!("{count} migration{} to {}", if count == 1 { "" } else { "s" }, if back { "undo" } else { "apply" })
}

fn elapsed(report: &MigrateReport) -> Duration {
    let each = report.ran.iter().map(|ran| match ran.outcome {
        Outcome::Done { elapsed, .. } => elapsed,
        Outcome::AlreadyDone | Outcome::Recorded | Outcome::GivenUp => Duration::ZERO,
    });
    each.sum()
}

/// Errors and warnings, each once, with the databases that it is of.
fn reasons(report: &AllReport) -> Vec<(Vec<&str>, Diagnostic)> {
    let mut reasons: Vec<(Vec<&str>, Diagnostic)> = Vec::new();
    for one in &report.databases {
        let found = match &one.end {
            End::Done(report) => &report.warnings,
            End::Failed(error) => error.diagnostics(),
            End::NotBegun => continue,
        };
        for diagnostic in found {
            match reasons.iter_mut().find(|(_, known)| known == diagnostic) {
                Some((names, _)) => names.push(&one.name),
                None => reasons.push((vec![&one.name], diagnostic.clone())),
            }
        }
    }
    reasons
}

/// The first few names, and how many more there are.
fn some_of(names: &[&str]) -> String {
    const FEW: usize = 3;
    match names.len().saturating_sub(FEW) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..FEW].join(", ")),
    }
}

fn word(end: &End) -> &'static str {
    match end {
        End::Done(_) => "done",
        End::Failed(_) => "failed",
        End::NotBegun => "not_begun",
    }
}

fn whole(report: &AllReport, made: Option<&MakeReport>) -> Value {
    let databases = report.databases.iter().map(|one| {
        let mut entry = match &one.end {
            End::Done(report) => migrate::document(report),
            End::Failed(error) => json!({ "error": error.diagnostics() }),
            End::NotBegun => json!({}),
        };
        entry["database"] = json!(one.name);
        entry["engine"] = json!(one.database.engine);
        entry["end"] = json!(word(&one.end));
        entry
    });
    let mut whole = json!({ "databases": databases.collect::<Vec<_>>() });
    if let Some(made) = made {
        whole["made"] = super::made_document(made, false);
    }
    whole
}
