//! Renames that cross, follow each other, or look alike: every combination of answers, on rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fastdjango_core::detect::{Answer, Answers, Detected, Past, detect};
use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::name::ModelRef;
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::{Planned, plan};
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, Hints, IndexField, IndexState, ModelState, ProjectState,
    Reference,
};
use fastdjango_tests::generate::initial;
use fastdjango_tests::live::{Live, Server, block_on};

/// Models with their fields, before and after: `a` holds text, `u!` unique texts, `n#` numbers, and `r>Model` refers to a row.
struct Scene {
    before: &'static [(&'static str, &'static str)],
    after: &'static [(&'static str, &'static str)],
}

const SCENES: &[Scene] = &[
    // Two fields, and nobody sees whether their names were swapped.
    Scene { before: &[("Post", "a b")], after: &[("Post", "a b")] },
    Scene { before: &[("Post", "a b c")], after: &[("Post", "a b c")] },
    // A chain, at whose end one goes, or another one comes.
    Scene { before: &[("Post", "a b c")], after: &[("Post", "a b")] },
    Scene { before: &[("Post", "a b")], after: &[("Post", "a")] },
    Scene { before: &[("Post", "a b")], after: &[("Post", "b c")] },
    Scene { before: &[("Post", "a b")], after: &[("Post", "a b c")] },
    // Look-alikes.
    Scene { before: &[("Post", "a b c")], after: &[("Post", "d e f")] },
    Scene { before: &[("Post", "a b")], after: &[("Post", "c")] },
    Scene { before: &[("Post", "a")], after: &[("Post", "b c")] },
    // What leans on a field goes and comes with it.
    Scene { before: &[("Post", "a! b! c!")], after: &[("Post", "a! b!")] },
    Scene { before: &[("Post", "a! b c")], after: &[("Post", "a b!")] },
    // One goes, and one of another kind comes.
    Scene { before: &[("Post", "a b")], after: &[("Post", "b n#")] },
    Scene { before: &[("Post", "a n#")], after: &[("Post", "b m#")] },
    // The same for models, and for fields of a model that is renamed.
    Scene { before: &[("Post", "a"), ("Page", "a")], after: &[("Post", "a"), ("Page", "a")] },
    Scene { before: &[("Post", "a"), ("Page", "a"), ("Tag", "a")], after: &[("Post", "a"), ("Page", "a")] },
    Scene { before: &[("Post", "a"), ("Page", "a")], after: &[("Post", "a")] },
    Scene { before: &[("Post", "a"), ("Page", "a")], after: &[("Page", "a"), ("Tag", "a")] },
    Scene { before: &[("Post", "a"), ("Page", "a")], after: &[("Tag", "a"), ("Item", "a")] },
    Scene { before: &[("Post", "a b")], after: &[("Page", "a b")] },
    Scene { before: &[("Post", "a b c")], after: &[("Page", "a b")] },
    Scene { before: &[("Post", "a b"), ("Page", "a b")], after: &[("Post", "b c")] },
    // Whoever is driven out is referred to.
    Scene { before: &[("Post", "a"), ("Page", "a"), ("Note", "r>Post")], after: &[("Post", "a"), ("Note", "r>Post")] },
    Scene { before: &[("Post", "a"), ("Page", "a"), ("Note", "r>Page")], after: &[("Post", "a"), ("Note", "r>Post")] },
    Scene { before: &[("Post", "a"), ("Page", "a r>Post")], after: &[("Post", "a r>Post")] },
];

/// Rows of each table.
const ROWS: usize = 3;

/// What is confirmed: what each of the new names was before.
type Renames = BTreeMap<String, String>;

/// A model and a field.
type Path = (String, String);

/// Every scene with every combination of answers, and how many there are. Most of the time is a server's.
pub(crate) fn run(server: &Server) -> usize {
    let (next, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(scene) = SCENES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    unanswered(scene);
                    count.fetch_add(block_on(every_answer(server, scene)), Ordering::Relaxed);
                }
            });
        }
    });
    count.into_inner()
}

async fn every_answer(server: &Server, scene: &'static Scene) -> usize {
    let mut count = 0;
    for models in matchings(&of_models(scene)) {
        for fields in field_matchings(scene, &models) {
            count += 1;
            let mut case = Case { scene, models: models.clone(), fields, told: String::new() };
            case.run(Live::new(server).await).await;
        }
    }
    count
}

