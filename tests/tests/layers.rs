//! The invariants of ARCHITECTURE.md that are absences: who imports whom, and which word stands where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Layers from here on may print, read files, and ask the environment; those below are pure.
const FIRST_IMPURE_LAYER: u8 = 9;

/// A Rust file of the core crate, without its comments.
struct Source {
    /// The path below `fastdjango-core/src`.
    path: PathBuf,
    /// The whole text.
    text: String,
    /// The lines that are code, with their numbers from 1.
    code: Vec<(usize, String)>,
}

impl Source {
    /// The top module that the file belongs to: `state` for `state/field.rs`.
    fn module(&self) -> String {
        let first = self.path.iter().next().expect("a path has a part");
        first.to_string_lossy().trim_end_matches(".rs").to_owned()
    }

    /// How many modules deep the file's own items stand: 1 for `name.rs` and `state/mod.rs`, 2 for `state/field.rs`.
    fn depth(&self) -> usize {
        self.path.iter().count() - usize::from(self.path.ends_with("mod.rs"))
    }

    /// Every mention of `needle`, as `file:line`.
    fn mentions(&self, needle: &str) -> Vec<String> {
        let lines = self.code.iter().filter(|(_, line)| has_word(line, needle));
        lines.map(|(number, _)| format!("{}:{number} has `{needle}`", self.path.display())).collect()
    }
}

/// True where `needle` stands in `line` and not as the end of a longer word.
fn has_word(line: &str, needle: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(needle)
        .any(|(at, _)| !line[..at].ends_with(is_word) && !line[at + needle.len()..].starts_with(is_word))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the workspace").to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every `.rs` file below `folder`, sorted.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn sources_of(folder: &Path) -> Vec<Source> {
    let source = |path: PathBuf| {
        let text = read(&path);
        let code = text.lines().enumerate().map(|(i, line)| (i + 1, without_comment(line).to_owned())).collect();
        Source { path: path.strip_prefix(folder).expect("a file below the folder").to_owned(), text, code }
    };
    rust_files(folder).into_iter().map(source).collect()
}

fn core_sources() -> Vec<Source> {
    sources_of(&root().join("fastdjango-core/src"))
}

fn without_comment(line: &str) -> &str {
    let code = line.split_once(" // ").map_or(line, |(code, _)| code);
    if code.trim_start().starts_with("//") { "" } else { code }
}

/// The layer of each module, as the table in ARCHITECTURE.md has it: rows that begin `| 4 | ` and name modules.
fn layers() -> BTreeMap<String, u8> {
    let mut layers = BTreeMap::new();
    for row in read(&root().join("ARCHITECTURE.md")).lines() {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, number, modules, ..] = cells[..] else { continue };
        let Ok(number) = number.parse::<u8>() else { continue };
        for module in modules.split('`').skip(1).step_by(2) {
            let twice = layers.insert(module.trim_end_matches('/').to_owned(), number);
            assert!(twice.is_none(), "`{module}` stands twice in the table of ARCHITECTURE.md");
        }
    }
    assert!(layers.len() > 10, "the table of layers was not found in ARCHITECTURE.md");
    layers
}

/// The top modules that a line names by `crate::…` or by enough `super::`s.
fn imports(line: &str, depth: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in line.match_indices("crate::") {
        if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        found.extend(heads(&line[at + "crate::".len()..]));
    }
    let mut rest = line;
    while let Some(at) = rest.find("super::") {
        rest = &rest[at..];
        let mut climbed = 0;
        while let Some(up) = rest.strip_prefix("super::") {
            (rest, climbed) = (up, climbed + 1);
        }
        if climbed >= depth {
            found.extend(heads(rest));
        }
    }
    found
}

