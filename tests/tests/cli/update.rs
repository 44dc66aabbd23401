//! Migrations that nobody has applied yet, written anew: with what changed since, or with fewer operations.

use std::path::Path;

use fastdjango::Model;
use fastdjango_core::backend::History;
use fastdjango_core::command::{MakeOptions, Project, makemigrations};
use fastdjango_core::model::{ModelDef, ModelLabel, Source};
use insta::assert_snapshot;

use crate::rebased::write;
use crate::shop::Shop;

const MAILS: [&str; 2] = ["a@example.com", "b@example.com"];

#[test]
fn help_says_when_a_file_is_written_anew() {
    assert_snapshot!("help_optimizemigration", Shop::new().run(1, &["optimizemigration", "--help"]));
}

#[test]
fn what_changed_goes_into_the_last_migration_and_its_suggested_name_follows() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations"]);
    let before = shop.migrations();
    assert_snapshot!("update_dry_run", shop.run(6, &["makemigrations", "--update", "--dry-run"]));
    assert_eq!(shop.migrations(), before, "a dry run writes nothing");
    assert!(shop.run(6, &["makemigrations", "--update", "--check"]).starts_with("exit 4\n"));
    assert_eq!(shop.migrations(), before, "a check writes nothing");
    assert_snapshot!("update", shop.run(6, &["makemigrations", "--update"]));
    assert_eq!(shop.migrations().len(), 2, "the old file went with the new one's coming");
    assert_snapshot!("update_again", shop.run(6, &["makemigrations", "--update"]));
    assert_snapshot!("update_check", shop.run(6, &["makemigrations", "--check"]));
    shop.run(6, &["migrate"]);
    assert_eq!(shop.column("SELECT email FROM shop_customer WHERE vip IS NULL ORDER BY id"), MAILS);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
}

#[test]
fn a_name_that_somebody_chose_stays() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    assert_snapshot!("update_first", shop.run(4, &["makemigrations", "--update"]));
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
    shop.run(4, &["migrate"]);
    shop.run(5, &["makemigrations", "--name", "nobody"]);
    shop.run(6, &["makemigrations", "--update"]);
    assert_eq!(shop.migrations(), ["0001_initial.toml", "0002_nobody.toml"]);
    shop.run(4, &["makemigrations", "--update", "--name", "everybody"]);
    assert_eq!(shop.migrations(), ["0001_initial.toml", "0002_everybody.toml"]);
    let shown = shop.json(4, &["makemigrations", "--json"]);
    assert_eq!(shown["migrations"].as_array().unwrap().len(), 0);
}

