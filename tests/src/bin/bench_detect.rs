//! How much CPU the detector takes, and how that grows: `cargo run --release -p fastdjango-tests --bin bench_detect`.
//!
//! `bench_detect 100 10000 equal` measures those numbers of models, and that comparison alone. The ratios are of one run, to its
//! first line. The column `a look` is no detection: it reads every field of both states once, in their order, and so says how the
//! time for memory alone grows on this machine once a project no longer fits its caches.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, io};

use fastdjango_core::detect::{Answers, Detected, Past, detect};
use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::name::{FieldName, ModelName, ModelRef};
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{
    FieldHints, FieldKind, FieldState, Hints, IndexField, IndexState, ModelHints, ModelState, ProjectState, Reference,
};

/// Models of each project.
const SIZES: [usize; 3] = [1_000, 3_000, 10_000];

const APPS: usize = 10;

/// Fields of each model: a key, three foreign keys, and columns.
const FIELDS: usize = 20;

/// How often the detector runs; the best counts, since others may load the machine.
const RUNS: usize = 10;

/// The column that measures memory.
const LOOK: &str = "a look";

/// What to measure: a name, and how the two states and the hints come of what the migrations left and of what the models say.
type Scene = (&'static str, fn(Pair<ProjectState>) -> (Pair<ProjectState>, Hints));

const SCENES: [Scene; 7] = [
    ("equal", |states| (states, Hints::default())),
    ("1 % changed", few),
    ("all changed", all),
    ("all created", |states| (Pair::new(ProjectState::default(), states.next), Hints::default())),
    ("all deleted", |states| (Pair::new(states.previous, ProjectState::default()), Hints::default())),
    ("100 models gone, 100 new", exchanged),
    ("200 fields gone, 200 new", wide),
];

fn main() -> ExitCode {
    let sizes: Vec<usize> = env::args().filter_map(|argument| argument.parse().ok()).collect();
    let named: Vec<Scene> =
        SCENES.into_iter().filter(|(name, _)| env::args().any(|argument| argument == *name)).collect();
    let scenes = if named.is_empty() { SCENES.to_vec() } else { named };
    match report(if sizes.is_empty() { &SIZES } else { &sizes }, &scenes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "a program for a terminal")]
            {
                eprintln!("{error}");
            }
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a program for a terminal")]
fn report(sizes: &[usize], scenes: &[Scene]) -> io::Result<()> {
    println!(
        "CPU of `detect` in ms, models of {FIELDS} fields in {APPS} apps, the best of {RUNS}; behind it, how many"
    );
    println!("times that of the first line\n");
    let names: Vec<&str> = [LOOK].into_iter().chain(scenes.iter().map(|(name, _)| *name)).collect();
    println!("| models | {} |", names.join(" | "));
    println!("|-------:|{}:|", names.iter().map(|name| "-".repeat(name.len() + 1)).collect::<Vec<_>>().join(":|"));
    let mut first: Option<Vec<Duration>> = None;
    for &size in sizes {
        let models = project(size);
        let states = Pair::new(settled(&models), models);
        let mut times = vec![look(&states)?];
        for (_, scene) in scenes {
            let (states, hints) = scene(states.clone());
            times.push(detection(&states, &hints)?);
        }
        let base = first.get_or_insert_with(|| times.clone());
        println!(
            "| {size} | {} |",
            times.iter().zip(base).map(|(time, base)| cell(*time, *base)).collect::<Vec<_>>().join(" | ")
        );
    }
    Ok(())
}

fn cell(time: Duration, base: Duration) -> String {
    format!("{:.1} ({:.1}×)", time.as_secs_f64() * 1_000.0, time.as_secs_f64() / base.as_secs_f64())
}

fn detection(states: &Pair<ProjectState>, hints: &Hints) -> io::Result<Duration> {
    let (time, detected) = best(|| run(states, hints))?;
    if detected.errors.is_empty() { Ok(time) } else { Err(io::Error::other(detected.errors.to_string())) }
}

fn look(states: &Pair<ProjectState>) -> io::Result<Duration> {
    let models = || states.previous.models.values().chain(states.next.models.values());
    let size = |field: &FieldState| field.name.as_str().len() + usize::from(field.null);
    let (time, _) = best(|| models().flat_map(|model| &model.fields).map(size).sum::<usize>())?;
    Ok(time)
}

/// The CPU of the fastest run, and what the last one made.
fn best<T>(run: impl Fn() -> T) -> io::Result<(Duration, T)> {
    let measured = || {
        let before = cpu()?;
        let made = black_box(run());
        Ok::<_, io::Error>((cpu()?.saturating_sub(before), made))
    };
    (1..RUNS).try_fold(measured()?, |(best, _), _| measured().map(|(time, made)| (time.min(best), made)))
}

fn run(states: &Pair<ProjectState>, hints: &Hints) -> Detected {
    detect(Pair::new(&states.previous, &states.next), hints, &Past::default(), &Answers::new())
}

/// What this process took so far.
#[cfg(unix)]
fn cpu() -> io::Result<Duration> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let both = usage.user_time() + usage.system_time();
    u64::try_from(both.tv_sec() * 1_000_000 + both.tv_usec()).map(Duration::from_micros).map_err(io::Error::other)
}

#[cfg(not(unix))]
fn cpu() -> io::Result<Duration> {
    Err(io::Error::other("the CPU of a process is measured on Unix only"))
}

