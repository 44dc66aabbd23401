//! What a change of type does to the values that a column holds.

use crate::field::ColumnType;

/// What happens to values when a column changes from one type to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    /// Every value stays what it is.
    Widens,
    /// The same kind of value, in less room.
    Narrows,
    /// Another kind of value.
    Converts,
}

/// Tells what a change of type does; types that nobody knows convert.
pub(super) fn cast(from: &ColumnType, to: &ColumnType) -> Cast {
    use ColumnType::{Array, BigInt, Double, Enum, Integer, Numeric, Real, SmallInt, Text, Varchar};
    let wider = |wider: bool| if wider { Cast::Widens } else { Cast::Narrows };
    match (from, to) {
        (from, to) if from == to => Cast::Widens,
        (Array(before), Array(after)) => cast(before, after),
        (Varchar(before), Varchar(after)) => wider(after >= before),
        // To an enum or from one: a row that holds none of its texts stops the migration.
        (Varchar(_), Text) | (Real, Double) | (Varchar(_) | Text, Enum(_)) | (Enum(_), Varchar(_) | Text) => {
            Cast::Widens
        }
        (Text, Varchar(_)) | (Double, Real) => Cast::Narrows,
        (SmallInt | Integer | BigInt, SmallInt | Integer | BigInt) => wider(digits(to) >= digits(from)),
        (SmallInt | Integer | BigInt, Numeric(digits_in_all, scale)) => {
            wider(digits_in_all.saturating_sub(*scale) >= digits(from))
        }
        (Numeric(p1, s1), Numeric(p2, s2)) => wider(s2 >= s1 && p2.saturating_sub(*s2) >= p1.saturating_sub(*s1)),
        _ => Cast::Converts,
    }
}

/// The most decimal digits of a whole number of the type.
fn digits(ty: &ColumnType) -> u32 {
    match ty {
        ColumnType::SmallInt => 5,
        ColumnType::Integer => 10,
        ColumnType::BigInt => 19,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_are_told_apart() {
        for (from, to, want) in [
            ("varchar(10)", "varchar(20)", Cast::Widens),
            ("varchar(20)", "varchar(10)", Cast::Narrows),
            ("text", "varchar(10)", Cast::Narrows),
            ("bigint", "integer", Cast::Narrows),
            ("integer", "numeric(12,2)", Cast::Widens),
            ("numeric(10,2)", "numeric(10,4)", Cast::Narrows),
            ("text", "integer", Cast::Converts),
            ("integer[]", "bigint[]", Cast::Widens),
            ("text[]", "varchar(10)[]", Cast::Narrows),
        ] {
            let parse = |ty: &str| ty.parse::<ColumnType>().unwrap();
            assert_eq!(cast(&parse(from), &parse(to)), want, "{from} to {to}");
        }
    }
}
