//! The derives: definitions are as declared, and rows come back as they were written.

#![expect(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

mod definition;
mod migrated;
mod moments;
mod names;
mod relations;
mod rows;
mod shared;
mod values;

use fastdjango::Model;
use fastdjango_core::model::FieldDef;

/// The definition of a model's field; a missing one is a test's own mistake.
fn field<M: Model>(name: &str) -> FieldDef {
    *M::DEF.all_fields().find(|field| field.name == name).expect("the model has this field")
}
