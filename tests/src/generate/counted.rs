//! Large states, and edits of them that are counted: what each may cost in operations, and where everything was before.

use std::collections::{BTreeMap, BTreeSet};

use fastdjango_core::detect::Answer;
use fastdjango_core::field::{ColumnType, Sql};
use fastdjango_core::name::{AppLabel, FieldName, ModelName, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, FieldHints, FieldKind, FieldState, IndexField, IndexState, ModelHints, ModelState,
    Pairs, ProjectState,
};
use proptest::prelude::*;

use super::state::APPS;
use super::{Dice, Known, enums, kinds as features, model, repair};

mod kinds;

/// Models of a large state; with as many of each app as there are names.
const MODELS: [&str; 10] = ["Post", "Author", "Tag", "Order", "Item", "Page", "Invoice", "Stock", "Event", "Note"];

/// What an edit costs where it is not one operation, and why.
mod cost {
    /// Another index or constraint, or a table of pairs: what was there goes, and what is wanted comes.
    pub(super) const REMADE: usize = 2;
    /// A rename that keeps the column says so first, by an alteration.
    pub(super) const RENAMED_OVER_ITS_COLUMN: usize = 2;
    /// The two halves of a move, one in each app.
    pub(super) const MOVED: usize = 2;
    /// One of those that swap stops over at a name that nothing has.
    pub(super) const SWAPPED: usize = 3;
    /// What was numbered as the key is numbered no more; the key changes.
    pub(super) const ANOTHER_KEY: usize = 2;
    /// Two that refer to each other: each comes or goes, and the circle is cut.
    pub(super) const CIRCLE: usize = 3;
    /// What something refers to or is computed from, or what is of a key, steps aside before another takes its name, and goes then.
    pub(super) const DRIVEN_OUT: usize = 2;
    /// An enum comes, and then a field is of it.
    pub(super) const WITH_ITS_ENUM: usize = 2;
    /// A default that an enum does not have any more is forgotten before the text goes; the field is counted as edited.
    pub(super) const FORGOTTEN: usize = 1;
}

/// A state, and what became of it by edits that are counted.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Before and after, both as models say it.
    pub states: Pair<ProjectState>,
    /// What each model of afterwards was.
    pub models: BTreeMap<ModelRef, ModelRef>,
    /// What each field of afterwards was, in the model of before.
    pub fields: BTreeMap<(ModelRef, FieldName), FieldName>,
    /// How many operations the edits may cost.
    pub cost: usize,
    /// What was edited, in words.
    pub told: Vec<String>,
    /// The kinds of edits.
    pub kinds: BTreeSet<&'static str>,
}

/// Large states with a few edits, each of another kind.
pub fn counted() -> impl Strategy<Value = Counted> {
    proptest::collection::vec(any::<u16>(), 600..2400).prop_map(|rolls| Counted::roll(&mut Dice::new(rolls), |s| s))
}

/// A valid state of up to thirty models in three apps.
fn large(dice: &mut Dice) -> ProjectState {
    let mut state = ProjectState::default();
    let wanted = 6 + dice.below(25);
    for number in 0..wanted {
        let name = ModelRef::new(APPS[number % APPS.len()], MODELS[number / APPS.len()]);
        let definition = model::columns(&name, dice);
        state.models.insert(name, definition);
    }
    let names: Vec<ModelRef> = state.models.keys().cloned().collect();
    for name in &names {
        model::relations(name, &mut state, dice);
    }
    for name in &names {
        model::items(name, &mut state, dice);
    }
    enums::spread(&mut state, dice);
    features::spread(&mut state, dice);
    repair::repair(&mut state);
    state
}

