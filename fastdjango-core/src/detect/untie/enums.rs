//! Defaults that keep an enum of another app from losing their texts.

use crate::detect::change::{Change, ChangeKind};
use crate::detect::enums::default_of;
use crate::detect::pending::Ask;
use crate::detect::schedule::Work;
use crate::name::AppLabel;
use crate::state::ProjectState;

/// Takes one default away that goes from its enum, where the next one only comes with the enum's change.
pub(super) fn forget_default(work: &mut Work<'_>, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    let forgotten = work.first(Ask::Default, app, |work, change| {
        let ChangeKind::AlterField { field: name, .. } = &change.kind else { return None };
        let field = work.state.models.get(&change.model)?.field(name)?;
        let (text, of) = (default_of(field)?, field.enum_name()?);
        let goes = target.enums.get(of).is_some_and(|next| !next.values.contains(text));
        goes.then(|| Change::new(&change.model, ChangeKind::ForgetDefault { field: name.clone() }))
    });
    forgotten.is_some_and(|(_, change)| work.add(change))
}
