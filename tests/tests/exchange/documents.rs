//! Real documents: what is written is read again as the same, is valid by its schema, and contradicts nothing.

use std::fs;
use std::path::{Path, PathBuf};

use fastdjango_core::detect::{Answers, Detected, Past, detect};
use fastdjango_core::migration::{
    MigrationDocument, OperationsDocument, StateDocument, parse, parse_operations, parse_state,
};
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{Hints, ProjectState};
use fastdjango_tests::generate::{initial, pair, state};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::schemas::faults;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn none(name: &str, document: &impl serde::Serialize) -> Result<(), TestCaseError> {
    let found = faults(name, document);
    prop_assert!(found.is_empty(), "{name}: {found:#?}\n{}", serde_json::to_string(document).expect("JSON"));
    Ok(())
}

/// The state that a text describes.
fn read(text: &str) -> Result<ProjectState, TestCaseError> {
    let described = parse_state("state.json", text).map_err(|found| TestCaseError::fail(found.to_string()))?;
    Ok(ProjectState { models: described.models.into_iter().collect(), enums: described.enums.into_iter().collect() })
}

#[test]
fn the_snapshots_of_the_examples_are_valid() {
    let snapshots = files(&root().join("examples"), "snapshot.json");
    assert!(snapshots.len() >= 3, "{snapshots:?}");
    for path in snapshots {
        let text = fs::read_to_string(&path).expect("a snapshot");
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(faults("state", &document), Vec::<String>::new(), "{}", path.display());
        assert!(parse_state("snapshot.json", &text).is_ok(), "{}", path.display());
    }
}

#[test]
fn the_operations_of_all_cases_are_valid_and_read_as_they_were_written() {
    let mut count = 0;
    for path in files(&root().join("tests/cases"), ".txt") {
        let text = fs::read_to_string(&path).expect("a case");
        let sections = text.split("\n--- ").filter(|section| section.contains("[[operations]]"));
        for section in sections {
            let (_, operations) = section.split_once('\n').expect("a heading");
            // Several migrations of one case stand below each other.
            let file = format!("format = 1\n{operations}");
            let migration = parse(&"blog".into(), &"0001_case".into(), "case", &file);
            let migration = migration.unwrap_or_else(|found| panic!("{}: {found}", path.display()));
            count += migration.operations.len();
            let document = OperationsDocument { app: migration.app.clone(), operations: migration.operations.clone() };
            for operation in &document.operations {
                assert_eq!(faults("operation", operation), Vec::<String>::new(), "{}", path.display());
            }
            assert_eq!(faults("operations", &document), Vec::<String>::new(), "{}", path.display());
            assert_eq!(faults("migration", &MigrationDocument::from(&migration)), Vec::<String>::new());
            let text = serde_json::to_string(&document).expect("JSON");
            assert_eq!(parse_operations("case", &text).expect("what was written"), document, "{}", path.display());
        }
    }
    assert!(count > 200, "only {count} operations");
}

pub(crate) fn tried() -> ProptestConfig {
    ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(tried())]

    #[test]
    fn a_state_is_read_as_it_was_written_and_contradicts_nothing(state in state()) {
        let document = StateDocument::new(&state);
        none("state", &document)?;
        let text = serde_json::to_string(&document).expect("JSON");
        prop_assert_eq!(&read(&text)?, &state);
        prop_assert_eq!(state.contradictions(&|_| None).to_string(), "");
    }

    #[test]
    fn questions_and_answers_are_valid(states in pair()) {
        let previous = initial(&states.previous).map_err(|why| TestCaseError::fail(why.to_string()))?;
        let states = Pair::new(&previous, &states.next);
        let Detected { questions, .. } = detect(states, &Hints::default(), &Past::default(), &Answers::new());
        for question in &questions {
            none("question", question)?;
            for answer in question.options.iter().filter_map(|option| option.answer.clone()) {
                none("answers", &Answers::from([(question.id.clone(), answer)]))?;
            }
        }
    }
}
