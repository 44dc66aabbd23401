//! What a thousand migrations cost: `cargo run --release -p fastdjango-tests --bin bench_history`.
//!
//! The commands with nothing to do, each as a process of its own; and applying everything to a new SQLite file, against the same
//! statements in the same transactions without anything of ours around them. `bench_history 300` makes a shorter history.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use fastdjango::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use fastdjango::sqlx::{self, AssertSqlSafe, Connection as _};
use fastdjango_core::backend::{Access, Connection, Value};
use fastdjango_core::command::files::{self, AppDir, FileWrite};
use fastdjango_core::command::{Directory, MigrateOptions, Project, migrate};
use fastdjango_core::detect::{Answers, Past, detect};
use fastdjango_core::dialect;
use fastdjango_core::error::{Error, Result as Made};
use fastdjango_core::field::{Engine, OnDelete};
use fastdjango_core::migration::{Migration, Step, write};
use fastdjango_core::model::{DefaultDef, FieldDef, IndexDef, Kind, ModelDef, ModelLabel, Source, TypeDef, TypeFacts};
use fastdjango_core::operation::Touched;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::section;
use fastdjango_core::state::{ProjectState, from_models};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const APPS: usize = 10;

/// What becomes of each model: it is created, gets a column, gets an index, has a column renamed, and another widened.
const AGES: usize = 5;

/// How often each thing is done; the best counts, since others may load the machine.
const RUNS: usize = 15;

const BY_AMOUNT: [IndexDef; 1] = [IndexDef::new(&[("amount", false)])];

/// How SQLite waits for the disk: <https://www.sqlite.org/pragma.html#pragma_synchronous>.
const DURABILITY: &str =
    "SELECT 'synchronous ' || synchronous || ', journal ' || journal_mode FROM pragma_synchronous, pragma_journal_mode";

/// How often everything is applied, both ways in turn.
const ROUNDS: usize = 5;

/// The arguments that have a process start and end, or open the database and read the history besides.
const START: &str = "START";
const CONNECT: &str = "CONNECT";

fn main() -> ExitCode {
    let Ok(dir) = env::var("BENCH_DIR") else {
        let count = env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000);
        return ended(report(count));
    };
    let count = env::var("BENCH_MIGRATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or_default();
    let definitions = definitions(count, &dir);
    match env::args().nth(1).as_deref() {
        Some(START) => ExitCode::SUCCESS,
        Some(CONNECT) => ended(connect(Path::new(&dir))),
        _ => fastdjango_cli::main_with(Path::new(&dir), &definitions),
    }
}

fn ended(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "a program for a terminal")]
            {
                eprintln!("{error}");
            }
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a program for a terminal")]
fn report(count: usize) -> Result<()> {
    let dir = env::temp_dir().join(format!("fastdjango-bench-{}", std::process::id()));
    let history = History::make(count, &dir)?;
    println!("{count} migrations of {} models in {APPS} apps\n", count.div_ceil(AGES));
    println!("CPU of a whole process with nothing to do, in ms, the best of {RUNS}\n");
    history.cpu(&["migrate"])?;
    let start = history.best(&[START])?;
    let connection = history.best(&[CONNECT])?.saturating_sub(start);
    println!("| command | CPU | of which the connection | beside it |");
    println!("|:--------|----:|------------------------:|----------:|");
    for (command, connects) in [("migrate", true), ("showmigrations", true), ("makemigrations", false)] {
        let all = history.best(&[command])?;
        let connection = if connects { connection } else { Duration::ZERO };
        println!("| {command} | {} | {} | {} |", ms(all), ms(connection), ms(all.saturating_sub(connection)));
    }
    let (ours, by_hand) = history.applied()?;
    if ours.durability != by_hand.durability {
        return Err(io::Error::other(format!("`{}` against `{}`", ours.durability, by_hand.durability)).into());
    }
    println!("\nApplying all, in ms, the best of {ROUNDS} rounds; {} on both sides\n", ours.durability);
    println!("| | time | CPU |");
    println!("|:-|----:|----:|");
    println!("| `migrate` | {} | {} |", ms(ours.time), ms(ours.cpu));
    println!("| the same statements by hand | {} | {} |", ms(by_hand.time), ms(by_hand.cpu));
    let ratio = |ours: Duration, by_hand: Duration| ours.as_secs_f64() / by_hand.as_secs_f64();
    println!("| ratio | {:.2} | {:.2} |", ratio(ours.time, by_hand.time), ratio(ours.cpu, by_hand.cpu));
    fs::remove_dir_all(dir)?;
    Ok(())
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}

/// A project with a history, in a folder of its own.
struct History {
    count: usize,
    dir: PathBuf,
}

