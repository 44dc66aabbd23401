//! Texts that compare otherwise from now on: what would become one, or lose its row, stops a migration before anything changes.

use fastdjango_core::dialect::Mysql;
use fastdjango_core::field::{ColumnType, OnDelete, Sql};
use fastdjango_core::migration::Step;
use fastdjango_core::name::ModelRef;
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::{FieldKind, FieldState, ModelState, ProjectState, Reference};
use fastdjango_tests::generate::answer_all;

use super::harness::{TestDb, each};

/// Known to both servers, and both of `utf8mb4`.
const EXACT: &str = "utf8mb4_bin";
const LOOSE: &str = "utf8mb4_general_ci";

fn country(collation: &str) -> FieldState {
    let mut code = FieldState::new("code", FieldKind::Column(ColumnType::Varchar(20)));
    code.collation = Some(Sql::any(collation));
    code
}

/// Countries, and cities that refer to them.
fn state(collation: &str) -> ProjectState {
    let mut countries = ModelState::new("country");
    countries.fields = vec![country(collation)].into();
    countries.primary_key = vec!["code".into()];
    let mut cities = ModelState::new("city");
    let to = Reference {
        to: ModelRef::new("blog", "Country"),
        to_field: None,
        on_delete: OnDelete::Cascade,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: Some("city_country".to_owned()),
    };
    cities.fields = vec![
        FieldState::new("name", FieldKind::Column(ColumnType::Varchar(20))),
        FieldState::new("country", FieldKind::ForeignKey(to)),
    ]
    .into();
    cities.primary_key = vec!["name".into()];
    let models = [("Country", countries), ("City", cities)];
    ProjectState {
        models: models.into_iter().map(|(name, model)| (ModelRef::new("blog", name), model)).collect(),
        ..ProjectState::default()
    }
}

fn steps(db: &TestDb, states: Pair<&ProjectState>) -> Vec<Step> {
    let dialect = if db.is_mariadb() { Mysql::MARIADB } else { Mysql::MYSQL };
    let migrations = answer_all(states).migrations;
    let operations: Vec<Operation> = migrations.into_iter().flat_map(|migration| migration.operations).collect();
    plan(&"blog".into(), &operations, states.previous, &dialect).unwrap().up
}

async fn definitions(db: &TestDb) -> Vec<String> {
    let mut all = db.rows("SHOW CREATE TABLE country").await;
    all.extend(db.rows("SHOW CREATE TABLE city").await);
    all
}

#[tokio::test]
async fn what_would_become_one_or_lose_its_row_is_counted_first() {
    let nothing = ProjectState::default();
    for (rows, from, to, why) in [
        ("INSERT INTO country VALUES ('de'), ('DE')", EXACT, LOOSE, "values of `code` stand in several rows"),
        (
            "INSERT INTO country VALUES ('de'); INSERT INTO city VALUES ('Ulm', 'DE')",
            LOOSE,
            EXACT,
            "rows of `city` refer by `country_id` to no row of `country`",
        ),
    ] {
        for db in each().await {
            let (before, after) = (state(from), state(to));
            db.apply("0001", &steps(&db, Pair::new(&nothing, &before))).await.unwrap();
            for statement in rows.split("; ") {
                db.execute(statement).await;
            }
            let was = definitions(&db).await;
            let told = db.apply("0002", &steps(&db, Pair::new(&before, &after))).await.unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
            assert_eq!(definitions(&db).await, was, "nothing changes");
            // Without such rows it goes through, there and back.
            db.execute("DELETE FROM city").await;
            db.execute("DELETE FROM country WHERE BINARY code = 'DE'").await;
            db.execute("INSERT INTO city VALUES ('Ulm', 'de')").await;
            db.apply("0003", &steps(&db, Pair::new(&before, &after))).await.unwrap();
            assert!(definitions(&db).await.iter().all(|table| table.contains(to)), "both have the new one");
            assert_eq!(db.rows("SELECT name, country_id FROM city").await, ["Ulm|de"]);
        }
    }
}
