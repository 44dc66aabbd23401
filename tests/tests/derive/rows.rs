//! Every scalar type through an in-memory `SQLite`, as a migration would have made its columns.

use std::net::IpAddr;

use fastdjango::prelude::*;
use fastdjango::row;
use fastdjango::sqlx::{self, Connection, SqliteConnection};
use serde::{Deserialize, Serialize};

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
enum Status {
    Draft,
    Published,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "rows", table = "all \"types\"")]
struct All {
    #[field(primary_key, auto)]
    id: i64,
    flag: bool,
    small: i16,
    int: i32,
    big: i64,
    byte: u8,
    word: u16,
    double_word: u32,
    single: f32,
    double: f64,
    #[field(max_length = 10)]
    title: String,
    blob: Vec<u8>,
    key: Uuid,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    #[field(max_digits = 28, decimal_places = 8)]
    exact: Decimal,
    day: NaiveDate,
    time: NaiveTime,
    local: NaiveDateTime,
    instant: DateTime<Utc>,
    json: serde_json::Value,
    point: Json<Point>,
    address: IpAddr,
    status: Status,
    #[field(on_delete = set_null, column = "Parent Row")]
    parent: Option<ForeignKey<All>>,
    maybe_day: Option<NaiveDate>,
    #[field(max_digits = 5, decimal_places = 1)]
    maybe_price: Option<Decimal>,
    #[field(generated = "int * 2", virtual)]
    twice: i64,
    others: ManyToMany<All>,
    #[field(skip)]
    cache: Option<String>,
}

const TABLE: &str = r#"CREATE TABLE "all ""types""" (
    id integer PRIMARY KEY, flag boolean, small smallint, int integer, big bigint, byte smallint, word integer,
    double_word bigint, single real, double double, title varchar(10), blob blob, key uuid_text,
    price numeric(10, 2), exact text, day date_text, time time_text, local datetime_text, instant datetime_text,
    json json_text, point json_text, address inet_text, status varchar(9), "Parent Row" bigint, maybe_day date_text,
    maybe_price numeric(5, 1), twice integer GENERATED ALWAYS AS (int * 2) VIRTUAL)"#;

async fn database() -> SqliteConnection {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("SQLite opens");
    sqlx::query(TABLE).execute(&mut connection).await.expect("the table is created");
    connection
}

fn full() -> All {
    All {
        id: 0,
        flag: true,
        small: i16::MIN,
        int: i32::MAX,
        big: i64::MIN,
        byte: u8::MAX,
        word: u16::MAX,
        double_word: u32::MAX,
        single: 0.1,
        double: 1e300,
        title: "Grüße, 'x'".into(),
        blob: vec![0, 255, 1],
        key: Uuid::from_u128(0x1234_5678_9abc_def0_1122_3344_5566_7788),
        price: "12345678.90".parse().expect("a decimal"),
        exact: "12345678901234567890.12345678".parse().expect("a decimal"),
        day: NaiveDate::from_ymd_opt(2026, 2, 28).expect("a date"),
        time: NaiveTime::from_hms_micro_opt(23, 59, 59, 1).expect("a time"),
        local: NaiveDate::from_ymd_opt(1999, 12, 31).and_then(|day| day.and_hms_opt(0, 0, 0)).expect("a timestamp"),
        instant: DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("a timestamp"),
        json: serde_json::json!({"a": [1, null]}),
        point: Json(Point { x: -1, y: 2 }),
        address: "2001:db8::1".parse().expect("an address"),
        status: Status::Published,
        parent: Some(1.into()),
        maybe_day: NaiveDate::from_ymd_opt(1, 1, 1),
        maybe_price: Some("-0.5".parse().expect("a decimal")),
        twice: 0,
        others: ManyToMany::default(),
        cache: Some("not stored".into()),
    }
}

