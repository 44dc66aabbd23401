//! Who uses what: the models that refer to a model or to a field by its name, that have a table, an index or a constraint of a name, or columns of an enum.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::map::Shared;
use super::{FieldState, ModelState};
use crate::name::{FieldName, ModelRef};

/// What a model uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Used {
    /// The model that a field or a constraint names.
    Model(ModelRef),
    /// The field that a field or a constraint names.
    Field(ModelRef, FieldName),
    /// The table of that name, or that of a field's pairs.
    Table(String),
    /// The name, for an index or a constraint.
    Name(String),
    /// The enum of that name, as the type of a column.
    Enum(String),
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Model,
    Field,
    Table,
    Name,
    Enum,
}

const KINDS: [Kind; Kind::Enum as usize + 1] = [Kind::Model, Kind::Field, Kind::Table, Kind::Name, Kind::Enum];

/// The models by what they use. A copy shares everything with the original, as the models themselves do.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    /// By kind, since few ask for all of them: each made when somebody asks for the first time, and kept from then on.
    known: [OnceLock<Known>; KINDS.len()],
    /// The model that somebody may be changing, and what is known to use it: what it used before.
    changing: Option<(ModelRef, Vec<Used>)>,
}

type Known = RedBlackTreeMapSync<Used, RedBlackTreeSetSync<ModelRef>>;

impl Users {
    /// Adds a model.
    pub(super) fn learn(&mut self, name: &ModelRef, model: &ModelState) {
        for used in self.uses(model) {
            self.add(used, name);
        }
    }

    /// Takes a model away.
    pub(super) fn forget(&mut self, name: &ModelRef, model: &ModelState) {
        for used in self.uses(model) {
            self.remove(&used, name);
        }
    }

    /// Says that the model is about to change; `models` have it as it is.
    pub(super) fn change(&mut self, name: &ModelRef, models: &Shared) {
        let is_changing = self.changing.as_ref().is_some_and(|(changing, _)| changing == name);
        if is_changing || !KINDS.into_iter().any(|kind| self.is_known(kind)) {
            return;
        }
        self.settle(models);
        self.changing = models.get(name).map(|model| (name.clone(), self.uses(model)));
    }

    /// Adds what the model that changed last uses by now.
    pub(super) fn settle(&mut self, models: &Shared) {
        let Some((name, before)) = self.changing.take() else { return };
        let model = models.get(&name);
        let is_known = |kind| self.is_known(kind);
        if model.is_some_and(|model| before.iter().map(Used::as_ref).eq(named(model, is_known))) {
            return;
        }
        let after = model.map(|model| self.uses(model)).unwrap_or_default();
        // Most of what it used it still uses, and what stays costs nothing.
        for used in before.iter().filter(|used| !after.contains(used)) {
            self.remove(used, &name);
        }
        for used in after.into_iter().filter(|used| !before.contains(used)) {
            self.add(used, &name);
        }
    }

    /// The models that use it, in their order.
    pub(super) fn of<'a>(&'a self, used: &Used, models: &'a Shared) -> impl Iterator<Item = &'a ModelRef> + use<'a> {
        let kind = used.as_ref().kind();
        let known = self.known[kind as usize].get_or_init(|| self.all(kind, models));
        let changing = self.changing.as_ref().map(|(name, _)| name);
        let has_it = |model: &Arc<ModelState>| named(model, |other| other == kind).any(|own| own == used.as_ref());
        let mut changed = changing.filter(|name| models.get(name).is_some_and(has_it));
        let known = known.get(used).into_iter().flat_map(|users| users.iter());
        let mut known = known.filter(move |name| Some(*name) != changing).peekable();
        std::iter::from_fn(move || match (changed, known.peek()) {
            (Some(name), Some(next)) if *next < name => known.next(),
            (Some(_), _) => changed.take(),
            (None, _) => known.next(),
        })
    }

    /// What all models use of one kind, but for the one that is changing, which is added once it has changed.
    fn all(&self, kind: Kind, models: &Shared) -> Known {
        let mut known = Known::default();
        let changing = self.changing.as_ref().map(|(name, _)| name);
        for (name, model) in models.iter().filter(|(name, _)| Some(*name) != changing) {
            named(model, |other| other == kind).for_each(|used| add(&mut known, used.into_used(), name));
        }
        known
    }

    fn is_known(&self, kind: Kind) -> bool {
        self.known[kind as usize].get().is_some()
    }

    /// What the model uses of all kinds that somebody asked for.
    fn uses(&self, model: &ModelState) -> Vec<Used> {
        named(model, |kind| self.is_known(kind)).map(UsedRef::into_used).collect()
    }

    fn add(&mut self, used: Used, name: &ModelRef) {
        if let Some(known) = self.known[used.as_ref().kind() as usize].get_mut() {
            add(known, used, name);
        }
    }

    fn remove(&mut self, used: &Used, name: &ModelRef) {
        let Some(known) = self.known[used.as_ref().kind() as usize].get_mut() else { return };
        let Some(users) = known.get_mut(used) else { return };
        users.remove_mut(name);
        if users.is_empty() {
            known.remove_mut(used);
        }
    }
}

