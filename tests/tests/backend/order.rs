//! A branch that was rebased, on a database that had applied it before the other one; and orders that no file says.

use std::fs;
use std::path::Path;

use fastdjango_core::backend::{Access, Connection, Direction};
use fastdjango_core::command::{MergeOptions, MigrateOptions, Target, merge};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::field::{ColumnType, Engine, OnDelete};
use fastdjango_core::name::ModelRef;
use fastdjango_core::schema::{self, Schema};
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState, ProjectState, Reference,
};
use insta::assert_snapshot;

use super::fleet::{Fleet, column, rows, ship, yes};

/// One branch: ships without a name. SQLite rebuilds the table for it, both ways.
pub(super) fn nameless(ship: &mut ModelState) {
    ship.fields[1].null = true;
}

/// The other branch: how heavy a ship is, and no two alike; a rebuild both ways too.
pub(super) fn heavy(ship: &mut ModelState) {
    ship.fields.push(FieldState { null: true, ..column("tonnage", ColumnType::Integer) });
    let fields = vec!["tonnage".into()];
    let kind = ConstraintKind::Unique { fields, deferrable: None, nulls_not_distinct: false };
    ship.constraints.push(ConstraintState { name: None, kind });
}

async fn catalog(database: &Path) -> Schema {
    let mut connection = Connection::open_sqlite(database, Access::Read).await.expect("the database opens");
    connection.introspect().await.expect("the catalog")
}

/// A database that had the heavy branch, with rows; the files have it after the nameless one since, under another name.
pub(super) async fn rebased() -> (Fleet, std::path::PathBuf) {
    let branch = Fleet::new(&["fleet"]);
    branch.make(ship(|_| ()), "initial");
    assert_eq!(branch.make(ship(heavy), "heavy"), ["fleet.0002_heavy"]);
    let fleet = Fleet::new(&["fleet"]);
    let database = fleet.database();
    branch.migrate(&database, MigrateOptions::default()).await.expect("the branch is applied");
    let mut connection = Connection::open_sqlite(&database, Access::Write).await.expect("the database opens");
    let insert = "INSERT INTO fleet_ship (id, name, tonnage) VALUES (3, 'Beagle', 242), (7, 'Fram', 402)";
    connection.execute(insert).await.expect("rows");
    fleet.make(ship(|_| ()), "initial");
    fleet.make(ship(nameless), "nameless");
    let both = ship(|ship| {
        nameless(ship);
        heavy(ship);
    });
    assert_eq!(fleet.make(both, "heavy"), ["fleet.0003_heavy"]);
    fleet.edit("fleet/0003_heavy.toml", "format = 1\n", "format = 1\nformerly = [\"0002_heavy\"]\n");
    (fleet, database)
}

fn assert_same(found: &Schema, wanted: &Schema) {
    assert_eq!(schema::compare(wanted, found, Engine::Sqlite), []);
}

/// The catalog of a database that never had another order, up to a migration.
async fn clean(fleet: &Fleet, name: &str) -> Schema {
    let other = fleet.dir.path().join(format!("{name}.sqlite3"));
    let target = Target::Migration("fleet".into(), name.into());
    fleet.migrate(&other, MigrateOptions { target, ..MigrateOptions::default() }).await.expect("a clean database");
    catalog(&other).await
}

#[tokio::test]
async fn a_rebased_branch_arrives_on_a_database_that_had_it_before() {
    let (fleet, database) = rebased().await;
    let plan = MigrateOptions { plan_only: true, ..MigrateOptions::default() };
    let report = fleet.migrate(&database, plan).await.expect("a plan needs no word");
    assert_eq!(report.plan.len(), 1, "the rebased one is known under its former name");
    let reason = report.plan[0].rerendered.clone().expect("the file's text does not fit");
    assert_eq!(reason, "`fleet.0003_heavy` is applied here, and comes after it in the files");
    let refused = fleet.migrate(&database, MigrateOptions::default()).await;
    assert_snapshot!(fleet.told(refused, ErrorKind::Unanswered));
    assert_eq!(rows(&database, "SELECT count(*) FROM fastdjango_migrations WHERE name = '0002_nameless'").await, ["0"]);

    fleet.migrate(&database, yes()).await.expect("confirmed");
    assert_eq!(rows(&database, "SELECT id, name, tonnage FROM fleet_ship").await, ["3|Beagle|242", "7|Fram|402"]);
    assert_same(&catalog(&database).await, &clean(&fleet, "0003_heavy").await);
    let event = "SELECT text_hash, note FROM fastdjango_migrations WHERE name = '0002_nameless'";
    let event = rows(&database, event).await.concat();
    assert!(event.ends_with("|rendered for another order than the file's: `fleet.0003_heavy` is applied here, and comes after it in the files"), "{event}");
    let file = fs::read_to_string(fleet.dir.path().join("migrations/fleet/0002_nameless.toml")).expect("the file");
    assert!(!file.contains(event.split('|').next().expect("a hash")), "the hash is that of what ran");
    let again = fleet.migrate(&database, MigrateOptions::default()).await.expect("nothing is left");
    assert!(again.plan.is_empty());

    let back = fleet.rollback(&database, 2, yes()).await.expect("both go back");
    let undone: Vec<&str> = back.plan.iter().map(|planned| planned.migration.name.as_str()).collect();
    assert_eq!(undone, ["0003_heavy", "0002_nameless"], "what depends on another goes first, whenever it came");
    assert_eq!(rows(&database, "SELECT id, name FROM fleet_ship").await, ["3|Beagle", "7|Fram"]);
    assert_same(&catalog(&database).await, &clean(&fleet, "0001_initial").await);
}

