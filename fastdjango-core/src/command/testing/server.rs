//! A database on a server for each test: on PostgreSQL a copy of a template; on MySQL and MariaDB, which have none, a new one in
//! which the migrations run.

#[cfg(feature = "postgres")]
use super::place;
use super::{Kept, Project, TestDatabase, fill};
use crate::backend::{Access, Connection, Lodging};
use crate::error::Result;
use crate::settings::Database;

/// A copy of the template, which is made where it is not there.
#[cfg(feature = "postgres")]
pub(super) async fn copied(project: &Project, settings: &Database, content: &str) -> Result<TestDatabase> {
    let alike = format!("fastdjango_template_{}_", place(project));
    let template = format!("{alike}{content}");
    if let Some(making) = crate::backend::Making::begin(settings, &template, &alike).await? {
        fill(project, Connection::open_postgres(making.database(), Access::Write).await?).await?;
        making.finish().await?;
    }
    crate::backend::lodge_in_postgres(settings, &template).await.map(TestDatabase::from)
}

/// A new database, migrated.
#[cfg(feature = "mysql")]
pub(super) async fn migrated(project: &Project, settings: &Database) -> Result<TestDatabase> {
    let lodging = crate::backend::lodge_in_mysql(settings).await?;
    fill(project, Connection::open_mysql(&lodging.database, Access::Write).await?).await?;
    Ok(lodging.into())
}

impl From<Lodging> for TestDatabase {
    fn from(lodging: Lodging) -> Self {
        Self { url: lodging.url, _kept: Kept::Server(lodging.tenancy) }
    }
}
