//! The cases of `tests/cases`: each is detected, planned, and run on a real file with rows, there and back.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fastdjango_core::detect::{Answers, Detected, Past, detect};
use fastdjango_core::dialect::{Dialect, Mysql, Postgres, Sqlite};
use fastdjango_core::field::Engine;
use fastdjango_core::migration::{Migration, Step, parse, write};
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::{EnumHints, Hints, ProjectState};
use fastdjango_tests::generate::{Dice, initial};
use fastdjango_tests::live::{Live, Rows, Server, block_on, seed, servers_of_any_age};

#[test]
fn every_case_is_what_its_file_says_and_runs_there_and_back() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"));
    assert!(files.len() >= 250, "cases are missing: {} files", files.len());
    let only = std::env::var("FASTDJANGO_CASES").unwrap_or_default();
    let files = files.into_iter().filter(|file| file.to_string_lossy().contains(&only)).collect::<Vec<_>>();
    // Most of the time is a server's.
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let next = || {
        let at = next.fetch_add(1, Ordering::Relaxed);
        files.get(at).map(|file| (at, file))
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((at, file)) = next() {
                    let why = block_on(case(file, at)).err();
                    wrong.lock().unwrap().extend(why.map(|why| (at, why)));
                }
            });
        }
    });
    let wrong: Vec<String> = wrong.into_inner().unwrap().into_values().collect();
    assert!(wrong.is_empty(), "{}\n`UPDATE_EXPECT=1` writes what is so into the files", wrong.join("\n\n"));
}

#[test]
fn every_operation_that_is_detected_has_a_case() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"));
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    for operation in OPERATIONS {
        let line = format!("op = \"{operation}\"\n");
        let told = |text: &String| text.split_once("--- operations\n").is_some_and(|(_, told)| told.contains(&line));
        assert!(texts.iter().any(told), "no case has `{operation}`");
    }
}

#[test]
fn the_page_of_what_is_detected_has_a_proof_of_each_line_and_a_line_of_each_operation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../docs/detection.md")).unwrap();
    let case = |name: &str| {
        let file = root.join("cases").join(name).with_extension("txt");
        let text = fs::read_to_string(file).unwrap_or_else(|why| panic!("the page names `{name}`: {why}"));
        text.split_once("--- operations\n").unwrap().1.to_owned()
    };
    let mut without = OPERATIONS.to_vec();
    for (at, section) in page.split("\n## ").skip(1).enumerate() {
        for line in section.lines() {
            let words: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
            let cases: String = words.iter().filter(|word| is_case(word)).map(|name| case(name)).collect();
            // A table's head stands above its dashes; the third table is of what has no case.
            let is_row = line.starts_with("| ") && !section.contains(&format!("{line}\n|---"));
            assert!(at == 2 || !is_row || !cases.is_empty(), "no case proves this line: {line}");
            for operation in words.iter().filter(|word| at == 0 && OPERATIONS.contains(word)) {
                assert!(cases.contains(&format!("op = \"{operation}\"\n")), "no `{operation}` in the cases of: {line}");
                without.retain(|other| other != operation);
            }
        }
    }
    assert!(without.is_empty(), "operations without a line: {without:?}");
}

/// True for `fields/renamed`: a folder and a file.
fn is_case(word: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c == '_' || c.is_ascii_lowercase());
    word.split_once('/').is_some_and(|(folder, name)| is_name(folder) && is_name(name))
}

/// All but `run_sql`, which only people write.
const OPERATIONS: [&str; 24] = [
    "create_model",
    "delete_model",
    "rename_model",
    "move_model",
    "receive_model",
    "alter_model_table",
    "alter_model_comment",
    "alter_model_extensions",
    "alter_model_options",
    "set_managed",
    "alter_primary_key",
    "add_field",
    "remove_field",
    "alter_field",
    "rename_field",
    "add_index",
    "remove_index",
    "rename_index",
    "add_constraint",
    "remove_constraint",
    "rename_constraint",
    "create_enum",
    "delete_enum",
    "alter_enum",
];

/// Every file under the folder; one that is no case has no business there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// The apps of cases. What is under `--- before` is the first one's, that of another under `--- before shop`.
const APPS: [&str; 3] = ["blog", "shop", "wiki"];

/// What a case file gives: a sentence, two states, and what a person would say.
struct Case {
    given: String,
    before: ProjectState,
    after: ProjectState,
    answers: Answers,
    hints: Hints,
    rows: Option<String>,
    /// Where those of `rows` are not for every database.
    own_rows: BTreeMap<Engine, String>,
}

