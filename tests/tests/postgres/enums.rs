//! Native enums: a type that comes, changes under rows, and goes back.

use std::path::Path;

use fastdjango::migrations::{AppDir, MakeOptions, MigrateOptions, Project, makemigrations, migrate, rollback};
use fastdjango::sqlx;
use fastdjango::{Model, row};
use fastdjango_core::backend::TABLE;
use fastdjango_core::dialect::{Dialect, Postgres};
use fastdjango_core::field::Engine;
use fastdjango_core::model::ModelDef;
use fastdjango_core::schema;

use super::harness::{TestDb, each};
use super::migrated::connect;

/// One version of the models: an order with a default, and a parcel of another app that may be of no status.
macro_rules! version {
    ($name:ident, $default:ident, { $($variants:tt)* }) => {
        mod $name {
            use fastdjango::prelude::*;

            #[derive(Choices, Debug, Clone, Copy, PartialEq)]
            #[choices(native = "Order Status", app = "shop")]
            pub(super) enum Status {
                $($variants)*
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(app = "shop", index(fields = [id], name = "order_sent", condition = "status = 'sent'"))]
            #[model(check(name = "order_known", sql = "status <> 'sent' OR id > 0"))]
            pub(super) struct Order {
                #[field(primary_key, auto)]
                pub id: i64,
                #[field(default = $default)]
                pub status: Status,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(app = "post")]
            pub(super) struct Parcel {
                #[field(primary_key, auto)]
                pub id: i64,
                #[field(index)]
                pub status: Option<Status>,
            }
        }
    };
}

