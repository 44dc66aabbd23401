//! Changes of type: how a value is carried over, and which values would not survive.
//!
//! A rule is an expression over the column and a condition that is true for a value that gets lost. Comparing a CAST with
//! its column applies the CAST's affinity to both sides, so `'1.50'` equals 1.5 and `'12abc'` equals no number:
//! <https://www.sqlite.org/datatype3.html#type_conversions_prior_to_comparison>.

use super::super::Conversion;
use super::quote::quote;
use super::types::{EXACT_DIGITS, column_type, parse};
use crate::field::{ColumnType, Engine};
use crate::pair::Pair;
use crate::schema::Column;

/// How values get from one type to another; nothing in it means that they are the same already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    /// The value in the new type; the column itself where that will do.
    pub(super) expression: Option<String>,
    /// True for a value that gets lost.
    pub(super) lossy: Option<String>,
}

impl Rule {
    fn new(expression: Option<String>, lossy: Option<String>) -> Self {
        Self { expression, lossy }
    }
}

/// What a change of type does to the values.
pub(super) fn conversion(columns: Pair<&Column>) -> Conversion {
    match rule(columns) {
        Rule { lossy: Some(_), .. } => Conversion::Lossy,
        Rule { expression: Some(_), .. } => Conversion::Safe,
        Rule { .. } => Conversion::Same,
    }
}

/// The type that a column has in the catalog.
pub(super) fn effective_type(column: &Column) -> ColumnType {
    let own = column.db_type.as_ref().and_then(|sql| sql.for_engine(Engine::Sqlite));
    own.map_or_else(|| parse(&column_type(&column.ty)), parse)
}

/// What kind of value a type stores.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Store {
    Integer { most: i64 },
    Real,
    Decimal { precision: u32, scale: u32 },
    DecimalText { precision: u32, scale: u32 },
    Text,
    Moment,
    Day,
    Checked(&'static str),
    Bytes,
    Unknown,
}

fn store(ty: &ColumnType) -> Store {
    match ty {
        ColumnType::Boolean => Store::Integer { most: 1 },
        ColumnType::SmallInt => Store::Integer { most: i64::from(i16::MAX) },
        ColumnType::Integer => Store::Integer { most: i64::from(i32::MAX) },
        ColumnType::BigInt => Store::Integer { most: i64::MAX },
        ColumnType::Real | ColumnType::Double => Store::Real,
        ColumnType::Numeric(precision, scale) if *precision > EXACT_DIGITS => {
            Store::DecimalText { precision: *precision, scale: *scale }
        }
        ColumnType::Numeric(precision, scale) => Store::Decimal { precision: *precision, scale: *scale },
        ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Inet | ColumnType::Enum(_) => Store::Text,
        ColumnType::Date => Store::Day,
        ColumnType::Timestamp | ColumnType::TimestampTz => Store::Moment,
        ColumnType::Time => Store::Checked("{} NOT LIKE '%:%' OR time({}) IS NULL"),
        ColumnType::Uuid => {
            Store::Checked("length(replace({}, '-', '')) <> 32 OR replace({}, '-', '') GLOB '*[^0-9a-fA-F]*'")
        }
        ColumnType::Json => Store::Checked("NOT json_valid({})"),
        ColumnType::Binary => Store::Bytes,
        ColumnType::Array(_) | ColumnType::Custom(_) | ColumnType::Opaque { .. } => Store::Unknown,
    }
}

/// The rule for one column; `previous.name` is the column that has the value.
pub(super) fn rule(columns: Pair<&Column>) -> Rule {
    let types = columns.map(effective_type);
    if types.previous == types.next {
        return Rule::default();
    }
    let c = quote(&columns.previous.name);
    match (store(&types.previous), store(&types.next)) {
        (Store::Unknown, _) | (_, Store::Unknown) => Rule::new(None, by_affinity(&c, &types.next)),
        (from, Store::Bytes) => {
            let text = to_text(&c, from);
            Rule::new(Some(format!("CAST({} AS blob)", text.expression.unwrap_or(c))), text.lossy)
        }
        (Store::Bytes, to) => {
            // Bytes are read as text first; whatever that text would be in the new type, they become.
            let text = format!("CAST({c} AS text)");
            let rule = from_store(&text, Store::Text, to);
            let lossy = if to == Store::Text { Some(super::utf8::is_invalid(&c)) } else { rule.lossy };
            Rule::new(Some(rule.expression.unwrap_or(text)), lossy)
        }
        (from, to) => from_store(&c, from, to),
    }
}

/// A value of a type that nobody knows is copied as it is, and `SQLite` still turns it into what the new column prefers.
///
/// <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>
fn by_affinity(c: &str, next: &ColumnType) -> Option<String> {
    let declared = column_type(next).to_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if says(&["INT"]) {
        Some(renumbered(c))
    } else if says(&["CHAR", "CLOB", "TEXT"]) {
        Some(format!("typeof({c}) = 'real' AND CAST(CAST({c} AS text) AS real) <> {c}"))
    } else if declared.is_empty() || says(&["BLOB"]) {
        None
    } else if says(&["REAL", "FLOA", "DOUB"]) {
        Some(format!("{} OR typeof({c}) = 'integer' AND {}", renumbered(c), wide(c)))
    } else {
        Some(renumbered(c))
    }
}

