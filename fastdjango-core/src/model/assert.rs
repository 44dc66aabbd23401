//! What the derive asserts when a model is compiled: the rules that depend on types, which only the compiler knows.
//!
//! A rule answers with what is wrong, as a text: the derive panics with it in a constant of its own, so that the error
//! stands at the user's attribute and not here.

use std::marker::PhantomData;

use super::{DefaultDef, FieldDef, FieldType, ForeignKey, Keyed, Kind, Model, ModelDef, OneToOne, TypeDef, TypeFacts};
use crate::field::OnDelete;

/// What is wrong, if anything.
pub type Verdict = Option<&'static str>;

/// Asks a field's type what a trait alone cannot say: an inherent item wins over one of [`Otherwise`].
pub struct Probe<T>(PhantomData<T>);

/// The answers for a type that is neither a reference nor an `Option` in an `Option`.
pub trait Otherwise {
    /// The target of a reference, and the type of its key.
    const TARGET: Option<(&'static ModelDef, TypeFacts)> = None;
    /// True for an `Option` of an `Option`.
    const NESTED: bool = false;

    /// Compiles for every type but a reference to a model without such a key.
    fn refers_to_key() {}
}

impl<T> Otherwise for Probe<T> {}

impl<T> Probe<Option<Option<T>>> {
    /// An inner NULL would be stored as an outer one.
    pub const NESTED: bool = true;
}

// One impl for each type, and no macro: the compiler shows these lines where a target has another key.

impl<T: Model, K: FieldType> Probe<ForeignKey<T, K>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}

impl<T: Model, K: FieldType> Probe<OneToOne<T, K>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}

impl<T: Model, K: FieldType> Probe<Option<ForeignKey<T, K>>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}

impl<T: Model, K: FieldType> Probe<Option<OneToOne<T, K>>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}

/// The column of a field: a foreign key's ends in `_id`.
#[must_use]
pub const fn column(facts: TypeFacts, plain: &'static str, with_id: &'static str) -> &'static str {
    match facts.kind {
        Kind::ForeignKey { .. } => with_id,
        Kind::Column { .. } | Kind::ManyToMany { .. } => plain,
    }
}

/// The stored text of a choice; the empty text where there is no such choice, which [`choice`] reports.
#[must_use]
pub const fn choice_text(choices: &[(&'static str, &'static str)], name: &str) -> &'static str {
    let mut i = 0;
    while i < choices.len() {
        if same(choices[i].0, name) {
            return choices[i].1;
        }
        i += 1;
    }
    ""
}

/// A bare word as a default is one of the type's choices.
#[must_use]
pub const fn choice(choices: &[(&'static str, &'static str)], name: &str) -> Verdict {
    if choices.is_empty() {
        return Some(
            "a bare word is a choice, and this type has none; write a literal such as `0`, `true` or `\"text\"`",
        );
    }
    let mut i = 0;
    while i < choices.len() {
        if same(choices[i].0, name) {
            return None;
        }
        i += 1;
    }
    Some("the enum of this field has no such choice; write the name of one of its variants")
}

/// Every field: what its type alone demands.
#[must_use]
pub const fn ty(field: &FieldDef, nested: bool) -> Verdict {
    if nested {
        return Some("an `Option` of an `Option` has only one NULL in a database; write one `Option`");
    }
    match field.facts.kind {
        Kind::ManyToMany { .. } if field.facts.nullable => {
            Some("a many-to-many is never NULL, only empty; write it without `Option`")
        }
        Kind::ForeignKey { .. } if field.on_delete.is_none() => Some(
            "say what happens to this row when the row it refers to is deleted: \
             `#[field(on_delete = cascade)]`, or restrict, set_null, set_default, no_action",
        ),
        Kind::Column { ty: TypeDef::Numeric, .. } if field.max_digits.is_none() && field.db_type.is_none() => {
            Some("a decimal has a fixed size: write `#[field(max_digits = 10, decimal_places = 2)]`")
        }
        Kind::Column { .. } | Kind::ForeignKey { .. } | Kind::ManyToMany { .. } => None,
    }
}

/// `primary_key`.
#[must_use]
pub const fn primary_key(field: &FieldDef) -> Verdict {
    match field.facts {
        TypeFacts { kind: Kind::ManyToMany { .. }, .. } => Some("a many-to-many has no column that could be a key"),
        TypeFacts { nullable: true, .. } => Some("a primary key is never NULL; write its type without `Option`"),
        TypeFacts { nullable: false, .. } => None,
    }
}

