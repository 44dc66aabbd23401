//! Django's migration workflow for Rust: models are structs, migrations are reviewed files, and no row is lost.
//!
//! The commands, and how a project begins, stand in the README. Here is what a model may say.
//!
//! ```
//! use fastdjango::prelude::*;
//!
//! /// Who writes.
//! #[derive(Model)]
//! #[model(app = "blog")]
//! pub struct Author {
//!     #[field(primary_key, auto)]
//!     pub id: i64,
//!     #[field(max_length = 80, unique)]
//!     pub name: String,
//! }
//!
//! /// How far a post is.
//! #[derive(Choices)]
//! pub enum Status {
//!     Draft,
//!     #[choice(value = "out")]
//!     Published,
//! }
//!
//! /// When a row came: columns that several models share.
//! #[derive(Fields)]
//! pub struct Times {
//!     #[field(default_sql = "CURRENT_TIMESTAMP")]
//!     pub created_at: DateTime<Utc>,
//! }
//!
//! /// The part of an address that names a page: a column of text.
//! #[derive(FieldType)]
//! pub struct Slug(pub String);
//!
//! /// What readers see.
//! #[derive(Model)]
//! #[model(
//!     app = "blog",
//!     index(fields = [author, -rating], condition = "status = 'out'"),
//!     unique(fields = [author, slug]),
//!     check(name = "rating_range", sql = "rating BETWEEN 0 AND 5"),
//! )]
//! pub struct Post {
//!     #[field(primary_key, auto)]
//!     pub id: i64,
//!     #[field(max_length = 200, renamed_from = "headline")]
//!     pub title: String,
//!     #[field(max_length = 60)]
//!     pub slug: Slug,
//!     #[field(on_delete = cascade, related_name = "posts")]
//!     pub author: ForeignKey<Author>,
//!     #[field(on_delete = set_null)]
//!     pub answer_to: Option<ForeignKey<Self>>,
//!     pub readers: ManyToMany<Author>,
//!     #[field(default = Draft)]
//!     pub status: Status,
//!     #[field(default = 0)]
//!     pub rating: i16,
//!     #[field(max_digits = 10, decimal_places = 2, fill = "0.00")]
//!     pub price: Decimal,
//!     #[model(flatten)]
//!     pub times: Times,
//! }
//! ```
//!
//! Every attribute and every type of a field stands at [`derive(Model)`](derive@Model); the enums, newtypes and shared columns at
//! [`Choices`](derive@Choices), [`FieldType`](derive@FieldType) and [`Fields`](derive@Fields).
//!
//! # Values that a migration changes
//!
//! What SQL says well stands in a `run_sql`; what it does not, in a function with [`#[data_migration]`](macro@data::data_migration).
//!
//! # Rows
//!
//! A model is a row of sqlx: `sqlx::query_as::<_, Post>("SELECT * FROM blog_post")`. [`row::insert`] writes one and returns its number,
//! `Post::COLUMNS.title` is a column's name, and `post.insert_values()` what an `INSERT` needs; `examples/blog` shows them at work.

/// What a file of models imports.
pub mod prelude {
    pub use fastdjango_core::model::{ForeignKey, Json, ManyToMany, OneToOne};

    pub use crate::{Choices, FieldType, Fields, Model};

    #[cfg(feature = "chrono")]
    pub use fastdjango_core::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
    #[cfg(feature = "decimal")]
    pub use fastdjango_core::rust_decimal::Decimal;
    #[cfg(feature = "time")]
    pub use fastdjango_core::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
    #[cfg(feature = "uuid")]
    pub use fastdjango_core::uuid::Uuid;
}

pub use fastdjango_core::model::{
    Choices, Columns, DecodeError, Element, FieldType, Fields, ForeignKey, Json, Keyed, Kind, ManyToMany, Model,
    OneToOne, Record, TypeDef, TypeFacts, Value, WrongValue,
};
#[doc = include_str!("../docs/choices.md")]
pub use fastdjango_macros::Choices;
#[doc = include_str!("../docs/field_type.md")]
pub use fastdjango_macros::FieldType;
#[doc = include_str!("../docs/fields.md")]
pub use fastdjango_macros::Fields;
#[doc = include_str!("../docs/model.md")]
pub use fastdjango_macros::Model;
#[doc = include_str!("../docs/deploy.md")]
pub use fastdjango_macros::embed_migrations;