/// A further server of an engine runs every fourth case.
async fn case(file: &Path, at: usize) -> Result<(), String> {
    let name =
        format!("{}/{}", file.parent().unwrap().file_name().unwrap().display(), file.file_stem().unwrap().display());
    let text = fs::read_to_string(file).unwrap();
    let case = Case::read(&name, &text)?;
    let before = initial(&case.before).map_err(|why| format!("{name}: {why}"))?;
    let mut past = Past::default();
    for app in before.models.keys().map(|model| &model.app) {
        past.leaves.insert(app.clone(), "0001_initial".into());
    }
    let detected = detect(Pair::new(&before, &case.after), &case.hints, &past, &case.answers);
    if let Some(question) = detected.questions.first() {
        return Err(format!("{name}: `{}` is not answered: {}", question.id, question.message));
    }
    if detected.errors.has_errors() {
        return Err(format!("{name}: {}", detected.errors));
    }
    let expected = case.given.clone() + &told(&detected, &before);
    if expected != text {
        if std::env::var_os("UPDATE_EXPECT").is_none() {
            return Err(format!("{name}: the file should read\n{expected}"));
        }
        fs::write(file, &expected).unwrap();
    }
    let mut wrong = Vec::new();
    for server in servers_of_any_age().into_iter().filter(|server| !server.is_further() || at.is_multiple_of(4)) {
        if !expected.contains(&format!("--- refused {}\n", server.engine())) {
            let run = run(&server, &case, &before, &detected.migrations).await;
            wrong.extend(run.err().map(|why| format!("{name} on {}: {why}", server.name)));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n\n")) }
}

impl Case {
    fn read(name: &str, text: &str) -> Result<Self, String> {
        let (given, _) = text.split_once("--- operations\n").unwrap_or((text, ""));
        let section = |title: &str| {
            let (_, rest) = given.split_once(&format!("--- {title}\n"))?;
            Some(rest.split("\n--- ").next().unwrap_or(rest))
        };
        let state = |title: &str| {
            let mut state = ProjectState::default();
            // Whatever refers to another app comes behind it.
            for app in APPS {
                let title = if app == APPS[0] { title.to_owned() } else { format!("{title} {app}") };
                let Some(text) = section(&title) else { continue };
                let text = format!("format = 1\n{text}");
                let migration =
                    parse(&app.into(), &title.as_str().into(), name, &text).map_err(|why| why.to_string())?;
                for operation in &migration.operations {
                    operation.apply(&migration.app, &mut state).map_err(|why| format!("{name}: {why}"))?;
                }
            }
            Ok::<_, String>(state)
        };
        let answers = toml::from_str(section("answers").unwrap_or_default()).map_err(|why| format!("{name}: {why}"))?;
        Ok(Self {
            given: format!("{}\n\n", given.trim_end()),
            before: state("before")?,
            after: state("after")?,
            answers,
            hints: hints(section("hints").unwrap_or_default()).map_err(|why| format!("{name}: {why}"))?,
            rows: section("rows").map(str::to_owned),
            own_rows: Engine::ALL
                .into_iter()
                .filter_map(|e| Some((e, section(&format!("rows {e}"))?.to_owned())))
                .collect(),
        })
    }
}

/// The former texts of enums: `order_status = { new = "old" }`.
fn hints(text: &str) -> Result<Hints, toml::de::Error> {
    let enums: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text)?;
    let enums = enums.into_iter().map(|(name, renamed_from)| (name, EnumHints { renamed_from, location: None }));
    Ok(Hints { enums: enums.collect(), ..Hints::default() })
}

/// The expectations: operations, what is warned of, and the steps of each database.
fn told(detected: &Detected, before: &ProjectState) -> String {
    let mut text = "--- operations\n".to_owned();
    for migration in &detected.migrations {
        let file = write(migration);
        let operations = file.split_once("\n[[operations]]").map_or("", |(_, rest)| rest).trim_start();
        let _ = writeln!(text, "# {}\n\n[[operations]]\n{operations}", titled(migration));
    }
    if detected.warnings.iter().next().is_some() {
        text += "--- warnings\n";
        for warning in &detected.warnings {
            let _ = writeln!(text, "{}: {}", warning.code, warning.message);
        }
        text.push('\n');
    }
    let told: Vec<String> = DIALECTS.into_iter().map(|dialect| ways(detected, before, dialect)).collect();
    text + &told.join("\n")
}

/// A migration's name; with more than one app, its app and what it comes after are told too.
fn titled(migration: &Migration) -> String {
    if migration.dependencies.iter().all(|other| other.app == APPS[0]) && migration.app == *APPS[0] {
        return migration.name.to_string();
    }
    let after: Vec<String> = migration.dependencies.iter().map(ToString::to_string).collect();
    format!("{}, after {}", migration.reference(), after.join(", "))
}

const DIALECTS: [&dyn Dialect; 4] = [&Sqlite::DEFAULT, &Postgres::DEFAULT, &Mysql::MYSQL, &Mysql::MARIADB];

/// The steps there and back; what a database cannot do is said instead.
fn ways(detected: &Detected, before: &ProjectState, dialect: &dyn Dialect) -> String {
    let engine = dialect.engine();
    let mut state = before.clone();
    let (mut up, mut down) = (String::new(), String::new());
    for migration in &detected.migrations {
        match plan(&migration.app, &migration.operations, &state, dialect) {
            Ok(planned) => {
                up += &steps(&planned.up);
                down = steps(&planned.down.unwrap_or_default()) + &down;
            }
            Err(why) => return format!("--- refused {engine}\n{why}"),
        }
        for operation in &migration.operations {
            operation.apply(&migration.app, &mut state).unwrap();
        }
    }
    format!("--- steps {engine}\n{up}\n--- steps back {engine}\n{down}")
}

fn steps(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        let _ = match step {
            Step::Verify { verify, found } => writeln!(text, "-- stop at {found}:\n{verify};"),
            Step::Rebuild { rebuild, sql } => writeln!(text, "-- rebuild {rebuild}:\n{};", sql.join(";\n")),
            Step::Rust { rust } => writeln!(text, "-- the function {rust} runs"),
            Step::Drop { sql, .. } => writeln!(text, "-- with foreign keys off:\n{sql};"),
            Step::Sql(sql) => writeln!(text, "{sql};"),
            Step::Autocommit { autocommit } => writeln!(text, "-- in no transaction:\n{autocommit};"),
        };
    }
    text
}