/// The first names of a path's tail: `a` of `a::b`, `a` and `b` of `{a::c, b}`.
fn heads(tail: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = tail.strip_prefix('{') else { return vec![name(tail)] };
    let (mut heads, mut level, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => level += 1,
            '}' if level > 0 => level -= 1,
            ',' | '}' if level == 0 => {
                heads.push(name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

/// The file's code with every `use` on one line, so that a group of imports is seen whole.
fn statements(source: &Source) -> Vec<(usize, String)> {
    let mut joined: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in &source.code {
        match joined.last_mut() {
            Some((_, last)) if open => last.push_str(line.trim()),
            _ => joined.push((*number, line.trim().to_owned())),
        }
        let last = joined.last().map_or("", |(_, last)| last.as_str());
        open = (last.starts_with("use ") || last.starts_with("pub use ")) && !last.ends_with(';');
    }
    joined
}

#[track_caller]
fn assert_none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

/// Modules of the core, as `lib.rs` declares them.
fn declared() -> BTreeSet<String> {
    let lib = read(&root().join("fastdjango-core/src/lib.rs"));
    let names = lib.lines().filter_map(|line| line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod ")));
    names.map(|name| name.trim_end_matches(';').to_owned()).collect()
}

#[test]
fn the_table_names_every_module_once() {
    let table: BTreeSet<String> = layers().into_keys().collect();
    assert_eq!(
        table,
        declared(),
        "ARCHITECTURE.md (left) and fastdjango-core/src/lib.rs (right) name different modules"
    );
}

#[test]
fn a_module_imports_only_from_lower_layers() {
    let layers = layers();
    let mut faults = Vec::new();
    for source in core_sources().iter().filter(|source| source.module() != "lib") {
        let module = source.module();
        let own = layers[&module];
        for (number, line) in statements(source) {
            let named = imports(&line, source.depth());
            let wrong = named.iter().filter(|name| **name != module && layers.get(*name).is_some_and(|n| *n >= own));
            faults.extend(wrong.map(|name| {
                format!(
                    "{}:{number} imports `{name}` of layer {} into layer {own}",
                    source.path.display(),
                    layers[name]
                )
            }));
        }
    }
    assert_none(&faults, "a module imports only from a lower layer, never from its own");
}

#[test]
fn each_library_has_its_place() {
    let places: [(&str, &[&str]); 4] = [
        ("sea_query", &["dialect", "lib.rs"]),
        ("sqlx", &["backend", "lib.rs"]),
        ("inventory", &["model/registry.rs", "migration/registry.rs", "data/registry.rs", "lib.rs"]),
        ("clap", &[]),
    ];
    let mut faults = Vec::new();
    for source in core_sources() {
        for (library, allowed) in places {
            if !allowed.iter().any(|place| source.path.starts_with(place)) {
                faults.extend(source.mentions(library));
            }
        }
    }
    for source in sources_of(&root().join("fastdjango-cli/src")) {
        faults.extend(["sqlx", "sea_query", "inventory"].iter().flat_map(|library| source.mentions(library)));
    }
    assert_none(&faults, "sea-query only in dialect/, sqlx only in backend/, inventory only in the registries");
}

#[test]
fn pure_layers_do_no_io() {
    let layers = layers();
    let words =
        ["std::fs", "std::env", "TcpStream", "std::process", "println!", "eprintln!", "dbg!", "SystemTime", "Instant"];
    let pure = |source: &&Source| layers.get(&source.module()).is_some_and(|layer| *layer < FIRST_IMPURE_LAYER);
    let sources = core_sources();
    let faults: Vec<String> =
        sources.iter().filter(pure).flat_map(|s| words.iter().flat_map(|w| s.mentions(w))).collect();
    assert_none(&faults, "layers below 9 neither print nor read files, the environment, or a clock");
}

#[test]
fn nothing_in_core_prints() {
    let sources = core_sources();
    let words = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
    let faults: Vec<String> = sources.iter().flat_map(|s| words.iter().flat_map(|w| s.mentions(w))).collect();
    assert_none(&faults, "the library prints nothing");
}

#[test]
fn pure_layers_hold_no_hash_maps() {
    let layers = layers();
    let sources = core_sources();
    let pure = |source: &&Source| layers.get(&source.module()).is_some_and(|layer| *layer < FIRST_IMPURE_LAYER);
    let words = ["HashMap", "HashSet"];
    let faults: Vec<String> =
        sources.iter().filter(pure).flat_map(|s| words.iter().flat_map(|w| s.mentions(w))).collect();
    assert_none(&faults, "same input, same bytes: a hash map has no order");
}

#[test]
fn every_module_says_what_it_holds() {
    let crates =
        ["src", "fastdjango-core/src", "fastdjango-cli/src", "fastdjango-macros/src", "tests/src", "tests/tests"];
    let files = crates.iter().flat_map(|folder| sources_of(&root().join(folder)));
    let silent: Vec<String> =
        files.filter(|s| !s.text.starts_with("//!")).map(|s| s.path.display().to_string()).collect();
    assert_none(&silent, "every file begins with `//!` and one sentence");
}

#[test]
fn imports_are_read_as_the_compiler_reads_them() {
    let set = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(imports("use crate::{field::Sql, state::{A, B}, name};", 2), set(&["field", "state", "name"]));
    assert_eq!(imports("let x: crate::state::X = $crate::name::y();", 1), set(&["state", "name"]));
    assert_eq!(imports("use super::super::state::X;", 2), set(&["state"]));
    assert_eq!(imports("use super::field::X;", 2), set(&[]));
    assert_eq!(imports("use other_crate::state::X;", 1), set(&[]));
    assert!(!has_word("insert_sqlx_row", "sqlx") && has_word("sqlx::query", "sqlx"));
}
