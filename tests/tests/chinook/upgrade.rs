//! What an earlier version wrote is loaded, applied and rolled back by this one.
//!
//! `tests/upgrade/VERSION` is as that version left it: the migrations of the store's story, two databases with rows (`half.sqlite3` in the
//! middle of the story, `whole.sqlite3` at its end, with the event of a squash), and what their rows were. A version gets its folder when it
//! is released: `WRITE_UPGRADE=1 cargo test -p fastdjango-tests --test chinook upgrade`.

use std::fs;
use std::path::{Path, PathBuf};

use fastdjango::migrations::{
    Access, AppDir, MakeOptions, MigrateOptions, Project, Settings, Status, Target, makemigrations, migrate,
    showmigrations, squashmigrations,
};
use fastdjango_core::field::Engine;
use fastdjango_core::model::{Model, ModelDef};
use fastdjango_tests::live::{Place, Server, servers};

use crate::data::{self, Data};
use crate::story::story;
use crate::{rows, versions};

/// How many changes the database in the middle has had; those after it bring no rows.
const HALF: usize = 11;

/// Up to which migration the squash goes.
const SQUASHED: &str = "0005";

fn all() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade")
}

/// The migrations of the folder on this database; which models the program has does not matter to `migrate`.
fn project(folder: &Path, place: &Place, models: &[&'static ModelDef]) -> Project {
    let mut settings = Settings::default();
    settings.databases.insert("default".to_owned(), place.settings().clone());
    settings.migrations.render = [Engine::Sqlite, Engine::Postgres, Engine::Mysql, Engine::Mariadb].into();
    let mut project = Project::with_settings(folder, settings, models).expect("a project");
    project.apps = vec![AppDir::new("chinook", folder)];
    project
}

async fn to(folder: &Path, place: &Place, target: Target) {
    let project = project(folder, place, &[chinook::Genre::DEF]);
    let options = MigrateOptions { target, allow_loss: true, ..MigrateOptions::default() };
    let mut connection = place.open(Access::Write).await;
    let ran = migrate(&project, &mut connection, &options, &mut |_| ()).await;
    ran.unwrap_or_else(|why| panic!("{} on {}: {why}", folder.display(), place.engine()));
    connection.close().await.expect("closed");
}

fn file(place: &Place) -> &Path {
    place.settings().file.as_deref().expect("a file")
}

/// Everything in the database, a row a line.
async fn told(place: &Place) -> String {
    Data::read(place).await.to_string()
}

async fn write(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    let place = Server::sqlite().database().await;
    // What the most limited database can have.
    for (done, models) in versions::all(Engine::Mariadb).iter().enumerate() {
        let made = makemigrations(&project(folder, &place, models), &MakeOptions::default()).expect("made");
        assert_eq!((made.made.len(), made.questions.len()), (1, 0), "one change, one migration");
        to(folder, &place, Target::Latest).await;
        let rows = if done == 0 { Some(rows::generated()) } else { story()[done - 1].rows.map(str::to_owned) };
        if let Some(rows) = rows {
            data::execute(&place, &rows).await;
        }
        if done == HALF {
            keep(folder, &place, "half").await;
        }
    }
    let last = project(folder, &place, &[chinook::Genre::DEF]);
    squashmigrations(&last, &"chinook".into(), (None, SQUASHED), false).expect("squashed");
    to(folder, &place, Target::Latest).await;
    keep(folder, &place, "whole").await;
    to(folder, &place, Target::Migration("chinook".into(), format!("{:04}", HALF + 1).as_str().into())).await;
    fs::write(folder.join("back.txt"), told(&place).await).expect("written");
}

async fn keep(folder: &Path, place: &Place, name: &str) {
    fs::write(folder.join(name).with_extension("txt"), told(place).await).expect("written");
    place.execute("VACUUM").await;
    fs::copy(file(place), folder.join(name).with_extension("sqlite3")).expect("a copy");
}

/// A copy of the database, to work on.
async fn restored(folder: &Path, name: &str) -> Place {
    let place = Server::sqlite().database().await;
    fs::copy(folder.join(name).with_extension("sqlite3"), file(&place)).expect("a copy");
    assert_eq!(told(&place).await, left(folder, name), "{name} of {}", folder.display());
    place
}

/// What the version said that the rows are.
fn left(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name).with_extension("txt")).expect("what the rows were")
}

async fn statuses(folder: &Path, place: &Place) -> Vec<Status> {
    let project = project(folder, place, &[chinook::Genre::DEF]);
    let mut connection = place.open(Access::Read).await;
    let shown = showmigrations(&project, &mut connection, &[]).await.expect("shown");
    connection.close().await.expect("closed");
    shown.iter().map(|one| one.status).collect()
}

async fn assert_gone(folder: &Path, place: &Place) {
    to(folder, place, Target::Zero("chinook".into())).await;
    assert_eq!(told(place).await, "", "{}: no table is left on {}", folder.display(), place.engine());
}

#[tokio::test]
async fn this_version_leaves_its_files() {
    let folder = all().join(env!("CARGO_PKG_VERSION"));
    if std::env::var_os("WRITE_UPGRADE").is_some() {
        write(&folder).await;
    }
    for name in ["half.sqlite3", "whole.sqlite3", "back.txt", "migrations/chinook/snapshot.json"] {
        assert!(folder.join(name).is_file(), "{name} of {} is missing; CONTRIBUTING.md says how", folder.display());
    }
}

#[tokio::test]
async fn what_every_version_wrote_is_applied_and_rolled_back() {
    let folders = fs::read_dir(all()).expect("the versions").map(|entry| entry.expect("an entry").path());
    for folder in folders {
        let whole = restored(&folder, "whole").await;
        assert!(statuses(&folder, &whole).await.iter().all(|status| *status == Status::Applied), "nothing was edited");
        to(&folder, &whole, Target::Latest).await;
        assert_eq!(told(&whole).await, left(&folder, "whole"), "there was nothing to do");
        let name = format!("{:04}", HALF + 1);
        to(&folder, &whole, Target::Migration("chinook".into(), name.as_str().into())).await;
        assert_eq!(told(&whole).await, left(&folder, "back"), "as the version itself left it on the way back");
        assert_gone(&folder, &whole).await;

        let half = restored(&folder, "half").await;
        let pending = statuses(&folder, &half).await.into_iter().filter(|status| *status == Status::Pending).count();
        assert_eq!(pending, story().len() - HALF, "the rest of the story");
        to(&folder, &half, Target::Latest).await;
        assert_eq!(told(&half).await, left(&folder, "whole"), "every row is where the version itself had it");
        assert_gone(&folder, &half).await;

        for server in servers() {
            let place = server.database().await;
            to(&folder, &place, Target::Latest).await;
            assert_gone(&folder, &place).await;
            place.remove().await;
        }
    }
}
