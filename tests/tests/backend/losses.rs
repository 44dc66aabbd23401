//! What a rollback destroys: all of it is said, with how much there is, and nothing else.

use std::path::Path;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::command::{MigrateOptions, Target};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::field::{ColumnType, Sql};
use fastdjango_core::name::ModelRef;
use fastdjango_core::state::{FieldKind, FieldState, Generated, ModelState, Pairs, ProjectState};

use super::fleet::{Fleet, column, key, rows, ship};

fn number(name: &str) -> FieldState {
    FieldState { null: true, ..column(name, ColumnType::Integer) }
}

/// Ships with a crew, tags in pairs, a name in capitals, and a table that somebody else owns.
fn more() -> ProjectState {
    let mut state = ship(|ship| {
        ship.fields.push(number("crew"));
        ship.fields.push(number("empty"));
        let generated = Some(Generated { expression: Sql::any("upper(name)"), stored: false });
        ship.fields.push(FieldState { null: true, generated, ..column("loud", ColumnType::Text) });
        let pairs = |name: &str| {
            FieldState::new(name, FieldKind::ManyToMany(Pairs { to: ModelRef::new("fleet", "Tag"), through: None }))
        };
        ship.fields.extend([pairs("tags"), pairs("colours")]);
    });
    let mut tag = ModelState::new("fleet_tag");
    tag.fields = vec![key()].into();
    tag.primary_key = vec!["id".into()];
    let mut harbour = ModelState::new("harbour");
    harbour.fields = vec![key()].into();
    harbour.primary_key = vec!["id".into()];
    harbour.managed = false;
    state.models.insert(ModelRef::new("fleet", "Tag"), tag);
    state.models.insert(ModelRef::new("fleet", "Harbour"), harbour);
    state
}

async fn execute(database: &Path, sql: &str) {
    let mut connection = Connection::open_sqlite(database, Access::Write).await.expect("the database opens");
    connection.execute(sql).await.expect("the statements run");
}

/// What the last migrations would destroy, and that nothing is destroyed without a word.
async fn losses(fleet: &Fleet, count: usize) -> Vec<String> {
    let database = fleet.database();
    let plan = MigrateOptions { plan_only: true, ..MigrateOptions::default() };
    let report = fleet.rollback(&database, count, plan).await.expect("a plan needs no word");
    let losses: Vec<String> = report.losses.iter().map(ToString::to_string).collect();
    let before = rows(&database, "SELECT name, sql FROM sqlite_schema").await;
    let told = fleet.told(fleet.rollback(&database, count, MigrateOptions::default()).await, ErrorKind::Unanswered);
    for loss in &losses {
        assert!(told.contains(loss), "`{loss}` is not in:\n{told}");
    }
    assert_eq!(rows(&database, "SELECT name, sql FROM sqlite_schema").await, before);
    losses
}

#[tokio::test]
async fn tables_pairs_and_columns_with_something_in_them_are_named() {
    let fleet = Fleet::new(&["fleet"]);
    let database = fleet.database();
    fleet.make(ship(|_| ()), "initial");
    fleet.make(more(), "more");
    let mut later = more();
    later.models.get_mut(&ModelRef::new("fleet", "Harbour")).expect("the model").fields.push(number("depth"));
    fleet.make(later, "depth");
    fleet.migrate(&database, MigrateOptions::default()).await.expect("applied");
    execute(
        &database,
        "CREATE TABLE harbour (id integer PRIMARY KEY, depth integer); INSERT INTO harbour VALUES (1, 9);\
         INSERT INTO fleet_ship (id, name, crew) VALUES (3, 'Beagle', 74), (7, 'Fram', 16), (8, 'Gjoa', NULL);\
         INSERT INTO fleet_tag VALUES (1), (2); INSERT INTO fleet_ship_tags (ship_id, tag_id) VALUES (3, 1)",
    )
    .await;
    let wanted = [
        "fleet.0002_more: table `fleet_tag` goes, with 2 rows",
        "fleet.0002_more: table `fleet_ship_tags` goes, with 1 row",
        "fleet.0002_more: column `fleet_ship.crew` goes, with 2 values",
    ];
    let mut found = losses(&fleet, 2).await;
    found.sort();
    let mut wanted: Vec<String> = wanted.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(found, wanted);
    let zero = MigrateOptions { plan_only: true, target: Target::Zero("fleet".into()), ..MigrateOptions::default() };
    let all = fleet.migrate(&database, zero).await.expect("a plan").losses;
    assert!(all.iter().any(|loss| loss.name == "fleet_ship" && loss.rows == Some(3)), "{all:?}");
}

#[tokio::test]
async fn a_table_that_is_renamed_in_the_same_file_is_named_too() {
    let fleet = Fleet::new(&["fleet"]);
    let database = fleet.database();
    fleet.make(ship(|_| ()), "initial");
    fleet.edit(
        "fleet/0001_initial.toml",
        "\n[sql.sqlite]",
        "\n[[operations]]\nop = \"rename_model\"\nfrom = \"Ship\"\nto = \"Vessel\"\n\n[sql.sqlite]",
    );
    fleet.render();
    fleet.migrate(&database, MigrateOptions::default()).await.expect("applied");
    execute(&database, "INSERT INTO fleet_ship (id, name) VALUES (3, 'Beagle')").await;
    assert_eq!(losses(&fleet, 1).await, ["fleet.0001_initial: table `fleet_ship` goes, with 1 row"]);
}

#[tokio::test]
async fn what_a_later_migration_renamed_is_a_loss_of_unknown_size() {
    let fleet = Fleet::new(&["fleet"]);
    let database = fleet.database();
    fleet.make(ship(|_| ()), "initial");
    fleet.make(ship(|ship| ship.fields.push(number("crew"))), "crew");
    let file = "format = 1\ndependencies = [\"fleet.0002_crew\"]\n\n[[operations]]\nop = \"rename_field\"\nmodel = \"Ship\"\nfrom = \"crew\"\nto = \"sailors\"\n";
    std::fs::write(fleet.dir.path().join("migrations/fleet/0003_sailors.toml"), file).expect("the file is written");
    fleet.render();
    fleet.migrate(&database, MigrateOptions::default()).await.expect("applied");
    execute(&database, "INSERT INTO fleet_ship (id, name, sailors) VALUES (3, 'Beagle', 74)").await;
    assert_eq!(
        losses(&fleet, 2).await,
        ["fleet.0002_crew: column `fleet_ship.crew` goes, with whatever values it has"]
    );
}

#[tokio::test]
async fn a_column_that_comes_twice_is_counted_once() {
    let fleet = Fleet::new(&["fleet"]);
    let database = fleet.database();
    let crew = || ship(|ship| ship.fields.push(number("crew")));
    for (models, name) in [(ship(|_| ()), "initial"), (crew(), "crew"), (ship(|_| ()), "gone"), (crew(), "again")] {
        fleet.make(models, name);
    }
    fleet.migrate(&database, MigrateOptions::default()).await.expect("applied");
    execute(&database, "INSERT INTO fleet_ship (id, name, crew) VALUES (3, 'Beagle', 74)").await;
    assert_eq!(losses(&fleet, 3).await, ["fleet.0004_again: column `fleet_ship.crew` goes, with 1 value"]);
}
