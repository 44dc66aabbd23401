//! What happens to enums: by statements of their own where they are types, by the values of the rows elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use super::TableChange;
use super::names::{in_order, temporary};
use crate::ddl::EnumChange;
use crate::field::{ColumnType, Default, Literal};
use crate::operation::Operation;
use crate::schema::{Enums, Table};
use crate::state::ProjectState;

/// The enums that operations make, change, or take away.
#[derive(Debug, Default)]
pub(super) struct EnumChanges {
    before: Enums,
    after: Enums,
    /// What each text of before is called by now; one that went is not there.
    texts: BTreeMap<String, BTreeMap<String, String>>,
}

impl EnumChanges {
    pub(super) fn new(before: &ProjectState) -> Self {
        Self { before: before.enum_values(), ..Self::default() }
    }

    /// Follows one operation.
    pub(super) fn follow(&mut self, operation: &Operation) {
        match operation {
            Operation::AlterEnum { r#enum: name, to, renamed, .. } => {
                let before = self.before.get(name).into_iter().flatten().map(|text| (text.clone(), text.clone()));
                let texts = self.texts.entry(name.clone()).or_insert_with(|| before.collect());
                texts.retain(|_, text| renamed.contains_key(text) || to.contains(text));
                for text in texts.values_mut() {
                    *text = renamed.get(text).unwrap_or(text).clone();
                }
            }
            Operation::CreateEnum { r#enum: name, .. } | Operation::DeleteEnum { r#enum: name, .. } => {
                self.texts.insert(name.clone(), BTreeMap::new());
            }
            _ => {}
        }
    }

    /// Ends at the state that all operations lead to.
    pub(super) fn lead_to(mut self, after: &ProjectState) -> Self {
        self.after = after.enum_values();
        self
    }

    /// Tells each column of an enum what it may hold, and what its texts are called from now on.
    pub(super) fn tell(&self, change: &mut TableChange) {
        let (Some(next), previous) = (&change.next, &change.previous) else { return };
        for (column, origin) in next.columns.iter().zip(&mut change.columns) {
            let ColumnType::Enum(name) = &column.ty else { continue };
            origin.values = self.after.get(name).cloned().unwrap_or_default();
            let before = previous.as_ref().zip(origin.previous.as_ref());
            if before.and_then(|(table, old)| table.column(old)).is_some_and(|before| before.ty == column.ty) {
                origin.renamed = self.renamed(name);
            }
        }
    }

    /// Makes the enums texts, for a database that has no types for them.
    pub(super) fn check(&self, change: &mut TableChange) {
        if let Some(table) = &mut change.previous {
            table.check_enums(&self.before);
        }
        if let Some(table) = &mut change.next {
            table.check_enums(&self.after);
        }
    }

    fn renamed(&self, name: &str) -> BTreeMap<String, String> {
        let texts = self.texts.get(name).into_iter().flatten().filter(|(old, new)| old != new);
        texts.map(|(old, new)| (old.clone(), new.clone())).collect()
    }

    /// The statements for types. Where one has to be made anew, its old columns are told the name that it has meanwhile: the
    /// tables then differ, and each column is altered when its turn comes.
    ///
    /// `operations` are all of the migration: a text that they use must not come by a statement which keeps the same
    /// transaction from using it.
    pub(super) fn statements(&self, changes: &mut [TableChange], operations: &[Operation]) -> TypeChanges {
        let mut types = TypeChanges::default();
        for (name, values) in &self.after {
            match self.before.get(name) {
                None => types.first.push(EnumChange::Create { name: name.clone(), values: values.clone() }),
                Some(before) => self.altered(name, (before, values), changes, operations, &mut types),
            }
        }
        let gone = self.before.keys().filter(|name| !self.after.contains_key(*name));
        types.last.extend(gone.map(|name| EnumChange::Drop { name: name.clone() }));
        types
    }

