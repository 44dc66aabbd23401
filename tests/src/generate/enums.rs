//! Native enums: whose they are, which fields hold their texts, and what becomes of both.

use std::collections::BTreeSet;

use fastdjango_core::field::{ColumnType, Default as DefaultValue, Literal, Sql};
use fastdjango_core::name::{AppLabel, ModelRef};
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, EnumHints, EnumState, FieldKind, FieldState, Hints, IndexField, IndexState,
    ModelState, ProjectState,
};

use super::Dice;
use super::state::APPS;

/// The names of enums; few, so that two states share some.
const ENUMS: [&str; 2] = ["mood", "order status"];
/// Their texts; a rename puts a `'` behind one, or takes it away.
const TEXTS: [&str; 5] = ["x", "draft", "sent", "a \"b\"", "z"];

/// Gives some fields of the state an enum, some of the time.
pub(super) fn spread(state: &mut ProjectState, dice: &mut Dice) {
    if dice.once_in(2) {
        for _ in 0..=dice.below(4) {
            hold(state, true, dice);
        }
    }
}

/// One change of an enum, or of a field's relation to one.
pub(super) fn edit(state: &mut ProjectState, dice: &mut Dice) {
    let names: Vec<String> = state.enums.keys().cloned().collect();
    let Some(name) = dice.pick(&names).cloned() else { return hold(state, true, dice) };
    match dice.below(14) {
        0 | 1 => {
            let besides = dice.once_in(8);
            hold(state, besides, dice);
        }
        2 => release(state, &name, dice),
        3 | 13 => rename(state, &name, dice),
        4 => lean(state, dice),
        5 => {
            state.enums.entry(name).and_modify(|found| found.app = app(dice));
        }
        6 => another_default(state, dice),
        other => {
            if let Some(found) = state.enums.get_mut(&name) {
                texts(other, &mut found.values, dice);
            }
        }
    }
}

fn app(dice: &mut Dice) -> AppLabel {
    AppLabel::new(APPS[dice.below(APPS.len())])
}

/// Adds a text at any place, takes one away, or puts one elsewhere.
fn texts(what: usize, values: &mut Vec<String>, dice: &mut Dice) {
    if what < 10 || values.is_empty() {
        let text = TEXTS[dice.below(TEXTS.len())].to_owned();
        let at = dice.below(values.len() + 1);
        if !values.contains(&text) {
            values.insert(at, text);
        }
        return;
    }
    let gone = values.remove(dice.below(values.len()));
    if what > 10 || values.is_empty() {
        values.insert(dice.below(values.len() + 1), gone);
    }
}

/// A text is called otherwise, wherever it stands.
pub(super) fn rename(state: &mut ProjectState, name: &str, dice: &mut Dice) {
    let Some(found) = state.enums.get_mut(name) else { return };
    let at = dice.below(found.values.len());
    let Some(old) = found.values.get(at).cloned() else { return };
    let new = called(&old);
    if found.values.contains(&new) {
        return;
    }
    found.values[at].clone_from(&new);
    let follow = |sql: &mut Sql| {
        if let Sql::Any(text) = sql {
            *text = text.replace(&literal(&old), &literal(&new));
        }
    };
    state.models.for_each_mut(|_, model| {
        for field in model.fields.iter_mut().filter(|field| field.enum_name() == Some(name)) {
            if field.default == Some(text(&old)) {
                field.default = Some(text(&new));
            }
        }
        if model.fields.iter().any(|field| field.enum_name() == Some(name)) {
            model.indexes.iter_mut().filter_map(|index| index.condition.as_mut()).for_each(follow);
            for constraint in &mut model.constraints {
                if let ConstraintKind::Check { sql } = &mut constraint.kind {
                    follow(sql);
                }
            }
        }
    });
}

/// What a text is called after a rename.
fn called(text: &str) -> String {
    text.strip_suffix('\'').map_or_else(|| format!("{text}'"), str::to_owned)
}

/// The fields that can hold texts of an enum.
fn plain(state: &ProjectState, test: impl Fn(&FieldState) -> bool) -> Vec<(ModelRef, usize)> {
    let plain = |field: &FieldState| {
        matches!(field.kind, FieldKind::Column(_)) && !field.auto && field.generated.is_none() && test(field)
    };
    let of = |(model, definition): (&ModelRef, &ModelState)| {
        let fields = definition.fields.iter().enumerate().filter(|(_, field)| plain(field));
        fields.map(|(at, _)| (model.clone(), at)).collect::<Vec<_>>()
    };
    state.models.iter().flat_map(of).collect()
}

