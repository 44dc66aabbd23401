//! Is there room for a second copy of the table?

use std::path::{Path, PathBuf};

use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::literal;
use crate::diagnostic::Diagnostic;

/// Refuses where the disk has not twice the table's size to spare: once for the copy, once for the journal.
///
/// `dbstat` knows the pages of one table: <https://www.sqlite.org/dbstat.html>.
pub(super) async fn check(session: &mut Session, table: &str) -> Attempt<()> {
    let Some(file) = file(session).await? else { return Ok(()) };
    let Ok(free) = fs4::available_space(&file) else { return Ok(()) };
    let needed = size(session, table).await?.saturating_mul(2);
    enough(table, &file, needed, free)
}

fn enough(table: &str, file: &Path, needed: u64, free: u64) -> Attempt<()> {
    if free >= needed {
        return Ok(());
    }
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    let message = format!(
        "copying `{table}` needs {} MB on the disk of `{}`, and {} MB are free",
        megabytes(needed),
        file.display(),
        megabytes(free)
    );
    Err(Fault::refusal(Diagnostic::error("E505", message).help("make room, then run `migrate` again")))
}

/// The database's file; none in memory.
async fn file(session: &mut Session) -> Attempt<Option<PathBuf>> {
    let files = session.texts("SELECT file FROM pragma_database_list WHERE name = 'main'").await?;
    Ok(files.into_iter().next().filter(|file| !file.is_empty()).map(Into::into))
}

/// The bytes of a table and its indexes, or of the whole file where that cannot be told.
async fn size(session: &mut Session, table: &str) -> Attempt<u64> {
    let table = literal(table);
    let pages = format!(
        "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN \
         (SELECT name FROM sqlite_schema WHERE lower(tbl_name) = lower({table}))"
    );
    let bytes = match session.query(&pages).await {
        Ok(rows) => rows.first().and_then(|row| row.first()).and_then(Value::integer),
        Err(_) => session.integer("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").await?,
    };
    Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_room_is_said_in_megabytes() {
        let file = Path::new("db.sqlite3");
        assert!(enough("post", file, 2_000_000, 2_000_000).is_ok());
        let fault = enough("post", file, 2_000_001, 2_000_000).expect_err("one byte too few");
        let want = "copying `post` needs 3 MB on the disk of `db.sqlite3`, and 2 MB are free";
        assert_eq!(fault.diagnostic.message, want);
    }
}
