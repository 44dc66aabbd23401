//! What a person types: commands, flags, and their help.
#![expect(clippy::struct_excessive_bools, reason = "flags of a command line are booleans")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use fastdjango_core::name::MigrationRef;

/// Models become migrations, migrations become a database, and no row is lost.
#[derive(Debug, Parser)]
#[command(name = "fastdjango", version, propagate_version = true, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Flags of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The database of fastdjango.toml to work on, `default` where none is named; one of many is ENTRY/NAME
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) database: Option<String>,
    /// The folder of fastdjango.toml; relative paths in it begin there
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,
    /// Print one JSON document on stdout, and progress as JSON lines on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Say more: the SQL of every step
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Confirm whatever would be asked for confirmation
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
}

impl Global {
    /// The database to work on.
    pub(crate) fn database(&self) -> &str {
        self.database.as_deref().unwrap_or("default")
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write migrations for what changed in the models
    #[command(name = "makemigrations", visible_alias = "make")]
    Make(Make),
    /// Bring the database to the newest migrations, or to the one named
    Migrate(Migrate),
    /// Take over a database that something else made: compare it with the migrations, and record them
    Baseline(Baseline),
    /// List the migrations, and which are applied
    #[command(name = "showmigrations", visible_alias = "show")]
    Show(Show),
    /// List the last migration of each app, and the branches that are not merged; no database is asked
    Heads(Heads),
    /// List what happened to the migrations of the database, event by event
    History(History),
    /// Record that an edited or a missing migration is as the database has it, where it is so; no table is changed
    Repair(Repair),
    /// Print the SQL of a migration, step for step as `migrate` runs it
    #[command(name = "sqlmigrate")]
    Sql(SqlArgs),
    /// Render the SQL of migrations again, where it is missing or their operations were edited
    Render(Render),
    /// Write a migration anew with fewer operations, where nobody has applied it yet
    #[command(name = "optimizemigration")]
    Shorten(Shorten),
    /// Write one migration in the place of several, which databases that have those count as applied
    #[command(name = "squashmigrations", visible_alias = "squash")]
    Squash(Squash),
    /// Print the migrations that lead from one state to another, and write nothing
    Diff(Diff),
    /// Shorten a list of operations that is read as JSON
    Optimize(Optimize),
    /// Say more of a code such as E301; list all codes when none is given
    Explain(Explain),
}

#[derive(Args, Debug)]
pub(crate) struct Make {
    /// The apps to look at; all of them when none is named
    pub(crate) apps: Vec<String>,
    /// The name of the migration, without its number
    #[arg(short, long)]
    pub(crate) name: Option<String>,
    /// Write an empty migration, to be filled in by hand
    #[arg(long, requires = "apps")]
    pub(crate) empty: bool,
    /// Put what changed into the last migration of the app, where the database has not applied it
    #[arg(long, conflicts_with = "empty")]
    pub(crate) update: bool,
    /// Put the branches of an app with several last migrations into one line, where their order makes no difference
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "rebase",
        conflicts_with_all = ["empty", "update", "answers", "answer", "rename"])]
    pub(crate) merge: Option<Merge>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write nothing; exit with 4 when the models have changes that no migration holds
    #[arg(long)]
    pub(crate) check: bool,
    /// Ask nothing; an open question then ends the run with exit code 3
    #[arg(long, visible_alias = "no-input")]
    pub(crate) noinput: bool,
    /// Read answers from FILE; where there is none yet, write the open questions into it
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// The answer to a question by its id, as in fill:app.Model.field=0, or with yes or no; may be repeated
    #[arg(long, value_name = "ID=VALUE")]
    pub(crate) answer: Vec<String>,
    /// A rename that happened: app.Model:New, app.Model.old:new, or app.Model:other.Model for a move; may be repeated
    #[arg(long, value_name = "OLD:NEW")]
    pub(crate) rename: Vec<String>,
}

/// What becomes of two branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Merge {
    /// One goes behind the other, under the next numbers
    Rebase,
    /// Both stay, and a migration without operations comes after both
    Migration,
}

