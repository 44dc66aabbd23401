//! `#[model(…)]` on a struct.

use fastdjango_core::field::{Deferrable, OnDelete};
use proc_macro2::Span;

use super::items_of;
use crate::ctxt::Ctxt;
use crate::meta::{self, Form, Item};
use crate::symbol::{CHECK, FIELD, FLATTEN, FOREIGN_KEY, INDEX, MODEL, PRIMARY_KEY, UNIQUE, Word};
use crate::value::{Flag, Former, Name, Ordered, Spanned, Sql, set};

/// The attributes of a model, each with the place of its word.
#[derive(Default)]
pub(crate) struct ModelAttrs {
    pub(crate) app: Option<Spanned<String>>,
    pub(crate) table: Option<Spanned<String>>,
    pub(crate) comment: Option<Spanned<String>>,
    pub(crate) renamed_from: Option<Spanned<Former>>,
    pub(crate) extensions: Vec<Spanned<String>>,
    pub(crate) managed: Option<Spanned<bool>>,
    pub(crate) no_primary_key: Option<Spanned<Flag>>,
    pub(crate) primary_key: Option<Spanned<PrimaryKeyAttrs>>,
    pub(crate) indexes: Vec<Spanned<IndexAttrs>>,
    pub(crate) uniques: Vec<Spanned<UniqueAttrs>>,
    pub(crate) checks: Vec<Spanned<CheckAttrs>>,
    pub(crate) foreign_keys: Vec<Spanned<ForeignKeyAttrs>>,
}

impl ModelAttrs {
    pub(crate) fn from_syn(cx: &Ctxt, attrs: &[syn::Attribute]) -> Self {
        let mut this = Self::default();
        for item in items_of(cx, attrs, "model") {
            this.set(cx, &item);
        }
        this
    }

    fn set(&mut self, cx: &Ctxt, item: &Item) {
        match item.word().as_str() {
            "app" => set(cx, &mut self.app, item, MODEL),
            "table" => set(cx, &mut self.table, item, MODEL),
            "comment" => set(cx, &mut self.comment, item, MODEL),
            "renamed_from" => set(cx, &mut self.renamed_from, item, MODEL),
            "extension" => {
                let mut one = None;
                set(cx, &mut one, item, MODEL);
                self.extensions.extend(one);
            }
            "managed" => set(cx, &mut self.managed, item, MODEL),
            "no_primary_key" => set(cx, &mut self.no_primary_key, item, MODEL),
            "primary_key" if self.primary_key.is_some() => {
                cx.error(item.span(), "duplicate attribute `primary_key`; remove one of the two");
            }
            "primary_key" => self.primary_key = list(cx, item),
            "index" => self.indexes.extend(list(cx, item)),
            "unique" => self.uniques.extend(list(cx, item)),
            "check" => self.checks.extend(list(cx, item)),
            "foreign_key" => self.foreign_keys.extend(list(cx, item)),
            _ => {
                let elsewhere = [(FIELD, "`#[field(…)]` on a field"), (FLATTEN, "`#[model(flatten)]` on a field")];
                meta::unknown(cx, item, "model", MODEL, &elsewhere);
            }
        }
    }
}

/// An attribute with a list of its own, such as `index(…)`.
trait List: Default {
    const WORDS: &'static [Word];

    fn set(&mut self, cx: &Ctxt, item: &Item);

    /// Reports what the list lacks, at its word.
    fn complete(&self, cx: &Ctxt, span: Span);
}

fn list<L: List>(cx: &Ctxt, item: &Item) -> Option<Spanned<L>> {
    let word = item.word();
    let Form::List(group) = &item.form else {
        let usage = MODEL.iter().find(|w| w.name == word).map_or("", |w| w.usage);
        cx.error_at(item.value_tokens(), format_args!("`{word}` takes a list in parentheses, as in `{usage}`"));
        return None;
    };
    let mut value = L::default();
    let before = cx.count();
    for inner in meta::items(cx, group.stream()) {
        let known = L::WORDS.iter().any(|w| w.name == inner.word());
        if known { value.set(cx, &inner) } else { meta::unknown(cx, &inner, &format!("`{word}`"), L::WORDS, &[]) }
    }
    // A part that could not be parsed is no part that is missing.
    if cx.count() == before {
        value.complete(cx, item.span());
    }
    Some(Spanned { value, span: item.span() })
}

fn need(cx: &Ctxt, missing: bool, span: Span, message: &str) {
    if missing {
        cx.error(span, message);
    }
}

/// `index(…)`.
#[derive(Default)]
pub(crate) struct IndexAttrs {
    pub(crate) fields: Option<Spanned<Vec<Ordered>>>,
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) unique: Option<Spanned<Flag>>,
    pub(crate) condition: Option<Spanned<Sql>>,
    pub(crate) expression: Option<Spanned<Sql>>,
    pub(crate) include: Option<Spanned<Vec<Name>>>,
    pub(crate) method: Option<Spanned<String>>,
    pub(crate) opclass: Option<Spanned<String>>,
    pub(crate) concurrently: Option<Spanned<Flag>>,
}

impl List for IndexAttrs {
    const WORDS: &'static [Word] = INDEX;

    fn set(&mut self, cx: &Ctxt, item: &Item) {
        match item.word().as_str() {
            "fields" => set(cx, &mut self.fields, item, INDEX),
            "name" => set(cx, &mut self.name, item, INDEX),
            "unique" => set(cx, &mut self.unique, item, INDEX),
            "condition" => set(cx, &mut self.condition, item, INDEX),
            "expression" => set(cx, &mut self.expression, item, INDEX),
            "include" => set(cx, &mut self.include, item, INDEX),
            "method" => set(cx, &mut self.method, item, INDEX),
            "opclass" => set(cx, &mut self.opclass, item, INDEX),
            _ => set(cx, &mut self.concurrently, item, INDEX),
        }
    }

