//! Enums: made, gone, and with other texts; a text is only called otherwise where the models say so.

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind};
use super::emit::alter_enum;
use super::findings::Findings;
use super::ready::Scene;
use crate::diagnostic::{Diagnostic, code};
use crate::field::{ColumnType, Default, Literal, Sql};
use crate::name::ModelRef;
use crate::pair::Pair;
use crate::state::{ConstraintKind, EnumState, FieldState, ModelState, ProjectState};

/// The next state with each enum where it was: another app that speaks of it, or alone uses it, does not take it away.
pub(super) fn settled(states: Pair<&ProjectState>) -> ProjectState {
    let mut next = states.next.clone();
    for (name, found) in &mut next.enums {
        if let Some(previous) = states.previous.enums.get(name) {
            found.app = previous.app.clone();
        }
    }
    next
}

/// What differs, and the previous state with every enum as it shall be.
pub(super) fn compare(
    states: Pair<&ProjectState>,
    previous: &ProjectState,
    findings: &mut Findings<'_>,
) -> (Vec<Change>, ProjectState) {
    let (mut changes, mut altered) = (Vec::new(), previous.clone());
    for (name, next) in &states.next.enums {
        let Some(before) = states.previous.enums.get(name) else {
            changes.push(Change::new(&next.reference(name), ChangeKind::CreateEnum { name: name.clone() }));
            altered.enums.insert(name.clone(), next.clone());
            continue;
        };
        let renamed = renamed(name, Pair::new(before, next), findings);
        if before.values == next.values && renamed.is_empty() {
            continue;
        }
        let operation = alter_enum(name, Pair::new(before, next), &renamed);
        if let Err(why) = operation.apply(&before.app, &mut altered) {
            findings.errors.push(why);
        }
        let kind = ChangeKind::AlterEnum { name: name.clone(), renamed };
        changes.push(Change::new(&before.reference(name), kind));
    }
    for (name, before) in states.previous.enums.iter().filter(|(name, _)| !states.next.enums.contains_key(*name)) {
        changes.push(Change::new(&before.reference(name), ChangeKind::DeleteEnum { name: name.clone() }));
    }
    (changes, altered)
}

/// The texts that hints say are only called otherwise, the new one by the old; a hint that was followed before says nothing.
fn renamed(name: &str, sides: Pair<&EnumState>, findings: &mut Findings<'_>) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    let Some(hints) = findings.hints.enums.get(name) else { return renamed };
    let Pair { previous, next } = sides.map(|side| &side.values);
    let goes = |value: &&String| !next.contains(*value);
    for (new, old) in hints.renamed_from.iter().filter(|(new, _)| !previous.contains(*new)) {
        let hint = format!("`{new}` of the enum `{name}` is `renamed_from = \"{old}\"`");
        if next.contains(old) {
            let message = format!("{hint}, and `{old}` is still there");
            findings.errors.push(Diagnostic::error(code::HINT_STILL_THERE, message).at_opt(hints.location.clone()));
        } else if previous.contains(old) && !renamed.contains_key(old) {
            renamed.insert(old.clone(), new.clone());
        } else if previous.iter().any(|value| goes(&value)) {
            let message = format!("{hint}, which it never had, or which another value is called by now");
            let names: Vec<String> = previous.iter().filter(goes).map(|value| format!("`{value}`")).collect();
            findings.errors.push(
                Diagnostic::error(code::HINT_NAMES_NOTHING, message)
                    .at_opt(hints.location.clone())
                    .help(format!("what goes is {}", names.join(", "))),
            );
        }
    }
    renamed
}

