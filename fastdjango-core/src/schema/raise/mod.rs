//! From a schema that was found to the state that it means: lowering, backwards. Another state says what things are called.
//!
//! Whatever the two have alike is taken from that state as it is written there; only what differs is read out of the schema. So a
//! database that is as the models say it is raised to those models, with their fields, their names and their words.

mod keys;
mod names;
mod patch;
mod relations;
mod table;

use std::collections::BTreeMap;

use super::{CheckExpression, Difference, ForeignKey, Identity, Lowered, Schema, Table, lower};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::field::{Engine, Sql};
use crate::name::{AppLabel, ModelRef};
use crate::state::{EnumState, ProjectState};

/// A schema that was found, and how it differs from the one that was expected.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whose it is.
    pub engine: Engine,
    /// The schema, as a dialect normalizes it. Its fragments are the engine's own, and nobody else's.
    pub schema: Schema,
    /// What [`compare`](super::compare) says of it.
    pub differences: Vec<Difference>,
}

impl Found {
    /// What was found in a database of that engine.
    #[must_use]
    pub fn new(engine: Engine, mut schema: Schema, mut differences: Vec<Difference>) -> Self {
        let own = |sql: &mut Sql| {
            if let Some(text) = sql.for_engine(engine) {
                *sql = Sql::Each([(engine, text.to_owned())].into());
            }
        };
        schema.tables.values_mut().flat_map(Table::fragments_mut).for_each(own);
        for difference in &mut differences {
            match difference {
                Difference::UnknownCheck { check, .. } => check.fragment_mut().into_iter().for_each(own),
                Difference::UnknownIndex { index, .. } => index.fragments_mut().for_each(own),
                Difference::ChangedIndex { indexes, .. } | Difference::RenamedIndex { indexes, .. } => {
                    indexes.previous.fragments_mut().for_each(own);
                }
                _ => {}
            }
        }
        Self { engine, schema, differences }
    }
}

/// A state that was read out of a schema.
#[derive(Clone, Debug, Default)]
pub struct Raised {
    /// The state.
    pub state: ProjectState,
    /// What is there and no model can say.
    pub left_out: Diagnostics,
}

/// Raises what was found; the differences are those from `guide`, lowered.
///
/// A table of which `guide` has no model becomes one of the app whose name it begins with, or else of `app`.
///
/// # Errors
/// Where `guide` does not hold together.
pub fn raise(found: &Found, guide: &ProjectState, app: &AppLabel) -> Result<Raised, Diagnostics> {
    let lowered = lower(guide, &guide.models.keys().cloned().collect())?;
    let mut raising = Raising::new(found, guide, app);
    raising.take_unmanaged();
    raising.take_known(&lowered);
    raising.name_unknown(&lowered);
    raising.read_unknown();
    raising.refer();
    raising.settle();
    raising.read_enums();
    raising.tell_what_is_verbatim();
    Ok(Raised { state: raising.state, left_out: raising.left_out })
}

/// True where a dot is part of the name, and parts no schema from it: `PostgreSQL`'s is quoted then.
fn has_a_dot(table: &str, engine: Engine) -> bool {
    table.contains('.') && (engine != Engine::Postgres || table.starts_with('"'))
}

/// A state that is being raised.
struct Raising<'a> {
    found: &'a Found,
    /// The differences by their tables.
    differences: BTreeMap<&'a str, Vec<&'a Difference>>,
    guide: &'a ProjectState,
    app: &'a AppLabel,
    state: ProjectState,
    /// The models by their tables.
    models: BTreeMap<&'a str, ModelRef>,
    /// The keys that are there and in no field or constraint yet.
    keys: Vec<(ModelRef, &'a ForeignKey)>,
    left_out: Diagnostics,
}

impl<'a> Raising<'a> {
    fn new(found: &'a Found, guide: &'a ProjectState, app: &'a AppLabel) -> Self {
        let mut differences: BTreeMap<&str, Vec<&Difference>> = BTreeMap::new();
        for difference in found.differences.iter().filter(|difference| !difference.is_of_enum()) {
            differences.entry(difference.table()).or_default().push(difference);
        }
        Self {
            found,
            differences,
            guide,
            app,
            state: ProjectState { enums: guide.enums.clone(), ..ProjectState::default() },
            models: BTreeMap::new(),
            keys: Vec::new(),
            left_out: Diagnostics::default(),
        }
    }

