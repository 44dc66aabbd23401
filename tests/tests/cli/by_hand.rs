//! What somebody did to the database by hand: a rebuild refuses to lose it, and each way out that the refusal names works as
//! it is written.

use insta::assert_snapshot;

use crate::rebased::{NAMED, NAMELESS, write};
use crate::shop::Shop;

/// A rebuild of customers that somebody gave a unique name by hand.
fn changed_by_hand() -> Shop {
    let shop = Shop::with_rows();
    shop.column(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '\"name\" varchar(80) NOT NULL', \
         '\"name\" varchar(80) NOT NULL CHECK (name <> '''')') WHERE name = 'shop_customer'; PRAGMA writable_schema = RESET",
    );
    shop.run(4, &["makemigrations", "--name", "countries"]);
    shop
}

#[test]
fn what_was_added_by_hand_is_not_lost_in_a_rebuild() {
    let shop = changed_by_hand();
    let count = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%CHECK (name <> '''')%'";
    assert_snapshot!("by_hand", shop.run(4, &["migrate"]));
    assert_eq!(shop.column(count), ["1"]);
    shop.edit("0002_countries.toml", "[sql.sqlite]\n", "[sql.sqlite]\nedited = \"no empty names\"\n");
    let last = "UNIQUE (\"email\")\n";
    shop.edit("0002_countries.toml", last, "UNIQUE (\"email\"),\n    CHECK (name <> '')\n");
    assert_snapshot!("by_hand_kept", shop.run(4, &["migrate"]));
    assert_eq!(shop.column(count), ["1"]);
    assert_eq!(shop.column("SELECT country FROM shop_customer"), ["PT", "PT"]);
    shop.column(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'PRIMARY KEY AUTOINCREMENT', \
         'PRIMARY KEY AUTOINCREMENT CHECK (id > 0)') WHERE name = 'shop_purchase'; PRAGMA writable_schema = RESET",
    );
    assert_snapshot!("by_hand_back", shop.run(4, &["migrate", "--rollback", "--yes"]));
    assert_eq!(shop.column("SELECT country FROM shop_customer"), ["PT", "PT"]);
    let amount = "    \"amount\" integer NOT NULL DEFAULT 1,\n";
    shop.edit("0002_countries.toml", amount, &format!("{amount}    CHECK (id > 0),\n"));
    assert_snapshot!("by_hand_back_kept", shop.run(4, &["migrate", "--rollback", "--yes"]));
    let kept =
        shop.column("SELECT count(*) FROM sqlite_schema WHERE name = 'shop_purchase' AND sql LIKE '%CHECK (id > 0)%'");
    assert_eq!(kept, ["1"]);
    assert_eq!(shop.column("SELECT amount FROM shop_purchase ORDER BY id"), ["1", "7", "3"]);
}

/// Makes the customers' table anew, as a person would, with a text in its statement replaced.
fn remade(shop: &Shop, from: &str, to: &str) {
    let create = &shop.column("SELECT sql FROM sqlite_schema WHERE name = 'shop_customer'")[0];
    assert!(create.contains(from), "{create} has no {from}");
    let create = create.replacen("\"shop_customer\"", "\"remade\"", 1).replacen(from, to, 1);
    shop.column(&format!(
        "PRAGMA foreign_keys = OFF; {create}; INSERT INTO remade SELECT * FROM shop_customer; DROP TABLE shop_customer; \
         ALTER TABLE remade RENAME TO shop_customer; PRAGMA foreign_keys = ON"
    ));
}

/// A unique, checked name with a default, and an index: all by hand.
fn decorated() -> Shop {
    let shop = Shop::with_rows();
    let name = "\"name\" varchar(80) NOT NULL";
    remade(&shop, name, &format!("{name} DEFAULT 'nobody' UNIQUE CHECK (name <> '')"));
    shop.column("CREATE INDEX \"by hand\" ON shop_customer (lower(name))");
    shop.run(4, &["makemigrations", "--name", "countries"]);
    shop
}

