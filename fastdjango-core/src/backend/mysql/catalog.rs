//! What the catalog says of some things of the database: enough to see whether a statement changed them.

use std::collections::{BTreeMap, BTreeSet};

use super::names::quote;
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;

/// Things by kind and name, such as `table blog_post`, and a hash of what each is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Catalog(pub(super) BTreeMap<String, String>);

impl Catalog {
    /// As the journal keeps it.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// Reads what the journal keeps.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// True where there is something of that name, in lower case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.keys().any(|key| key.split_once(' ').is_some_and(|(_, known)| known == name))
    }

    fn add(&mut self, kind: &str, name: &str, what: &str) {
        let hash = blake3::hash(what.as_bytes()).to_hex();
        self.0.insert(format!("{kind} {}", name.to_lowercase()), hash[..16].to_owned());
    }
}

/// Triggers with their tables, routines and events: what has statements of its own.
const CODE: &str = "SELECT 'trigger', trigger_name, event_object_table, CONCAT_WS(' ', action_timing, event_manipulation, \
         action_order, action_statement) FROM information_schema.triggers WHERE trigger_schema = DATABASE() \
         UNION ALL SELECT LOWER(routine_type), routine_name, '', routine_definition FROM information_schema.routines \
         WHERE routine_schema = DATABASE() \
         UNION ALL SELECT 'event', event_name, '', CONCAT_WS(' ', status, event_type, execute_at, interval_value, \
         interval_field, event_definition) FROM information_schema.events WHERE event_schema = DATABASE()";

/// The catalog of the things of the database that bear one of the names, in lower case.
///
/// A table is what the server would print to make it again, so that nothing of it is left out but the next number.
pub(super) async fn catalog(session: &mut Session, names: &BTreeSet<String>) -> Attempt<Catalog> {
    let mut catalog = Catalog::default();
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()";
    let tables = session.texts(tables).await?;
    for table in tables.iter().filter(|table| names.contains(&table.to_lowercase())) {
        let rows = session.query(&format!("SHOW CREATE TABLE {}", quote(table))).await?;
        let create = rows.first().and_then(|row| row.get(1)).and_then(Value::text).unwrap_or_default();
        catalog.add("table", table, &without_next_number(create));
    }
    for row in session.query(CODE).await? {
        let text = |i: usize| row.get(i).and_then(Value::text).unwrap_or_default();
        let concerned = [text(1), text(2)].iter().any(|name| names.contains(&name.to_lowercase()));
        if concerned {
            catalog.add(text(0), text(1), &format!("{}\0{}", text(2), text(3)));
        }
    }
    Ok(catalog)
}

/// Rows that come and go change the next number, and a statement of definition has no part in it.
fn without_next_number(create: &str) -> String {
    let Some((before, rest)) = create.split_once(" AUTO_INCREMENT=") else { return create.to_owned() };
    format!("{before}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_says_nothing() {
        let create =
            "CREATE TABLE `a` (\n  `id` int AUTO_INCREMENT\n) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4";
        let plain = "CREATE TABLE `a` (\n  `id` int AUTO_INCREMENT\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
        assert_eq!(without_next_number(create), plain);
        assert_eq!(without_next_number(plain), plain);
    }

    #[test]
    fn a_catalog_comes_back_from_its_text() {
        let mut catalog = Catalog::default();
        catalog.add("table", "Blog_Post", "x");
        assert_eq!(Catalog::of_text(&catalog.to_text()), Some(catalog.clone()));
        assert!(catalog.has("blog_post") && !catalog.has("post"));
        assert_eq!(Catalog::of_text(""), None);
    }
}
