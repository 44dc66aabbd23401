//! `repair` on every database: the history follows the files only where the catalog bears them out.

use std::fs;

use fastdjango_core::backend::Event;
use fastdjango_core::command::{Disagreement, RepairOptions, RepairReport, Target, prune, repair};
use fastdjango_core::error::{ErrorKind, Result};
use fastdjango_core::field::{ColumnType, Engine};
use fastdjango_core::state::{IndexField, IndexState, ProjectState};

use super::harness::{Place, each, field, thing};

const INDEX: &str = "CREATE INDEX thing_by_name ON thing (name)";

fn models(indexed: bool) -> ProjectState {
    thing(vec![field("name", ColumnType::Varchar(80))], |model| {
        if indexed {
            let fields = vec![IndexField::new("name")];
            model.indexes.push(IndexState {
                name: Some("thing_by_name".to_owned()),
                fields,
                expression: None,
                unique: false,
                condition: None,
                include: Vec::new(),
                method: None,
                opclass: None,
                concurrently: false,
            });
        }
    })
}

fn confirmed() -> RepairOptions {
    RepairOptions { confirmed: true, ..RepairOptions::default() }
}

impl Place {
    async fn repair(&self, models: &ProjectState, options: &RepairOptions) -> Result<RepairReport> {
        let mut connection = self.open().await;
        let report = repair(&self.project(models, None)?, &mut connection, options).await;
        connection.close().await?;
        report
    }

    async fn events(&self) -> Vec<Event> {
        let history = self.open().await.history().await.expect("the history");
        history.events.iter().map(|entry| entry.event).collect()
    }
}

/// A first migration that was applied without its index, and whose file has it now.
async fn edited(place: &Place) {
    place.make(&models(false), None).expect("made");
    place.migrate(&models(false), None, Target::Latest).await.expect("applied");
    place.run("INSERT INTO thing (name) VALUES ('a'), ('b')").await.expect("rows");
    fs::remove_dir_all(place.dir.path().join("migrations")).expect("removed");
    place.make(&models(true), None).expect("made anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_migration_counts_as_its_file_says_once_the_catalog_does() {
    for place in each().await {
        edited(&place).await;
        let told = place.migrate(&models(true), None, Target::Latest).await.expect_err("edited");
        assert_eq!(told.code(), "E602", "{}: {told}", place.engine);
        let told = place.repair(&models(true), &confirmed()).await.expect_err("another catalog");
        let said = told.to_string();
        assert!(told.code() == "E606" && said.contains("lacks the index `thing_by_name`"), "{}: {said}", place.engine);
        assert_eq!(place.events().await.last(), Some(&Event::Applied), "{}", place.engine);

        place.run(INDEX).await.expect("by hand");
        let told = place.repair(&models(true), &RepairOptions::default()).await.expect_err("nobody said yes");
        assert_eq!((told.code(), told.kind()), ("E609", ErrorKind::Unanswered), "{}", place.engine);
        let planned = RepairOptions { plan_only: true, ..RepairOptions::default() };
        let planned = place.repair(&models(true), &planned).await.expect("a plan");
        assert!(!planned.recorded && planned.repairs.len() == 1, "{}: {planned:?}", place.engine);
        assert_eq!(place.events().await.last(), Some(&Event::Applied), "{}: a plan records nothing", place.engine);

        let report = place.repair(&models(true), &confirmed()).await.expect("repaired");
        assert!(report.recorded && report.repairs[0].what == Disagreement::Edited, "{}: {report:?}", place.engine);
        assert_eq!(place.events().await.last(), Some(&Event::Repaired), "{}", place.engine);
        assert_eq!(place.rows("SELECT count(*) FROM thing").await, ["2"], "{}", place.engine);
        place.migrate(&models(true), None, Target::Latest).await.expect("nothing to do");
        place.migrate(&models(true), None, Target::Last { count: 1, app: None }).await.expect("undone");
        assert!(place.schema().await.tables.is_empty(), "{}", place.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_without_a_file_counts_no_more_once_the_catalog_has_nothing_of_it() {
    for place in each().await {
        place.make(&models(false), None).expect("made");
        place.make(&models(true), None).expect("made");
        place.migrate(&models(true), None, Target::Latest).await.expect("applied");
        let folder = place.dir.path().join("migrations/shop");
        let second = fs::read_dir(&folder).expect("listed").map(|entry| entry.expect("an entry").path());
        let second = second.filter(|path| path.to_string_lossy().contains("0002")).collect::<Vec<_>>();
        assert_eq!(second.len(), 1);
        fs::remove_file(&second[0]).expect("removed");

        let left = place.repair(&models(false), &confirmed()).await.expect("a newer program may be right");
        assert!(left.repairs.is_empty() && left.warnings.iter().any(|w| w.code == "W607"), "{}", place.engine);
        let named = RepairOptions { app: Some("shop".into()), name: Some("0002".to_owned()), ..confirmed() };
        let told = place.repair(&models(false), &named).await.expect_err("its index is there");
        assert!(told.code() == "E607" && told.to_string().contains("thing_by_name"), "{}: {told}", place.engine);
        assert_eq!(place.events().await.last(), Some(&Event::Applied), "{}", place.engine);

        let on = if matches!(place.engine, Engine::Mysql | Engine::Mariadb) { " ON thing" } else { "" };
        place.run(&format!("DROP INDEX thing_by_name{on}")).await.expect("by hand");
        place.repair(&models(false), &named).await.expect("repaired");
        assert_eq!(place.events().await.last(), Some(&Event::Reverted), "{}", place.engine);
        place.migrate(&models(false), None, Target::Latest).await.expect("nothing to do");
        let report = place.repair(&models(false), &confirmed()).await.expect("nothing to repair");
        assert!(report.repairs.is_empty() && report.warnings.is_empty(), "{}: {report:?}", place.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_squash_without_files_are_pruned_and_stay_in_the_history() {
    for place in each().await {
        place.make(&models(false), None).expect("made");
        place.make(&models(true), None).expect("made");
        place.migrate(&models(true), None, Target::Latest).await.expect("applied");
        let project = place.project(&models(true), None).expect("a project");
        let squashed = fastdjango_core::command::squashmigrations(&project, &"shop".into(), (None, "0002"), false);
        let parts = squashed.expect("squashed").replaces;
        for part in &parts {
            fs::remove_file(place.dir.path().join(format!("migrations/shop/{}.toml", part.name))).expect("removed");
        }
        let before = place.open().await.history().await.expect("the history").events;
        let options = fastdjango_core::command::PruneOptions::default();
        let mut connection = place.open().await;
        let report = prune(&project, &mut connection, &options).await.expect("pruned");
        connection.close().await.expect("closed");
        assert_eq!((report.pruned, report.recorded), (parts, true), "{}", place.engine);
        let after = place.open().await.history().await.expect("the history");
        assert_eq!(after.events[..before.len()], before[..], "{}: what was there is there", place.engine);
        assert_eq!(after.applied().len(), 1, "{}: the squash alone", place.engine);
        place.migrate(&models(true), None, Target::Latest).await.expect("nothing to do");
        place.migrate(&models(true), None, Target::Last { count: 1, app: None }).await.expect("undone");
        assert!(place.schema().await.tables.is_empty(), "{}", place.engine);
    }
}
