//! What the page says, asked of real databases.

use std::fs;

use fastdjango_core::command::Target;
use fastdjango_core::dialect::{Capabilities, targeting};
use fastdjango_core::field::{ColumnType, Default, Deferrable, Engine, Literal, OnDelete, Sql};
use fastdjango_core::name::ModelRef;
use fastdjango_core::schema::{compare, lower_all};
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, Generated, IndexField, IndexState, ModelState,
    ProjectState, Reference,
};

use super::harness::{Place, each, field, thing};
use super::page::{Row, TYPES, rows, stored};

/// A text of each type, and what it reads as where that is something else.
fn value(ty: &ColumnType, engine: Engine) -> (&'static str, Option<&'static str>) {
    let of_postgres = |text| Some(text).filter(|_| engine == Engine::Postgres);
    match ty {
        ColumnType::Boolean => ("1", of_postgres("true")),
        ColumnType::SmallInt => ("-32768", None),
        ColumnType::Integer => ("2147483647", None),
        ColumnType::BigInt => ("-9223372036854775808", None),
        ColumnType::Real | ColumnType::Double => ("-1.5", None),
        ColumnType::Varchar(_) | ColumnType::Text => ("Grüße, it''s", Some("Grüße, it's")),
        ColumnType::Binary => ("ab", of_postgres("\\x6162")),
        ColumnType::Uuid => ("0f0e0d0c-0b0a-0908-0706-050403020100", None),
        ColumnType::Numeric(10, _) => ("12345678.75", None),
        ColumnType::Numeric(..) => ("1234567890123456.7891", None),
        ColumnType::Date => ("2026-02-28", None),
        ColumnType::Time => ("23:59:59.123456", None),
        ColumnType::Timestamp => ("2026-02-28 23:59:59.123456", None),
        ColumnType::TimestampTz => ("2026-02-28 23:59:59.123456", of_postgres("2026-02-28 23:59:59.123456+00")),
        ColumnType::Json => ("{\"a\": [1, null]}", None),
        ColumnType::Inet => ("10.0.0.1", of_postgres("10.0.0.1/32")),
        ColumnType::Array(_) => ("{1,2}", None),
        ColumnType::Enum(_) | ColumnType::Custom(_) | ColumnType::Opaque { .. } => ("abc", None),
    }
}

#[tokio::test]
async fn every_type_is_stored_as_the_page_says_and_gives_back_what_it_was_given() {
    for place in each().await {
        let engine = place.engine;
        let facts = Capabilities::of(engine, engine.targets().default);
        let types = TYPES.iter().map(|name| name.parse::<ColumnType>().expect("a type"));
        let (refused, types): (Vec<_>, Vec<_>) = types.partition(|ty| stored(ty, &facts) == "refused");
        for ty in refused {
            let told = place.make(&thing(vec![field("f", ty)], |_| ()), None).expect_err("refused").to_string();
            assert!(told.contains("error[E420]"), "{told}");
        }
        let fields = types.iter().enumerate().map(|(i, ty)| field(&format!("f{i}"), ty.clone())).collect();
        let models = thing(fields, |_| ());
        place.make(&models, None).expect("the migration");
        place.migrate(&models, None, Target::Latest).await.expect("it runs");

        let dialect = targeting(engine, facts.target);
        let (mut expected, mut found) = (lower_all(&models).expect("tables"), place.schema().await);
        dialect.normalize(&mut expected);
        dialect.normalize(&mut found);
        let custom = types.iter().position(|ty| matches!(ty, ColumnType::Custom(_)));
        let mut differences: Vec<String> = compare(&expected, &found, engine).iter().map(ToString::to_string).collect();
        // What nobody here knows, the server prints in words of its own.
        differences.retain(|told| !custom.is_some_and(|i| told.contains(&format!("f{i}"))));
        assert!(differences.is_empty(), "{engine}: {differences:#?}");
        for (i, ty) in types.iter().enumerate().filter(|(i, _)| Some(*i) != custom) {
            let column = found.tables["thing"].column(&format!("f{i}")).expect("the column");
            assert_eq!(dialect.parse_type(&stored(ty, &facts)), column.ty, "{ty} on {engine}");
        }

        let (names, texts): (Vec<_>, Vec<_>) =
            types.iter().enumerate().map(|(i, ty)| (format!("f{i}"), value(ty, engine))).unzip();
        let given: Vec<String> = texts.iter().map(|(text, _)| format!("'{text}'")).collect();
        let insert = format!("INSERT INTO thing ({}) VALUES ({})", names.join(", "), given.join(", "));
        place.run(&insert).await.unwrap_or_else(|why| panic!("{engine}: {why}"));
        let text = if matches!(engine, Engine::Sqlite | Engine::Postgres) { "text" } else { "char" };
        for ((name, (text_in, read)), ty) in names.iter().zip(texts).zip(&types) {
            let rows = place.rows(&format!("SELECT CAST({name} AS {text}) FROM thing")).await;
            assert_eq!(rows, [read.unwrap_or(text_in)], "{ty} on {engine}");
        }
    }
}

