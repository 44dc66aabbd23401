//! One section of SQL put into a file that a person may have edited: the rest stays byte for byte.

use toml_edit::{DocumentMut, TableLike};

use super::SqlSection;
use super::write::section;
use crate::diagnostic::Diagnostic;
use crate::field::Engine;

/// The text with `[sql.<engine>]` set to `sql`; a section that was not there goes to the end.
///
/// Comments stay, those above the keys of the section too. Lines that end in CR LF do so afterwards.
pub fn set_sql(text: &str, engine: Engine, sql: &SqlSection) -> Result<String, Diagnostic> {
    if text.contains("\r\n") {
        return set_sql(&text.replace("\r\n", "\n"), engine, sql).map(|text| text.replace('\n', "\r\n"));
    }
    let rendered = section(engine, sql);
    let (mut file, mut fresh) = (read(text)?, read(&rendered)?);
    let fresh = table(&mut fresh, engine).ok_or_else(|| inline(engine))?;
    if let Some(old) = table(&mut file, engine) {
        replace(old, fresh);
        return Ok(file.to_string());
    }
    if file.get("sql").is_some_and(|sql| !sql.is_table()) {
        return Err(inline(engine));
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "\n" } else { "\n\n" };
    Ok(format!("{text}{gap}{rendered}"))
}

fn read(text: &str) -> Result<DocumentMut, Diagnostic> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        Diagnostic::error("E201", format!("no valid TOML: {}", error.message().replace('\n', "; ")))
    })
}

fn table(file: &mut DocumentMut, engine: Engine) -> Option<&mut dyn TableLike> {
    file.get_mut("sql")?.as_table_like_mut()?.get_mut(engine.as_str())?.as_table_like_mut()
}

fn inline(engine: Engine) -> Diagnostic {
    Diagnostic::error("E206", format!("the section of `{engine}` cannot be added to `sql = {{ … }}`"))
        .help("write each engine's section as a table: `[sql.sqlite]`")
}

fn replace(old: &mut dyn TableLike, fresh: &dyn TableLike) {
    let gone: Vec<String> = old.iter().map(|(key, _)| key.to_owned()).filter(|key| !fresh.contains_key(key)).collect();
    for key in gone {
        old.remove(&key);
    }
    for (key, value) in fresh.iter() {
        // Where the key is there, only its value changes: a comment above it belongs to the key.
        match old.get_mut(key) {
            Some(there) => *there = value.clone(),
            None => {
                old.insert(key, value.clone());
            }
        }
    }
}
