//! The registry: the migrations of every crate that the program names and that carries its own.

use super::EmbeddedCrate;

/// The migrations of one crate, submitted by `embed_migrations!`.
#[derive(Clone, Copy, Debug)]
pub struct Registration(pub &'static EmbeddedCrate);

inventory::collect!(Registration);

/// What this program carries, sorted by crate and folder.
#[must_use]
pub fn registered() -> Vec<&'static EmbeddedCrate> {
    let mut crates: Vec<&'static EmbeddedCrate> = inventory::iter::<Registration>().map(|r| r.0).collect();
    crates.sort_by_key(|one| (one.source.package, one.source.manifest_dir, one.folder));
    crates
}
