//! What the backend cannot do, said before any SQL exists.

mod column;
mod fragment;
mod index;
mod key;
mod shared;

use std::collections::BTreeMap;

use super::TableChange;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Capabilities, Dialect};
use crate::field::{OnDelete, Sql, lexer};
use crate::name::split_table;
use crate::schema::{Check, CheckExpression, Column, ForeignKey, Identity, Table};
use crate::state::ProjectState;

/// Every refusal of every table that changes; `state` is that of after.
pub(super) fn refusals(changes: &[TableChange], state: &ProjectState, dialect: &dyn Dialect) -> Diagnostics {
    let mut refusals = Refusals { facts: dialect.capabilities(), dialect, found: Diagnostics::default() };
    for change in changes {
        if let Some(next) = change.next.as_ref().filter(|_| change.previous != change.next) {
            refusals.table(change, next);
        }
    }
    refusals.exchanged(changes);
    refusals.shared_checks(changes, state);
    refusals.found
}

struct Refusals<'a> {
    facts: &'a Capabilities,
    dialect: &'a dyn Dialect,
    found: Diagnostics,
}

impl Refusals<'_> {
    fn table(&mut self, change: &TableChange, table: &Table) {
        let model = change.identity.model().to_string();
        self.schema(&model, change, table);
        self.columns(&model, change, table);
        if !self.facts.tables_without_columns && table.columns.iter().all(|column| column.generated.is_some()) {
            self.refuse("E420", &model, "a table without a column of its own", "give the model a field");
        }
        for index in &table.indexes {
            self.index(&model, index, table);
        }
        for unique in &table.uniques {
            self.unique(&model, unique, table);
        }
        for key in std::iter::once(&table.primary_key).chain(table.foreign_keys.iter().map(|key| &key.columns)) {
            let columns: Vec<&str> = key.iter().map(String::as_str).collect();
            self.key(&model, &columns, table);
        }
        self.checks(&model, table);
        self.foreign_keys(&model, table);
        self.computed_over(&model, table);
    }

    /// A table in a schema; said once, for the model's own.
    fn schema(&mut self, model: &str, change: &TableChange, table: &Table) {
        let (Some(schema), Identity::Model(_)) = (split_table(&table.name).0, &change.identity) else { return };
        if !self.facts.schemas {
            let instead = format!("name a table without a schema: `table = \"{}\"`", table.name.replace('.', "_"));
            self.refuse("E420", model, &format!("a table in the schema `{schema}`"), &instead);
        }
    }

    /// Tables that change places between schemas: the names of their indexes and sequences would meet on the way.
    fn exchanged(&mut self, changes: &[TableChange]) {
        if !self.facts.schemas {
            return;
        }
        let moves =
            |change: &&TableChange| Some((change.previous.as_ref()?.name.clone(), change.next.as_ref()?.name.clone()));
        let names: BTreeMap<String, String> = changes.iter().filter_map(|change| moves(&change)).collect();
        for change in changes {
            let Some((from, to)) = moves(&change) else { continue };
            let way: Vec<&String> = std::iter::successors(Some(&to), |at| names.get(*at)).take(names.len()).collect();
            if split_table(&from).0 != split_table(&to).0 && way.contains(&&from) {
                let model = change.identity.model().to_string();
                let instead =
                    "first give one of them a name of its own, and its sequences too, in a migration of its own";
                self.refuse("E420", &model, "tables that change places between schemas", instead);
            }
        }
    }

    /// Checks and computed columns over columns into which the database writes by itself.
    fn computed_over(&mut self, model: &str, table: &Table) {
        let acts = |action: OnDelete| matches!(action, OnDelete::Cascade | OnDelete::SetNull | OnDelete::SetDefault);
        let writes = |key: &&ForeignKey| key.on_delete == OnDelete::SetNull || acts(key.on_update);
        let written: Vec<&String> = table.foreign_keys.iter().filter(writes).flat_map(|key| &key.columns).collect();
        for column in &table.columns {
            let name = &column.name;
            let why = match () {
                () if column.auto && !self.facts.computes_over_auto => "an automatic number",
                () if written.contains(&name) && !self.facts.computes_over_actions => "what a foreign key writes",
                () => continue,
            };
            for place in self.leaning_on(table, name) {
                let what = format!("{place} over {why}");
                self.refuse(
                    "E420",
                    &format!("{model}, column `{name}`"),
                    &what,
                    "leave it out, or have the program keep to it",
                );
            }
        }
    }

    /// The checks and stored columns that mention a column.
    fn leaning_on(&self, table: &Table, column: &str) -> Vec<&'static str> {
        let says = |sql: &Sql| sql.for_engine(self.facts.engine).is_some_and(|text| lexer::mentions(text, column));
        let check = |check: &Check| match &check.expression {
            CheckExpression::Sql(sql) => says(sql),
            CheckExpression::OneOf { column: own, .. } | CheckExpression::NonNegative { column: own } => own == column,
        };
        let computed = |column: &Column| column.generated.as_ref().is_some_and(|generated| says(&generated.expression));
        let checks = table.checks.iter().any(check).then_some("a check");
        let columns = table.columns.iter().any(computed).then_some("a generated column");
        checks.into_iter().chain(columns).collect()
    }

    /// Refuses what a fact says no to, and names the first version that says yes to it.
    fn lacks(&mut self, has: fn(&Capabilities) -> bool, place: &str, what: &str, instead: &str) {
        let &Capabilities { engine, target, .. } = self.facts;
        if has(self.facts) {
            return;
        }
        let Some(since) = Capabilities::since(engine, has) else {
            return self.refuse("E420", place, what, instead);
        };
        let title = engine.title();
        let message = format!("{title} {target} cannot have {what}, which `{place}` asks for");
        let newer =
            format!("{title} {since} can: where no server is older, set `target = {{ {engine} = \"{since}\" }}`");
        self.found.push(Diagnostic::error("E420", message).help(instead).help(newer));
    }

    fn refuse(&mut self, code: &'static str, place: &str, what: &str, instead: &str) {
        let message = format!("{} cannot have {what}, which `{place}` asks for", self.facts.engine.title());
        self.found.push(Diagnostic::error(code, message).help(instead));
    }
}
