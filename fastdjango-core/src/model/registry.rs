//! The registry: every model of every crate that the program names.

use super::ModelDef;

/// One model, submitted by the derive.
#[derive(Clone, Copy, Debug)]
pub struct Registration(pub &'static ModelDef);

inventory::collect!(Registration);

/// The models of this program, sorted by app and name.
#[must_use]
pub fn registered() -> Vec<&'static ModelDef> {
    let mut models: Vec<&'static ModelDef> = inventory::iter::<Registration>().map(|r| r.0).collect();
    models.sort_by_key(|def| (def.label.app, def.label.model, def.source.file, def.source.line));
    models
}