impl Counted {
    /// A large state and up to twelve edits; `declared` takes out what a database cannot have, before anything is edited.
    pub fn roll(dice: &mut Dice, declared: impl Fn(ProjectState) -> ProjectState) -> Self {
        let state = declared(large(dice));
        let models = state.models.keys().map(|name| (name.clone(), name.clone())).collect();
        let fields = state.models.iter().flat_map(|(model, definition)| {
            definition.fields.iter().map(|field| ((model.clone(), field.name.clone()), field.name.clone()))
        });
        let fields = fields.collect();
        let mut counted = Self {
            states: Pair::new(state.clone(), state),
            models,
            fields,
            cost: 0,
            told: Vec::new(),
            kinds: BTreeSet::new(),
        };
        for number in 0..=dice.below(12) {
            counted.edit(number, dice);
        }
        counted
    }

    /// The renames, some of them as hints and all others as answers.
    #[must_use]
    pub fn known(&self, dice: &mut Dice) -> Known {
        let (mut answers, mut hints) = (self.expressions(dice), enums::said(self.states.as_ref()));
        for (new, old) in self.models.iter().filter(|(new, old)| new != old) {
            let free = !self.states.next.models.contains_key(old) && !self.states.previous.models.contains_key(new);
            if free && dice.once_in(2) {
                hints.models.entry(new.clone()).or_default().renamed_from = Some(old.clone());
            } else if new.app == old.app {
                answers.insert(format!("rename_model:{new}:{}", old.model), Answer::yes());
            } else {
                answers.insert(format!("move_model:{new}:{old}"), Answer::yes());
            }
        }
        for ((model, new), old) in self.fields.iter().filter(|((_, new), old)| new != *old) {
            let of = self.models.get(model).and_then(|of| self.states.previous.models.get(of));
            let (Some(before), Some(after)) = (of, self.states.next.models.get(model)) else { continue };
            if after.field(old).is_none() && before.field(new).is_none() && dice.once_in(2) {
                let hint = FieldHints { renamed_from: Some(old.clone()), ..FieldHints::default() };
                let ModelHints { fields, .. } = hints.models.entry(model.clone()).or_default();
                fields.insert(new.clone(), hint);
            } else {
                answers.insert(format!("rename_field:{model}.{new}:{old}"), Answer::yes());
            }
        }
        Known { hints, answers }
    }

    fn edit(&mut self, number: usize, dice: &mut Dice) {
        let names: Vec<ModelRef> = self.states.next.models.keys().cloned().collect();
        let Some(name) = dice.pick(&names).cloned() else { return };
        let before = self.states.next.clone();
        let Some((what, cost)) = self.one(&name, number, dice) else { return };
        let besides = self.repair();
        if self.states.next != before {
            self.cost += cost + besides;
            self.kinds.insert(what);
            self.told.push(format!("{name}: {what}, {cost} and {besides} besides"));
        }
    }

    /// Takes out what an edit broke: how many operations that costs.
    fn repair(&mut self) -> usize {
        let edited = self.states.next.clone();
        repair::repair(&mut self.states.next);
        self.settle();
        differences(&edited, &self.states.next)
    }

    /// Forgets where that came from which went.
    fn settle(&mut self) {
        let next = &self.states.next;
        self.models.retain(|model, _| next.models.contains_key(model));
        let there =
            |model: &ModelRef, field: &FieldName| next.models.get(model).is_some_and(|m| m.field(field).is_some());
        self.fields.retain(|(model, field), _| there(model, field));
    }

    /// One edit: what it is called, and what it may cost besides what has to go with it.
    fn one(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        match dice.below(36) {
            0 | 1 => Some(self.create(number, dice)),
            2 => Some(self.create_circle(number, dice)),
            3 => Some(self.delete(name)),
            4 | 5 => self.rename_model(name, number, dice),
            6 => self.swap_models(name, dice),
            7 => self.chain_of_models(name, dice),
            8 => self.move_model(name, number, dice),
            9..=11 => self.rename_field(name, number, dice),
            12 => self.swap_fields(name, dice),
            13 => self.chain_of_fields(name, dice),
            14 => self.look_alike(name, number, dice),
            15 => self.another_key(name, dice),
            16 => self.pairs(name, number, dice),
            17 => self.relation(name, number, dice),
            18 | 19 => self.item(name, number, dice),
            28 | 29 => self.hold(name, number, dice),
            30 => self.release(name, dice),
            31 | 32 => self.texts(number, dice),
            33 => self.schema(name, dice),
            34 | 35 => self.through(name, number, dice),
            what => self.plain(what, name, number, dice),
        }
    }