fn add(known: &mut Known, used: Used, name: &ModelRef) {
    match known.get_mut(&used) {
        Some(users) => users.insert_mut(name.clone()),
        None => known.insert_mut(used, [name.clone()].into_iter().collect()),
    }
}

/// The same without a copy of any name.
#[derive(Clone, PartialEq)]
enum UsedRef<'a> {
    Model(&'a ModelRef),
    Field(&'a ModelRef, &'a FieldName),
    Table(Cow<'a, str>),
    Name(&'a str),
    Enum(&'a str),
}

impl Used {
    fn as_ref(&self) -> UsedRef<'_> {
        match self {
            Self::Model(model) => UsedRef::Model(model),
            Self::Field(model, field) => UsedRef::Field(model, field),
            Self::Table(table) => UsedRef::Table(Cow::Borrowed(table)),
            Self::Name(name) => UsedRef::Name(name),
            Self::Enum(name) => UsedRef::Enum(name),
        }
    }
}

impl UsedRef<'_> {
    fn into_used(self) -> Used {
        match self {
            Self::Model(model) => Used::Model(model.clone()),
            Self::Field(model, field) => Used::Field(model.clone(), field.clone()),
            Self::Table(table) => Used::Table(table.into_owned()),
            Self::Name(name) => Used::Name(name.to_owned()),
            Self::Enum(name) => Used::Enum(name.to_owned()),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Model(_) => Kind::Model,
            Self::Field(..) => Kind::Field,
            Self::Table(_) => Kind::Table,
            Self::Name(_) => Kind::Name,
            Self::Enum(_) => Kind::Enum,
        }
    }
}

/// What the model uses of the kinds that are asked for.
fn named(model: &ModelState, asked: impl Fn(Kind) -> bool) -> impl Iterator<Item = UsedRef<'_>> {
    let targets = asked(Kind::Model).then(|| model.targets().map(UsedRef::Model));
    let fields = asked(Kind::Field).then(|| model.target_fields().map(|(to, field)| UsedRef::Field(to, field)));
    let enums = asked(Kind::Enum).then(|| model.fields.iter().filter_map(FieldState::enum_name).map(UsedRef::Enum));
    let names = asked(Kind::Name).then(|| model.names().map(UsedRef::Name));
    let tables = asked(Kind::Table).then(|| {
        let pairs = model.tables_of_pairs().map(|(_, table)| UsedRef::Table(Cow::Owned(table)));
        pairs.chain([UsedRef::Table(Cow::Borrowed(&model.table))])
    });
    let (enums, names) = (enums.into_iter().flatten(), names.into_iter().flatten());
    targets
        .into_iter()
        .flatten()
        .chain(fields.into_iter().flatten())
        .chain(enums)
        .chain(names)
        .chain(tables.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use crate::field::ColumnType;
    use crate::name::ModelRef;
    use crate::state::{FieldKind, FieldState, ModelState, Pairs, ProjectState};

    #[test]
    fn what_is_asked_for_while_a_model_changes_is_what_it_uses_by_then() {
        let (book, author) = (ModelRef::new("shop", "Book"), ModelRef::new("shop", "Author"));
        let pairs = FieldKind::ManyToMany(Pairs { to: author.clone(), through: None });
        let mut state = ProjectState::default();
        let fields = vec![FieldState::new("authors", pairs)].into();
        state.models.insert(book.clone(), ModelState { fields, ..ModelState::new("book") });
        state.models.insert(author.clone(), ModelState::new("author"));
        let with_table = |state: &ProjectState, table: &str| state.with_table(table).cloned().collect::<Vec<_>>();
        assert!(state.referrers(&author).eq([&book]));

        state.models.get_mut(&book).unwrap().table = "volume".to_owned();
        assert_eq!(with_table(&state, "volume"), std::slice::from_ref(&book));
        state.models.get_mut(&book).unwrap().table = "tome".to_owned();
        assert_eq!(with_table(&state, "volume"), []);
        assert_eq!(with_table(&state, "tome"), std::slice::from_ref(&book));

        let before = state.clone();
        state.models.get_mut(&author).unwrap().comment = Some("who writes".to_owned());
        state.models.get_mut(&book).unwrap().fields[0].kind = FieldKind::Column(ColumnType::Text);
        assert_eq!(with_table(&state, "volume"), []);
        assert_eq!(with_table(&state, "tome"), std::slice::from_ref(&book));
        assert_eq!(state.referrers(&author).next(), None);
        assert!(before.referrers(&author).eq([&book]));
    }
}
