//! Answers that answer nothing: slips in ids, and flags of a command line that nobody asked for.

use crate::detect::{Answers, Past, astray};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pair::Pair;
use crate::state::ProjectState;

use super::answers::Flags;

/// What names nothing that there is: an error where it was typed for this run; a file may speak of what went long ago.
pub(super) fn astray_answers(
    states: Pair<&ProjectState>,
    past: &Past,
    answers: &Answers,
    flags: &Flags,
) -> Diagnostics {
    let found = astray(states, past, answers).into_iter().map(|slip| {
        let told = match flags.get(&slip.id) {
            Some(flag) => Diagnostic::error("E319", format!("`{flag}` answers nothing: {}", slip.reason)),
            None => {
                Diagnostic::warning("W319", format!("the answer to `{}` answers nothing: {}", slip.id, slip.reason))
            }
        };
        match slip.near {
            Some(near) => told.help(format!("did you mean `{near}`?")),
            None => told,
        }
    });
    Diagnostics(found.collect())
}

/// Tells of the flags without which the same is written; `is_same` says of answers whether they lead there.
pub(super) fn unused_flags(answers: &Answers, flags: &Flags, is_same: impl Fn(&Answers) -> bool) -> Diagnostics {
    let unused = flags.iter().filter(|(id, _)| {
        let mut others = answers.clone();
        others.remove(*id);
        is_same(&others)
    });
    let told = unused.map(|(_, flag)| {
        Diagnostic::warning("W319", format!("`{flag}` answers nothing: the same is written without it"))
            .note("what the migrations have, or a hint in the models says, is not asked")
    });
    Diagnostics(told.collect())
}
