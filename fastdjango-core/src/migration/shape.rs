//! The keys of a migration file, as data; a law in the tests holds them to what [`Operation`](crate::operation::Operation)
//! and its parts serialise to.

use serde::Deserialize;
use toml::de::{DeValue, ValueDeserializer};

use crate::field::ColumnType;
use crate::source::{Key, Record, Shape, Tagged};
use crate::state::FieldState;

const ENGINES: &[&str] = &["sqlite", "postgres", "mysql", "mariadb"];
const ACTIONS: Shape = Shape::Word(&["cascade", "restrict", "set_null", "set_default", "no_action"]);
const DEFERRABLE: Shape = Shape::Word(&["deferred", "immediate"]);
const TEXTS: Shape = Shape::List(&Shape::Text);
const SQL: Shape = Shape::OrTable(&Shape::Text, &Shape::Map(ENGINES, &Shape::Text));
const DEFAULT: Shape = Shape::OrTable(&Shape::Literal, &Shape::Record(&DEFAULT_SQL));

const OPTIONS: Shape = Shape::Map(&[], &Shape::Any);

const DEFAULT_SQL: Record = Record { what: "a default", keys: &[Key::required("sql", SQL)], check: None };

/// A whole file.
pub(super) const FILE: Record = Record {
    what: "a migration file",
    keys: &[
        Key::required("format", Shape::Number { max: i64::MAX }),
        Key::optional("dependencies", TEXTS),
        Key::optional("before", TEXTS),
        Key::optional("replaces", TEXTS),
        Key::optional("formerly", TEXTS),
        Key::optional("atomic", Shape::Boolean),
        Key::optional("operations", Shape::List(&ONE)),
        Key::optional("sql", Shape::Map(ENGINES, &Shape::Record(&SECTION))),
    ],
    check: None,
};

const SECTION: Record = Record {
    what: "a section of SQL",
    keys: &[
        Key::required("target", Shape::Text),
        Key::required("input", Shape::Text),
        Key::required("text", Shape::Text),
        Key::optional("edited", Shape::Text),
        Key::required("up", STEPS),
        Key::optional("down", STEPS),
    ],
    check: None,
};

const STEPS: Shape = Shape::List(&Shape::OrTable(&Shape::Text, &Shape::ByKey(STEP)));

const STEP: &[(&str, Record)] = &[
    ("autocommit", step("an autocommit step", &[Key::required("autocommit", Shape::Text)])),
    (
        "verify",
        step("a step that verifies", &[Key::required("verify", Shape::Text), Key::required("found", Shape::Text)]),
    ),
    ("rebuild", step("a rebuild", &[Key::required("rebuild", Shape::Text), Key::required("sql", TEXTS)])),
    ("rust", step("a step of Rust", &[Key::required("rust", Shape::Text)])),
    ("drop", step("a step that drops", &[Key::required("drop", Shape::Text), Key::required("sql", Shape::Text)])),
];

const fn step(what: &'static str, keys: &'static [Key]) -> Record {
    Record { what, keys, check: None }
}

const FIELD: Shape = Shape::Record(&FIELD_RECORD);

const FIELD_RECORD: Record = Record {
    what: "a field",
    keys: &[
        Key::required("name", Shape::Text),
        Key::required("type", Shape::Text),
        Key::optional("parameters", OPTIONS),
        Key::optional("to", Shape::Text),
        Key::optional("to_field", Shape::Text),
        Key::optional("through", Shape::Text),
        Key::optional("on_delete", ACTIONS),
        Key::optional("on_update", ACTIONS),
        Key::optional("deferrable", DEFERRABLE),
        Key::optional("constraint", Shape::Text),
        Key::optional("column", Shape::Text),
        Key::optional("null", Shape::Boolean),
        Key::optional("auto", Shape::Boolean),
        Key::optional("default", DEFAULT),
        Key::optional("collation", SQL),
        Key::optional("generated", Shape::Record(&GENERATED)),
        Key::optional("db_type", SQL),
        Key::optional("comment", Shape::Text),
        Key::optional("options", OPTIONS),
    ],
    check: Some(field_rules),
};

const GENERATED: Record = Record {
    what: "a generated column",
    keys: &[Key::required("expression", SQL), Key::required("stored", Shape::Boolean)],
    check: None,
};

/// What only the whole field can tell: a type of the list, and no key that belongs to another type.
fn field_rules(value: &DeValue<'_>) -> Result<(), String> {
    let text = value.get("type").and_then(|ty| ty.get_ref().as_str()).unwrap_or_default();
    if !matches!(text, "foreign_key" | "many_to_many")
        && let Err(unknown) = text.parse::<ColumnType>()
    {
        return Err(unknown.to_string());
    }
    let spanned = toml::Spanned::new(0..0, value.clone());
    FieldState::deserialize(ValueDeserializer::from(spanned)).map(|_| ()).map_err(|error| error.message().to_owned())
}

const INDEX: Shape = Shape::Record(&Record {
    what: "an index",
    keys: &[
        Key::optional("name", Shape::Text),
        Key::optional("fields", TEXTS),
        Key::optional("expression", SQL),
        Key::optional("unique", Shape::Boolean),
        Key::optional("condition", SQL),
        Key::optional("include", TEXTS),
        Key::optional("method", Shape::Text),
        Key::optional("opclass", Shape::Text),
        Key::optional("concurrently", Shape::Boolean),
    ],
    check: None,
});

