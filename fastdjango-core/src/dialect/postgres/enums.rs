//! Enums: <https://www.postgresql.org/docs/current/sql-altertype.html>.

use super::literal::quoted;
use super::quote::quote;
use crate::ddl::EnumChange;

/// The statement of a change.
pub(super) fn alter(change: &EnumChange) -> String {
    match change {
        EnumChange::Create { name, values } => {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            format!("CREATE TYPE {} AS ENUM ({})", quote(name), values.join(", "))
        }
        EnumChange::Drop { name } => format!("DROP TYPE {}", quote(name)),
        EnumChange::Rename { from, to } => format!("ALTER TYPE {} RENAME TO {}", quote(from), quote(to)),
        EnumChange::RenameValue { name, from, to } => {
            format!("ALTER TYPE {} RENAME VALUE {} TO {}", quote(name), quoted(from), quoted(to))
        }
        EnumChange::AddValue { name, value, before } => {
            let place = before.as_ref().map_or_else(String::new, |before| format!(" BEFORE {}", quoted(before)));
            format!("ALTER TYPE {} ADD VALUE {}{place}", quote(name), quoted(value))
        }
    }
}
