//! Names that are awkward in Rust, in SQL, or in generated code.

use fastdjango::prelude::*;

use crate::field;

/// Fields named as the words of generated code, and after Rust's keywords.
#[derive(Model, Debug, PartialEq)]
#[model(app = "names", unique(fields = [r#type, pattern]))]
struct r#Match {
    #[field(primary_key)]
    r#type: i64,
    #[field(on_delete = set_null)]
    r#ref: Option<ForeignKey<r#Match>>,
    pattern: String,
    row: String,
    values: String,
    value: String,
    message: String,
}

/// The names that a careless derive would take from its user.
mod shadowed {
    #![allow(dead_code)]

    use fastdjango::Model;

    pub(crate) struct Option;
    pub(crate) struct Vec;
    pub(crate) struct Result;
    pub(crate) struct Value;
    pub(crate) trait Clone {}
    pub(crate) fn panic() {}

    #[derive(Model)]
    #[model(app = "names")]
    pub(crate) struct Shadowed {
        #[field(primary_key, auto)]
        pub(crate) id: i64,
        #[field(default = "x")]
        pub(crate) text: String,
    }
}

/// An alias is what it stands for.
type Title = String;
type Maybe<T> = Option<T>;
type Writer = ForeignKey<r#Match>;

#[derive(Model)]
#[model(app = "names")]
struct Aliased {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 20)]
    title: Title,
    subtitle: Maybe<Title>,
    #[field(on_delete = cascade)]
    writer: Writer,
}

macro_rules! model {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        #[derive(Model)]
        #[model(app = "names")]
        struct $name {
            #[field(primary_key, auto)]
            id: i64,
            $($field: $ty,)*
        }
    };
}

model!(FromMacro { text: String, number: Option<i32> });

#[test]
fn raw_identifiers_lose_their_prefix() {
    assert_eq!((r#Match::LABEL.model, r#Match::TABLE), ("Match", "names_match"));
    assert_eq!(r#Match::COLUMNS.r#type, "type");
    assert_eq!(r#Match::COLUMNS.r#ref, "ref_id");
    assert_eq!(r#Match::DEF.uniques[0].fields, ["type", "pattern"]);
}

#[test]
fn types_are_resolved_by_the_compiler() {
    assert!(field::<Aliased>("subtitle").facts.nullable);
    assert_eq!(Aliased::COLUMNS.writer, "writer_id");
    assert_eq!(field::<Aliased>("title").max_length, Some(20));
}

#[test]
fn a_model_can_come_from_a_macro() {
    assert_eq!(FromMacro::TABLE, "names_from_macro");
    assert!(field::<FromMacro>("number").facts.nullable);
}

#[test]
fn a_user_may_shadow_the_prelude() {
    let row = shadowed::Shadowed { id: 1, text: "a".into() };
    assert_eq!(row.insert_values().len(), 1);
}
