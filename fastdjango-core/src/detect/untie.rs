//! Circles: two new models that refer to each other, two old ones that do, two that swap their tables.

use super::change::{Change, ChangeKind};
use super::ready::{Creation, Scene, holder_of_column};
use super::schedule::Work;
use crate::name::{AppLabel, ModelRef};
use crate::state::{ConstraintKind, FieldKind, FieldState, ProjectState};

/// Loosens one circle of changes that wait for each other; within `app`, or wherever one is. False where there is none.
pub(super) fn untie(work: &mut Work, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    defer_creation(work, target, app)
        || detach_deleted(work, app)
        || release_fields(work, app)
        || stop_over(work, target, app)
        || move_aside(work, target, app)
}

fn belongs(model: &ModelRef, app: Option<&AppLabel>) -> bool {
    app.is_none_or(|app| model.app == *app)
}

/// Lets one model of `app` be created without the references that wait, among them one to another app.
pub(super) fn defer_across(work: &mut Work, target: &ProjectState, app: &AppLabel) -> bool {
    defer(work, target, |model, unready| model.app == *app && unready.iter().any(|(other, _)| other.app != *app))
}

/// Lets one model be created without the references that wait.
fn defer_creation(work: &mut Work, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    defer(work, target, |model, unready| belongs(model, app) && unready.iter().all(|(other, _)| belongs(other, app)))
}

/// Of the new models that may, one whose waiting references need no column is deferred before any other.
fn defer(work: &mut Work, target: &ProjectState, may: impl Fn(&ModelRef, &[(&ModelRef, bool)]) -> bool) -> bool {
    let waits = |only_pairs: bool| {
        work.pending.iter().position(|change| {
            let ChangeKind::CreateModel { deferred: false } = change.kind else { return false };
            let Some(wanted) = target.models.get(&change.model) else { return false };
            let creation = Creation { model: &change.model, wanted, state: &work.state, target };
            let unready: Vec<(&ModelRef, bool)> = creation.unready().collect();
            may(&change.model, &unready) && (!only_pairs || unready.iter().all(|(_, pairs)| *pairs))
        })
    };
    let Some(at) = waits(true).or_else(|| waits(false)) else { return false };
    work.pending[at].kind = ChangeKind::CreateModel { deferred: true };
    true
}

/// Lets one model be deleted by taking away the references of others that are to be deleted too.
fn detach_deleted(work: &mut Work, app: Option<&AppLabel>) -> bool {
    let deleted: Vec<&ModelRef> =
        work.pending.iter().filter(|c| c.kind == ChangeKind::DeleteModel).map(|c| &c.model).collect();
    let stuck = deleted.iter().find(|model| {
        let mut referrers = work.state.referrers(model);
        belongs(model, app) && referrers.all(|other| deleted.contains(&other) && belongs(other, app))
    });
    let Some(model) = stuck.map(|model| (*model).clone()) else { return false };
    let changes = work.state.referrers(&model).flat_map(|other| detach(other, &model, &work.state)).collect();
    insert(work, changes)
}

/// Lets fields and keys go that only a model about to be deleted still refers to.
fn release_fields(work: &mut Work, app: Option<&AppLabel>) -> bool {
    let deleted = work.pending.iter().filter(|c| c.kind == ChangeKind::DeleteModel && belongs(&c.model, app));
    let changes = deleted.flat_map(|change| {
        let definition = work.state.models.get(&change.model);
        let key_goes =
            |model: &ModelRef| work.pending.iter().any(|c| c.model == *model && c.kind == ChangeKind::AlterPrimaryKey);
        let holds = |field: &&FieldState| {
            field.reference().is_some_and(|reference| reference.to_field.is_some())
                || field.target().is_some_and(key_goes)
        };
        let fields = definition.into_iter().flat_map(|m| m.fields.iter()).filter(holds);
        let targets = fields.filter_map(FieldState::target);
        targets.flat_map(|target| detach(&change.model, target, &work.state)).collect::<Vec<_>>()
    });
    let changes = changes.collect();
    insert(work, changes)
}

/// Adds the changes in their places; false where all of them are pending already.
fn insert(work: &mut Work, changes: Vec<Change>) -> bool {
    let mut found = false;
    for change in changes {
        if !work.pending.contains(&change) {
            let place = work.pending.partition_point(|other| other.rank() <= change.rank());
            work.pending.insert(place, change);
            found = true;
        }
    }
    found
}

/// The changes that free `model` from the references of `other`.
fn detach(other: &ModelRef, model: &ModelRef, state: &ProjectState) -> Vec<Change> {
    let Some(definition) = state.models.get(other) else { return Vec::new() };
    let fields = definition.fields.iter().filter(|field| field.targets().any(|target| target == model)).map(|field| {
        let name = field.name.clone();
        match field.kind {
            FieldKind::ManyToMany(_) => ChangeKind::RemoveField { field: name, reverse_fill: None },
            FieldKind::Column(_) | FieldKind::ForeignKey(_) => ChangeKind::Detach { field: name },
        }
    });
    let constraints = definition.constraints.iter().filter_map(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey { to, .. } if to == model => {
            constraint.name.clone().map(|name| ChangeKind::RemoveConstraint { name })
        }
        _ => None,
    });
    fields.chain(constraints).map(|kind| Change::new(other, kind)).collect()
}

/// Lets one of the models that swap their tables stop over at a name that no table has.
fn stop_over(work: &mut Work, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    let scene = Scene { state: &work.state, target, pending: &work.pending };
    let waiting = |change: &Change| {
        matches!(change.kind, ChangeKind::AlterTable { through: None, .. }) && !scene.is_ready(change)
    };
    let holder = |change: &Change| {
        let table = &target.models.get(&change.model)?.table;
        work.state.models.iter().find(|(_, other)| other.table == *table).map(|(model, _)| model)
    };
    let stuck = work.pending.iter().position(|change| {
        let in_circle = |model: &ModelRef| work.pending.iter().any(|c| c.model == *model && waiting(c));
        belongs(&change.model, app)
            && matches!(change.kind, ChangeKind::AlterTable { stopped: false, .. })
            && waiting(change)
            && holder(change).is_some_and(|m| belongs(m, app) && in_circle(m))
    });
    let Some(at) = stuck else { return false };
    let Some(here) = work.state.models.get(&work.pending[at].model) else { return false };
    let mut stop = format!("{}_swapped", here.table);
    while work.state.models.values().any(|model| model.table == stop) {
        stop.push('_');
    }
    work.pending[at].kind = ChangeKind::AlterTable { through: Some(stop), stopped: false };
    true
}

/// Lets a field whose column another one waits for stop over at a name that no column has.
fn move_aside(work: &mut Work, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    let holder = |change: &Change| {
        let (ChangeKind::AlterField { field, .. } | ChangeKind::AddField { field, .. }) = &change.kind else {
            return None;
        };
        let wanted = target.models.get(&change.model)?.field(field)?;
        let holder = &holder_of_column(work.state.models.get(&change.model)?, wanted)?.name;
        let moves = |c: &Change| {
            c.model == change.model
                && matches!(&c.kind, ChangeKind::AlterField { field, .. } | ChangeKind::RemoveField { field, .. } if field == holder)
        };
        let moving = belongs(&change.model, app) && work.pending.iter().any(moves);
        moving.then(|| Change::new(&change.model, ChangeKind::MoveAside { field: holder.clone() }))
    };
    let Some(change) = work.pending.iter().find_map(holder) else { return false };
    let place = work.pending.partition_point(|other| other.rank() <= change.rank());
    work.pending.insert(place, change);
    true
}
