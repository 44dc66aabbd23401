//! Django's migration workflow for Rust: models are structs, migrations are reviewed files, and no row is lost.
