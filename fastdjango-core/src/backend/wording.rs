//! Two wordings of one expression: the server says of both what it makes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::Attempt;
use crate::field::{Engine, Sql};
use crate::pair::Pair;
use crate::schema::{Schema, Table, compare, same_sql};

/// A session whose server says how it reads an expression.
pub(super) trait Says: Send {
    /// The expression over the columns of the table, as the server would compute it; none where it says nothing of them.
    fn says(&mut self, table: &str, expression: &str) -> impl Future<Output = Attempt<Option<String>>> + Send;
}

/// The tables of both sides of which another wording may be all that differs.
pub(super) fn worded(sides: &Pair<Schema>, engine: Engine) -> BTreeSet<String> {
    let differences = compare(&sides.next, &sides.previous, engine);
    let worded = differences.iter().filter(|difference| difference.is_of_words());
    worded.map(|difference| difference.table().to_owned()).collect()
}

/// Gives what is expected the words of what was found, wherever the server makes the same of both.
///
/// `table` is quoted, and has the columns that both sides speak of.
pub(super) async fn reconcile(
    session: &mut impl Says,
    table: &str,
    found: &Table,
    expected: &mut Table,
) -> Attempt<()> {
    let mut found = found.clone();
    let there: Vec<String> = found.fragments_mut().into_iter().map(|sql| sql.to_string()).collect();
    let mut known = BTreeMap::new();
    for text in &there {
        known.extend(session.says(table, text).await?.map(|said| (said, text)));
    }
    for sql in expected.fragments_mut() {
        let text = sql.to_string();
        if there.iter().any(|there| same_sql(there, &text)) {
            continue;
        }
        if let Some(same) = session.says(table, &text).await?.and_then(|said| known.get(&said)) {
            *sql = Sql::any(same.as_str());
        }
    }
    Ok(())
}