/// Data migrations in Rust: functions that a migration's `run_rust` calls, with the models as they were at that place of the history.
pub mod data {
    pub use fastdjango_core::data::{Data, DataMigration, Failure, Found, HistoricalModel, Row, Rows};
    #[doc = include_str!("../docs/data_migration.md")]
    pub use fastdjango_macros::data_migration;
}

/// Rows of a database as models.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use fastdjango_core::backend::row;
/// The crates of the types that fields have, in the versions that implement [`FieldType`].
#[cfg(feature = "chrono")]
pub use fastdjango_core::chrono;
#[cfg(feature = "decimal")]
pub use fastdjango_core::rust_decimal;
#[cfg(feature = "render")]
pub use fastdjango_core::sea_query;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use fastdjango_core::sqlx;
#[cfg(feature = "time")]
pub use fastdjango_core::time;
#[cfg(feature = "uuid")]
pub use fastdjango_core::uuid;

#[doc = include_str!("../docs/api.md")]
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub mod migrations {
    pub use fastdjango_core::backend::{
        Access, Applied, Connection, Entry, Event, History, Interrupt, Outcome, Progress, RunOptions,
    };
    #[cfg(feature = "render")]
    pub use fastdjango_core::backend::{OtherLast, OtherMigrator};
    pub use fastdjango_core::command::files::AppDir;
    pub use fastdjango_core::command::{
        AllNotice, AllOptions, AllReport, Direction, Disagreement, End, Loss, MigrateOptions, MigrateReport,
        MigrationExecutor, MigrationRecorder, NamedDatabase, Notice, OneReport, Planned, Project, PruneOptions,
        PruneReport, Ran, Resume, Shown, Status, Survey, Target, connect, migrate, migrate_all, prune, rollback,
        showmigrations, sqlmigrate, survey,
    };
    #[cfg(feature = "render")]
    pub use fastdjango_core::command::{
        BaselineOptions, BaselineReport, DatabaseName, DiffOptions, DiffReport, Made, MakeOptions, MakeReport,
        MergeHow, MergeOptions, Merged, OptimizeReport, RenderReport, Rendered, Repair, RepairOptions, RepairReport,
        Side, SquashReport, StateText, applied_history, baseline, diff, init, makemigrations, merge, optimizemigration,
        read_database, render, repair, squashmigrations,
    };
    #[cfg(feature = "render")]
    pub use fastdjango_core::detect::{Answer, Answers, Choice, Question, QuestionKind};
    pub use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
    pub use fastdjango_core::error::{Error, ErrorKind, Result};
    pub use fastdjango_core::migration::Migration;
    pub use fastdjango_core::model::registered;
    pub use fastdjango_core::name::{AppLabel, MigrationName, MigrationRef};
    pub use fastdjango_core::operation::{Operation, optimize};
    pub use fastdjango_core::pair::Pair;
    pub use fastdjango_core::settings::{Database, Settings};
}

/// Databases for tests: each of a test's own, with all migrations.
///
/// The migrations run once, in a template; each test gets a copy of it, which goes when the test is done. Where a file of the migrations
/// changes, another template is made. On `SQLite` a copy is a file among the temporary ones; on `PostgreSQL` it is a database on the server of the
/// default database, whose user must be allowed to make some. `MySQL` and `MariaDB` have no templates: there the migrations run for each test,
/// which takes as long as they do.
///
/// ```
/// use fastdjango::sqlx::{self, SqlitePool};
/// use fastdjango::testing;
/// # use fastdjango::migrations::{AppDir, MakeOptions, Project, makemigrations};
/// # use fastdjango::prelude::*;
/// # /// A book.
/// # #[derive(Model)]
/// # #[model(app = "library")]
/// # pub struct Book {
/// #     /// The key.
/// #     #[field(primary_key, auto)]
/// #     pub id: i64,
/// #     /// What stands on its back.
/// #     #[field(max_length = 200)]
/// #     pub title: String,
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let mut project = Project::open(folder.path(), &[Book::DEF])?;
/// # project.apps = vec![AppDir::new("library", folder.path())];
/// # makemigrations(&project, &MakeOptions::default())?;
/// // In a test of yours: `testing::database(env!("CARGO_MANIFEST_DIR")).await?`.
/// let db = testing::database_of(&project).await?;
/// let pool: SqlitePool = db.pool().await?;
/// sqlx::query("INSERT INTO library_book (title) VALUES ('Emma')").execute(&pool).await?;
///
/// let other = testing::database_of(&project).await?;
/// let pool: SqlitePool = other.pool().await?;
/// let (books,): (i64,) = sqlx::query_as("SELECT count(*) FROM library_book").fetch_one(&pool).await?;
/// assert_eq!(books, 0);
/// # Ok(())
/// # }
/// ```
#[cfg(all(feature = "testing", any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
pub mod testing {
    pub use fastdjango_core::command::testing::{TestDatabase, database, database_of};
}