/// `auto`.
#[must_use]
pub const fn auto(field: &FieldDef) -> Verdict {
    match field.facts {
        TypeFacts {
            kind: Kind::Column { ty: TypeDef::SmallInt | TypeDef::Integer | TypeDef::BigInt, .. },
            nullable: false,
        } => None,
        TypeFacts { nullable: true, .. } => {
            Some("the database always fills in an `auto` field; write its type without `Option`")
        }
        TypeFacts { .. } => Some("`auto` counts rows: the field must be an integer, such as `i64`"),
    }
}

/// `max_length`.
#[must_use]
pub const fn max_length(field: &FieldDef) -> Verdict {
    let Kind::Column { ty: TypeDef::Text, choices, .. } = field.facts.kind else {
        return Some("`max_length` is for text, such as `String`; remove it (a decimal has `max_digits`)");
    };
    let Some(limit) = field.max_length else { return None };
    let mut i = 0;
    while i < choices.len() {
        if characters(choices[i]) > limit as u64 {
            return Some("a choice of this field's enum is longer than `max_length`; raise it, or leave it out");
        }
        i += 1;
    }
    None
}

/// `max_digits` and `decimal_places`.
#[must_use]
pub const fn max_digits(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { ty: TypeDef::Numeric, .. } => None,
        _ => Some("`max_digits` and `decimal_places` are for `Decimal`; remove them, or change the field's type"),
    }
}

/// `collation`.
#[must_use]
pub const fn collation(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { ty: TypeDef::Text | TypeDef::Custom(_), .. } => None,
        _ => Some("`collation` is how text is sorted; remove it, or change the field's type to `String`"),
    }
}

/// `unique`.
#[must_use]
pub const fn unique(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ForeignKey { unique: true, .. } => Some("a `OneToOne` is unique already; remove `unique`"),
        _ => column_only(field),
    }
}

/// Any attribute of a column, which a many-to-many is not.
#[must_use]
pub const fn column_only(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ManyToMany { .. } => {
            Some("a many-to-many has no column of its own; remove this, or put it on a field of the `through` model")
        }
        _ => None,
    }
}

/// `on_delete` and `on_update`, whichever `action` is.
#[must_use]
pub const fn action(field: &FieldDef, action: OnDelete) -> Verdict {
    match (field.facts.kind, action) {
        (Kind::ManyToMany { .. }, _) => {
            Some("the rows of a many-to-many's own table always go with either end; remove this, or use `through`")
        }
        (Kind::Column { .. }, _) => {
            Some("this is for a `ForeignKey` or a `OneToOne`; remove it, or make the field a reference")
        }
        (Kind::ForeignKey { .. }, OnDelete::SetNull) if !field.facts.nullable => Some(
            "`set_null` needs a field that can be NULL; write its type as `Option<…>`, or choose `cascade` or `restrict`",
        ),
        (Kind::ForeignKey { .. }, _) => None,
    }
}

/// `deferrable` and `to_field`.
#[must_use]
pub const fn reference_only(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ForeignKey { .. } => None,
        _ => Some("this is for a `ForeignKey` or a `OneToOne`; remove it, or make the field a reference"),
    }
}

/// `related_name`.
#[must_use]
pub const fn relation_only(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { .. } => {
            Some("`related_name` names the way back of a relation; remove it, or make the field a `ForeignKey`")
        }
        _ => None,
    }
}

/// `through`.
#[must_use]
pub const fn through(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ManyToMany { .. } => None,
        _ => Some("`through` names the table of a `ManyToMany`; remove it, or change the field's type"),
    }
}

/// `to_field`: a unique field of the target, of the reference's type.
#[must_use]
pub const fn to_field(target: Option<(&ModelDef, TypeFacts)>, name: &str) -> Verdict {
    let Some((target, key)) = target else {
        return Some("`to_field` is for a `ForeignKey` or a `OneToOne`; remove it, or make the field a reference");
    };
    let Some(field) = find(target, name) else {
        return Some("the model that this refers to has no such field; `to_field` is the name of one of its fields");
    };
    let own_key = field.primary_key || target.primary_key.len() == 1 && same(target.primary_key[0], name);
    let one_to_one = matches!(field.facts.kind, Kind::ForeignKey { unique: true, .. });
    if !own_key && !field.unique && !one_to_one && !sole_unique(target, name) {
        return Some("the field that this refers to is not unique; write `#[field(unique)]` on it, or choose another");
    }
    if same_type(field.facts, key) {
        return None;
    }
    Some(
        "this reference and the field it refers to have different types; write the field's type as the second argument: `ForeignKey<T, K>`",
    )
}

