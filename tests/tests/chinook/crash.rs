//! What processes do to each other: killed in the middle of a migration, or started all at once.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastdjango_core::backend::Access;
use fastdjango_core::field::Engine;
use fastdjango_tests::live::{Place, Server, servers};

use crate::catalog::{self, Catalog};
use crate::data::{self, Data};
use crate::private::Private;
use crate::rows::{self, Numbers};
use crate::store::Store;
use crate::versions;

/// How many threads kill.
const THREADS: usize = 2;

/// The migrations that come after the first: renames, new columns, types, NOT NULL, uniques, checks, actions. On `SQLite` seven
/// rebuild; on `PostgreSQL` one is not atomic, and one builds its indexes concurrently.
const CHANGES: usize = 8;

/// How often a process is killed.
fn kills(engine: Engine) -> usize {
    match engine {
        Engine::Sqlite | Engine::Mysql => 100,
        // On each of two servers.
        Engine::Postgres | Engine::Mariadb => 50,
    }
}

/// A database as it is after some number of migrations.
struct State {
    data: Data,
    catalog: Catalog,
}

impl State {
    async fn read(place: &Place) -> Self {
        Self { data: Data::read(place).await, catalog: catalog::read(place).await }
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
    base: Place,
    /// After the first migration, after the second, and so on.
    states: Vec<State>,
}

async fn prepare(server: &Server) -> Prepared {
    let store = Store::new(server).await;
    let versions = versions::all(server.engine());
    store.make(&versions[0]);
    store.migrate().await;
    data::execute(&store.place, &rows::generated()).await;
    let base = store.place.copy().await;
    let mut states = vec![State::read(&base).await];
    for (number, models) in versions.iter().enumerate().take(CHANGES + 1).skip(1) {
        store.make(models);
        match (server.engine(), number) {
            (Engine::Sqlite | Engine::Postgres, 4) => {
                store.edit(number, |text| text.replacen("format = 1\n", "format = 1\natomic = false\n", 1));
            }
            (Engine::Postgres, 6) => store.edit(number, concurrently),
            _ => {}
        }
        store.migrate().await;
        states.push(State::read(&store.place).await);
    }
    Prepared { store, base, states }
}

/// The file with its unique constraints made of indexes that are built beside their use, as somebody with much traffic would edit it.
fn concurrently(text: &str) -> String {
    let (operations, sql) = text.split_once("[sql.postgres]\n").expect("the SQL of PostgreSQL");
    let mut edited = format!("{operations}[sql.postgres]\nedited = \"nobody waits for an index\"\n");
    for line in sql.lines() {
        let words: Vec<&str> = line.trim().trim_matches(['\'', ',']).split(' ').collect();
        let _ = if let ["ALTER", "TABLE", table, "ADD", "CONSTRAINT", name, "UNIQUE", columns @ ..] = &words[..] {
            let build = format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {}", columns.join(" "));
            let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}");
            writeln!(edited, "    {{ autocommit = '{build}' }},\n    '{add}',")
        } else {
            writeln!(edited, "{line}")
        };
    }
    assert_eq!(edited.matches("CONCURRENTLY").count(), 2, "{edited}");
    edited
}

fn start(folder: &Path, place: &Place) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migrate_folder"));
    command.arg("migrate").env("PROJECT_DIR", folder).env("DATABASE_URL", place.url());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the migrator starts")
}

fn finish(child: Child, when: &str) {
    let output = child.wait_with_output().expect("the migrator ends");
    assert!(output.status.success(), "{when}: {}", String::from_utf8_lossy(&output.stderr));
}

/// How many migrations a database has, by its history, each of them applied once; and whether another one is begun.
async fn applied(place: &Place, when: &str) -> (usize, bool) {
    let events = |event| format!("SELECT name FROM fastdjango_migrations WHERE event = '{event}'");
    let mut connection = place.open(Access::Read).await;
    let history = connection.history().await.unwrap_or_else(|e| panic!("{e}"));
    let begun = fastdjango_tests::live::texts(&mut connection, &events("applying")).await;
    let done = fastdjango_tests::live::texts(&mut connection, &events("applied")).await;
    assert_eq!(done.len(), history.applied().len(), "{when}: a migration is recorded twice: {done:?}");
    (done.len(), begun.iter().any(|name| !done.contains(name)))
}

/// Where the killed processes were: how many were still running, and after which migrations they ended.
#[derive(Default)]
struct Tally {
    killed: AtomicUsize,
    in_the_middle: AtomicUsize,
    begun: AtomicUsize,
}

/// One process killed after a while, and the next that has to finish.
async fn kill_and_finish(prepared: &Prepared, number: usize, after: Duration, tally: &Tally) {
    let place = prepared.base.copy().await;
    let when = format!("{}: kill {number}, after {after:?}", place.engine());
    let mut child = start(prepared.store.folder(), &place);
    thread::sleep(after);
    child.kill().expect("the migrator is killed");
    let killed = !child.wait().expect("the migrator ends").success();
    tally.killed.fetch_add(usize::from(killed), Ordering::Relaxed);
    go_on(prepared, place, &when, tally).await;
}

