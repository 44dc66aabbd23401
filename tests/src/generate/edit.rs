//! Random edits of a state, as a programmer would make them.

use fastdjango_core::name::{FieldName, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::state::{FieldKind, FieldState, ModelState, Pairs, ProjectState};

use super::state::{APPS, MODELS};
use super::{Dice, enums, kinds, model, options, repair, swap};

/// The state after a few edits, valid again.
#[must_use]
pub fn edit(state: &ProjectState, dice: &mut Dice) -> ProjectState {
    let mut edited = state.clone();
    for _ in 0..=dice.below(6) {
        one(&mut edited, dice);
    }
    options::edit(&mut edited, dice);
    repair::repair(&mut edited);
    edited
}

/// The state after one edit or two, valid again: what somebody does in an afternoon.
#[must_use]
pub fn edit_little(state: &ProjectState, dice: &mut Dice) -> ProjectState {
    let mut edited = state.clone();
    for _ in 0..=dice.below(2) {
        one(&mut edited, dice);
    }
    repair::repair(&mut edited);
    edited
}

fn one(state: &mut ProjectState, dice: &mut Dice) {
    let names: Vec<ModelRef> = state.models.keys().cloned().collect();
    let Some(name) = dice.pick(&names).cloned() else { return };
    match dice.below(21) {
        0 => create(state, dice),
        1 => drop(state.models.remove(&name)),
        2 => swap_tables(state, &name, dice),
        3 => model::relations(&name, state, dice),
        4 => model::items(&name, state, dice),
        14..18 => enums::edit(state, dice),
        18 | 19 => kinds::edit(state, &name, dice),
        20 => move_model(state, &name, dice),
        other => {
            if let Some(model) = state.models.get_mut(&name) {
                within(other, model, dice);
            }
        }
    }
}

fn create(state: &mut ProjectState, dice: &mut Dice) {
    let name = ModelRef::new(APPS[dice.below(APPS.len())], MODELS[dice.below(MODELS.len())]);
    if !state.models.contains_key(&name) {
        let definition = model::columns(&name, dice);
        state.models.insert(name.clone(), definition);
        model::relations(&name, state, dice);
    }
}

fn swap_tables(state: &mut ProjectState, name: &ModelRef, dice: &mut Dice) {
    let names: Vec<ModelRef> = state.models.keys().cloned().collect();
    let Some(other) = dice.pick(&names).cloned().filter(|other| other != name) else { return };
    let tables = [name, &other].map(|m| state.models.get(m).map(|m| m.table.clone()).unwrap_or_default());
    for (model, table) in [&other, name].into_iter().zip(tables) {
        if let Some(model) = state.models.get_mut(model) {
            model.table = table;
        }
    }
}

/// A model in another app, under its table or one of that app's.
fn move_model(state: &mut ProjectState, name: &ModelRef, dice: &mut Dice) {
    let to = ModelRef::new(APPS[dice.below(APPS.len())], name.model.clone());
    let operation = Operation::MoveModel { from: name.clone(), to: to.clone() };
    if to.app != name.app
        && operation.apply(&name.app, state).is_ok()
        && dice.once_in(2)
        && let Some(model) = state.models.get_mut(&to)
    {
        model.table = format!("{}_of_{}", model.table, to.app);
    }
}

fn within(what: usize, model: &mut ModelState, dice: &mut Dice) {
    match what {
        5 => {
            let field = model::column(model::FIELDS[dice.below(model::FIELDS.len())], dice);
            model::add(model, field);
        }
        6 => remove_field(model, dice),
        7 => rename_field(model, dice),
        8 => alter_field(model, dice),
        9 => another_key(model, dice),
        10 if dice.once_in(2) => drop(model.indexes.pop()),
        10 => drop(model.constraints.pop()),
        11 => swap::columns(model, dice),
        12 => swap::names(model, dice),
        _ => {
            model.comment = model.comment.is_none().then(|| "another".to_owned());
            // Every PostgreSQL has it: what comes and goes with it is only said.
            model.extensions = model.comment.iter().map(|_| "plpgsql".to_owned()).collect();
            model.table = if dice.once_in(3) { format!("{}_new", model.table) } else { model.table.clone() };
        }
    }
}

fn remove_field(model: &mut ModelState, dice: &mut Dice) {
    if !model.fields.is_empty() {
        let at = dice.below(model.fields.len());
        model.fields.remove(at);
    }
}

/// A field under another name, with or without its column; what leaned on it by name is taken out by the repair.
fn rename_field(model: &mut ModelState, dice: &mut Dice) {
    let at = dice.below(model.fields.len());
    let new = FieldName::new(model::FIELDS[dice.below(model::FIELDS.len())]);
    if model.field(&new).is_none()
        && let Some(field) = model.fields.get_mut(at)
    {
        let column = field.column_name().filter(|_| dice.once_in(2));
        field.name = new;
        field.column = column.or(field.column.take());
    }
}

/// Pairs are few among the fields, and are taken before others as often as not.
fn alter_field(model: &mut ModelState, dice: &mut Dice) {
    let at = dice.below(model.fields.len());
    let pairs = model.fields.iter().position(|field| matches!(field.kind, FieldKind::ManyToMany(_)));
    let at = pairs.filter(|_| dice.once_in(2)).unwrap_or(at);
    // Few values of a key are some of another type, and no expression makes as many others.
    let is_unique = model.fields.get(at).is_some_and(|field| model.may_be_referred_to(&field.name));
    let Some(field) = model.fields.get_mut(at).filter(|_| !is_unique || dice.once_in(4)) else { return };
    match &mut field.kind {
        FieldKind::Column(_) if field.generated.is_none() && !field.auto => {
            *field = model::column(&field.name.to_string(), dice);
        }
        FieldKind::ForeignKey(key) if key.to_field.is_none() && dice.once_in(2) => {
            let pairs = Pairs { to: key.to.clone(), through: None };
            *field = FieldState::new(field.name.clone(), FieldKind::ManyToMany(pairs));
        }
        FieldKind::ManyToMany(pairs) if pairs.through.is_none() => {
            let key = model::reference_to(pairs.to.clone());
            *field = FieldState { null: dice.once_in(2), ..FieldState::new(field.name.clone(), key) };
        }
        FieldKind::ForeignKey(_) => field.null = true,
        FieldKind::Column(_) | FieldKind::ManyToMany(_) => {}
    }
}

/// Another field becomes the key, or a new one does.
fn another_key(model: &mut ModelState, dice: &mut Dice) {
    let plain = |field: &FieldState| field.column_name().is_some() && field.generated.is_none();
    let names: Vec<FieldName> = model.fields.iter().filter(|f| plain(f)).map(|f| f.name.clone()).collect();
    model.primary_key = dice.pick(&names).cloned().into_iter().collect();
    if dice.once_in(3) {
        model.primary_key.extend(dice.pick(&names).cloned());
        model.primary_key.dedup();
    }
    let key = model.primary_key.clone();
    for field in &mut model.fields {
        field.auto = field.auto && key.contains(&field.name) && key.len() == 1;
    }
}
