//! From models to the state: what each attribute becomes, and what only the whole registry can show to be wrong.

use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::field::Deferrable;
use fastdjango_core::model::{
    EnumDef, FieldDef, ForeignKeyDef, IndexDef, Kind, ModelDef, ModelLabel, Source, TypeDef, TypeFacts, UniqueDef,
};
use fastdjango_core::state::{ConstraintKind, FieldKind, ModelState, ProjectState, from_models};

const SOURCE: Source = Source { manifest_dir: "/blog", package: "blog", file: "src/blog.rs", line: 3, column: 1 };

const PLAIN: FieldDef = FieldDef {
    name: "id",
    facts: TypeFacts::column(TypeDef::BigInt),
    column: None,
    reference_column: "",
    primary_key: false,
    auto: false,
    max_length: None,
    max_digits: None,
    decimal_places: None,
    unique: false,
    index: None,
    default: None,
    fill: None,
    reverse_fill: None,
    using: None,
    reverse_using: None,
    keep_values: None,
    comment: None,
    collation: None,
    check: None,
    generated: None,
    db_type: None,
    renamed_from: None,
    on_delete: None,
    on_update: None,
    deferrable: None,
    related_name: None,
    to_field: None,
    through: None,
    line: 7,
    source_column: 5,
};

const KEY: FieldDef = FieldDef { primary_key: true, auto: true, ..PLAIN };

const USER: ModelDef = model("User", "blog_user", &[&[KEY]]);

const fn model(name: &'static str, table: &'static str, fields: &'static [&'static [FieldDef]]) -> ModelDef {
    ModelDef {
        label: ModelLabel { app: "blog", model: name },
        table,
        renamed_from: None,
        managed: true,
        comment: None,
        extensions: &[],
        fields,
        primary_key: &[],
        indexes: &[],
        uniques: &[],
        checks: &[],
        foreign_keys: &[],
        source: SOURCE,
    }
}

const fn key_to(name: &'static str, model: &'static str) -> FieldDef {
    let kind = Kind::ForeignKey { to: ModelLabel { app: "blog", model }, unique: false };
    FieldDef { name, facts: TypeFacts { kind, nullable: false, nested: false }, ..PLAIN }
}

