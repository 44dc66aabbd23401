//! What is rendered depends on the target that the settings name, and on nothing that happens to be connected.

use fastdjango_core::command::Target;
use fastdjango_core::dialect::targeting;
use fastdjango_core::field::{ColumnType, Engine, Sql, Version};
use fastdjango_core::schema::{compare, lower_all};
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, FieldState, Generated, IndexField, IndexState, ProjectState,
};

use super::harness::{Place, each, field, of, thing};

fn computed(stored: bool) -> FieldState {
    let generated = Some(Generated { expression: Sql::any("size * 2"), stored });
    FieldState { generated, null: true, ..field("double", ColumnType::Integer) }
}

fn sized(stored: bool) -> ProjectState {
    thing(vec![field("size", ColumnType::Integer), computed(stored)], |_| ())
}

/// Makes the migration for the target, runs it, and finds in the catalog what the models say.
async fn runs(place: &Place, models: &ProjectState, target: &str) -> String {
    let text = place.make(models, Some(target)).unwrap_or_else(|why| panic!("{} {target}: {why}", place.engine));
    place
        .migrate(models, Some(target), Target::Latest)
        .await
        .unwrap_or_else(|why| panic!("{} {target}: {why}\n{text}", place.engine));
    is_as_declared(place, models, target).await;
    text
}

async fn is_as_declared(place: &Place, models: &ProjectState, target: &str) {
    let project = place.project(models, Some(target)).expect("a project");
    let declared = project.previous().expect("a state").state;
    let (mut expected, mut found) = (lower_all(&declared).expect("tables"), place.schema().await);
    let dialect = targeting(place.engine, place.engine.target(target).expect("a target"));
    dialect.normalize(&mut expected);
    dialect.normalize(&mut found);
    let differences: Vec<String> = compare(&expected, &found, place.engine)
        .iter()
        .map(ToString::to_string)
        // The servers print expressions in words of their own.
        .filter(|difference| !difference.contains("size"))
        .collect();
    assert!(differences.is_empty(), "{} {target}: {differences:#?}", place.engine);
}

fn refused(place: &Place, models: &ProjectState, target: &str) -> String {
    place.make(models, Some(target)).expect_err("it is refused").to_string()
}

#[tokio::test]
async fn a_virtual_column_needs_postgres_18_and_says_so() {
    for place in of(Engine::Postgres).await {
        let models = sized(false);
        let told = refused(&place, &models, "17");
        assert!(told.contains("error[E420]: PostgreSQL 17 cannot have a virtual generated column"), "{told}");
        assert!(
            told.contains("PostgreSQL 18 can: where no server is older, set `target = { postgres = \"18\" }`"),
            "{told}"
        );
        assert_eq!(refused(&place, &models, "15"), place.make(&models, None).expect_err("15 it is").to_string());
        if place.version().await < Version::major(18) {
            continue;
        }
        let text = runs(&place, &models, "18").await;
        assert!(text.contains("target = \"18\"") && text.contains("VIRTUAL"), "{text}");
        place.run("INSERT INTO thing (size) VALUES (21)").await.expect("a row");
        assert_eq!(place.rows("SELECT size, \"double\" FROM thing").await, ["21|42"]);
        place.migrate(&models, Some("18"), Target::Zero("shop".into())).await.expect("it goes again");
        assert!(place.schema().await.tables.is_empty());
    }
}

#[tokio::test]
async fn a_virtual_column_of_postgres_stands_in_no_index_and_keeps_nothing() {
    for place in of(Engine::Postgres).await {
        let indexed = thing(vec![field("size", ColumnType::Integer), computed(false)], |model| {
            let fields = vec![IndexField { field: "double".into(), descending: false, length: None }];
            model.indexes.push(IndexState { fields, ..index() });
        });
        let told = refused(&place, &indexed, "18");
        assert!(told.contains("PostgreSQL cannot have a virtual column in an index or a key"), "{told}");
        place.make(&sized(false), Some("18")).expect("one without an index");
        let plain = FieldState { generated: None, ..computed(false) };
        let kept = thing(vec![field("size", ColumnType::Integer), plain], |_| ());
        let told = refused(&place, &kept, "18");
        assert!(told.contains("PostgreSQL cannot have a virtual column that keeps its values"), "{told}");
    }
}

#[tokio::test]
async fn a_computed_column_keeps_its_values_from_postgres_13_on() {
    for place in of(Engine::Postgres).await {
        runs(&place, &sized(true), "12").await;
        place.run("INSERT INTO thing (size) VALUES (21)").await.expect("a row");
        let plain = FieldState { generated: None, ..computed(true) };
        let kept = thing(vec![field("size", ColumnType::Integer), plain], |_| ());
        let told = refused(&place, &kept, "12");
        assert!(told.contains("PostgreSQL 12 cannot have a computed column that keeps its values"), "{told}");
        assert!(told.contains("PostgreSQL 13 can"), "{told}");
        if place.version().await < Version::major(13) {
            continue;
        }
        runs(&place, &kept, "13").await;
        assert_eq!(place.rows("SELECT size, \"double\" FROM thing").await, ["21|42"]);
    }
}

fn index() -> IndexState {
    IndexState {
        name: Some("thing_one".to_owned()),
        fields: Vec::new(),
        expression: None,
        unique: false,
        condition: None,
        include: Vec::new(),
        method: None,
        opclass: None,
        concurrently: false,
    }
}