/// The project as its first migrations leave it.
fn settled(models: &ProjectState) -> ProjectState {
    let nothing = ProjectState::default();
    let detected = run(&Pair::new(nothing.clone(), models.clone()), &Hints::default());
    detected.migrations.iter().fold(nothing, |mut state, migration| {
        for operation in &migration.operations {
            let _ = operation.apply(&migration.app, &mut state);
        }
        state
    })
}

fn project(size: usize) -> ProjectState {
    let mut state = ProjectState::default();
    for number in 0..size {
        state.models.insert(label(number, size), model(number, size));
    }
    state
}

fn label(number: usize, size: usize) -> ModelRef {
    ModelRef::new(format!("app{}", number * APPS / size), format!("Model{number:05}"))
}

/// A model that refers to one next to it, to one in the middle of those before it, and to one of another app; now and then two
/// of an app refer to each other.
fn model(number: usize, size: usize) -> ModelState {
    let mut model = ModelState::new(format!("model_{number:05}"));
    model.fields.push(FieldState { auto: true, ..FieldState::new("id", FieldKind::Column(ColumnType::BigInt)) });
    model.primary_key = vec!["id".into()];
    let next = if number % 100 == 42 { number + 1 } else { number.saturating_sub(1) };
    let targets = [("next", next), ("half", number / 2), ("other", number * 7 / 10)];
    for (name, target) in targets {
        model.fields.push(reference(name, label(target.min(size - 1), size)));
    }
    while model.fields.len() < FIELDS {
        model.fields.push(column(&format!("column_{}", model.fields.len()), model.fields.len()));
    }
    let index = |field: &str| IndexState { fields: vec![IndexField::new(field)], ..IndexState::default() };
    model.indexes = ["next_id", "half_id", "other_id"].map(|column| index(column.trim_end_matches("_id"))).into();
    model
}

fn reference(name: &str, to: ModelRef) -> FieldState {
    let kind = FieldKind::ForeignKey(Reference {
        to,
        to_field: None,
        on_delete: OnDelete::Cascade,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: None,
    });
    FieldState { null: true, ..FieldState::new(name, kind) }
}

fn column(name: &str, number: usize) -> FieldState {
    let ty = match number % 4 {
        0 => ColumnType::Text,
        1 => ColumnType::Integer,
        2 => ColumnType::Boolean,
        _ => ColumnType::TimestampTz,
    };
    FieldState { null: true, ..FieldState::new(name, FieldKind::Column(ty)) }
}

/// One model in a hundred gets a field, one has another renamed by a hint, one loses a field.
fn few(states: Pair<ProjectState>) -> (Pair<ProjectState>, Hints) {
    let (mut next, mut hints) = (states.next, Hints::default());
    for (at, name) in states.previous.models.keys().enumerate() {
        let Some(model) = next.models.get_mut(name).filter(|_| at % 100 < 3) else { continue };
        match at % 100 {
            0 => model.fields.push(column("added", 0)),
            1 => {
                model.fields[5].name = "renamed".into();
                let field = FieldHints { renamed_from: Some("column_5".into()), ..FieldHints::default() };
                let fields: BTreeMap<FieldName, FieldHints> = [("renamed".into(), field)].into();
                hints.models.insert(name.clone(), ModelHints { fields, ..ModelHints::default() });
            }
            _ => drop(model.fields.remove(6)),
        }
    }
    (Pair::new(states.previous, next), hints)
}

/// Every model gets a field, has another type for one, loses one, and has another index and a comment.
fn all(states: Pair<ProjectState>) -> (Pair<ProjectState>, Hints) {
    let mut next = states.next;
    next.models.for_each_mut(|_, model| {
        model.comment = Some("changed".to_owned());
        model.fields[5].kind = FieldKind::Column(ColumnType::BigInt);
        model.fields.remove(7);
        model.fields.push(column("added", 0));
        model.indexes.remove(0);
        model.indexes.push(IndexState { fields: vec![IndexField::new("column_8")], ..IndexState::default() });
    });
    (Pair::new(states.previous, next), Hints::default())
}

/// A hundred models of one app are gone, as many of it are new.
fn exchanged(states: Pair<ProjectState>) -> (Pair<ProjectState>, Hints) {
    let mut next = states.next;
    let last: Vec<ModelRef> = next.models.keys().cloned().collect();
    for (at, name) in last.iter().enumerate().skip(last.len().saturating_sub(100)) {
        let Some(mut model) = next.models.remove(name) else { continue };
        model.table = format!("other_{at}");
        model.fields.retain(|field| field.target().is_none());
        model.indexes.clear();
        let new = ModelName::new(format!("Other{at}"));
        next.models.insert(ModelRef::new(name.app.clone(), new), model);
    }
    (Pair::new(states.previous, next), Hints::default())
}

/// One model has two hundred fields more, and then as many others.
fn wide(states: Pair<ProjectState>) -> (Pair<ProjectState>, Hints) {
    let Pair { mut previous, mut next } = states;
    let name = label(0, next.models.len());
    for (side, prefix) in [(&mut previous, "old"), (&mut next, "new")] {
        if let Some(model) = side.models.get_mut(&name) {
            model.fields.extend((0..200).map(|number| column(&format!("{prefix}_{number}"), number)));
        }
    }
    (Pair::new(previous, next), Hints::default())
}
