//! The dates and times of `time`.

use ::time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::moment::{CivilDate, Clock, Moment};
use crate::model::list::element;
use crate::model::scalar::parsed;
use crate::model::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

fn day(date: Date) -> CivilDate {
    let (year, month, day) = date.to_calendar_date();
    CivilDate { year, month: u32::from(u8::from(month)), day: u32::from(day) }
}

fn clock(time: Time) -> Clock {
    let (hour, minute, second, nanosecond) = time.as_hms_nano();
    Clock { hour: u32::from(hour), minute: u32::from(minute), second: u32::from(second), nanosecond }
}

fn moment(at: PrimitiveDateTime, ahead: UtcOffset) -> Moment {
    Moment { day: day(at.date()), clock: clock(at.time()), ahead: ahead.whole_seconds() }
}

/// In UTC, as every instant is stored; only at either end of time, where UTC is beyond it, with the offset it has.
fn instant(at: OffsetDateTime) -> Moment {
    let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    moment(PrimitiveDateTime::new(at.date(), at.time()), at.offset())
}

fn small(number: u32) -> Option<u8> {
    u8::try_from(number).ok()
}

fn date_of(CivilDate { year, month, day }: CivilDate) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(small(month)?).ok()?, small(day)?).ok()
}

fn time_of(Clock { hour, minute, second, nanosecond }: Clock) -> Option<Time> {
    Time::from_hms_nano(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()
}

fn local_of(moment: Moment) -> Option<PrimitiveDateTime> {
    Some(PrimitiveDateTime::new(date_of(moment.day)?, time_of(moment.clock)?))
}

fn instant_of(moment: Moment) -> Option<OffsetDateTime> {
    let at = local_of(moment)?.assume_offset(UtcOffset::from_whole_seconds(moment.ahead).ok()?);
    Some(at.checked_to_offset(UtcOffset::UTC).unwrap_or(at))
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
                parsed(value, concat!($expected, ", within the range of `time`"), $read)
            }
        }
    )*};
}

date_type! {
    Date: Date, "a date like 2026-01-31", day, |text| CivilDate::parse(text).and_then(date_of);
    Time: Time, "a time like 12:30:00", clock, |text| Clock::parse(text).and_then(time_of);
    PrimitiveDateTime: Timestamp, "a timestamp like 2026-01-31 12:30:00", |at| moment(at, UtcOffset::UTC),
        |text| Moment::parse_local(text).and_then(local_of);
    OffsetDateTime: TimestampTz, "a timestamp in UTC like 2026-01-31 12:30:00", instant,
        |text| Moment::parse(text).and_then(instant_of);
}
