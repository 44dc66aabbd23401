//! What an operation does to the state.

use super::rename::{rename_column, rename_field, rename_model};
use super::{Operation, enums, nested, own};
use crate::diagnostic::Diagnostic;
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::state::{ConstraintKind, ConstraintState, FieldState, IndexState, ModelState, ProjectState};

impl Operation {
    /// Changes `state` as the operation says; `app` is the app of the migration that holds it.
    ///
    /// An operation that does not fit the state (a field that is not there, an index that is) is an error, and `state` is
    /// then unchanged: a wrong answer here would render SQL for tables that no database has.
    pub fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), Diagnostic> {
        let model = |name: &ModelName| ModelRef::new(app.clone(), name.clone());
        match self {
            Self::CreateModel { model: name, definition } => create_model(model(name), definition, state),
            Self::DeleteModel { model: name, .. } => delete_model(&model(name), state),
            Self::RenameModel { from, to } => rename_model(&model(from), &model(to), state),
            Self::MoveModel { from, to } => move_model(app, from, to, state),
            Self::ReceiveModel { model: name, from } => receive_model(&model(name), from, state),
            Self::AlterModelTable { model: name, from, to } => {
                let found = find(&model(name), state)?;
                is_there(&model(name), "table", &found.table, from)?;
                found.table.clone_from(to);
                Ok(())
            }
            Self::AlterModelComment { model: name, from, to } => {
                let found = find(&model(name), state)?;
                is_there(&model(name), "comment", &found.comment, from)?;
                found.comment.clone_from(to);
                Ok(())
            }
            Self::AlterModelExtensions { model: name, to, .. } => {
                find(&model(name), state)?.extensions.clone_from(to);
                Ok(())
            }
            Self::AlterModelOptions { model: name, to, .. } => {
                find(&model(name), state)?.options.clone_from(to);
                Ok(())
            }
            Self::SetManaged { model: name, managed } => {
                find(&model(name), state)?.managed = *managed;
                Ok(())
            }
            Self::AlterPrimaryKey { model: name, from, to } => {
                is_there(&model(name), "key", &find(&model(name), state)?.primary_key, from)?;
                alter_primary_key(&model(name), to, state)
            }
            Self::AddField { model: name, field, .. } => add_field(&model(name), field, state),
            Self::RemoveField { model: name, field, .. } => remove_field(&model(name), &field.name, state),
            Self::AlterField { model: name, from, to, fill, reverse_fill, using, reverse_using } => {
                using_is_used(using.is_some() || reverse_using.is_some(), &model(name), from, to)?;
                fill_is_used("fill", fill.is_some(), &model(name), to)?;
                fill_is_used("reverse_fill", reverse_fill.is_some(), &model(name), from)?;
                alter_field(&model(name), from, to, state)
            }
            Self::RenameField { model: name, from, to } => rename_field(&model(name), from, to, state),
            Self::AddIndex { model: name, index } => add_index(&model(name), index, state),
            Self::RemoveIndex { model: name, index } => remove_index(&model(name), index, state),
            Self::RenameIndex { model: name, from, to } => rename_index(&model(name), from, to, state),
            Self::AddConstraint { model: name, constraint } => add_constraint(&model(name), constraint, state),
            Self::RemoveConstraint { model: name, constraint } => remove_constraint(&model(name), constraint, state),
            Self::RenameConstraint { model: name, from, to } => rename_constraint(&model(name), from, to, state),
            Self::CreateEnum { r#enum: name, values } => enums::create(app, name, values, state),
            Self::DeleteEnum { r#enum: name, .. } => enums::delete(app, name, state),
            Self::AlterEnum { r#enum: name, from, to, renamed } => enums::alter(app, name, (from, to), renamed, state),
            Self::RunSql { touches, .. } | Self::RunRust { touches, .. } => {
                own::are_there(app, touches.as_deref(), state)
            }
            Self::StateOnly { operations } => {
                nested::are_of_use(self)?;
                let mut after = state.clone();
                operations.iter().try_for_each(|operation| operation.apply(app, &mut after))?;
                *state = after;
                Ok(())
            }
            Self::DatabaseOnly { operations } => {
                nested::are_of_use(self)?;
                nested::leads_from(app, operations, state).map(|_| ())
            }
        }
    }
}

/// Refuses an alteration of something else than what is there: its way back would lead elsewhere.
fn is_there<T: PartialEq>(model: &ModelRef, what: &str, found: &T, from: &T) -> Result<(), Diagnostic> {
    if found == from {
        return Ok(());
    }
    Err(misfit(format!("the {what} of `{model}` is not what `from` says")))
}

/// An operation that does not fit the state before it.
pub(super) fn misfit(message: String) -> Diagnostic {
    Diagnostic::error("E250", message)
        .note("an operation must fit what the migrations before it leave")
        .help("compare the operation with the migrations that it depends on; a file that was edited or merged by hand is the usual cause")
}

pub(super) fn find<'a>(model: &ModelRef, state: &'a mut ProjectState) -> Result<&'a mut ModelState, Diagnostic> {
    state.models.get_mut(model).ok_or_else(|| missing(model))
}

