//! What only the whole project can show to be wrong.

use crate::diagnostic::Diagnostics;
use crate::model::ModelDef;
use crate::state::{Hints, ProjectState};

pub(super) fn check(_models: &[&'static ModelDef], _state: &ProjectState, _hints: &Hints) -> Diagnostics {
    Diagnostics::default()
}