    fn create(&mut self, number: usize, dice: &mut Dice) -> (&'static str, usize) {
        let name = ModelRef::new(APPS[dice.below(APPS.len())], format!("New{number}"));
        let definition = model::columns(&name, dice);
        self.states.next.models.insert(name.clone(), definition);
        model::relations(&name, &mut self.states.next, dice);
        model::items(&name, &mut self.states.next, dice);
        ("created", 1)
    }

    fn create_circle(&mut self, number: usize, dice: &mut Dice) -> (&'static str, usize) {
        let names =
            ["Left", "Right"].map(|side| ModelRef::new(APPS[dice.below(APPS.len())], format!("{side}{number}")));
        for (at, name) in names.iter().enumerate() {
            let mut model = ModelState::new(format!("{}_{}", name.app, name.model.as_str().to_lowercase()));
            model.fields = vec![
                FieldState { auto: true, ..FieldState::new("id", FieldKind::Column(ColumnType::BigInt)) },
                model::refer("other", names[1 - at].clone()),
            ]
            .into();
            model.primary_key = vec!["id".into()];
            self.states.next.models.insert(name.clone(), model);
        }
        ("two created that refer to each other", cost::CIRCLE)
    }

    fn delete(&mut self, name: &ModelRef) -> (&'static str, usize) {
        self.states.next.models.remove(name);
        ("deleted", 1)
    }

    fn apply(&mut self, app: &AppLabel, operation: &Operation) -> Option<()> {
        operation.apply(app, &mut self.states.next).ok()
    }

    /// A model under another name, with the table that it has or with another one.
    fn rename_model(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let to = ModelRef::new(name.app.clone(), format!("Renamed{number}"));
        self.call(name, &to)?;
        if dice.once_in(2) {
            return Some(("renamed", 1));
        }
        self.states.next.models.get_mut(&to)?.table = format!("{}_renamed{number}", to.app);
        Some(("renamed with its table", 2))
    }

    /// Gives the model another name, in any app.
    fn call(&mut self, from: &ModelRef, to: &ModelRef) -> Option<()> {
        self.apply(&from.app, &Operation::MoveModel { from: from.clone(), to: to.clone() })?;
        let origin = self.models.remove(from);
        self.models.extend(origin.map(|origin| (to.clone(), origin)));
        let moved = std::mem::take(&mut self.fields).into_iter().map(|((model, field), origin)| {
            let model = if model == *from { to.clone() } else { model };
            ((model, field), origin)
        });
        self.fields = moved.collect();
        Some(())
    }

    fn other_of_app(&self, name: &ModelRef, but: &[&ModelRef], dice: &mut Dice) -> Option<ModelRef> {
        let others = self.states.next.app(&name.app).map(|(other, _)| other.clone());
        let others: Vec<ModelRef> = others.filter(|other| other != name && !but.contains(&other)).collect();
        dice.pick(&others).cloned()
    }

    /// True for a model that was there under this name: what swaps names must be told by what it was.
    fn is_itself(&self, name: &ModelRef) -> bool {
        self.models.get(name) == Some(name)
    }

    fn swap_models(&mut self, name: &ModelRef, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let other = self.other_of_app(name, &[], dice)?;
        if !self.is_itself(name) || !self.is_itself(&other) {
            return None;
        }
        let stop = ModelRef::new(name.app.clone(), ModelName::new("Between"));
        self.call(name, &stop)?;
        self.call(&other, name)?;
        self.call(&stop, &other)?;
        Some(("swaps its name with another", cost::SWAPPED))
    }

    /// The model goes, and another takes its name.
    fn chain_of_models(&mut self, name: &ModelRef, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let other = self.other_of_app(name, &[], dice)?;
        if !self.is_itself(name) || !self.is_itself(&other) {
            return None;
        }
        let before = self.states.previous.clone();
        self.states.next.models.remove(name);
        let besides = self.repair();
        self.call(&other, name)?;
        let out = if before.models.iter().any(|(model, m)| model != name && m.targets().any(|to| to == name)) {
            cost::DRIVEN_OUT
        } else {
            1
        };
        Some(("goes, and another takes its name", besides + out + 1))
    }

