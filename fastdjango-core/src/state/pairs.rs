//! What tables of pairs are called, and what stands in them: it follows from the models, and is in no file.

use super::{FieldKind, FieldState, ModelState};
use crate::name::{
    FieldName, MAX_IDENTIFIER_BYTES, ModelRef, beside_table, implied_name, shorten, snake_case, split_table,
};

/// The table of a field's pairs: `blog_post_tags`.
pub(crate) fn table_of(owner: &str, field: &FieldName) -> String {
    let (_, own) = split_table(owner);
    beside_table(owner, &shorten(&format!("{own}_{field}"), MAX_IDENTIFIER_BYTES))
}

/// `post_id` and `tag_id`; `from_person_id` and `to_person_id` where both would be the same.
pub(crate) fn columns_of(from: &ModelRef, to: &ModelRef) -> (String, String) {
    let (here, there) = (snake_case(from.model.as_str()), snake_case(to.model.as_str()));
    if here == there { (format!("from_{here}_id"), format!("to_{there}_id")) } else { (here + "_id", there + "_id") }
}

/// The foreign key of one of the columns.
pub(crate) fn key_of(table: &str, column: &str) -> String {
    implied_name(table, &[column], "fkey")
}

/// The index over the pairs' other side.
pub(crate) fn index_of(table: &str, column: &str) -> String {
    implied_name(table, &[column], "idx")
}

impl FieldState {
    /// The target of a field that brings a table of pairs along.
    pub(crate) fn own_pairs(&self) -> Option<&ModelRef> {
        match &self.kind {
            FieldKind::ManyToMany(pairs) => pairs.through.is_none().then_some(&pairs.to),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) => None,
        }
    }
}

impl ModelState {
    /// The tables of pairs that the fields bring along, each with the field's name.
    pub(crate) fn tables_of_pairs(&self) -> impl Iterator<Item = (&FieldName, String)> {
        let pairs = self.fields.iter().filter(|field| field.own_pairs().is_some());
        pairs.map(|field| (&field.name, table_of(&self.table, &field.name)))
    }

    /// All names of those tables, and of the keys and indexes in them; `model` is what this model is called.
    pub(crate) fn names_of_pairs(&self, model: &ModelRef) -> impl Iterator<Item = String> {
        let pairs = self.fields.iter().filter_map(|field| Some((field, field.own_pairs()?)));
        pairs.flat_map(|(field, to)| {
            let table = table_of(&self.table, &field.name);
            let (from, to) = columns_of(model, to);
            [key_of(&table, &from), key_of(&table, &to), index_of(&table, &to), table]
        })
    }
}
