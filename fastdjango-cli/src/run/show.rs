//! `showmigrations`.

use fastdjango_core::backend::Access;
use fastdjango_core::command::survey;
use fastdjango_core::error::Result;

use super::{Context, labels};
use crate::args::Show;
use crate::{exit, print};

pub(crate) async fn run(context: &Context, args: &Show) -> Result<u8> {
    let project = context.project_there()?;
    let mut connection = context.connect(&project, Access::Read).await?;
    let survey = survey(&project, &mut connection, &labels(&args.apps)).await?;
    connection.close().await?;
    print::shown(context, &survey, args.plan);
    if context.global.database.is_none() && args.apps.is_empty() {
        print::elsewhere(context.output, &project);
    }
    print::diagnostics(context.output, &survey.faults);
    Ok(if survey.faults.has_errors() { exit::FOUND } else { exit::DONE })
}
