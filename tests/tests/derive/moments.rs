//! Dates and times of `chrono` and of `time`: one stored text, which both read.

use std::fmt::Debug;

use fastdjango::prelude::*;
use fastdjango::{FieldType, Value, time};

use crate::migrated::Migrated;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "moments")]
struct Chrono {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = "2026-01-31")]
    day: NaiveDate,
    #[field(default = "12:30:00")]
    clock: NaiveTime,
    #[field(default = "2026-01-31 12:30:00.000001")]
    local: NaiveDateTime,
    #[field(default_sql = "CURRENT_TIMESTAMP")]
    instant: DateTime<Utc>,
    maybe: Option<NaiveDate>,
}

/// The table of the model above, by the types of the other crate.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "moments_too", table = "moments_chrono")]
struct Timed {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = "2026-01-31")]
    day: Date,
    #[field(default = "12:30:00")]
    clock: Time,
    #[field(default = "2026-01-31 12:30:00.000001")]
    local: PrimitiveDateTime,
    #[field(default_sql = "CURRENT_TIMESTAMP")]
    instant: OffsetDateTime,
    maybe: Option<Date>,
}

fn chrono(day: (i32, u32, u32), clock: (u32, u32, u32, u32)) -> Chrono {
    let day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).expect("a date");
    let clock = NaiveTime::from_hms_nano_opt(clock.0, clock.1, clock.2, clock.3).expect("a time");
    let local = day.and_time(clock);
    Chrono { id: 1, day, clock, local, instant: local.and_utc(), maybe: Some(day) }
}

fn timed(day: (i32, u8, u8), clock: (u8, u8, u8, u32)) -> Timed {
    let month = time::Month::try_from(day.1).expect("a month");
    let day = Date::from_calendar_date(day.0, month, day.2).expect("a date");
    let clock = Time::from_hms_nano(clock.0, clock.1, clock.2, clock.3).expect("a time");
    let local = PrimitiveDateTime::new(day, clock);
    Timed { id: 1, day, clock, local, instant: local.assume_utc(), maybe: Some(day) }
}

/// The same moment in both, and its texts.
fn moments() -> [(Chrono, Timed, &'static str, &'static str); 7] {
    [
        (chrono((2026, 2, 28), (0, 0, 0, 0)), timed((2026, 2, 28), (0, 0, 0, 0)), "2026-02-28", "00:00:00"),
        (
            chrono((2024, 2, 29), (23, 59, 59, 1_000)),
            timed((2024, 2, 29), (23, 59, 59, 1_000)),
            "2024-02-29",
            "23:59:59.000001",
        ),
        (
            chrono((1969, 12, 31), (23, 59, 59, 999_999_999)),
            timed((1969, 12, 31), (23, 59, 59, 999_999_999)),
            "1969-12-31",
            "23:59:59.999999999",
        ),
        (
            chrono((0, 1, 1), (1, 2, 3, 500_000_000)),
            timed((0, 1, 1), (1, 2, 3, 500_000_000)),
            "0000-01-01",
            "01:02:03.500000",
        ),
        (chrono((-1, 1, 1), (0, 0, 0, 1)), timed((-1, 1, 1), (0, 0, 0, 1)), "-0001-01-01", "00:00:00.000000001"),
        (
            chrono((9999, 12, 31), (23, 59, 59, 999_999_999)),
            timed((9999, 12, 31), (23, 59, 59, 999_999_999)),
            "9999-12-31",
            "23:59:59.999999999",
        ),
        (chrono((-9999, 1, 1), (0, 0, 0, 0)), timed((-9999, 1, 1), (0, 0, 0, 0)), "-9999-01-01", "00:00:00"),
    ]
}

#[test]
fn both_crates_write_one_text() {
    assert_eq!(Chrono::DEF.all_fields().count(), Timed::DEF.all_fields().count());
    for (one, two) in Chrono::DEF.all_fields().zip(Timed::DEF.all_fields()) {
        assert_eq!(one.facts, two.facts, "{}", one.name);
    }
    for (chrono, timed, day, clock) in moments() {
        let both = format!("{day} {clock}");
        let expected = [day, clock, &both, &both, day].map(|text| Value::Text(text.to_owned()));
        for values in [chrono.insert_values(), timed.insert_values()] {
            assert_eq!(values.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), expected);
        }
    }
}

#[tokio::test]
async fn each_crate_reads_the_rows_of_the_other() {
    let mut database = Migrated::app("moments").await;
    for (chrono, timed, ..) in moments() {
        let read = database.round_trip(&chrono).await.expect("chrono reads its own row");
        assert_eq!(read, Chrono { id: read.id, ..chrono.clone() });
        let read: Timed = database.only().await.expect("time reads the row of chrono");
        assert_eq!(read, Timed { id: read.id, ..timed });
        let read = database.round_trip(&timed).await.expect("time reads its own row");
        assert_eq!(read, Timed { id: read.id, ..timed });
        let read: Chrono = database.only().await.expect("chrono reads the row of time");
        assert_eq!(read, Chrono { id: read.id, ..chrono });
    }
}

#[tokio::test]
async fn defaults_of_the_database_are_read() {
    let mut database = Migrated::app("moments").await;
    database.run("INSERT INTO moments_chrono DEFAULT VALUES").await;
    let timed: Timed = database.only().await.expect("time reads");
    let expected = self::timed((2026, 1, 31), (12, 30, 0, 1_000));
    let clock = Time::from_hms(12, 30, 0).expect("a time");
    assert_eq!((timed.day, timed.clock, timed.local, timed.maybe), (expected.day, clock, expected.local, None));
    assert!(timed.instant.year() >= 2026);
    assert_eq!(
        database.only::<Chrono>().await.expect("chrono reads").local,
        chrono((2026, 1, 31), (12, 30, 0, 1_000)).local
    );
}