/// The fields of a composite foreign key, here and there.
#[must_use]
pub const fn foreign_key(here: &ModelDef, fields: &[&str], there: &ModelDef, to_fields: &[&str]) -> Verdict {
    let mut i = 0;
    while i < fields.len() && i < to_fields.len() {
        let Some(target) = find(there, to_fields[i]) else {
            return Some(
                "`to_fields` names a field that the model under `to` does not have; name its fields, not their columns",
            );
        };
        if let Some(field) = find(here, fields[i])
            && !same_type(field.facts, target.facts)
        {
            return Some("a field and its counterpart in `to_fields` have different types; give both the same type");
        }
        i += 1;
    }
    None
}

/// A name in `fields = […]` that only a flattened struct can have.
#[must_use]
pub const fn has_field(model: &ModelDef, name: &str) -> Verdict {
    match find(model, name) {
        Some(field) if matches!(field.facts.kind, Kind::ManyToMany { .. }) => {
            Some("a many-to-many has no column here; name another field")
        }
        Some(_) => None,
        None => Some("neither this struct nor a flattened one has a field of this name; name a field, not its column"),
    }
}

/// No two fields of one name, where a struct is flattened into others.
#[must_use]
pub const fn distinct(model: &ModelDef) -> Verdict {
    let mut group = 0;
    while group < model.fields.len() {
        let mut i = 0;
        while i < model.fields[group].len() {
            if count(model, model.fields[group][i].name) > 1 {
                return Some(
                    "a flattened struct has a field of the same name as another field of this model; rename one of them",
                );
            }
            i += 1;
        }
        group += 1;
    }
    None
}

/// The type inside a newtype.
#[must_use]
pub const fn inner_of_newtype(facts: TypeFacts) -> Verdict {
    match facts {
        TypeFacts { nullable: true, .. } => Some(
            "a newtype around an `Option` hides that its column is NULL; wrap the value, and write `Option<Newtype>` in the model",
        ),
        TypeFacts { kind: Kind::Column { .. }, .. } => None,
        TypeFacts { .. } => Some("a newtype cannot wrap a relation; write the relation as the model's field"),
    }
}

/// `default`, `fill` and `reverse_fill`: a literal that the column can hold.
#[must_use]
pub const fn literal(field: &FieldDef, value: DefaultDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { ty, non_negative, choices } => literal_of(field, ty, non_negative, choices, value),
        Kind::ManyToMany { .. } => column_only(field),
        Kind::ForeignKey { .. } => match value {
            DefaultDef::Integer(_) | DefaultDef::Text(_) | DefaultDef::Sql(_) => None,
            DefaultDef::Boolean(_) | DefaultDef::Real(_) => {
                Some("this field holds the key of a row; write that key, such as `1` or `\"text\"`")
            }
        },
    }
}

