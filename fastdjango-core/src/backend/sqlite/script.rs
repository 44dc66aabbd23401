//! The recipe as text: what `sqlmigrate` prints, and the executor runs word by word.
//!
//! <https://www.sqlite.org/lang_altertable.html#otheralter>

use std::slice;

use crate::migration::Step;

/// Enforcement off. Inside a transaction the pragma does nothing: <https://www.sqlite.org/pragma.html#pragma_foreign_keys>.
pub(super) const FOREIGN_KEYS_OFF: &str = "PRAGMA foreign_keys = OFF";
/// Enforcement on again.
pub(super) const FOREIGN_KEYS_ON: &str = "PRAGMA foreign_keys = ON";
/// The write lock is ours from the first moment.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";
/// The end.
pub(super) const COMMIT: &str = "COMMIT";

/// Everything that runs for the steps, in order; what depends on the live database is a comment.
pub(in crate::backend) fn script(steps: &[Step], atomic: bool) -> Vec<String> {
    let event = "-- the event is written to the history".to_owned();
    if !is_by_steps(steps, atomic) {
        return transaction(steps, [event]);
    }
    let begun = "-- the steps are written to the journal, and that they begin to the history".to_owned();
    let mut lines = transaction(&[], [begun]);
    for (place, step) in steps.iter().enumerate() {
        let mark = "-- the step is marked as done in the journal".to_owned();
        let event = Some(event.clone()).filter(|_| place + 1 == steps.len());
        lines.extend(transaction(slice::from_ref(step), [mark].into_iter().chain(event)));
    }
    lines
}

/// True where each step is done for good before the next: the migration does not want one transaction.
pub(super) fn is_by_steps(steps: &[Step], atomic: bool) -> bool {
    !atomic && !steps.is_empty()
}

fn transaction(steps: &[Step], ours: impl IntoIterator<Item = String>) -> Vec<String> {
    let suspends = steps.iter().any(Step::suspends_foreign_keys);
    let mut lines: Vec<String> = Vec::new();
    lines.extend(suspends.then(|| FOREIGN_KEYS_OFF.to_owned()));
    lines.push(BEGIN.to_owned());
    lines.extend(steps.iter().flat_map(step));
    lines.extend(suspends.then(|| "-- foreign_key_check: a row that loses its target stops the migration".to_owned()));
    lines.extend(ours);
    lines.push(COMMIT.to_owned());
    lines.extend(suspends.then(|| FOREIGN_KEYS_ON.to_owned()));
    lines
}

fn step(step: &Step) -> Vec<String> {
    let statements = step.statements().into_iter().map(str::to_owned);
    match step {
        Step::Sql(_) | Step::Autocommit { .. } | Step::Drop { .. } => statements.collect(),
        Step::Rust { rust } => vec![format!("-- the function {rust} runs").replace('\n', " ")],
        Step::Verify { found, .. } => {
            let comment = format!("-- stops the migration where it counts any: {found}").replace('\n', " ");
            std::iter::once(comment).chain(statements).collect()
        }
        Step::Rebuild { rebuild, .. } => {
            let aside = format!("-- triggers and views that name {rebuild} are put aside").replace('\n', " ");
            let back = "-- indexes that the text does not name, triggers and views come back".to_owned();
            std::iter::once(aside).chain(statements).chain([back]).collect()
        }
    }
}
