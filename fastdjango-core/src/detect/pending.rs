//! The changes that have yet to be made, in their order; what could not be made waits until something happens nearby.

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::change::{Change, ChangeKind};
use crate::name::{AppLabel, ModelRef};

/// Where a change stands among the others: by its rank, then in the order in which they were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    rank: u8,
    number: usize,
}

/// Changes by their place, and the places by app and by model. A copy costs nothing until one of the two changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    changes: RedBlackTreeMapSync<Place, Change>,
    of_app: RedBlackTreeMapSync<AppLabel, Places>,
    /// A rename of a model stands under both names.
    of_model: RedBlackTreeMapSync<ModelRef, RedBlackTreeSetSync<Place>>,
    /// How many were ever added.
    added: usize,
    /// How many wait.
    waiting: usize,
}

/// The changes of one app, and those of them that do not wait.
#[derive(Clone, Debug, Default)]
struct Places {
    all: RedBlackTreeSetSync<Place>,
    open: RedBlackTreeSetSync<Place>,
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
        let place = Place { rank: change.rank(), number: self.added };
        self.added += 1;
        let app = &change.model.app;
        if !self.of_app.contains_key(app) {
            self.of_app.insert_mut(app.clone(), Places::default());
        }
        if let Some(places) = self.of_app.get_mut(app) {
            places.all.insert_mut(place);
            places.open.insert_mut(place);
        }
        for model in names(&change) {
            if let Some(places) = self.of_model.get_mut(&model) {
                places.insert_mut(place);
            } else {
                self.of_model.insert_mut(model, [place].into_iter().collect());
            }
        }
        self.changes.insert_mut(place, change);
    }

    /// Takes a change away.
    pub(super) fn remove(&mut self, place: Place) -> Option<Change> {
        let change = self.changes.get(&place)?.clone();
        self.changes.remove_mut(&place);
        if let Some(places) = self.of_app.get_mut(&change.model.app) {
            places.all.remove_mut(&place);
            self.waiting -= usize::from(!places.open.remove_mut(&place));
            if places.all.is_empty() {
                self.of_app.remove_mut(&change.model.app);
            }
        }
        for model in names(&change) {
            if let Some(places) = self.of_model.get_mut(&model) {
                places.remove_mut(&place);
                if places.is_empty() {
                    self.of_model.remove_mut(&model);
                }
            }
        }
        Some(change)
    }

    /// Gives a change another kind of the same rank; it waits no longer.
    pub(super) fn replace(&mut self, place: Place, kind: ChangeKind) {
        let Some(change) = self.changes.get_mut(&place) else { return };
        change.kind = kind;
        let app = change.model.app.clone();
        self.open(&app, place);
    }

    /// The first change of the app that does not wait.
    pub(super) fn next(&self, app: &AppLabel) -> Option<(Place, &Change)> {
        let place = self.of_app.get(app)?.open.first()?;
        Some((*place, self.changes.get(place)?))
    }

    /// Puts a change that cannot be made aside.
    pub(super) fn wait(&mut self, app: &AppLabel, place: Place) {
        if let Some(places) = self.of_app.get_mut(app) {
            self.waiting += usize::from(places.open.remove_mut(&place));
        }
    }

    /// True where some change waits.
    pub(super) fn has_waiting(&self) -> bool {
        self.waiting > 0
    }

    /// Lets no change of the model wait any longer.
    pub(super) fn wake(&mut self, model: &ModelRef) {
        for place in self.of_model.get(model).cloned().unwrap_or_default().iter() {
            self.open(&model.app, *place);
        }
    }

    /// Lets no change wait any longer.
    pub(super) fn wake_all(&mut self) {
        let apps: Vec<AppLabel> = self.apps().cloned().collect();
        for places in apps {
            if let Some(places) = self.of_app.get_mut(&places) {
                places.open = places.all.clone();
            }
        }
        self.waiting = 0;
    }

    fn open(&mut self, app: &AppLabel, place: Place) {
        if let Some(places) = self.of_app.get_mut(app)
            && !places.open.contains(&place)
        {
            places.open.insert_mut(place);
            self.waiting -= 1;
        }
    }

    /// The change of all that comes first.
    pub(super) fn first(&self) -> Option<(Place, &Change)> {
        self.iter().next()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, &Change)> {
        self.changes.iter().map(|(place, change)| (*place, change))
    }

    /// The changes of the app, or of all.
    pub(super) fn within<'a>(&'a self, app: Option<&AppLabel>) -> Box<dyn Iterator<Item = (Place, &'a Change)> + 'a> {
        let Some(app) = app else { return Box::new(self.iter()) };
        let places = self.of_app.get(app).into_iter().flat_map(|places| places.all.iter());
        Box::new(places.filter_map(|place| Some((*place, self.changes.get(place)?))))
    }

    /// The changes of the model.
    pub(super) fn of<'a>(&'a self, model: &'a ModelRef) -> impl Iterator<Item = &'a Change> {
        self.under(model).filter(move |change| change.model == *model)
    }

    /// True where a model is about to come to the name, or to leave it.
    pub(super) fn is_moving(&self, model: &ModelRef) -> bool {
        self.under(model).any(|change| matches!(change.kind, ChangeKind::RenameModel { .. }))
    }

    fn under(&self, model: &ModelRef) -> impl Iterator<Item = &Change> {
        let places = self.of_model.get(model).into_iter().flat_map(|places| places.iter());
        places.filter_map(|place| self.changes.get(place))
    }

    /// The apps that have changes.
    pub(super) fn apps(&self) -> impl Iterator<Item = &AppLabel> {
        self.of_app.keys()
    }

    /// How many changes the app has.
    pub(super) fn left(&self, app: &AppLabel) -> usize {
        self.of_app.get(app).map_or(0, |places| places.all.size())
    }
}

/// The names of the model that the change is found by.
fn names(change: &Change) -> Vec<ModelRef> {
    let former = match &change.kind {
        ChangeKind::RenameModel { from } => Some(ModelRef::new(change.model.app.clone(), from.clone())),
        _ => None,
    };
    [change.model.clone()].into_iter().chain(former).collect()
}
