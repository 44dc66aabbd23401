//! The keys of the documents, as data; what stands inside an operation or a model is that of migration files.

use super::super::shape::{DEFINITION, ONE};
use crate::source::{Key, Record, Shape};

const TEXTS: Shape = Shape::List(&Shape::Text);
const FORMAT: Key = Key::required("format", Shape::Number { max: i64::MAX });

/// The keys of a model without its name, which is the key that it stands under.
const MODEL: Shape = Shape::Record(&Record { what: "a model", keys: DEFINITION.split_at(1).1, check: None });

/// A state of all apps.
pub(super) const STATE: Record = Record {
    what: "a state",
    keys: &[
        FORMAT,
        Key::required("models", Shape::Map(&[], &MODEL)),
        Key::optional("enums", Shape::Map(&[], &Shape::Record(&ENUM))),
    ],
    check: None,
};

const ENUM: Record =
    Record { what: "an enum", keys: &[Key::required("app", Shape::Text), Key::required("values", TEXTS)], check: None };

/// A state of one app.
pub(super) const APP: Record = Record {
    what: "a snapshot",
    keys: &[
        FORMAT,
        Key::required("app", Shape::Text),
        Key::optional("leaf", Shape::Text),
        Key::optional("migrations", Shape::List(&Shape::Record(&RECORDED))),
        Key::optional("touches", Shape::Record(&TOUCHES)),
        Key::required("models", Shape::Map(&[], &MODEL)),
        Key::optional("enums", Shape::Map(&[], &TEXTS)),
    ],
    check: None,
};

const RECORDED: Record = Record {
    what: "a migration of a snapshot",
    keys: &[
        Key::required("name", Shape::Text),
        Key::required("checksum", Shape::Text),
        Key::required("bytes", Shape::Text),
    ],
    check: None,
};

const TOUCHES: Record = Record {
    what: "the models that are touched",
    keys: &[Key::optional("writes", TEXTS), Key::optional("reads", TEXTS)],
    check: None,
};

/// Operations of an app.
pub(super) const OPERATIONS: Record = Record {
    what: "a document of operations",
    keys: &[Key::required("app", Shape::Text), Key::required("operations", Shape::List(&ONE))],
    check: None,
};