/// There and back on a database with rows: every value where it should be, and the catalog that of a fresh database, then that of
/// before.
async fn run(server: &Server, case: &Case, before: &ProjectState, migrations: &[Migration]) -> Result<(), String> {
    if server.is_old() && !server.can_have(before) {
        return Ok(());
    }
    let mut live = Live::new(server).await;
    live.create(before).await;
    let engine = server.engine();
    let sibling = if engine == Engine::Mariadb { Engine::Mysql } else { engine };
    match case.own_rows.get(&engine).or(case.own_rows.get(&sibling)).or(case.rows.as_ref()) {
        Some(sql) => live.run(sql).await?,
        None => seed(&mut live, before, &mut Dice::new((0..200).collect())).await,
    }
    let mut rows = Rows::read(&mut live, before).await;
    let mut state = before.clone();
    let mut way_back = Vec::new();
    for migration in migrations {
        let (then, catalog) = (state.clone(), live.catalog().await);
        let planned = match plan(&migration.app, &migration.operations, &state, server.dialect()) {
            Err(_) if server.is_old() => {
                live.remove().await;
                return Ok(());
            }
            planned => planned.map_err(|why| why.to_string())?,
        };
        step(&mut live, migration, &migration.operations, &planned.up, (&mut state, &mut rows)).await?;
        way_back.push((migration, planned.down.ok_or("no way back")?, then, catalog));
    }
    if !state.equivalent(&case.after) {
        return Err("the operations do not lead there".to_owned());
    }
    while let Some((migration, down, then, catalog)) = way_back.pop() {
        let reversed: Vec<Operation> = migration.operations.iter().rev().filter_map(Operation::reverse).collect();
        step(&mut live, migration, &reversed, &down, (&mut state, &mut rows)).await?;
        state = then;
        let found = live.catalog().await;
        if found != catalog {
            return Err(format!("back, the catalog is\n{found}and was\n{catalog}"));
        }
    }
    live.remove().await;
    Ok(())
}

async fn step(
    live: &mut Live,
    migration: &Migration,
    operations: &[Operation],
    steps: &[Step],
    (state, rows): (&mut ProjectState, &mut Rows),
) -> Result<(), String> {
    let before = live.dump().await;
    live.steps(state, steps).await.map_err(|why| why.to_string())?;
    for operation in operations {
        rows.follow(&migration.app, operation, state);
    }
    if operations.iter().all(|operation| matches!(operation, Operation::SetManaged { .. })) {
        // What was somebody else's has rows that nobody followed; not one of them changes.
        assert_eq!(live.dump().await, before);
        *rows = Rows::read(live, state).await;
    }
    rows.compare(live, state).await?;
    // Somebody else's table stays in the catalog, and a fresh database of ours would not have it.
    if state.models.values().all(|model| model.managed) { live.like_fresh(state).await } else { Ok(()) }
}