fn missing(model: &ModelRef) -> Diagnostic {
    misfit(format!("there is no model `{model}`"))
}

fn create_model(model: ModelRef, definition: &ModelState, state: &mut ProjectState) -> Result<(), Diagnostic> {
    if state.models.contains_key(&model) {
        return Err(misfit(format!("there is a model `{model}` already")));
    }
    definition.fields.iter().try_for_each(|field| enums::is_there(field, state))?;
    state.models.insert(model, definition.clone());
    Ok(())
}

fn delete_model(model: &ModelRef, state: &mut ProjectState) -> Result<(), Diagnostic> {
    if !state.models.contains_key(model) {
        return Err(missing(model));
    }
    if let Some(other) = state.referrers(model).next() {
        return Err(misfit(format!("`{model}` cannot be deleted while `{other}` refers to it")));
    }
    state.models.discard(model);
    Ok(())
}

fn move_model(app: &AppLabel, from: &ModelRef, to: &ModelRef, state: &mut ProjectState) -> Result<(), Diagnostic> {
    if from.app != *app && to.app != *app {
        return Err(misfit(format!("a migration of `{app}` moves models of its own, and `{from}` is none")));
    }
    rename_model(from, to, state)
}

/// Changes nothing: the migration that it depends on moved the model.
fn receive_model(model: &ModelRef, from: &ModelRef, state: &mut ProjectState) -> Result<(), Diagnostic> {
    if state.models.contains_key(model) {
        return Ok(());
    }
    Err(misfit(format!("there is no model `{model}`: no migration before this one moves `{from}` there")))
}

fn alter_primary_key(model: &ModelRef, to: &[FieldName], state: &mut ProjectState) -> Result<(), Diagnostic> {
    let found = find(model, state)?;
    if let Some(missing) = to.iter().find(|field| found.field(field).is_none()) {
        return Err(misfit(format!("the new key of `{model}` names `{missing}`, which is no field")));
    }
    found.primary_key = to.to_vec();
    Ok(())
}

fn add_field(model: &ModelRef, field: &FieldState, state: &mut ProjectState) -> Result<(), Diagnostic> {
    enums::is_there(field, state)?;
    let found = find(model, state)?;
    if found.field(&field.name).is_some() {
        return Err(misfit(format!("`{model}` has a field `{}` already", field.name)));
    }
    let column = field.column_text();
    if let Some(other) = found.fields.iter().find(|f| column.is_some() && f.column_text() == column) {
        let column = column.unwrap_or_default();
        return Err(misfit(format!(
            "`{model}.{}` would share the column `{column}` with `{}`",
            field.name, other.name
        )));
    }
    found.fields.push(field.clone());
    Ok(())
}

fn remove_field(model: &ModelRef, field: &FieldName, state: &mut ProjectState) -> Result<(), Diagnostic> {
    let found = state.models.get(model).ok_or_else(|| missing(model))?;
    let Some(position) = found.fields.iter().position(|f| f.name == *field) else {
        return Err(misfit(format!("there is no field `{model}.{field}`")));
    };
    let column = found.fields[position].column_name();
    if let Some(what) = found.leaning_on(field, column.as_deref()) {
        return Err(misfit(format!("`{model}.{field}` cannot be removed while {what} leans on it")));
    }
    if let Some(other) = state.referrer_of_field(model, field) {
        return Err(misfit(format!("`{model}.{field}` cannot be removed while `{other}` refers to it")));
    }
    find(model, state)?.fields.remove(position);
    Ok(())
}