fn field_mut<'a>(state: &'a mut ProjectState, place: &(ModelRef, usize)) -> Option<&'a mut FieldState> {
    state.models.get_mut(&place.0)?.fields.get_mut(place.1)
}

/// A field gets the type of an enum, which is made where there is none yet; one that is unique only where those are meant as well.
fn hold(state: &mut ProjectState, keys: bool, dice: &mut Dice) {
    // Few values of another type than a text become one of an enum.
    let mut texts = plain(state, |field| {
        matches!(field.kind, FieldKind::Column(ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Enum(_)))
    });
    let mut any = plain(state, |_| true);
    for places in [&mut texts, &mut any] {
        places.retain(|(model, at)| {
            let model = &state.models[model];
            keys || !model.may_be_referred_to(&model.fields[*at].name)
        });
    }
    let places = if texts.is_empty() || dice.once_in(4) { any } else { texts };
    let Some(place) = dice.pick(&places).cloned() else { return };
    let name = ENUMS[dice.below(ENUMS.len())];
    if !state.enums.contains_key(name) {
        let app = if dice.once_in(3) { app(dice) } else { place.0.app.clone() };
        let count = 1 + dice.below(4);
        let from = dice.below(TEXTS.len());
        let values = TEXTS.iter().cycle().skip(from).take(count).map(|&text| text.to_owned()).collect();
        state.enums.insert(name.to_owned(), EnumState { app, values });
    }
    let values = state.enums[name].values.clone();
    let Some(field) = field_mut(state, &place) else { return };
    field.kind = FieldKind::Column(ColumnType::Enum(name.to_owned()));
    field.default = dice.pick(&values).filter(|_| dice.once_in(3)).map(|value| text(value));
    if dice.once_in(3) {
        lean(state, dice);
    }
}

/// A field of an enum becomes a text, which may have the same choices.
fn release(state: &mut ProjectState, name: &str, dice: &mut Dice) {
    let places = plain(state, |field| field.enum_name() == Some(name));
    let Some(place) = dice.pick(&places).cloned() else { return };
    let values = state.enums[name].values.clone();
    let Some(field) = field_mut(state, &place) else { return };
    let ty = [ColumnType::Varchar(20), ColumnType::Text][dice.below(2)].clone();
    field.kind = FieldKind::Column(ty);
    let kind = ConstraintKind::Choices { field: field.name.clone(), values };
    if let Some(model) = state.models.get_mut(&place.0).filter(|_| dice.once_in(2)) {
        model.constraints.push(ConstraintState { name: None, kind });
    }
}

fn another_default(state: &mut ProjectState, dice: &mut Dice) {
    let places = plain(state, |field| field.enum_name().is_some());
    let Some(place) = dice.pick(&places).cloned() else { return };
    let enums = state.enums.clone();
    let Some(field) = field_mut(state, &place) else { return };
    let values = field.enum_name().and_then(|name| enums.get(name)).map(|found| found.values.clone());
    field.default = dice.pick(&values.unwrap_or_default()).filter(|_| !dice.once_in(3)).map(|value| text(value));
}

/// A check or a partial index that compares with a text of the enum.
fn lean(state: &mut ProjectState, dice: &mut Dice) {
    let places = plain(state, |field| field.enum_name().is_some());
    let Some(place) = dice.pick(&places).cloned() else { return };
    let enums = state.enums.clone();
    let Some(field) = field_mut(state, &place).cloned() else { return };
    let values = field.enum_name().and_then(|name| enums.get(name)).map(|found| found.values.clone());
    let (Some(value), Some(column)) = (dice.pick(&values.unwrap_or_default()).cloned(), field.column_name()) else {
        return;
    };
    let Some(model) = state.models.get_mut(&place.0) else { return };
    if dice.once_in(2) {
        let fields = vec![IndexField::new(field.name)];
        let condition = Some(Sql::any(format!("\"{column}\" = {}", literal(&value))));
        model.indexes.push(IndexState { fields, condition, ..IndexState::default() });
    } else {
        let sql = Sql::any(format!("\"{column}\" <> {}", literal(&value)));
        model.constraints.push(ConstraintState { name: None, kind: ConstraintKind::Check { sql } });
    }
}

