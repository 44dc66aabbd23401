//! Which types have values in common, whatever the database.

use super::ColumnType;

impl ColumnType {
    /// True where no value of the one type means one of the other: a number is no date. Texts, bytes, and types that nobody
    /// here knows may mean anything.
    #[must_use]
    pub fn is_apart_from(&self, other: &Self) -> bool {
        if self == other || self.may_mean_anything() || other.may_mean_anything() {
            return false;
        }
        match (self, other) {
            (Self::Array(one), Self::Array(other)) => one.is_apart_from(other),
            (Self::Enum(_), Self::Enum(_)) => false,
            (one, other) => match (one.is_count(), one.is_day()) {
                (true, _) => !(other.is_count() || *other == Self::Json),
                (false, true) => !other.is_day(),
                (false, false) => true,
            },
        }
    }

    fn may_mean_anything(&self) -> bool {
        matches!(self, Self::Text | Self::Varchar(_) | Self::Binary | Self::Custom(_) | Self::Opaque { .. })
    }

    fn is_count(&self) -> bool {
        let number = matches!(self, Self::SmallInt | Self::Integer | Self::BigInt | Self::Numeric(..));
        number || matches!(self, Self::Real | Self::Double | Self::Boolean)
    }

    fn is_day(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::TimestampTz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_without_a_value_in_common_are_told() {
        let parse = |ty: &str| ty.parse::<ColumnType>().unwrap();
        for (from, to) in [("boolean", "date"), ("uuid", "integer"), ("time", "timestamp"), ("integer[]", "date[]")] {
            assert!(parse(from).is_apart_from(&parse(to)), "{from} to {to}");
        }
        for (from, to) in [("text", "date"), ("boolean", "bigint"), ("date", "timestamptz"), ("integer", "json")] {
            assert!(!parse(from).is_apart_from(&parse(to)), "{from} to {to}");
        }
    }
}
