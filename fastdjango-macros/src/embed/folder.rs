//! The folder of a crate's migrations, as it is when the crate is compiled.

use std::fs;
use std::path::{Component, Path, PathBuf};

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
        let checked = std::env::var("FASTDJANGO_CHECK").as_deref() != Ok("off");
        Self::below(&manifest_dir, name, checked)
    }

    fn below(manifest_dir: &Path, name: &str, checked: bool) -> Result<Self, String> {
        let name = name.trim_end_matches('/').to_owned();
        let mut parts = Path::new(&name).components().peekable();
        if parts.peek().is_none() || parts.any(|part| !matches!(part, Component::Normal(_))) {
            return Err("the folder of migrations is one below that of the crate: `embed_migrations!(\"migrations\")`"
                .to_owned());
        }
        let root = manifest_dir.join(&name);
        let mut folder = Self { name, apps: Vec::new() };
        if root.is_dir() {
            for path in entries(&root)?.iter().filter(|path| path.is_dir()) {
                folder.apps.extend(App::read(path, &folder.name, checked)?);
            }
        }
        match &folder {
            _ if !checked => {}
            Self { name, .. } if !root.is_dir() => return Err(none(&format!("this crate has no folder `{name}`"))),
            Self { name, apps } if apps.is_empty() => {
                return Err(none(&format!("the folder `{name}` of this crate holds no migrations")));
            }
            _ => folder.check()?,
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
        // The compiler says `error` itself.
        let faults: Vec<String> = found.iter().map(|fault| fault.to_string().replacen("error[", "[", 1)).collect();
        Err(format!("{}\n{REPAIR}", faults.join("\n")))
    }
}

impl App {
    /// The migrations of a folder; none where it holds no file of one.
    fn read(folder: &Path, root: &str, checked: bool) -> Result<Option<Self>, String> {
        let label = file_name(folder);
        let mut app = Self { label, migrations: Vec::new(), snapshot: None };
        if app.label.starts_with('.') {
            return Ok(None);
        }
        for path in entries(folder)? {
            let file = file_name(&path);
            if file == "snapshot.json" {
                app.snapshot = Some(in_utf8(&path)?);
            } else if is_toml(&path) {
                let shown = shown(root, &app.label, &file);
                match named_by_file(&file) {
                    Some(name) => app.migrations.push(File::read(name.to_string(), &path, &shown)?),
                    None if checked => return Err(bad_name(&shown)),
                    None => {}
                }
            }
        }
        Ok((!app.migrations.is_empty()).then_some(app))
    }
}

impl File {
    fn read(name: String, path: &Path, shown: &str) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| unreadable(shown, &error))?;
        Ok(Self { name, path: in_utf8(path)?, text })
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

/// A file that means to be TOML, as the commands take it.
fn is_toml(path: &Path) -> bool {
    !file_name(path).starts_with('.') && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"))
}

fn in_utf8(path: &Path) -> Result<String, String> {
    path.to_str().map(str::to_owned).ok_or_else(|| format!("`{}` is no path in UTF-8", path.display()))
}

fn shown(root: &str, app: &str, file: &str) -> String {
    format!("{root}/{app}/{file}")
}

fn unreadable(shown: &str, error: &std::io::Error) -> String {
    format!("cannot read `{shown}`: {error}")
}

fn bad_name(shown: &str) -> String {
    format!(
        "`{shown}` is no name of a migration\n   = help: name it like `0002_add_post_rating.toml`, or move it out of the folder\n{REPAIR}"
    )
}

fn none(message: &str) -> String {
    format!(
        "{message}\n   = help: build the program that makes the first with `FASTDJANGO_CHECK=off`, and run its `makemigrations`"
    )
}

/// The commands that put a folder in order are in a program as well.
const REPAIR: &str =
    "   = help: to build the program that repairs it, set `FASTDJANGO_CHECK=off`: nothing is checked here then";
