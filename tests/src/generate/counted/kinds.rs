//! Counted edits of native enums, of schemas, and of models that hold pairs.

use std::collections::BTreeMap;

use fastdjango_core::detect::{Answer, Answers};
use fastdjango_core::field::{ColumnType, Default as DefaultValue, Literal};
use fastdjango_core::name::{FieldName, ModelRef, split_table};
use fastdjango_core::state::{EnumState, FieldKind, FieldState, ModelState, Pairs};

use super::super::{Dice, answers, enums, model};
use super::{Counted, cost, left};

/// What was edited, and what it may cost.
type Edited = Option<(&'static str, usize)>;

impl Counted {
    /// A field gets the type of an enum, of a new one as often as not.
    pub(super) fn hold(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Edited {
        let own = self.own_columns(name);
        let field = dice.pick(&own)?.name.clone();
        let known: Vec<String> = self.states.next.enums.keys().cloned().collect();
        let is_new = known.is_empty() || dice.once_in(2);
        let of = if is_new { format!("enum {number}") } else { dice.pick(&known)?.clone() };
        if is_new {
            let values = ["x", "draft", "sent"].map(str::to_owned).to_vec();
            self.states.next.enums.insert(of.clone(), EnumState { app: name.app.clone(), values });
        }
        let first = self.states.next.enums[&of].values.first()?.clone();
        let field = self.states.next.models.get_mut(name)?.field_mut(&field)?;
        field.kind = FieldKind::Column(ColumnType::Enum(of));
        field.default = dice.once_in(2).then_some(DefaultValue::Value(Literal::Text(first)));
        Some(("a field is of an enum", if is_new { cost::WITH_ITS_ENUM } else { 1 }))
    }

    /// A field of an enum becomes a text; an enum that nobody holds goes with it.
    pub(super) fn release(&mut self, name: &ModelRef, dice: &mut Dice) -> Edited {
        let own: Vec<FieldState> = self.own_columns(name).into_iter().filter(|f| f.enum_name().is_some()).collect();
        let field = dice.pick(&own)?.name.clone();
        let field = self.states.next.models.get_mut(name)?.field_mut(&field)?;
        field.kind = FieldKind::Column([ColumnType::Varchar(20), ColumnType::Text][dice.below(2)].clone());
        Some(("a field is of an enum no longer", 1))
    }

    /// A text comes or goes, all change places, or one is called otherwise.
    pub(super) fn texts(&mut self, number: usize, dice: &mut Dice) -> Edited {
        let known: Vec<String> = self.states.next.enums.keys().cloned().collect();
        let name = dice.pick(&known)?.clone();
        let what = dice.below(4);
        if what == 3 {
            let before = self.states.next.clone();
            enums::rename(&mut self.states.next, &name, dice);
            let over = self.states.next.models.iter().filter_map(|(name, next)| Some((before.models.get(name)?, next)));
            let items = over.map(|(before, next)| {
                left(&before.indexes, &next.indexes) + left(&before.constraints, &next.constraints)
            });
            return Some(("a text of an enum is called otherwise", 1 + items.sum::<usize>()));
        }
        let values = &mut self.states.next.enums.get_mut(&name)?.values;
        let at = dice.below(values.len());
        match what {
            0 => {
                values.insert(at, format!("text {number}"));
                Some(("a text of an enum comes", 1))
            }
            1 => {
                values.rotate_left(1);
                Some(("texts of an enum change places", 1))
            }
            _ if values.len() > 1 => {
                let gone = DefaultValue::Value(Literal::Text(values.remove(at)));
                let is_default = |field: &&FieldState| {
                    field.enum_name() == Some(name.as_str()) && field.default.as_ref() == Some(&gone)
                };
                let models = self.states.next.models.values();
                let defaults = models.flat_map(|model| &model.fields).filter(is_default).count();
                Some(("a text of an enum goes", 1 + defaults * cost::FORGOTTEN))
            }
            _ => None,
        }
    }

    pub(super) fn schema(&mut self, name: &ModelRef, dice: &mut Dice) -> Edited {
        let model = self.states.next.models.get_mut(name)?;
        let own = split_table(&model.table).1.to_owned();
        let tables = [own.clone(), format!("sales.{own}"), format!("Old Stock.{own}")];
        model.table.clone_from(&tables[dice.below(3)]);
        Some(("a table in another schema", 1))
    }

    /// A field of pairs gets a model for them, or has one no longer, which may go.
    pub(super) fn through(&mut self, name: &ModelRef, number: usize, dice: &mut Dice) -> Edited {
        let fields = &self.states.next.models.get(name)?.fields;
        let pairs = |field: &FieldState| match &field.kind {
            FieldKind::ManyToMany(pairs) => Some((field.name.clone(), pairs.clone())),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) => None,
        };
        let all: Vec<(FieldName, Pairs)> = fields.iter().filter_map(pairs).collect();
        let (field, Pairs { to, through }) = dice.pick(&all)?.clone();
        let (through, edited) = match through {
            None => {
                let through = ModelRef::new(name.app.clone(), format!("Pair{number}"));
                self.states.next.models.insert(through.clone(), of_pairs(&through, name, &to));
                (Some(through), ("pairs get a model", 1 + cost::REMADE))
            }
            Some(through) if through != *name && through != to && dice.once_in(2) => {
                self.states.next.models.remove(&through);
                (None, ("pairs have no model any more, which goes", 1 + cost::REMADE))
            }
            Some(_) => (None, ("pairs have no model any more", cost::REMADE)),
        };
        let field = self.states.next.models.get_mut(name)?.field_mut(&field)?;
        field.kind = FieldKind::ManyToMany(Pairs { to, through });
        Some(edited)
    }

    /// Expressions for half of the columns that are of another type than before, there and back.
    pub(super) fn expressions(&self, dice: &mut Dice) -> Answers {
        let mut answers = Answers::new();
        for ((model, new), old) in &self.fields {
            let before = self.models.get(model).and_then(|of| self.states.previous.models.get(of)?.field(old));
            let after = self.states.next.models.get(model).and_then(|of| of.field(new));
            let (Some(before), Some(after)) = (before, after) else { continue };
            if !answers::is_conversion(before, after) || !dice.once_in(2) {
                continue;
            }
            let column = after.column_name();
            let there = answers::expression(after, column.as_deref(), &self.states.next, dice);
            let back = answers::expression(before, column.as_deref(), &self.states.previous, dice);
            if let Some((there, back)) = there.zip(back) {
                answers.insert(format!("using:{model}.{new}"), Answer::Sql { sql: there });
                answers.insert(format!("reverse_using:{model}.{new}"), Answer::Sql { sql: back });
            }
        }
        answers
    }
}

/// A model with a key to each side.
fn of_pairs(name: &ModelRef, from: &ModelRef, to: &ModelRef) -> ModelState {
    let mut model = ModelState::new(format!("{}_{}", name.app, name.model.as_str().to_lowercase()));
    let id = FieldState { auto: true, ..FieldState::new("id", FieldKind::Column(ColumnType::BigInt)) };
    model.fields = vec![id, model::refer("one", from.clone()), model::refer("other", to.clone())].into();
    model.primary_key = vec!["id".into()];
    model
}

/// The enums that went, one operation each.
pub(super) fn gone(edited: &BTreeMap<String, EnumState>, repaired: &BTreeMap<String, EnumState>) -> usize {
    edited.keys().filter(|name| !repaired.contains_key(*name)).count()
}
