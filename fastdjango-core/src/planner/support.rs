//! What the backend cannot do, said before any SQL exists.

use super::TableChange;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Capabilities, Conversion, Dialect};
use crate::field::{ColumnType, Default, Engine, Literal, Sql, lexer};
use crate::pair::Pair;
use crate::schema::{CheckExpression, Column, Index, Table, Unique};

/// Every refusal of every table that changes.
pub(super) fn refusals(changes: &[TableChange], dialect: &dyn Dialect) -> Diagnostics {
    let mut refusals = Refusals { facts: dialect.capabilities(), dialect, found: Diagnostics::default() };
    for change in changes {
        if let Some(next) = change.next.as_ref().filter(|_| change.previous != change.next) {
            refusals.table(change, next);
        }
    }
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
        for (column, origin) in table.columns.iter().zip(&change.columns) {
            let place = format!("{model}.{}", origin.field);
            self.column(&place, column, table);
            let previous = change.previous.as_ref().zip(origin.previous.as_ref());
            if let Some(previous) = previous.and_then(|(table, name)| table.column(name)) {
                self.conversion(&place, Pair::new(previous, column));
            }
            if let Some(Default::Sql { sql }) = &origin.fill {
                self.fragment(&place, "fill", Some(sql));
            }
        }
        if !self.facts.tables_without_columns && table.columns.iter().all(|column| column.generated.is_some()) {
            self.refuse("E420", &model, "a table without a column of its own", "give the model a field");
        }
        for index in &table.indexes {
            self.index(&model, index, table);
        }
        for unique in &table.uniques {
            self.unique(&model, unique);
        }
        for check in &table.checks {
            if let CheckExpression::Sql(sql) = &check.expression {
                let name = check.name.as_deref().unwrap_or("?");
                let place = format!("{model}, check `{name}`");
                self.fragment(&place, "sql", Some(sql));
                self.ordered_fragment(&place, sql, table);
            }
        }
        if !self.facts.deferrable_foreign_keys && table.foreign_keys.iter().any(|key| key.deferrable.is_some()) {
            self.refuse("E420", &model, "a deferrable foreign key", "leave out `deferrable`");
        }
    }

    fn column(&mut self, place: &str, column: &Column, table: &Table) {
        self.fragment(place, "db_type", column.db_type.as_ref());
        self.fragment(place, "collation", column.collation.as_ref());
        self.fragment(place, "generated", column.generated.as_ref().map(|g| &g.expression));
        match &column.default {
            Some(Default::Sql { sql }) => self.fragment(place, "default_sql", Some(sql)),
            Some(Default::Value(Literal::Text(text))) if column.ty == ColumnType::Binary && !is_hexadecimal(text) => {
                let message = format!("the default `{text}` of `{place}` is no hexadecimal text");
                self.found
                    .push(Diagnostic::error("E423", message).help("write two digits for each byte, such as `00ff`"));
            }
            _ => {}
        }
        if matches!(column.ty, ColumnType::Array(_)) && column.db_type.is_none() && !self.facts.arrays {
            self.refuse("E420", place, "a column of arrays", "use `Json<Vec<T>>`, or a model of its own");
        }
        if column.generated.as_ref().is_some_and(|generated| !generated.stored) && !self.facts.virtual_columns {
            self.refuse("E420", place, "a virtual generated column", "write `stored` instead of `virtual`");
        }
        if !self.facts.generated_of_generated && is_generated_of_generated(column, table) {
            let instead = "write the expression out in fields that are not generated";
            self.refuse("E420", place, "a column that is computed from a computed one", instead);
        }
        let whole = matches!(column.ty, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt);
        let key = table.primary_key.as_slice() == std::slice::from_ref(&column.name);
        if column.auto && !(whole && key) && !self.facts.auto_outside_key {
            let instead = "make it the model's only primary key, a whole number, or leave out `auto`";
            self.refuse("E420", place, "an automatic number outside a primary key of its own", instead);
        }
    }

    fn conversion(&mut self, place: &str, columns: Pair<&Column>) {
        if self.dialect.conversion(columns) != Conversion::None || columns.next.generated.is_some() {
            return;
        }
        let Pair { previous, next } = columns.map(|column| &column.ty);
        let title = title(self.facts.engine);
        let message = format!("{title} turns no {previous} into a {next}, as `{place}` asks for");
        self.found.push(
            Diagnostic::error("E424", message)
                .help("add a field of the new type, give it its values by a `run_sql`, then remove the old one"),
        );
    }

    fn index(&mut self, model: &str, index: &Index, table: &Table) {
        let place = format!("{model}, index `{}`", index.name);
        self.fragment(&place, "expression", index.expression.as_ref());
        self.fragment(&place, "condition", index.condition.as_ref());
        if !index.include.is_empty() && !self.facts.include_columns {
            self.refuse("E420", &place, "`include`", "add the fields to `fields`, or leave `include` out");
        }
        if index.method.is_some() && !self.facts.index_methods {
            self.refuse("E420", &place, "`method`", "leave it out: every index is a B-tree");
        }
        if index.opclass.is_some() && !self.facts.index_methods {
            self.refuse("E420", &place, "`opclass`", "leave it out, or set the field's `collation`");
        }
        if index.expression.is_some() && !self.facts.expression_indexes {
            self.refuse("E420", &place, "`expression`", "index a generated field");
        }
        if index.condition.is_some() && !self.facts.partial_indexes {
            self.refuse("E420", &place, "`condition`", "leave it out, or keep the rows apart by a field of the index");
        }
        let columns = index.columns.iter().filter_map(|column| table.column(&column.name));
        for column in columns.filter(|column| self.is_unordered(column)).collect::<Vec<_>>() {
            self.unordered(&place, column);
        }
        for sql in index.expression.iter().chain(&index.condition) {
            self.ordered_fragment(&place, sql, table);
        }
    }

    fn unique(&mut self, model: &str, unique: &Unique) {
        let place = format!("{model}, constraint `{}`", unique.name.as_deref().unwrap_or("?"));
        if unique.deferrable.is_some() && !self.facts.deferrable_unique {
            self.refuse("E420", &place, "a deferrable unique constraint", "leave out `deferrable`");
        }
        if unique.nulls_not_distinct && !self.facts.nulls_not_distinct {
            let instead = "forbid NULL, or add a unique index over an expression such as `coalesce(…)`";
            self.refuse("E420", &place, "`nulls_distinct = false`", instead);
        }
    }

    fn fragment(&mut self, place: &str, key: &str, sql: Option<&Sql>) {
        let engine = self.facts.engine;
        if sql.is_some_and(|sql| sql.for_engine(engine).is_none()) {
            let message = format!("`{key}` of `{place}` has no text for {engine}");
            let help = format!("write one: `sql({engine} = \"…\", …)`");
            self.found.push(Diagnostic::error("E421", message).help(help));
        }
    }

    /// A fragment that orders a decimal which is stored as text would order it letter by letter.
    fn ordered_fragment(&mut self, place: &str, sql: &Sql, table: &Table) {
        let text = sql.for_engine(self.facts.engine).unwrap_or_default();
        if !orders(text) {
            return;
        }
        let mentioned = table.columns.iter().filter(|c| self.is_unordered(c) && lexer::mentions(text, &c.name));
        for column in mentioned.collect::<Vec<_>>() {
            self.unordered(place, column);
        }
    }

    fn is_unordered(&self, column: &Column) -> bool {
        let most = self.facts.ordered_decimal_digits;
        matches!((&column.ty, most), (ColumnType::Numeric(digits, _), Some(most)) if *digits > most)
            && column.db_type.is_none()
    }

    fn unordered(&mut self, place: &str, column: &Column) {
        let engine = title(self.facts.engine);
        let message = format!("`{place}` orders `{}`, which {engine} stores as text", column.name);
        let most = self.facts.ordered_decimal_digits.unwrap_or_default();
        self.found.push(
            Diagnostic::error("E422", message)
                .note(format!("a decimal of more than {most} digits is kept exactly, but compares letter by letter: '9' is more than '10'"))
                .help(format!("use at most {most} digits (`max_digits = {most}`), or leave the index or fragment out")),
        );
    }

    fn refuse(&mut self, code: &'static str, place: &str, what: &str, instead: &str) {
        let message = format!("{} cannot have {what}, which `{place}` asks for", title(self.facts.engine));
        self.found.push(Diagnostic::error(code, message).help(instead));
    }
}

fn is_generated_of_generated(column: &Column, table: &Table) -> bool {
    let Some(generated) = &column.generated else { return false };
    let mut others = table.columns.iter().filter(|other| other.generated.is_some() && other.name != column.name);
    others.any(|other| generated.expression.mentions(&other.name))
}

/// True for a text that compares by size.
fn orders(text: &str) -> bool {
    let words = ["between", "min", "max"];
    let order = |token: &lexer::Token<'_>| {
        token.is_symbol('<') || token.is_symbol('>') || words.iter().any(|word| token.is_word(word))
    };
    // `<>` is two symbols, and asks for no order; counting it too only refuses more than needed.
    lexer::tokens(text).iter().any(order)
}

fn is_hexadecimal(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn title(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
        Engine::Mysql => "MySQL",
        Engine::Mariadb => "MariaDB",
    }
}