    fn move_model(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let to = ModelRef::new(APPS[dice.below(APPS.len())], name.model.clone());
        if to.app == name.app || self.states.previous.models.contains_key(&to) || !self.is_itself(name) {
            return None;
        }
        self.call(name, &to)?;
        if dice.once_in(2) {
            return Some(("moved", cost::MOVED));
        }
        self.states.next.models.get_mut(&to)?.table = format!("{}_moved{number}", to.app);
        Some(("moved with its table", cost::MOVED + 1))
    }

    fn rename_field(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let fields: Vec<&FieldState> = self.states.next.models.get(name)?.fields.iter().collect();
        let field = (*dice.pick(&fields)?).clone();
        let to = FieldName::new(format!("renamed{number}"));
        let keeps = field.column.is_none() && field.column_name().is_some() && dice.once_in(3);
        if keeps {
            let explicit = FieldState { column: field.column_name(), ..field.clone() };
            self.alter(name, field.clone(), explicit)?;
        }
        let origin = self.models.get(name).zip(self.fields.get(&(name.clone(), field.name.clone())));
        let before = origin.and_then(|(of, old)| self.states.previous.models.get(of)?.field(old));
        let keeps = keeps || field.column.is_some() && before.is_some_and(|before| before.column.is_none());
        self.call_field(name, &field.name, &to)?;
        Some(if keeps {
            ("a field renamed over its column", cost::RENAMED_OVER_ITS_COLUMN)
        } else {
            ("a field renamed", 1)
        })
    }

    fn alter(&mut self, name: &ModelRef, from: FieldState, to: FieldState) -> Option<()> {
        let alter = Operation::alter_field(name.model.clone(), from, to);
        self.apply(&name.app, &alter)
    }

    fn call_field(&mut self, name: &ModelRef, from: &FieldName, to: &FieldName) -> Option<()> {
        let rename = Operation::RenameField { model: name.model.clone(), from: from.clone(), to: to.clone() };
        self.apply(&name.app, &rename)?;
        if let Some(origin) = self.fields.remove(&(name.clone(), from.clone())) {
            self.fields.insert((name.clone(), to.clone()), origin);
        }
        Some(())
    }

    /// Plain columns that were there under the names that they have, and whose columns come with them.
    fn own_columns(&self, name: &ModelRef) -> Vec<FieldState> {
        let Some(model) = self.states.next.models.get(name) else { return Vec::new() };
        let own = |field: &&FieldState| {
            let origin = self.fields.get(&(name.clone(), field.name.clone()));
            let plain = matches!(field.kind, FieldKind::Column(_)) && field.column.is_none() && !field.auto;
            origin == Some(&field.name) && plain && field.generated.is_none()
        };
        model.fields.iter().filter(own).cloned().collect()
    }

    fn swap_fields(&mut self, name: &ModelRef, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let mut own = self.own_columns(name);
        let one = own.remove(dice.below(own.len().max(1)).min(own.len().checked_sub(1)?));
        let other = dice.pick(&own)?.clone();
        let stop = FieldName::new("between");
        self.call_field(name, &one.name, &stop)?;
        self.call_field(name, &other.name, &one.name)?;
        self.call_field(name, &stop, &other.name)?;
        Some(("two fields swap their names", cost::SWAPPED))
    }

