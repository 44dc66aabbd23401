//! How much CPU the commands take, and how that grows: `cargo run --release -p fastdjango-tests --bin bench`.
//!
//! Every measurement is a process of its own, from its start to its end. `bench QUICK` leaves the largest project out.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, fs, io};

use fastdjango::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use fastdjango::sqlx::{AssertSqlSafe, Connection, raw_sql};
use fastdjango_core::command::files::{self, FileWrite};
use fastdjango_core::command::{MakeOptions, Previous, Project, makemigrations};
use fastdjango_core::dialect;
use fastdjango_core::error::{Error, Result as Made};
use fastdjango_core::field::{Engine, OnDelete};
use fastdjango_core::migration::{Migration, advance, write};
use fastdjango_core::model::{FieldDef, Kind, ModelDef, ModelLabel, Source, TypeDef, TypeFacts};
use fastdjango_core::name::{AppLabel, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::section;
use fastdjango_core::state::from_models;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Models and migrations of each project.
const SIZES: [(usize, usize); 5] = [(100, 100), (300, 300), (1_000, 100), (100, 1_000), (1_000, 1_000)];

const APPS: usize = 10;

/// The columns of each model besides its key and its foreign key: twelve fields in all.
const COLUMNS: [(&str, TypeDef); 10] = [
    ("name", TypeDef::Text),
    ("code", TypeDef::Text),
    ("amount", TypeDef::Integer),
    ("total", TypeDef::BigInt),
    ("active", TypeDef::Boolean),
    ("born", TypeDef::Date),
    ("changed", TypeDef::TimestampTz),
    ("rate", TypeDef::Double),
    ("picture", TypeDef::Binary),
    ("token", TypeDef::Uuid),
];

/// The argument that has a process run the statements alone.
const BARE: &str = "BARE";

/// How often a command runs; the median counts.
const RUNS: usize = 11;

fn main() -> ExitCode {
    let number = |name| env::var(name).ok()?.parse::<usize>().ok();
    if let (Some(models), Some(migrations), Ok(dir)) =
        (number("BENCH_MODELS"), number("BENCH_MIGRATIONS"), env::var("BENCH_DIR"))
    {
        let definitions = definitions(models, migrations - APPS, true, &dir);
        if env::args().any(|argument| argument == BARE) {
            return ended(bare(Path::new(&dir), &definitions));
        }
        return fastdjango_cli::main_with(Path::new(&dir), &definitions);
    }
    ended(report(env::args().any(|argument| argument == "QUICK")))
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
fn report(quick: bool) -> Result<()> {
    println!("CPU of a whole process in ms, the median of {RUNS}; behind it, how many times that of the first line");
    println!(
        "`migrate all` applies every migration; behind it, how many times what its statements alone take of SQLite\n"
    );
    println!(
        "| models | migrations | makemigrations | stale snapshots | migrate | showmigrations | render | migrate all |"
    );
    println!(
        "|-------:|-----------:|---------------:|----------------:|--------:|---------------:|-------:|------------:|"
    );
    let mut first = None;
    for (models, migrations) in SIZES.into_iter().filter(|size| !quick || size.0 + size.1 < 2_000) {
        let project = Bench::make(models, migrations)?;
        let all = Pair::new(project.cpu(&[BARE])?, project.cpu(&["migrate"])?);
        let times = project.times()?;
        let base = *first.get_or_insert(times);
        let mut cells: Vec<String> = times.iter().zip(base).map(|(time, base)| cell(*time, base)).collect();
        cells.push(cell(all.next, all.previous));
        println!("| {models} | {migrations} | {} |", cells.join(" | "));
        fs::remove_dir_all(project.dir)?;
    }
    Ok(())
}

fn cell(time: Duration, base: Duration) -> String {
    let times = time.as_secs_f64() / base.as_secs_f64();
    format!("{:.1} ({times:.1}×)", time.as_secs_f64() * 1_000.0)
}

/// A project in a folder of its own.
struct Bench {
    models: usize,
    migrations: usize,
    dir: PathBuf,
}

impl Bench {
    fn make(models: usize, migrations: usize) -> Result<Self> {
        let dir = env::temp_dir().join(format!("fastdjango-bench-{}-{models}-{migrations}", std::process::id()));
        fs::create_dir_all(&dir)?;
        fs::write(dir.join("fastdjango.toml"), "[databases.default]\nengine = \"sqlite\"\nname = \"db.sqlite3\"\n")?;
        let bench = Self { models, migrations, dir };
        bench.write_migrations()?;
        Ok(bench)
    }

    /// The first migration of every app by `makemigrations`, then one more for each column that arrives later.
    fn write_migrations(&self) -> Made<()> {
        let later = self.migrations - APPS;
        let dir = self.dir.to_string_lossy();
        let initial = Project::open(&self.dir, &definitions(self.models, later, false, &dir))?;
        makemigrations(&initial, &MakeOptions::default())?;
        let defs = definitions(self.models, later, true, &dir);
        let project = Project::open(&self.dir, &defs)?;
        let mut previous = project.previous()?;
        let (target, ..) = from_models(&defs);
        for number in 0..later {
            let def = defs[number % self.models];
            let model = ModelRef::new(def.label.app, def.label.model);
            let field = target.models[&model].fields[2 + number / self.models].clone();
            let operation = Operation::AddField { model: model.model, field, fill: None };
            let migration = next(&mut previous, &model.app, number + 2, operation)?;
            files::write_all(&[FileWrite::create(
                project.app(&migration.app)?.migration(&migration.name),
                write(&migration),
            )])?;
        }
        project.refresh_snapshots()
    }

    /// `makemigrations` with and without snapshots, `migrate` with nothing to do, `showmigrations`, `render` of everything.
    fn times(&self) -> Result<[Duration; 5]> {
        self.cpu(&["makemigrations", "--check"])?;
        let current = self.median(&["makemigrations"])?;
        let migrate = self.median(&["migrate"])?;
        let show = self.median(&["showmigrations"])?;
        let render = self.median(&["render", "--force"])?;
        for app in 0..APPS {
            fs::remove_file(self.dir.join(format!("migrations/app{app}/snapshot.json")))?;
        }
        let stale = self.median(&["makemigrations", "--check"])?;
        Ok([current, stale, migrate, show, render])
    }

    fn median(&self, arguments: &[&str]) -> Result<Duration> {
        let mut times = (0..RUNS).map(|_| self.cpu(arguments)).collect::<Result<Vec<_>>>()?;
        times.sort();
        Ok(times[RUNS / 2])
    }

    /// The CPU, of the user and of the system, that the command takes as a process.
    fn cpu(&self, arguments: &[&str]) -> Result<Duration> {
        let before = children()?;
        let status = Command::new(env::current_exe()?)
            .args(arguments)
            .env("BENCH_MODELS", self.models.to_string())
            .env("BENCH_MIGRATIONS", self.migrations.to_string())
            .env("BENCH_DIR", &self.dir)
            .stdout(Stdio::null())
            .status()?;
        if !status.success() {
            return Err(io::Error::other(format!("{arguments:?} failed: {status}")).into());
        }
        Ok(children()?.saturating_sub(before))
    }
}

/// A migration of one operation, after those that it must come after.
fn next(previous: &mut Previous, app: &AppLabel, number: usize, operation: Operation) -> Made<Migration> {
    let touched = operation.touches(app, &previous.state);
    let mut migration = Migration::new(app.clone(), format!("{number:04}_add"), vec![operation]);
    migration.dependencies = previous.past.needed(app, &touched);
    if let Some(dialect) = dialect::of(Engine::Sqlite) {
        let section = section(app, &migration.operations, &previous.state, dialect).map_err(Error::invalid)?;
        migration.sql.insert(Engine::Sqlite, section);
    }
    advance(&mut previous.state, [&migration])?;
    previous.past.add(migration.reference(), &touched);
    Ok(migration)
}

/// The statements of every migration in a transaction each, on a database of their own, with nothing of ours around them.
fn bare(dir: &Path, definitions: &[&'static ModelDef]) -> Result<()> {
    let directory = Project::open(dir, definitions)?.directory()?;
    let options = SqliteConnectOptions::new().filename(dir.join("bare.sqlite3")).create_if_missing(true);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        for migration in directory.graph.order().iter().filter_map(|name| directory.migrations.get(name)) {
            raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await?;
            for step in migration.sql.get(&Engine::Sqlite).into_iter().flat_map(|section| &section.up) {
                raw_sql(AssertSqlSafe(step.statements().join(";"))).execute(&mut connection).await?;
            }
            raw_sql("COMMIT").execute(&mut connection).await?;
        }
        Ok(connection.close().await?)
    })
}

/// What the processes that ended took so far.
#[cfg(unix)]
fn children() -> Result<Duration> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let both = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(u64::try_from(both.tv_sec() * 1_000_000 + both.tv_usec())?))
}

