//! Native enums: one owner, and a name that nothing else has.

use super::super::enums::collect;
use super::context::Check;
use crate::diagnostic::{Diagnostic, code};
use crate::name::MAX_IDENTIFIER_BYTES;

/// Every enum is one, and one app owns it.
pub(super) fn owners(check: &mut Check<'_>) {
    for (name, found) in collect(check.models) {
        if let Some(other) = &found.other {
            let message = format!("two enums with different choices are both of the type `{name}`");
            let error = Diagnostic::error(code::ENUM_TWICE, message).at(other.clone());
            let error = error.note(format!("the other is that of the field at {}", found.place));
            check.report(error.help("give one of them another type with `#[choices(native = \"…\")]`"));
        }
        let list = |apps: &std::collections::BTreeSet<&str>| {
            apps.iter().map(|app| format!("`{app}`")).collect::<Vec<_>>().join(" and ")
        };
        let message = match found.owner() {
            None if found.said.is_empty() => {
                format!(
                    "models of the apps {} use the enum `{name}`, and nobody says which of them owns it",
                    list(&found.users)
                )
            }
            None => format!("the enum `{name}` says that it belongs to {}", list(&found.said)),
            Some(app) if !check.models.iter().any(|def| def.label.app == app) => {
                format!("the enum `{name}` says that it belongs to the app `{app}`, which has no model")
            }
            Some(_) => continue,
        };
        let app = found.users.first().copied().unwrap_or_default();
        let error = Diagnostic::error(code::ENUM_WITHOUT_OWNER, message).at(found.place.clone());
        let error = error.note("the migrations of one app make the type and change it");
        check.report(error.help(format!("say one of them: `#[choices(native, app = \"{app}\")]`")));
    }
}

/// The name is no table's, and none that the database looks up first.
pub(super) fn names(check: &mut Check<'_>) {
    for (name, found) in collect(check.models) {
        let what = if name.len() > MAX_IDENTIFIER_BYTES {
            let message = format!("`{name}` has {} bytes; the longest name is {MAX_IDENTIFIER_BYTES}", name.len());
            let error = Diagnostic::error(code::NAME_TOO_LONG, message).at(found.place.clone());
            check.report(error.help("give the type a shorter name with `#[choices(native = \"…\")]`"));
            continue;
        } else if let Some(def) = check.models.iter().find(|def| def.table == name) {
            format!("the table of `{}.{}`", def.label.app, def.label.model)
        } else if BUILT_IN.contains(&name) {
            "a type that PostgreSQL has already".to_owned()
        } else {
            continue;
        };
        let message = format!("the enum's type `{name}` has the name of {what}");
        let error = Diagnostic::error(code::ENUM_NAME_TAKEN, message).at(found.place.clone());
        check.report(error.help("give it another with `#[choices(native = \"…\")]`"));
    }
}

/// The types of `pg_catalog` that a word can name: <https://www.postgresql.org/docs/current/datatype.html>.
const BUILT_IN: &[&str] = &[
    "abstime",
    "aclitem",
    "any",
    "anyarray",
    "anyelement",
    "anyenum",
    "anyrange",
    "bit",
    "bool",
    "box",
    "bpchar",
    "bytea",
    "char",
    "cid",
    "cidr",
    "circle",
    "cstring",
    "date",
    "daterange",
    "float4",
    "float8",
    "inet",
    "int2",
    "int2vector",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "internal",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "record",
    "refcursor",
    "reltime",
    "text",
    "tid",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "trigger",
    "tsquery",
    "tsrange",
    "tstzrange",
    "tsvector",
    "unknown",
    "uuid",
    "varbit",
    "varchar",
    "void",
    "xid",
    "xid8",
    "xml",
];