#[expect(clippy::match_same_arms, reason = "a table by type reads better than one by answer")]
const fn literal_of(field: &FieldDef, ty: TypeDef, unsigned: bool, choices: &[&str], value: DefaultDef) -> Verdict {
    match (ty, value) {
        (_, DefaultDef::Sql(_)) | (TypeDef::Boolean, DefaultDef::Boolean(_)) => None,
        (TypeDef::Boolean, _) => Some("this field is a boolean; write `true` or `false`"),
        (TypeDef::SmallInt | TypeDef::Integer | TypeDef::BigInt, DefaultDef::Integer(number)) => {
            in_range(ty, unsigned, number)
        }
        (TypeDef::SmallInt | TypeDef::Integer | TypeDef::BigInt, _) => {
            Some("this field is an integer; write a whole number such as `0`")
        }
        (TypeDef::Real | TypeDef::Double, DefaultDef::Integer(_) | DefaultDef::Real(_)) => None,
        (TypeDef::Real | TypeDef::Double, _) => Some("this field is a floating-point number; write one such as `0.5`"),
        (TypeDef::Numeric, DefaultDef::Integer(_)) => None,
        (TypeDef::Numeric, DefaultDef::Text(text)) => decimal(field, text),
        (TypeDef::Numeric, _) => Some("a decimal is written as text, which is exact: `\"0.50\"`"),
        (TypeDef::Text, DefaultDef::Text(text)) => text_of(field, choices, text),
        (TypeDef::Text, _) => Some("this field is text; write the value in quotes"),
        (TypeDef::Date, DefaultDef::Text(text)) => {
            shaped(text, "0000-00-00", "this field is a date; write it as `\"2026-01-31\"`")
        }
        (TypeDef::Time, DefaultDef::Text(text)) => {
            shaped(text, "00:00:00", "this field is a time; write it as `\"12:30:00\"`")
        }
        (TypeDef::Timestamp | TypeDef::TimestampTz, DefaultDef::Text(text)) => shaped(
            text,
            "0000-00-00 00:00:00",
            "this field is a timestamp; write it as `\"2026-01-31 12:30:00\"`; for the present moment use `default_sql = \"CURRENT_TIMESTAMP\"`",
        ),
        (TypeDef::Uuid, DefaultDef::Text(text)) => shaped(
            text,
            "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "this field is a UUID; write it as `\"00000000-0000-0000-0000-000000000000\"`",
        ),
        (TypeDef::Binary, DefaultDef::Text(text)) => hexadecimal(text),
        (TypeDef::Json | TypeDef::Inet | TypeDef::Array(_) | TypeDef::Custom(_), DefaultDef::Text(_)) => None,
        (TypeDef::Custom(_), _) => None,
        (_, _) => Some("a value of this type is written as text, in quotes"),
    }
}

const fn in_range(ty: TypeDef, unsigned: bool, number: i64) -> Verdict {
    let (least, most, message) = match (ty, unsigned) {
        (TypeDef::SmallInt, false) => (
            i16::MIN as i64,
            i16::MAX as i64,
            "this field holds -32768 to 32767; write one of these, or give it a wider type",
        ),
        (TypeDef::SmallInt, true) => {
            (0, u8::MAX as i64, "this field holds 0 to 255; write one of these, or give it a wider type")
        }
        (TypeDef::Integer, false) => (
            i32::MIN as i64,
            i32::MAX as i64,
            "this field holds -2147483648 to 2147483647; write one of these, or give it a wider type",
        ),
        (TypeDef::Integer, true) => {
            (0, u16::MAX as i64, "this field holds 0 to 65535; write one of these, or give it a wider type")
        }
        (_, true) => {
            (0, u32::MAX as i64, "this field holds 0 to 4294967295; write one of these, or give it a wider type")
        }
        (_, false) => (i64::MIN, i64::MAX, ""),
    };
    if number < least || number > most { Some(message) } else { None }
}

const fn text_of(field: &FieldDef, choices: &[&str], text: &str) -> Verdict {
    if let Some(limit) = field.max_length
        && characters(text) > limit as u64
    {
        return Some("this text is longer than the field's `max_length`; shorten it, or raise the limit");
    }
    let mut i = 0;
    while i < choices.len() {
        if same(choices[i], text) {
            return None;
        }
        i += 1;
    }
    if choices.is_empty() {
        return None;
    }
    Some("this is the text of none of the enum's choices; write the name of a variant, without quotes")
}

/// A decimal's text: digits, at most one point, and no more of either side than the column has.
const fn decimal(field: &FieldDef, text: &str) -> Verdict {
    const MALFORMED: Verdict = Some("this field is a decimal; write digits and a point, such as `\"0.50\"`");
    let bytes = text.as_bytes();
    let (mut whole, mut places, mut pointed) = (0, 0, false);
    let mut i = if !bytes.is_empty() && bytes[0] == b'-' { 1 } else { 0 };
    while i < bytes.len() {
        match bytes[i] {
            b'.' if !pointed => pointed = true,
            b'0' if whole == 0 && !pointed => {}
            b'0'..=b'9' if pointed => places += 1,
            b'0'..=b'9' => whole += 1,
            _ => return MALFORMED,
        }
        i += 1;
    }
    if bytes.is_empty() || bytes[bytes.len() - 1] == b'.' || bytes[bytes.len() - 1] == b'-' {
        return MALFORMED;
    }
    match (field.max_digits, field.decimal_places) {
        (_, Some(limit)) if places > limit => {
            Some("this has more digits after the point than `decimal_places`; round it, or raise the limit")
        }
        (Some(digits), Some(limit)) if whole + limit > digits => Some(
            "this has more digits before the point than `max_digits` less `decimal_places`; write a smaller number, or raise `max_digits`",
        ),
        _ => None,
    }
}

