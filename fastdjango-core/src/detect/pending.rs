//! The changes that have yet to be made, in their order; what could not be made waits until something happens nearby.

use std::collections::{BTreeMap, BTreeSet};

use rpds::{RedBlackTreeMapSync, VectorSync};

use super::change::{Change, ChangeKind};
use crate::name::{AppLabel, ModelRef};

/// Where a change stands among the others: by its rank, then in the order in which they were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    rank: u8,
    number: usize,
}

/// What is asked of every change until one is found. Who was asked in vain is not asked again until something happens nearby.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Can it be made?
    Ready,
    /// Is it a deletion that references of other deleted models hold up alone?
    Held,
    /// Does it wait for a column that can move aside?
    Column,
    /// Do references of deleted models hinder it?
    HinderedByDeleted,
    /// Do any references hinder it?
    Hindered,
    /// Does it have a default that an enum loses?
    Default,
}

const ASKS: usize = Ask::Default as usize + 1;

/// The places of changes by app and by model. A copy costs nothing until one of the two changes, and then those of the app: an attempt
/// to make the changes of an app looks at all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    /// Every change that was ever added, by its number; those that are pending have a place below.
    changes: VectorSync<Change>,
    of_app: RedBlackTreeMapSync<AppLabel, Places>,
    /// What renames or moves a model stands under both names.
    of_model: RedBlackTreeMapSync<AppLabel, BTreeMap<ModelRef, Set>>,
    /// How many rename or move a model: most often none, and then nobody has to look.
    moves: usize,
}

/// Changes and where they stand, in their order.
pub(super) type Found<'a> = Box<dyn Iterator<Item = (Place, &'a Change)> + 'a>;

type Set = BTreeSet<Place>;

/// The changes of one app.
#[derive(Clone, Debug, Default)]
struct Places {
    all: Set,
    /// Those that are still to be asked; all of them where nobody was asked in vain yet.
    open: [Option<Set>; ASKS],
}

impl FromIterator<Change> for Pending {
    fn from_iter<I: IntoIterator<Item = Change>>(changes: I) -> Self {
        let mut pending = Self::default();
        for change in changes {
            pending.insert(change);
        }
        pending
    }
}

impl Pending {
    /// Adds a change behind all others of its rank.
    pub(super) fn insert(&mut self, change: Change) {
        let place = Place { rank: change.kind.rank(), number: self.changes.len() };
        self.moves += usize::from(moves(&change));
        let app = &change.model.app;
        if !self.of_app.contains_key(app) {
            self.of_app.insert_mut(app.clone(), Places::default());
        }
        if let Some(places) = self.of_app.get_mut(app) {
            places.all.insert(place);
            for open in places.open.iter_mut().flatten() {
                open.insert(place);
            }
        }
        for model in names(&change) {
            if !self.of_model.contains_key(&model.app) {
                self.of_model.insert_mut(model.app.clone(), BTreeMap::new());
            }
            if let Some(models) = self.of_model.get_mut(&model.app) {
                models.entry(model).or_default().insert(place);
            }
        }
        self.changes.push_back_mut(change);
    }

    /// Takes a change away.
    pub(super) fn remove(&mut self, place: Place) -> Option<Change> {
        let change = self.get(place)?.clone();
        let places = self.of_app.get_mut(&change.model.app)?;
        if !places.all.remove(&place) {
            return None;
        }
        for open in places.open.iter_mut().flatten() {
            open.remove(&place);
        }
        if places.all.is_empty() {
            self.of_app.remove_mut(&change.model.app);
        }
        self.moves -= usize::from(moves(&change));
        for model in names(&change) {
            if let Some(models) = self.of_model.get_mut(&model.app)
                && let Some(places) = models.get_mut(&model)
            {
                places.remove(&place);
                if places.is_empty() {
                    models.remove(&model);
                }
            }
        }
        Some(change)
    }

    /// Gives a change another kind of the same rank.
    pub(super) fn replace(&mut self, place: Place, kind: ChangeKind) {
        let Some(change) = self.changes.get_mut(place.number) else { return };
        change.kind = kind;
        let model = change.model.clone();
        self.wake(&model);
    }