impl Scene<'_> {
    /// True where the enums of the field are there, and hold its default.
    pub(super) fn enum_is_ready(&self, field: &FieldState) -> bool {
        let Some(name) = field.enum_name() else { return true };
        let Some(found) = self.state.enums.get(name) else { return false };
        !self.is_altered(name) || default_of(field).is_none_or(|text| found.values.contains(text))
    }

    /// True where the enum has yet to be changed.
    fn is_altered(&self, name: &str) -> bool {
        let Some(found) = self.state.enums.get(name) else { return false };
        self.pending.of(&found.reference(name)).any(|other| matches!(other.kind, ChangeKind::AlterEnum { .. }))
    }

    /// True where every enum of the model holds what it will hold.
    pub(super) fn enums_are_last(&self, here: &ModelState) -> bool {
        !here.fields.iter().filter_map(FieldState::enum_name).any(|name| self.is_altered(name))
    }

    /// True where nothing is left that should go before the enum changes: fields that leave it, and defaults.
    pub(super) fn can_alter_enum(&self, name: &str) -> bool {
        let goes_first = |model: &ModelRef, field: &FieldState| {
            let there = self.target.models.get(model).and_then(|there| there.field(&field.name));
            let (Some(there), Some(found)) = (there, self.state.enums.get(name)) else { return true };
            let texts = self.target.enums.get(name).map(|next| next.values.as_slice()).unwrap_or_default();
            let stays = |text: &String| texts.contains(text) && found.values.contains(text);
            // Within one app, both changes are one migration, and so are their steps.
            let apart = model.app != found.app;
            there.enum_name() != Some(name)
                || default_of(field).is_some_and(|text| !texts.contains(text))
                    && (apart || default_of(there).is_none_or(stays))
        };
        !self.state.with_enum(name).flat_map(|model| self.pending.of(model)).any(|other| match &other.kind {
            ChangeKind::DeleteModel => self.has_field(&other.model, |field| field.enum_name() == Some(name)),
            ChangeKind::RemoveIndex { .. } | ChangeKind::RemoveConstraint { .. } => {
                self.has_field(&other.model, |field| field.enum_name() == Some(name))
                    && self.says_what_goes(other, name)
            }
            ChangeKind::RemoveField { field: changed, .. } | ChangeKind::AlterField { field: changed, .. } => self
                .has_field(&other.model, |field| {
                    field.name == *changed && field.enum_name() == Some(name) && goes_first(&other.model, field)
                }),
            _ => false,
        })
    }

    /// True where SQL of the index or constraint that goes has a text which goes from the enum.
    fn says_what_goes(&self, change: &Change, name: &str) -> bool {
        let Some(here) = self.state.models.get(&change.model) else { return false };
        let sql: Vec<&Sql> = match &change.kind {
            ChangeKind::RemoveIndex { name } => {
                here.index(name).into_iter().flat_map(|i| i.condition.iter().chain(&i.expression)).collect()
            }
            ChangeKind::RemoveConstraint { name } => match here.constraint(name).map(|found| &found.kind) {
                Some(ConstraintKind::Check { sql }) => vec![sql],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let texts =
            |state: &'_ ProjectState| state.enums.get(name).map(|found| found.values.clone()).unwrap_or_default();
        let (found, stay) = (texts(self.state), texts(self.target));
        let mut gone = found.iter().filter(|text| !stay.contains(text));
        gone.any(|text| sql.iter().flat_map(|sql| sql.texts()).any(|sql| sql.contains(&quoted(text))))
    }

    /// True where no field has the enum any more.
    pub(super) fn can_delete_enum(&self, name: &str) -> bool {
        self.state.enum_fields(name).next().is_none()
    }

    fn has_field(&self, model: &ModelRef, test: impl Fn(&FieldState) -> bool) -> bool {
        self.state.models.get(model).is_some_and(|here| here.fields.iter().any(test))
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text that is the field's default, where it has an enum.
pub(super) fn default_of(field: &FieldState) -> Option<&String> {
    match (&field.kind, &field.default) {
        (crate::state::FieldKind::Column(ColumnType::Enum(_)), Some(Default::Value(Literal::Text(text)))) => Some(text),
        _ => None,
    }
}
