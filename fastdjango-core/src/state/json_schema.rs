//! What a JSON Schema says of the parts of a state that are written as text, or whose keys depend on each other.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::IndexField;
use crate::field::ColumnType;

crate::text_schema! {
    IndexField:
        "A field of an index: `published_at`, descending `-published_at`, the beginning of a text `title(20)`.",
        r"^-?[^-].*$";
}

/// The type of a field: that of its column, or what it refers by.
pub(super) fn field_type(generator: &mut SchemaGenerator) -> Schema {
    let column = generator.subschema_for::<ColumnType>();
    let relation = json_schema!({ "type": "string", "enum": ["foreign_key", "many_to_many"] });
    json_schema!({ "anyOf": [column, relation] })
}

/// The keys that belong to a relation are there only where the type is one.
pub(super) fn field_rules(schema: &mut Schema) {
    let of = |types: &[&str]| serde_json::json!({ "properties": { "type": { "enum": types } } });
    let without = |keys: &[&str]| {
        let present = keys.iter().map(|key| serde_json::json!({ "required": [key] }));
        serde_json::json!({ "not": { "anyOf": present.collect::<Vec<_>>() } })
    };
    let key = ["to_field", "on_delete", "on_update", "deferrable", "constraint"];
    let rules = serde_json::json!([
        { "if": of(&["foreign_key", "many_to_many"]), "then": { "required": ["to"] }, "else": without(&["to"]) },
        { "if": of(&["foreign_key"]), "else": without(&key) },
        { "if": of(&["many_to_many"]), "else": without(&["through"]) },
        { "if": { "properties": { "type": { "pattern": "^opaque\\(" } } }, "else": without(&["parameters"]) },
    ]);
    schema.insert("allOf".to_owned(), rules);
}
