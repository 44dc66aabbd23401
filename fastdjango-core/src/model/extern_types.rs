//! Types of other crates that can be fields, each behind the feature that names its crate.

#[cfg(feature = "chrono")]
mod dates {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

    use crate::model::scalar::parsed;
    use crate::model::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

    /// The time as text: with six digits of a second, or with none, so that texts compare as times do.
    fn time_text(time: NaiveTime) -> String {
        let whole = time.nanosecond() % 1_000_000_000 < 1_000;
        time.format(if whole { "%H:%M:%S" } else { "%H:%M:%S%.6f" }).to_string()
    }

    /// The timestamp with a space, as `CURRENT_TIMESTAMP` writes it: a `T` would sort after every one of those.
    fn timestamp_text(timestamp: NaiveDateTime) -> String {
        format!("{} {}", timestamp.format("%Y-%m-%d"), time_text(timestamp.time()))
    }

    fn timestamp(text: &str) -> Option<NaiveDateTime> {
        let spaced = text.replacen('T', " ", 1);
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(&spaced, format).ok())
    }

    /// Text without a zone is UTC, which is what this type writes.
    fn instant(text: &str) -> Option<DateTime<Utc>> {
        let spaced = text.replacen('T', " ", 1);
        if let Some(utc) = timestamp(spaced.trim_end_matches('Z')) {
            return Some(utc.and_utc());
        }
        DateTime::parse_from_str(&spaced, "%Y-%m-%d %H:%M:%S%.f%#z").ok().map(|at| at.with_timezone(&Utc))
    }

    macro_rules! date_type {
        ($($ty:ty: $column:ident, $expected:literal, $write:expr, $read:expr;)*) => {$(
            impl FieldType for $ty {
                const FACTS: TypeFacts = TypeFacts::column(TypeDef::$column);

                fn to_value(&self) -> Value {
                    Value::Text($write(*self))
                }

                fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
                    parsed(value, $expected, $read)
                }
            }
        )*};
    }

    date_type! {
        NaiveDate: Date, "a date like 2026-01-31",
            |date: NaiveDate| date.format("%Y-%m-%d").to_string(),
            |text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        NaiveTime: Time, "a time like 12:30:00", time_text,
            |text| NaiveTime::parse_from_str(text, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M")).ok();
        NaiveDateTime: Timestamp, "a timestamp like 2026-01-31 12:30:00", timestamp_text, timestamp;
        DateTime<Utc>: TimestampTz, "a timestamp in UTC like 2026-01-31 12:30:00",
            |at: DateTime<Utc>| timestamp_text(at.naive_utc()), instant;
    }
}

#[cfg(feature = "decimal")]
mod decimal {
    use rust_decimal::Decimal;

    use crate::model::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

    impl FieldType for Decimal {
        const FACTS: TypeFacts = TypeFacts::column(TypeDef::Numeric);

        fn to_value(&self) -> Value {
            Value::Text(self.to_string())
        }

        /// Reads all three forms in which a `SQLite` column of numeric affinity gives a decimal back.
        ///
        /// A real is read through its shortest decimal text, which is the stored one up to 15 digits.
        fn from_value(value: Value, scale: Option<u32>) -> Result<Self, WrongValue> {
            let number = match &value {
                Value::Integer(number) => Some(Self::from(*number)),
                Value::Real(number) => Self::from_str_exact(&number.to_string()).ok(),
                Value::Text(text) => Self::from_str_exact(text).ok(),
                Value::Null | Value::Boolean(_) | Value::Binary(_) => None,
            };
            let number = number.ok_or_else(|| WrongValue::new("a decimal number", &value))?;
            at_scale(number, scale).ok_or_else(|| too_fine(&value, scale))
        }
    }

    /// The same number with `scale` digits after the point; none where digits would be lost.
    fn at_scale(number: Decimal, scale: Option<u32>) -> Option<Decimal> {
        let mut scaled = number;
        if let Some(scale) = scale {
            scaled.rescale(scale);
        }
        (scaled == number).then_some(scaled)
    }

    fn too_fine(value: &Value, scale: Option<u32>) -> WrongValue {
        let places = scale.unwrap_or(0);
        WrongValue::new(format!("a decimal number with at most {places} digits after the point"), value)
    }
}

#[cfg(feature = "uuid")]
mod uuid {
    use ::uuid::Uuid;

    use crate::model::{FieldType, TypeDef, TypeFacts, Value, WrongValue};

    impl FieldType for Uuid {
        const FACTS: TypeFacts = TypeFacts::column(TypeDef::Uuid);

        fn to_value(&self) -> Value {
            Value::Text(self.hyphenated().to_string())
        }

        /// Sixteen bytes are read too: that is how `sqlx` itself stores a UUID in `SQLite`.
        fn from_value(value: Value, _: Option<u32>) -> Result<Self, WrongValue> {
            let id = match &value {
                Value::Text(text) => Self::try_parse(text).ok(),
                Value::Binary(bytes) => Self::from_slice(bytes).ok(),
                _ => None,
            };
            id.ok_or_else(|| WrongValue::new("a UUID", &value))
        }
    }
}