    /// The changes of the app that are still to be asked; without an app all changes, whoever was asked before.
    pub(super) fn open<'a>(&'a self, ask: Ask, app: Option<&AppLabel>) -> Found<'a> {
        match app {
            Some(app) => self.found(self.of_app.get(app).into_iter().flat_map(move |places| places.open(ask).iter())),
            None => self.of_all(|places| places.all.iter()),
        }
    }

    /// Notes that changes of the app were asked in vain.
    pub(super) fn put_aside(&mut self, ask: Ask, app: &AppLabel, asked: &[Place]) {
        if asked.is_empty() {
            return;
        }
        let Some(places) = self.of_app.get_mut(app) else { return };
        let open = places.open[ask as usize].get_or_insert_with(|| places.all.clone());
        for place in asked {
            open.remove(place);
        }
    }

    /// True where some change was asked in vain.
    pub(super) fn has_waiting(&self) -> bool {
        self.of_app.values().any(|places| places.open.iter().any(Option::is_some))
    }

    /// Has every change of the model asked again.
    pub(super) fn wake(&mut self, model: &ModelRef) {
        let woken: Vec<Place> = self.places(model).copied().collect();
        for place in woken {
            let Some(change) = self.changes.get(place.number) else { continue };
            let app = &change.model.app;
            let sleeps = |open: &Set| !open.contains(&place);
            if !self.of_app.get(app).is_some_and(|places| places.open.iter().flatten().any(sleeps)) {
                continue;
            }
            for open in self.of_app.get_mut(app).into_iter().flat_map(|places| places.open.iter_mut().flatten()) {
                open.insert(place);
            }
        }
    }

    /// Has every change asked again.
    pub(super) fn wake_all(&mut self) {
        let apps: Vec<AppLabel> = self.apps().cloned().collect();
        for app in apps {
            if let Some(places) = self.of_app.get_mut(&app) {
                places.open = Default::default();
            }
        }
    }

    /// The change of all that comes first.
    pub(super) fn first(&self) -> Option<(Place, &Change)> {
        let place = self.of_app.values().filter_map(|places| places.all.first()).min()?;
        Some((*place, self.get(*place)?))
    }

    /// The changes of the kind, whatever it says besides, of the app or of all.
    pub(super) fn kind<'a>(&'a self, kind: &ChangeKind, app: Option<&AppLabel>) -> Found<'a> {
        let range = Place { rank: kind.rank(), number: 0 }..=Place { rank: kind.rank(), number: usize::MAX };
        let of_kind = move |places: &'a Places| places.all.range(range.clone());
        match app {
            Some(app) => self.found(self.of_app.get(app).into_iter().flat_map(of_kind)),
            None => self.of_all(of_kind),
        }
    }

    /// The changes of the model.
    pub(super) fn of<'a>(&'a self, model: &'a ModelRef) -> impl Iterator<Item = &'a Change> {
        self.under(model).filter(move |change| change.model == *model)
    }

    /// The changes of the app.
    pub(super) fn within<'a>(&'a self, app: &AppLabel) -> Found<'a> {
        self.found(self.of_app.get(app).into_iter().flat_map(|places| places.all.iter()))
    }

    /// True where a model is about to come to the name, or to leave it.
    pub(super) fn is_moving(&self, model: &ModelRef) -> bool {
        self.moves > 0 && self.under(model).any(moves)
    }

    fn under(&self, model: &ModelRef) -> impl Iterator<Item = &Change> {
        self.places(model).filter_map(|place| self.get(*place))
    }

    fn places(&self, model: &ModelRef) -> impl Iterator<Item = &Place> {
        self.of_model.get(&model.app).and_then(|models| models.get(model)).into_iter().flatten()
    }

    fn get(&self, place: Place) -> Option<&Change> {
        self.changes.get(place.number)
    }

    fn found<'a>(&'a self, places: impl Iterator<Item = &'a Place> + 'a) -> Found<'a> {
        Box::new(places.filter_map(|place| Some((*place, self.get(*place)?))))
    }

    /// Those of every app, in the order of all.
    fn of_all<'a, I: Iterator<Item = &'a Place>>(&'a self, of: impl FnMut(&'a Places) -> I) -> Found<'a> {
        let mut places: Vec<&Place> = self.of_app.values().flat_map(of).collect();
        places.sort();
        self.found(places.into_iter())
    }

    /// The apps that have changes.
    pub(super) fn apps(&self) -> impl Iterator<Item = &AppLabel> {
        self.of_app.keys()
    }

    /// How many changes the app has.
    pub(super) fn left(&self, app: &AppLabel) -> usize {
        self.of_app.get(app).map_or(0, |places| places.all.len())
    }
}

impl Places {
    fn open(&self, ask: Ask) -> &Set {
        self.open[ask as usize].as_ref().unwrap_or(&self.all)
    }
}

/// True where the change gives a model another name.
fn moves(change: &Change) -> bool {
    matches!(change.kind, ChangeKind::RenameModel { .. } | ChangeKind::MoveModel { .. })
}

/// The names of the model that the change is found by.
fn names(change: &Change) -> impl Iterator<Item = ModelRef> + use<> {
    let other = match &change.kind {
        ChangeKind::RenameModel { from } => Some(ModelRef::new(change.model.app.clone(), from.clone())),
        ChangeKind::MoveModel { to } => Some(to.clone()),
        _ => None,
    };
    [change.model.clone()].into_iter().chain(other)
}