/// Writes the `main` of a project's own `fastdjango` program: `fastdjango::main!(blog);`.
///
/// It names the crates that hold models, since the linker leaves out the models of a crate that nobody names.
///
/// ```text
/// // src/bin/fastdjango.rs
/// fastdjango::main!(blog, accounts);
/// ```
#[cfg(feature = "cli")]
#[macro_export]
macro_rules! main {
    ($($models:ident),+ $(,)?) => {
        $(use $models as _;)+

        fn main() -> ::std::process::ExitCode {
            $crate::__private::cli_main(env!("CARGO_MANIFEST_DIR"))
        }
    };
}

/// What generated code names; nothing here is stable.
#[doc(hidden)]
pub mod __private {
    pub use std::boxed::Box;
    pub use std::vec::Vec;

    #[cfg(feature = "cli")]
    pub use fastdjango_cli::main as cli_main;
    pub use fastdjango_core::data::{Data, DataMigration, Failure, Registration as DataRegistration, Running};
    pub use fastdjango_core::field::{Deferrable, Engine, OnDelete};
    pub use fastdjango_core::inventory;
    pub use fastdjango_core::migration::{EmbeddedApp, EmbeddedCrate, Registration as EmbeddedRegistration};
    pub use fastdjango_core::model::*;

    pub use crate::__impl_from_row as impl_from_row;
}

/// A derived model is a row of each driver that is there; a macro cannot see the facade's features, so this is by feature.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_row {
    ($model:ty) => {
        $crate::__impl_from_sqlite_row!($model);
        $crate::__impl_from_postgres_row!($model);
        $crate::__impl_from_mysql_row!($model);
    };
}

#[cfg(feature = "sqlite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_sqlite_row {
    ($model:ty) => {
        #[automatically_derived]
        impl<'r> $crate::sqlx::FromRow<'r, $crate::sqlx::sqlite::SqliteRow> for $model {
            fn from_row(row: &'r $crate::sqlx::sqlite::SqliteRow) -> ::core::result::Result<Self, $crate::sqlx::Error> {
                $crate::row::read(row)
            }
        }
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_sqlite_row {
    ($model:ty) => {};
}

#[cfg(feature = "postgres")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_postgres_row {
    ($model:ty) => {
        #[automatically_derived]
        impl<'r> $crate::sqlx::FromRow<'r, $crate::sqlx::postgres::PgRow> for $model {
            fn from_row(row: &'r $crate::sqlx::postgres::PgRow) -> ::core::result::Result<Self, $crate::sqlx::Error> {
                $crate::row::read(row)
            }
        }
    };
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_postgres_row {
    ($model:ty) => {};
}

#[cfg(feature = "mysql")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_mysql_row {
    ($model:ty) => {
        #[automatically_derived]
        impl<'r> $crate::sqlx::FromRow<'r, $crate::sqlx::mysql::MySqlRow> for $model {
            fn from_row(row: &'r $crate::sqlx::mysql::MySqlRow) -> ::core::result::Result<Self, $crate::sqlx::Error> {
                $crate::row::read(row)
            }
        }
    };
}

#[cfg(not(feature = "mysql"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_mysql_row {
    ($model:ty) => {};
}
