//! What a table says beyond the names of its columns, fact by fact, so that two tables can be held against each other.

use super::introspect;
use super::session::Session;
use crate::backend::fault::Attempt;
use crate::backend::names::{literal, quote};
use crate::backend::{Value, statement};
use crate::dialect::{Dialect, Sqlite};
use crate::field::{Default, Deferrable, Engine, OnDelete, Sql, lexer};
use crate::migration::Rename;
use crate::schema::{CheckExpression, Column, ForeignKey, Index, Schema, Table, same_sql};

/// One thing that a table says, as SQL says it.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// The columns that it is about.
    columns: Vec<String>,
    /// What stands before the part that a person may write in several ways.
    before: String,
    body: String,
    after: String,
    /// The name, where it is an index.
    pub(super) index: Option<String>,
}

impl Fact {
    fn new(columns: &[String], before: impl Into<String>, body: impl Into<String>) -> Self {
        Self { columns: columns.to_vec(), before: before.into(), body: body.into(), after: String::new(), index: None }
    }

    fn then(mut self, after: impl Into<String>) -> Self {
        self.after = after.into();
        self
    }

    /// The SQL.
    pub(super) fn text(&self) -> String {
        let words = [&self.before, &self.body, &self.after];
        words.into_iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" ")
    }

    /// True where both say the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        same_sql(&self.before, &other.before)
            && same_sql(&self.body, &other.body)
            && same_sql(&self.after, &other.after)
    }

    /// True where both are about the same and say something else.
    pub(super) fn is_instead_of(&self, other: &Self) -> bool {
        self.index == other.index
            && same_sql(&self.before, &other.before)
            && !self.columns.is_empty()
            && !self.is(other)
            && (self.index.is_some() || !self.before.starts_with("UNIQUE") && !self.before.starts_with("CHECK"))
    }

    /// True where no column is left that it is about.
    pub(super) fn is_gone(&self, table: &Table) -> bool {
        let is_there = |name: &String| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        !self.columns.is_empty() && !self.columns.iter().any(is_there)
    }

    /// The fact in the names that things have after the rename.
    pub(super) fn renamed(mut self, table: &str, rename: &Rename) -> Self {
        let (from, to) = match rename {
            Rename::Table { from, to } => (from, to),
            Rename::Column { table: of, from, to } if of.eq_ignore_ascii_case(table) => (from, to),
            Rename::Column { .. } => return self,
        };
        if matches!(rename, Rename::Column { .. }) {
            for column in self.columns.iter_mut().filter(|column| column.eq_ignore_ascii_case(from)) {
                column.clone_from(to);
            }
        }
        for text in [&mut self.before, &mut self.body, &mut self.after] {
            *text = lexer::rename(text, from, to);
        }
        self
    }
}

/// The facts of a table in the database; none where there is no such table.
pub(super) async fn of_live(session: &mut Session, name: &str) -> Attempt<Option<(Table, Vec<Fact>)>> {
    let Some((table, sql)) = introspect::one(session, name).await? else { return Ok(None) };
    let mut facts = of(&table);
    facts.extend(conflicts(&sql));
    facts.extend(key_collations(session, &table).await?);
    Ok(Some((table, facts)))
}

/// The facts of a table, as the catalog would keep them. Plain indexes are no part of it: a rebuild puts them back.
pub(super) fn of(table: &Table) -> Vec<Fact> {
    let mut schema = Schema::default();
    schema.tables.insert(table.name.clone(), table.clone());
    Sqlite::DEFAULT.normalize(&mut schema);
    let Some(table) = schema.tables.remove(&table.name) else { return Vec::new() };
    let mut facts: Vec<Fact> = table.columns.iter().flat_map(of_column).collect();
    if !table.primary_key.is_empty() {
        facts.push(Fact::new(&table.primary_key, "PRIMARY KEY", list(&table.primary_key)));
    }
    facts.extend(table.uniques.iter().map(|unique| Fact::new(&unique.columns, "UNIQUE", list(&unique.columns))));
    facts.extend(table.foreign_keys.iter().map(of_key));
    for check in &table.checks {
        if let CheckExpression::Sql(sql) = &check.expression {
            let condition = text(sql);
            let about = table.columns.iter().map(|c| c.name.clone()).filter(|name| lexer::mentions(&condition, name));
            let about: Vec<String> = about.collect();
            facts.push(Fact::new(&about, "CHECK (", condition).then(")"));
        }
    }
    facts.extend(table.indexes.iter().map(of_index));
    facts
}

