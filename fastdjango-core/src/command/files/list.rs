//! Names that stand outside the settings: a file with one a line, and the files that a pattern matches.

use std::fs;
use std::io::{Error as IoError, ErrorKind};
use std::path::Path;

use super::load::unreadable;
use super::shown;
use crate::diagnostic::Location;
use crate::error::Error;
use crate::settings::Named;

/// What `SQLite` puts beside a database while somebody works on it: <https://www.sqlite.org/tempfiles.html>.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

/// The names in a file, one a line; empty lines, and those that begin with `#`, are none.
pub(in crate::command) fn lines(path: &Path) -> Result<Vec<Named>, Error> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    let names = lines.map(|(line, number)| (line.trim(), number));
    let names = names.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let place = |line| Some(Location { file: shown(path), line, column: 1 });
    Ok(names.map(|(line, number)| Named { name: line.to_owned(), place: place(number) }).collect())
}

/// What the `*` of a pattern stands for in each file that is there, in order; it is a part of one name of the path.
pub(in crate::command) fn matching(dir: &Path, pattern: &str) -> Result<Vec<Named>, Error> {
    let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
    let (folder, prefix) =
        before.rsplit_once('/').map_or(("", before), |(_, prefix)| before.split_at(before.len() - prefix.len()));
    let (suffix, below) = after.split_once('/').map_or((after, None), |(suffix, below)| (suffix, Some(below)));
    let folder = dir.join(folder);
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
        let path = entry.map_err(|error| unreadable(&folder, error))?.path();
        let name = path.file_name().unwrap_or_default();
        let name = name.to_str().ok_or_else(|| unreadable(&path, IoError::new(ErrorKind::InvalidData, "not UTF-8")))?;
        let own = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
        let file = below.map_or_else(|| path.clone(), |below| path.join(below));
        let is_beside = below.is_none() && BESIDE.iter().any(|end| name.ends_with(end));
        if let Some(own) = own.filter(|own| !own.is_empty() && !name.starts_with('.') && !is_beside && file.is_file()) {
            found.push(Named { name: own.to_owned(), place: None });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(named: Vec<Named>) -> Vec<String> {
        named.into_iter().map(|named| named.name).collect()
    }

    #[test]
    fn a_pattern_is_a_part_of_one_name_of_the_path() {
        let dir = std::env::temp_dir().join(format!("fastdjango-list-{}", std::process::id()));
        for file in ["t/b.db", "t/a.db", "t/a.db-wal", "t/.db", "t/c.txt", "u/x/main.db", "u/y/other.db"] {
            let path = dir.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = |pattern| names(matching(&dir, pattern).unwrap());
        assert_eq!(found("t/*.db"), ["a", "b"]);
        assert_eq!(found("t/*"), ["a.db", "b.db", "c.txt"]);
        assert_eq!(found("u/*/main.db"), ["x"]);
        assert_eq!(found("t/none*"), [""; 0]);
        assert!(matching(&dir, "v/*.db").is_err());
        let list = dir.join("list.txt");
        fs::write(&list, "\u{feff}a\r\n\n # not this\n  b\n").unwrap();
        let read = lines(&list).unwrap();
        assert_eq!(read[1].place.as_ref().unwrap().line, 4);
        assert_eq!(names(read), ["a", "b"]);
        fs::remove_dir_all(dir).unwrap();
    }
}
