//! Every scalar type through a real table, as a migration would make its columns.

use std::net::IpAddr;

use fastdjango::prelude::*;
use fastdjango::row;
use fastdjango::sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use fastdjango::sqlx::{self, ConnectOptions};
use fastdjango_core::settings::Secret;
use serde::{Deserialize, Serialize};

use super::harness::{TestDb, each};

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

/// The table as the dialect would write it, but for what only one of the servers has.
const TABLE: &str = r#"CREATE TABLE `all "types"` (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, flag boolean, small smallint, `int` integer, big bigint, byte smallint,
    word integer, double_word bigint, single float, `double` double, title varchar(10), `blob` longblob, `key` char(36),
    price decimal(10, 2), exact decimal(28, 8), day date, time time(6), local datetime(6), instant datetime(6),
    json json, point json, address varchar(49), status varchar(9), `Parent Row` bigint, maybe_day date,
    maybe_price decimal(5, 1), twice bigint GENERATED ALWAYS AS (`int` * 2) VIRTUAL)
    CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"#;

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

pub(super) async fn connect(db: &TestDb) -> MySqlConnection {
    let settings = &db.settings;
    let (host, port) = (settings.host.as_deref().unwrap_or_default(), settings.port.unwrap_or(3306));
    let options = MySqlConnectOptions::new().host(host).port(port).database(&settings.name);
    let options = options.username(settings.user.as_deref().unwrap_or_default());
    let password = settings.password.as_ref().map(Secret::reveal).unwrap_or_default();
    options.password(password).connect().await.expect("the database opens")
}

async fn connect_to_table(db: &TestDb) -> MySqlConnection {
    let mut connection = connect(db).await;
    sqlx::query(TABLE).execute(&mut connection).await.expect("the table is created");
    connection
}

async fn round_trip(connection: &mut MySqlConnection, row: &All) -> All {
    let id = row::insert(connection, row).await.expect("the row is inserted");
    let select = r#"SELECT * FROM `all "types"` WHERE id = ?"#;
    let read: All = sqlx::query_as(select).bind(id).fetch_one(&mut *connection).await.expect("the row is read");
    assert_eq!(read.id, id);
    // The protocol of text gives the same values, but for floating-point numbers, of which it writes six digits.
    let plain = sqlx::raw_sql(r#"SELECT * FROM `all "types"` ORDER BY id DESC LIMIT 1"#);
    let plain = plain.fetch_one(connection).await.expect("the row is read");
    assert_eq!(All { single: read.single, ..row::read(&plain).expect("as text") }, read);
    read
}

#[tokio::test]
async fn every_type_comes_back() {
    for db in each().await {
        let mut connection = connect_to_table(&db).await;
        let row = full();
        let read = round_trip(&mut connection, &row).await;
        let expected = All { id: read.id, twice: i64::from(i32::MAX) * 2, cache: None, ..row };
        assert_eq!(read, expected);
        assert_eq!(read.price.to_string(), "12345678.90");
    }
}

#[tokio::test]
async fn nothing_and_the_smallest_and_largest_come_back() {
    for db in each().await {
        let mut connection = connect_to_table(&db).await;
        let nothing = All { parent: None, maybe_day: None, maybe_price: None, flag: false, blob: Vec::new(), ..full() };
        let small = All {
            title: "\\'\";--\n".into(),
            double: f64::MIN_POSITIVE,
            single: f32::MAX,
            price: "-0.01".parse().expect("a decimal"),
            exact: "0.00010000".parse().expect("a decimal"),
            day: NaiveDate::from_ymd_opt(1, 1, 1).expect("a date"),
            time: NaiveTime::from_hms_opt(0, 0, 0).expect("a time"),
            instant: DateTime::from_timestamp_micros(-1).expect("a timestamp"),
            address: "127.0.0.1".parse().expect("an address"),
            ..full()
        };
        for row in [nothing, small] {
            let read = round_trip(&mut connection, &row).await;
            assert_eq!(read, All { id: read.id, twice: i64::from(i32::MAX) * 2, cache: None, ..row });
        }
    }
}

#[tokio::test]
async fn what_the_server_cannot_store_is_refused_by_its_column() {
    for db in each().await {
        let mut connection = connect_to_table(&db).await;
        let row = All { double: f64::NAN, ..full() };
        let error = row::insert(&mut connection, &row).await.expect_err("no number").to_string();
        assert!(error.contains("column `double`") && error.contains("NaN"), "{error}");
        let row = All { title: "more than ten".into(), ..full() };
        let error = row::insert(&mut connection, &row).await.expect_err("too long").to_string();
        assert!(error.contains("Data too long"), "{error}");
    }
}

#[derive(Model, Debug, PartialEq)]
#[model(app = "rows")]
pub(super) struct Counter {
    #[field(primary_key, auto)]
    id: i64,
}

#[tokio::test]
async fn a_row_of_defaults_is_inserted() {
    for db in each().await {
        let mut connection = connect_to_table(&db).await;
        let table = "CREATE TABLE rows_counter (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY)";
        sqlx::query(table).execute(&mut connection).await.expect("a table");
        for expected in [1, 2] {
            assert_eq!(row::insert(&mut connection, &Counter { id: 0 }).await.expect("a row"), expected);
        }
    }
}
