//! A program that carries its migrations: without its source, beside it, and as somebody else's crate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fastdjango_core::field::Engine;
use fastdjango_tests::live::{block_on, servers};
use tempfile::TempDir;

/// A folder to run the program in, and where the crates are that it seems to be built of.
pub(crate) struct Place {
    pub(crate) here: TempDir,
    pub(crate) library: PathBuf,
    pub(crate) own: Option<PathBuf>,
    pub(crate) carries: bool,
    pub(crate) more: Option<&'static str>,
    pub(crate) url: Option<String>,
}

impl Place {
    pub(crate) fn new(library: impl Into<PathBuf>) -> Self {
        let here = tempfile::tempdir().unwrap();
        let url = Some("sqlite://carried.sqlite3".to_owned());
        Self { here, library: library.into(), own: None, carries: true, more: None, url }
    }

    /// Runs the program with models of some version: exit code, and all that it printed.
    pub(crate) fn run(&self, version: u32, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carried"));
        command.args(arguments).current_dir(self.here.path());
        command
            .env("CARRIED_DIR", &self.library)
            .env("CARRIED_VERSION", version.to_string())
            .env_remove("DATABASE_URL");
        command.envs(self.own.iter().map(|own| ("CARRIED_OWN", own)));
        command.envs(self.url.iter().map(|url| ("DATABASE_URL", url)));
        command.envs(self.more.iter().map(|more| ("CARRIED_MORE", more)));
        if !self.carries {
            command.env("CARRIED_NOTHING", "1");
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
    }

    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let (code, told) = self.run(2, arguments);
        assert_eq!(code, 0, "{arguments:?}: {told}");
        told
    }

    pub(crate) fn refused(&self, version: u32, arguments: &[&str], words: &[&str]) {
        let (code, told) = self.run(version, arguments);
        assert_eq!(code, 1, "{arguments:?}: {told}");
        for word in words {
            assert!(told.contains(word), "{arguments:?}: {word}: {told}");
        }
    }

    fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.here.path()).unwrap();
        let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A copy of the source that the program was built of.
pub(crate) fn source() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("Cargo.toml"), "").unwrap();
    let to = dir.path().join("carried/library");
    fs::create_dir_all(&to).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("carried/library");
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    dir
}

/// The same, as cargo unpacks a crate of somebody else.
pub(crate) fn unpacked() -> TempDir {
    let source = source();
    fs::write(source.path().join(".cargo-ok"), "").unwrap();
    source
}

fn nowhere() -> &'static Path {
    Path::new("/nowhere/library")
}

#[test]
fn a_program_without_its_source_migrates_from_any_folder() {
    let place = Place::new(nowhere());
    assert!(place.done(&["migrate", "--plan"]).contains("library.0002_add_book_pages"));
    assert_eq!(place.run(2, &["migrate", "--check"]).0, 4);
    assert!(place.done(&["migrate"]).contains("2 migrations applied"));
    assert!(place.done(&["migrate"]).contains("nothing to do"));
    place.done(&["migrate", "--check"]);
    assert!(place.done(&["showmigrations"]).contains("[x] 0002_add_book_pages"));
    assert!(place.done(&["sqlmigrate", "library", "0002"]).contains("ADD COLUMN"));
    assert!(place.done(&["heads"]).contains("0002_add_book_pages"));
    assert!(place.done(&["history"]).contains("library.0001_initial"));
    assert!(place.done(&["migrate", "library", "0001"]).contains("0002_add_book_pages"));
    assert_eq!(place.files(), ["carried.sqlite3"]);
}

#[test]
fn a_program_without_its_source_migrates_a_server() {
    for server in servers().into_iter().filter(|server| server.engine() == Engine::Postgres) {
        let database = block_on(server.database());
        let mut place = Place::new(nowhere());
        place.url = Some(database.url());
        assert!(place.done(&["migrate"]).contains("2 migrations applied"));
        let column = "SELECT column_name FROM information_schema.columns WHERE column_name = 'pages'";
        assert_eq!(block_on(database.texts(column)), [["pages"]]);
        assert!(place.done(&["migrate"]).contains("nothing to do"));
        place.done(&["migrate", "library", "zero", "--yes"]);
        assert_eq!(block_on(database.texts(column)), [[""; 0]; 0]);
        assert_eq!(place.files(), Vec::<String>::new());
        block_on(database.remove());
    }
}

#[test]
fn the_settings_of_the_folder_below_which_it_runs_count() {
    let mut place = Place::new(nowhere());
    place.url = None;
    let settings =
        "[databases.default]\nurl = \"sqlite://one.sqlite3\"\n\n[databases.other]\nurl = \"sqlite://two.sqlite3\"\n";
    fs::write(place.here.path().join("fastdjango.toml"), settings).unwrap();
    let told = place.done(&["migrate", "--all"]);
    assert!(told.contains("default") && told.contains("other"), "{told}");
    assert_eq!(place.files(), ["fastdjango.toml", "one.sqlite3", "two.sqlite3"]);
    assert!(place.done(&["migrate", "--all"]).contains("nothing to do"));
}