#[derive(Args, Debug)]
pub(crate) struct Migrate {
    /// Only this app, and what it depends on
    pub(crate) app: Option<String>,
    /// Up or down to this migration: its name, the beginning of it, or `zero` for none
    #[arg(requires = "app")]
    pub(crate) target: Option<String>,
    /// Make the migration folders, the first migrations, and the database, whatever of them is missing
    #[arg(long, conflicts_with_all = ["rollback", "target", "fake", "check", "plan"])]
    pub(crate) init: bool,
    /// Undo the last N applied migrations (of APP, where it is given); 1 when N is left out
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1", conflicts_with = "target",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rollback: Option<u32>,
    /// Every database of fastdjango.toml, or every one that the entry of --database stands for
    #[arg(long, conflicts_with_all = ["backup", "resume"])]
    pub(crate) all: bool,
    /// How many databases --all works on at once
    #[arg(long, value_name = "N", requires = "all", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// Begin no other database of --all once one has failed
    #[arg(long, requires = "all")]
    pub(crate) fail_fast: bool,
    /// Show what would run, and run nothing
    #[arg(long)]
    pub(crate) plan: bool,
    /// Run nothing; exit with 4 when a migration is not applied
    #[arg(long)]
    pub(crate) check: bool,
    /// Record the migrations as applied (or as undone) and run nothing
    #[arg(long, conflicts_with = "backup")]
    pub(crate) fake: bool,
    /// Record the first migration of an app, and do not run it, where its tables are there just as it makes them
    #[arg(long, conflicts_with_all = ["fake", "rollback", "resume"])]
    pub(crate) fake_initial: bool,
    /// Copy the database to FILE before anything runs
    #[arg(long, value_name = "FILE")]
    pub(crate) backup: Option<PathBuf>,
    /// How long to wait for another migrator, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub(crate) wait: u64,
    /// How long a statement waits for a table that other sessions use, in seconds; it is tried several times
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) lock_timeout: u64,
    /// End the migration that stopped in the middle of its steps and whose file has changed since; begin no other
    #[arg(long, value_name = "HOW", conflicts_with_all = ["app", "init", "rollback", "plan", "check", "fake"])]
    pub(crate) resume: Option<Resume>,
    /// Count migrations whose files are gone by the squash that stands for them, and run nothing; no row of the history goes
    #[arg(long, conflicts_with_all = ["app", "init", "rollback", "all", "check", "fake", "backup", "resume"])]
    pub(crate) prune: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Baseline {
    /// Only this app, and what it depends on
    pub(crate) app: Option<String>,
    /// No further than this migration: its name, or the beginning of it
    #[arg(requires = "app")]
    pub(crate) name: Option<String>,
    /// Compare, show what would be recorded, and write nothing
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// How long to wait for another migrator, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub(crate) wait: u64,
}

/// What becomes of a migration that stopped in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Resume {
    /// Go on with the steps that it was begun with
    Journal,
    /// Give it up: it counts as not applied, and which of its steps are done is told
    Abort,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The apps to list; all of them when none is named
    pub(crate) apps: Vec<String>,
    /// In the order in which they run
    #[arg(long)]
    pub(crate) plan: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Heads {
    /// The apps to list; all of them when none is named
    pub(crate) apps: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct History {
    /// The apps to list; all of them when none is named
    pub(crate) apps: Vec<String>,
    /// Only the last N events
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) last: Option<u32>,
}

#[derive(Args, Debug)]
pub(crate) struct Repair {
    /// Only migrations of this app
    pub(crate) app: Option<String>,
    /// The migration: its name, or the beginning of it; one that is later than every file has to be named
    #[arg(requires = "app")]
    pub(crate) name: Option<String>,
    /// Show what would be recorded, and record nothing
    #[arg(long)]
    pub(crate) plan: bool,
    /// How long to wait for another migrator, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub(crate) wait: u64,
}

#[derive(Args, Debug)]
pub(crate) struct SqlArgs {
    /// The app
    pub(crate) app: String,
    /// The migration: its name, or the beginning of it
    pub(crate) name: String,
    /// The way back
    #[arg(long)]
    pub(crate) backwards: bool,
    /// For this backend instead of the database's
    #[arg(long, value_name = "ENGINE")]
    pub(crate) backend: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Render {
    /// The app; all of them when none is named
    pub(crate) app: Option<String>,
    /// The migration: its name, or the beginning of it
    #[arg(requires = "app")]
    pub(crate) name: Option<String>,
    /// Render again what is up to date too, as for a newer version of the program
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Shorten {
    /// The app
    pub(crate) app: String,
    /// The migration: its name, or the beginning of it
    pub(crate) name: String,
    /// Write nothing; exit with 4 when the migration could be shorter
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Squash {
    /// The app
    pub(crate) app: String,
    /// The first and the last migration, or only the last: their names, or the beginnings of them
    #[arg(value_name = "[FROM] TO", required = true, num_args = 1..=2)]
    pub(crate) range: Vec<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "\
FROM and TO are each one of
  models         what the models of the program say
  migrations     what the migration files lead to
  empty          nothing
  snapshot:PATH  what a JSON document says: a state, or a snapshot of migrations/<app>/;
                 several parted by commas, a folder of them, or `-` for standard input
  db:NAME        what a database of the settings has, or the one of a URL such as postgres://…;
                 its tables are called as the models that have them")]
pub(crate) struct Diff {
    /// The state to begin with
    pub(crate) from: String,
    /// The state to arrive at
    pub(crate) to: String,
    /// Print the SQL of each migration too: sqlite, postgres, mysql or mariadb
    #[arg(long, value_name = "BACKEND")]
    pub(crate) sql: Option<String>,
    /// Read answers from FILE, TOML or JSON; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<String>,
    /// The answer to a question by its id, as in fill:app.Model.field=0, or with yes or no; may be repeated
    #[arg(long, value_name = "ID=VALUE")]
    pub(crate) answer: Vec<String>,
    /// The last migration of an app, such as `blog.0003_x`, which a new one comes after; may be repeated
    #[arg(long, value_name = "APP.NAME")]
    pub(crate) leaf: Vec<MigrationRef>,
}

#[derive(Args, Debug)]
pub(crate) struct Optimize {
    /// The file to read, such as { "app": "blog", "operations": […] }; standard input where there is none
    pub(crate) file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The code, as it stands in an error or a warning
    pub(crate) code: Option<String>,
}