/// Compares the start of a text with a pattern: `0` is a digit, `x` a hexadecimal one.
const fn shaped(text: &str, pattern: &str, message: &'static str) -> Verdict {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    if text.len() < pattern.len() || text.len() > pattern.len() && text[pattern.len()] != b'.' {
        return Some(message);
    }
    let mut i = 0;
    while i < pattern.len() {
        let fits = match pattern[i] {
            b'0' => text[i].is_ascii_digit(),
            b'x' => text[i].is_ascii_hexdigit(),
            b' ' => text[i] == b' ',
            other => text[i] == other,
        };
        if !fits {
            return Some(message);
        }
        i += 1;
    }
    None
}

const fn hexadecimal(text: &str) -> Verdict {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_hexdigit() {
            return Some("bytes are written in hexadecimal, such as `\"00ff\"`");
        }
        i += 1;
    }
    if bytes.len() % 2 == 1 {
        Some("bytes are written with two hexadecimal digits each; this has an odd number")
    } else {
        None
    }
}

const fn find<'a>(model: &'a ModelDef, name: &str) -> Option<&'a FieldDef> {
    let mut group = 0;
    while group < model.fields.len() {
        let mut i = 0;
        while i < model.fields[group].len() {
            if same(model.fields[group][i].name, name) {
                return Some(&model.fields[group][i]);
            }
            i += 1;
        }
        group += 1;
    }
    None
}

const fn count(model: &ModelDef, name: &str) -> usize {
    let (mut group, mut found) = (0, 0);
    while group < model.fields.len() {
        let mut i = 0;
        while i < model.fields[group].len() {
            if same(model.fields[group][i].name, name) {
                found += 1;
            }
            i += 1;
        }
        group += 1;
    }
    found
}

const fn sole_unique(model: &ModelDef, name: &str) -> bool {
    let mut i = 0;
    while i < model.uniques.len() {
        let unique = &model.uniques[i];
        if unique.fields.len() == 1 && unique.condition.is_none() && same(unique.fields[0], name) {
            return true;
        }
        i += 1;
    }
    false
}

/// True where two columns are of one type; a reference is taken to fit, since its type is its target's.
const fn same_type(one: TypeFacts, two: TypeFacts) -> bool {
    match (one.kind, two.kind) {
        (Kind::Column { ty: one, non_negative: a, .. }, Kind::Column { ty: two, non_negative: b, .. }) => {
            same_column(one, two) && a == b
        }
        (Kind::ManyToMany { .. }, _) | (_, Kind::ManyToMany { .. }) => false,
        (Kind::ForeignKey { .. }, _) | (_, Kind::ForeignKey { .. }) => true,
    }
}

const fn same_column(one: TypeDef, two: TypeDef) -> bool {
    match (one, two) {
        (TypeDef::Array(one), TypeDef::Array(two)) => same_column(*one, *two),
        (TypeDef::Custom(one), TypeDef::Custom(two)) => same(one, two),
        (one, two) => plain(one) == plain(two),
    }
}

/// A number for each type: a constant function cannot compare enums.
const fn plain(ty: TypeDef) -> u8 {
    match ty {
        TypeDef::Boolean => 0,
        TypeDef::SmallInt => 1,
        TypeDef::Integer => 2,
        TypeDef::BigInt => 3,
        TypeDef::Real => 4,
        TypeDef::Double => 5,
        TypeDef::Text => 6,
        TypeDef::Binary => 7,
        TypeDef::Uuid => 8,
        TypeDef::Numeric => 9,
        TypeDef::Date => 10,
        TypeDef::Time => 11,
        TypeDef::Timestamp => 12,
        TypeDef::TimestampTz => 13,
        TypeDef::Json => 14,
        TypeDef::Inet => 15,
        TypeDef::Array(_) => 16,
        TypeDef::Custom(_) => 17,
    }
}

const fn characters(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (mut i, mut count) = (0, 0);
    while i < bytes.len() {
        if bytes[i] & 0xC0 != 0x80 {
            count += 1;
        }
        i += 1;
    }
    count
}

const fn same(one: &str, two: &str) -> bool {
    let (one, two) = (one.as_bytes(), two.as_bytes());
    if one.len() != two.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if one[i] != two[i] {
            return false;
        }
        i += 1;
    }
    true
}
