//! Two wordings of one expression: the server says of both how it reads them.

use super::engines;
use super::introspect::{number, text};
use super::session::Session;
use crate::backend::fault::Attempt;
use crate::backend::wording::{self, Says, worded};
use crate::dialect::Dialect;
use crate::field::Engine;
use crate::pair::Pair;
use crate::schema::Schema;

/// The note that holds the statement as the server read it.
const READ: i64 = 1003;

/// Gives the expected side of every table that differs in words those of the other, where they mean the same.
///
/// Of a table whose engine knows how many rows it has, the planner would read the one row instead: its words stay.
pub(super) async fn reconcile(session: &mut Session, dialect: &dyn Dialect, sides: &mut Pair<Schema>) -> Attempt<()> {
    let mut names = worded(sides, dialect.engine());
    if names.is_empty() {
        return Ok(());
    }
    for table in engines::without_transactions(session).await? {
        names.remove(&table);
    }
    session.execute("SET SESSION sql_notes = 1").await?;
    for name in names {
        if let (Some(found), Some(table)) = (sides.previous.tables.get(&name), sides.next.tables.get_mut(&name)) {
            wording::reconcile(session, &dialect.quote_table(&name), found, table).await?;
        }
    }
    Ok(())
}

impl Says for Session {
    /// <https://dev.mysql.com/doc/refman/8.4/en/explain-extended.html>, <https://mariadb.com/kb/en/explain/>
    async fn says(&mut self, table: &str, expression: &str) -> Attempt<Option<String>> {
        let explain = match self.server.engine {
            Engine::Mariadb => "EXPLAIN EXTENDED",
            Engine::Mysql | Engine::Sqlite | Engine::Postgres => "EXPLAIN FORMAT=TRADITIONAL",
        };
        match self.statement(&format!("{explain} SELECT ({expression}) AS said FROM {table}")).await {
            Err(failure) if failure.is_of_the_statement() => return Ok(None),
            done => done?,
        };
        let notes = self.query("SHOW WARNINGS").await?;
        Ok(notes.iter().find(|row| number(row, 1) == READ).map(|row| text(row, 2)))
    }
}
