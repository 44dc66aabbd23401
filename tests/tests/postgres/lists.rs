//! Lists as arrays: their columns as the migrations make them, their rows, and where they are refused.

use std::net::IpAddr;

use fastdjango::prelude::*;
use fastdjango::sqlx::{self, PgConnection};
use fastdjango::{Model, row};

use super::harness::each;
use super::migrated::{make, migrated};

#[derive(Model, Debug, Clone, PartialEq, Default)]
#[model(app = "lists")]
#[model(index(fields = [words], method = "gin"))]
struct Lists {
    #[field(primary_key, auto)]
    id: i64,
    flags: Vec<bool>,
    small: Vec<i16>,
    whole: Vec<i32>,
    big: Vec<i64>,
    single: Vec<f32>,
    double: Vec<f64>,
    words: Vec<String>,
    #[field(max_length = 5)]
    short: Vec<String>,
    blobs: Vec<Vec<u8>>,
    keys: Vec<Uuid>,
    #[field(max_digits = 10, decimal_places = 2)]
    prices: Vec<Decimal>,
    days: Vec<NaiveDate>,
    times: Vec<NaiveTime>,
    instants: Vec<DateTime<Utc>>,
    addresses: Vec<IpAddr>,
    documents: Vec<serde_json::Value>,
    maybe: Option<Vec<String>>,
    #[field(default_sql = "'{}'::integer[]")]
    later: Vec<i32>,
}

fn full() -> Lists {
    let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
    Lists {
        id: 0,
        flags: vec![true, false],
        small: vec![i16::MIN, 0],
        whole: vec![i32::MAX],
        big: vec![i64::MIN, i64::MAX],
        single: vec![0.1, f32::INFINITY],
        double: vec![1e300, -0.5],
        words: ["", "NULL", "null", "a,b", "{x}", "\"q\"", "back\\slash", "it's", " space ", "Grüße\n"]
            .map(String::from)
            .into(),
        short: vec!["12345".into()],
        blobs: vec![vec![], vec![0, 255, b'"', b'\\']],
        keys: vec![Uuid::from_u128(1)],
        prices: vec![decimal("12345678.90"), decimal("-0.01")],
        days: vec![NaiveDate::from_ymd_opt(2026, 2, 28).expect("a date")],
        times: vec![NaiveTime::from_hms_micro_opt(23, 59, 59, 1).expect("a time")],
        instants: vec![DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("a timestamp")],
        addresses: vec!["2001:db8::1".parse().expect("an address"), "127.0.0.1".parse().expect("an address")],
        documents: vec![serde_json::json!({"a": [1, null, "x\"y"]}), serde_json::json!(null)],
        maybe: Some(vec![]),
        later: vec![1, 2],
    }
}

async fn round_trip(connection: &mut PgConnection, row: &Lists) {
    let id = row::insert(connection, row).await.expect("the row is inserted");
    let select = "SELECT * FROM lists_lists WHERE id = $1";
    let read: Lists = sqlx::query_as(select).bind(id).fetch_one(&mut *connection).await.expect("the row is read");
    assert_eq!(read, Lists { id, ..row.clone() });
    // The simple protocol gives the same values as text.
    let plain = sqlx::raw_sql("SELECT * FROM lists_lists ORDER BY id DESC LIMIT 1");
    let plain = plain.fetch_one(connection).await.expect("the row is read");
    assert_eq!(row::read::<Lists>(&plain).expect("as text"), read);
}

#[tokio::test]
async fn lists_of_every_type_come_back() {
    for db in each().await {
        let mut connection = migrated(&db, "lists", &[Lists::DEF]).await;
        for row in [full(), Lists::default(), Lists { maybe: None, ..full() }] {
            round_trip(&mut connection, &row).await;
        }
        let found: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM lists_lists WHERE words @> ARRAY['it''s'] ORDER BY id")
                .fetch_all(&mut connection)
                .await
                .expect("the words are single words");
        assert_eq!(found, [1, 3]);
    }
}

#[tokio::test]
async fn what_a_list_cannot_hold_is_refused_by_its_column() {
    for db in each().await {
        let mut connection = migrated(&db, "lists", &[Lists::DEF]).await;
        let too_fine = Lists { prices: vec!["0.001".parse().expect("a decimal")], ..full() };
        let error = row::insert(&mut connection, &too_fine).await.expect_err("three digits").to_string();
        assert!(error.contains("column `prices`") && error.contains("at most 2 digits"), "{error}");
        let nul = Lists { words: vec!["a\0b".into()], ..full() };
        let error = row::insert(&mut connection, &nul).await.expect_err("a NUL").to_string();
        assert!(error.contains("column `words`") && error.contains("NUL"), "{error}");
        row::insert(&mut connection, &full()).await.expect("the row is inserted");
        for (update, said) in [
            ("UPDATE lists_lists SET words = ARRAY['a', NULL]", "expected: \"text\", found: \"NULL\""),
            ("UPDATE lists_lists SET words = ARRAY[['a'], ['b']]", "array of several dimensions"),
        ] {
            sqlx::query(update).execute(&mut connection).await.expect("updated");
            let read = sqlx::query_as::<_, Lists>("SELECT * FROM lists_lists").fetch_one(&mut connection).await;
            let error = read.expect_err("no list of texts");
            assert!(error.to_string().contains("words") && format!("{error:?}").contains(said), "{error:?}");
        }
    }
}

#[test]
fn a_database_without_arrays_refuses_the_list_when_the_migration_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = make(folder.path(), "lists", "sqlite", &[Lists::DEF]).expect_err("no arrays");
    assert!(
        error.contains("E420") && error.contains("`lists.Lists.flags`") && error.contains("Json<Vec<T>>"),
        "{error}"
    );
    assert!(!folder.path().join("migrations").exists(), "nothing is written");
}