fn text(value: &str) -> DefaultValue {
    DefaultValue::Value(Literal::Text(value.to_owned()))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Fields of an enum that is not there are texts, what nobody holds goes, and each belongs to an app that has models.
pub(super) fn repair(state: &mut ProjectState) {
    let enums = state.enums.clone();
    let apps: BTreeSet<AppLabel> = state.models.keys().map(|model| model.app.clone()).collect();
    let mut users: BTreeSet<(String, AppLabel)> = BTreeSet::new();
    state.models.for_each_mut(|model, definition| {
        for field in &mut definition.fields {
            let Some(name) = field.enum_name().map(str::to_owned) else { continue };
            match enums.get(&name) {
                Some(found) => {
                    let holds = |default: &DefaultValue| found.values.iter().any(|value| *default == text(value));
                    field.default = field.default.take().filter(holds);
                    users.insert((name, model.app.clone()));
                }
                None => field.kind = FieldKind::Column(ColumnType::Varchar(20)),
            }
        }
        let of_enum = |field: &&FieldState| field.enum_name().is_some();
        let computed: Vec<String> =
            definition.fields.iter().filter(of_enum).filter_map(FieldState::column_name).collect();
        definition.fields.retain(|field| {
            let over = |name: &String| field.generated.as_ref().is_some_and(|g| g.expression.mentions(name));
            !computed.iter().any(over)
        });
        items(definition, &enums);
    });
    state.enums.retain(|name, found| {
        let user = users.iter().find(|(own, _)| own == name).map(|(_, app)| app);
        if let Some(user) = user.filter(|_| !apps.contains(&found.app)) {
            found.app = user.clone();
        }
        user.is_some()
    });
}

/// What compares a column of an enum with anything but one of its texts goes.
fn items(model: &mut ModelState, enums: &std::collections::BTreeMap<String, EnumState>) {
    let fields = model.fields.clone();
    let names = |sql: &Sql, field: &FieldState| field.column_name().is_some_and(|column| sql.mentions(&column));
    let fits = |sql: &Sql| {
        let of_text = |found: &EnumState| {
            let texts = sql.texts().collect::<Vec<_>>();
            found.values.iter().any(|value| texts.iter().all(|text| text.ends_with(&format!(" {}", literal(value)))))
        };
        fields.iter().filter(|field| names(sql, field)).all(|field| match field.enum_name() {
            Some(name) => enums.get(name).is_some_and(of_text) || sql.texts().all(|text| text.ends_with(" NOT NULL")),
            // What compared with a text compares with none of another type.
            None => {
                matches!(field.kind, FieldKind::Column(ColumnType::Varchar(_) | ColumnType::Text))
                    || sql.texts().all(|text| !text.ends_with('\''))
            }
        })
    };
    let of_enum = |name: &fastdjango_core::name::FieldName| {
        fields.iter().any(|field| field.name == *name && field.enum_name().is_some())
    };
    model.indexes.retain(|index| index.condition.as_ref().is_none_or(fits));
    model.constraints.retain(|constraint| match &constraint.kind {
        ConstraintKind::Check { sql } => fits(sql),
        ConstraintKind::Choices { field, .. } | ConstraintKind::NonNegative { field } => !of_enum(field),
        ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey { .. } => true,
    });
}

/// The texts that went and those that came, where some of both did.
fn exchanged(states: Pair<&ProjectState>) -> Vec<(String, Vec<String>, Vec<String>)> {
    let both = states.next.enums.iter().filter_map(|(name, next)| Some((name, states.previous.enums.get(name)?, next)));
    let differ = |(name, previous, next): (&String, &EnumState, &EnumState)| {
        let minus = |one: &EnumState, other: &EnumState| {
            one.values.iter().filter(|value| !other.values.contains(value)).cloned().collect::<Vec<_>>()
        };
        (name.clone(), minus(previous, next), minus(next, previous))
    };
    both.map(differ).collect()
}

/// What models say of texts that a rename of [`edit`] called otherwise.
pub(super) fn said(states: Pair<&ProjectState>) -> Hints {
    let mut hints = Hints::default();
    for (name, gone, new) in exchanged(states) {
        let renamed = new.into_iter().map(|new| (called(&new), new)).filter(|(old, _)| gone.contains(old));
        let renamed_from = renamed.map(|(old, new)| (new, old)).collect();
        hints.enums.insert(name, EnumHints { renamed_from, location: None });
    }
    hints
}

/// The same for texts by chance.
pub(super) fn renames(states: Pair<&ProjectState>, dice: &mut Dice) -> Hints {
    let mut hints = Hints::default();
    for (name, mut gone, new) in exchanged(states) {
        let mut found = EnumHints::default();
        for new in new {
            if !gone.is_empty() && dice.once_in(2) {
                found.renamed_from.insert(new, gone.remove(dice.below(gone.len())));
            }
        }
        hints.enums.insert(name, found);
    }
    hints
}
