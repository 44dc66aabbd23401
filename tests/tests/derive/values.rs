//! Every scalar type at its extremes, through a `SQLite` file whose tables the migrations made.

use std::collections::BTreeMap;
use std::net::IpAddr;

use fastdjango::prelude::*;
use serde::{Deserialize, Serialize};

use crate::migrated::Migrated;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "values")]
struct Numbers {
    #[field(primary_key)]
    id: i64,
    flag: bool,
    small: i16,
    int: i32,
    byte: u8,
    word: u16,
    double_word: u32,
    single: f32,
    double: f64,
    maybe: Option<f64>,
    #[field(max_digits = 15, decimal_places = 2)]
    short: Decimal,
    #[field(max_digits = 28, decimal_places = 0)]
    whole: Decimal,
    #[field(max_digits = 28, decimal_places = 28)]
    fine: Decimal,
    #[field(max_digits = 16, decimal_places = 3)]
    long: Option<Decimal>,
}

fn numbers() -> Numbers {
    Numbers {
        id: 1,
        flag: false,
        small: 0,
        int: 0,
        byte: 0,
        word: 0,
        double_word: 0,
        single: 0.0,
        double: 0.0,
        maybe: None,
        short: Decimal::ZERO,
        whole: Decimal::ZERO,
        fine: Decimal::ZERO,
        long: None,
    }
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[tokio::test]
async fn whole_numbers_come_back_from_both_ends() {
    let mut database = Migrated::app("values").await;
    let least = Numbers { id: i64::MIN, small: i16::MIN, int: i32::MIN, ..numbers() };
    let most = Numbers {
        id: i64::MAX,
        flag: true,
        small: i16::MAX,
        int: i32::MAX,
        byte: u8::MAX,
        word: u16::MAX,
        double_word: u32::MAX,
        ..numbers()
    };
    for row in [least, most] {
        assert_eq!(database.round_trip(&row).await.expect("the row comes back"), row);
    }
}

#[tokio::test]
async fn an_unsigned_number_is_never_negative_in_the_database() {
    let mut database = Migrated::app("values").await;
    database.round_trip(&numbers()).await.expect("the row comes back");
    for column in ["byte", "word", "double_word"] {
        let refused = database.fails(&format!("UPDATE values_numbers SET {column} = -1")).await;
        assert!(refused.contains("CHECK constraint failed"), "{refused}");
    }
}

#[tokio::test]
async fn floating_point_numbers_come_back_to_the_bit() {
    let mut database = Migrated::app("values").await;
    for (single, double) in [
        (f32::MAX, f64::MAX),
        (f32::MIN, f64::MIN),
        (f32::MIN_POSITIVE, f64::MIN_POSITIVE),
        (f32::from_bits(1), f64::from_bits(1)),
        (f32::INFINITY, f64::INFINITY),
        (f32::NEG_INFINITY, f64::NEG_INFINITY),
        (0.1, 0.1 + 0.2),
        (16_777_216.0, 9_007_199_254_740_992.0),
        (-3.0, 1e18),
    ] {
        let row = Numbers { single, double, maybe: Some(double), ..numbers() };
        assert_eq!(database.round_trip(&row).await.expect("the row comes back"), row);
    }
    // SQLite keeps one zero: https://www.sqlite.org/floatingpoint.html
    let zero = database.round_trip(&Numbers { double: -0.0, ..numbers() }).await.expect("the row comes back");
    assert_eq!(zero.double.to_bits(), 0);
}

/// `SQLite` turns NaN into NULL: <https://www.sqlite.org/c3ref/bind_blob.html> would, where the column takes it, lose a value.
#[tokio::test]
async fn not_a_number_is_refused_and_never_null() {
    let mut database = Migrated::app("values").await;
    for row in [Numbers { maybe: Some(f64::NAN), ..numbers() }, Numbers { single: f32::NAN, ..numbers() }] {
        let refused = database.round_trip(&row).await.expect_err("SQLite has no NaN").to_string();
        assert!(refused.contains("expected a number, found NaN, which SQLite would store as NULL"), "{refused}");
    }
}

#[tokio::test]
async fn a_number_beyond_a_small_float_is_an_error_and_never_infinite() {
    let mut database = Migrated::app("values").await;
    database.round_trip(&numbers()).await.expect("the row comes back");
    database.run("UPDATE values_numbers SET single = 1e300").await;
    let error = database.only::<Numbers>().await.expect_err("no f32 is so large").to_string();
    assert!(
        error.ends_with("column single: expected a number within the range of `f32`, found the real 1e300"),
        "{error}"
    );
}

#[tokio::test]
async fn decimals_come_back_with_every_digit() {
    let mut database = Migrated::app("values").await;
    for (short, whole, fine) in [
        ("9999999999999.99", "9999999999999999999999999999", "0.9999999999999999999999999999"),
        ("-9999999999999.99", "-9999999999999999999999999999", "-0.0000000000000000000000000001"),
        ("0.01", "-1", "0.1000000000000000000000000000"),
        ("1234567890123.40", "9007199254740993", "0.0000000000000000000000000000"),
    ] {
        let row = Numbers {
            short: decimal(short),
            whole: decimal(whole),
            fine: decimal(fine),
            long: Some(decimal("9007199254740.993")),
            ..numbers()
        };
        let read = database.round_trip(&row).await.expect("the row comes back");
        assert_eq!(read, row);
        assert_eq!([read.short, read.whole, read.fine].map(|number| number.to_string()), [short, whole, fine]);
    }
}

/// A row that could be written and not be read again would be lost.
#[tokio::test]
async fn a_decimal_too_fine_for_its_column_is_refused_when_it_is_written() {
    let mut database = Migrated::app("values").await;
    let fits =
        database.round_trip(&Numbers { short: decimal("0.500"), ..numbers() }).await.expect("a zero is no digit");
    assert_eq!(fits.short.to_string(), "0.50");
    for (row, expected) in [
        (
            Numbers { short: decimal("0.005"), ..numbers() },
            "column `short`: expected a decimal number with at most 2 digits after the point, found 0.005",
        ),
        (
            Numbers { short: decimal("10000000000000"), ..numbers() },
            "column `short`: expected a decimal number with at most 13 digits before the point, found 10000000000000",
        ),
        (
            Numbers { long: Some(decimal("0.0001")), ..numbers() },
            "column `long`: expected a decimal number with at most 3 digits after the point, found 0.0001",
        ),
    ] {
        let refused = database.round_trip(&row).await.expect_err(expected).to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
enum Mood {
    Good,
    #[choice(value = "it's \"so\" so")]
    SoSo,
}

#[derive(FieldType, Debug, Clone, PartialEq)]
struct Slug(String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i64,
    label: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "values")]
struct Texts {
    #[field(primary_key)]
    id: i64,
    text: String,
    #[field(max_length = 5)]
    short: Option<String>,
    blob: Vec<u8>,
    key: Uuid,
    json: serde_json::Value,
    maybe_json: Option<serde_json::Value>,
    point: Json<Point>,
    list: Json<Vec<String>>,
    address: IpAddr,
    #[field(default = SoSo)]
    mood: Mood,
    maybe_mood: Option<Mood>,
    slug: Slug,
    maybe_slug: Option<Slug>,
}

fn texts() -> Texts {
    Texts {
        id: 1,
        text: String::new(),
        short: None,
        blob: Vec::new(),
        key: Uuid::nil(),
        json: serde_json::Value::Null,
        maybe_json: None,
        point: Json(Point { x: 0, label: None }),
        list: Json(Vec::new()),
        address: IpAddr::V4([0, 0, 0, 0].into()),
        mood: Mood::Good,
        maybe_mood: None,
        slug: Slug(String::new()),
        maybe_slug: None,
    }
}

#[tokio::test]
async fn texts_and_bytes_come_back_whatever_is_in_them() {
    let mut database = Migrated::app("values").await;
    let every_byte: Vec<u8> = (0..=255).collect();
    let number = serde_json::json!({ "n": u64::MAX, "f": 0.1, "deep": [[["\u{0}"]]], "e": 1e300 });
    for row in [
        texts(),
        Texts { text: "a\0b\0".into(), short: Some(String::new()), blob: every_byte, ..texts() },
        Texts { text: "123".into(), slug: Slug("1.0".into()), maybe_slug: Some(Slug("007".into())), ..texts() },
        Texts { text: "'; DROP TABLE x; --\u{10FFFF}".into(), short: Some("ÄÖ'\"?".into()), ..texts() },
        Texts { key: Uuid::max(), json: number.clone(), maybe_json: Some(number), ..texts() },
        Texts { json: serde_json::json!(1.0), maybe_json: Some(serde_json::Value::Null), ..texts() },
        Texts {
            point: Json(Point { x: i64::MIN, label: Some("\0".into()) }),
            list: Json(vec![String::new(), "null".into()]),
            ..texts()
        },
        Texts { mood: Mood::SoSo, maybe_mood: Some(Mood::SoSo), ..texts() },
    ] {
        assert_eq!(database.round_trip(&row).await.expect("the row comes back"), row);
    }
    for address in ["255.255.255.255", "::", "::ffff:192.0.2.1", "2001:db8::ffff", "fe80::1"] {
        let row = Texts { address: address.parse().expect("an address"), ..texts() };
        assert_eq!(database.round_trip(&row).await.expect("the row comes back"), row);
        assert_eq!(database.text("address", "values_texts").await, address);
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "values")]
struct Pairs {
    #[field(primary_key)]
    id: i64,
    maybe: Option<Json<BTreeMap<(i32, i32), bool>>>,
}

/// JSON has no keys but texts; what serde refuses is not NULL.
#[tokio::test]
async fn what_is_no_json_is_refused_and_never_null() {
    let mut database = Migrated::app("values").await;
    let nothing = Pairs { id: 1, maybe: Some(Json(BTreeMap::new())) };
    assert_eq!(database.round_trip(&nothing).await.expect("the row comes back"), nothing);
    let pairs = Pairs { id: 1, maybe: Some(Json(BTreeMap::from([((1, 2), true)]))) };
    let refused = database.round_trip(&pairs).await.expect_err("it is no JSON").to_string();
    assert!(refused.contains("column `maybe`: expected a value that serde can write as JSON"), "{refused}");
    assert!(refused.contains("key must be a string"), "{refused}");
}

/// A key of each type, and a reference to it.
macro_rules! keyed {
    ($($model:ident, $reference:ident: $key:ty $(, $attr:ident = $value:literal)* => $values:expr;)*) => {
        $(
            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(app = "keys")]
            struct $model {
                #[field(primary_key $(, $attr = $value)*)]
                key: $key,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(app = "keys")]
            struct $reference {
                #[field(primary_key)]
                id: i64,
                #[field(on_delete = cascade)]
                to: ForeignKey<$model, $key>,
                #[field(on_delete = set_null)]
                maybe: Option<ForeignKey<$model, $key>>,
            }
        )*

        #[tokio::test]
        async fn a_reference_holds_a_key_of_any_type() {
            let mut database = Migrated::app("keys").await;
            $(
                for key in $values {
                    let target = $model { key };
                    assert_eq!(database.round_trip(&target).await.expect("the key comes back"), target);
                    let to: ForeignKey<$model, $key> = ForeignKey::to(&target);
                    for maybe in [None, Some(to.clone())] {
                        let row = $reference { id: 1, to: to.clone(), maybe };
                        assert_eq!(database.round_trip(&row).await.expect("the reference comes back"), row);
                    }
                    database.run(&format!("DELETE FROM {}", <$reference as fastdjango::Model>::TABLE)).await;
                }
            )*
        }
    };
}

keyed! {
    Flag, ToFlag: bool => [false, true];
    Small, ToSmall: i16 => [i16::MIN, i16::MAX];
    Int, ToInt: i32 => [i32::MIN, i32::MAX];
    Big, ToBig: i64 => [i64::MIN, i64::MAX];
    Byte, ToByte: u8 => [u8::MIN, u8::MAX];
    Word, ToWord: u16 => [u16::MIN, u16::MAX];
    DoubleWord, ToDoubleWord: u32 => [u32::MIN, u32::MAX];
    Text, ToText: String => [String::new(), "a\0'b".to_owned(), "0012".to_owned()];
    Bytes, ToBytes: Vec<u8> => [vec![], vec![0, 255]];
    Id, ToId: Uuid => [Uuid::nil(), Uuid::max()];
    Cents, ToCents: Decimal, max_digits = 10, decimal_places = 2 => [decimal("-1.50"), decimal("2.00")];
    Day, ToDay: NaiveDate => [NaiveDate::MIN, NaiveDate::MAX];
    Instant, ToInstant: DateTime<Utc> => [DateTime::UNIX_EPOCH];
    Moment, ToMoment: OffsetDateTime => [OffsetDateTime::UNIX_EPOCH];
    Address, ToAddress: IpAddr => [IpAddr::V4([127, 0, 0, 1].into())];
    Choice, ToChoice: Mood => [Mood::Good, Mood::SoSo];
    Named, ToNamed: Slug => [Slug("1e3".to_owned())];
}
