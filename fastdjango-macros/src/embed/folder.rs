//! The folder of a crate's migrations, as it is when the crate is compiled.

use std::fs;
use std::path::{Path, PathBuf};

use fastdjango_core::migration::{AloneFile, alone, named_by_file};

/// What was read.
pub(super) struct Folder {
    /// The folder's name below that of the crate.
    pub(super) name: String,
    /// The apps, by label.
    pub(super) apps: Vec<App>,
}

/// The files of one app.
pub(super) struct App {
    pub(super) label: String,
    /// By name.
    pub(super) migrations: Vec<File>,
    /// The path of the snapshot, where there is one.
    pub(super) snapshot: Option<String>,
}

/// The file of one migration.
pub(super) struct File {
    pub(super) name: String,
    pub(super) path: String,
    text: String,
}

impl Folder {
    /// Reads and checks the folder of that name in the crate that is being compiled; or says all that is wrong.
    pub(super) fn read(name: &str) -> Result<Self, String> {
        let manifest_dir = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
        Self::below(&manifest_dir, name)
    }

    fn below(manifest_dir: &Path, name: &str) -> Result<Self, String> {
        let name = name.trim_end_matches('/').to_owned();
        if name.is_empty() || Path::new(&name).components().any(|part| !matches!(part, std::path::Component::Normal(_)))
        {
            return Err("the folder of migrations is one below that of the crate: `embed_migrations!(\"migrations\")`"
                .to_owned());
        }
        let root = manifest_dir.join(&name);
        if !root.is_dir() {
            return Err(none(&format!("this crate has no folder `{name}`")));
        }
        let mut apps = Vec::new();
        for folder in entries(&root)?.iter().filter(|path| path.is_dir()) {
            apps.extend(App::read(folder, &name)?);
        }
        if apps.is_empty() {
            return Err(none(&format!("the folder `{name}` of this crate holds no migrations")));
        }
        let folder = Self { name, apps };
        if std::env::var("FASTDJANGO_CHECK").as_deref() != Ok("off") {
            folder.check()?;
        }
        Ok(folder)
    }

    /// What commands would refuse at run time, in their words.
    fn check(&self) -> Result<(), String> {
        let mut files = Vec::new();
        for app in &self.apps {
            for file in &app.migrations {
                let path = shown(&self.name, &app.label, &format!("{}.toml", file.name));
                files.push(AloneFile {
                    app: app.label.as_str().into(),
                    name: file.name.as_str().into(),
                    path,
                    text: &file.text,
                });
            }
        }
        let found = alone(&files);
        if found.is_empty() {
            return Ok(());
        }
        let faults: Vec<String> = found.0.iter().map(ToString::to_string).collect();
        let help =
            "   = help: to build the program that repairs it, set `FASTDJANGO_CHECK=off`: nothing is checked here then";
        Err(format!("{}\n{help}", faults.join("\n")))
    }
}

impl App {
    /// The migrations of a folder; none where it holds no file of one.
    fn read(folder: &Path, root: &str) -> Result<Option<Self>, String> {
        let label = file_name(folder);
        let mut app = Self { label, migrations: Vec::new(), snapshot: None };
        if app.label.starts_with('.') {
            return Ok(None);
        }
        for path in entries(folder)? {
            let file = file_name(&path);
            if file == "snapshot.json" {
                app.snapshot = Some(text_of(&path)?);
            } else if !file.starts_with('.') && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml")) {
                let Some(name) = named_by_file(&file) else {
                    return Err(format!("`{}` is no name of a migration", shown(root, &app.label, &file)));
                };
                let text =
                    fs::read_to_string(&path).map_err(|error| unreadable(&shown(root, &app.label, &file), &error))?;
                app.migrations.push(File { name: name.to_string(), path: text_of(&path)?, text });
            }
        }
        Ok((!app.migrations.is_empty()).then_some(app))
    }
}

/// The paths in a folder, sorted: the same crate expands to the same text.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let shown = file_name(folder);
    let listed = fs::read_dir(folder).and_then(|all| all.map(|entry| entry.map(|e| e.path())).collect());
    let mut paths: Vec<PathBuf> = listed.map_err(|error| unreadable(&shown, &error))?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn text_of(path: &Path) -> Result<String, String> {
    path.to_str().map(str::to_owned).ok_or_else(|| format!("`{}` is no path in UTF-8", path.display()))
}

fn shown(root: &str, app: &str, file: &str) -> String {
    format!("{root}/{app}/{file}")
}

fn unreadable(shown: &str, error: &std::io::Error) -> String {
    format!("cannot read `{shown}`: {error}")
}

fn none(message: &str) -> String {
    format!(
        "{message}\n   = help: take this line out, run `makemigrations` with the program of the commands, and put it back"
    )
}