fn of_column(column: &Column) -> Vec<Fact> {
    let name = quote(&column.name);
    let own = [column.name.clone()];
    let mut facts = vec![Fact::new(&own, &name, Sqlite::DEFAULT.column_type(&column.ty))];
    if !column.null {
        facts.push(Fact::new(&own, format!("{name} NOT NULL"), ""));
    }
    if column.auto {
        facts.push(Fact::new(&own, format!("{name} AUTOINCREMENT"), ""));
    }
    if let Some(Default::Sql { sql }) = &column.default {
        facts.push(Fact::new(&own, format!("{name} DEFAULT"), text(sql)));
    }
    if let Some(collation) = &column.collation {
        facts.push(Fact::new(&own, format!("{name} COLLATE"), text(collation)));
    }
    if let Some(generated) = &column.generated {
        let kept = if generated.stored { ") STORED" } else { ") VIRTUAL" };
        let before = format!("{name} GENERATED ALWAYS AS (");
        facts.push(Fact::new(&own, before, text(&generated.expression)).then(kept));
    }
    facts
}

fn of_key(key: &ForeignKey) -> Fact {
    let mut words = vec![format!("REFERENCES {} {}", quote(&key.to_table), list(&key.to_columns))];
    for (event, action) in [("ON DELETE", key.on_delete), ("ON UPDATE", key.on_update)] {
        if action != OnDelete::NoAction {
            words.push(format!("{event} {}", action.sql()));
        }
    }
    words.extend(key.deferrable.map(|deferrable| match deferrable {
        Deferrable::Deferred => "DEFERRABLE INITIALLY DEFERRED".to_owned(),
        Deferrable::Immediate => "DEFERRABLE INITIALLY IMMEDIATE".to_owned(),
    }));
    Fact::new(&key.columns, format!("FOREIGN KEY {}", list(&key.columns)), words.join(" "))
}

/// An index by its name: one that the text makes again as something else would be lost.
pub(super) fn of_index(index: &Index) -> Fact {
    let direction = |descending: bool| if descending { " DESC" } else { "" };
    let mut parts: Vec<String> =
        index.columns.iter().map(|column| format!("{}{}", quote(&column.name), direction(column.descending))).collect();
    parts.extend(index.expression.as_ref().map(text));
    let unique = if index.unique { "UNIQUE " } else { "" };
    let columns: Vec<String> = index.columns.iter().map(|column| column.name.clone()).collect();
    let before = format!("{unique}INDEX {}", quote(&index.name));
    let mut fact = Fact::new(&columns, before, format!("({})", parts.join(", ")));
    fact.index = Some(index.name.clone());
    match &index.condition {
        Some(condition) => fact.then(format!("WHERE {}", text(condition))),
        None => fact,
    }
}

/// What a constraint does about a conflict. <https://www.sqlite.org/lang_conflict.html>
fn conflicts(sql: &str) -> Vec<Fact> {
    let tokens = statement::meaningful(sql);
    let clauses = tokens.windows(3).filter(|three| three[0].is_word("ON") && three[1].is_word("CONFLICT"));
    clauses.map(|three| Fact::new(&[], "ON CONFLICT", three[2].text)).collect()
}

/// Keys that compare their columns in another way than the columns do themselves.
async fn key_collations(session: &mut Session, table: &Table) -> Attempt<Vec<Fact>> {
    let sql = format!(
        "SELECT DISTINCT info.name, info.coll FROM pragma_index_list({}) list, pragma_index_xinfo(list.name) info \
         WHERE list.origin IN ('u', 'pk') AND info.\"key\" AND info.name IS NOT NULL",
        literal(&table.name)
    );
    let mut facts = Vec::new();
    for row in session.query(&sql).await? {
        let (Some(name), Some(collation)) = (row.first().and_then(Value::text), row.get(1).and_then(Value::text))
        else {
            continue;
        };
        let own = table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
        let own = own.and_then(|column| column.collation.as_ref()).map_or_else(|| "BINARY".to_owned(), text);
        if !own.eq_ignore_ascii_case(collation) {
            facts.push(Fact::new(&[name.to_owned()], format!("UNIQUE {} COLLATE", quote(name)), collation));
        }
    }
    Ok(facts)
}

fn list(columns: &[String]) -> String {
    format!("({})", columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", "))
}

fn text(sql: &Sql) -> String {
    sql.for_engine(Engine::Sqlite).unwrap_or_default().to_owned()
}
