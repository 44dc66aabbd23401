//! Settings: the databases and how migrations are written, out of `fastdjango.toml` and the environment.

mod database;
mod environment;
mod expand;
mod lists;
mod many;
mod parse;
mod route;
mod secret;
mod shape;
mod sslmode;
mod target;
#[cfg(test)]
mod tests;
mod url;

pub use database::Database;
pub use many::{By, Many, Named};
pub use parse::{Env, MigrationSettings, Naming, Settings};
pub use route::Routes;
pub use secret::Secret;
