//! What Rust says: the constant definitions that the derive writes, the traits it implements, and the registry.

mod def;
mod facts;
mod registry;
mod relation;

pub use def::{
    CheckDef, DefaultDef, FieldDef, ForeignKeyDef, GeneratedDef, IndexDef, ModelDef, ModelLabel, Source, SqlDef,
    UniqueDef,
};
pub use facts::{FieldType, Fields, Keyed, Kind, Model, TypeDef, TypeFacts};
pub use registry::{Registration, registered};
pub use relation::{ForeignKey, ManyToMany, OneToOne};