/// The rows of before are there, and whatever was added by hand still has a say.
fn assert_decorated(shop: &Shop) {
    assert_eq!(
        shop.column("SELECT name || email FROM shop_customer ORDER BY id"),
        ["Aa@example.com", "Bb@example.com"]
    );
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase WHERE customer_id IN (1, 2)"), ["3"]);
    let insert = |column, value| {
        format!("INSERT OR IGNORE INTO shop_customer (email, country{column}) VALUES ('c@example.com', 'PT'{value})")
    };
    shop.column(&insert(", name", ", 'A'"));
    shop.column(&insert(", name", ", ''"));
    assert_eq!(shop.column("SELECT count(*) FROM shop_customer"), ["2"], "a name is unique and not empty");
    shop.column(&insert("", ""));
    assert_eq!(shop.column("SELECT name FROM shop_customer WHERE id > 2"), ["nobody"]);
    assert_eq!(shop.column("SELECT tbl_name FROM sqlite_schema WHERE name = 'by hand'"), ["shop_customer"]);
}

#[test]
fn what_was_added_by_hand_is_kept_where_the_models_declare_it() {
    let shop = decorated();
    shop.run(4, &["makemigrations", "shop", "--empty", "--name", "later"]);
    shop.run(4, &["render"]);
    assert_snapshot!("by_hand_decorated", shop.run(4, &["migrate"]));
    for file in ["0002_countries.toml", "0003_later.toml"] {
        std::fs::remove_file(shop.dir().join("migrations/shop").join(file)).unwrap();
    }
    assert!(shop.run(5, &["makemigrations", "--name", "declared"]).starts_with("exit 0"));
    assert_eq!(shop.migrations(), ["0001_initial.toml", "0002_declared.toml"]);
    let said = shop.run(5, &["migrate"]);
    assert!(said.starts_with("exit 0") && said.contains("shop_customer rebuilt, 2 rows"), "{said}");
    assert_decorated(&shop);
    assert!(shop.run(5, &["makemigrations", "--check"]).starts_with("exit 0"), "nothing is left to declare");
}

/// The comments that a refusal asks for.
fn comments(refusal: &str) -> Vec<&str> {
    refusal.split('`').filter(|part| part.starts_with("-- drops ")).collect()
}

#[test]
fn what_was_added_by_hand_goes_where_the_file_says_so() {
    for own_step in [false, true] {
        let shop = decorated();
        let refusal = shop.run(4, &["migrate"]);
        let comments = comments(&refusal);
        assert_eq!(comments.len(), 3, "{refusal}");
        let create = "        '''\nCREATE TABLE \"fastdjango_new_shop_customer\"";
        let text = if own_step {
            let steps: Vec<String> = comments.iter().map(|comment| format!("        '''{comment}\n''',\n")).collect();
            format!("{}{create}", steps.concat())
        } else {
            create.replacen('\n', &format!("\n{}\n", comments.join("\n")), 1)
        };
        shop.edit("0002_countries.toml", create, &text);
        shop.edit("0002_countries.toml", "[sql.sqlite]\n", "[sql.sqlite]\nedited = \"names are free\"\n");
        let said = shop.run(4, &["migrate"]);
        assert!(said.starts_with("exit 0"), "{said}");
        assert_eq!(
            shop.column("SELECT name || email FROM shop_customer ORDER BY id"),
            ["Aa@example.com", "Bb@example.com"]
        );
        assert_eq!(shop.column("SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%name <> %'"), ["0"]);
        assert_eq!(shop.column("SELECT tbl_name FROM sqlite_schema WHERE name = 'by hand'"), ["shop_customer"]);
    }
}