#[test]
fn what_a_database_has_is_never_written_anew() {
    let shop = Shop::with_rows();
    let file = shop.dir().join("migrations/shop/0001_initial.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_snapshot!("update_applied", shop.run(4, &["makemigrations", "--update"]));
    shop.run(1, &["migrate", "shop", "zero", "--yes"]);
    shop.column("CREATE TABLE shop_purchase (id integer)");
    shop.edit("0001_initial.toml", "format = 1\n", "format = 1\natomic = false\n");
    assert!(shop.run(1, &["migrate"]).starts_with("exit 1\n"), "the table's name is taken");
    assert_snapshot!("update_stopped", shop.run(4, &["makemigrations", "--update"]));
    assert_eq!(std::fs::read_to_string(&file).unwrap().replace("atomic = false\n", ""), text);
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
}

#[test]
fn a_database_that_cannot_be_asked_wants_a_yes() {
    let shop = Shop::new();
    let settings =
        "[databases.default]\nurl = \"postgres://me:hunter2@127.0.0.1:1/shop\"\n[migrations]\nrender = [\"sqlite\"]\n";
    std::fs::write(shop.dir().join("fastdjango.toml"), settings).unwrap();
    shop.run(1, &["makemigrations"]);
    let refused = shop.run(4, &["makemigrations", "--update"]);
    assert!(refused.starts_with("exit 1\n") && refused.contains("error[E321]"), "{refused}");
    assert!(refused.contains("127.0.0.1") && !refused.contains("hunter2"), "{refused}");
    assert!(shop.run(1, &["makemigrations", "--check"]).starts_with("exit 0\n"), "nothing was written");
    let written = shop.run(4, &["makemigrations", "--update", "--yes"]);
    assert!(written.starts_with("exit 0\n") && written.contains("warning[W321]"), "{written}");
    assert!(shop.run(4, &["makemigrations", "--check"]).starts_with("exit 0\n"));
}

#[test]
fn what_people_wrote_beside_the_operations_is_not_lost_unseen() {
    let shop = Shop::new();
    assert_snapshot!("update_nothing_there", shop.run(1, &["makemigrations", "--update"]));
    shop.run(1, &["makemigrations"]);
    shop.edit("0001_initial.toml", "format = 1\n", "# Ask Ada first.\nformat = 1\n");
    shop.edit("0001_initial.toml", "[sql.sqlite]\n", "[sql.sqlite]\nedited = \"names may be missing\"\n");
    assert_snapshot!("update_edited", shop.run(4, &["makemigrations", "--update"]));
    shop.edit("0001_initial.toml", "edited = \"names may be missing\"\n", "");
    assert_snapshot!("update_comments", shop.run(4, &["makemigrations", "--update"]));
}

const POINTS_AND_BACK: &str = r#"
[[operations]]
op = "add_field"
model = "Customer"
field = { name = "points", type = "integer", null = true }

[[operations]]
op = "rename_field"
model = "Customer"
from = "points"
to = "stars"

[[operations]]
op = "run_sql"
sql = ["UPDATE shop_customer SET stars = id * 10"]
reverse = []

[[operations]]
op = "rename_field"
model = "Customer"
from = "stars"
to = "moons"
"#;

#[test]
fn a_migration_gets_as_short_as_it_can_and_never_across_its_own_sql() {
    let shop = Shop::with_rows();
    write(&shop, "0002_stars.toml", "dependencies = [\"shop.0001_initial\"]", POINTS_AND_BACK);
    shop.run(1, &["render"]);
    assert_snapshot!("optimize_check", shop.run(1, &["optimizemigration", "shop", "0002", "--check"]));
    let json = shop.json(1, &["optimizemigration", "shop", "0002", "--check", "--json"]);
    assert_eq!((&json["before"], &json["after"], &json["written"]), (&4.into(), &3.into(), &false.into()));
    assert_snapshot!("optimize", shop.run(1, &["optimizemigration", "shop", "0002"]));
    assert_snapshot!("optimize_again", shop.run(1, &["optimizemigration", "shop", "0002", "--check"]));
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0\n"));
    assert_eq!(shop.column("SELECT moons FROM shop_customer ORDER BY id"), ["10", "20"]);
}

#[test]
fn an_applied_migration_keeps_its_length() {
    let shop = Shop::with_rows();
    write(&shop, "0002_stars.toml", "dependencies = [\"shop.0001_initial\"]", POINTS_AND_BACK);
    shop.run(1, &["render"]);
    shop.run(1, &["migrate"]);
    assert_snapshot!("optimize_applied", shop.run(1, &["optimizemigration", "shop", "0002"]));
    assert_snapshot!("optimize_unknown", shop.run(1, &["optimizemigration", "shop", "0003"]));
    assert!(shop.run(1, &["migrate", "--check"]).starts_with("exit 0\n"), "the file is as it was applied");
}

/// Two apps of one crate, of which one refers to the other.
mod apart {
    use fastdjango::prelude::*;

    /// Refers to nothing.
    #[derive(Model)]
    #[model(app = "base")]
    pub struct Root {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
    }

    /// The same, later.
    #[derive(Model)]
    #[model(app = "base", table = "base_root")]
    pub struct Wider {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// What is new.
        pub note: Option<String>,
    }

    /// The same, with an index that is built while the table is in use.
    #[derive(Model)]
    #[model(app = "base", table = "base_root", index(fields = [note], concurrently))]
    pub struct Indexed {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// What is new.
        pub note: Option<String>,
    }

    /// Refers to the other app.
    #[derive(Model)]
    #[model(app = "top")]
    pub struct Leaf {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Where it hangs.
        #[field(on_delete = cascade)]
        pub root: ForeignKey<Root>,
    }
}

/// The models of a crate in a folder, all of one name but for the leaf.
fn project(dir: &Path, models: &[&ModelDef]) -> Project {
    let manifest_dir: &'static str = Box::leak(dir.display().to_string().into_boxed_str());
    let placed = |def: &&ModelDef| -> &'static ModelDef {
        let model = if def.label.app == "base" { "Root" } else { def.label.model };
        let label = ModelLabel { model, ..def.label };
        Box::leak(Box::new(ModelDef { label, source: Source { manifest_dir, ..def.source }, ..**def }))
    };
    Project::open(dir, &models.iter().map(placed).collect::<Vec<_>>()).unwrap()
}

fn updating() -> MakeOptions {
    MakeOptions { update: Some(History::default()), ..MakeOptions::default() }
}

#[test]
fn a_migration_that_others_come_after_takes_nothing_up() {
    let dir = tempfile::tempdir().unwrap();
    let added = dir.path().join("migrations/base/0002_add_root_note.toml");
    makemigrations(&project(dir.path(), &[apart::Root::DEF, apart::Leaf::DEF]), &MakeOptions::default()).unwrap();
    let later = project(dir.path(), &[apart::Wider::DEF, apart::Leaf::DEF]);
    let refused = makemigrations(&later, &updating()).unwrap_err();
    assert_eq!(refused.code(), "E322");
    assert!(refused.to_string().contains("`top.0001_initial` comes after it"), "{refused}");
    assert!(!added.exists());
    makemigrations(&later, &MakeOptions::default()).unwrap();
    assert!(added.exists());
}

#[test]
fn an_index_that_wants_no_transaction_takes_it_from_no_other_change() {
    let dir = tempfile::tempdir().unwrap();
    makemigrations(&project(dir.path(), &[apart::Root::DEF]), &MakeOptions::default()).unwrap();
    makemigrations(&project(dir.path(), &[apart::Wider::DEF]), &MakeOptions::default()).unwrap();
    let indexed = project(dir.path(), &[apart::Indexed::DEF]);
    let made = makemigrations(&indexed, &updating()).unwrap().made;
    assert_eq!(made.len(), 1);
    assert_eq!((&made[0].was, made[0].migration.operations.len()), (&None, 1), "it stays a migration of its own");
    assert!(made[0].migration.name.as_str().starts_with("0003_"), "{}", made[0].migration.name);
    assert!(makemigrations(&indexed, &MakeOptions::default()).unwrap().made.is_empty());
}