/// True for a text that reads as a number, and that the number would not read as: `0012`, `1e3`, `1.50`.
fn renumbered(c: &str) -> String {
    let number = format!("CAST({c} AS numeric)");
    format!("typeof({c}) = 'text' AND {number} = {c} AND CAST({number} AS text) IS NOT CAST({c} AS text)")
}

/// True for a whole number that a REAL does not hold: <https://www.sqlite.org/floatingpoint.html>.
fn wide(c: &str) -> String {
    format!("{c} NOT BETWEEN -9007199254740992 AND 9007199254740992")
}

fn from_store(c: &str, from: Store, to: Store) -> Rule {
    match to {
        Store::Integer { most } => to_integer(c, from, most),
        Store::Real => to_real(c, from),
        Store::Decimal { precision, scale } => to_decimal(c, from, precision, scale),
        Store::DecimalText { precision, scale } => to_decimal_text(c, from, precision, scale),
        Store::Text => to_text(c, from),
        Store::Moment => to_moment(c, from),
        Store::Day => to_day(c, from),
        Store::Checked(test) => Rule::new(as_text(c, from), Some(test.replace("{}", c))),
        Store::Bytes | Store::Unknown => Rule::default(),
    }
}

fn to_integer(c: &str, from: Store, most: i64) -> Rule {
    let least = if most == 1 { 0 } else { -most - 1 };
    let outside = format!("{c} NOT BETWEEN {least} AND {most}");
    match from {
        Store::Integer { most: before } if before <= most => Rule::default(),
        Store::Integer { .. } => Rule::new(None, Some(outside)),
        Store::Text => {
            // As text again it must read the same: `0012` is not 12.
            let cast = format!("CAST({c} AS integer)");
            let lossy = format!("CAST({cast} AS text) IS NOT {c} OR {cast} NOT BETWEEN {least} AND {most}");
            Rule::new(Some(cast), Some(lossy))
        }
        Store::DecimalText { .. } => {
            let cast = format!("CAST({c} AS integer)");
            let shortest = format!("CASE WHEN instr({c}, '.') > 0 THEN rtrim(rtrim({c}, '0'), '.') ELSE {c} END");
            let lossy = format!("CAST({cast} AS text) IS NOT {shortest} OR {cast} NOT BETWEEN {least} AND {most}");
            Rule::new(Some(cast), Some(lossy))
        }
        _ => {
            let cast = format!("CAST({c} AS integer)");
            let lossy = format!("{cast} IS NOT {c} OR {cast} NOT BETWEEN {least} AND {most}");
            Rule::new(Some(cast), Some(lossy))
        }
    }
}

fn to_real(c: &str, from: Store) -> Rule {
    match from {
        Store::Real => Rule::default(),
        Store::Integer { .. } | Store::Decimal { .. } => {
            Rule::new(None, Some(format!("typeof({c}) = 'integer' AND {}", wide(c))))
        }
        Store::DecimalText { scale, .. } => {
            let cast = format!("CAST({c} AS real)");
            Rule::new(Some(cast.clone()), Some(format!("printf('%.{scale}f', {cast}) IS NOT {c}")))
        }
        _ => {
            let cast = format!("CAST({c} AS real)");
            Rule::new(Some(cast.clone()), Some(format!("{cast} IS NOT {c} OR {}", unlike_a_number(c))))
        }
    }
}

/// True for a text that reads as a number and says more than the number does: leading zeros, signs and spaces, exponents,
/// and more digits than a REAL keeps. What a REAL prints itself is as good as the number.
fn unlike_a_number(c: &str) -> String {
    let digits = format!("ltrim(replace(replace({c}, '-', ''), '.', ''), '0')");
    format!(
        "(CAST(CAST({c} AS real) AS text) IS NOT {c} AND ({c} GLOB '*[^0-9.-]*' OR {c} GLOB '0[0-9]*' \
         OR {c} GLOB '-0[0-9]*' OR length({digits}) > {EXACT_DIGITS}))"
    )
}

