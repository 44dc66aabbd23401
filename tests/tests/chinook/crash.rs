//! What processes do to each other: killed in the middle of a migration, or started all at once.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastdjango_core::backend::{Access, Connection};
use tempfile::TempDir;

use crate::catalog::{self, Catalog};
use crate::data::{self, Data};
use crate::rows::{self, Numbers};
use crate::store::Store;
use crate::versions;

/// How often a process is killed.
const KILLS: usize = 200;
/// How many threads do it.
const THREADS: usize = 2;
/// The migrations that come after the first: renames, new columns, types, NOT NULL, uniques, checks, actions; seven rebuild.
const CHANGES: usize = 8;

/// A database as it is after some number of migrations.
struct State {
    data: Data,
    catalog: Catalog,
}

impl State {
    async fn read(database: &Path) -> Self {
        Self { data: Data::read(&url(database)).await, catalog: catalog::read(&url(database)).await }
    }

    #[track_caller]
    fn assert_is(&self, expected: &Self, when: &str) {
        self.data.assert_is(&expected.data, when);
        catalog::assert_is(&self.catalog, &expected.catalog, when);
    }
}

/// A database with rows after the first migration, the files of those that follow, and what each of them leads to.
struct Prepared {
    store: Store,
    base: PathBuf,
    /// After the first migration, after the second, and so on.
    states: Vec<State>,
}

fn url(database: &Path) -> String {
    format!("sqlite://{}", database.display())
}

async fn prepare() -> Prepared {
    let store = Store::new();
    let versions = versions::all();
    store.make(&versions[0]);
    store.migrate().await;
    data::execute(&store.url(), &rows::generated()).await;
    let base = store.folder().join("base.sqlite3");
    let mut connection = store.connection().await;
    connection.backup(&base).await.unwrap_or_else(|e| panic!("{e}"));
    let mut states = vec![State::read(&base).await];
    for models in &versions[1..=CHANGES] {
        store.make(models);
        store.migrate().await;
        states.push(State::read(&store.database()).await);
    }
    Prepared { store, base, states }
}

fn start(folder: &Path, database: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migrate_folder"));
    command.arg(folder).arg(database).stderr(Stdio::piped()).spawn().expect("the migrator starts")
}

fn finish(child: Child, when: &str) {
    let output = child.wait_with_output().expect("the migrator ends");
    assert!(output.status.success(), "{when}: {}", String::from_utf8_lossy(&output.stderr));
}

/// How many migrations a database has, by its history; each of them applied once.
async fn applied(database: &Path, when: &str) -> usize {
    let mut connection = Connection::open_sqlite(database, Access::Read).await.unwrap_or_else(|e| panic!("{e}"));
    let events = data::column(&url(database), "SELECT name FROM fastdjango_migrations WHERE event = 'applied'").await;
    let history = connection.history().await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(events.len(), history.applied().len(), "{when}: a migration is recorded twice: {events:?}");
    events.len()
}

/// One process killed after a while, and the next that has to finish; true where the first was in the middle.
async fn kill_and_finish(prepared: &Prepared, folder: &Path, number: usize, after: Duration) -> bool {
    let when = format!("kill {number}, after {after:?}");
    let database = folder.join(format!("{number}.sqlite3"));
    std::fs::copy(&prepared.base, &database).expect("a copy of the database");
    let mut child = start(prepared.store.folder(), &database);
    thread::sleep(after);
    child.kill().expect("the migrator is killed");
    let killed = !child.wait().expect("the migrator ends").success();
    data::assert_sound(&url(&database), &when).await;
    let reached = applied(&database, &when).await;
    State::read(&database).await.assert_is(&prepared.states[reached - 1], &when);
    finish(start(prepared.store.folder(), &database), &when);
    assert_eq!(applied(&database, &when).await, CHANGES + 1, "{when}: the migrations of the next run");
    State::read(&database).await.assert_is(&prepared.states[CHANGES], &when);
    data::assert_sound(&url(&database), &when).await;
    std::fs::remove_file(&database).expect("the copy goes");
    killed
}

/// How long the whole migration takes in a process that nobody kills.
fn clean_run(prepared: &Prepared, folder: &Path) -> Duration {
    let database = folder.join("clean.sqlite3");
    std::fs::copy(&prepared.base, &database).expect("a copy of the database");
    let begin = Instant::now();
    finish(start(prepared.store.folder(), &database), "the clean run");
    begin.elapsed()
}

#[test]
fn a_killed_migration_is_finished_by_the_next_run() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let prepared = runtime().block_on(prepare());
    let folder = TempDir::new().expect("a folder for the copies");
    let whole = clean_run(&prepared, folder.path());
    let killed = AtomicUsize::new(0);
    thread::scope(|scope| {
        for lane in 0..THREADS {
            let (prepared, folder, killed) = (&prepared, folder.path(), &killed);
            scope.spawn(move || {
                let mut numbers = Numbers::new(lane as u64 + 1);
                let runtime = runtime();
                for number in (lane..KILLS).step_by(THREADS) {
                    let after = whole.mul_f64(f64::from(u32::try_from(numbers.below(1000)).unwrap_or(0)) / 1000.0);
                    let middle = runtime.block_on(kill_and_finish(prepared, folder, number, after));
                    killed.fetch_add(usize::from(middle), Ordering::Relaxed);
                }
            });
        }
    });
    let killed = killed.into_inner();
    assert!(killed > KILLS / 2, "only {killed} of {KILLS} processes were still running when they were killed");
}

#[tokio::test]
async fn ten_migrators_at_once_apply_each_migration_once() {
    let folder = TempDir::new().expect("a folder for the database");
    let database = folder.path().join("db.sqlite3");
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blog_commands"));
        command.arg("migrate").env("DATABASE_URL", url(&database)).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the migrator starts")
    };
    let migrators: Vec<Child> = (0..10).map(|_| start()).collect();
    for (number, migrator) in migrators.into_iter().enumerate() {
        finish(migrator, &format!("migrator {number}"));
    }
    let files = ["accounts", "blog"].iter().map(|app| migration_files(app)).sum::<usize>();
    assert!(files >= 2, "the blog's migrations are committed");
    assert_eq!(applied(&database, "ten at once").await, files);
    data::assert_sound(&url(&database), "ten at once").await;
}

fn migration_files(app: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/blog/migrations").join(app);
    let entries = std::fs::read_dir(folder).expect("the blog has migrations");
    entries.filter(|entry| entry.as_ref().is_ok_and(|e| e.path().extension().is_some_and(|x| x == "toml"))).count()
}
