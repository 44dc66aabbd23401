//! `docs/schema/`: written from the types that are read and printed, and compared with the files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fastdjango_core::command::DiffDocument;
use fastdjango_core::detect::{Answer, Question};
use fastdjango_core::migration::{AnyStateDocument, MigrationDocument, OperationsDocument};
use fastdjango_core::operation::Operation;
use jsonschema::Validator;
use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde::Serialize;

/// The schema of each kind of document, by the name of its file.
pub fn schemas() -> BTreeMap<&'static str, Schema> {
    let (read, printed) = (Contract::Deserialize, Contract::Serialize);
    BTreeMap::from([
        ("state", schema::<AnyStateDocument>("State", &read)),
        ("operation", schema::<Operation>("Operation", &read)),
        ("operations", schema::<OperationsDocument>("Operations", &read)),
        ("answers", schema::<BTreeMap<String, Answer>>("Answers by the id of their question", &read)),
        ("migration", schema::<MigrationDocument>("Migration", &printed)),
        ("question", schema::<Question>("Question", &printed)),
        ("diff", schema::<DiffDocument>("What `diff --json` prints", &printed)),
    ])
}

fn schema<T: JsonSchema>(title: &str, contract: &Contract) -> Schema {
    let settings = SchemaSettings::draft2020_12();
    let settings = if contract.is_serialize() { settings.for_serialize() } else { settings.for_deserialize() };
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema
}

/// What a schema says of a document; nothing where all is well.
pub fn faults(name: &str, document: &impl Serialize) -> Vec<String> {
    thread_local! {
        static VALIDATORS: BTreeMap<&'static str, Validator> = schemas()
            .into_iter()
            .map(|(name, schema)| (name, jsonschema::validator_for(schema.as_value()).expect("a valid schema")))
            .collect();
    }
    let document = serde_json::to_value(document).expect("JSON");
    VALIDATORS.with(|validators| {
        let faults = validators[name].iter_errors(&document);
        faults.map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
    })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("docs/schema")
}

#[test]
fn the_published_schemas_are_those_of_the_code() {
    let schemas = schemas();
    let mut stale = Vec::new();
    for (name, schema) in &schemas {
        let path = folder().join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(schema).expect("JSON"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &text).expect("the file");
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(*name);
        }
    }
    assert!(stale.is_empty(), "{stale:?} are not what the code says; `UPDATE_EXPECT=1` writes them");
    let files = fs::read_dir(folder()).expect("the folder").count();
    assert_eq!(files, schemas.len(), "a schema of nothing");
}

#[test]
fn what_is_none_is_refused_by_its_schema() {
    let field = |more: &str| format!(r#"{{"op": "add_field", "model": "Post", "field": {{"name": "a", {more}}}}}"#);
    for (wrong, document) in [
        ("a type that is none", field(r#""type": "varchar""#)),
        ("a relation to nothing", field(r#""type": "foreign_key""#)),
        ("a column that refers", field(r#""type": "text", "to": "blog.Post""#)),
        ("an action of what refers to nothing", field(r#""type": "text", "on_delete": "cascade""#)),
        ("pairs through a key", field(r#""type": "foreign_key", "to": "blog.Post", "through": "blog.Tag""#)),
        ("a list of what nobody knows", field(r#""type": "opaque(a.B)[]""#)),
        ("parameters of a type that has none", field(r#""type": "text", "parameters": {"a": 1}"#)),
        ("a key that nobody knows", field(r#""type": "text", "colour": "red""#)),
        ("an operation that is none", r#"{"op": "add_feild", "model": "Post"}"#.to_owned()),
        ("an operation without its model", r#"{"op": "set_managed", "managed": true}"#.to_owned()),
        (
            "a key of another operation",
            r#"{"op": "set_managed", "model": "Post", "managed": true, "to": "a"}"#.to_owned(),
        ),
    ] {
        let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        assert!(!faults("operation", &document).is_empty(), "{wrong} passes: {document}");
        let all = serde_json::json!({ "app": "blog", "operations": [document] });
        let text = serde_json::to_string(&all).expect("JSON");
        assert!(fastdjango_core::migration::parse_operations("x", &text).is_err(), "{wrong} is read: {text}");
    }
    for document in [
        field(r#""type": "numeric(10,2)[]", "null": true"#),
        field(r#""type": "many_to_many", "to": "a.B""#),
        field(r#""type": "opaque(a.B (1)[])", "parameters": {"a": [1, {"b": 0.5}]}"#),
    ] {
        let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        assert_eq!(faults("operation", &document), Vec::<String>::new(), "{document}");
    }
}
