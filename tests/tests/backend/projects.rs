//! Two projects in one process: the same app label, other models, other databases; neither sees the other's.

use fastdjango::migrations::{
    Access, AppDir, MakeOptions, MigrateOptions, Project, Result, connect, makemigrations, migrate, rollback,
};
use fastdjango::prelude::*;

mod books {
    use super::*;

    /// A book.
    #[derive(Model)]
    #[model(app = "library")]
    pub(super) struct Item {
        /// The key.
        #[field(primary_key, auto)]
        pub(super) id: i64,
        /// What stands on its back.
        #[field(max_length = 200)]
        pub(super) title: String,
    }
}

mod records {
    use super::*;

    /// A record.
    #[derive(Model)]
    #[model(app = "library")]
    pub(super) struct Item {
        /// The key.
        #[field(primary_key, auto)]
        pub(super) id: i64,
        /// How fast it turns.
        pub(super) speed: i32,
    }
}

/// Makes the migrations, applies them, and returns the columns; then all of it back, several times.
async fn live(project: &Project) -> Result<Vec<String>> {
    makemigrations(project, &MakeOptions::default())?;
    let mut connection = connect(project, "default", Access::Write).await?;
    let options = MigrateOptions { allow_loss: true, ..MigrateOptions::default() };
    for _ in 0..5 {
        migrate(project, &mut connection, &options, &mut |_| ()).await?;
        tokio::task::yield_now().await;
        rollback(project, &mut connection, 1, &options, &mut |_| ()).await?;
    }
    migrate(project, &mut connection, &options, &mut |_| ()).await?;
    let rows = connection.query("SELECT name FROM pragma_table_info('library_item') ORDER BY cid").await?;
    connection.close().await?;
    Ok(rows.iter().map(|row| fastdjango_tests::live::told(row)).collect())
}

#[tokio::test]
async fn two_projects_in_one_process_do_not_mix() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let projects = [books::Item::DEF, records::Item::DEF].into_iter().zip(&folders).map(|(model, folder)| {
        let mut project = Project::open(folder.path(), &[model]).expect("a project");
        project.apps = vec![AppDir::new("library", folder.path())];
        project
    });
    let projects: Vec<Project> = projects.collect();
    let (books, records) = tokio::join!(live(&projects[0]), live(&projects[1]));
    assert_eq!(books.expect("books"), ["id", "title"]);
    assert_eq!(records.expect("records"), ["id", "speed"]);
    for folder in &folders {
        let found = std::fs::read_dir(folder.path().join("migrations/library")).expect("listed").count();
        assert_eq!(found, 2, "one migration and the snapshot");
    }
}
