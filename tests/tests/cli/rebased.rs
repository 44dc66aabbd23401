//! A rebased branch on a database that had it before, as a person at a shell sees it.

use insta::assert_snapshot;

use crate::shop::Shop;

/// Customers with points.
pub const POINTS: &str = r#"
[[operations]]
op = "add_field"
model = "Customer"
field = { name = "points", type = "integer", null = true }
"#;

/// Customers with a note.
pub const NOTE: &str = r#"
[[operations]]
op = "add_field"
model = "Customer"
field = { name = "note", type = "text", null = true }
"#;

/// Customers whose name may be missing: a rebuild.
pub const NAMELESS: &str = r#"
[[operations]]
op = "alter_field"
model = "Customer"
from = { name = "name", type = "varchar(80)" }
to = { name = "name", type = "varchar(80)", null = true }
"#;

/// Writes a migration without SQL.
pub fn write(shop: &Shop, name: &str, head: &str, operations: &str) {
    let path = shop.dir().join("migrations/shop").join(name);
    std::fs::write(path, format!("format = 1\n{head}\n{operations}")).unwrap();
}

/// A shop whose database had the points before; the files have them after the names that may be missing.
pub fn rebased() -> Shop {
    let shop = Shop::with_rows();
    write(&shop, "0002_points.toml", "dependencies = [\"shop.0001_initial\"]", POINTS);
    shop.run(1, &["render"]);
    shop.run(1, &["migrate"]);
    shop.column("UPDATE shop_customer SET points = id * 10");

    std::fs::remove_file(shop.dir().join("migrations/shop/0002_points.toml")).unwrap();
    write(&shop, "0002_nameless.toml", "dependencies = [\"shop.0001_initial\"]", NAMELESS);
    let head = "formerly = [\"0002_points\"]\ndependencies = [\"shop.0002_nameless\"]";
    write(&shop, "0003_points.toml", head, POINTS);
    shop.run(1, &["render"]);
    shop
}

/// Whether a customer must have a name.
pub const NAMED: &str = "SELECT \"notnull\" FROM pragma_table_info('shop_customer') WHERE name = 'name'";

#[test]
fn sql_that_no_file_holds_is_shown_and_confirmed() {
    let shop = rebased();
    assert_snapshot!("rebased_plan", shop.run(1, &["migrate", "--plan"]));
    assert_snapshot!("rebased_unconfirmed", shop.run(1, &["migrate"]));
    assert_eq!(shop.column(NAMED), ["1"]);
    let plan = shop.json(1, &["migrate", "--plan", "--json"]);
    assert_eq!(plan["plan"][0]["rerendered"], "`shop.0003_points` is applied here, and comes after it in the files");
    assert_snapshot!("rebased_confirmed", shop.run(1, &["migrate", "--yes"]));
    assert_eq!(shop.column("SELECT points FROM shop_customer ORDER BY id"), ["10", "20"]);
    assert_eq!(shop.column(NAMED), ["0"]);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
}