    fn table(&self, name: &str) -> Option<&'a Table> {
        self.found.schema.tables.get(name)
    }

    fn differences(&self, table: &str) -> impl Iterator<Item = &'a Difference> {
        self.differences.get(table).into_iter().flatten().copied()
    }

    /// What is somebody else's is as the guide says it; nothing ever comes of it.
    fn take_unmanaged(&mut self) {
        for (name, model) in self.guide.models.iter().filter(|(_, model)| !model.managed) {
            if let Some(table) = self.table(&model.table) {
                self.models.insert(&table.name, name.clone());
            }
            self.state.models.insert(name.clone(), model.clone());
        }
    }

    /// The models of the guide whose tables are there.
    fn take_known(&mut self, lowered: &[Lowered]) {
        for known in lowered {
            let Identity::Model(name) = &known.identity else { continue };
            let (Some(table), Some(model)) = (self.table(&known.table.name), self.guide.models.get(name)) else {
                continue;
            };
            let patched = patch::patched(model, known, &self.guide.enum_values(), table, self.differences(&table.name));
            self.state.models.insert(name.clone(), patched.model);
            self.keys.extend(patched.keys.into_iter().map(|key| (name.clone(), key)));
            self.models.insert(&table.name, name.clone());
        }
    }

    /// Every other table is one of pairs that a field implies, or becomes a model.
    fn name_unknown(&mut self, lowered: &[Lowered]) {
        let pairs = lowered.iter().filter(|known| matches!(known.identity, Identity::Join(..)));
        let pairs: Vec<&str> =
            pairs.filter(|join| self.is_as_implied(join)).map(|join| join.table.name.as_str()).collect();
        let found = self.found;
        for name in found.schema.tables.keys().map(String::as_str) {
            if !self.models.contains_key(name) && !pairs.contains(&name) {
                if has_a_dot(name, found.engine) {
                    self.leave_out(format!("the table `{name}` has a dot in its name"));
                    continue;
                }
                let taken = |model: &ModelRef| {
                    self.state.models.contains_key(model) || self.models.values().any(|other| other == model)
                };
                let model = names::model(name, self.guide, self.app, &taken);
                self.models.insert(name, model);
            }
        }
    }

    /// True where the field's model and its table of pairs are there, and the table is what the field means.
    fn is_as_implied(&self, join: &Lowered) -> bool {
        let owned = self.state.models.contains_key(join.identity.model());
        let there = self.table(&join.table.name).is_some();
        let mut differences = self.differences(&join.table.name);
        owned && there && differences.all(|difference| matches!(difference, Difference::RenamedIndex { .. }))
    }

    fn read_unknown(&mut self) {
        let found = self.found;
        let wide = keys::referred_to_by_wide_columns(&found.schema);
        for table in found.schema.tables.values() {
            let Some(name) = self.models.get(table.name.as_str()) else { continue };
            if self.state.models.contains_key(name) {
                continue;
            }
            self.keys.extend(table.foreign_keys.iter().map(|key| (name.clone(), key)));
            let mut model = table::read(table);
            if found.engine == Engine::Sqlite {
                keys::widen_number(&mut model, &wide);
            }
            self.state.models.insert(name.clone(), model);
        }
    }

    fn read_enums(&mut self) {
        for difference in &self.found.differences {
            match difference {
                Difference::MissingEnum { name } => {
                    self.state.enums.remove(name);
                }
                Difference::UnknownEnum { name } => {
                    let values = self.found.schema.enums.get(name).cloned().unwrap_or_default();
                    self.state.enums.insert(name.clone(), EnumState { app: self.app.clone(), values });
                }
                Difference::Enum { name, values } => {
                    if let Some(known) = self.state.enums.get_mut(name) {
                        known.values.clone_from(&values.previous);
                    }
                }
                _ => {}
            }
        }
    }

    fn tell_what_is_verbatim(&mut self) {
        for table in self.found.schema.tables.values() {
            for index in table.indexes.iter().filter(|index| index.verbatim) {
                let keys = index.expression.as_ref().map(ToString::to_string).unwrap_or_default();
                self.leave_out(format!("`{}` has an index `{}` over `{keys}`", table.name, index.name));
            }
            for check in table.checks.iter().filter(|check| check.verbatim) {
                if let CheckExpression::Sql(sql) = &check.expression {
                    self.leave_out(format!("`{}` has a constraint `{sql}`", table.name));
                }
            }
        }
    }

    fn leave_out(&mut self, what: String) {
        let left_out = Diagnostic::warning("W315", what).note("no model can say it, so it is not compared");
        self.left_out.push(left_out.help("a `run_sql` of your own can change it"));
    }
}