    /// One goes, another takes its name, and sometimes a third one that of the second.
    fn chain_of_fields(&mut self, name: &ModelRef, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let own = self.own_columns(name);
        let [first, second, rest @ ..] = own.as_slice() else { return None };
        let model = self.states.next.models.get_mut(name)?;
        let in_key = model.primary_key.contains(&first.name);
        let before = self.states.next.clone();
        self.states.next.models.get_mut(name)?.fields.retain(|field| field.name != first.name);
        let besides = self.repair();
        let refers = |other: &ModelState| {
            let by_field = |field: &FieldState| {
                field.reference().is_some_and(|key| key.to == *name && key.to_field.as_ref() == Some(&first.name))
            };
            let by_constraint = |constraint: &ConstraintState| matches!(&constraint.kind, ConstraintKind::ForeignKey { to, to_fields, .. } if to == name && to_fields.contains(&first.name));
            other.fields.iter().any(by_field) || other.constraints.iter().any(by_constraint)
        };
        let referred = before.models.values().any(refers);
        self.call_field(name, &second.name, &first.name)?;
        let mut count = 1;
        if let Some(third) = rest.first().filter(|_| dice.once_in(2)) {
            self.call_field(name, &third.name, &second.name)?;
            count += 1;
        }
        let column = first.column_name().unwrap_or_default();
        let leans = |field: &FieldState| field.generated.as_ref().is_some_and(|g| g.expression.mentions(&column));
        let computed = before.models.get(name)?.fields.iter().any(leans);
        let out = if in_key || referred || computed { cost::DRIVEN_OUT } else { 1 };
        Some(("a field goes, and others take its name and theirs", out + count + besides))
    }

    /// One goes, and one that looks the same comes; or two, which are not the same.
    fn look_alike(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let own = self.own_columns(name);
        let first = dice.pick(&own)?.clone();
        let model = self.states.next.models.get_mut(name)?;
        model.fields.retain(|field| field.name != first.name);
        for at in 0..2 {
            let new = FieldName::new(format!("{}{number}{at}", first.name));
            model.fields.push(FieldState { name: new, ..first.clone() });
        }
        Some(("a field goes, and two that look the same come", 3))
    }

    fn another_key(&mut self, name: &ModelRef, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let columns: Vec<FieldState> = self.own_columns(name).into_iter().filter(|field| !field.null).collect();
        let key = dice.pick(&columns)?.name.clone();
        let model = self.states.next.models.get_mut(name)?;
        if model.primary_key.as_slice() == std::slice::from_ref(&key) {
            return None;
        }
        for field in &mut model.fields {
            field.auto = false;
        }
        model.primary_key = vec![key];
        Some(("another key", cost::ANOTHER_KEY))
    }

    /// A field that keeps pairs comes, or keeps those of other models.
    fn pairs(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let names: Vec<ModelRef> = self.states.next.models.keys().cloned().collect();
        let to = dice.pick(&names)?.clone();
        let kind = FieldKind::ManyToMany(Pairs { to, through: None });
        let own = self.own_columns(name);
        if let Some(field) = dice.pick(&own).cloned().filter(|_| dice.once_in(2)) {
            let model = self.states.next.models.get_mut(name)?;
            *model.field_mut(&field.name)? = FieldState::new(field.name.clone(), kind);
            return Some(("a column becomes pairs", cost::REMADE));
        }
        let model = self.states.next.models.get_mut(name)?;
        model.fields.push(FieldState::new(format!("pairs{number}"), kind));
        Some(("a field of pairs comes", 1))
    }

    fn relation(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let targets: Vec<ModelRef> =
            self.states.next.models.iter().filter(|(_, m)| m.primary_key.len() == 1).map(|(n, _)| n.clone()).collect();
        let to = dice.pick(&targets)?.clone();
        let model = self.states.next.models.get_mut(name)?;
        if let Some(field) = model
            .fields
            .iter_mut()
            .find(|field| field.reference().is_some_and(|key| key.to_field.is_none()))
            .filter(|_| dice.once_in(3))
        {
            let column = FieldKind::Column(ColumnType::BigInt);
            *field =
                FieldState { column: field.column_name(), null: true, ..FieldState::new(field.name.clone(), column) };
            return Some(("a reference becomes a number", 1));
        }
        model.fields.push(model::refer(&format!("to{number}"), to));
        Some(("a reference comes", 1))
    }

