//! Relations that no database could hold, since their two sides live apart.

use super::super::project::Project;
use super::list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
#[cfg(feature = "render")]
use crate::migration::Migration;
use crate::name::{AppLabel, FieldName};
#[cfg(feature = "render")]
use crate::operation::Operation;
use crate::state::ConstraintKind;

/// Refuses models of which one refers to another that is in another database.
pub(in crate::command) fn check_relations(project: &Project) -> Result<()> {
    let whole = project.whole();
    if !whole.settings.is_routed() {
        return Ok(());
    }
    let mut found = Diagnostics::default();
    for (name, model) in whole.models.models.iter().filter(|(_, model)| model.managed) {
        for field in &model.fields {
            let owner = whole.models.enum_reference(field);
            let apart =
                field.targets().chain(&owner).find_map(|target| Some((target, apart(whole, &name.app, &target.app)?)));
            let Some((target, home)) = apart else { continue };
            let place = whole.hints.field(name, &field.name).and_then(|hints| hints.location.clone());
            let message = format!("`{name}.{}` leads to `{target}`, which is in another database", field.name);
            found.push(relation(whole, message, (&name.app, &target.app), home).at_opt(place));
        }
        let composite = model.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { to, .. } => Some((constraint, to)),
            _ => None,
        });
        for (constraint, target) in composite {
            let Some(home) = apart(whole, &name.app, &target.app) else { continue };
            let fields = constraint.fields().iter().map(FieldName::as_str).collect::<Vec<_>>().join(", ");
            let message =
                format!("the foreign key ({fields}) of `{name}` leads to `{target}`, which is in another database");
            found.push(
                relation(whole, message, (&name.app, &target.app), home).at_opt(whole.hints.model_location(name)),
            );
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Error::invalid(found)) }
}

/// A database that the one app lives in and the other does not.
fn apart<'p>(whole: &'p Project, app: &AppLabel, other: &AppLabel) -> Option<&'p str> {
    whole.settings.homes(app).into_iter().find(|home| !whole.settings.lives_in(other, home))
}

fn relation(whole: &Project, message: String, apps: (&AppLabel, &AppLabel), home: &str) -> Diagnostic {
    let fault = crossing(message).note("a foreign key holds within one database").note(homes(whole, apps, home));
    fault
        .note("nothing was written or run")
        .help("keep the key in a plain field, such as `author_id: i64`: then no database watches over it")
}

fn homes(whole: &Project, (app, other): (&AppLabel, &AppLabel), home: &str) -> String {
    let homes: Vec<String> = whole.settings.homes(other).into_iter().map(str::to_owned).collect();
    format!("`{app}` lives in `{home}`, and `{other}` does not: it lives in {}", list(&homes))
}

/// Refuses migrations that would take a model, with its rows, to another database.
#[cfg(feature = "render")]
pub(in crate::command) fn check_moves(project: &Project, migrations: &[Migration]) -> Result<()> {
    let whole = project.whole();
    let moves = migrations.iter().flat_map(|migration| &migration.operations).filter_map(|operation| match operation {
        Operation::MoveModel { from, to } => Some((from, to, apart(whole, &from.app, &to.app)?)),
        _ => None,
    });
    let found = moves.map(|(from, to, home)| {
        crossing(format!("`{from}` cannot become `{to}`, which is in another database"))
            .note("no migration takes rows from one database to another")
            .note(homes(whole, (&from.app, &to.app), home))
            .note("nothing was written or run")
            .help("or let it go here, and come there as a new model: no `renamed_from`; its rows are copied by hand")
            .at_opt(whole.hints.model_location(to))
    });
    let found = Diagnostics(found.collect());
    if found.is_empty() { Ok(()) } else { Err(Error::invalid(found)) }
}

/// That something leads from one database to another.
pub(super) fn crossing(message: String) -> Diagnostic {
    Diagnostic::error("E662", message).help("let both apps live in one database: `apps` in fastdjango.toml")
}
