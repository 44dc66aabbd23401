//! What each answer to a question would write.

use fastdjango_core::command::{Preview, Project};

use super::{diagnostics, diff};
use crate::output::{STRONG, styled};
use crate::run::Context;

/// Prints the migrations of each answer, with the SQL of the database that the command works on.
pub(crate) fn previewed(context: &Context, project: &Project, previews: &[Preview]) {
    let output = context.output;
    let engine = project.database(context.global.database()).ok().map(|database| database.engine);
    for preview in previews {
        output.remark(&format!("\n{}\n", styled(STRONG, &preview.label)));
        match &preview.migrations {
            Err(error) => diagnostics(output, error.diagnostics()),
            Ok(migrations) => {
                for migration in migrations {
                    let mut shown = migration.clone();
                    shown.sql.retain(|rendered, _| engine.is_none_or(|engine| *rendered == engine));
                    output.remark(&diff::one(&shown));
                }
            }
        }
    }
    output.remark("\n");
}
