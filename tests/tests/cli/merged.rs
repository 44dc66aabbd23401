//! Two branches of a shop, as version control leaves them: told, merged, and applied on the databases of both developers.

use insta::assert_snapshot;

use crate::rebased::{NAMED, NAMELESS, write};
use crate::shop::Shop;

/// What the other developer made, with a comment of theirs.
const POINTS: &str = r#"
# Points are given at the counter.
[[operations]]
op = "add_field"
model = "Customer"
field = { name = "points", type = "integer", null = true }
"#;

const HEAD: &str = "dependencies = [\"shop.0001_initial\"] # the first";

/// The shop of a developer who has made a migration, and applied it.
fn developer(name: &str, operations: &str) -> Shop {
    let shop = Shop::with_rows();
    write(&shop, name, HEAD, operations);
    assert!(shop.run(1, &["render"]).starts_with("exit 0\n"));
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0\n"));
    shop
}

/// Brings the migrations of the one to the other, as version control does.
fn pull(from: &Shop, to: &Shop) {
    let [source, target] = [from, to].map(|shop| shop.dir().join("migrations/shop"));
    for file in from.migrations() {
        std::fs::copy(source.join(&file), target.join(&file)).unwrap();
    }
}

fn text(shop: &Shop, file: &str) -> String {
    std::fs::read_to_string(shop.dir().join("migrations/shop").join(file)).unwrap()
}

/// Ada has names that may be missing, and then what Ben made: points.
fn two_heads() -> (Shop, Shop) {
    let (ada, ben) = (developer("0002_nameless.toml", NAMELESS), developer("0002_points.toml", POINTS));
    ben.column("UPDATE shop_customer SET points = id * 10");
    pull(&ben, &ada);
    (ada, ben)
}

#[test]
fn branches_are_told_merged_and_reach_both_databases() {
    let (ada, ben) = two_heads();
    assert_snapshot!("merged_heads", ada.run(1, &["heads"]));
    assert_snapshot!("merged_show", ada.run(1, &["showmigrations"]));
    let shown = ada.json(1, &["showmigrations", "--json"]);
    assert_eq!(shown["migrations"].as_array().map(Vec::len), Some(3));
    assert_eq!(shown["migrations"][1]["branch"], true);
    assert_snapshot!("merged_told", ada.run(1, &["migrate"]));
    assert!(ada.run(1, &["makemigrations", "--merge", "--check"]).starts_with("exit 4\n"));
    assert_eq!(ada.migrations(), ["0001_initial.toml", "0002_nameless.toml", "0002_points.toml"]);
    assert_snapshot!("merged_made", ada.run(1, &["makemigrations", "--merge"]));
    assert_eq!(ada.migrations(), ["0001_initial.toml", "0002_nameless.toml", "0003_points.toml"]);
    assert!(text(&ada, "0003_points.toml").contains("# Points are given at the counter.\n"));
    assert_snapshot!("merged_again", ada.run(1, &["makemigrations", "--merge"]));
    assert_snapshot!("merged_ada", ada.run(1, &["migrate"]));

    std::fs::remove_file(ben.dir().join("migrations/shop/0002_points.toml")).unwrap();
    pull(&ada, &ben);
    assert_snapshot!("merged_ben", ben.run(1, &["migrate", "--yes"]));
    assert_snapshot!("merged_history", ben.run(1, &["history"]));
    assert_eq!(ben.json(1, &["history", "--last", "1", "--json"])["events"].as_array().unwrap().len(), 1);
    assert_eq!(ada.json(1, &["heads", "--json"])["heads"]["shop"][0], "0003_points");
    for shop in [&ada, &ben] {
        assert_eq!(shop.column(NAMED), ["0"]);
        assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
        let columns = "SELECT name FROM pragma_table_info('shop_customer') ORDER BY name";
        assert_eq!(shop.column(columns), ["balance", "id", "mail", "name", "points"]);
        assert!(shop.run(1, &["migrate", "--check"]).starts_with("exit 0\n"));
    }
    assert_eq!(ben.column("SELECT points FROM shop_customer ORDER BY id"), ["10", "20"]);
}

#[test]
fn branches_that_do_not_commute_are_refused_with_the_two_operations() {
    let ada = developer("0002_nameless.toml", NAMELESS);
    let renamed = "[[operations]]\nop = \"rename_field\"\nmodel = \"Customer\"\nfrom = \"name\"\nto = \"title\"\n";
    let ben = developer("0002_title.toml", renamed);
    pull(&ben, &ada);
    let before = ["0001_initial.toml", "0002_nameless.toml", "0002_title.toml"].map(|file| text(&ada, file));
    assert_snapshot!("merged_refused", ada.run(1, &["makemigrations", "--merge"]));
    let after = ["0001_initial.toml", "0002_nameless.toml", "0002_title.toml"].map(|file| text(&ada, file));
    assert_eq!(before, after, "nothing is written");
}