/// What SQL sorts and compares are texts: they stand in the order of time.
#[tokio::test]
async fn stored_moments_compare_as_moments_do() {
    let clocks = [(0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 0, 1_000), (0, 0, 0, 1_001), (0, 0, 0, 2_000), (0, 0, 1, 0)];
    let texts: Vec<Value> = clocks.into_iter().map(|clock| timed((2026, 1, 1), clock).instant.to_value()).collect();
    for pair in texts.windows(2) {
        let [Value::Text(earlier), Value::Text(later)] = pair else { panic!("two texts") };
        assert!(earlier < later, "{earlier} {later}");
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn an_offset_is_stored_as_utc_except_where_utc_is_beyond_time() {
    let east = time::UtcOffset::from_hms(5, 30, 0).expect("an offset");
    let west = time::UtcOffset::from_hms(-5, 0, -7).expect("an offset");
    let at = timed((2026, 1, 1), (2, 0, 0, 0)).local.assume_offset(east);
    assert_eq!(at.to_value(), text("2025-12-31 20:30:00"));
    let read = OffsetDateTime::from_value(at.to_value(), None).expect("it reads what it writes");
    assert_eq!((read, read.offset()), (at, time::UtcOffset::UTC));
    for (at, stored) in [
        (PrimitiveDateTime::MIN.assume_offset(east), "-9999-01-01 00:00:00+05:30"),
        (PrimitiveDateTime::MAX.assume_offset(west), "9999-12-31 23:59:59.999999999-05:00:07"),
    ] {
        assert_eq!(at.to_value(), text(stored));
        assert_eq!(OffsetDateTime::from_value(text(stored), None).expect("it reads what it writes"), at);
    }
    let beyond =
        DateTime::<Utc>::from_value(text("9999-12-31 23:00:00-05:00"), None).expect("chrono knows the year 10000");
    assert_eq!(beyond.to_value(), text("+10000-01-01 04:00:00"));
}

#[test]
fn the_ends_of_chrono_come_back() {
    for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert_eq!(DateTime::from_value(at.to_value(), None), Ok(at));
    }
    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).expect("a leap second");
    assert_eq!(leap.to_value(), text("23:59:60.500000"));
    assert_eq!(NaiveTime::from_value(leap.to_value(), None), Ok(leap));
}

#[test]
fn texts_of_other_writers_are_read() {
    let expected = timed((2026, 1, 31), (12, 30, 0, 0)).instant;
    for stored in [
        "2026-01-31 12:30:00",
        "2026-01-31T12:30",
        "2026-01-31T12:30:00Z",
        "2026-01-31 12:30:00.000 z",
        "2026-01-31 14:30:00+02",
        "2026-01-31 14:30:00 +0200",
        "2026-01-31T07:30:00.0000000000-05:00",
    ] {
        assert_eq!(OffsetDateTime::from_value(text(stored), None), Ok(expected), "{stored}");
        let chrono = DateTime::<Utc>::from_value(text(stored), None).map(|at| at.timestamp());
        assert_eq!(chrono, Ok(expected.unix_timestamp()), "{stored}");
    }
}

#[test]
fn what_is_no_moment_is_an_error_and_never_the_nearest() {
    fn refuses<T: FieldType + Debug>(stored: &str, expected: &str) {
        let message = T::from_value(text(stored), None).expect_err(stored).to_string();
        assert_eq!(message, format!("expected {expected}, found the text {stored:?}"));
    }
    for stored in
        ["2026-02-29", "2026-1", "26-01-01", "2026-01-01-01", "", "-", "é026-01-01", "2026-13-01", "99999999999-01-01"]
    {
        refuses::<NaiveDate>(stored, "a date like 2026-01-31");
        refuses::<Date>(stored, "a date like 2026-01-31, within the range of `time`");
    }
    for stored in ["24:00:00", "12", "12:60", "12:30.5", "12:30:00:00", "12:30:00.", "12:30:00.0000000001", "+1:30:00"]
    {
        refuses::<NaiveTime>(stored, "a time like 12:30:00");
        refuses::<Time>(stored, "a time like 12:30:00, within the range of `time`");
    }
    refuses::<Date>("+10000-01-01", "a date like 2026-01-31, within the range of `time`");
    refuses::<Time>("23:59:60", "a time like 12:30:00, within the range of `time`");
    for stored in ["2026-01-31", "2026-01-31 12:30:00Z", "2026-01-31 12:30:00+02:00"] {
        refuses::<PrimitiveDateTime>(stored, "a timestamp like 2026-01-31 12:30:00, within the range of `time`");
        refuses::<NaiveDateTime>(stored, "a timestamp like 2026-01-31 12:30:00");
    }
    for stored in [
        "2026-01-31",
        "2026-01-31 12:30:00+2",
        "2026-01-31 12:30:00+02:0",
        "2026-01-31 12:30:00+2:000",
        "2026-01-31 12:30:00ZZ",
    ] {
        refuses::<OffsetDateTime>(stored, "a timestamp in UTC like 2026-01-31 12:30:00, within the range of `time`");
        refuses::<DateTime<Utc>>(stored, "a timestamp in UTC like 2026-01-31 12:30:00");
    }
}
