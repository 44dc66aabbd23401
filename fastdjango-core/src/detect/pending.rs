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

/// The changes of one app, and of them those worth a look: nobody has looked since something happened nearby.
#[derive(Clone, Debug, Default)]
struct Places {
    all: RedBlackTreeSetSync<Place>,
    /// Those that may be possible as they are.
    open: RedBlackTreeSetSync<Place>,
    /// Models to be deleted whose references may be taken away first.
    held: RedBlackTreeSetSync<Place>,
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
        let place = Place { rank: change.kind.rank(), number: self.added };
        self.added += 1;
        let app = &change.model.app;
        if !self.of_app.contains_key(app) {
            self.of_app.insert_mut(app.clone(), Places::default());
        }
        if let Some(places) = self.of_app.get_mut(app) {
            places.all.insert_mut(place);
            places.open.insert_mut(place);
            if change.kind == ChangeKind::DeleteModel {
                places.held.insert_mut(place);
            }
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
            places.held.remove_mut(&place);
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

    /// Puts models aside that are to be deleted, and that others need which are not, or not by the same app.
    pub(super) fn keep(&mut self, app: &AppLabel, places: &[Place]) {
        if let Some(of_app) = self.of_app.get_mut(app) {
            for place in places {
                of_app.held.remove_mut(place);
            }
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
                places.held =
                    places.all.iter().filter(|place| place.rank == ChangeKind::DeleteModel.rank()).copied().collect();
            }
        }
        self.waiting = 0;
    }

    fn open(&mut self, app: &AppLabel, place: Place) {
        let is_deletion = self.changes.get(&place).is_some_and(|change| change.kind == ChangeKind::DeleteModel);
        if let Some(places) = self.of_app.get_mut(app).filter(|_| is_deletion) {
            places.held.insert_mut(place);
        }
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

    /// The models to be created, in the app or in all.
    pub(super) fn creations<'a>(
        &'a self,
        app: Option<&AppLabel>,
    ) -> Box<dyn Iterator<Item = (Place, &'a Change)> + 'a> {
        self.ranked(ChangeKind::CreateModel { deferred: false }.rank(), app, |places| &places.all)
    }

    /// The models to be deleted that references may hold: in the app without those put aside, or in all.
    pub(super) fn held<'a>(&'a self, app: Option<&AppLabel>) -> Box<dyn Iterator<Item = (Place, &'a Change)> + 'a> {
        self.ranked(ChangeKind::DeleteModel.rank(), app, |places| &places.held)
    }

    fn ranked<'a>(
        &'a self,
        rank: u8,
        app: Option<&AppLabel>,
        of: fn(&Places) -> &RedBlackTreeSetSync<Place>,
    ) -> Box<dyn Iterator<Item = (Place, &'a Change)> + 'a> {
        let range = Place { rank, number: 0 }..=Place { rank, number: usize::MAX };
        let Some(app) = app else {
            return Box::new(self.changes.range(range).map(|(place, change)| (*place, change)));
        };
        let places = self.of_app.get(app).into_iter().flat_map(move |app| of(app).range(range.clone()));
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
