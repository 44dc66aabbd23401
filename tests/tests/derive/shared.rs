//! Shared columns, newtypes, and another name for the facade.

use fastdjango::prelude::*;
use fastdjango::{Kind, TypeDef, Value};

use crate::field;

#[derive(Fields, Debug, PartialEq)]
struct Stamps {
    #[field(default_sql = "CURRENT_TIMESTAMP")]
    created_at: DateTime<Utc>,
    #[field(on_delete = set_null)]
    editor: Option<ForeignKey<Note>>,
}

#[derive(FieldType, Debug, Clone, PartialEq)]
struct Slug(String);

#[derive(FieldType, Debug, Clone, Copy, PartialEq)]
struct Cents {
    amount: u32,
}

#[derive(Model, Debug, PartialEq)]
#[model(app = "shared", index(fields = [-created_at]), unique(fields = [slug, editor]))]
struct Note {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 40)]
    slug: Slug,
    #[model(flatten)]
    stamps: Stamps,
    #[field(default = 5)]
    price: Cents,
    alias: Option<Slug>,
}

mod reexporter {
    pub(crate) mod deep {
        pub(crate) use ::fastdjango as django;
    }
}

#[derive(fastdjango::Model)]
#[fastdjango(crate = "crate::shared::reexporter::deep::django")]
#[model(app = "shared")]
struct Elsewhere {
    #[field(primary_key)]
    id: i64,
}

#[test]
fn flattened_fields_stand_in_their_place() {
    let names: Vec<&str> = Note::DEF.all_fields().map(|field| field.name).collect();
    assert_eq!(names, ["id", "slug", "created_at", "editor", "price", "alias"]);
    assert_eq!(Note::DEF.fields.len(), 3);
    assert_eq!(Stamps::COLUMNS.editor, "editor_id");
}

#[test]
fn flattened_fields_are_inserted_in_their_place() {
    let stamps = Stamps { created_at: DateTime::UNIX_EPOCH, editor: Some(1.into()) };
    let note = Note { id: 1, slug: Slug("a".into()), stamps, price: Cents { amount: 3 }, alias: None };
    let expected = [
        ("slug", Value::Text("a".into())),
        ("created_at", Value::Text("1970-01-01 00:00:00".into())),
        ("editor_id", Value::Integer(1)),
        ("price", Value::Integer(3)),
        ("alias", Value::Null),
    ];
    assert_eq!(note.insert_values(), expected);
}

#[test]
fn a_newtype_is_what_it_wraps() {
    assert_eq!(field::<Note>("slug").facts, <String as FieldType>::FACTS);
    let price = field::<Note>("price").facts.kind;
    assert_eq!(price, Kind::Column { ty: TypeDef::BigInt, non_negative: true, choices: &[] });
}

#[test]
fn the_facade_may_have_another_path() {
    assert_eq!(Elsewhere::TABLE, "shared_elsewhere");
    assert_eq!(Elsewhere { id: 1 }.insert_values(), [("id", Value::Integer(1))]);
}