/// Without an answer nothing is renamed, and what goes is either asked about or warned of.
fn unanswered(scene: &Scene) {
    let (previous, next) = (initial(&state(scene.before)).unwrap(), state(scene.after));
    let detected = detect(Pair::new(&previous, &next), &Hints::default(), &Past::default(), &Answers::new());
    let renames = |operation: &Operation| {
        matches!(operation, Operation::RenameField { .. } | Operation::RenameModel { .. } | Operation::MoveModel { .. })
    };
    assert!(!operations(&detected).any(renames), "nobody said so: {:?}", scene.after);
    assert!(detected.errors.is_empty());
    let removes =
        |operation: &Operation| matches!(operation, Operation::RemoveField { .. } | Operation::DeleteModel { .. });
    let said = detected.questions.len() + detected.warnings.iter().count();
    assert!(said > 0 || !operations(&detected).any(removes), "a loss without a word: {:?}", scene.after);
}

fn operations(detected: &Detected) -> impl Iterator<Item = &Operation> {
    detected.migrations.iter().flat_map(|migration| &migration.operations)
}

fn state(models: &[(&str, &str)]) -> ProjectState {
    let mut state = ProjectState::default();
    for (name, fields) in models {
        let mut model = ModelState::new(format!("blog_{}", name.to_lowercase()));
        model.fields = vec![FieldState::new("id", FieldKind::Column(ColumnType::BigInt))].into();
        model.fields.extend(fields.split(' ').map(field));
        model.primary_key = vec!["id".into()];
        for unique in fields.split(' ').filter(|field| field.ends_with('!')).map(self::name) {
            let fields = vec![unique.into()];
            let kind = ConstraintKind::Unique { fields, deferrable: None, nulls_not_distinct: false };
            model.constraints.push(ConstraintState { name: None, kind });
            model.indexes.push(IndexState {
                fields: vec![IndexField::new(unique), IndexField::new("id")],
                ..IndexState::default()
            });
        }
        state.models.insert(ModelRef::new("blog", *name), model);
    }
    state
}

fn field(text: &str) -> FieldState {
    let kind = match text.split_once('>') {
        Some((_, target)) => FieldKind::ForeignKey(Reference {
            to: ModelRef::new("blog", target),
            to_field: None,
            on_delete: OnDelete::NoAction,
            on_update: OnDelete::NoAction,
            deferrable: None,
            constraint: None,
        }),
        None if text.ends_with('#') => FieldKind::Column(ColumnType::Integer),
        None => FieldKind::Column(ColumnType::Varchar(40)),
    };
    FieldState { null: true, ..FieldState::new(name(text), kind) }
}

/// The field's name without what says of which kind it is.
fn name(field: &str) -> &str {
    field.trim_end_matches(['#', '!']).split('>').next().unwrap_or(field)
}

fn fields_of<'a>(models: &[(&str, &'a str)], model: &str) -> Vec<&'a str> {
    let found = models.iter().find(|(name, _)| *name == model);
    found.into_iter().flat_map(|(_, fields)| fields.split(' ')).collect()
}

/// Pairs of new and old names that an answer may confirm: any two that differ, but for what refers to others.
fn of_models(scene: &Scene) -> Vec<Path> {
    let pairs = scene.after.iter().flat_map(|(new, _)| scene.before.iter().map(move |(old, _)| (*new, *old)));
    let pairs = pairs.filter(|(new, old)| new != old && ![*new, *old].contains(&"Note"));
    pairs.map(|(new, old)| (new.to_owned(), old.to_owned())).collect()
}

fn of_fields(before: &[&str], after: &[&str]) -> Vec<Path> {
    let plain = |field: &str| !field.contains('>');
    let pairs = after.iter().flat_map(|new| before.iter().map(move |old| (*new, *old)));
    let alike =
        pairs.filter(|(new, old)| new != old && plain(new) && plain(old) && new.ends_with('#') == old.ends_with('#'));
    alike.map(|(new, old)| (name(new).to_owned(), name(old).to_owned())).collect()
}

/// Every choice of pairs in which no name stands twice on a side.
fn matchings(pairs: &[Path]) -> Vec<Renames> {
    let Some(((new, old), rest)) = pairs.split_first() else { return vec![Renames::new()] };
    let mut all = matchings(rest);
    let free = |chosen: &&Renames| !chosen.contains_key(new) && chosen.values().all(|other| other != old);
    let with: Vec<Renames> = all.iter().filter(free).cloned().collect();
    all.extend(with.into_iter().map(|mut chosen| {
        chosen.insert(new.clone(), old.clone());
        chosen
    }));
    all
}