const CONSTRAINT: Shape = Shape::Tagged(&Tagged {
    tag: "kind",
    noun: "constraint",
    common: &[Key::optional("name", Shape::Text)],
    variants: &[
        (
            "unique",
            &[
                Key::required("fields", TEXTS),
                Key::optional("deferrable", DEFERRABLE),
                Key::optional("nulls_not_distinct", Shape::Boolean),
            ],
        ),
        ("check", &[Key::required("sql", SQL)]),
        ("choices", &[Key::required("field", Shape::Text), Key::required("values", TEXTS)]),
        ("non_negative", &[Key::required("field", Shape::Text)]),
        (
            "foreign_key",
            &[
                Key::required("fields", TEXTS),
                Key::required("to", Shape::Text),
                Key::required("to_fields", TEXTS),
                Key::optional("on_delete", ACTIONS),
                Key::optional("on_update", ACTIONS),
                Key::optional("deferrable", DEFERRABLE),
            ],
        ),
    ],
    check: None,
});

const MODEL: Key = Key::required("model", Shape::Text);

const ENUM: Key = Key::required("enum", Shape::Text);

pub(super) const DEFINITION: &[Key] = &[
    MODEL,
    Key::required("table", Shape::Text),
    Key::optional("managed", Shape::Boolean),
    Key::optional("comment", Shape::Text),
    Key::optional("extensions", TEXTS),
    Key::required("fields", Shape::List(&FIELD)),
    Key::optional("primary_key", TEXTS),
    Key::optional("indexes", Shape::List(&INDEX)),
    Key::optional("constraints", Shape::List(&CONSTRAINT)),
    Key::optional("options", OPTIONS),
];

const FROM_TO: &[Key] = &[MODEL, Key::required("from", Shape::Text), Key::required("to", Shape::Text)];

static NESTED: [Key; 1] = [Key::required("operations", Shape::List(&ONE))];

/// An operation.
pub(super) static ONE: Shape = Shape::Tagged(&OPERATION);

// Statics, since they refer to each other.
pub(super) static OPERATION: Tagged = Tagged {
    tag: "op",
    noun: "operation",
    common: &[],
    variants: &[
        ("create_model", DEFINITION),
        ("delete_model", DEFINITION),
        ("rename_model", &[Key::required("from", Shape::Text), Key::required("to", Shape::Text)]),
        ("move_model", &[Key::required("from", Shape::Text), Key::required("to", Shape::Text)]),
        ("receive_model", &[MODEL, Key::required("from", Shape::Text)]),
        ("alter_model_table", FROM_TO),
        ("alter_model_comment", &[MODEL, Key::optional("from", Shape::Text), Key::optional("to", Shape::Text)]),
        ("alter_model_extensions", &[MODEL, Key::required("from", TEXTS), Key::required("to", TEXTS)]),
        ("alter_model_options", &[MODEL, Key::optional("from", OPTIONS), Key::optional("to", OPTIONS)]),
        ("set_managed", &[MODEL, Key::required("managed", Shape::Boolean)]),
        ("alter_primary_key", &[MODEL, Key::required("from", TEXTS), Key::required("to", TEXTS)]),
        ("add_field", &[MODEL, Key::required("field", FIELD), Key::optional("fill", DEFAULT)]),
        ("remove_field", &[MODEL, Key::required("field", FIELD), Key::optional("reverse_fill", DEFAULT)]),
        (
            "alter_field",
            &[
                MODEL,
                Key::required("from", FIELD),
                Key::required("to", FIELD),
                Key::optional("fill", DEFAULT),
                Key::optional("reverse_fill", DEFAULT),
                Key::optional("using", SQL),
                Key::optional("reverse_using", SQL),
            ],
        ),
        ("rename_field", FROM_TO),
        ("add_index", &[MODEL, Key::required("index", INDEX)]),
        ("remove_index", &[MODEL, Key::required("index", INDEX)]),
        ("rename_index", FROM_TO),
        ("add_constraint", &[MODEL, Key::required("constraint", CONSTRAINT)]),
        ("remove_constraint", &[MODEL, Key::required("constraint", CONSTRAINT)]),
        ("rename_constraint", FROM_TO),
        ("create_enum", &[ENUM, Key::required("values", TEXTS)]),
        ("delete_enum", &[ENUM, Key::required("values", TEXTS)]),
        (
            "alter_enum",
            &[
                ENUM,
                Key::required("from", TEXTS),
                Key::required("to", TEXTS),
                Key::optional("renamed", Shape::Map(&[], &Shape::Text)),
            ],
        ),
        (
            "run_sql",
            &[
                Key::required("sql", Shape::List(&SQL)),
                Key::optional("reverse", Shape::List(&SQL)),
                Key::optional("touches", TEXTS),
                Key::optional("elidable", Shape::Boolean),
            ],
        ),
        (
            "run_rust",
            &[
                Key::required("run", Shape::Text),
                Key::optional("reverse", Shape::Text),
                Key::optional("touches", TEXTS),
                Key::optional("elidable", Shape::Boolean),
            ],
        ),
        ("state_only", &NESTED),
        ("database_only", &NESTED),
    ],
    check: None,
};
