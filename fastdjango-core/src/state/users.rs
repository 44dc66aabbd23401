//! Who uses what: the models that refer to a model, that have a table, an index or a constraint of a name, or columns of an enum.

use std::borrow::Cow;

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::{FieldState, ModelState};
use crate::name::ModelRef;

/// What a model uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Used {
    /// The model that a field or a constraint names.
    Model(ModelRef),
    /// The table of that name, or that of a field's pairs.
    Table(String),
    /// The name, for an index or a constraint.
    Name(String),
    /// The enum of that name, as the type of a column.
    Enum(String),
}

/// The models by what they use. A copy shares everything with the original, as the models themselves do.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    known: RedBlackTreeSetSync<(Used, ModelRef)>,
    /// The model that somebody may be changing, and what it used before.
    changing: Option<(ModelRef, Vec<Used>)>,
}

impl Users {
    pub(super) fn new(models: &RedBlackTreeMapSync<ModelRef, ModelState>) -> Self {
        let mut users = Self::default();
        for (name, model) in models {
            users.learn(name, model);
        }
        users
    }

    /// Adds a model.
    pub(super) fn learn(&mut self, name: &ModelRef, model: &ModelState) {
        for used in uses(model) {
            self.known.insert_mut((used, name.clone()));
        }
    }

    /// Takes a model away.
    pub(super) fn forget(&mut self, name: &ModelRef, model: &ModelState) {
        for used in uses(model) {
            self.known.remove_mut(&(used, name.clone()));
        }
    }

    /// True where the model is the one that may be changing already: what it used before is known.
    pub(super) fn is_changing(&self, name: &ModelRef) -> bool {
        self.changing.as_ref().is_some_and(|(changing, _)| changing == name)
    }

    /// Says that the model is about to change.
    pub(super) fn change(&mut self, name: &ModelRef, model: &ModelState) {
        self.changing = Some((name.clone(), uses(model)));
    }

    /// Adds what the model that changed last uses by now.
    pub(super) fn settle(&mut self, models: &RedBlackTreeMapSync<ModelRef, ModelState>) {
        let Some((name, before)) = self.changing.take() else { return };
        if models.get(&name).is_some_and(|model| before.iter().map(Used::as_ref).eq(named(model))) {
            return;
        }
        let after = models.get(&name).map(uses).unwrap_or_default();
        // Most of what it used it still uses, and what stays costs nothing.
        for used in before.iter().filter(|used| !after.contains(used)) {
            self.known.remove_mut(&(used.clone(), name.clone()));
        }
        for used in after.into_iter().filter(|used| !before.contains(used)) {
            self.known.insert_mut((used, name.clone()));
        }
    }

    /// The models that use it, in their order.
    pub(super) fn of<'a>(
        &'a self,
        used: Used,
        models: &'a RedBlackTreeMapSync<ModelRef, ModelState>,
    ) -> impl Iterator<Item = &'a ModelRef> {
        let changing = self.changing.as_ref().map(|(name, _)| name);
        let has_it = |model| named(model).any(|own| own == used.as_ref());
        let mut changed = changing.filter(|name| models.get(name).is_some_and(has_it));
        let known = self.known.range((used.clone(), ModelRef::new("", ""))..).take_while(move |(own, _)| *own == used);
        let mut known = known.map(|(_, name)| name).filter(move |name| Some(*name) != changing).peekable();
        std::iter::from_fn(move || match (changed, known.peek()) {
            (Some(name), Some(next)) if *next < name => known.next(),
            (Some(_), _) => changed.take(),
            (None, _) => known.next(),
        })
    }
}

/// The same without a copy of any name.
#[derive(PartialEq)]
enum UsedRef<'a> {
    Model(&'a ModelRef),
    Table(Cow<'a, str>),
    Name(&'a str),
    Enum(&'a str),
}

impl Used {
    fn as_ref(&self) -> UsedRef<'_> {
        match self {
            Self::Model(model) => UsedRef::Model(model),
            Self::Table(table) => UsedRef::Table(Cow::Borrowed(table)),
            Self::Name(name) => UsedRef::Name(name),
            Self::Enum(name) => UsedRef::Enum(name),
        }
    }
}

fn named(model: &ModelState) -> impl Iterator<Item = UsedRef<'_>> {
    let enums = model.fields.iter().filter_map(FieldState::enum_name).map(UsedRef::Enum);
    let names = model.names().map(UsedRef::Name);
    let pairs = model.tables_of_pairs().map(|(_, table)| UsedRef::Table(Cow::Owned(table)));
    let tables = pairs.chain([UsedRef::Table(Cow::Borrowed(&model.table))]);
    model.targets().map(UsedRef::Model).chain(enums).chain(names).chain(tables)
}

fn uses(model: &ModelState) -> Vec<Used> {
    let owned = |used: UsedRef<'_>| match used {
        UsedRef::Model(model) => Used::Model(model.clone()),
        UsedRef::Table(table) => Used::Table(table.into_owned()),
        UsedRef::Name(name) => Used::Name(name.to_owned()),
        UsedRef::Enum(name) => Used::Enum(name.to_owned()),
    };
    named(model).map(owned).collect()
}