/// For each model that was there, under whatever name, every choice of its fields.
fn field_matchings(scene: &Scene, models: &Renames) -> Vec<BTreeMap<String, Renames>> {
    let origins = origins(&names(scene.before), &names(scene.after), models);
    let mut all = vec![BTreeMap::new()];
    for (new, old) in origins {
        let Some(old) = old else { continue };
        let pairs = of_fields(&fields_of(scene.before, &old), &fields_of(scene.after, &new));
        let choices = matchings(&pairs);
        let with = |known: &BTreeMap<String, Renames>| {
            let known = known.clone();
            let each = choices.iter().map(|choice| {
                let mut known = known.clone();
                known.insert(new.clone(), choice.clone());
                known
            });
            each.collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}

fn names<'a>(models: &[(&'a str, &str)]) -> Vec<&'a str> {
    models.iter().map(|(name, _)| *name).collect()
}

/// What each name was before, by the answers alone: what they say; else the same, where no answer gave it another name; else
/// nothing.
fn origins(before: &[&str], after: &[&str], said: &Renames) -> BTreeMap<String, Option<String>> {
    let origin = |new: &&str| {
        let same = || before.contains(new) && said.values().all(|old| old != new);
        said.get(*new).cloned().or_else(|| same().then(|| (*new).to_owned()))
    };
    after.iter().map(|new| ((*new).to_owned(), origin(new))).collect()
}

struct Case<'a> {
    scene: &'a Scene,
    models: Renames,
    fields: BTreeMap<String, Renames>,
    /// What was done, for a failure.
    told: String,
}