fn to_decimal(c: &str, from: Store, precision: u32, scale: u32) -> Rule {
    let whole = precision.saturating_sub(scale);
    let limit = power(whole);
    let cast = format!("CAST({c} AS numeric)");
    match from {
        Store::Integer { most } if digits(most) <= whole => Rule::default(),
        Store::Integer { .. } => Rule::new(None, Some(format!("abs({c}) >= {limit}"))),
        Store::Decimal { precision: p, scale: s } if s <= scale && p.saturating_sub(s) <= whole => Rule::default(),
        Store::Decimal { .. } | Store::Real => Rule::new(
            Some(format!("round({c}, {scale})")),
            Some(format!("round({c}, {scale}) <> {c} OR abs({c}) >= {limit}")),
        ),
        Store::DecimalText { scale: s, .. } => {
            let lost = format!(
                "printf('%.{s}f', {cast}) IS NOT {c} OR round({cast}, {scale}) <> {cast} OR abs({cast}) >= {limit}"
            );
            Rule::new(Some(cast), Some(lost))
        }
        _ => {
            let unlike = unlike_a_number(c);
            let lost =
                format!("{cast} IS NOT {c} OR {unlike} OR round({cast}, {scale}) <> {cast} OR abs({cast}) >= {limit}");
            Rule::new(Some(cast), Some(lost))
        }
    }
}

fn to_decimal_text(c: &str, from: Store, precision: u32, scale: u32) -> Rule {
    let zeros = if scale == 0 { String::new() } else { format!(" || '.{}'", "0".repeat(scale as usize)) };
    let whole = precision.saturating_sub(scale);
    match from {
        Store::Integer { .. } => {
            let lossy = format!("typeof({c}) <> 'integer' OR abs(CAST({c} AS real)) >= {}", power(whole));
            Rule::new(Some(format!("CAST({c} AS text){zeros}")), Some(lossy))
        }
        Store::Decimal { .. } => {
            let lossy = format!("{} OR abs({c}) >= {}", misprinted(c, scale), power(whole));
            Rule::new(Some(printed(c, scale)), Some(lossy))
        }
        Store::DecimalText { scale: s, precision: p } => {
            let fits = s <= scale && p.saturating_sub(s) <= whole;
            let cut = format!(
                "instr({c}, '.') > 0 AND trim(substr({c}, instr({c}, '.') + {}), '0') <> '' OR abs(CAST({c} AS real)) >= {}",
                scale + 1,
                power(whole)
            );
            Rule::new(None, (!fits).then_some(cut))
        }
        Store::Real => Rule::new(Some(printed(c, scale)), Some(misprinted(c, scale))),
        _ => Rule::new(None, Some(format!("CAST({c} AS numeric) IS NOT {c}"))),
    }
}

fn to_text(c: &str, from: Store) -> Rule {
    let lossy = match from {
        Store::Real => Some(format!("typeof({c}) = 'blob' OR CAST(CAST({c} AS text) AS real) <> {c}")),
        Store::Decimal { scale, .. } => Some(misprinted(c, scale)),
        Store::Integer { .. } => Some(format!("typeof({c}) = 'blob'")),
        _ => None,
    };
    Rule::new(as_text(c, from), lossy)
}

fn as_text(c: &str, from: Store) -> Option<String> {
    match from {
        Store::Integer { .. } | Store::Real | Store::Bytes => Some(format!("CAST({c} AS text)")),
        Store::Decimal { scale, .. } => Some(printed(c, scale)),
        Store::DecimalText { .. } | Store::Text | Store::Moment | Store::Day | Store::Checked(_) | Store::Unknown => {
            None
        }
    }
}

fn to_moment(c: &str, from: Store) -> Rule {
    match from {
        Store::Moment | Store::Unknown => Rule::default(),
        Store::Day => Rule::new(Some(format!("{c} || ' 00:00:00'")), Some(format!("date({c}) IS NOT {c}"))),
        _ => Rule::new(as_text(c, from), Some(format!("{c} NOT LIKE '%-%-%' OR datetime({c}) IS NULL"))),
    }
}

fn to_day(c: &str, from: Store) -> Rule {
    match from {
        Store::Moment => {
            // What is no moment has no day, and a fraction of a second is part of the moment.
            let fraction = format!("strftime('%f', {c}) <> '00.000'");
            let lossy = format!("date({c}) IS NULL OR datetime({c}) <> datetime(date({c})) OR {fraction}");
            Rule::new(Some(format!("date({c})")), Some(lossy))
        }
        Store::Unknown => Rule::default(),
        _ => Rule::new(as_text(c, from), Some(format!("date({c}) IS NOT {c}"))),
    }
}

/// A decimal as text at its scale; `printf` would turn NULL into zero.
fn printed(c: &str, scale: u32) -> String {
    format!("CASE WHEN {c} IS NOT NULL THEN printf('%.{scale}f', {c}) END")
}

/// True for a value that is no number, or another one than what [`printed`] writes.
fn misprinted(c: &str, scale: u32) -> String {
    format!("typeof({c}) NOT IN ('integer', 'real') OR CAST(printf('%.{scale}f', {c}) AS numeric) <> {c}")
}

/// How many decimal digits the largest value has.
fn digits(most: i64) -> u32 {
    most.checked_ilog10().map_or(1, |log| log + 1)
}

fn power(digits: u32) -> String {
    format!("1{}", "0".repeat(digits as usize)) + if digits > 18 { ".0" } else { "" }
}
