//! What the backend cannot do, said before any SQL exists.

use std::collections::BTreeMap;

use super::TableChange;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Capabilities, Conversion, Dialect};
use crate::field::{ColumnType, Default, Literal, OnDelete, Sql, lexer};
use crate::name::{MAX_IDENTIFIER_BYTES, split_table};
use crate::pair::Pair;
use crate::schema::{Check, CheckExpression, Column, ForeignKey, Identity, Index, IndexColumn, Table, Unique};

/// Every refusal of every table that changes.
pub(super) fn refusals(changes: &[TableChange], dialect: &dyn Dialect) -> Diagnostics {
    let mut refusals = Refusals { facts: dialect.capabilities(), dialect, found: Diagnostics::default() };
    for change in changes {
        if let Some(next) = change.next.as_ref().filter(|_| change.previous != change.next) {
            refusals.table(change, next);
        }
    }
    refusals.exchanged(changes);
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
        for (column, origin) in table.columns.iter().zip(&change.columns) {
            let place = format!("{model}.{}", origin.field);
            self.column(&place, column, &origin.values, table);
            let previous = change.previous.as_ref().zip(origin.previous.as_ref());
            if let Some(previous) = previous.and_then(|(table, name)| table.column(name)) {
                self.conversion(&place, Pair::new(previous, column));
                self.kept(&place, Pair::new(previous, column));
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
            self.unique(&model, unique, table);
        }
        for key in std::iter::once(&table.primary_key).chain(table.foreign_keys.iter().map(|key| &key.columns)) {
            let columns: Vec<&str> = key.iter().map(String::as_str).collect();
            self.key(&model, &columns, table);
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
        let sets_default = |key: &ForeignKey| [key.on_delete, key.on_update].contains(&OnDelete::SetDefault);
        if !self.facts.set_default && table.foreign_keys.iter().any(sets_default) {
            self.refuse("E420", &model, "a foreign key that sets a default", "use `set_null` or `restrict`");
        }
        let sets_null = |key: &&ForeignKey| [key.on_delete, key.on_update].contains(&OnDelete::SetNull);
        let required = |name: &String| table.column(name).is_some_and(|column| !column.null);
        let mut null = table.foreign_keys.iter().filter(sets_null).flat_map(|key| &key.columns);
        if !self.facts.null_into_required && null.any(required) {
            let instead = "let the field be NULL, or use `cascade` or `restrict`";
            self.refuse("E420", &model, "a foreign key that sets NULL where none is allowed", instead);
        }
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

    fn column(&mut self, place: &str, column: &Column, values: &[String], table: &Table) {
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
        if let ColumnType::Enum(name) = &column.ty
            && let Some(long) = values.iter().find(|value| value.len() > MAX_IDENTIFIER_BYTES)
        {
            let what = format!("a text of {} bytes in an enum, `{long}` in `{name}`", long.len());
            let instead = format!("write at most {MAX_IDENTIFIER_BYTES} with `#[choice(value = \"…\")]`");
            self.refuse("E420", place, &what, &instead);
        }
        if matches!(column.ty, ColumnType::Array(_)) && column.db_type.is_none() && !self.facts.arrays {
            self.refuse("E420", place, "a column of arrays", "use `Json<Vec<T>>`, or a model of its own");
        }
        let over = |other: &Column| {
            let expression = column.generated.as_ref().map(|generated| &generated.expression);
            other.generated.is_some() && expression.is_some_and(|sql| sql.mentions(&other.name))
        };
        if !self.facts.computes_over_computed && table.columns.iter().any(over) {
            self.refuse("E420", place, "a generated column over another", "write the other's expression in its place");
        }
        if is_virtual(column) {
            let instead = "write `stored` instead of `virtual`";
            self.lacks(|facts| facts.virtual_columns, place, "a virtual generated column", instead);
        }
        let is_key = table.primary_key.contains(&column.name);
        if column.generated.is_some() && is_key && (is_virtual(column) || !self.facts.generated_keys) {
            self.refuse(
                "E420",
                place,
                "a generated column in a primary key",
                "make the key of the fields it is computed from",
            );
        }
        self.size(place, column);
        let whole = matches!(column.ty, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt);
        let key = table.primary_key.as_slice() == std::slice::from_ref(&column.name);
        if column.auto && !(whole && key) && !self.facts.auto_outside_key {
            let instead = "make it the model's only primary key, a whole number, or leave out `auto`";
            self.refuse("E420", place, "an automatic number outside a primary key of its own", instead);
        }
    }

    /// Lengths and digits beyond what the database has.
    fn size(&mut self, place: &str, column: &Column) {
        if column.db_type.is_some() {
            return;
        }
        match (&column.ty, self.facts.varchar_characters, self.facts.decimal_digits) {
            (ColumnType::Varchar(length), Some(most), _) if *length > most => {
                let instead = format!("write at most `max_length = {most}`, or leave it out: a text has no limit");
                self.refuse("E420", place, &format!("a text of {length} characters with a limit"), &instead);
            }
            (ColumnType::Numeric(digits, scale), _, Some((most, after))) if *digits > most || *scale > after => {
                let instead = format!("use at most {most} digits, and {after} of them after the point");
                self.refuse("E420", place, &format!("a decimal of {digits} digits, {scale} after the point"), &instead);
            }
            _ => {}
        }
    }

    /// A key is of what is stored, and has room for some texts and bytes.
    fn key(&mut self, place: &str, columns: &[&str], table: &Table) {
        self.stored(place, columns, table);
        self.key_with(place, columns, 0, table);
    }

    /// What is computed when it is read may be in no index.
    fn stored(&mut self, place: &str, columns: &[&str], table: &Table) {
        if columns.iter().filter_map(|name| table.column(name)).any(is_virtual) && self.facts.virtual_columns {
            let instead = "write `stored` instead of `virtual`";
            self.lacks(|facts| facts.indexed_virtual_columns, place, "a virtual column in an index or a key", instead);
        }
    }

    /// The texts and bytes of a key, with so many characters of other columns.
    fn key_with(&mut self, place: &str, columns: &[&str], others: u32, table: &Table) {
        let Some(most) = self.facts.key_characters else { return };
        let characters = |column: &Column| match column.ty {
            ColumnType::Varchar(length) => length,
            ColumnType::Text | ColumnType::Binary | ColumnType::Json => u32::MAX,
            _ => 0,
        };
        let own = columns.iter().filter_map(|name| table.column(name)).filter(|column| column.db_type.is_none());
        let all = own.map(characters).fold(others, u32::saturating_add);
        if all > most {
            let instead = format!("give its texts a `max_length`, {most} in all at the most");
            self.refuse("E420", place, "a key of texts that are so long", &instead);
        }
    }

    fn conversion(&mut self, place: &str, columns: Pair<&Column>) {
        if self.dialect.conversion(columns) != Conversion::None || columns.next.generated.is_some() {
            return;
        }
        let Pair { previous, next } = columns.map(|column| &column.ty);
        let title = self.facts.engine.title();
        let message = format!("{title} turns no {previous} into a {next}, as `{place}` asks for");
        self.found.push(
            Diagnostic::error("E424", message)
                .help("add a field of the new type, give it its values by a `run_sql`, then remove the old one"),
        );
    }

    /// A computed column that is to keep its values when it is computed no longer.
    fn kept(&mut self, place: &str, columns: Pair<&Column>) {
        if columns.previous.generated.is_none() || columns.next.generated.is_some() {
            return;
        }
        let instead = "add another field with the expression as its `fill`, then remove this one";
        if is_virtual(columns.previous) {
            self.lacks(|facts| facts.kept_virtual, place, "a virtual column that keeps its values", instead);
        } else {
            self.lacks(|facts| facts.kept_computed, place, "a computed column that keeps its values", instead);
        }
    }

    fn index(&mut self, model: &str, index: &Index, table: &Table) {
        let place = format!("{model}, index `{}`", index.name);
        self.fragment(&place, "expression", index.expression.as_ref());
        self.fragment(&place, "condition", index.condition.as_ref());
        if !index.include.is_empty() && !self.facts.include_columns {
            self.refuse("E420", &place, "`include`", "add the fields to `fields`, or leave `include` out");
        }
        self.method(&place, index);
        self.lengths(&place, index, table);
        if index.opclass.is_some() && !self.facts.index_methods {
            self.refuse("E420", &place, "`opclass`", "leave it out, or set the field's `collation`");
        }
        if index.expression.is_some() && !self.facts.expression_indexes {
            self.refuse("E420", &place, "`expression`", "index a generated field");
        }
        if index.condition.is_some() && !self.facts.partial_indexes {
            self.refuse("E420", &place, "`condition`", "leave it out, or keep the rows apart by a field of the index");
        }
        if index.columns.iter().any(|column| column.descending) {
            self.lacks(|facts| facts.descending_indexes, &place, "a column that goes downwards", "leave out the `-`");
        }
        let all: Vec<&str> = index.columns.iter().map(|column| column.name.as_str()).collect();
        self.stored(&place, &all, table);
        if !index.is_fulltext() {
            let whole = index.columns.iter().filter(|column| column.length.is_none());
            let keys: Vec<&str> = whole.map(|column| column.name.as_str()).collect();
            let parts = index.columns.iter().filter_map(|column| column.length).fold(0, u32::saturating_add);
            self.key_with(&place, &keys, parts, table);
        }
        let columns = index.columns.iter().filter_map(|column| table.column(&column.name));
        for column in columns.filter(|column| self.is_unordered(column)).collect::<Vec<_>>() {
            self.unordered(&place, column);
        }
        for sql in index.expression.iter().chain(&index.condition) {
            self.ordered_fragment(&place, sql, table);
        }
    }

    /// Methods that the database does not have, and what an index over words cannot be.
    fn method(&mut self, place: &str, index: &Index) {
        if index.is_fulltext() && self.facts.fulltext_indexes {
            let whole = index.columns.iter().all(|column| *column == IndexColumn::new(column.name.clone()));
            if index.unique || !whole || index.expression.is_some() {
                let instead = "leave out `unique`, `-`, lengths and `expression`: it is over the words of whole texts";
                self.refuse("E420", place, "a fulltext index that is more than one over fields", instead);
            }
        } else if index.is_fulltext() && self.facts.index_methods {
            let instead = "use `method = \"gin\"` over `expression = \"to_tsvector('simple', body)\"`";
            self.refuse("E420", place, "a fulltext index", instead);
        } else if index.is_fulltext() {
            self.refuse("E420", place, "a fulltext index", "leave it out, or make a table of FTS5 by a `run_sql`");
        } else if index.method.is_some() && !self.facts.index_methods {
            self.refuse("E420", place, "`method`", "leave it out: every index is a B-tree");
        }
    }

    /// The beginnings of texts, and those that are none.
    fn lengths(&mut self, place: &str, index: &Index, table: &Table) {
        let parts = index.columns.iter().filter_map(|column| Some((column.length?, table.column(&column.name)?)));
        let parts: Vec<(u32, &Column)> = parts.collect();
        if parts.is_empty() || index.is_fulltext() {
            return;
        }
        if !self.facts.prefix_indexes {
            let instead = "leave the length out, or index an expression such as `substr(title, 1, 20)`";
            return self.refuse("E420", place, "an index over the beginning of a text", instead);
        }
        if index.unique {
            let instead = "leave out the length or `unique`: what is unique are whole values";
            self.refuse("E420", place, "a unique index over the beginning of a text", instead);
        }
        for (length, column) in parts {
            self.length(place, length, column);
        }
    }

    fn length(&mut self, place: &str, length: u32, column: &Column) {
        let why = match &column.ty {
            _ if column.db_type.is_some() => return,
            ColumnType::Varchar(most) if length >= *most => format!("has {most} characters at the most"),
            ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Binary if length > 0 => return,
            ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Binary => "cannot begin with none".to_owned(),
            ty => format!("is {ty}, and no text"),
        };
        let message = format!("`{place}` is over the first {length} characters of `{}`, which {why}", column.name);
        self.found.push(Diagnostic::error("E425", message).help("leave the length out: the index is over the whole"));
    }

    fn unique(&mut self, model: &str, unique: &Unique, table: &Table) {
        let place = format!("{model}, constraint `{}`", unique.name.as_deref().unwrap_or("?"));
        let columns: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
        self.key(&place, &columns, table);
        if unique.deferrable.is_some() && !self.facts.deferrable_unique {
            self.refuse("E420", &place, "a deferrable unique constraint", "leave out `deferrable`");
        }
        if unique.nulls_not_distinct {
            let instead = "forbid NULL, or add a unique index over an expression such as `coalesce(…)`";
            self.lacks(|facts| facts.nulls_not_distinct, &place, "`nulls_distinct = false`", instead);
        }
    }

    fn fragment(&mut self, place: &str, key: &str, sql: Option<&Sql>) {
        let engine = self.facts.engine;
        if sql.is_some_and(|sql| sql.for_engine(engine).is_none()) {
            let message = format!("`{key}` of `{place}` has no text for {engine}");
            let help = format!("write one: `sql({engine} = \"…\", …)`");
            self.found.push(Diagnostic::error("E421", message).help(help));
        }
        if let Some(Sql::Any(text)) = sql.filter(|_| !self.facts.pipes_concatenate)
            && has_pipes(text)
        {
            let message = format!("`{key}` of `{place}` has `||`, which is OR for {engine}");
            let help = format!("write the text for it with `concat(…)`: `sql({engine} = \"…\", …)`");
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
        let engine = self.facts.engine.title();
        let message = format!("`{place}` orders `{}`, which {engine} stores as text", column.name);
        let most = self.facts.ordered_decimal_digits.unwrap_or_default();
        self.found.push(
            Diagnostic::error("E422", message)
                .note(format!("a decimal of more than {most} digits is kept exactly, but compares letter by letter: '9' is more than '10'"))
                .help(format!("use at most {most} digits (`max_digits = {most}`), or leave the index or fragment out")),
        );
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

/// True for a column that is computed when it is read.
fn is_virtual(column: &Column) -> bool {
    column.generated.as_ref().is_some_and(|generated| !generated.stored)
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

/// True for `||` outside texts, names and comments.
fn has_pipes(text: &str) -> bool {
    lexer::tokens(text).windows(2).any(|two| two.iter().all(|token| token.is_symbol('|')))
}

fn is_hexadecimal(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit())
}
