//! Types of other crates that can be fields, each behind the feature that names its crate.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "decimal")]
mod decimal;
#[cfg(any(feature = "chrono", feature = "time"))]
mod moment;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
