//! The dates and times of `chrono`.

use ::chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

use super::moment::{CivilDate, Clock, Moment};
use crate::model::list::element;
use crate::model::scalar::parsed;
use crate::model::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

/// chrono counts a leap second as more than 999,999,999 nanoseconds of the second before.
const SECOND: u32 = 1_000_000_000;

fn day(date: NaiveDate) -> CivilDate {
    CivilDate { year: date.year(), month: date.month(), day: date.day() }
}

fn clock(time: NaiveTime) -> Clock {
    let (second, nanosecond) = (time.second() + time.nanosecond() / SECOND, time.nanosecond() % SECOND);
    Clock { hour: time.hour(), minute: time.minute(), second, nanosecond }
}

fn moment(at: NaiveDateTime) -> Moment {
    Moment { day: day(at.date()), clock: clock(at.time()), ahead: 0 }
}

fn date_of(CivilDate { year, month, day }: CivilDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

fn time_of(Clock { hour, minute, second, nanosecond }: Clock) -> Option<NaiveTime> {
    match second {
        60 => NaiveTime::from_hms_nano_opt(hour, minute, 59, SECOND + nanosecond),
        _ => NaiveTime::from_hms_nano_opt(hour, minute, second, nanosecond),
    }
}

fn local_of(moment: Moment) -> Option<NaiveDateTime> {
    Some(date_of(moment.day)?.and_time(time_of(moment.clock)?))
}

fn instant_of(moment: Moment) -> Option<DateTime<Utc>> {
    Some(local_of(moment)?.checked_sub_offset(FixedOffset::east_opt(moment.ahead)?)?.and_utc())
}

macro_rules! date_type {
    ($($ty:ty: $column:ident, $expected:literal, $write:expr, $read:expr;)*) => {$(
        element!($ty: $column);

        impl FieldType for $ty {
            const FACTS: TypeFacts = TypeFacts::column(TypeDef::$column);

            fn to_value(&self) -> Value {
                Value::Text($write(*self).to_string())
            }

            fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
                parsed(value, $expected, $read)
            }
        }
    )*};
}

date_type! {
    NaiveDate: Date, "a date like 2026-01-31", day, |text| CivilDate::parse(text).and_then(date_of);
    NaiveTime: Time, "a time like 12:30:00", clock, |text| Clock::parse(text).and_then(time_of);
    NaiveDateTime: Timestamp, "a timestamp like 2026-01-31 12:30:00", moment,
        |text| Moment::parse_local(text).and_then(local_of);
    DateTime<Utc>: TimestampTz, "a timestamp in UTC like 2026-01-31 12:30:00",
        |at: DateTime<Utc>| moment(at.naive_utc()), |text| Moment::parse(text).and_then(instant_of);
}
