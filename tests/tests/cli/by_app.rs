//! Dependencies on an app instead of one of its migrations: `__first__` and `__latest__`.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::carried::{Place, source, unpacked};

/// A migration of one's own with such a dependency, beside a library.
struct Shelves {
    place: Place,
    _folders: [TempDir; 2],
    file: PathBuf,
}

impl Shelves {
    fn beside(library: TempDir, dependency: &str) -> Self {
        let own = tempfile::tempdir().unwrap();
        let mut place = Place::new(library.path());
        place.own = Some(own.path().to_owned());
        let folder = own.path().join("migrations/shelves");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("0001_one.toml");
        fs::write(&file, operation(dependency)).unwrap();
        Self { place, _folders: [library, own], file }
    }

    fn rendered(self) -> Self {
        self.place.done(&["render"]);
        self
    }
}

/// A file whose one operation changes nothing.
fn operation(dependency: &str) -> String {
    let operation = "op = \"run_sql\"\nsql = [\"SELECT 1\"]\nreverse = []\ntouches = []\n";
    format!("format = 1\ndependencies = [\n    \"{dependency}\",\n]\n\n[[operations]]\n{operation}")
}

#[test]
fn the_latest_moves_and_what_is_applied_stays_applied() {
    let library = source();
    let folder = library.path().join("carried/library");
    let shelves = Shelves::beside(library, "library.__latest__").rendered();
    let written = fs::read_to_string(&shelves.file).unwrap();
    assert!(written.contains("\"library.__latest__\","), "the file keeps what was written: {written}");
    let place = &shelves.place;
    let plan = place.done(&["migrate", "shelves", "--plan"]);
    assert!(plan.contains("library.0002_add_book_pages") && plan.contains("shelves.0001_one"), "{plan}");
    place.done(&["migrate"]);
    fs::write(folder.join("0003_more.toml"), operation("library.0002_add_book_pages")).unwrap();
    place.done(&["render", "library"]);
    let told = place.done(&["showmigrations"]);
    assert!(told.contains("[x] 0001_one") && told.contains("[ ] 0003_more"), "{told}");
    assert!(place.done(&["migrate"]).contains("1 migration applied"));
    assert!(place.done(&["migrate"]).contains("nothing to do"));
    // What comes behind the end goes with it.
    let plan = place.done(&["migrate", "library", "0002", "--plan"]);
    assert!(plan.contains("shelves.0001_one") && plan.contains("library.0003_more"), "{plan}");
}

#[test]
fn the_first_waits_for_no_more_than_that() {
    let shelves = Shelves::beside(unpacked(), "library.__first__").rendered();
    let plan = shelves.place.done(&["migrate", "shelves", "--plan"]);
    assert!(plan.contains("library.0001_initial") && !plan.contains("library.0002"), "{plan}");
}

#[test]
fn the_first_of_a_squash_is_all_that_it_stands_for() {
    let shelves = Shelves::beside(source(), "library.__first__");
    let place = &shelves.place;
    place.done(&["render"]);
    place.done(&["migrate", "library", "0001"]);
    place.done(&["squashmigrations", "library", "0002"]);
    let plan = place.done(&["migrate", "shelves", "--plan"]);
    assert!(plan.contains("library.0002_add_book_pages") && plan.contains("shelves.0001_one"), "{plan}");
}

#[test]
fn an_end_that_cannot_be_is_told_with_its_place() {
    for (dependency, words) in [
        ("libary.__latest__", &["E222", "did you mean `library`?"][..]),
        ("library.__frist__", &["E222", "library.__first__"]),
        ("shelves.__first__", &["E212", "its own app"]),
    ] {
        let shelves = Shelves::beside(unpacked(), dependency);
        shelves.place.refused(2, &["migrate"], &[&["migrations/shelves/0001_one.toml:3:5"], words].concat());
    }
}

#[test]
fn two_ends_are_refused_until_they_are_merged() {
    let mut shelves = Shelves::beside(unpacked(), "library.__latest__").rendered();
    shelves.place.more = Some("format = 1\ndependencies = [\"library.0001_initial\"]\n");
    shelves.place.refused(2, &["migrate"], &["E224", "library"]);
}