impl Case<'_> {
    async fn run(&mut self, mut live: Live) {
        let (previous, next) = (initial(&state(self.scene.before)).unwrap(), state(self.scene.after));
        let detected = detect(Pair::new(&previous, &next), &Hints::default(), &Past::default(), &self.answers());
        self.told = format!("{:?} → {:?}, {:?} {:?}\n", self.scene.before, self.scene.after, self.models, self.fields);
        for operation in operations(&detected) {
            let _ = writeln!(self.told, "  {}", operation.describe());
        }
        assert!(detected.questions.is_empty(), "{:?}\n{}", detected.questions, self.told);
        assert!(detected.errors.is_empty(), "{}\n{}", detected.errors, self.told);
        self.losses_are_said(&detected);
        live.create(&previous).await;
        self.seed(&mut live).await;
        let (mut now, mut done) = (previous.clone(), Vec::new());
        for migration in &detected.migrations {
            let planned = plan(&migration.app, &migration.operations, &now, live.dialect()).unwrap();
            live.steps(&now, &planned.up).await.unwrap_or_else(|why| panic!("{why}\n{}", self.told));
            for operation in &migration.operations {
                operation.apply(&migration.app, &mut now).unwrap();
            }
            done.push((planned, now.clone()));
        }
        live.like_fresh(&now).await.unwrap_or_else(|why| panic!("{why}\n{}", self.told));
        self.every_value_is_where_it_was_said(&mut live).await;
        if self.back(&mut live, done).await {
            live.like_fresh(&previous).await.unwrap_or_else(|why| panic!("{why}\n{}", self.told));
            self.what_was_kept_is_back(&mut live).await;
        }
        live.remove().await;
    }

    /// `yes` to what is chosen, `no` to all else.
    fn answers(&self) -> Answers {
        let mut answers = Answers::new();
        let say = |said: bool| if said { Answer::yes() } else { Answer::no() };
        for (new, old) in of_models(self.scene) {
            let said = self.models.get(&new) == Some(&old);
            answers.insert(format!("rename_model:blog.{new}:{old}"), say(said));
        }
        for (model, of) in self.origins() {
            let Some(of) = of else { continue };
            let pairs = of_fields(&fields_of(self.scene.before, &of), &fields_of(self.scene.after, &model));
            for (new, old) in pairs {
                let said = self.fields.get(&model).and_then(|fields| fields.get(&new)) == Some(&old);
                answers.insert(format!("rename_field:blog.{model}.{new}:{old}"), say(said));
            }
        }
        answers
    }

    /// What each model of afterwards was.
    fn origins(&self) -> BTreeMap<String, Option<String>> {
        origins(&names(self.scene.before), &names(self.scene.after), &self.models)
    }

    /// What each field of afterwards was, of models that were there.
    fn paths(&self) -> BTreeMap<Path, Path> {
        let mut paths = BTreeMap::new();
        for (model, of) in self.origins() {
            let Some(of) = of else { continue };
            let [before, after] = [(self.scene.before, &of), (self.scene.after, &model)]
                .map(|(models, model)| fields_of(models, model).into_iter().map(name).collect::<Vec<_>>());
            let said = self.fields.get(&model).cloned().unwrap_or_default();
            for (field, origin) in origins(&before, &after, &said) {
                paths.extend(origin.map(|origin| ((model.clone(), field), (of.clone(), origin))));
            }
        }
        paths
    }

    /// Whatever is nowhere afterwards was warned of, by its name or by the one that it stopped over at.
    fn losses_are_said(&self, detected: &Detected) {
        let said: Vec<String> = detected.warnings.iter().map(|warning| warning.message.clone()).collect();
        let is_said = |what: &str, then: &str| {
            let told = [format!("`{what}` is {then}"), format!("`{what}_replaced` is {then}")];
            said.iter().any(|message| told.iter().any(|told| message.starts_with(told)))
        };
        let origins = self.origins();
        let kept: BTreeSet<Path> = self.paths().into_values().collect();
        for (old, fields) in self.scene.before {
            let Some((new, _)) = origins.iter().find(|(_, of)| of.as_deref() == Some(*old)) else {
                assert!(is_said(old, "deleted"), "{old} goes without a word: {said:?}\n{}", self.told);
                continue;
            };
            for field in
                fields.split(' ').map(name).filter(|field| !kept.contains(&((*old).to_owned(), (*field).to_owned())))
            {
                let path = format!("{new}.{field}");
                assert!(is_said(&path, "removed"), "{path} goes without a word: {said:?}\n{}", self.told);
            }
        }
    }

    async fn seed(&self, live: &mut Live) {
        // Those that refer come after those that they refer to.
        for (model, fields) in self.scene.before {
            for row in 1..=ROWS {
                let names: Vec<&str> = fields.split(' ').map(name).collect();
                let columns = fields.split(' ').map(column).collect::<Vec<_>>().join(", ");
                let values: Vec<String> = names
                    .iter()
                    .zip(fields.split(' '))
                    .map(|(name, field)| format!("'{}'", value(model, name, field, row)))
                    .collect();
                let values = values.join(", ");
                let sql = format!("INSERT INTO blog_{} (id, {columns}) VALUES ({row}, {values})", model.to_lowercase());
                live.run(&sql).await.unwrap();
            }
        }
    }

    async fn every_value_is_where_it_was_said(&self, live: &mut Live) {
        let paths = self.paths();
        for (model, of) in self.origins() {
            for field in fields_of(self.scene.after, &model) {
                let origin = paths.get(&(model.clone(), name(field).to_owned()));
                let value = |row| origin.map_or(String::new(), |(of, name)| value(of, name, field, row));
                let expected = if of.is_some() { (1..=ROWS).map(value).collect() } else { Vec::new() };
                self.holds(live, &model, field, &expected).await;
            }
        }
    }

    async fn what_was_kept_is_back(&self, live: &mut Live) {
        let kept: BTreeSet<Path> = self.paths().into_values().collect();
        let models: BTreeSet<String> = self.origins().into_values().flatten().collect();
        for (model, fields) in self.scene.before {
            for field in fields.split(' ') {
                let is_kept = kept.contains(&((*model).to_owned(), name(field).to_owned()));
                let value = |row| if is_kept { value(model, name(field), field, row) } else { String::new() };
                let rows = if models.contains(*model) { ROWS } else { 0 };
                self.holds(live, model, field, &(1..=rows).map(value).collect::<Vec<_>>()).await;
            }
        }
    }

    async fn holds(&self, live: &mut Live, model: &str, field: &str, expected: &[String]) {
        let sql = format!("SELECT {} FROM blog_{} ORDER BY id", column(field), model.to_lowercase());
        let found: Vec<String> = live.texts(&sql).await.into_iter().map(|mut row| row.remove(0)).collect();
        assert_eq!(found, expected, "{model}.{}\n{}", name(field), self.told);
    }

    /// False where the way back is refused: rows would refer to those that went with what was driven out.
    async fn back(&self, live: &mut Live, done: Vec<(Planned, ProjectState)>) -> bool {
        let kept: BTreeSet<String> = self.origins().into_values().flatten().collect();
        let fields = self.scene.before.iter().flat_map(|(_, fields)| fields.split(' '));
        let mut targets = fields.filter_map(|field| field.split_once('>'));
        let lost_their_target = targets.any(|(_, target)| !kept.contains(target));
        for (planned, after) in done.into_iter().rev() {
            let down = planned.down.unwrap();
            if let Err(why) = live.steps(&after, &down).await {
                assert!(lost_their_target && why.to_string().contains("E624"), "back: {why}\n{}", self.told);
                return false;
            }
        }
        true
    }
}

fn column(field: &str) -> String {
    if field.contains('>') { format!("{}_id", name(field)) } else { name(field).to_owned() }
}

/// A value that no other column has; what refers to a row has its number.
fn value(model: &str, field: &str, kind: &str, row: usize) -> String {
    if kind.contains('>') {
        return row.to_string();
    }
    if kind.ends_with('#') {
        let of = field.bytes().next().map_or(0, usize::from);
        return (of * 10 + row).to_string();
    }
    format!("{model}.{field}.{row}")
}