#[tokio::test]
async fn the_way_back_fits_a_database_that_lacks_what_the_files_have_before() {
    let (fleet, database) = rebased().await;
    let options = MigrateOptions { allow_loss: true, ..MigrateOptions::default() };
    let refused = fleet.rollback(&database, 1, options).await;
    assert_snapshot!(fleet.told(refused, ErrorKind::Unanswered));
    let back = fleet.rollback(&database, 1, yes()).await.expect("confirmed");
    assert_eq!(back.plan.iter().map(|planned| planned.direction).collect::<Vec<_>>(), [Direction::Backward]);
    assert_eq!(rows(&database, "SELECT id, name FROM fleet_ship").await, ["3|Beagle", "7|Fram"]);
    assert_same(&catalog(&database).await, &clean(&fleet, "0001_initial").await);
    fleet.migrate(&database, MigrateOptions::default()).await.expect("the files' order, from here on");
    assert_same(&catalog(&database).await, &clean(&fleet, "0003_heavy").await);
}

#[tokio::test]
async fn an_order_that_may_make_a_difference_is_refused() {
    let (fleet, database) = rebased().await;
    fleet.edit("fleet/0002_nameless.toml", "\nup = [", "\nedited = \"by hand\"\nup = [");
    assert_snapshot!("order_edited", fleet.told(fleet.migrate(&database, yes()).await, ErrorKind::Invalid));

    // A text that holds in no order is stale, as ever.
    let (fleet, database) = rebased().await;
    fleet.edit("fleet/0002_nameless.toml", "input = \"b3:", "input = \"b3:00");
    assert_snapshot!("order_stale", fleet.told(fleet.migrate(&database, yes()).await, ErrorKind::Invalid));
}

#[tokio::test]
async fn values_are_computed_in_another_order_only_where_the_other_changes_none_that_they_read() {
    let (fleet, database) = computed("id * 2").await;
    fleet.migrate(&database, yes()).await.expect("nothing that the fill reads is changed by the other");
    assert_eq!(rows(&database, "SELECT id, crew, tonnage FROM fleet_ship").await, ["3|6|242"]);

    let (fleet, database) = computed("length(name)").await;
    fleet.migrate(&database, yes()).await.expect("nor is the name");
    assert_eq!(rows(&database, "SELECT crew FROM fleet_ship").await, ["6"]);

    let (fleet, database) = computed("(SELECT max(tonnage) FROM fleet_ship)").await;
    assert_snapshot!("order_computed", fleet.told(fleet.migrate(&database, yes()).await, ErrorKind::Invalid));
    assert_eq!(rows(&database, "SELECT tonnage FROM fleet_ship").await, ["242"]);
}

/// A database that has the heavy branch, with a ship; in the files a crew comes before it, whose number is computed.
async fn computed(fill: &str) -> (Fleet, std::path::PathBuf) {
    let branch = Fleet::new(&["fleet"]);
    branch.make(ship(|_| ()), "initial");
    branch.make(ship(heavy), "heavy");
    let fleet = Fleet::new(&["fleet"]);
    let database = fleet.database();
    branch.migrate(&database, MigrateOptions::default()).await.expect("the branch is applied");
    let mut connection = Connection::open_sqlite(&database, Access::Write).await.expect("the database opens");
    connection.execute("INSERT INTO fleet_ship (id, name, tonnage) VALUES (3, 'Beagle', 242)").await.expect("a row");
    let crew = |ship: &mut ModelState| {
        ship.fields.insert(2, FieldState { null: true, ..column("crew", ColumnType::Integer) });
    };
    fleet.make(ship(|_| ()), "initial");
    fleet.make(ship(crew), "crew");
    let before = "op = \"add_field\"\nmodel = \"Ship\"\n";
    fleet.edit("fleet/0002_crew.toml", before, &format!("{before}fill = {{ sql = \"{fill}\" }}\n"));
    fastdjango_core::command::render(&fleet.project(ship(crew)), None, None, false).expect("rendered");
    fleet.make(
        ship(|ship| {
            crew(ship);
            heavy(ship);
        }),
        "heavy",
    );
    fleet.edit("fleet/0003_heavy.toml", "format = 1\n", "format = 1\nformerly = [\"0002_heavy\"]\n");
    (fleet, database)
}