#[test]
fn sql_that_somebody_edited_is_not_rendered_again() {
    let (ada, _ben) = two_heads();
    ada.edit("0002_points.toml", "\nup = [", "\nedited = \"two steps\"\nup = [");
    assert_snapshot!("merged_edited", ada.run(1, &["makemigrations", "--merge"]));
    assert_eq!(ada.migrations(), ["0001_initial.toml", "0002_nameless.toml", "0002_points.toml"]);
}

#[test]
fn a_merge_migration_ties_branches_of_different_tables_only() {
    let (ada, _ben) = two_heads();
    assert_snapshot!("merged_one_table", ada.run(1, &["makemigrations", "--merge=migration"]));
    let ada = developer("0002_nameless.toml", NAMELESS);
    let note = "[[operations]]\nop = \"create_model\"\nmodel = \"Note\"\ntable = \"shop_note\"\nfields = [{ name = \"id\", type = \"bigint\", auto = true }]\nprimary_key = [\"id\"]\n";
    let ben = developer("0002_note.toml", note);
    pull(&ben, &ada);
    assert_snapshot!("merged_tied", ada.run(1, &["makemigrations", "--merge=migration"]));
    assert_snapshot!("merged_tied_file", text(&ada, "0003_merge_0002_nameless_0002_note.toml"));
    assert!(ada.run(1, &["migrate"]).starts_with("exit 0\n"));
    assert_eq!(ada.column("SELECT count(*) FROM shop_note"), ["0"]);
    let json = ada.json(1, &["makemigrations", "--merge", "--json"]);
    assert_eq!(json["migrations"].as_array().unwrap().len(), 0);
}

#[test]
fn a_branch_in_the_middle_of_its_steps_is_ended_under_its_own_name_first() {
    let (ada, ben) = two_heads();
    ben.run(1, &["migrate", "shop", "0001", "--yes"]);
    std::fs::remove_file(ben.dir().join("migrations/shop/0002_points.toml")).unwrap();
    let twice = "atomic = false\n[[operations]]\nop = \"run_sql\"\nsql = [\"UPDATE shop_purchase SET amount = amount + 1\", \"UPDATE nobody SET id = 1\"]\nreverse = []\n";
    write(&ben, "0002_more.toml", HEAD, twice);
    ben.run(1, &["render"]);
    assert!(ben.run(1, &["migrate"]).starts_with("exit 1\n"));
    drop(ada);
    let path = ben.dir().join("migrations/shop");
    std::fs::rename(path.join("0002_more.toml"), path.join("0003_more.toml")).unwrap();
    ben.edit("0003_more.toml", "format = 1\n", "format = 1\nformerly = [\"0002_more\"]\n");
    assert_snapshot!("merged_middle", ben.run(1, &["migrate"]));
    ben.column("CREATE TABLE nobody (id integer)");
    assert!(ben.run(1, &["migrate", "--resume", "journal"]).starts_with("exit 0\n"));
    assert!(ben.run(1, &["migrate"]).starts_with("exit 0\n"));
    assert_eq!(ben.column("SELECT amount FROM shop_purchase ORDER BY id"), ["2", "8", "4"]);
    assert!(ben.run(1, &["makemigrations", "--merge", "-n", "x"]).starts_with("exit 1\n"));
}

/// SQL of one's own that says what it is about.
fn owed(touches: &str) -> String {
    let sql = "[[operations]]\nop = \"run_sql\"\nsql = [\"UPDATE shop_customer SET balance = 7\"]\nreverse = []\n";
    format!("{sql}touches = [{touches}]\n")
}

#[test]
fn sql_that_says_what_it_touches_is_merged_beside_what_is_not_that() {
    let (ada, ben) =
        (developer("0002_points.toml", POINTS), developer("0002_owed.toml", &owed("\"Customer.balance\"")));
    pull(&ben, &ada);
    assert!(ada.run(1, &["makemigrations", "--merge"]).starts_with("exit 0\n"));
    assert!(ada.run(1, &["migrate", "--yes"]).starts_with("exit 0\n"));
    std::fs::remove_file(ben.dir().join("migrations/shop/0002_owed.toml")).unwrap();
    pull(&ada, &ben);
    assert!(ben.run(1, &["migrate", "--yes"]).starts_with("exit 0\n"));
    for shop in [&ada, &ben] {
        assert_eq!(shop.column("SELECT balance FROM shop_customer"), ["7", "7"]);
        assert!(shop.run(1, &["migrate", "--check"]).starts_with("exit 0\n"));
    }
    let (ada, ben) =
        (developer("0002_nameless.toml", NAMELESS), developer("0002_owed.toml", &owed("\"Customer.name\"")));
    pull(&ben, &ada);
    assert_snapshot!("merged_touches", ada.run(1, &["makemigrations", "--merge"]));
}

#[test]
fn a_slip_in_what_sql_touches_is_told() {
    let shop = Shop::with_rows();
    write(&shop, "0002_owed.toml", HEAD, &owed("\"Customer.balanse\""));
    assert_snapshot!("merged_slip", shop.run(1, &["render"]));
}