/// A column of customers that no model knows, with values, and a rebuild that is about to come.
fn with_a_column() -> Shop {
    let shop = Shop::with_rows();
    shop.column("ALTER TABLE shop_customer ADD COLUMN vip integer; UPDATE shop_customer SET vip = id * 10");
    shop.run(4, &["makemigrations", "--name", "countries"]);
    shop
}

const EDITED: [&str; 2] = ["[sql.sqlite]\n", "[sql.sqlite]\nedited = \"vip is ours\"\n"];

#[test]
fn a_column_made_by_hand_is_carried_over_and_then_declared() {
    let shop = with_a_column();
    assert_snapshot!("by_hand_column", shop.run(4, &["migrate"]));
    for [from, to] in [
        EDITED,
        ["\"country\" varchar(2) NOT NULL,\n", "\"country\" varchar(2) NOT NULL,\n    \"vip\" integer,\n"],
        ["\"email\", \"country\")", "\"email\", \"country\", \"vip\")"],
        ["\"email\", 'PT'", "\"email\", 'PT', \"vip\""],
    ] {
        shop.edit("0002_countries.toml", from, to);
    }
    let said = shop.run(4, &["migrate"]);
    assert!(said.starts_with("exit 0"), "{said}");
    assert_eq!(shop.column("SELECT country || vip FROM shop_customer ORDER BY id"), ["PT10", "PT20"]);
    shop.run(6, &["makemigrations", "--name", "vip"]);
    assert!(shop.run(6, &["migrate"]).contains("duplicate column name: vip"), "it is there already");
    assert!(shop.run(6, &["migrate", "--fake"]).starts_with("exit 0"));
    assert!(shop.run(6, &["migrate", "--check"]).starts_with("exit 0"));
    assert_eq!(shop.column("SELECT vip FROM shop_customer ORDER BY id"), ["10", "20"]);
}

#[test]
fn a_column_made_by_hand_goes_where_somebody_says_so() {
    let shop = with_a_column();
    let refusal = shop.run(4, &["migrate"]);
    let insert = "\nINSERT INTO \"fastdjango_new_shop_customer\"";
    shop.edit("0002_countries.toml", insert, &format!("\n{}{insert}", comments(&refusal).concat()));
    shop.edit("0002_countries.toml", EDITED[0], EDITED[1]);
    assert!(shop.run(4, &["migrate"]).starts_with("exit 0"));
    let shop = with_a_column();
    shop.column("ALTER TABLE shop_customer DROP COLUMN vip");
    assert!(shop.run(4, &["migrate"]).starts_with("exit 0"));
    assert_eq!(shop.column("SELECT country FROM shop_customer"), ["PT", "PT"]);
}

#[test]
fn a_column_renamed_by_hand_is_named_and_named_back() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations", "--name", "countries"]);
    shop.column("ALTER TABLE shop_purchase RENAME COLUMN amount TO pieces");
    let said = shop.run(4, &["migrate"]);
    assert!(said.contains("E625") && said.contains("`pieces`") && said.contains("added or renamed"), "{said}");
    shop.column("ALTER TABLE shop_purchase RENAME COLUMN pieces TO amount");
    assert!(shop.run(4, &["migrate"]).starts_with("exit 0"));
    assert_eq!(shop.column("SELECT amount FROM shop_purchase ORDER BY id"), ["1", "7", "3"]);
}

#[test]
fn a_history_that_says_too_much_is_put_right() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    shop.run(1, &["migrate", "--fake"]);
    write(&shop, "0002_nameless.toml", "dependencies = [\"shop.0001_initial\"]", NAMELESS);
    shop.run(1, &["render"]);
    let said = shop.run(1, &["migrate"]);
    assert!(said.contains("E636") && said.contains("put the history right with `migrate APP NAME --fake`"), "{said}");
    shop.run(1, &["migrate", "shop", "zero", "--fake"]);
    assert!(shop.run(1, &["migrate"]).contains("2 migrations applied"));
    assert_eq!(shop.column(NAMED), ["0"]);
}
