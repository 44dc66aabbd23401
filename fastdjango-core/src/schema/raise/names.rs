//! Names for what a database has and no model speaks of: a model's after its table, a field's after its column.

use crate::name::{AppLabel, FieldName, ModelRef, snake_case, split_table};
use crate::state::ProjectState;

/// The model of a table: `shop_order` is `shop.Order` where there is an app `shop`, and `{app}.ShopOrder` where there is none.
pub(super) fn model(table: &str, guide: &ProjectState, app: &AppLabel, taken: &dyn Fn(&ModelRef) -> bool) -> ModelRef {
    let table = split_table(table).1;
    let apps = guide.models.keys().map(|model| &model.app);
    let begins = |app: &&AppLabel| table.strip_prefix(app.as_str()).is_some_and(|rest| rest.starts_with('_'));
    let (app, rest) = match apps.filter(begins).max_by_key(|app| app.as_str().len()) {
        Some(app) => (app, &table[app.as_str().len()..]),
        None => (app, table),
    };
    let name = pascal_case(rest);
    numbered(&name, |name| ModelRef::new(app.clone(), name), taken)
}

/// The field of a column; that of a reference is called after what it refers to: `author` for `author_id`.
pub(super) fn field(column: &str, refers: bool, taken: &dyn Fn(&FieldName) -> bool) -> FieldName {
    let whole = word(&snake_case(column), 'f');
    let short = whole.strip_suffix("_id").filter(|short| refers && !short.is_empty());
    let short = short.map(FieldName::new).filter(|short| !taken(short));
    short.unwrap_or_else(|| numbered(&whole, FieldName::new, taken))
}

/// `name`, or `name2`, or the first that is not taken.
fn numbered<T>(name: &str, called: impl Fn(String) -> T, taken: &dyn Fn(&T) -> bool) -> T {
    let mut number = 1;
    let mut chosen = called(name.to_owned());
    while taken(&chosen) {
        number += 1;
        chosen = called(format!("{name}{number}"));
    }
    chosen
}

fn pascal_case(table: &str) -> String {
    let words = table.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.map(capitalized).collect();
    word(&name, 'T')
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Letters, digits and underscores, of which a digit is not the first: what a name in Rust may be.
fn word(text: &str, first: char) -> String {
    let plain: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    match plain.chars().next() {
        Some(letter) if !letter.is_numeric() => plain,
        _ => format!("{first}{plain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ModelState;

    #[test]
    fn a_model_is_called_after_its_table() {
        let mut guide = ProjectState::default();
        for app in ["shop", "shop_old"] {
            guide.models.insert(ModelRef::new(app, "Item"), ModelState::new(format!("{app}_item")));
        }
        let called =
            |table: &str| model(table, &guide, &"db".into(), &|model| model.model.as_str() == "Taken").to_string();
        let names =
            ["shop_order", "shop_old_order_line", "sales.shop_order", "Album", "shops", "1 x", "taken", "shop_"];
        let told =
            ["shop.Order", "shop_old.OrderLine", "shop.Order", "db.Album", "db.Shops", "db.T1X", "db.Taken2", "shop.T"];
        assert_eq!(names.map(called), told);
    }

    #[test]
    fn a_field_is_called_after_its_column() {
        let called = |column: &str, refers| field(column, refers, &|field| field.as_str() == "order").to_string();
        assert_eq!(called("AlbumId", true), "album");
        assert_eq!(called("AlbumId", false), "album_id");
        assert_eq!(called("order_id", true), "order_id");
        assert_eq!(called("order", false), "order2");
        assert_eq!(called("2nd \"name\"", false), "f2nd__name_");
        assert_eq!(called("_id", true), "_id");
    }
}
