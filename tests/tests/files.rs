//! Migration folders and settings on disk: what is read, what is left alone, and that a failed write leaves nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use fastdjango_core::command::files::{AppDir, FileWrite, find, load, load_settings, write_all, write_and_remove};
use fastdjango_core::error::{Error, ErrorKind};
use fastdjango_core::migration::{Migration, write};
use insta::assert_snapshot;
use tempfile::TempDir;

fn project(files: &[(&str, &[u8])]) -> TempDir {
    let project = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = project.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    project
}

fn apps(project: &TempDir, labels: &[&str]) -> Vec<AppDir> {
    labels.iter().map(|label| AppDir::new(*label, project.path())).collect()
}

/// What the error says, with the project's folder cut out.
fn told(error: &Error, project: &TempDir) -> String {
    error.to_string().replace(&project.path().display().to_string(), "…")
}

/// Every file below the project, with its text.
fn tree(project: &TempDir) -> String {
    fn walk(folder: &Path, root: &Path, lines: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if path.is_dir() {
                lines.push(format!("{name}/"));
                walk(&path, root, lines);
            } else {
                lines.push(format!("{name}: {}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut lines = Vec::new();
    walk(project.path(), project.path(), &mut lines);
    lines.sort();
    lines.join("\n")
}

#[test]
fn migrations_are_read_and_copies_of_editors_are_not() {
    let first = write(&Migration::new("blog", "0001_initial", vec![]));
    let project = project(&[
        ("migrations/blog/0001_initial.toml", first.as_bytes()),
        ("migrations/blog/0_20240101120000_init.toml", first.as_bytes()),
        ("migrations/blog/snapshot.json", b"{}"),
        ("migrations/blog/0001_initial.toml~", b"copy"),
        ("migrations/blog/0001_initial.toml.orig", b"copy"),
        ("migrations/blog/.0002_x.toml", b"hidden"),
        ("migrations/blog/.0002_x.toml.swp", b"hidden"),
        ("migrations/2024_diesel/up.sql", b"another tool's"),
        ("migrations/.git/0001_x.toml", b"hidden"),
    ]);
    let loaded = load(&apps(&project, &["blog", "shop"])).unwrap();
    let names: Vec<String> = loaded.files().map(|file| file.reference().to_string()).collect();
    assert_eq!(names, ["blog.0001_initial", "blog.0_20240101120000_init"]);
    assert_eq!(loaded.apps[&"blog".into()].snapshot.as_deref(), Some("{}"));
    assert_eq!(loaded.apps[&"shop".into()].snapshot, None);
    assert_eq!(loaded.parse().unwrap()[0], Migration::new("blog", "0001_initial", vec![]));
}

#[test]
fn all_that_is_wrong_in_the_folders_is_told() {
    let project = project(&[
        ("migrations/blog/notes.toml", b""),
        ("migrations/blog/0002 add.toml", b""),
        ("migrations/blog/0003_x.TOML", b""),
        ("migrations/blog/0004_bytes.toml", b"format = 1\n# \xff"),
    ]);
    let error = load(&apps(&project, &["blog"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_snapshot!(told(&error, &project), @r#"
    error[E231]: `0002 add.toml` is no name of a migration
      --> …/migrations/blog/0002 add.toml
       = help: name it like `0002_add_post_rating.toml`, or move it out of the folder
    error[E231]: `0003_x.TOML` is no name of a migration
      --> …/migrations/blog/0003_x.TOML
       = help: name it like `0002_add_post_rating.toml`, or move it out of the folder
    error[E235]: the file is not UTF-8
      --> …/migrations/blog/0004_bytes.toml:2
       = help: save it as UTF-8
    error[E231]: `notes.toml` is no name of a migration
      --> …/migrations/blog/notes.toml
       = help: name it like `0002_add_post_rating.toml`, or move it out of the folder
    "#);
}

#[test]
fn faults_of_all_files_are_told() {
    let project = project(&[
        ("migrations/blog/0001_initial.toml", b"fromat = 1"),
        ("migrations/shop/0001_initial.toml", b"format = 1\natomic = 1"),
    ]);
    let found = load(&apps(&project, &["blog", "shop"])).unwrap().parse().unwrap_err();
    assert_snapshot!(told(&Error::invalid(found), &project), @r#"
    error[E202]: unknown key `fromat` in a migration file
      --> …/migrations/blog/0001_initial.toml:1:1
       = help: write `format`
    error[E204]: `atomic` must be `true` or `false`, not a whole number
      --> …/migrations/shop/0001_initial.toml:2:10
    "#);
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let project = project(&[("migrations/blog", b"a file"), ("fastdjango.toml/x", b"a folder")]);
    let error = load(&apps(&project, &["blog"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_snapshot!(told(&error, &project), @r#"
    error[E232]: cannot read `…/migrations/blog`: Not a directory (os error 20)
       = help: see that it is there and that you may read it
    "#);
    let error = load_settings(project.path(), &|_| None).unwrap_err();
    assert_snapshot!(told(&error, &project), @r#"
    error[E232]: cannot read `…/fastdjango.toml`: Is a directory (os error 21)
       = help: see that it is there and that you may read it
    "#);
}

#[test]
fn writes_make_their_folders_and_leave_no_temporary_files() {
    let project = project(&[("migrations/blog/snapshot.json", b"old")]);
    let folder = project.path().join("migrations");
    write_all(&[
        FileWrite::create(folder.join("blog/0001_initial.toml"), "one"),
        FileWrite::create(folder.join("shop/0001_initial.toml"), "two"),
        FileWrite::replace(folder.join("blog/snapshot.json"), "new"),
    ])
    .unwrap();
    assert_snapshot!(tree(&project), @r#"
    migrations/
    migrations/blog/
    migrations/blog/0001_initial.toml: one
    migrations/blog/snapshot.json: new
    migrations/shop/
    migrations/shop/0001_initial.toml: two
    "#);
}

#[test]
fn a_file_goes_with_the_one_that_takes_its_place_or_neither_does() {
    let project = project(&[("migrations/blog/0001_old.toml", b"old"), ("migrations/blog/0002_y.toml", b"there")]);
    let folder = project.path().join("migrations/blog");
    let (old, new) = (folder.join("0001_old.toml"), folder.join("0001_new.toml"));
    let before = tree(&project);
    let writes = [FileWrite::create(&new, "new"), FileWrite::replace(folder.join("0002_y.toml"), "other")];
    let error = write_and_remove(&writes, &[old.clone(), folder.join("0003_gone.toml")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(tree(&project), before, "one that cannot go keeps all as it was");
    write_and_remove(&writes, std::slice::from_ref(&old)).unwrap();
    assert!(!old.exists());
    assert_eq!(fs::read_to_string(&new).unwrap(), "new");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "nothing hidden is left");
}

#[test]
fn a_failed_write_leaves_everything_as_it_was() {
    let project = project(&[
        ("migrations/blog/snapshot.json", b"old"),
        ("migrations/blog/0002_x.toml", b"there"),
        ("migrations/blog/folder/x", b""),
        ("migrations/file", b""),
    ]);
    let folder = project.path().join("migrations");
    let before = tree(&project);
    let mut all = String::new();
    for last in ["blog/0002_x.toml", "blog/folder", "file/0001_initial.toml"] {
        let error = write_all(&[
            FileWrite::replace(folder.join("blog/snapshot.json"), "new"),
            FileWrite::create(folder.join("shop/deep/0001_initial.toml"), "new"),
            FileWrite { replace: last != "blog/0002_x.toml", ..FileWrite::create(folder.join(last), "new") },
        ])
        .unwrap_err();
        writeln!(all, "{}", told(&error, &project)).unwrap();
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert_eq!(tree(&project), before);
    }
    assert_snapshot!(all, @r#"
    error[E236]: `…/migrations/blog/0002_x.toml` is there already, and would be overwritten
       = help: run the command again: it reads the file first
    error[E233]: cannot write `…/migrations/blog/folder`: Is a directory (os error 21)
       = help: see that the folder is there and that you may write to it
    error[E233]: cannot write `…/migrations/file`: File exists (os error 17)
       = help: see that the folder is there and that you may write to it
    "#);
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let project = project(&[("a.toml", b"old")]);
    let path = project.path().join("a.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    write_all(&[FileWrite::replace(&path, "new")]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn the_project_is_the_nearest_folder_with_settings() {
    let project = project(&[("fastdjango.toml", b"[databases.default]\nurl = 'sqlite://x.db'"), ("a/b/c.rs", b"")]);
    assert_eq!(find(&project.path().join("a/b")).as_deref(), Some(project.path()));
    let settings = load_settings(project.path(), &|_| None).unwrap();
    assert_eq!(settings.database("default").unwrap().file, Some(project.path().join("x.db")));
    let without = load_settings(&project.path().join("a"), &|_| None).unwrap();
    assert_eq!(without.database("default").unwrap().describe(), "sqlite, db.sqlite3");
}
