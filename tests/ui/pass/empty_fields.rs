//! A key in several fields, no key, and shared fields that are only a relation.

use fastdjango::prelude::*;

#[derive(Model)]
#[model(app = "edge", primary_key(fields = [a, b]))]
struct Pair {
    a: i64,
    b: i64,
}

#[derive(Fields)]
struct Tagged {
    tags: ManyToMany<Log>,
}

#[derive(Model)]
#[model(app = "edge", no_primary_key)]
struct Log {
    #[model(flatten)]
    tagged: Tagged,
    text: Option<String>,
}

fn main() {
    assert_eq!(Pair::DEF.primary_key, ["a", "b"]);
    let pair = Pair { a: 1, b: 2 };
    let log = Log { tagged: Tagged { tags: ManyToMany::default() }, text: None };
    assert_eq!(pair.insert_values().len() + log.insert_values().len(), 3);
}