#[test]
fn a_program_without_source_and_settings_makes_no_database() {
    // A folder of the same path may be there, as in a container that has the program alone.
    let empty = tempfile::tempdir().unwrap();
    for library in [nowhere(), empty.path()] {
        let mut place = Place::new(library);
        place.url = None;
        place.refused(2, &["migrate"], &["E283"]);
        assert_eq!(place.files(), Vec::<String>::new());
        place.url = Some("sqlite://carried.sqlite3".to_owned());
        place.done(&["migrate"]);
        assert_eq!(place.files(), ["carried.sqlite3"]);
    }
}

#[test]
fn a_program_without_its_source_writes_no_migration() {
    let place = Place::new(nowhere());
    for command in writing() {
        place.refused(2, command, &["E279", "is not here"]);
    }
    place.refused(3, &["makemigrations"], &["E280", "Book.shelf", "where the source is"]);
    assert_eq!(place.files(), Vec::<String>::new());
}

/// The commands that write migrations, each where it would have something to write.
fn writing() -> [&'static [&'static str]; 4] {
    [
        &["makemigrations", "--empty", "library"],
        &["render", "library"],
        &["squashmigrations", "library", "0002"],
        &["optimizemigration", "library", "0002"],
    ]
}

#[test]
fn where_the_source_is_it_counts_and_an_old_program_makes_nothing_of_it() {
    let source = source();
    let place = Place::new(source.path());
    let folder = source.path().join("carried/library");
    place.done(&["makemigrations", "--empty", "library"]);
    // The same program goes on with what it wrote.
    assert!(place.done(&["migrate"]).contains("0003_custom"));
    assert!(place.done(&["makemigrations"]).contains("no changes"));
    place.refused(1, &["makemigrations"], &["E281", "0003_custom.toml", "cargo run", "tests/src/bin/carried.rs"]);
    assert!(!place.run(1, &["makemigrations"]).1.contains("touch"));
    // What cargo does not see: a file without its snapshot.
    fs::remove_file(folder.join("0003_custom.toml")).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("carried/library/snapshot.json"), folder.join("snapshot.json"))
        .unwrap();
    fs::write(folder.join("0003_more.toml"), "format = 1\ndependencies = [\"library.0002_add_book_pages\"]\n").unwrap();
    place.refused(1, &["makemigrations"], &["E281", "0003_more.toml", "touch tests/src/bin/carried.rs"]);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 4);
}

#[test]
fn a_crate_that_cargo_unpacked_is_never_written() {
    let source = unpacked();
    let place = Place::new(source.path());
    place.done(&["migrate"]);
    place.refused(3, &["makemigrations"], &["E280", "Book.shelf"]);
    // No question is put that nobody here may answer.
    place.refused(4, &["makemigrations"], &["E280", "tell who maintains it"]);
    for command in writing() {
        place.refused(2, command, &["E279", "somebody else"]);
    }
    place.refused(3, &["makemigrations", "--update"], &["E280"]);
    let mut heads = Place::new(source.path());
    heads.more = Some("format = 1\ndependencies = [\"library.0001_initial\"]\n");
    heads.refused(2, &["makemigrations", "--merge"], &["E279", "somebody else"]);
    assert_eq!(fs::read_dir(source.path().join("carried/library")).unwrap().count(), 3);
}

#[test]
fn migrations_of_ones_own_come_behind_those_of_the_crate_by_their_names() {
    let (source, own) = (unpacked(), tempfile::tempdir().unwrap());
    let mut place = Place::new(source.path());
    place.own = Some(own.path().to_owned());
    place.done(&["makemigrations"]);
    let file = fs::read_to_string(own.path().join("migrations/shelves/0001_initial.toml")).unwrap();
    assert!(file.contains("dependencies = [\"library.0002_add_book_pages\"]"), "{file}");
    place.done(&["migrate"]);
    assert!(!place.done(&["render"]).contains("W279"));
    fs::write(own.path().join("fastdjango.toml"), "[migrations]\nrender = [\"sqlite\", \"mysql\"]\n").unwrap();
    let told = place.done(&["render"]);
    assert!(told.contains("W279") && told.contains("library.0001_initial") && told.contains("[sql.mysql]"), "{told}");
}

#[test]
fn a_crate_that_brings_no_migrations_is_told_what_it_lacks() {
    let (source, own) = (unpacked(), tempfile::tempdir().unwrap());
    let mut place = Place::new(source.path());
    place.carries = false;
    place.refused(2, &["migrate"], &["E605", "brings no migrations", "embed_migrations!();` in its lib.rs"]);
    assert!(!place.run(2, &["migrate"]).1.contains("makemigrations"));
    place.refused(2, &["makemigrations"], &["E280", "brings no migrations"]);
    place.library = nowhere().to_owned();
    place.refused(2, &["migrate"], &["E605", "is not here"]);
    place.library = source.path().to_owned();
    place.own = Some(own.path().to_owned());
    let folder = own.path().join("migrations/shelves");
    fs::create_dir_all(&folder).unwrap();
    let one = "format = 1\n\n[[operations]]\nop = \"run_sql\"\nsql = [\"SELECT 1\"]\n";
    fs::write(folder.join("0001_one.toml"), one).unwrap();
    place.done(&["render"]);
    assert!(place.done(&["migrate"]).contains("brings no migrations"));
}