#[tokio::test]
async fn nulls_that_are_equal_need_postgres_15() {
    let code = || FieldState { null: true, ..field("code", ColumnType::Integer) };
    let models = thing(vec![code()], |model| {
        let kind = ConstraintKind::Unique { fields: vec!["code".into()], deferrable: None, nulls_not_distinct: true };
        model.constraints.push(ConstraintState { name: Some("thing_code".to_owned()), kind });
    });
    for place in of(Engine::Postgres).await {
        let told = refused(&place, &models, "14");
        assert!(told.contains("PostgreSQL 14 cannot have `nulls_distinct = false`"), "{told}");
        assert!(told.contains("set `target = { postgres = \"15\" }`"), "{told}");
        if place.version().await < Version::major(15) {
            continue;
        }
        runs(&place, &models, "15").await;
        place.run("INSERT INTO thing (code) VALUES (NULL)").await.expect("the first NULL");
        place.run("INSERT INTO thing (code) VALUES (NULL)").await.expect_err("the second");
    }
}

#[tokio::test]
async fn a_uuid_is_a_text_for_mariadb_10_6() {
    let models = thing(vec![field("key", ColumnType::Uuid)], |_| ());
    let key = "0f0e0d0c-0b0a-0908-0706-050403020100";
    for place in of(Engine::Mariadb).await {
        let text = runs(&place, &models, "10.6").await;
        assert!(text.contains("target = \"10.6\"") && text.contains("`key` char(36)"), "{text}");
        place.run(&format!("INSERT INTO thing (`key`) VALUES ('{key}')")).await.expect("a row");
        assert_eq!(place.rows("SELECT `key` FROM thing").await, [key]);
        let nothing = place.make(&models, Some("10.6")).expect("nothing to write");
        assert_eq!(nothing, "");
    }
    for place in of(Engine::Mariadb).await {
        let text = runs(&place, &models, "10.7").await;
        assert!(text.contains("`key` uuid"), "{text}");
    }
}

#[tokio::test]
async fn an_index_downwards_needs_mariadb_10_8() {
    let models = thing(vec![field("size", ColumnType::Integer)], |model| {
        let fields = vec![IndexField { field: "size".into(), descending: true, length: None }];
        model.indexes.push(IndexState { fields, ..index() });
    });
    for place in of(Engine::Mariadb).await {
        let told = refused(&place, &models, "10.7");
        assert!(told.contains("MariaDB 10.7 cannot have a column that goes downwards"), "{told}");
        runs(&place, &models, "10.8").await;
    }
}

/// A column of every plain type, an index of every plain kind, and a check.
fn much() -> ProjectState {
    let types = "boolean smallint integer bigint real double varchar(20) text binary uuid numeric(10,2) date time timestamp \
                 timestamptz json inet";
    let columns = types.split(' ').enumerate().map(|(i, name)| field(&format!("f{i}"), name.parse().expect("a type")));
    let mut fields: Vec<FieldState> = columns.collect();
    fields.extend([field("size", ColumnType::Integer), computed(true)]);
    thing(fields, |model| {
        let fields = vec![IndexField { field: "size".into(), descending: false, length: None }];
        model.indexes.push(IndexState { fields, unique: true, ..index() });
        let kind = ConstraintKind::Check { sql: Sql::any("size > 0") };
        model.constraints.push(ConstraintState { name: Some("thing_size".to_owned()), kind });
    })
}

#[tokio::test]
async fn what_is_rendered_for_the_oldest_target_runs_on_every_server() {
    for place in each().await {
        let models = much();
        let oldest = place.engine.targets().oldest.to_string();
        runs(&place, &models, &oldest).await;
        place.migrate(&models, Some(&oldest), Target::Zero("shop".into())).await.expect("it goes again");
        assert!(place.schema().await.tables.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_is_older_than_the_target_is_refused_before_anything_runs() {
    let newest = [(Engine::Postgres, "18"), (Engine::Mariadb, "11.8")];
    for (engine, target) in newest {
        for place in of(engine).await {
            if place.version().await >= engine.target(target).expect("a target") {
                continue;
            }
            let models = much();
            place.make(&models, Some(target)).expect("written");
            let told = place.migrate(&models, Some(target), Target::Latest).await.expect_err("refused").to_string();
            assert!(told.contains("error[E242]: `shop.0001_initial` was rendered for"), "{told}");
            assert!(told.contains("nothing was run") && told.contains("run `render --force`"), "{told}");
            assert!(place.schema().await.tables.is_empty());
        }
    }
}

#[tokio::test]
async fn what_was_reviewed_for_another_target_runs_as_it_is() {
    let first = thing(vec![field("key", ColumnType::Uuid)], |_| ());
    let second = thing(vec![field("key", ColumnType::Uuid), field("other", ColumnType::Uuid)], |model| {
        model.fields[2].null = true;
    });
    for place in of(Engine::Mariadb).await {
        let reviewed = place.make(&first, Some("10.6")).expect("written for 10.6");
        let next = place.make(&second, Some("10.11")).expect("written for 10.11");
        assert!(reviewed.contains("target = \"10.6\"") && next.contains("target = \"10.11\""), "{reviewed}{next}");
        place.migrate(&second, Some("10.11"), Target::Latest).await.expect("both run");
        let types = "SELECT column_type FROM information_schema.columns WHERE table_schema = DATABASE() \
                     AND table_name = 'thing' AND column_name <> 'id' ORDER BY ordinal_position";
        assert_eq!(place.rows(types).await, ["char(36)", "uuid"]);
    }
}
