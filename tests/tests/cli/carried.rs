//! A program that carries its migrations: without its source, beside it, and as somebody else's crate.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Runs the program in a folder as if its crate were in `source`: exit code, stdout and stderr.
fn run(here: &Path, source: &Path, version: u32, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_carried"))
        .args(arguments)
        .current_dir(here)
        .env("CARRIED_DIR", source)
        .env("CARRIED_VERSION", version.to_string())
        .env("DATABASE_URL", "sqlite://carried.sqlite3")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
}

/// A copy of the source that the program was built of.
fn source() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("carried/library");
    fs::create_dir_all(&to).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("carried/library");
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    dir
}

fn nowhere() -> &'static Path {
    Path::new("/nowhere/library")
}

#[test]
fn a_program_without_its_source_migrates_from_any_folder() {
    let here = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(here.path(), nowhere(), 2, arguments);
    let (code, plan) = run(&["migrate", "--plan"]);
    assert!(code == 0 && plan.contains("library.0002_add_book_pages"), "{plan}");
    assert_eq!(run(&["migrate", "--check"]).0, 4);
    let (code, done) = run(&["migrate"]);
    assert!(code == 0 && done.contains("2 migrations applied"), "{done}");
    assert!(run(&["migrate"]).1.contains("nothing to do"));
    assert_eq!(run(&["migrate", "--check"]).0, 0);
    assert!(run(&["showmigrations"]).1.contains("[x] 0002_add_book_pages"));
    assert!(run(&["sqlmigrate", "library", "0002"]).1.contains("ADD COLUMN"));
    assert!(run(&["heads"]).1.contains("0002_add_book_pages"));
    assert!(run(&["history"]).1.contains("library.0001_initial"));
    assert!(run(&["migrate", "library", "0001"]).1.contains("0002_add_book_pages"));
    let left: Vec<_> = fs::read_dir(here.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["carried.sqlite3"]);
}

#[test]
fn a_program_without_source_and_settings_makes_no_database() {
    let here = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_carried"))
        .arg("migrate")
        .current_dir(here.path())
        .env("CARRIED_DIR", nowhere())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("E283"));
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 0);
}

#[test]
fn a_program_older_than_its_source_takes_neither() {
    let (here, source) = (tempfile::tempdir().unwrap(), source());
    assert_eq!(run(here.path(), source.path(), 2, &["migrate", "--plan"]).0, 0);
    fs::write(source.path().join("carried/library/0003_more.toml"), "format = 1").unwrap();
    for command in ["migrate", "makemigrations", "showmigrations"] {
        let (code, told) = run(here.path(), source.path(), 2, &[command]);
        assert!(code == 1 && told.contains("E281") && told.contains("0003_more.toml"), "{told}");
    }
    assert!(!here.path().join("carried.sqlite3").exists());
}

#[test]
fn a_crate_that_cargo_unpacked_is_never_written() {
    let (here, source) = (tempfile::tempdir().unwrap(), source());
    fs::write(source.path().join(".cargo-ok"), "").unwrap();
    let count = || fs::read_dir(source.path().join("carried/library")).unwrap().count();
    let run = |version, arguments: &[&str]| run(here.path(), source.path(), version, arguments);
    assert_eq!(run(2, &["migrate"]).0, 0);
    let (code, told) = run(3, &["makemigrations"]);
    assert!(code == 1 && told.contains("E280") && told.contains("Book.shelf"), "{told}");
    for command in [
        &["makemigrations", "--empty", "library"][..],
        &["render", "library"],
        &["squashmigrations", "library", "0002"],
    ] {
        let (code, told) = run(2, command);
        assert!(code == 1 && told.contains("E279"), "{told}");
    }
    assert_eq!(count(), 3);
}