/// What is there is what some number of whole migrations makes, or one more is begun; the next run does the rest.
async fn go_on(prepared: &Prepared, place: Place, when: &str, tally: &Tally) {
    let all = CHANGES + 1;
    place.alone().await;
    let (reached, begun) = applied(&place, when).await;
    if !begun {
        data::assert_sound(&place, when).await;
        State::read(&place).await.assert_is(&prepared.states[reached - 1], when);
    }
    finish(start(prepared.store.folder(), &place), when);
    assert_eq!(applied(&place, when).await, (all, false), "{when}: the migrations of the next run");
    State::read(&place).await.assert_is(&prepared.states[all - 1], when);
    data::assert_sound(&place, when).await;
    place.remove().await;
    tally.in_the_middle.fetch_add(usize::from(reached < all && (reached > 1 || begun)), Ordering::Relaxed);
    tally.begun.fetch_add(usize::from(begun), Ordering::Relaxed);
}

/// A server that ends like by a power failure in the middle of the migrations, and comes back: at once, or when the migrator has given
/// up.
#[test]
fn a_server_that_restarts_in_the_middle_is_gone_on_with() {
    for name in servers().iter().map(|server| server.name).filter(|name| *name != "sqlite") {
        let mut private = Private::like(name);
        let runtime = runtime();
        let server = private.server.clone();
        runtime.block_on(server.answers());
        let prepared = runtime.block_on(prepare(&server));
        let whole = runtime.block_on(clean_run(&prepared));
        let tally = Tally::default();
        // How fast a migrator is differs, so it is tried until three were in the middle.
        for number in 0..12 {
            let place = runtime.block_on(prepared.base.copy());
            let after = whole.mul_f64(0.2 + 0.05 * f64::from(number * 5 % 12));
            let when = format!("{name}: restarted after {after:?} of {whole:?}");
            let migrator = start(prepared.store.folder(), &place);
            thread::sleep(after);
            private.crash();
            let is_back = number % 2 == 0;
            if is_back {
                private.start();
            }
            let output = migrator.wait_with_output().expect("the migrator ends");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(0 | 1 | 6)), "{when}: {:?}, {said}", output.status);
            assert!(!said.contains("panicked"), "{when}: {said}");
            if !is_back {
                private.start();
            }
            runtime.block_on(server.answers());
            runtime.block_on(go_on(&prepared, place, &when, &tally));
            if tally.in_the_middle.load(Ordering::Relaxed) == 3 {
                break;
            }
        }
        let middle = tally.in_the_middle.load(Ordering::Relaxed);
        assert!(middle > 0, "{name}: no crash found something done and something left");
    }
}

/// How long the whole migration takes in a process that nobody kills.
async fn clean_run(prepared: &Prepared) -> Duration {
    let place = prepared.base.copy().await;
    let begin = Instant::now();
    finish(start(prepared.store.folder(), &place), "the clean run");
    let whole = begin.elapsed();
    place.remove().await;
    whole
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

#[test]
fn a_killed_migration_is_finished_by_the_next_run() {
    for server in servers() {
        let prepared = runtime().block_on(prepare(&server));
        let whole = runtime().block_on(clean_run(&prepared));
        let (tally, kills) = (Tally::default(), kills(server.engine()));
        thread::scope(|scope| {
            for lane in 0..THREADS {
                let (prepared, tally) = (&prepared, &tally);
                scope.spawn(move || {
                    let mut numbers = Numbers::new(lane as u64 + 1);
                    let runtime = runtime();
                    for number in (lane..kills).step_by(THREADS) {
                        let after = whole.mul_f64(f64::from(u32::try_from(numbers.below(1000)).unwrap_or(0)) / 1000.0);
                        runtime.block_on(kill_and_finish(prepared, number, after, tally));
                    }
                });
            }
        });
        let [killed, middle, begun] =
            [&tally.killed, &tally.in_the_middle, &tally.begun].map(|n| n.load(Ordering::Relaxed));
        eprintln!(
            "{}: {kills} kills, {killed} while it ran, {middle} between two migrations or in one, {begun} in one",
            server.name
        );
        assert!(killed > kills / 2, "only {killed} of {kills} processes were still running when they were killed");
        assert!(middle > kills / 4, "only {middle} of {kills} kills found something done and something left");
    }
}

#[tokio::test]
async fn ten_migrators_at_once_apply_each_migration_once() {
    let files = ["accounts", "blog"].iter().map(|app| migration_files(app)).sum::<usize>();
    assert!(files >= 2, "the blog's migrations are committed");
    for server in servers() {
        let place = server.database().await;
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_blog_commands"));
            command.arg("migrate").env("DATABASE_URL", place.url()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("the migrator starts")
        };
        let migrators: Vec<Child> = (0..10).map(|_| start()).collect();
        for (number, migrator) in migrators.into_iter().enumerate() {
            finish(migrator, &format!("{}: migrator {number}", server.name));
        }
        assert_eq!(applied(&place, "ten at once").await, (files, false), "{}", server.name);
        data::assert_sound(&place, "ten at once").await;
        place.remove().await;
    }
}

fn migration_files(app: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/blog/migrations").join(app);
    let entries = std::fs::read_dir(folder).expect("the blog has migrations");
    entries.filter(|entry| entry.as_ref().is_ok_and(|e| e.path().extension().is_some_and(|x| x == "toml"))).count()
}