#[cfg(not(unix))]
fn children() -> Result<Duration> {
    Err(io::Error::other("the CPU of a process is measured on Unix only").into())
}

/// The models; without those columns that the last `later` migrations add, unless they are `whole`.
fn definitions(models: usize, later: usize, whole: bool, dir: &str) -> Vec<&'static ModelDef> {
    let dir = leak(dir.to_owned());
    let labels: Vec<ModelLabel> = (0..models)
        .map(|i| ModelLabel { app: leak(format!("app{}", i * APPS / models)), model: leak(format!("Model{i}")) })
        .collect();
    let source = Source { manifest_dir: dir, package: "bench", file: "src/models.rs", line: 1, column: 1 };
    let definition = |i: usize| {
        let mut fields = vec![key(), parent(labels[i / 2])];
        // Column `c` of model `i` arrives in migration `c * models + i`.
        let there = |c: &usize| whole || c * models + i >= later;
        fields.extend((0..COLUMNS.len()).filter(there).map(|c| column(COLUMNS[c])));
        let fields: &[FieldDef] = Box::leak(fields.into_boxed_slice());
        let groups: &[&[FieldDef]] = Box::leak(vec![fields].into_boxed_slice());
        let definition = ModelDef::new(labels[i], leak(format!("model_{i}")), groups, source);
        &*Box::leak(Box::new(definition))
    };
    (0..models).map(definition).collect()
}

fn key() -> FieldDef {
    FieldDef { primary_key: true, auto: true, ..FieldDef::new("id", "id_id", TypeFacts::column(TypeDef::BigInt), 1, 1) }
}

fn parent(to: ModelLabel) -> FieldDef {
    let facts = TypeFacts { kind: Kind::ForeignKey { to, unique: false }, nullable: true, nested: false };
    FieldDef { on_delete: Some(OnDelete::Cascade), ..FieldDef::new("parent", "parent_id", facts, 1, 1) }
}

fn column((name, ty): (&'static str, TypeDef)) -> FieldDef {
    let max_length = matches!(ty, TypeDef::Text).then_some(80);
    FieldDef { max_length, ..FieldDef::new(name, name, TypeFacts::column(ty).optional(), 1, 1) }
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
