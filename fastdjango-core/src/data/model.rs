//! A model as it was at a place of the history.

use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::field::ColumnType;
use crate::name::FieldName;
use crate::schema::{Lowered, Table};

/// A model as the migrations before this place left it: the names, columns and types of then, not of the struct of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoricalModel {
    /// What it was asked for by, such as `Post`.
    pub(super) label: String,
    /// The table, quoted.
    pub(super) table: String,
    pub(super) fields: Vec<Field>,
    /// The places of the key's fields.
    pub(super) key: Vec<usize>,
}

/// A field that has a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: FieldName,
    pub(super) column: String,
    pub(super) ty: ColumnType,
    /// The type as the database declares it.
    pub(super) declared: String,
    pub(super) auto: bool,
    pub(super) generated: bool,
}

impl Field {
    /// The digits after the point, where the type has some.
    pub(super) fn scale(&self) -> Option<u32> {
        if let ColumnType::Numeric(_, scale) = self.ty { Some(scale) } else { None }
    }
}

impl HistoricalModel {
    /// The fields that are `open`, and those of the key.
    pub(super) fn new(
        label: &str,
        lowered: &Lowered,
        dialect: &dyn Dialect,
        open: impl Fn(&FieldName) -> bool,
    ) -> Self {
        let table = &lowered.table;
        let seen = lowered.columns.iter().filter(|(name, column)| open(name) || table.primary_key.contains(column));
        let fields: Vec<Field> = seen.filter_map(|(name, column)| field(name, column, table, dialect)).collect();
        let key = table.primary_key.iter().filter_map(|column| fields.iter().position(|f| f.column == *column));
        let key = key.collect();
        Self { label: label.to_owned(), table: dialect.quote_table(&table.name), fields, key }
    }

    /// The table, quoted, for SQL of your own.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The column of a field, as it is called in the database.
    pub fn column(&self, field: &str) -> Result<&str> {
        Ok(&self.fields[self.place(field)?].column)
    }

    /// The names of the fields that have a column, in their order.
    pub fn fields(&self) -> impl Iterator<Item = &FieldName> {
        self.fields.iter().map(|field| &field.name)
    }

    /// Where a field stands among the fields.
    pub(super) fn place(&self, field: &str) -> Result<usize> {
        self.fields.iter().position(|known| known.name == *field).ok_or_else(|| {
            let names: Vec<String> = self.fields.iter().map(|known| format!("`{}`", known.name)).collect();
            Error::invalid(
                Diagnostic::error("E683", format!("`{}` has no field `{field}` with a column here", self.label))
                    .note("a data migration sees the model as the migrations before it left it, and the fields that it `touches`")
                    .help(format!("its fields are {}", names.join(", "))),
            )
        })
    }

    /// Refuses a model whose rows cannot be told apart.
    pub(super) fn keyed(&self) -> Result<()> {
        if !self.key.is_empty() {
            return Ok(());
        }
        let message = format!("`{}` has no primary key here, so that its rows cannot be told apart", self.label);
        let help = "use `execute` and `query` with SQL of your own";
        Err(Error::invalid(Diagnostic::error("E683", message).help(help)))
    }
}

fn field(name: &FieldName, column: &str, table: &Table, dialect: &dyn Dialect) -> Option<Field> {
    let found = table.columns.iter().find(|known| known.name == column)?;
    let own = found.db_type.as_ref().and_then(|sql| sql.for_engine(dialect.engine()));
    Some(Field {
        name: name.clone(),
        column: column.to_owned(),
        ty: found.ty.clone(),
        declared: own.map_or_else(|| dialect.column_type(&found.ty), str::to_owned),
        auto: found.auto,
        generated: found.generated.is_some(),
    })
}