/// A fill takes the place of NULLs where none may stay; elsewhere nothing would run for it.
fn fill_is_used(key: &str, filled: bool, model: &ModelRef, after: &FieldState) -> Result<(), Diagnostic> {
    if filled && after.is_pairs() {
        let message = format!("`{model}.{}` keeps pairs, so that its `{key}` would fill nothing", after.name);
        return Err(misfit(message).help("take it out, or give the rows their pairs by `run_sql`"));
    }
    if filled && after.null {
        let message = format!("`{model}.{}` may be NULL, so that its `{key}` would fill nothing", after.name);
        return Err(misfit(message).help("take it out, or give the rows their value by `run_sql`"));
    }
    Ok(())
}

/// An expression makes values of another type, in a column that stays: elsewhere nothing would run for it.
fn using_is_used(used: bool, model: &ModelRef, from: &FieldState, to: &FieldState) -> Result<(), Diagnostic> {
    let computed = from.generated.is_some() || to.generated.is_some();
    let same_type = from.kind == to.kind && from.db_type == to.db_type;
    let columns = from.column_text().zip(to.column_text());
    let why = match columns {
        _ if !used => return Ok(()),
        None => "keeps pairs",
        Some((before, after)) if before != after => "gets another column",
        Some(_) if computed => "is computed",
        Some(_) if same_type => "keeps its type",
        Some(_) => return Ok(()),
    };
    let message = format!("`{model}.{}` {why}, so that its `using` would convert nothing", from.name);
    Err(misfit(message).help("take it out, or give the rows their value by `run_sql`"))
}

fn alter_field(
    model: &ModelRef,
    from: &FieldState,
    to: &FieldState,
    state: &mut ProjectState,
) -> Result<(), Diagnostic> {
    enums::is_there(to, state)?;
    let found = find(model, state)?;
    let Some(field) = found.field_mut(&from.name) else {
        return Err(misfit(format!("there is no field `{model}.{}`", from.name)));
    };
    if to.name != from.name {
        return Err(misfit(format!("`{model}.{}` is renamed by `rename_field`, not by `alter_field`", from.name)));
    }
    if (from.is_pairs() || to.is_pairs()) && from.kind != to.kind && !from.carries_to(to) {
        // Its table of pairs would be another one, and the pairs of this one would go without a word.
        let message = format!("`{model}.{}` keeps pairs of rows, and cannot become something else", from.name);
        return Err(misfit(message).help("remove the field and add it again: the pairs go, and the migration says so"));
    }
    if *field != *from {
        return Err(misfit(format!("`{model}.{}` is not what `from` says", from.name)));
    }
    if from.carries_to(to) {
        return carry_field(model, from, to, state);
    }
    *field = to.clone();
    if let (Some(before), Some(after)) = (from.column_name(), to.column_name())
        && before != after
    {
        rename_column(found, &before, &after);
    }
    Ok(())
}

/// A column that goes is one that nothing leans on, and one that comes is nobody's.
fn carry_field(
    model: &ModelRef,
    from: &FieldState,
    to: &FieldState,
    state: &mut ProjectState,
) -> Result<(), Diagnostic> {
    for pairs in [from, to].into_iter().filter_map(FieldState::through) {
        if state.sides(model, pairs).is_none() {
            let message = format!("the model of the pairs of `{model}.{}` has not one key to each side", from.name);
            return Err(misfit(message).help("remove the field and add it again: the pairs go"));
        }
    }
    let by_field = |field: &FieldState| field.reference().is_some_and(|r| r.to_field.is_some() && r.to == *model);
    if by_field(from) || by_field(to) {
        // MySQL refuses to look rows up in the table that it changes.
        let message =
            format!("`{model}.{}` refers by a field to rows of its own table, and cannot become pairs", from.name);
        return Err(misfit(message).help("remove the field and add it again: what it holds goes"));
    }
    let found = find(model, state)?;
    if let Some(what) = from.column_name().and_then(|column| found.leaning_on(&from.name, Some(&column))) {
        return Err(misfit(format!("`{model}.{}` cannot become pairs while {what} leans on it", from.name)));
    }
    let column = to.column_text();
    if let Some(other) = found.fields.iter().find(|f| column.is_some() && f.column_text() == column) {
        let message = format!("`{model}.{}` would share its column with `{}`", to.name, other.name);
        return Err(misfit(message));
    }
    if let Some(other) = state.referrer_of_field(model, &from.name) {
        return Err(misfit(format!("`{model}.{}` cannot become pairs while `{other}` refers to it", from.name)));
    }
    if let Some(field) = find(model, state)?.field_mut(&from.name) {
        *field = to.clone();
    }
    Ok(())
}

