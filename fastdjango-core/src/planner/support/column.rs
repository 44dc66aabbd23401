//! Columns, what they were, and what they hold.

use super::Refusals;
use crate::diagnostic::Diagnostic;
use crate::dialect::Conversion;
use crate::field::{ColumnType, Default, Literal};
use crate::name::MAX_IDENTIFIER_BYTES;
use crate::pair::Pair;
use crate::planner::TableChange;
use crate::schema::{Column, Table};

impl Refusals<'_> {
    pub(super) fn columns(&mut self, model: &str, change: &TableChange, table: &Table) {
        for (column, origin) in table.columns.iter().zip(&change.columns) {
            let place = format!("{model}.{}", origin.field);
            self.column(&place, column, &origin.values, table);
            let previous = change.previous.as_ref().zip(origin.previous.as_ref());
            if let Some(previous) = previous.and_then(|(table, name)| table.column(name)) {
                if origin.using.is_none() {
                    self.conversion(&place, Pair::new(previous, column));
                }
                self.kept(&place, Pair::new(previous, column));
            }
            self.fragment(&place, "using", origin.using.as_ref());
            if let Some(Default::Sql { sql }) = &origin.fill {
                self.fragment(&place, "fill", Some(sql));
            }
        }
    }

    fn column(&mut self, place: &str, column: &Column, values: &[String], table: &Table) {
        self.fragment(place, "db_type", column.db_type.as_ref());
        self.fragment(place, "collation", column.collation.as_ref());
        self.fragment(place, "generated", column.generated.as_ref().map(|g| &g.expression));
        self.default(place, column);
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
        self.known(place, column);
        self.computed(place, column, table);
        self.size(place, column);
        let whole = matches!(column.ty, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt);
        let key = table.primary_key.as_slice() == std::slice::from_ref(&column.name);
        if column.auto && !(whole && key) && !self.facts.auto_outside_key {
            let instead = "make it the model's only primary key, a whole number, or leave out `auto`";
            self.refuse("E420", place, "an automatic number outside a primary key of its own", instead);
        }
    }

    /// A type that only another tool knows.
    fn known(&mut self, place: &str, column: &Column) {
        if let ColumnType::Opaque { name, .. } = &column.ty
            && column.db_type.is_none()
        {
            let (engine, title) = (self.facts.engine, self.facts.engine.title());
            let message = format!("nobody here knows the type `{name}`, so that `{place}` has no SQL for {title}");
            self.found.push(
                Diagnostic::error("E426", message)
                    .note("a type of the form `opaque(…)` is another tool's: it is carried and compared, and means nothing to a database")
                    .help(format!("say what the column is there: `db_type = {{ {engine} = \"…\" }}`, or a text for every database")),
            );
        }
    }

    fn default(&mut self, place: &str, column: &Column) {
        match &column.default {
            Some(Default::Sql { sql }) => self.fragment(place, "default_sql", Some(sql)),
            Some(Default::Value(Literal::Text(text))) if column.ty == ColumnType::Binary && !is_hexadecimal(text) => {
                let message = format!("the default `{text}` of `{place}` is no hexadecimal text");
                self.found
                    .push(Diagnostic::error("E423", message).help("write two digits for each byte, such as `00ff`"));
            }
            _ => {}
        }
    }

    /// What is computed, from what, and where it stands.
    fn computed(&mut self, place: &str, column: &Column, table: &Table) {
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

    fn conversion(&mut self, place: &str, columns: Pair<&Column>) {
        if self.dialect.conversion(columns) != Conversion::None || columns.next.generated.is_some() {
            return;
        }
        let Pair { previous, next } = columns.map(|column| &column.ty);
        let title = self.facts.engine.title();
        let message = format!("{title} turns no {previous} into a {next}, as `{place}` asks for");
        self.found.push(
            Diagnostic::error("E424", message)
                .help("say how by the `using` of its `alter_field`, or add a field of the new type, fill it by a `run_sql`, then remove the old one"),
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
}

/// True for a column that is computed when it is read.
pub(super) fn is_virtual(column: &Column) -> bool {
    column.generated.as_ref().is_some_and(|generated| !generated.stored)
}

fn is_hexadecimal(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit())
}
