//! The rows as a test knows them: read once, then followed through operations without a look at any SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use fastdjango_core::field::{ColumnType, Default as DefaultValue, Engine, Literal, Sql};
use fastdjango_core::name::{AppLabel, FieldName, ModelName, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::schema::{Identity, Lowered, lower};
use fastdjango_core::state::{FieldKind, FieldState, ModelState, ProjectState};

use super::held::fits;
use super::tongue::{as_stored, differ, literal_of, quoted, quoted_table, spoken};
use super::{Held, Live};

type Row = BTreeMap<FieldName, Held>;

/// The rows of every table, by what it is the table of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows(BTreeMap<Identity, Vec<Row>>);

impl Rows {
    /// All rows of the state's tables as they are.
    pub async fn read(live: &mut Live, state: &ProjectState) -> Self {
        let mut rows = Self::default();
        for lowered in tables(state) {
            let read = read(live, &lowered).await;
            let held = |row: BTreeMap<FieldName, String>| {
                row.into_iter().map(|(field, value)| (field, Held::Exactly(value))).collect()
            };
            rows.0.insert(lowered.identity, read.into_iter().map(held).collect());
        }
        rows
    }

    /// How many rows there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// What the operation should make of the rows; `state` is as before it, and is changed too.
    pub fn follow(&mut self, app: &AppLabel, operation: &Operation, state: &mut ProjectState) {
        let before = state.clone();
        operation.apply(app, state).unwrap_or_else(|why| panic!("{operation:?}: {why}"));
        let of = |model: &ModelName| ModelRef::new(app.clone(), model.clone());
        match operation {
            Operation::CreateModel { model, definition } => self.create(&of(model), definition),
            Operation::DeleteModel { model, .. } => self.0.retain(|identity, _| *identity.model() != of(model)),
            Operation::RenameModel { from, to } => self.rename_model(&of(from), &of(to)),
            Operation::MoveModel { from, to } => self.rename_model(from, to),
            Operation::AddField { model, field, fill } => {
                let ty = state.column_type(field);
                let value = match (&field.generated, field.auto) {
                    (None, false) => Held::given(fill.as_ref().or(field.default.as_ref()), ty.as_ref()),
                    _ => Held::Anything,
                };
                self.add(&of(model), field, &value);
            }
            Operation::RemoveField { model, field, .. } => self.remove(&of(model), field),
            Operation::RenameField { model, from, to } => self.rename_field(&of(model), from, to),
            Operation::AlterEnum { r#enum, renamed, .. } => self.rename_texts(r#enum, renamed, &before),
            Operation::AlterField { model, from, to, fill, .. } if from.carries_to(to) => {
                let value = Held::given(fill.as_ref(), state.column_type(to).as_ref());
                self.carry(state, &of(model), (from, to), &value);
            }
            Operation::AlterField { model, from, to, fill, .. } if from.null && !to.null && fill.is_some() => {
                let value = Held::given(fill.as_ref(), state.column_type(to).as_ref());
                let model = Identity::Model(of(model));
                for held in self.0.get_mut(&model).into_iter().flatten().filter_map(|row| row.get_mut(&to.name)) {
                    if held.is_null() {
                        *held = value.clone();
                    }
                }
            }
            _ => {}
        }
        self.retype(&before, state, Some((app, operation)));
        if let Operation::AlterField { model, to, using: Some(sql), .. } = operation {
            self.convert(&of(model), to, sql);
        }
    }

    /// Says where the database holds something else than these rows.
    ///
    /// # Errors
    /// The first table that differs, with both sides.
    pub async fn compare(&self, live: &mut Live, state: &ProjectState) -> Result<(), String> {
        for lowered in tables(state) {
            let found = read(live, &lowered).await;
            let expected = self.0.get(&lowered.identity).ok_or_else(|| format!("{:?} is new", lowered.identity))?;
            if !same_rows(expected, &found) {
                return Err(both(&lowered, expected, &found));
            }
            // Elsewhere, a column holds nothing that is not of its type.
            if live.engine() == Engine::Sqlite {
                classes(state, &lowered, &found)?;
            }
            computed(live, state, &lowered).await?;
        }
        Ok(())
    }

    fn create(&mut self, model: &ModelRef, definition: &ModelState) {
        self.0.insert(Identity::Model(model.clone()), Vec::new());
        for field in definition.fields.iter().filter(|field| has_pairs(field)) {
            self.0.insert(Identity::Join(model.clone(), field.name.clone()), Vec::new());
        }
    }

    fn rename_texts(&mut self, name: &str, renamed: &BTreeMap<String, String>, before: &ProjectState) {
        let of_enum =
            types(before, None).into_iter().filter(|(_, (ty, _))| *ty == Some(ColumnType::Enum(name.to_owned())));
        for ((identity, field), _) in of_enum {
            for held in self.0.get_mut(&identity).into_iter().flatten().filter_map(|row| row.get_mut(&field)) {
                *held = held.called(renamed);
            }
        }
    }

    fn rename_model(&mut self, from: &ModelRef, to: &ModelRef) {
        let renamed = |identity: Identity| match identity {
            Identity::Model(model) if model == *from => Identity::Model(to.clone()),
            Identity::Join(model, field) if model == *from => Identity::Join(to.clone(), field),
            other => other,
        };
        self.0 = std::mem::take(&mut self.0).into_iter().map(|(identity, rows)| (renamed(identity), rows)).collect();
    }

    fn add(&mut self, model: &ModelRef, field: &FieldState, value: &Held) {
        if has_pairs(field) {
            self.0.insert(Identity::Join(model.clone(), field.name.clone()), Vec::new());
        } else if field.column_name().is_some() {
            for row in self.0.get_mut(&Identity::Model(model.clone())).into_iter().flatten() {
                row.insert(field.name.clone(), value.clone());
            }
        }
    }

    /// What an expression makes, the database knows; that a text is made of nothing else, a test does.
    fn convert(&mut self, model: &ModelRef, field: &FieldState, using: &Sql) {
        let text = if let Sql::Any(text) = using { text.as_str() } else { "" };
        let quoted = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        let words = quoted.map(|text| Literal::Text(text.replace("''", "'")));
        let value = words.or_else(|| text.parse().ok().map(Literal::Integer)).map(DefaultValue::Value);
        let held = match (text, value) {
            ("NULL", _) => Held::null(),
            (_, Some(value)) => Held::given(Some(&value), None),
            (_, None) => Held::Anything,
        };
        for row in self.0.get_mut(&Identity::Model(model.clone())).into_iter().flatten() {
            row.insert(field.name.clone(), held.clone());
        }
    }

    /// Every value becomes a pair, or every pair a value; `value` is that of rows without a pair.
    fn carry(
        &mut self,
        state: &ProjectState,
        model: &ModelRef,
        (from, field): (&FieldState, &FieldState),
        value: &Held,
    ) {
        if from.column_name().is_none() && field.column_name().is_none() {
            return self.carry_pairs(state, model, field, from);
        }
        let key = state.models[model].primary_key[0].clone();
        let join = Identity::Join(model.clone(), field.name.clone());
        let pairs = self.0.remove(&join).unwrap_or_default();
        let called = self.called(state, from, field);
        let mut made = Vec::new();
        for row in self.0.get_mut(&Identity::Model(model.clone())).into_iter().flatten() {
            let own = row[&key].clone();
            if !has_pairs(field) {
                let pair = pairs.iter().find(|pair| pair[&FieldName::new("from")] == own);
                row.insert(
                    field.name.clone(),
                    pair.map_or_else(|| value.clone(), |pair| called(&pair[&FieldName::new("to")])),
                );
            } else if let Some(held) = row.remove(&field.name).filter(|held| !held.is_null()) {
                made.push(Row::from([("from".into(), own), ("to".into(), called(&held))]));
            }
        }
        if has_pairs(field) {
            self.0.insert(join, made);
        }
    }

    /// What a row of the target is called in the new place, by what it is called in the old one: a reference may be by another field
    /// than the key of pairs.
    fn called(&self, state: &ProjectState, from: &FieldState, field: &FieldState) -> impl Fn(&Held) -> Held + use<> {
        let reference = from.reference().or(field.reference()).expect("a foreign key on one side");
        let key = state.models[&reference.to].primary_key[0].clone();
        let by = reference.to_field.clone().unwrap_or_else(|| key.clone());
        let (known, wanted) = if has_pairs(field) { (by, key) } else { (key, by) };
        let rows = self.0.get(&Identity::Model(reference.to.clone())).cloned().unwrap_or_default();
        move |held| {
            let is_called = |row: &&Row| matches!(&row[&known], Held::Exactly(value) if held.is(value));
            let target = rows.iter().find(|row| known != wanted && *held != Held::Anything && is_called(row));
            target.map_or_else(|| held.clone(), |row| row[&wanted].clone())
        }
    }

    /// Every pair becomes a row of the model of the pairs, or every row a pair.
    fn carry_pairs(&mut self, state: &ProjectState, model: &ModelRef, field: &FieldState, from: &FieldState) {
        let sides = [from, field].map(|side| match &side.kind {
            FieldKind::ManyToMany(pairs) => (pairs.through.clone(), pairs.to.clone()),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) => panic!("no pairs: {side:?}"),
        });
        let [(_, target), _] = &sides;
        let through = sides.iter().find_map(|(through, _)| through.clone()).expect("a model of the pairs");
        let definition = &state.models[&through];
        let key = |to: &ModelRef| {
            let refers = |field: &&FieldState| field.reference().is_some_and(|reference| reference.to == *to);
            definition.fields.iter().find(refers).expect("a key").name.clone()
        };
        let join = Identity::Join(model.clone(), field.name.clone());
        let names = [(FieldName::new("from"), key(model)), (FieldName::new("to"), key(target))];
        if has_pairs(field) {
            let rows = self.0[&Identity::Model(through)].iter();
            let pair = |row: &Row| names.iter().map(|(side, key)| (side.clone(), row[key].clone())).collect();
            let pairs = rows.map(pair).collect();
            self.0.insert(join, pairs);
            return;
        }
        let pairs = self.0.remove(&join).unwrap_or_default();
        let others = definition.fields.iter().filter(|field| field.column_name().is_some());
        let given: Vec<_> = others
            .map(|field| {
                let ty = state.column_type(field);
                let computed = field.generated.is_some() || field.auto;
                let held = if computed { Held::Anything } else { Held::given(field.default.as_ref(), ty.as_ref()) };
                (field.name.clone(), held)
            })
            .collect();
        for pair in pairs {
            let mut row: Row = given.iter().cloned().collect();
            row.extend(names.iter().map(|(side, key)| (key.clone(), pair[side].clone())));
            self.0.entry(Identity::Model(through.clone())).or_default().push(row);
        }
    }

    fn remove(&mut self, model: &ModelRef, field: &FieldState) {
        self.0.remove(&Identity::Join(model.clone(), field.name.clone()));
        for row in self.0.get_mut(&Identity::Model(model.clone())).into_iter().flatten() {
            row.remove(&field.name);
        }
    }

    fn rename_field(&mut self, model: &ModelRef, from: &FieldName, to: &FieldName) {
        if let Some(pairs) = self.0.remove(&Identity::Join(model.clone(), from.clone())) {
            self.0.insert(Identity::Join(model.clone(), to.clone()), pairs);
        }
        for row in self.0.get_mut(&Identity::Model(model.clone())).into_iter().flatten() {
            if let Some(held) = row.remove(from) {
                row.insert(to.clone(), held);
            }
        }
    }

    /// Where a column's type changed, here or at the end of a reference, values keep their meaning and not their form.
    fn retype(&mut self, before: &ProjectState, after: &ProjectState, operation: Option<(&AppLabel, &Operation)>) {
        let (before, after) = (types(before, operation), types(after, None));
        for (identity, rows) in &mut self.0 {
            for row in rows {
                for (field, held) in row {
                    let path = (identity.clone(), field.clone());
                    match (before.get(&path), after.get(&path)) {
                        (_, Some((_, true))) => *held = Held::Anything,
                        (Some((old, _)), Some((new, _))) if old != new => *held = held.retyped(),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// The type of every column, and whether it is computed; under the names that a rename gives.
fn types(
    state: &ProjectState,
    renamed_by: Option<(&AppLabel, &Operation)>,
) -> BTreeMap<(Identity, FieldName), (Option<ColumnType>, bool)> {
    let model_now = |model: &ModelRef| match renamed_by {
        Some((app, Operation::RenameModel { from, to })) if model.app == *app && model.model == *from => {
            ModelRef::new(model.app.clone(), to.clone())
        }
        Some((_, Operation::MoveModel { from, to })) if model == from => to.clone(),
        _ => model.clone(),
    };
    let field_now = |model: &ModelRef, field: &FieldName| match renamed_by {
        Some((app, Operation::RenameField { model: owner, from, to }))
            if model.app == *app && model.model == *owner && field == from =>
        {
            to.clone()
        }
        _ => field.clone(),
    };
    let mut types = BTreeMap::new();
    let key = |model: &ModelRef| {
        let model = state.models.get(model)?;
        state.column_type(model.field(model.primary_key.first()?)?)
    };
    for (model, definition) in &state.models {
        for field in &definition.fields {
            let name = field_now(model, &field.name);
            match &field.kind {
                FieldKind::ManyToMany(pairs) => {
                    let join = Identity::Join(model_now(model), name);
                    types.insert((join.clone(), "from".into()), (key(model), false));
                    types.insert((join, "to".into()), (key(&pairs.to), false));
                }
                FieldKind::Column(_) | FieldKind::ForeignKey(_) => {
                    let ty = (state.column_type(field), field.generated.is_some());
                    types.insert((Identity::Model(model_now(model)), name), ty);
                }
            }
        }
    }
    types
}

fn has_pairs(field: &FieldState) -> bool {
    matches!(&field.kind, FieldKind::ManyToMany(pairs) if pairs.through.is_none())
}

pub(super) fn tables(state: &ProjectState) -> Vec<Lowered> {
    let all: BTreeSet<ModelRef> = state.models.keys().cloned().collect();
    let mut tables = lower(state, &all).unwrap_or_else(|why| panic!("{why}"));
    // What an enum may hold is said by a check.
    for lowered in &mut tables {
        lowered.table.check_enums(&state.enum_values());
    }
    tables
}

async fn read(live: &mut Live, lowered: &Lowered) -> Vec<BTreeMap<FieldName, String>> {
    let engine = live.engine();
    let columns: Vec<String> =
        lowered.columns.values().map(|column| literal_of(engine, &lowered.table.name, column)).collect();
    if columns.is_empty() {
        return Vec::new();
    }
    let sql = format!("SELECT {} FROM {}", columns.join(", "), quoted_table(engine, &lowered.table.name));
    let rows = live.texts(&sql).await;
    rows.into_iter().map(|row| lowered.columns.keys().cloned().zip(row).collect()).collect()
}

/// True where each expected row is one of the found ones, and the other way round.
fn same_rows(expected: &[Row], found: &[BTreeMap<FieldName, String>]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return found.is_empty() };
    (0..found.len()).filter(|&at| same_row(first, &found[at])).any(|at| {
        let others: Vec<_> = found.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, row)| row.clone()).collect();
        same_rows(rest, &others)
    })
}

fn same_row(expected: &Row, found: &BTreeMap<FieldName, String>) -> bool {
    expected.len() == found.len()
        && expected.iter().all(|(field, held)| found.get(field).is_some_and(|value| held.is(value)))
}

fn both(lowered: &Lowered, expected: &[Row], found: &[BTreeMap<FieldName, String>]) -> String {
    let mut text = format!("`{}` should hold", lowered.table.name);
    for row in expected {
        let _ = write!(text, "\n  {row:?}");
    }
    text += "\nand holds";
    for row in found {
        let _ = write!(text, "\n  {row:?}");
    }
    text
}

/// Every value is stored as its column's type stores values.
fn classes(state: &ProjectState, lowered: &Lowered, found: &[BTreeMap<FieldName, String>]) -> Result<(), String> {
    let types = types(state, None);
    for (field, value) in found.iter().flatten() {
        if let Some((Some(ty), false)) = types.get(&(lowered.identity.clone(), field.clone()))
            && !fits(value, ty)
        {
            return Err(format!("`{}.{field}` holds {value}, which is no {ty}", lowered.table.name));
        }
    }
    Ok(())
}

/// Every generated column holds what its expression says.
async fn computed(live: &mut Live, state: &ProjectState, lowered: &Lowered) -> Result<(), String> {
    let Some(model) = state.models.get(lowered.identity.model()) else { return Ok(()) };
    for field in model.fields.iter().filter(|_| matches!(lowered.identity, Identity::Model(_))) {
        let (Some(generated), Some(column)) = (&field.generated, field.column_name()) else { continue };
        let expression = spoken(live.engine(), generated.expression.for_engine(live.engine()).unwrap_or_default());
        let (table, column) = (quoted_table(live.engine(), &lowered.table.name), quoted(live.engine(), &column));
        let stored = as_stored(live.engine(), &expression, state.column_type(field).as_ref());
        let differs = format!("SELECT count(*) FROM {table} WHERE {}", differ(live.engine(), &column, &stored));
        let wrong = live.text(&differs).await;
        if wrong != "0" {
            return Err(format!("{wrong} rows of {table} have a {column} that is not {expression}"));
        }
    }
    Ok(())
}
