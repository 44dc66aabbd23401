//! A schema as it would read in `PostgreSQL`'s catalog, as far as that can be said without asking the server.

use super::literal::default;
use super::types::catalog_type;
use crate::field::{Default, Engine, Sql};
use crate::schema::{CheckExpression, Column, Schema};

/// Says types by their names and every fragment by its own text.
pub(super) fn normalize(schema: &mut Schema) {
    for table in schema.tables.values_mut() {
        for column in &mut table.columns {
            normalize_column(column);
            if table.primary_key.contains(&column.name) {
                column.null = false;
            }
        }
        for index in &mut table.indexes {
            index.expression = index.expression.as_ref().map(own);
            index.condition = index.condition.as_ref().map(own);
            // What an index is where nothing is said: https://www.postgresql.org/docs/current/sql-createindex.html
            index.method = index.method.take().filter(|method| method != "btree");
        }
        for check in &mut table.checks {
            check.expression = CheckExpression::Sql(Sql::any(super::WORDS.condition(&check.expression)));
        }
    }
}

fn normalize_column(column: &mut Column) {
    let text = column.default.as_ref().map(|value| default(value, column));
    column.default = text.map(|text| Default::Sql { sql: Sql::any(text) });
    column.ty = catalog_type(column);
    column.db_type = None;
    column.collation = column.collation.as_ref().map(own);
    if let Some(generated) = &mut column.generated {
        generated.expression = own(&generated.expression);
    }
    // A number of the database's own is never NULL: https://www.postgresql.org/docs/current/sql-createtable.html
    column.null &= !column.auto;
}

fn own(sql: &Sql) -> Sql {
    sql.for_engine(Engine::Postgres).map_or_else(|| sql.clone(), Sql::any)
}