impl History {
    fn make(count: usize, dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        fs::write(dir.join("fastdjango.toml"), "[databases.default]\nengine = \"sqlite\"\nname = \"db.sqlite3\"\n")?;
        let history = Self { count, dir: dir.to_owned() };
        history.write_migrations()?;
        Ok(history)
    }

    /// One migration for each change of a model, as `makemigrations` finds it.
    fn write_migrations(&self) -> Made<()> {
        let source = source(&self.dir.to_string_lossy());
        let (mut state, mut past) = (ProjectState::default(), Past::default());
        let mut definitions: Vec<&'static ModelDef> = Vec::new();
        let mut writes = Vec::new();
        for number in 0..self.count {
            let (model, age) = place(number, self.count);
            let definition = definition(model, age, self.count.div_ceil(AGES), source);
            match definitions.get_mut(model) {
                Some(there) => *there = definition,
                None => definitions.push(definition),
            }
            let (target, hints, _) = from_models(&definitions);
            let detected = detect(Pair::new(&state, &target), &hints, &past, &Answers::new());
            for mut migration in detected.migrations {
                Self::finish(&mut migration, &mut state, &mut past)?;
                let dir = AppDir::new(migration.app.clone(), &self.dir);
                writes.push(FileWrite::create(dir.migration(&migration.name), write(&migration)));
            }
        }
        files::write_all(&writes)?;
        Project::open(&self.dir, &definitions)?.refresh_snapshots()
    }

    /// Gives a migration its SQL, and goes on behind it.
    fn finish(migration: &mut Migration, state: &mut ProjectState, past: &mut Past) -> Made<()> {
        if let Some(dialect) = dialect::of(Engine::Sqlite) {
            let section = section(&migration.app, &migration.operations, state, dialect).map_err(Error::invalid)?;
            migration.sql.insert(Engine::Sqlite, section);
        }
        let mut touched = Touched::default();
        for operation in &migration.operations {
            touched.follow(&migration.app, operation, state)?;
        }
        past.add(migration.reference(), &touched);
        Ok(())
    }

    fn best(&self, arguments: &[&str]) -> Result<Duration> {
        let times = (0..RUNS).map(|_| self.cpu(arguments)).collect::<Result<Vec<_>>>()?;
        Ok(times.into_iter().min().unwrap_or_default())
    }

    /// The CPU, of the user and of the system, that the command takes as a process.
    fn cpu(&self, arguments: &[&str]) -> Result<Duration> {
        let before = cpu(Whose::Children)?;
        let status = Command::new(env::current_exe()?)
            .args(arguments)
            .env("BENCH_MIGRATIONS", self.count.to_string())
            .env("BENCH_DIR", &self.dir)
            .stdout(Stdio::null())
            .status()?;
        if !status.success() {
            return Err(io::Error::other(format!("{arguments:?} failed: {status}")).into());
        }
        Ok(cpu(Whose::Children)?.saturating_sub(before))
    }

    /// Everything applied to new files, by the library and by hand in turn: the best of each.
    fn applied(&self) -> Result<(Spent, Spent)> {
        let definitions = definitions(self.count, &self.dir.to_string_lossy());
        let project = Project::open(&self.dir, &definitions)?;
        let directory = project.directory()?;
        let (mut ours, mut by_hand) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let [one, other] = ["ours", "by_hand"].map(|name| self.dir.join(format!("{name}{round}.sqlite3")));
            ours.push(Spent::by(by_us(&project, &one))?);
            by_hand.push(Spent::by(send(&directory, &other))?);
        }
        Ok((Spent::best(&ours), Spent::best(&by_hand)))
    }
}

/// What something took of the clock, and of the CPU; and how sure it made that what it wrote lasts.
#[derive(Default)]
struct Spent {
    time: Duration,
    cpu: Duration,
    durability: String,
}

impl Spent {
    fn by(work: impl Future<Output = Result<String>>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (before, started) = (cpu(Whose::Own)?, Instant::now());
        let durability = runtime.block_on(work)?;
        Ok(Self { time: started.elapsed(), cpu: cpu(Whose::Own)?.saturating_sub(before), durability })
    }

    fn best(all: &[Self]) -> Self {
        let durability = all.first().map(|first| first.durability.clone()).unwrap_or_default();
        let time = all.iter().map(|spent| spent.time).min().unwrap_or_default();
        Self { time, cpu: all.iter().map(|spent| spent.cpu).min().unwrap_or_default(), durability }
    }
}

