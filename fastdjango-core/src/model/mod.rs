//! What Rust says: the constant definitions that the derive writes, the traits it implements, and the registry.

#[doc(hidden)]
pub mod assert;
mod def;
mod extern_types;
mod facts;
mod list;
mod registry;
mod relation;
mod scalar;
mod value;

#[doc(hidden)]
pub use def::NO_MODEL;
pub use def::{
    CheckDef, DefaultDef, FieldDef, ForeignKeyDef, GeneratedDef, IndexDef, ModelDef, ModelLabel, Source, SqlDef,
    UniqueDef,
};
pub use facts::{EnumDef, FieldType, Fields, Keyed, Kind, Model, TypeDef, TypeFacts};
pub use list::Element;
pub use registry::{Registration, registered};
pub use relation::{ForeignKey, ManyToMany, OneToOne};
pub use scalar::{Choices, Json};
pub(crate) use value::overlong;
pub use value::{Columns, DecodeError, Record, Value, WrongValue};
#[doc(hidden)]
pub use value::{choice_from_value, choice_to_value, read, write};