fn computed(stored: bool) -> FieldState {
    let generated = Some(Generated { expression: Sql::any("size * 2"), stored });
    FieldState { generated, null: true, ..field("twice", ColumnType::Integer) }
}

fn refers(on_delete: OnDelete) -> FieldState {
    let reference = Reference {
        to: ModelRef::new("shop", "Thing"),
        to_field: None,
        on_delete,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: None,
    };
    FieldState { null: true, ..FieldState::new("parent", FieldKind::ForeignKey(reference)) }
}

/// A model with a size and a name, and an index over the size.
fn indexed(change: impl Fn(&mut IndexState)) -> ProjectState {
    let fields = vec![field("size", ColumnType::Integer), field("name", ColumnType::Varchar(20)), computed(true)];
    thing(fields, |model| {
        let mut index = IndexState {
            name: Some("thing_one".to_owned()),
            fields: vec![IndexField { field: "size".into(), descending: false, length: None }],
            expression: None,
            unique: false,
            condition: None,
            include: Vec::new(),
            method: None,
            opclass: None,
            concurrently: false,
        };
        change(&mut index);
        model.indexes.push(index);
    })
}

fn unique(deferrable: Option<Deferrable>, nulls_not_distinct: bool) -> ProjectState {
    let code = FieldState { null: true, ..field("code", ColumnType::Integer) };
    thing(vec![code], |model| {
        let kind = ConstraintKind::Unique { fields: vec!["code".into()], deferrable, nulls_not_distinct };
        model.constraints.push(ConstraintState { name: Some("thing_code".to_owned()), kind });
    })
}

fn checked(fields: Vec<FieldState>, sql: &str) -> ProjectState {
    thing(fields, |model| {
        let kind = ConstraintKind::Check { sql: Sql::any(sql) };
        model.constraints.push(ConstraintState { name: Some("thing_check".to_owned()), kind });
    })
}

fn keyed(fields: &[FieldState], key: &[&str]) -> ProjectState {
    thing(Vec::new(), |model: &mut ModelState| {
        model.fields = fields.to_vec().into();
        model.primary_key = key.iter().map(|name| (*name).into()).collect();
    })
}

fn sized(more: Vec<FieldState>) -> ProjectState {
    thing([vec![field("size", ColumnType::Integer)], more].concat(), |_| ())
}

/// The models that ask for what a row is about; where it is a change, those before as well.
fn asking(words: &str) -> Vec<ProjectState> {
    let plain = || FieldState { generated: None, ..computed(true) };
    let over = FieldState {
        generated: Some(Generated { expression: Sql::any("twice + 1"), stored: true }),
        null: true,
        ..field("more", ColumnType::Integer)
    };
    let defaulted = FieldState { default: Some(Default::Value(Literal::Integer(1))), ..refers(OnDelete::SetDefault) };
    let models = match words {
        "an index with `include`" => indexed(|index| index.include = vec!["name".into()]),
        "an index with `method` or `opclass`" => indexed(|index| index.method = Some("hash".to_owned())),
        "an index over the beginning of a text (`title(20)`)" => indexed(|index| {
            index.fields = vec![IndexField { field: "name".into(), descending: false, length: Some(5) }];
        }),
        "an index over words (`method = \"fulltext\"`)" => indexed(|index| {
            index.fields[0].field = "name".into();
            index.method = Some("fulltext".to_owned());
        }),
        "an index over an `expression`" => indexed(|index| {
            index.fields.clear();
            index.expression = Some(Sql::any("lower(name)"));
        }),
        "an index with a `condition`" => indexed(|index| index.condition = Some(Sql::any("size > 0"))),
        "an index of which a column goes downwards" => indexed(|index| index.fields[0].descending = true),
        "`nulls_distinct = false`" => unique(None, true),
        "a `deferrable` unique constraint" => unique(Some(Deferrable::Deferred), false),
        "a `deferrable` foreign key" => {
            let mut parent = refers(OnDelete::Cascade);
            if let FieldKind::ForeignKey(reference) = &mut parent.kind {
                reference.deferrable = Some(Deferrable::Deferred);
            }
            sized(vec![parent])
        }
        "`on_delete = set_default`" => sized(vec![defaulted]),
        "`on_delete = set_null` into a required field" => {
            sized(vec![FieldState { null: false, ..refers(OnDelete::SetNull) }])
        }
        "a table of a schema (`table = \"shop.order\"`)" => {
            thing(Vec::new(), |model| "shop.order".clone_into(&mut model.table))
        }
        "arrays" => sized(vec![field("list", ColumnType::Array(Box::new(ColumnType::Integer)))]),
        "a model whose fields are all computed" => {
            let generated = Some(Generated { expression: Sql::any("1"), stored: true });
            keyed(&[FieldState { generated, ..field("one", ColumnType::Integer) }], &["one"])
        }
        "`auto` outside a key of its own" => {
            let number = FieldState { auto: true, ..field("number", ColumnType::BigInt) };
            keyed(&[field("code", ColumnType::Integer), number], &["code"])
        }
        "a generated field that is `virtual`" => sized(vec![computed(false)]),
        "a virtual field in an index" => {
            let mut models = indexed(|index| index.fields[0].field = "twice".into());
            if let Some(model) = models.models.get_mut(&ModelRef::new("shop", "Thing")) {
                model.fields[3] = computed(false);
            }
            models
        }
        "a virtual field in a foreign key" => {
            thing(vec![field("size", ColumnType::BigInt), twice_of_itself()], |model| {
                let to = ModelRef::new("shop", "Thing");
                let (fields, to_fields) = (vec!["twice".into()], vec!["id".into()]);
                let (on_delete, on_update) = (OnDelete::NoAction, OnDelete::NoAction);
                let kind = ConstraintKind::ForeignKey { fields, to, to_fields, on_delete, on_update, deferrable: None };
                model.constraints.push(ConstraintState { name: Some("thing_twice".to_owned()), kind });
            })
        }
        "a stored field that becomes a plain one" => return vec![sized(vec![computed(true)]), sized(vec![plain()])],
        "a virtual field that becomes a plain one" => {
            return vec![sized(vec![computed(false)]), sized(vec![plain()])];
        }
        "a generated field in a primary key" => {
            keyed(&[field("size", ColumnType::Integer), FieldState { null: false, ..computed(true) }], &["twice"])
        }
        "a generated field over another" => sized(vec![computed(true), over]),
        "a check or a generated field over an `auto` field" => checked(Vec::new(), "id > 0"),
        "a check or a generated field over a field that a foreign key writes" => {
            checked(vec![refers(OnDelete::SetNull)], "parent_id > 0")
        }
        "checks of one name in two tables" => {
            let mut models = checked(vec![field("size", ColumnType::Integer)], "size > 0");
            let other = models.models.get(&ModelRef::new("shop", "Thing")).cloned().expect("a thing");
            models.models.insert(ModelRef::new("shop", "Other"), ModelState { table: "other".to_owned(), ..other });
            models
        }
        r"`\|\|` between texts in a fragment for all databases" => {
            checked(vec![field("name", ColumnType::Varchar(20))], "name || 'x' <> 'x'")
        }
        "the most digits of a decimal" => sized(vec![field("price", ColumnType::Numeric(66, 2))]),
        "the most digits of a decimal with an order" => keyed_price(),
        "the most characters of `max_length`" => sized(vec![field("long", ColumnType::Varchar(16384))]),
        "the most characters of a key" => keyed(&[field("long", ColumnType::Varchar(769))], &["long"]),
        other => panic!("nothing asks for {other}"),
    };
    vec![models]
}