    fn complete(&self, cx: &Ctxt, span: Span) {
        let nothing = self.fields.is_none() && self.expression.is_none();
        need(cx, nothing, span, "an index needs `fields = […]` or `expression = \"…\"`");
    }
}

/// `unique(…)`.
#[derive(Default)]
pub(crate) struct UniqueAttrs {
    pub(crate) fields: Option<Spanned<Vec<Name>>>,
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) condition: Option<Spanned<Sql>>,
    pub(crate) deferrable: Option<Spanned<Deferrable>>,
    pub(crate) nulls_distinct: Option<Spanned<bool>>,
}

impl List for UniqueAttrs {
    const WORDS: &'static [Word] = UNIQUE;

    fn set(&mut self, cx: &Ctxt, item: &Item) {
        match item.word().as_str() {
            "fields" => set(cx, &mut self.fields, item, UNIQUE),
            "name" => set(cx, &mut self.name, item, UNIQUE),
            "condition" => set(cx, &mut self.condition, item, UNIQUE),
            "deferrable" => set(cx, &mut self.deferrable, item, UNIQUE),
            _ => set(cx, &mut self.nulls_distinct, item, UNIQUE),
        }
    }

    fn complete(&self, cx: &Ctxt, span: Span) {
        let message = "`unique` needs its fields: `unique(fields = [author, slug])`";
        need(cx, self.fields.is_none(), span, message);
        if let (Some(deferrable), Some(_)) = (&self.deferrable, &self.condition) {
            let message = "a unique constraint with a `condition` is an index, and an index is never `deferrable`; \
                           remove one of the two";
            cx.error(deferrable.span, message);
        }
    }
}

/// `check(…)`.
#[derive(Default)]
pub(crate) struct CheckAttrs {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) sql: Option<Spanned<Sql>>,
}

impl List for CheckAttrs {
    const WORDS: &'static [Word] = CHECK;

    fn set(&mut self, cx: &Ctxt, item: &Item) {
        match item.word().as_str() {
            "name" => set(cx, &mut self.name, item, CHECK),
            _ => set(cx, &mut self.sql, item, CHECK),
        }
    }

    fn complete(&self, cx: &Ctxt, span: Span) {
        let message = "`check` needs its condition: `check(sql = \"rating BETWEEN 0 AND 5\")`";
        need(cx, self.sql.is_none(), span, message);
    }
}

/// `primary_key(…)`.
#[derive(Default)]
pub(crate) struct PrimaryKeyAttrs {
    pub(crate) fields: Option<Spanned<Vec<Name>>>,
}

impl List for PrimaryKeyAttrs {
    const WORDS: &'static [Word] = PRIMARY_KEY;

    fn set(&mut self, cx: &Ctxt, item: &Item) {
        set(cx, &mut self.fields, item, PRIMARY_KEY);
    }

    fn complete(&self, cx: &Ctxt, span: Span) {
        let message = "a composite primary key needs its fields: `primary_key(fields = [album, number])`";
        need(cx, self.fields.is_none(), span, message);
    }
}

/// `foreign_key(…)`.
#[derive(Default)]
pub(crate) struct ForeignKeyAttrs {
    pub(crate) fields: Option<Spanned<Vec<Name>>>,
    pub(crate) to: Option<Spanned<syn::Path>>,
    pub(crate) to_fields: Option<Spanned<Vec<Name>>>,
    pub(crate) on_delete: Option<Spanned<OnDelete>>,
    pub(crate) on_update: Option<Spanned<OnDelete>>,
    pub(crate) deferrable: Option<Spanned<Deferrable>>,
    pub(crate) name: Option<Spanned<String>>,
}

impl List for ForeignKeyAttrs {
    const WORDS: &'static [Word] = FOREIGN_KEY;

    fn set(&mut self, cx: &Ctxt, item: &Item) {
        match item.word().as_str() {
            "fields" => set(cx, &mut self.fields, item, FOREIGN_KEY),
            "to" => set(cx, &mut self.to, item, FOREIGN_KEY),
            "to_fields" => set(cx, &mut self.to_fields, item, FOREIGN_KEY),
            "on_delete" => set(cx, &mut self.on_delete, item, FOREIGN_KEY),
            "on_update" => set(cx, &mut self.on_update, item, FOREIGN_KEY),
            "deferrable" => set(cx, &mut self.deferrable, item, FOREIGN_KEY),
            _ => set(cx, &mut self.name, item, FOREIGN_KEY),
        }
    }

    fn complete(&self, cx: &Ctxt, span: Span) {
        let usage = "`foreign_key(fields = [a, b], to = Other, to_fields = [c, d], on_delete = cascade)`";
        let parts = [
            (self.fields.is_none(), "`fields`, the fields here"),
            (self.to.is_none(), "`to`, the model that it refers to"),
            (self.to_fields.is_none(), "`to_fields`, the fields there"),
            (self.on_delete.is_none(), "`on_delete`, what happens to this row when the row it refers to is deleted"),
        ];
        for (missing, what) in parts {
            need(cx, missing, span, &format!("`foreign_key` needs {what}: {usage}"));
        }
        if let (Some(here), Some(there)) = (&self.fields, &self.to_fields)
            && here.value.len() != there.value.len()
        {
            let (n, m) = (here.value.len(), there.value.len());
            let message = format!("`fields` has {n} and `to_fields` has {m}; name one field there for each field here");
            cx.error(there.span, message);
        }
    }
}