fn add_index(model: &ModelRef, index: &IndexState, state: &mut ProjectState) -> Result<(), Diagnostic> {
    let found = find(model, state)?;
    let Some(name) = &index.name else {
        return Err(misfit(format!("an index of `{model}` has no `name`")));
    };
    if found.index(name).is_some() {
        return Err(misfit(format!("`{model}` has an index `{name}` already")));
    }
    if let Some(missing) = index.fields.iter().find(|f| found.field(&f.field).is_none()) {
        return Err(misfit(format!("the index `{name}` names `{model}.{}`, which is no field", missing.field)));
    }
    found.indexes.push(index.clone());
    Ok(())
}

fn remove_index(model: &ModelRef, index: &IndexState, state: &mut ProjectState) -> Result<(), Diagnostic> {
    let name = index.name.as_deref().unwrap_or_default();
    let found = find(model, state)?;
    let position = found.indexes.iter().position(|i| i.name.as_deref() == Some(name));
    let position = position.ok_or_else(|| misfit(format!("`{model}` has no index `{name}`")))?;
    found.indexes.remove(position);
    Ok(())
}

fn rename_index(model: &ModelRef, from: &str, to: &str, state: &mut ProjectState) -> Result<(), Diagnostic> {
    let found = find(model, state)?;
    if found.index(to).is_some() {
        return Err(misfit(format!("`{model}` has an index `{to}` already")));
    }
    let index = found.indexes.iter_mut().find(|i| i.name.as_deref() == Some(from));
    index.ok_or_else(|| misfit(format!("`{model}` has no index `{from}`")))?.name = Some(to.to_owned());
    Ok(())
}

fn add_constraint(model: &ModelRef, constraint: &ConstraintState, state: &mut ProjectState) -> Result<(), Diagnostic> {
    let found = find(model, state)?;
    let Some(name) = &constraint.name else {
        return Err(misfit(format!("a constraint of `{model}` has no `name`")));
    };
    if found.constraint(name).is_some() {
        return Err(misfit(format!("`{model}` has a constraint `{name}` already")));
    }
    if let Some(missing) = constraint.fields().iter().find(|field| found.field(field).is_none()) {
        return Err(misfit(format!("the constraint `{name}` names `{model}.{missing}`, which is no field")));
    }
    if let ConstraintKind::ForeignKey { to, .. } = &constraint.kind
        && !state.models.contains_key(to)
    {
        return Err(misfit(format!("the constraint `{name}` refers to `{to}`, which is no model")));
    }
    find(model, state)?.constraints.push(constraint.clone());
    Ok(())
}

fn remove_constraint(
    model: &ModelRef,
    constraint: &ConstraintState,
    state: &mut ProjectState,
) -> Result<(), Diagnostic> {
    let name = constraint.name.as_deref().unwrap_or_default();
    let found = find(model, state)?;
    let position = found.constraints.iter().position(|c| c.name.as_deref() == Some(name));
    let position = position.ok_or_else(|| misfit(format!("`{model}` has no constraint `{name}`")))?;
    found.constraints.remove(position);
    Ok(())
}

fn rename_constraint(model: &ModelRef, from: &str, to: &str, state: &mut ProjectState) -> Result<(), Diagnostic> {
    let found = find(model, state)?;
    if found.constraint(to).is_some() {
        return Err(misfit(format!("`{model}` has a constraint `{to}` already")));
    }
    let constraint = found.constraints.iter_mut().find(|c| c.name.as_deref() == Some(from));
    constraint.ok_or_else(|| misfit(format!("`{model}` has no constraint `{from}`")))?.name = Some(to.to_owned());
    Ok(())
}