    /// An index or a constraint that comes, goes, changes, or gets another name.
    fn item(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let columns: Vec<FieldName> = self.own_columns(name).into_iter().map(|field| field.name).collect();
        let model = self.states.next.models.get_mut(name)?;
        let column = dice.pick(&columns).cloned();
        let at = dice.below(model.indexes.len());
        match dice.below(7) {
            0 => {
                let index = IndexState { fields: vec![IndexField::new(column?)], ..IndexState::default() };
                if model.indexes.iter().any(|other| other.same_but_name(&index)) {
                    return None;
                }
                model.indexes.push(index);
                Some(("an index comes", 1))
            }
            1 => model.indexes.pop().map(|_| ("an index goes", 1)),
            2 => {
                let field = model.indexes.get_mut(at)?.fields.first_mut()?;
                field.descending = !field.descending;
                Some(("another index", cost::REMADE))
            }
            3 => {
                model.indexes.get_mut(at)?.name = Some(format!("index_{number}"));
                Some(("an index is called otherwise", 1))
            }
            4 => {
                let text = format!("\"{}\" IS NOT NULL OR 1 = {number}", column?);
                model
                    .constraints
                    .push(ConstraintState { name: None, kind: ConstraintKind::Check { sql: Sql::any(text) } });
                Some(("a check comes", 1))
            }
            5 => model.constraints.pop().map(|_| ("a constraint goes", 1)),
            _ => {
                let at = dice.below(model.constraints.len());
                model.constraints.get_mut(at)?.name = Some(format!("constraint_{number}"));
                Some(("a constraint is called otherwise", 1))
            }
        }
    }

    fn plain(&mut self, what: usize, name: &ModelRef, number: usize, dice: &mut Dice) -> Option<(&'static str, usize)> {
        let model = self.states.next.models.get_mut(name)?;
        match what {
            20 | 21 => {
                let field = model::column(&format!("added{number}"), dice);
                let column = field.column.map(|_| format!("c_added{number}"));
                model.fields.push(FieldState { column, ..field });
                Some(("a field comes", 1))
            }
            22 | 23 => {
                let at = dice.below(model.fields.len());
                (!model.fields.is_empty()).then(|| drop(model.fields.remove(at)))?;
                Some(("a field goes", 1))
            }
            24 | 25 => {
                let field = model
                    .fields
                    .iter_mut()
                    .rev()
                    .find(|f| matches!(f.kind, FieldKind::Column(_)) && f.generated.is_none() && !f.auto)?;
                *field = FieldState { column: field.column.clone(), ..model::column(field.name.as_str(), dice) };
                Some(("a field changes", 1))
            }
            26 => {
                model.table = format!("{}_{number}", model.table);
                Some(("another table", 1))
            }
            _ => {
                model.comment = Some(format!("comment {number}"));
                Some(("another comment", 1))
            }
        }
    }
}

/// How many operations lead from what somebody edited to what it had to become with it: one for each model, field, index and
/// constraint that went, and what it costs to make another one of it.
fn differences(edited: &ProjectState, repaired: &ProjectState) -> usize {
    let of = |(name, before): (&ModelRef, &ModelState)| {
        let Some(after) = repaired.models.get(name) else { return 1 };
        let fields = before.fields.iter().filter(|field| after.field(&field.name) != Some(field)).count();
        let indexes = left(&before.indexes, &after.indexes);
        let constraints = left(&before.constraints, &after.constraints);
        let own = [before.table != after.table, before.comment != after.comment];
        let key = if before.primary_key == after.primary_key { 0 } else { cost::ANOTHER_KEY };
        fields + indexes + constraints + key + own.iter().filter(|differs| **differs).count()
    };
    edited.models.iter().map(of).sum::<usize>() + kinds::gone(&edited.enums, &repaired.enums)
}

/// What went, and what came in its place; of two that are the same, each is one.
fn left<T: PartialEq>(before: &[T], after: &[T]) -> usize {
    let mut came: Vec<&T> = after.iter().collect();
    let stays = |item: &&T| came.iter().position(|other| other == item).map(|at| came.remove(at)).is_some();
    let stay = before.iter().filter(stays).count();
    before.len() + after.len() - 2 * stay
}