    fn altered(
        &self,
        name: &str,
        (before, after): (&[String], &[String]),
        changes: &mut [TableChange],
        operations: &[Operation],
        types: &mut TypeChanges,
    ) {
        let called = self.renamed(name);
        for table in changes.iter_mut().filter_map(|change| change.previous.as_mut()) {
            follow(table, name, &called);
        }
        let taken = before.iter().chain(after).cloned().collect();
        let renames = in_order(called.clone().into_iter().collect(), &taken);
        let rename = |(from, to)| EnumChange::RenameValue { name: name.to_owned(), from, to };
        types.first.extend(renames.into_iter().map(rename));
        let there: Vec<&String> = before.iter().map(|text| called.get(text).unwrap_or(text)).collect();
        let new: Vec<&String> = after.iter().filter(|text| !there.contains(text)).collect();
        // A text of before that went, and another that came by its name, are not the same.
        let stays = |text: &String| self.texts.get(name).is_none_or(|texts| texts.contains_key(text));
        let in_place = before.iter().all(stays)
            && after.iter().filter(|text| there.contains(text)).eq(there.iter().copied())
            && !new.iter().any(|text| operations.iter().any(|operation| uses(operation, text)))
            && (new.is_empty() || !changes.iter().any(|change| takes_values(change, name)));
        if in_place {
            types.first.extend(added(name, after, &new));
        } else {
            self.anew(name, after, changes, types);
        }
    }

    /// Another type of the same name; the old one keeps its columns until each has the new one.
    fn anew(&self, name: &str, values: &[String], changes: &mut [TableChange], types: &mut TypeChanges) {
        let (name, values) = (name.to_owned(), values.to_vec());
        let old = temporary(&name, &self.before.keys().chain(self.after.keys()).cloned().collect());
        for table in changes.iter_mut().filter_map(|change| change.previous.as_mut()) {
            call(table, &name, &old);
        }
        types.first.push(EnumChange::Rename { from: name.clone(), to: old.clone() });
        types.first.push(EnumChange::Create { name, values });
        types.last.push(EnumChange::Drop { name: old });
    }
}

/// Statements for types, before everything else and after it.
#[derive(Debug, Default)]
pub(super) struct TypeChanges {
    pub(super) first: Vec<EnumChange>,
    pub(super) last: Vec<EnumChange>,
}

/// Each new text before the one that follows it, from the last on, so that the one that follows is there.
fn added(name: &str, after: &[String], new: &[&String]) -> Vec<EnumChange> {
    let pairs = after.iter().enumerate().rev().filter(|(_, text)| new.contains(text));
    let add = |(at, value): (usize, &String)| EnumChange::AddValue {
        name: name.to_owned(),
        value: value.clone(),
        before: after.get(at + 1).cloned(),
    };
    pairs.map(add).collect()
}

/// A default is the text itself, whatever it is called.
fn follow(table: &mut Table, name: &str, renamed: &BTreeMap<String, String>) {
    let own = |ty: &ColumnType| matches!(ty, ColumnType::Enum(other) if other == name);
    for column in table.columns.iter_mut().filter(|column| own(&column.ty)) {
        if let Some(Default::Value(Literal::Text(text))) = &mut column.default
            && let Some(new) = renamed.get(text)
        {
            text.clone_from(new);
        }
    }
}

fn call(table: &mut Table, from: &str, to: &str) {
    for column in &mut table.columns {
        if matches!(&column.ty, ColumnType::Enum(name) if name == from) {
            column.ty = ColumnType::Enum(to.to_owned());
        }
    }
}

/// True where a column of the enum gets values that nobody knows: those of another type, or of the user's own SQL.
fn takes_values(change: &TableChange, name: &str) -> bool {
    let of_enum = |ty: &ColumnType| matches!(ty, ColumnType::Enum(own) if own == name);
    let Some(next) = &change.next else { return false };
    next.columns.iter().zip(&change.columns).filter(|(column, _)| of_enum(&column.ty)).any(|(_, origin)| {
        let before = change.previous.as_ref().zip(origin.previous.as_ref());
        let before = before.and_then(|(table, column)| table.column(column));
        before.is_some_and(|column| !of_enum(&column.ty)) || matches!(origin.fill, Some(Default::Sql { .. }))
    })
}

/// True where the operation may need the text: as a literal, or in quotes in a fragment of SQL; a function may give rows any text.
fn uses(operation: &Operation, text: &str) -> bool {
    if matches!(operation, Operation::RunRust { .. }) {
        return true;
    }
    let is_of_enums =
        matches!(operation, Operation::CreateEnum { .. } | Operation::DeleteEnum { .. } | Operation::AlterEnum { .. });
    !is_of_enums && serde_json::to_value(operation).is_ok_and(|value| mentions(&value, text))
}

fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text || own.contains(&format!("'{}'", text.replace('\'', "''"))),
        Value::Array(values) => values.iter().any(|value| mentions(value, text)),
        Value::Object(values) => values.values().any(|value| mentions(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
