//! `migrate` of the migrations in a folder, as a process that a test can kill: `migrate_folder FOLDER DATABASE`.

use std::path::PathBuf;
use std::process::ExitCode;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::command::files::AppDir;
use fastdjango_core::command::{MigrateOptions, Project, migrate};
use fastdjango_core::error::Result;
use fastdjango_core::model::Model;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(database)) = (arguments.next(), arguments.next()) else { return ExitCode::from(2) };
    match run(folder, database).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the test shows it when the process fails")]
            {
                eprintln!("{error}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(folder: PathBuf, database: PathBuf) -> Result<()> {
    // Which models the program has does not matter: `migrate` reads files only.
    let mut project = Project::open(&folder, &[chinook::Genre::DEF])?;
    project.apps = vec![AppDir::new("chinook", folder)];
    let mut connection = Connection::open_sqlite(&database, Access::Write).await?;
    migrate(&project, &mut connection, &MigrateOptions::default(), &mut |_| ()).await?;
    Ok(())
}
