//! Statements with values, for data migrations.

use super::guard;
use super::plain::plain;
use super::session::Session;
use super::watch::Beside;
use crate::backend::code::{Bound, unfit};
use crate::backend::fault::Attempt;
use crate::backend::row;
use crate::backend::watch::Watch;
use crate::data::Selected;
use crate::dialect::{Dialect, Postgres};
use crate::migration::Step;
use crate::model::Value;

/// The transaction that is open, under its watch.
pub(super) struct Transaction<'a, 'w> {
    pub(super) session: &'a mut Session,
    pub(super) watch: &'a mut Watch<'w, Beside<'w>>,
}

impl Bound for Transaction<'_, '_> {
    fn dialect(&self) -> &dyn Dialect {
        &Postgres::DEFAULT
    }

    /// A value is bound as its text, and the server reads that as it reads a literal of the column's type.
    ///
    /// A cast to a text of limited length would cut it without a word, where an assignment refuses it:
    /// <https://www.postgresql.org/docs/current/datatype-character.html>
    fn parameter(&self, number: usize, declared: &str, value: &Value) -> Attempt<(String, Value)> {
        let Some(text) = row::postgres::text(value).map_err(|why| unfit(&why))? else {
            return Ok((format!("${number}"), Value::Null));
        };
        Ok((cast(number, declared), Value::Text(text)))
    }

    fn guarded(&self, sql: &str) -> Attempt<String> {
        guard::steps(&[Step::Sql(sql.to_owned())])?;
        Ok(plain(sql))
    }

    /// Its number is compared by whoever runs the step.
    async fn is_open(&mut self) -> Attempt<()> {
        Ok(())
    }

    async fn execute(&mut self, sql: &str, values: &[Value]) -> Attempt<u64> {
        Ok(self.watch.over(self.session.execute_with(sql, values)).await?)
    }

    async fn insert(&mut self, sql: &str, values: &[Value], auto: Option<&str>) -> Attempt<Option<i64>> {
        let Some(auto) = auto else { return self.execute(sql, values).await.map(|_| None) };
        let sql = format!("{sql} RETURNING {}", Postgres::DEFAULT.quote(auto));
        let rows = self.watch.over(self.session.select(&sql, values)).await?;
        Ok(rows.first().and_then(|row| row.first()).and_then(|(_, value)| match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }))
    }

    async fn query(&mut self, sql: &str, values: &[Value]) -> Attempt<Vec<Selected>> {
        Ok(self.watch.over(self.session.select(sql, values)).await?)
    }
}

/// What stands for a text that becomes a value of the declared type, whatever its length or its digits.
fn cast(number: usize, declared: &str) -> String {
    let texts = ["text", "varchar", "character varying"];
    // Of a length of its own it cuts nothing, and compares as the column does.
    let padded = ["character", "char", "bpchar"];
    let (open, close) = if declared.contains('"') { (None, None) } else { (declared.find('('), declared.rfind(')')) };
    let plain = match (open, close) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &declared[..open], &declared[close + 1..]),
        _ => declared.to_owned(),
    };
    match plain.trim() {
        base if texts.iter().any(|text| base.eq_ignore_ascii_case(text)) => format!("${number}"),
        base if padded.iter().any(|text| base.eq_ignore_ascii_case(text)) => format!("CAST(${number} AS bpchar)"),
        base if base.eq_ignore_ascii_case("bit") => format!("CAST(${number} AS varbit)"),
        base => format!("CAST(${number} AS {base})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cast_cuts_what_a_column_would_refuse() {
        assert_eq!(cast(1, "varchar(3)"), "$1");
        assert_eq!(cast(2, "character varying (3)"), "$2");
        assert_eq!(cast(1, "char(3)"), "CAST($1 AS bpchar)");
        assert_eq!(cast(1, "bit(3)"), "CAST($1 AS varbit)");
        assert_eq!(cast(1, "numeric(10,2)"), "CAST($1 AS numeric)");
        assert_eq!(cast(1, "varchar(3)[]"), "CAST($1 AS varchar[])");
        assert_eq!(cast(1, "timestamp(3) with time zone"), "CAST($1 AS timestamp with time zone)");
        assert_eq!(cast(1, "\"order\".\"mood\""), "CAST($1 AS \"order\".\"mood\")");
    }
}
