//! The pipeline of fastdjango: models → state → operations → migrations → SQL → database.
//!
//! Every module imports only from layers below its own; `ARCHITECTURE.md` has the map.
//! Users depend on the facade crate `fastdjango`, which re-exports what is stable here.

/// Describes types that are written as text, which a derive cannot look into.
#[cfg(feature = "json-schema")]
macro_rules! text_schema {
    ($($name:ident: $description:expr, $pattern:expr;)*) => {$(
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "description": $description, "type": "string", "pattern": $pattern })
            }
        }
    )*};
}
#[cfg(feature = "json-schema")]
pub(crate) use text_schema;

#[cfg(feature = "driver")]
pub mod backend;
#[cfg(feature = "driver")]
pub mod command;
pub mod data;
pub mod ddl;
pub mod detect;
pub mod diagnostic;
pub mod dialect;
pub mod error;
pub mod field;
pub mod migration;
pub mod model;
pub mod name;
pub mod operation;
pub mod pair;
pub mod planner;
pub mod schema;
pub mod settings;
pub mod source;
pub mod state;

/// The crates whose types stand in the public interface, in the versions that it means.
#[cfg(feature = "chrono")]
pub use chrono;
#[doc(hidden)]
pub use inventory;
#[cfg(feature = "decimal")]
pub use rust_decimal;
#[cfg(feature = "render")]
pub use sea_query;
#[cfg(feature = "driver")]
pub use sqlx;
#[cfg(feature = "time")]
pub use time;
#[cfg(feature = "uuid")]
pub use uuid;
