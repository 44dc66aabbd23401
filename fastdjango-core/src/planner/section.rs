//! The SQL section of a migration's file.

use super::{input_hash, plan, text_hash};
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::migration::SqlSection;
use crate::name::AppLabel;
use crate::operation::Operation;
use crate::state::ProjectState;

/// Plans a migration and seals the plan with the hashes of what it was made from and of its text.
pub fn section(
    app: &AppLabel,
    operations: &[Operation],
    before: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<SqlSection, Diagnostics> {
    let planned = plan(app, operations, before, dialect)?;
    Ok(SqlSection {
        target: dialect.capabilities().target.to_string(),
        input: input_hash(app, operations, before),
        text: text_hash(&planned.up, planned.down.as_deref()),
        edited: None,
        up: planned.up,
        down: planned.down,
    })
}
