//! The history of a database, for programs that keep it themselves.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Project, connect};
use crate::backend::{Access, Applied, Connection, Event, Record, RunOptions};
use crate::error::Result;
use crate::migration::checksum;
use crate::name::MigrationRef;

/// Reads and writes the history of applied migrations; runs none of them.
#[derive(Debug)]
pub struct MigrationRecorder {
    connection: Connection,
    /// What the settings call it, where that is known.
    database: Option<String>,
}

impl MigrationRecorder {
    /// The history of the database that the settings call `database`.
    pub async fn open(project: &Project, database: &str) -> Result<Self> {
        let connection = connect(project, database, Access::Write).await?;
        Ok(Self { connection, database: Some(database.to_owned()) })
    }

    /// The history behind a connection.
    #[must_use]
    pub fn of(connection: Connection) -> Self {
        Self { connection, database: None }
    }

    /// The migrations that count as applied.
    pub async fn applied_migrations(&mut self) -> Result<BTreeMap<MigrationRef, Applied>> {
        Ok(self.connection.history().await?.applied())
    }

    /// Records a migration of the project as applied, without running it; one that is applied already stays as it is.
    ///
    /// # Errors
    /// Where the project has no such migration, and where its app lives in another database.
    pub async fn record_applied(&mut self, project: &Project, migration: &MigrationRef) -> Result<()> {
        let project = self.database.as_ref().map_or(Ok(Cow::Borrowed(project)), |name| project.on(name))?;
        project.lives_here(&migration.app)?;
        let directory = project.directory()?;
        let record = Record {
            migration: migration.clone(),
            event: Event::Faked,
            checksum: checksum(directory.get(migration)?),
            text_hash: String::new(),
            note: String::new(),
        };
        self.append(record, false).await
    }

    /// Records a migration as undone, without running its way back; one that is not applied stays as it is.
    pub async fn record_unapplied(&mut self, migration: &MigrationRef) -> Result<()> {
        let record = Record {
            migration: migration.clone(),
            event: Event::Reverted,
            checksum: String::new(),
            text_hash: String::new(),
            note: String::new(),
        };
        self.append(record, true).await
    }

    /// Closes the connection.
    pub async fn close(self) -> Result<()> {
        self.connection.close().await
    }

    async fn append(&mut self, record: Record, while_applied: bool) -> Result<()> {
        let decide = move |history: &crate::backend::History| {
            if history.is_applied(&record.migration) == while_applied { vec![record] } else { Vec::new() }
        };
        self.connection.record(&RunOptions::default(), decide).await?;
        Ok(())
    }
}