/// All that `migrate` does, from the files on.
async fn by_us(project: &Project, path: &Path) -> Result<String> {
    let mut connection = Connection::open_sqlite(path, Access::Write).await?;
    migrate(project, &mut connection, &MigrateOptions::default(), &mut |_| ()).await?;
    let durability = connection.query(DURABILITY).await?.concat();
    connection.close().await?;
    Ok(durability.first().and_then(Value::text).unwrap_or_default().to_owned())
}

/// The statements of every migration in a transaction each, one by one; foreign keys are off around those that say so.
async fn send(directory: &Directory, path: &Path) -> Result<String> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    for migration in directory.graph.order().iter().filter_map(|name| directory.migrations.get(name)) {
        let Some(section) = migration.sql.get(&Engine::Sqlite) else { continue };
        let suspends = section.up.iter().any(Step::suspends_foreign_keys);
        let around = |sql| Some(sql).filter(|_| suspends);
        let statements = around("PRAGMA foreign_keys = OFF").into_iter().chain(["BEGIN IMMEDIATE"]);
        let statements = statements.chain(section.up.iter().flat_map(Step::statements)).chain(["COMMIT"]);
        for sql in statements.chain(around("PRAGMA foreign_keys = ON")) {
            sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
        }
    }
    let durability = sqlx::query_scalar(DURABILITY).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(durability)
}

fn connect(dir: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open_sqlite(&dir.join("db.sqlite3"), Access::Write).await?;
        connection.history().await?;
        Ok(connection.close().await?)
    })
}

#[derive(Clone, Copy)]
enum Whose {
    Own,
    Children,
}

/// The CPU that this process, or those that it started and that ended, took so far.
#[cfg(unix)]
fn cpu(whose: Whose) -> Result<Duration> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(match whose {
        Whose::Own => UsageWho::RUSAGE_SELF,
        Whose::Children => UsageWho::RUSAGE_CHILDREN,
    })?;
    let both = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(u64::try_from(both.tv_sec() * 1_000_000 + both.tv_usec())?))
}

#[cfg(not(unix))]
fn cpu(_: Whose) -> Result<Duration> {
    Err(io::Error::other("the CPU of a process is measured on Unix only").into())
}

/// Which model the migration of that number changes, and how old it makes it: all models are made first, then all go on.
fn place(number: usize, count: usize) -> (usize, usize) {
    let models = count.div_ceil(AGES);
    (number % models, number / models)
}

/// The models as the last migration leaves them.
fn definitions(count: usize, dir: &str) -> Vec<&'static ModelDef> {
    let (models, source) = (count.div_ceil(AGES), source(dir));
    let age = |model: usize| (0..AGES).rev().find(|age| age * models + model < count).unwrap_or_default();
    (0..models).map(|model| definition(model, age(model), models, source)).collect()
}

fn source(dir: &str) -> Source {
    Source { manifest_dir: leak(dir.to_owned()), package: "bench", file: "src/models.rs", line: 1, column: 1 }
}

fn definition(model: usize, age: usize, models: usize, source: Source) -> &'static ModelDef {
    let label = |model: usize| ModelLabel {
        app: leak(format!("app{}", model * APPS / models)),
        model: leak(format!("Model{model}")),
    };
    let key = FieldDef { primary_key: true, auto: true, ..plain("id", TypeDef::BigInt) };
    let to = Kind::ForeignKey { to: label(model / 2), unique: false };
    let facts = TypeFacts { kind: to, nullable: true, nested: false };
    let parent = FieldDef { on_delete: Some(OnDelete::Cascade), ..FieldDef::new("parent", "parent_id", facts, 1, 1) };
    let name = FieldDef { max_length: Some(if age < 4 { 80 } else { 200 }), ..plain("name", TypeDef::Text) };
    let code = FieldDef { max_length: Some(40), ..plain("code", TypeDef::Text) };
    let code = if age < 3 { code } else { FieldDef { name: "number", renamed_from: Some("code"), ..code } };
    let mut fields = vec![key, parent, name, code, plain("amount", TypeDef::Integer)];
    if age >= 1 {
        fields.push(FieldDef { default: Some(DefaultDef::Integer(0)), ..plain("total", TypeDef::BigInt) });
    }
    let indexes: &[IndexDef] = if age < 2 { &[] } else { &BY_AMOUNT };
    let groups = Box::leak(Box::new([&*Box::leak(fields.into_boxed_slice())]));
    let definition = ModelDef::new(label(model), leak(format!("model_{model}")), groups, source);
    Box::leak(Box::new(ModelDef { indexes, ..definition }))
}

fn plain(name: &'static str, ty: TypeDef) -> FieldDef {
    FieldDef::new(name, name, TypeFacts::column(ty), 1, 1)
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
