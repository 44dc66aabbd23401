//! What a JSON Schema says of a column's type and of an engine, which are written as text.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ColumnType, Engine};

crate::text_schema! {
    ColumnType:
        "The type of a column, the same for every database: a word, `varchar(200)`, `numeric(10,2)`, `enum(name)`, any of \
         them as a list with `[]`, `custom(…)` with what only the database knows, or `opaque(…)` with what only another tool does.",
        r"^((boolean|smallint|integer|bigint|real|double|text|binary|uuid|date|time|timestamp|timestamptz|json|inet|varchar\([0-9]+\)|numeric\([0-9]+, ?[0-9]+\)|enum\(.+\)|custom\(.+\))(\[\])*|opaque\(.+\))$";
}

impl JsonSchema for Engine {
    fn schema_name() -> Cow<'static, str> {
        "Engine".into()
    }

    // One list of words rather than a variant each, so that it can also say which keys an object has.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = Self::ALL.map(Self::as_str);
        json_schema!({ "description": "A database engine.", "type": "string", "enum": words })
    }
}
