//! Triggers and views of the catalog.

use super::introspect::text;
use super::names::quote;
use super::session::Session;
use crate::backend::Object;
use crate::backend::fault::Attempt;

/// The triggers, in the order in which they were made, then the views: a server does not say when those were.
pub(super) async fn objects(session: &mut Session) -> Attempt<Vec<Object>> {
    let triggers = "SELECT 'trigger', trigger_name, event_object_table, action_timing, event_manipulation, action_statement \
         FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY created, action_order, trigger_name";
    let views = "SELECT 'view', table_name, table_name, view_definition FROM information_schema.views \
         WHERE table_schema = DATABASE() ORDER BY table_name";
    let mut objects = Vec::new();
    for row in session.query(triggers).await? {
        let (name, table) = (text(&row, 1), text(&row, 2));
        let sql = format!(
            "CREATE TRIGGER {} {} {} ON {} FOR EACH ROW {}",
            quote(&name),
            text(&row, 3),
            text(&row, 4),
            quote(&table),
            text(&row, 5)
        );
        objects.push(Object { kind: text(&row, 0), name, table, sql });
    }
    let database = format!("{}.", quote(&session.texts("SELECT DATABASE()").await?.pop().unwrap_or_default()));
    for row in session.query(views).await? {
        let name = text(&row, 1);
        // The server writes its own database before every name.
        let sql = format!("CREATE VIEW {} AS {}", quote(&name), text(&row, 3).replace(&database, ""));
        objects.push(Object { kind: text(&row, 0), table: name.clone(), name, sql });
    }
    Ok(objects)
}
