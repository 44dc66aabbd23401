//! A real store through sixteen changes of its models, and all the way back: every value where it should be.

mod catalog;
mod crash;
mod data;
mod private;
mod rows;
mod store;
mod story;
mod upgrade;
mod versions;

use data::Data;
use fastdjango_tests::live::{Server, servers};
use store::Store;
use story::{Change, story};

/// Where the story ends for its rows: they went with a model and a column, and a way back does not bring them again.
fn losses(data: &mut Data) {
    data.table("Genre").clear();
    data.map("Track", "GenreId", |_| "NULL".to_owned());
    data.map("Employee", "Fax", |_| "NULL".to_owned());
    data.fill("Track", "Composer", "'unknown'");
    data.fill("Artist", "Name", "'nobody'");
}

#[tokio::test]
async fn the_first_migration_makes_the_real_catalog() {
    for server in servers() {
        let Some(script) = rows::script(server.engine()) else { continue };
        let store = Store::new(&server).await;
        store.make(&versions::all(server.engine())[0]);
        store.migrate().await;
        let real = server.database().await;
        real.execute(&script).await;
        let (ours, theirs) = (catalog::read(&store.place).await, catalog::read(&real).await);
        let spelling = rows::spelling(server.engine());
        let ours: catalog::Catalog =
            ours.into_iter().map(|(name, table)| (spelling(&name), table.spelled(spelling))).collect();
        assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
        for (name, table) in &theirs {
            assert_eq!(&ours[name], table, "{}: the table `{name}`", server.name);
        }
    }
}

#[tokio::test]
async fn a_store_that_others_made_is_told_as_models_that_make_the_same() {
    for server in servers() {
        let Some(script) = rows::script(server.engine()) else { continue };
        let real = Store::of(server.database().await);
        real.place.execute(&script).await;
        let copy = server.database().await;
        for statement in real.statements().await {
            copy.execute(&statement).await;
        }
        let (ours, theirs) = (catalog::read(&copy).await, catalog::read(&real.place).await);
        catalog::assert_is(&ours, &theirs, &format!("{}: a copy of the store", server.name));
        real.remove().await;
        copy.remove().await;
    }
}

/// A further server of an engine goes through the generated store alone.
#[tokio::test]
async fn the_real_store_survives_sixteen_changes() {
    for server in servers().into_iter().filter(|server| !server.is_further()) {
        if let Some(rows) = rows::real(server.engine()) {
            there_and_back(&server, &rows, 15_607).await;
        }
    }
}

#[tokio::test]
async fn a_generated_store_survives_sixteen_changes() {
    for server in servers() {
        there_and_back(&server, &rows::generated(), 1_902).await;
    }
}

/// The whole story: forwards, each change compared; backwards, each change compared; at the start again.
async fn there_and_back(server: &Server, rows: &str, count: usize) {
    let store = Store::new(server).await;
    let versions = versions::all(server.engine());
    let changes = story();
    assert_eq!(versions.len(), changes.len() + 1, "one change leads to each version but the first");
    store.make(&versions[0]);
    store.migrate().await;
    data::execute(&store.place, rows).await;
    let start = Data::read(&store.place).await;
    assert_eq!(start.count(), count, "{}: all rows are in", server.name);
    let (end, catalogs) = forwards(&store, &changes, &versions[1..], start.clone()).await;
    let arrived = backwards(&store, &changes, end, &catalogs).await;
    let mut expected = start;
    losses(&mut expected);
    arrived.assert_is(&expected, &format!("{}: back at the start", server.name));
    store.remove().await;
}

type Models = [Vec<&'static fastdjango_core::model::ModelDef>];

async fn forwards(
    store: &Store,
    changes: &[Change],
    versions: &Models,
    mut data: Data,
) -> (Data, Vec<catalog::Catalog>) {
    let mut catalogs = vec![catalog::read(&store.place).await];
    for (change, models) in changes.iter().zip(versions) {
        let when = format!("{} after {}", store.place.engine(), change.name);
        store.make(models);
        store.migrate().await;
        (change.forward)(&mut data);
        Data::read(&store.place).await.assert_is(&data, &when);
        data::assert_sound(&store.place, &when).await;
        store.assert_settled(models, &when);
        store.assert_told(models, &when).await;
        catalogs.push(catalog::read(&store.place).await);
        if let Some(rows) = change.rows {
            data::execute(&store.place, rows).await;
            data = Data::read(&store.place).await;
        }
    }
    (data, catalogs)
}

async fn backwards(store: &Store, changes: &[Change], mut data: Data, catalogs: &[catalog::Catalog]) -> Data {
    for (change, catalog) in changes.iter().zip(catalogs).rev() {
        let when = format!("{} back from {}", store.place.engine(), change.name);
        store.rollback().await;
        (change.backward)(&mut data);
        Data::read(&store.place).await.assert_is(&data, &when);
        data::assert_sound(&store.place, &when).await;
        catalog::assert_is(&catalog::read(&store.place).await, catalog, &when);
    }
    data
}