fn codes(models: &[&'static ModelDef]) -> Vec<&'static str> {
    read(models).1.iter().map(|fault| fault.code).collect()
}

fn read(models: &[&'static ModelDef]) -> (ProjectState, Diagnostics) {
    let (state, _, faults) = from_models(models);
    (state, faults)
}

fn post(def: &'static ModelDef) -> ModelState {
    let (state, faults) = read(&[&USER, def]);
    assert!(faults.is_empty(), "{faults}");
    state.models.iter().find(|(name, _)| name.model == "Post").map_or(ModelState::new(""), |(_, model)| model.clone())
}

#[test]
fn a_foreign_key_is_indexed_unless_it_says_not() {
    static INDEXED: ModelDef = model("Post", "blog_post", &[&[KEY, key_to("author", "User")]]);
    static BARE: ModelDef =
        model("Post", "blog_post", &[&[KEY, FieldDef { index: Some(false), ..key_to("author", "User") }]]);
    assert_eq!(post(&INDEXED).indexes.len(), 1);
    assert!(post(&INDEXED).indexes[0].name.is_none());
    assert!(post(&BARE).indexes.is_empty());
}

#[test]
fn choices_are_a_varchar_and_a_check() {
    const STATUS: FieldDef = FieldDef { name: "status", facts: TypeFacts::choices(&["draft", "published"]), ..PLAIN };
    static POST: ModelDef = model("Post", "blog_post", &[&[KEY, STATUS]]);
    let post = post(&POST);
    assert_eq!(post.fields[1].kind, FieldKind::Column(fastdjango_core::field::ColumnType::Varchar(9)));
    assert!(matches!(post.constraints[0].kind, ConstraintKind::Choices { .. }));
}

#[test]
fn a_conditional_unique_is_an_index() {
    const UNIQUES: &[UniqueDef] = &[UniqueDef {
        fields: &["id"],
        name: Some("one_id"),
        condition: Some(fastdjango_core::model::SqlDef::Any("id > 0")),
        deferrable: None,
        nulls_distinct: true,
    }];
    static POST: ModelDef = ModelDef { uniques: UNIQUES, ..model("Post", "blog_post", &[&[KEY]]) };
    let post = post(&POST);
    assert!(post.constraints.is_empty() && post.indexes[0].unique);
}

#[test]
fn one_table_for_two_models_tells_both_places() {
    static POST: ModelDef = model("Post", "blog_user", &[&[KEY]]);
    let (_, faults) = read(&[&USER, &POST]);
    assert_eq!(faults.0[0].code, "E103");
    assert_eq!(faults.0[0].notes, ["the other is at src/blog.rs:3:1"]);
}

#[test]
fn faults_of_the_registry_have_codes() {
    static OTHER_CRATE: ModelDef =
        ModelDef { source: Source { manifest_dir: "/other", ..SOURCE }, ..model("Post", "blog_post", &[&[KEY]]) };
    static AGAIN: ModelDef = model("User", "blog_user", &[&[KEY]]);
    static LOST: ModelDef = model("Post", "blog_post", &[&[KEY, key_to("author", "Usr")]]);
    static KEYLESS: ModelDef = model("Tag", "blog_tag", &[&[PLAIN]]);
    static TO_KEYLESS: ModelDef = model("Post", "blog_post", &[&[KEY, key_to("tag", "Tag")]]);
    static TO_FIELD: ModelDef =
        model("Post", "blog_post", &[&[KEY, FieldDef { to_field: Some("idd"), ..key_to("author", "User") }]]);
    static COLUMNS: ModelDef =
        model("Post", "blog_post", &[&[KEY, FieldDef { name: "x", column: Some("id"), ..PLAIN }]]);
    static AUTOS: ModelDef = model("Post", "blog_post", &[&[KEY, FieldDef { name: "x", auto: true, ..PLAIN }]]);
    const INDEX: IndexDef = IndexDef {
        fields: &[("idd", false)],
        lengths: &[],
        name: None,
        unique: false,
        condition: None,
        expression: None,
        include: &[],
        method: None,
        opclass: None,
        concurrently: false,
    };
    static FIELDS: ModelDef = ModelDef { indexes: &[INDEX], ..model("Post", "blog_post", &[&[KEY]]) };
    static LONG: ModelDef =
        model("Post", "a_table_with_a_name_of_more_bytes_than_any_database_would_ever_keep", &[&[KEY]]);
    assert_eq!(codes(&[&USER, &OTHER_CRATE]), ["E101"]);
    assert_eq!(codes(&[&USER, &AGAIN]), ["E102"]);
    assert_eq!(codes(&[&USER, &LOST]), ["E104"]);
    assert_eq!(codes(&[&KEYLESS, &TO_KEYLESS]), ["E107"]);
    assert_eq!(codes(&[&USER, &TO_FIELD]), ["E105"]);
    assert_eq!(codes(&[&COLUMNS]), ["E110"]);
    assert_eq!(codes(&[&AUTOS]), ["E114"]);
    assert_eq!(codes(&[&FIELDS]), ["E109"]);
    assert_eq!(codes(&[&LONG]), ["E113"]);
}

#[test]
fn a_composite_foreign_key_fits_its_target() {
    const INT: FieldDef = FieldDef { name: "a", facts: TypeFacts::column(TypeDef::Integer), ..PLAIN };
    const fn to(to_fields: &'static [&'static str]) -> ForeignKeyDef {
        ForeignKeyDef {
            name: None,
            fields: &["a"],
            to: ModelLabel { app: "blog", model: "User" },
            to_fields,
            on_delete: fastdjango_core::field::OnDelete::Cascade,
            on_update: fastdjango_core::field::OnDelete::NoAction,
            deferrable: None,
        }
    }
    const TYPE: &[ForeignKeyDef] = &[to(&["id"])];
    const COUNT: &[ForeignKeyDef] = &[to(&["id", "id"])];
    static OTHER_TYPE: ModelDef = ModelDef { foreign_keys: TYPE, ..model("Post", "blog_post", &[&[KEY, INT]]) };
    static OTHER_COUNT: ModelDef = ModelDef { foreign_keys: COUNT, ..model("Post", "blog_post", &[&[KEY, INT]]) };
    assert_eq!(codes(&[&USER, &OTHER_TYPE]), ["E108"]);
    assert_eq!(codes(&[&USER, &OTHER_COUNT]), ["E108"]);
}

#[test]
fn what_is_unique_only_in_the_end_is_nothing_to_refer_to() {
    const CODE: FieldDef = FieldDef { name: "code", ..PLAIN };
    const LATER: UniqueDef = UniqueDef { deferrable: Some(Deferrable::Immediate), ..UniqueDef::new(&["code"]) };
    const KEY_TO: ForeignKeyDef = ForeignKeyDef {
        name: None,
        fields: &["user_code"],
        to: ModelLabel { app: "blog", model: "User" },
        to_fields: &["code"],
        on_delete: fastdjango_core::field::OnDelete::Cascade,
        on_update: fastdjango_core::field::OnDelete::NoAction,
        deferrable: None,
    };
    const TWO: &[FieldDef] = &[KEY, CODE];
    static ALWAYS: ModelDef = ModelDef { uniques: &[UniqueDef::new(&["code"])], ..model("User", "blog_user", &[TWO]) };
    static AT_LAST: ModelDef = ModelDef { uniques: &[LATER], ..model("User", "blog_user", &[TWO]) };
    static POST: ModelDef =
        model("Post", "blog_post", &[&[KEY, FieldDef { to_field: Some("code"), ..key_to("user", "User") }]]);
    static COMPOSITE: ModelDef = ModelDef {
        foreign_keys: &[KEY_TO],
        ..model("Post", "blog_post", &[&[KEY, FieldDef { name: "user_code", ..PLAIN }]])
    };
    for post in [&POST, &COMPOSITE] {
        assert!(codes(&[&ALWAYS, post]).is_empty());
        assert_eq!(codes(&[&AT_LAST, post]), ["E106"]);
    }
}

const fn status(of: &'static EnumDef, values: &'static [&'static str]) -> FieldDef {
    FieldDef { name: "status", facts: TypeFacts::native(of, values), ..PLAIN }
}

const fn of_app(app: &'static str, model: ModelDef) -> ModelDef {
    let source = Source { manifest_dir: app, package: app, ..SOURCE };
    ModelDef { label: ModelLabel { app, model: model.label.model }, source, ..model }
}

const OPEN: EnumDef = EnumDef { name: "order_status", app: None, renamed_from: &[("sent", "gone")] };
const VALUES: &[&str] = &["draft", "sent"];

#[test]
fn a_native_enum_belongs_to_the_app_that_uses_it_or_that_is_said() {
    static POST: ModelDef = model("Post", "blog_post", &[&[KEY, status(&OPEN, VALUES)]]);
    const SAID: EnumDef = EnumDef { app: Some("shop"), ..OPEN };
    static ORDER: ModelDef = of_app("shop", model("Order", "shop_order", &[&[KEY, status(&SAID, VALUES)]]));
    static LINE: ModelDef = model("Line", "blog_line", &[&[KEY, status(&SAID, VALUES)]]);
    let (state, hints, faults) = from_models(&[&POST]);
    assert!(faults.is_empty(), "{faults}");
    let found = &state.enums["order_status"];
    assert_eq!(
        (found.app.as_str(), found.values.as_slice()),
        ("blog", ["draft".to_owned(), "sent".to_owned()].as_slice())
    );
    assert_eq!(hints.enums["order_status"].renamed_from["sent"], "gone");
    let post = state.models.values().next().expect("a model");
    assert_eq!(post.fields[1].kind, FieldKind::Column(fastdjango_core::field::ColumnType::Enum("order_status".into())));
    assert!(post.constraints.is_empty(), "the type is the check");

    let (state, _, faults) = from_models(&[&ORDER, &LINE]);
    assert!(faults.is_empty(), "{faults}");
    assert_eq!(state.enums["order_status"].app, "shop");
}

#[test]
fn faults_of_native_enums_have_codes() {
    static POST: ModelDef = model("Post", "blog_post", &[&[KEY, status(&OPEN, VALUES)]]);
    static ORDER: ModelDef = of_app("shop", model("Order", "shop_order", &[&[KEY, status(&OPEN, VALUES)]]));
    static OTHER: ModelDef = model("Tag", "blog_tag", &[&[KEY, status(&OPEN, &["draft"])]]);
    const ELSEWHERE: EnumDef = EnumDef { app: Some("wiki"), ..OPEN };
    static LOST: ModelDef = model("Post", "blog_post", &[&[KEY, status(&ELSEWHERE, VALUES)]]);
    const TABLE: EnumDef = EnumDef { name: "blog_post", ..OPEN };
    static TAKEN: ModelDef = model("Post", "blog_post", &[&[KEY, status(&TABLE, VALUES)]]);
    const BUILT_IN: EnumDef = EnumDef { name: "interval", ..OPEN };
    static SHADOWED: ModelDef = model("Post", "blog_post", &[&[KEY, status(&BUILT_IN, VALUES)]]);
    const LONG: EnumDef = EnumDef { name: "a_name_of_a_type_that_no_database_keeps_whole_as_it_has_64_bytes", ..OPEN };
    static TOO_LONG: ModelDef = model("Post", "blog_post", &[&[KEY, status(&LONG, VALUES)]]);
    let (_, faults) = read(&[&POST, &ORDER]);
    assert_eq!(codes(&[&POST, &ORDER]), ["E117"], "{faults}");
    assert!(faults.0[0].helps[0].contains("#[choices(native, app = \"blog\")]"), "{faults}");
    assert_eq!(codes(&[&POST, &OTHER]), ["E116"]);
    assert_eq!(codes(&[&LOST]), ["E117"]);
    assert_eq!(codes(&[&TAKEN]), ["E118"]);
    assert_eq!(codes(&[&SHADOWED]), ["E118"]);
    assert_eq!(codes(&[&TOO_LONG]), ["E113"]);
}
