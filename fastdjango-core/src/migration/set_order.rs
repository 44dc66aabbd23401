//! Other names at the head of a file that a person may have edited: the rest stays byte for byte.

use toml_edit::{Array, DocumentMut, Item, Value};

use super::Migration;
use crate::diagnostic::Diagnostic;

/// The text with `dependencies`, `before`, `replaces` and `formerly` as the migration has them.
///
/// A key that has nothing to say goes, but for `dependencies`; one that comes is put below those that are there.
pub fn set_order(text: &str, migration: &Migration) -> Result<String, Diagnostic> {
    if text.contains("\r\n") {
        return set_order(&text.replace("\r\n", "\n"), migration).map(|text| text.replace('\n', "\r\n"));
    }
    let mut file: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        Diagnostic::error("E201", format!("no valid TOML: {}", error.message().replace('\n', "; ")))
    })?;
    set(&mut file, "dependencies", &migration.dependencies, true);
    set(&mut file, "before", &migration.before, false);
    set(&mut file, "replaces", &migration.replaces, false);
    set(&mut file, "formerly", &migration.formerly, false);
    Ok(file.to_string())
}

fn set<T: ToString>(file: &mut DocumentMut, key: &str, names: &[T], always: bool) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let there: Option<Vec<&str>> =
        file.get(key).and_then(Item::as_array).map(|array| array.iter().filter_map(Value::as_str).collect());
    if there.is_some_and(|there| there == names) {
        return;
    }
    if names.is_empty() && !always {
        file.remove(key);
        return;
    }
    let mut array = Array::from_iter(names);
    if array.len() > 1 {
        for value in array.iter_mut() {
            value.decor_mut().set_prefix("\n    ");
        }
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    match file.get_mut(key).and_then(Item::as_value_mut) {
        // A comment behind the value is the person's.
        Some(value) => {
            let decor = value.decor().clone();
            *value = Value::Array(array);
            *value.decor_mut() = decor;
        }
        None => file[key] = Item::Value(Value::Array(array)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::{parse, write};
    use crate::name::MigrationRef;

    #[test]
    fn only_the_names_change_and_comments_stay() {
        let text = "# mine\nformat = 1\ndependencies = [\"a.0001_x\"] # why\natomic = false\n\n# what it does\n[[operations]]\nop = \"run_sql\"\nsql = [\"SELECT 1\"]\n";
        let mut migration = parse(&"a".into(), &"0002_y".into(), "a/0002_y.toml", text).unwrap();
        migration.dependencies = vec![MigrationRef::new("a", "0002_z"), MigrationRef::new("b", "0001_x")];
        migration.formerly = vec!["0002_y".into()];
        let set = set_order(text, &migration).unwrap();
        let dependencies = "dependencies = [\n    \"a.0002_z\",\n    \"b.0001_x\",\n] # why\n";
        let head =
            format!("# mine\nformat = 1\n{dependencies}atomic = false\nformerly = [\"0002_y\"]\n\n# what it does\n");
        assert!(set.starts_with(&head), "{set}");
        assert_eq!(parse(&"a".into(), &"0002_y".into(), "a/0002_y.toml", &set).unwrap(), migration);
        assert_eq!(set_order(&write(&migration), &migration).unwrap(), write(&migration));
    }
}