/// Users with a key of one type, and posts of another app that refer to them.
pub(super) fn blog(key: ColumnType, posts: bool, tags: bool) -> ProjectState {
    let table = |app: &str, name: &str, fields: Vec<FieldState>| {
        let mut model = ModelState::new(format!("{app}_{}", name.to_lowercase()));
        model.primary_key = vec![fields[0].name.clone()];
        model.fields = fields.into();
        (ModelRef::new(app, name), model)
    };
    let author = FieldKind::ForeignKey(Reference {
        to: ModelRef::new("accounts", "User"),
        to_field: None,
        on_delete: OnDelete::Cascade,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: None,
    });
    let mut models = vec![table("accounts", "User", vec![column("id", key)])];
    if posts {
        let by = FieldState { null: true, ..FieldState::new("author", author) };
        models.push(table("blog", "Post", vec![column("id", ColumnType::Integer), by]));
    }
    if tags {
        models.push(table("blog", "Tag", vec![column("id", ColumnType::Integer)]));
    }
    ProjectState { models: models.into_iter().collect(), ..ProjectState::default() }
}

fn dependencies(fleet: &Fleet, file: &str) -> String {
    let text = fs::read_to_string(fleet.dir.path().join("migrations").join(file)).expect("the file");
    let list = text.split("dependencies = [").nth(1).and_then(|rest| rest.split(']').next());
    list.unwrap_or_default().split_whitespace().collect()
}

#[tokio::test]
async fn a_change_comes_after_migrations_of_other_apps_that_are_no_longer_seen() {
    let fleet = Fleet::new(&["accounts", "blog"]);
    fleet.make(blog(ColumnType::Integer, false, false), "users");
    fleet.make(blog(ColumnType::Integer, true, true), "posts");
    // No model refers to a user any more: only the history of `blog` knows that one did.
    assert_eq!(fleet.make(blog(ColumnType::Integer, false, true), "no_posts"), ["blog.0002_no_posts"]);
    assert_eq!(fleet.make(blog(ColumnType::BigInt, false, true), "bigger"), ["accounts.0002_bigger"]);
    let want = "\"accounts.0001_users\",\"blog.0002_no_posts\",";
    assert_eq!(dependencies(&fleet, "accounts/0002_bigger.toml"), want);
    let database = fleet.database();
    fleet.migrate(&database, MigrateOptions::default()).await.expect("every order is written down");

    fleet.edit("accounts/0002_bigger.toml", "    \"blog.0002_no_posts\",\n", "");
    assert_snapshot!("order_missing", fleet.told(fleet.migrate(&database, yes()).await, ErrorKind::Invalid));
    fleet.edit("blog/0002_no_posts.toml", "format = 1\n", "format = 1\nbefore = [\"accounts.0002_bigger\"]\n");
    fleet.migrate(&database, MigrateOptions::default()).await.expect("`before` says the same");
}

#[test]
fn branches_of_several_apps_are_merged_together_or_not_at_all() {
    let fleet = Fleet::new(&["accounts", "blog"]);
    fleet.make(blog(ColumnType::Integer, true, true), "first");
    for (app, model) in [("accounts", "User"), ("blog", "Tag")] {
        for branch in ["a", "b"] {
            let field = format!("field = {{ name = \"{branch}\", type = \"integer\", null = true }}");
            let operation = format!("[[operations]]\nop = \"add_field\"\nmodel = \"{model}\"\n{field}\n");
            let path = fleet.dir.path().join(format!("migrations/{app}/0002_{branch}.toml"));
            fs::write(
                path,
                format!("format = 1\ndependencies = [\"accounts.0001_first\", \"blog.0001_first\"]\n{operation}"),
            )
            .expect("a file");
        }
    }
    let project = fleet.project(blog(ColumnType::Integer, true, true));
    let files = || {
        let names = |app: &str| fs::read_dir(fleet.dir.path().join("migrations").join(app)).expect("a folder");
        let names =
            ["accounts", "blog"].iter().flat_map(|app| names(app)).map(|entry| entry.expect("a file").file_name());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let before = files();
    let options = MergeOptions { apps: vec!["blog".into()], ..MergeOptions::default() };
    let refused = merge(&project, &options).expect_err("accounts would be left over").to_string();
    assert!(refused.contains("app `accounts` has several last migrations") && refused.contains("nothing was written"));
    assert_eq!(files(), before);
    let merged = merge(&project, &MergeOptions::default()).expect("both");
    let names: Vec<String> = merged.iter().map(|merged| merged.made.migration.reference().to_string()).collect();
    assert_eq!(names, ["accounts.0003_b", "blog.0003_b"]);
    assert_eq!(project.heads().expect("heads").values().map(Vec::len).sum::<usize>(), 2);
}
