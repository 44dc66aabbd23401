//! Relations that no database could hold, since their two sides live apart.

use super::super::project::Project;
use super::list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
#[cfg(feature = "render")]
use crate::migration::Migration;
use crate::name::{AppLabel, FieldName, ModelRef};
#[cfg(feature = "render")]
use crate::operation::Operation;
use crate::state::{ConstraintKind, ConstraintState, FieldState};

/// Refuses models of which one refers to another that is in another database.
pub(in crate::command) fn check_relations(project: &Project) -> Result<()> {
    let whole = project.whole();
    if !whole.settings.is_routed() {
        return Ok(());
    }
    let managed = whole.models.models.iter().filter(|(_, model)| model.managed);
    let found = managed.flat_map(|(name, model)| {
        let fields = model.fields.iter().filter_map(|field| of_field(whole, name, field));
        fields.chain(model.constraints.iter().filter_map(|constraint| of_key(whole, name, constraint)))
    });
    let found = Diagnostics(found.collect());
    if found.is_empty() { Ok(()) } else { Err(Error::invalid(found)) }
}

/// A foreign key, the pairs of a many-to-many, or a native enum.
fn of_field(whole: &Project, name: &ModelRef, field: &FieldState) -> Option<Diagnostic> {
    let owner = whole.models.enum_reference(field);
    let mut targets = field.targets().chain(&owner);
    let (target, home) = targets.find_map(|target| Some((target, apart(whole, &name.app, &target.app)?)))?;
    let message = format!("`{name}.{}` leads to `{target}`, which is in another database", field.name);
    let place = whole.hints.field(name, &field.name).and_then(|hints| hints.location.clone());
    Some(relation(whole, message, (&name.app, &target.app), home).at_opt(place))
}

/// A foreign key of several fields.
fn of_key(whole: &Project, name: &ModelRef, constraint: &ConstraintState) -> Option<Diagnostic> {
    let ConstraintKind::ForeignKey { fields, to, .. } = &constraint.kind else { return None };
    let home = apart(whole, &name.app, &to.app)?;
    let fields = fields.iter().map(FieldName::as_str).collect::<Vec<_>>().join(", ");
    let message = format!("the foreign key ({fields}) of `{name}` leads to `{to}`, which is in another database");
    Some(relation(whole, message, (&name.app, &to.app), home).at_opt(whole.hints.model_location(name)))
}

/// A database that the one app lives in and the other does not.
fn apart<'p>(whole: &'p Project, app: &AppLabel, other: &AppLabel) -> Option<&'p str> {
    if app == other {
        return None;
    }
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
