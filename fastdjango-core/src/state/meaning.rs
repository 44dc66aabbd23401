//! What reads otherwise in two states and is the same to every database: no change is made of it, and what the state has stays.

use std::collections::BTreeSet;

use super::{ConstraintKind, FieldKind, FieldState, Generated};
use crate::field::{ColumnType, Default as DefaultValue, Literal, Sql, same_but_space};

/// Longer decimals are texts on `SQLite`, where `0.5` is not `0.50`.
const EXACT_DIGITS: u32 = 15;

/// Fragments that differ in nothing but white space.
pub(super) fn same_sql(one: &Sql, other: &Sql) -> bool {
    match (one, other) {
        (Sql::Any(one), Sql::Any(other)) => same_but_space(one, other),
        (Sql::Each(one), Sql::Each(other)) => {
            one.keys().eq(other.keys())
                && one.values().zip(other.values()).all(|(one, other)| same_but_space(one, other))
        }
        (Sql::Any(_), Sql::Each(_)) | (Sql::Each(_), Sql::Any(_)) => false,
    }
}

/// The same of fragments that may be left out.
pub(super) fn same_fragment(one: Option<&Sql>, other: Option<&Sql>) -> bool {
    same(one, other, same_sql)
}

impl FieldState {
    /// The field in the words of the one before it wherever they mean the same, so that nothing is done for the words.
    #[must_use]
    pub(crate) fn in_words_of(&self, before: &Self) -> Self {
        let mut field = self.clone();
        if same_default(before, self) {
            field.default.clone_from(&before.default);
        }
        if same_generated(before.generated.as_ref(), self.generated.as_ref()) {
            field.generated.clone_from(&before.generated);
        }
        field
    }
}

/// Columns that are computed alike.
pub(super) fn same_generated(one: Option<&Generated>, other: Option<&Generated>) -> bool {
    same(one, other, |one, other| one.stored == other.stored && same_sql(&one.expression, &other.expression))
}

/// Defaults of one value in columns of one type.
pub(super) fn same_default(one: &FieldState, other: &FieldState) -> bool {
    let exact = |field: &FieldState| match field.kind {
        FieldKind::Column(ColumnType::Numeric(digits, _)) => field.db_type.is_none() && digits <= EXACT_DIGITS,
        FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => false,
    };
    let decimals = exact(one) && exact(other);
    same(one.default.as_ref(), other.default.as_ref(), |one, other| match (one, other) {
        (DefaultValue::Sql { sql: one }, DefaultValue::Sql { sql: other }) => same_sql(one, other),
        (DefaultValue::Value(Literal::Text(one)), DefaultValue::Value(Literal::Text(other))) if decimals => {
            one == other || decimal(one).is_some_and(|one| decimal(other) == Some(one))
        }
        (one, other) => one == other,
    })
}

/// Constraints that the same rows meet.
pub(super) fn same_constraint(one: &ConstraintKind, other: &ConstraintKind) -> bool {
    match (one, other) {
        (ConstraintKind::Check { sql: one }, ConstraintKind::Check { sql: other }) => same_sql(one, other),
        (
            ConstraintKind::Choices { field: one, values: mine },
            ConstraintKind::Choices { field: other, values: theirs },
        ) => {
            // `IN ('a', 'b')` is `IN ('b', 'a')`; the texts of a native enum, which have an order, are no constraint.
            one == other
                && (mine == theirs || mine.iter().collect::<BTreeSet<_>>() == theirs.iter().collect::<BTreeSet<_>>())
        }
        (one, other) => one == other,
    }
}

fn same<T>(one: Option<&T>, other: Option<&T>, same: impl Fn(&T, &T) -> bool) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => same(one, other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The sign, the digits before the point and those behind it, without zeros that say nothing; none where it is no decimal.
fn decimal(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (before, behind) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let is_zero = before.is_empty() && behind.is_empty();
    (all(whole) && all(fraction)).then_some((negative && !is_zero, before, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_compared_by_their_value() {
        for (one, other) in [("0.5", "0.50"), ("007", "7.00"), ("-1.10", "-1.1"), ("-0.0", "0"), ("100", "100.0")] {
            assert_eq!(decimal(one), decimal(other), "{one} and {other}");
        }
        for (one, other) in [("0.5", "0.05"), ("1", "-1"), ("100", "1"), ("10", "1.0")] {
            assert_ne!(decimal(one), decimal(other), "{one} and {other}");
        }
        for text in ["", "-", "1.", ".", "1e1", "+1", " 1", "NaN"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
