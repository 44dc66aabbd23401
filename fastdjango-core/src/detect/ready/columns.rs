//! Who has a column that somebody wants.

use crate::name::FieldName;
use crate::state::{FieldState, ModelState};

/// True where a rename finds the column that comes with its new name free, or leaves its own as it is.
pub(super) fn column_is_free(here: &ModelState, there: Option<&ModelState>, from: &FieldName, to: &FieldName) -> bool {
    let Some(field) = here.field(from) else { return false };
    let wanted = there.and_then(|m| m.field(to)).and_then(FieldState::column_name);
    let renamed = FieldState { name: to.clone(), ..field.clone() };
    wanted != renamed.column_name() || wanted == field.column_name() || other_holder(here, from, &renamed).is_none()
}

/// True where a rename has to write the column down first: it stays, or the one that would come with the name is taken.
pub(in crate::detect) fn keeps_column(
    here: &ModelState,
    field: &FieldState,
    to: &FieldName,
    wanted: Option<&str>,
) -> bool {
    let kept = field.column_name();
    let renamed = FieldState { name: to.clone(), ..field.clone() };
    field.column.is_none()
        && kept.is_some()
        && (kept.as_deref() == wanted || other_holder(here, &field.name, &renamed).is_some())
}

/// The other field that has the column which the field is to have.
pub(in crate::detect) fn holder_of_column<'a>(here: &'a ModelState, field: &FieldState) -> Option<&'a FieldState> {
    other_holder(here, &field.name, field)
}

/// The field besides `own` that has the column of `wanted`.
pub(in crate::detect) fn other_holder<'a>(
    here: &'a ModelState,
    own: &FieldName,
    wanted: &FieldState,
) -> Option<&'a FieldState> {
    let column = wanted.column_text()?;
    here.fields.iter().find(|other| other.name != *own && other.column_text().as_ref() == Some(&column))
}