version!(first, Draft, { Draft, Sent });
version!(more, Draft, { Draft, Packed, Sent, #[choice(value = "it's \"lost\"")] Lost });
version!(renamed, Planned, { #[choice(renamed_from = "draft")] Planned, Packed, Sent, #[choice(value = "it's \"lost\"")] Lost });
version!(fewer, Planned, { Planned, Packed, Sent });
version!(other_default, New, { New, Planned, Packed, Sent });

/// A folder of migrations, and a database that follows them.
struct Story<'a> {
    db: &'a TestDb,
    folder: &'a Path,
}

impl Story<'_> {
    fn project(&self, models: &[&'static ModelDef]) -> Project {
        let mut project = Project::open(self.folder, models).expect("a project");
        project.apps = ["shop", "post"].map(|app| AppDir::new(app, self.folder.join(app))).into();
        project
    }

    /// Makes the migrations of a version, and applies them.
    async fn apply(&self, models: [&'static ModelDef; 2]) -> Result<(), String> {
        let project = self.project(&models);
        makemigrations(&project, &MakeOptions::default()).expect("the migrations are made");
        let mut connection = self.db.open().await;
        let applied = migrate(&project, &mut connection, &MigrateOptions::default(), &mut |_| ()).await;
        applied.map(|_| ()).map_err(|why| why.to_string())?;
        self.is_as_declared(&project).await;
        Ok(())
    }

    /// Goes back by one migration.
    async fn back(&self, models: [&'static ModelDef; 2]) {
        let project = self.project(&models);
        let options = MigrateOptions { allow_loss: true, ..MigrateOptions::default() };
        rollback(&project, &mut self.db.open().await, 1, &options, &mut |_| ()).await.expect("the way back");
    }

    async fn is_as_declared(&self, project: &Project) {
        let mut found = self.db.open().await.introspect().await.expect("the catalog");
        let mut expected = schema::lower_all(&project.models).expect("the tables");
        Postgres::DEFAULT.normalize(&mut found);
        Postgres::DEFAULT.normalize(&mut expected);
        found.tables.retain(|table, _| table != TABLE);
        let mut differences = schema::compare(&expected, &found, Engine::Postgres);
        // The server prints expressions in words of its own.
        differences.retain(|one| {
            !matches!(
                one,
                schema::Difference::MissingCheck { .. }
                    | schema::Difference::UnknownCheck { .. }
                    | schema::Difference::ChangedIndex { .. }
                    | schema::Difference::Column { change: schema::ColumnDifference::Default(_), .. }
            )
        });
        assert_eq!(differences, []);
    }

    async fn statuses(&self) -> [Vec<String>; 2] {
        let orders = self.db.rows("SELECT status::text FROM shop_order ORDER BY id").await;
        [orders, self.db.rows("SELECT coalesce(status::text, '-') FROM post_parcel ORDER BY id").await]
    }

    async fn labels(&self) -> Vec<String> {
        self.db.rows("SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid ORDER BY t.typname, e.enumsortorder").await
    }
}

#[tokio::test]
async fn rows_keep_their_values_through_every_change_of_an_enum_and_back() {
    for db in each().await {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("fastdjango.toml"), "[migrations]\nrender = ['postgres']\n")
            .expect("written");
        let story = Story { db: &db, folder: folder.path() };
        story.apply([first::Order::DEF, first::Parcel::DEF]).await.expect("the first");
        let mut connection = connect(&db).await;
        for status in [first::Status::Draft, first::Status::Sent] {
            row::insert(&mut connection, &first::Order { id: 0, status }).await.expect("an order");
            row::insert(&mut connection, &first::Parcel { id: 0, status: Some(status) }).await.expect("a parcel");
        }
        row::insert(&mut connection, &first::Parcel { id: 0, status: None }).await.expect("a parcel of none");

        story.apply([more::Order::DEF, more::Parcel::DEF]).await.expect("two values more");
        let parcel = more::Parcel { id: 0, status: Some(more::Status::Lost) };
        row::insert(&mut connection, &parcel).await.expect("a parcel of a new value");
        assert_eq!(story.labels().await, ["draft", "packed", "sent", "it's \"lost\""]);

        story.apply([renamed::Order::DEF, renamed::Parcel::DEF]).await.expect("another name");
        db.execute("INSERT INTO shop_order DEFAULT VALUES").await;
        let [orders, parcels] = story.statuses().await;
        assert_eq!(orders, ["planned", "sent", "planned"], "the default is called otherwise, too");
        assert_eq!(parcels, ["planned", "sent", "-", "it's \"lost\""]);

        let refused = story.apply([fewer::Order::DEF, fewer::Parcel::DEF]).await.expect_err("a parcel is lost");
        assert!(refused.contains("`post_parcel` have a `status` that is none of"), "{refused}");
        assert_eq!(story.labels().await, ["planned", "packed", "sent", "it's \"lost\""], "nothing has changed");
        db.execute("UPDATE post_parcel SET status = 'packed' WHERE status = 'it''s \"lost\"'").await;
        story.apply([fewer::Order::DEF, fewer::Parcel::DEF]).await.expect("no parcel is lost");
        let read: Vec<fewer::Parcel> = sqlx::query_as("SELECT * FROM post_parcel ORDER BY id")
            .fetch_all(&mut connect(&db).await)
            .await
            .expect("the parcels");
        let statuses: Vec<_> = read.iter().map(|parcel| parcel.status).collect();
        let (planned, sent, packed) = (fewer::Status::Planned, fewer::Status::Sent, fewer::Status::Packed);
        assert_eq!(statuses, [Some(planned), Some(sent), None, Some(packed)]);

        story.apply([other_default::Order::DEF, other_default::Parcel::DEF]).await.expect("a new value, used at once");
        db.execute("INSERT INTO shop_order DEFAULT VALUES").await;
        assert_eq!(story.statuses().await[0], ["planned", "sent", "planned", "new"]);
        db.execute("DELETE FROM shop_order WHERE status = 'new'").await;

        let versions = [
            ([fewer::Order::DEF, fewer::Parcel::DEF], vec!["planned", "packed", "sent"]),
            ([renamed::Order::DEF, renamed::Parcel::DEF], vec!["planned", "packed", "sent", "it's \"lost\""]),
            ([more::Order::DEF, more::Parcel::DEF], vec!["draft", "packed", "sent", "it's \"lost\""]),
        ];
        for (models, labels) in versions {
            story.back([other_default::Order::DEF, other_default::Parcel::DEF]).await;
            story.is_as_declared(&story.project(&models)).await;
            assert_eq!(story.labels().await, labels);
        }
        let [orders, parcels] = story.statuses().await;
        assert_eq!(orders, ["draft", "sent", "draft"]);
        assert_eq!(parcels, ["draft", "sent", "-", "packed"]);
    }
}