async fn round_trip(connection: &mut SqliteConnection, row: &All) -> All {
    let id = row::insert(connection, row).await.expect("the row is inserted");
    let read: All = sqlx::query_as(r#"SELECT * FROM "all ""types""" WHERE id = ?"#)
        .bind(id)
        .fetch_one(connection)
        .await
        .expect("the row is read");
    assert_eq!(read.id, id);
    read
}

#[tokio::test]
async fn every_type_comes_back() {
    let mut connection = database().await;
    let row = full();
    let read = round_trip(&mut connection, &row).await;
    let expected = All { id: read.id, twice: i64::from(i32::MAX) * 2, cache: None, ..row };
    assert_eq!(read, expected);
    assert_eq!(read.price.to_string(), "12345678.90");
}

#[tokio::test]
async fn nothing_comes_back_as_nothing() {
    let mut connection = database().await;
    let row = All { parent: None, maybe_day: None, maybe_price: None, ..full() };
    let read = round_trip(&mut connection, &row).await;
    assert_eq!((read.parent, read.maybe_day, read.maybe_price), (None, None, None));
}

#[tokio::test]
async fn decimals_come_back_exactly_from_any_form() {
    let mut connection = database().await;
    for text in ["0.00", "5.00", "-0.01", "0.10", "99999999.99", "-99999999.99", "1.50"] {
        let row = All { price: text.parse().expect("a decimal"), ..full() };
        assert_eq!(round_trip(&mut connection, &row).await.price.to_string(), text);
    }
    for text in ["0.00000000", "-99999999999999999999.99999999", "0.00000001"] {
        let row = All { exact: text.parse().expect("a decimal"), ..full() };
        assert_eq!(round_trip(&mut connection, &row).await.exact.to_string(), text);
    }
}

#[tokio::test]
async fn values_are_stored_in_the_fixed_forms() {
    let mut connection = database().await;
    row::insert(&mut connection, &full()).await.expect("the row is inserted");
    for (expression, expected) in [
        ("typeof(flag) || flag", "integer1"),
        ("typeof(key) || key", "text12345678-9abc-def0-1122-334455667788"),
        ("typeof(exact) || exact", "text12345678901234567890.12345678"),
        ("typeof(price)", "real"),
        ("day", "2026-02-28"),
        ("time", "23:59:59.000001"),
        ("local", "1999-12-31 00:00:00"),
        ("instant", "2023-11-14 22:13:20.123456"),
        ("typeof(blob) || hex(blob)", "blob00FF01"),
        ("address", "2001:db8::1"),
        ("status", "published"),
        ("point", r#"{"x":-1,"y":2}"#),
        ("typeof(\"Parent Row\")", "integer"),
    ] {
        let query = format!(r#"SELECT {expression} FROM "all ""types""""#);
        let stored: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await.expect("a text");
        assert_eq!(stored, expected, "{expression}");
    }
}

async fn read_with(assignment: &str) -> Result<All, String> {
    let mut connection = database().await;
    row::insert(&mut connection, &full()).await.expect("the row is inserted");
    let update = format!(r#"UPDATE "all ""types""" SET {assignment}"#);
    sqlx::query(sqlx::AssertSqlSafe(update)).execute(&mut connection).await.expect("the row is changed");
    sqlx::query_as(r#"SELECT * FROM "all ""types""""#)
        .fetch_one(&mut connection)
        .await
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn other_writers_forms_are_read() {
    for (assignment, expected) in [
        ("instant = '2023-11-14T22:13:20.123456Z'", full().instant),
        ("instant = '2023-11-15 00:13:20.123456+02:00'", full().instant),
        ("instant = '2023-11-14T22:13:20.123456'", full().instant),
    ] {
        assert_eq!(read_with(assignment).await.map(|row| row.instant), Ok(expected), "{assignment}");
    }
    let bytes = read_with("key = x'123456789abcdef01122334455667788'").await;
    assert_eq!(bytes.map(|row| row.key), Ok(full().key));
}

#[tokio::test]
async fn an_impossible_value_names_its_column() {
    for (assignment, expected) in [
        ("byte = 300", "column byte: expected an integer from 0 to 255, found the integer 300"),
        ("byte = -1", "column byte: expected an integer from 0 to 255, found the integer -1"),
        ("flag = 2", "column flag: expected a boolean (0 or 1), found the integer 2"),
        ("title = NULL", "column title: expected text, found NULL"),
        ("day = '28.2.2026'", "column day: expected a date like 2026-01-31, found the text \"28.2.2026\""),
        ("status = 'gone'", "column status: expected one of the choices of `Status`, found the text \"gone\""),
        (
            "price = 0.005",
            "column price: expected a decimal number with at most 2 digits after the point, found the real 0.005",
        ),
        ("\"Parent Row\" = 'x'", "column Parent Row: expected an integer, found the text \"x\""),
    ] {
        let error = read_with(assignment).await.expect_err(assignment);
        assert_eq!(error, format!("error occurred while decoding {expected}"), "{assignment}");
    }
}

#[tokio::test]
async fn a_missing_column_is_an_error() {
    let mut connection = database().await;
    row::insert(&mut connection, &full()).await.expect("the row is inserted");
    let read: Result<All, _> = sqlx::query_as(r#"SELECT id FROM "all ""types""""#).fetch_one(&mut connection).await;
    let error = read.expect_err("most columns are missing").to_string();
    assert_eq!(error, "error occurred while decoding column flag: no column found for name: flag");
}

#[derive(Model, Debug, PartialEq)]
#[model(app = "rows")]
struct Counter {
    #[field(primary_key, auto)]
    id: i64,
}

#[tokio::test]
async fn a_row_of_defaults_is_inserted() {
    let mut connection = database().await;
    sqlx::query("CREATE TABLE rows_counter (id integer PRIMARY KEY)").execute(&mut connection).await.expect("a table");
    for expected in [1, 2] {
        assert_eq!(row::insert(&mut connection, &Counter { id: 0 }).await.expect("a row"), expected);
    }
}
