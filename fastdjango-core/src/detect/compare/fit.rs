//! Whether a value that came as an answer can stand in its column: what the derive asserts of those in models.

use crate::field::{ColumnType as Ty, Literal};
use crate::model::TypeDef;
use crate::model::assert::{decimal, hexadecimal, in_range, shaped};

/// What to write instead of a value that the column cannot hold.
pub(super) fn unfit(ty: &Ty, value: &Literal) -> Option<&'static str> {
    match value {
        Literal::Boolean(_) => matches!(ty, Ty::Boolean | Ty::Custom(_) | Ty::Opaque { .. }).then_some(()),
        Literal::Integer(number) => return unfit_number(ty, *number),
        Literal::Real(_) => matches!(ty, Ty::Real | Ty::Double | Ty::Custom(_) | Ty::Opaque { .. }).then_some(()),
        Literal::Text(text) => return unfit_text(ty, text),
    }
    .map_or_else(|| Some(kind(ty)), |()| None)
}

fn unfit_number(ty: &Ty, number: i64) -> Option<&'static str> {
    match ty {
        Ty::SmallInt => in_range(TypeDef::SmallInt, false, number),
        Ty::Integer => in_range(TypeDef::Integer, false, number),
        Ty::BigInt | Ty::Real | Ty::Double | Ty::Numeric(..) | Ty::Custom(_) | Ty::Opaque { .. } => None,
        Ty::Boolean
        | Ty::Varchar(_)
        | Ty::Text
        | Ty::Binary
        | Ty::Uuid
        | Ty::Date
        | Ty::Time
        | Ty::Timestamp
        | Ty::TimestampTz
        | Ty::Json
        | Ty::Inet
        | Ty::Enum(_)
        | Ty::Array(_) => Some(kind(ty)),
    }
}

fn unfit_text(ty: &Ty, text: &str) -> Option<&'static str> {
    match ty {
        Ty::Boolean | Ty::SmallInt | Ty::Integer | Ty::BigInt | Ty::Real | Ty::Double => Some(kind(ty)),
        Ty::Varchar(most) => {
            let longer = text.chars().count() > *most as usize;
            longer.then_some("this text is longer than the field's `max_length`; shorten it, or raise the limit")
        }
        Ty::Binary => hexadecimal(text),
        Ty::Numeric(digits, places) => decimal(Some(*digits), Some(*places), text),
        Ty::Uuid => shaped(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", kind(ty)),
        Ty::Date => shaped(text, "0000-00-00", kind(ty)),
        Ty::Time => shaped(text, "00:00:00", kind(ty)),
        Ty::Timestamp | Ty::TimestampTz => shaped(text, "0000-00-00 00:00:00", kind(ty)),
        Ty::Text | Ty::Json | Ty::Inet | Ty::Enum(_) | Ty::Array(_) | Ty::Custom(_) | Ty::Opaque { .. } => None,
    }
}

/// How a value of the type is written.
fn kind(ty: &Ty) -> &'static str {
    match ty {
        Ty::Boolean => "write `true` or `false`",
        Ty::SmallInt | Ty::Integer | Ty::BigInt => "write a whole number such as `0`",
        Ty::Real | Ty::Double => "write a number such as `0.5`",
        Ty::Numeric(..) => "write the decimal as text, which is exact: `\"0.50\"`",
        Ty::Uuid => "write it as `\"00000000-0000-0000-0000-000000000000\"`",
        Ty::Date => "write it as `\"2026-01-31\"`",
        Ty::Time => "write it as `\"12:30:00\"`",
        Ty::Timestamp | Ty::TimestampTz => {
            "write it as `\"2026-01-31 12:30:00\"`, or `{ sql = \"CURRENT_TIMESTAMP\" }` for the present moment"
        }
        Ty::Varchar(_)
        | Ty::Text
        | Ty::Binary
        | Ty::Json
        | Ty::Inet
        | Ty::Enum(_)
        | Ty::Array(_)
        | Ty::Custom(_)
        | Ty::Opaque { .. } => "write the value in quotes",
    }
}
