//! Relations of the guide whose other side is not there, or is there as something else.

use std::collections::BTreeSet;

use super::super::{ColumnDifference, Difference};
use super::{Raising, patch};
use crate::name::{FieldName, ModelRef};
use crate::state::{ConstraintKind, FieldKind, FieldState, Pairs, Reference, pairs};

impl Raising<'_> {
    /// Turns references that no longer hold into plain columns, and takes out the pairs whose table is not there.
    pub(super) fn settle(&mut self) {
        let names: Vec<ModelRef> = self.models.values().cloned().collect();
        for name in &names {
            self.settle_pairs(name);
            for field in self.broken(name) {
                self.make_plain(name, &field);
            }
        }
        // Keys that were fields, and are constraints now.
        self.refer();
        let there: BTreeSet<ModelRef> = self.state.models.keys().cloned().collect();
        self.state.models.for_each_mut(|_, model| {
            model.constraints.retain(|constraint| match &constraint.kind {
                ConstraintKind::ForeignKey { to, .. } => there.contains(to),
                _ => true,
            });
        });
    }

    fn settle_pairs(&mut self, name: &ModelRef) {
        let Some(model) = self.state.models.get(name).filter(|model| model.managed) else { return };
        let gone = model.fields.iter().filter(|field| match &field.kind {
            FieldKind::ManyToMany(pairs) => !self.pairs_are_there(name, &field.name, pairs),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) => false,
        });
        let gone: Vec<FieldName> = gone.map(|field| field.name.clone()).collect();
        if let Some(model) = self.state.models.get_mut(name).filter(|_| !gone.is_empty()) {
            model.fields.retain(|field| !gone.contains(&field.name));
        }
    }

    /// True where the models of the pairs are there, and their table is not a model of its own.
    fn pairs_are_there(&self, name: &ModelRef, field: &FieldName, pairs: &Pairs) -> bool {
        let models = std::iter::once(&pairs.to).chain(&pairs.through);
        let mut models = models.map(|model| self.state.models.contains_key(model));
        let Some(owner) = self.guide.models.get(name).filter(|_| models.all(|there| there)) else { return false };
        let table = pairs::table_of(&owner.table, field);
        pairs.through.is_some() || (self.table(&table).is_some() && !self.models.contains_key(table.as_str()))
    }

    /// The references whose target is not there, or has another type.
    fn broken(&self, name: &ModelRef) -> Vec<FieldName> {
        let Some(model) = self.state.models.get(name).filter(|model| model.managed) else { return Vec::new() };
        let references = model.fields.iter().filter_map(|field| Some((field, field.reference()?)));
        let broken = references.filter(|(field, reference)| !self.holds(&model.table, field, reference));
        broken.map(|(field, _)| field.name.clone()).collect()
    }

    fn holds(&self, table: &str, field: &FieldState, reference: &Reference) -> bool {
        let Some(target) = self.state.models.get(&reference.to) else { return false };
        let to_field = reference.to_field.as_ref().or(match target.primary_key.as_slice() {
            [key] => Some(key),
            _ => None,
        });
        let Some(column) = to_field.and_then(|name| target.field(name)?.column_name()) else { return false };
        let own = field.column_name().unwrap_or_default();
        if !self.is_of_other_type(table, &own) && !self.is_of_other_type(&target.table, &column) {
            return true;
        }
        let there = self.table(&target.table).and_then(|table| table.column(&column));
        let here = self.table(table).and_then(|table| table.column(&own));
        here.zip(there).is_some_and(|(here, there)| here.ty == there.ty)
    }

    /// True where the column is of another type than the guide says.
    fn is_of_other_type(&self, table: &str, column: &str) -> bool {
        self.differences(table).any(|difference| match difference {
            Difference::Column { column: other, change, .. } => {
                other == column && matches!(change, ColumnDifference::Type(_) | ColumnDifference::Auto(_))
            }
            _ => false,
        })
    }

    fn make_plain(&mut self, name: &ModelRef, field: &FieldName) {
        let Some(table) = self.state.models.get(name).and_then(|model| self.table(&model.table)) else { return };
        let Some(field) = self.state.models.get_mut(name).and_then(|model| model.field_mut(field)) else { return };
        let Some(column) = field.column_name().and_then(|column| table.column(&column)) else { return };
        patch::plain(field, column);
        let keys = table.foreign_keys.iter().filter(|key| key.columns == [column.name.as_str()]);
        self.keys.extend(keys.map(|key| (name.clone(), key)));
    }
}
