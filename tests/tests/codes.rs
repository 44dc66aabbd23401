//! Codes: each that the sources speak of is explained, none is explained for nothing, and none means two things.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const CATALOGUE: &str = include_str!("../../fastdjango-cli/src/explain/codes.md");

/// Codes that two modules share on purpose: one meaning, met in two places.
const SHARED: [(&str, &str); 6] = [
    ("E304", "an answer that does not fit its question, whoever asks it"),
    ("E234", "an app without models is asked about where migrations are made, and refused elsewhere"),
    ("E404", "an engine that nobody knows, in the settings or on the command line"),
    ("E613", "the command line asks where the core refuses"),
    ("E648", "half a migration is not undone, as the plan sees it, and as it is once the lock is held"),
    ("W604", "the command warns, and what is printed last must not say that all is well"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|end| end == "rs") && entry.file_name().is_some_and(|n| n != "tests.rs")
        {
            found.push(entry);
        }
    }
}

/// Each code of the sources with the modules that speak of it: the folders or files right below a `src`.
fn used() -> BTreeMap<String, BTreeSet<String>> {
    let constants = constants();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for member in ["fastdjango-core", "fastdjango-macros", "fastdjango-cli"] {
        let src = root().join(member).join("src");
        let mut files = Vec::new();
        sources(&src, &mut files);
        for file in files {
            let path = file.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
            let module = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
            let text = fs::read_to_string(&file).expect("a source");
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            if module == "diagnostic" {
                continue;
            }
            let literal = text.split('"').filter(|word| is_code(word)).map(str::to_owned);
            let named = text.split("code::").skip(1).filter_map(|rest| {
                let name = rest.split(|c: char| c != '_' && !c.is_ascii_uppercase()).next()?;
                constants.get(name).cloned()
            });
            for code in literal.chain(named) {
                used.entry(code).or_default().insert(format!("{member}/{module}"));
            }
        }
    }
    used
}

fn constants() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("fastdjango-core/src/diagnostic/code.rs")).expect("the constants");
    let constant = |line: &str| {
        let (name, code) = line.strip_prefix("pub const ")?.split_once(": &str = \"")?;
        Some((name.to_owned(), code.trim_end_matches("\";").to_owned()))
    };
    text.lines().filter_map(constant).collect()
}

fn is_code(word: &str) -> bool {
    word.len() == 4 && word.starts_with(['E', 'W']) && word[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// Code, title and text of each entry, in the catalogue's order.
fn explained() -> Vec<(&'static str, &'static str, &'static str)> {
    let entry = |section: &'static str| {
        let (heading, text) = section.split_once('\n').expect("a text below the title");
        let (code, title) = heading.split_once(' ').expect("a code and a title");
        (code, title, text.trim())
    };
    CATALOGUE.split("\n## ").skip(1).map(entry).collect()
}

#[test]
fn every_code_is_explained_and_every_explanation_is_of_a_code() {
    let used: BTreeSet<String> = used().into_keys().collect();
    let explained: BTreeSet<String> = explained().into_iter().map(|(code, ..)| code.to_owned()).collect();
    let missing: Vec<_> = used.difference(&explained).collect();
    let idle: Vec<_> = explained.difference(&used).collect();
    assert!(missing.is_empty(), "codes.md says nothing of {missing:?}");
    assert!(idle.is_empty(), "codes.md explains what nothing says: {idle:?}");
}

#[test]
fn no_code_means_two_things() {
    let constants = constants();
    let distinct: BTreeSet<&String> = constants.values().collect();
    assert_eq!(distinct.len(), constants.len(), "two constants of one code");
    for (code, modules) in used() {
        let shared = SHARED.iter().any(|(shared, _)| *shared == code);
        assert!(modules.len() == 1 || shared, "{code} is spoken of by {modules:?}");
    }
}

#[test]
fn an_explanation_has_a_title_a_reason_and_a_way_out() {
    let entries = explained();
    assert!(entries.is_sorted_by(|one, two| one.0 < two.0), "the codes stand in order, each once");
    for (code, title, text) in entries {
        assert!(is_code(code), "{code}");
        assert!(!title.ends_with('.') && !title.is_empty(), "{code}: a title is no sentence");
        let (reason, way_out) = text.rsplit_once("What to do: ").unwrap_or((text, "report it."));
        assert!(reason.len() > 20, "{code} has no reason");
        assert!(way_out.ends_with(['.', '`']), "{code} has no way out");
    }
}