/// A virtual field of the type of the key.
fn twice_of_itself() -> FieldState {
    FieldState { kind: FieldKind::Column(ColumnType::BigInt), ..computed(false) }
}

/// An index over a decimal of many digits.
fn keyed_price() -> ProjectState {
    let mut models = indexed(|index| index.fields[0].field = "price".into());
    if let Some(model) = models.models.get_mut(&ModelRef::new("shop", "Thing")) {
        model.fields.push(field("price", ColumnType::Numeric(20, 2)));
    }
    models
}

fn asked(engine: Engine, words: &str, target: &str) -> bool {
    let facts = Capabilities::of(engine, engine.target(target).expect("a target"));
    rows(&facts).0.into_iter().find(|row| row.0 == words).is_some_and(|row| row.1.works())
}

/// Makes one migration after the other; the first that is refused ends it.
fn made(place: &Place, steps: &[ProjectState], target: &str) -> Result<(), String> {
    let _ = fs::remove_dir_all(place.dir.path().join("migrations"));
    steps.iter().try_for_each(|models| place.make(models, Some(target)).map(|_| ()).map_err(|why| why.to_string()))
}

#[tokio::test]
async fn what_is_there_works_and_what_is_not_is_refused() {
    for place in each().await {
        let (engine, server) = (place.engine, place.version().await);
        let features: Vec<Row> = rows(&Capabilities::of(engine, engine.targets().default)).0;
        for (words, _) in features {
            let (mut ran, steps) = (false, asking(words));
            for target in Capabilities::releases(engine).iter().rev() {
                let there = asked(engine, words, &target.to_string());
                let made = made(&place, &steps, &target.to_string());
                let claim = format!("{words} on {engine} {target}");
                if !there {
                    let told = made.expect_err(&claim);
                    assert!(told.contains("error[E42"), "{claim}: {told}");
                    continue;
                }
                made.unwrap_or_else(|why| panic!("{claim}: {why}"));
                // One run says as much as several: the text is the same.
                if *target <= server && !ran {
                    ran = true;
                    let (last, target) = (&steps[steps.len() - 1], Some(target.to_string()));
                    let to = place.migrate(last, target.as_deref(), Target::Latest).await;
                    to.unwrap_or_else(|why| panic!("{claim}: {why}"));
                    let back = place.migrate(last, target.as_deref(), Target::Zero("shop".into())).await;
                    back.unwrap_or_else(|why| panic!("{claim}, back: {why}"));
                }
            }
        }
    }
}
