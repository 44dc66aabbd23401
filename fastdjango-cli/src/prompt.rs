//! Questions on the terminal: what is asked, why, and what each answer does; the safe one first.

use std::fmt::Write;

use crate::output::{DIM, Output, styled};
use crate::print;
use fastdjango_core::command::{Loss, RepairReport};
use fastdjango_core::command::{parse_answer, typed_answer};
use fastdjango_core::detect::{Answer, Question, QuestionKind};
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
use fastdjango_core::error::{Error, ErrorKind, Result};
use inquire::{Confirm, InquireError, Select, Text};

const HELP: &str = "↑↓ to move, enter to choose, esc to leave and write nothing";

/// The last option of every question.
const SHOW: &str = "show what each answer writes, and ask again";

/// Asks one question; `show` prints what each answer would write.
pub(crate) fn ask(output: Output, question: &Question, show: impl Fn()) -> Result<Answer> {
    output.remark(&why(question));
    loop {
        let mut options: Vec<String> =
            question.options.iter().map(|option| format!("{}: {}", option.label, option.effect)).collect();
        options.push(SHOW.to_owned());
        let chosen = Select::new(&question.message, options).with_help_message(HELP).raw_prompt().map_err(refused)?;
        match question.options.get(chosen.index).map(|option| &option.answer) {
            Some(Some(answer)) => return Ok(answer.clone()),
            Some(None) => return typed(output, question),
            None => show(),
        }
    }
}

/// The reasons, and the ways to answer in the models instead.
fn why(question: &Question) -> String {
    let mut text = String::new();
    for (word, lines) in [("note", &question.notes), ("help", &question.helps)] {
        for line in lines {
            let _ = writeln!(text, "  {} {line}", styled(DIM, format_args!("{word}:")));
        }
    }
    text
}

/// A value as TOML writes it, so that text and numbers stay apart; an expression needs no quotes around it.
fn typed(output: Output, question: &Question) -> Result<Answer> {
    let is_expression = question.kind == QuestionKind::Using;
    let help = if is_expression {
        "an expression of SQL, such as CAST(size AS integer); or { sql = { postgres = \"…\", sqlite = \"…\" } }"
    } else {
        "a literal as in the model: 0, \"draft\", true; or { sql = \"lower(title)\" }"
    };
    loop {
        let text = Text::new("value:").with_help_message(help).prompt().map_err(refused)?;
        let read = if is_expression { typed_answer(&question.id, &text) } else { parse_answer(&text) };
        match read {
            Ok(answer) => return Ok(answer),
            Err(error) => print::diagnostics(output, error.diagnostics()),
        }
    }
}

/// Shows what goes, and asks whether it may.
pub(crate) fn confirm(output: Output, losses: &[Loss]) -> Result<bool> {
    let list: Vec<String> = losses.iter().map(|loss| format!("  {loss}\n")).collect();
    output.remark(&format!("this destroys data:\n{}", list.concat()));
    Confirm::new("go on?").with_default(false).prompt().map_err(refused)
}

/// Shows SQL that no file holds, and asks whether it may run.
pub(crate) fn confirm_sql(output: Output, unreviewed: &Diagnostics) -> Result<bool> {
    print::diagnostics(output, unreviewed);
    Confirm::new("run these statements?").with_default(false).prompt().map_err(refused)
}

/// Shows what the history is to say, and asks whether it may.
pub(crate) fn confirm_repair(output: Output, report: &RepairReport) -> Result<bool> {
    print::diagnostics(output, &report.warnings);
    let list: Vec<String> = report.repairs.iter().map(|repair| format!("  {repair}\n")).collect();
    output.remark(&format!("the history will say:\n{}", list.concat()));
    Confirm::new("record it?").with_default(false).prompt().map_err(refused)
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn refused(error: InquireError) -> Error {
    let kind = match error {
        InquireError::OperationInterrupted => ErrorKind::Interrupted,
        _ => ErrorKind::Unanswered,
    };
    Error::new(kind, Diagnostic::error("E003", format!("no answer: {error}")).note("nothing was written or run"))
}
