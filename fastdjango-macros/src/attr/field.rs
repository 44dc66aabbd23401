//! `#[field(…)]`, and `#[model(flatten)]` on a field.

use fastdjango_core::field::{Deferrable, OnDelete};

use super::items_of;
use crate::ctxt::Ctxt;
use crate::meta::{self, Item};
use crate::symbol::{FIELD, FLATTEN, MODEL};
use crate::value::{Flag, Literal, Name, Spanned, Sql, set};

/// The attributes of a field, each with the place of its word.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) primary_key: Option<Spanned<Flag>>,
    pub(crate) auto: Option<Spanned<Flag>>,
    pub(crate) max_length: Option<Spanned<u32>>,
    pub(crate) max_digits: Option<Spanned<u32>>,
    pub(crate) decimal_places: Option<Spanned<u32>>,
    pub(crate) unique: Option<Spanned<Flag>>,
    pub(crate) index: Option<Spanned<bool>>,
    pub(crate) default: Option<Spanned<Literal>>,
    pub(crate) default_sql: Option<Spanned<Sql>>,
    pub(crate) fill: Option<Spanned<Literal>>,
    pub(crate) reverse_fill: Option<Spanned<Literal>>,
    pub(crate) using: Option<Spanned<Sql>>,
    pub(crate) reverse_using: Option<Spanned<Sql>>,
    pub(crate) keep_values: Option<Spanned<bool>>,
    pub(crate) column: Option<Spanned<String>>,
    pub(crate) comment: Option<Spanned<String>>,
    pub(crate) collation: Option<Spanned<Sql>>,
    pub(crate) check: Option<Spanned<Sql>>,
    pub(crate) generated: Option<Spanned<Sql>>,
    pub(crate) stored: Option<Spanned<Flag>>,
    pub(crate) virtual_: Option<Spanned<Flag>>,
    pub(crate) db_type: Option<Spanned<Sql>>,
    pub(crate) renamed_from: Option<Spanned<Name>>,
    pub(crate) on_delete: Option<Spanned<OnDelete>>,
    pub(crate) on_update: Option<Spanned<OnDelete>>,
    pub(crate) deferrable: Option<Spanned<Deferrable>>,
    pub(crate) related_name: Option<Spanned<Name>>,
    pub(crate) to_field: Option<Spanned<Name>>,
    pub(crate) through: Option<Spanned<syn::Path>>,
    pub(crate) skip: Option<Spanned<Flag>>,
    pub(crate) flatten: Option<Spanned<Flag>>,
    /// The words in order, to name them in a conflict.
    pub(crate) given: Vec<Spanned<String>>,
}

impl FieldAttrs {
    pub(crate) fn from_syn(cx: &Ctxt, attrs: &[syn::Attribute]) -> Self {
        let mut this = Self::default();
        for item in items_of(cx, attrs, "field") {
            this.given.push(Spanned { value: item.word(), span: item.span() });
            this.set(cx, &item);
        }
        for item in items_of(cx, attrs, "model") {
            if item.word() == "flatten" {
                set(cx, &mut this.flatten, &item, FLATTEN);
                continue;
            }
            let elsewhere = [(FIELD, "`#[field(…)]`"), (MODEL, "`#[model(…)]` above the struct")];
            meta::unknown(cx, &item, "model", FLATTEN, &elsewhere);
        }
        this
    }

    fn set(&mut self, cx: &Ctxt, item: &Item) {
        match item.word().as_str() {
            "primary_key" => set(cx, &mut self.primary_key, item, FIELD),
            "auto" => set(cx, &mut self.auto, item, FIELD),
            "max_length" => set(cx, &mut self.max_length, item, FIELD),
            "max_digits" => set(cx, &mut self.max_digits, item, FIELD),
            "decimal_places" => set(cx, &mut self.decimal_places, item, FIELD),
            "unique" => set(cx, &mut self.unique, item, FIELD),
            "index" => set(cx, &mut self.index, item, FIELD),
            "default" => set(cx, &mut self.default, item, FIELD),
            "default_sql" => set(cx, &mut self.default_sql, item, FIELD),
            "fill" => set(cx, &mut self.fill, item, FIELD),
            "reverse_fill" => set(cx, &mut self.reverse_fill, item, FIELD),
            "using" => set(cx, &mut self.using, item, FIELD),
            "reverse_using" => set(cx, &mut self.reverse_using, item, FIELD),
            "keep_values" => set(cx, &mut self.keep_values, item, FIELD),
            "column" => set(cx, &mut self.column, item, FIELD),
            "comment" => set(cx, &mut self.comment, item, FIELD),
            "collation" => set(cx, &mut self.collation, item, FIELD),
            "check" => set(cx, &mut self.check, item, FIELD),
            "generated" => set(cx, &mut self.generated, item, FIELD),
            "stored" => set(cx, &mut self.stored, item, FIELD),
            "virtual" => set(cx, &mut self.virtual_, item, FIELD),
            "db_type" => set(cx, &mut self.db_type, item, FIELD),
            "renamed_from" => set(cx, &mut self.renamed_from, item, FIELD),
            "on_delete" => set(cx, &mut self.on_delete, item, FIELD),
            "on_update" => set(cx, &mut self.on_update, item, FIELD),
            "deferrable" => set(cx, &mut self.deferrable, item, FIELD),
            "related_name" => set(cx, &mut self.related_name, item, FIELD),
            "to_field" => set(cx, &mut self.to_field, item, FIELD),
            "through" => set(cx, &mut self.through, item, FIELD),
            "skip" => set(cx, &mut self.skip, item, FIELD),
            _ => {
                let elsewhere = [(FLATTEN, "`#[model(flatten)]`"), (MODEL, "`#[model(…)]` above the struct")];
                meta::unknown(cx, item, "field", FIELD, &elsewhere);
            }
        }
    }
}
