//! The changes, and what each does to the rows: forwards, and on the way back.

use fastdjango::prelude::Decimal;
use fastdjango_core::field::Engine;

use crate::data::Data;

/// A change of the models.
pub(crate) struct Change {
    /// What changes.
    pub(crate) name: &'static str,
    /// What the rows become.
    pub(crate) forward: fn(&mut Data),
    /// What they become on the way back.
    pub(crate) backward: fn(&mut Data),
    /// What the user writes afterwards.
    pub(crate) rows: Option<&'static str>,
}

/// A change that leaves every row as it is.
fn same(name: &'static str) -> Change {
    Change { name, forward: |_| (), backward: |_| (), rows: None }
}

/// The changes in order; `versions::all` has the models after each.
#[expect(clippy::too_many_lines, reason = "a list, read from top to bottom")]
pub(crate) fn story() -> Vec<Change> {
    vec![
        Change {
            name: "a model's new name",
            forward: |data| {
                data.rename_table("Artist", "Performer");
                data.rename_column("Performer", "ArtistId", "PerformerId");
                data.rename_column("Album", "ArtistId", "PerformerId");
            },
            backward: |data| {
                data.rename_table("Performer", "Artist");
                data.rename_column("Artist", "PerformerId", "ArtistId");
                data.rename_column("Album", "PerformerId", "ArtistId");
            },
            rows: None,
        },
        Change {
            name: "fields' new names",
            forward: |data| {
                data.rename_column("Track", "Name", "Title");
                data.rename_column("Customer", "State", "Region");
            },
            backward: |data| {
                data.rename_column("Track", "Title", "Name");
                data.rename_column("Customer", "Region", "State");
            },
            rows: None,
        },
        Change {
            name: "required columns",
            forward: |data| {
                data.add_column("Customer", "segment", "'retail'");
                data.add_column("Invoice", "currency", "'USD'");
                data.add_column("Track", "explicit", "0");
            },
            backward: |data| {
                data.drop_column("Customer", "segment");
                data.drop_column("Invoice", "currency");
                data.drop_column("Track", "explicit");
            },
            rows: None,
        },
        Change {
            name: "wider and narrower columns",
            forward: |data| money(data, 14, 4),
            backward: |data| money(data, 10, 2),
            rows: None,
        },
        Change {
            name: "NULL no longer allowed",
            forward: |data| {
                data.fill("Track", "Composer", "'unknown'");
                data.fill("Performer", "Name", "'nobody'");
            },
            backward: |_| (),
            rows: None,
        },
        same("composite unique constraints"),
        same("checks"),
        same("other actions of foreign keys"),
        Change {
            name: "a new model",
            forward: |data| data.add_table("Agent"),
            backward: |data| data.drop_table("Agent"),
            rows: Some("INSERT INTO \"Agent\" SELECT \"EmployeeId\", \"EmployeeId\" FROM \"Employee\""),
        },
        same("another target of a foreign key"),
        Change {
            name: "two many-to-many",
            forward: |data| data.add_table("Customer_favourites"),
            backward: |data| data.drop_table("Customer_favourites"),
            rows: Some(
                "INSERT INTO \"Customer_favourites\" SELECT \"CustomerId\", \"TrackId\" FROM \"Customer\", \"Track\" \
                 WHERE \"TrackId\" % 40 = \"CustomerId\"",
            ),
        },
        Change {
            name: "the new name of a model with a join table",
            forward: |data| {
                data.rename_table("Customer", "Client");
                data.rename_table("Customer_favourites", "Client_favourites");
                data.rename_column("Client_favourites", "customer_id", "client_id");
            },
            backward: |data| {
                data.rename_table("Client", "Customer");
                data.rename_table("Client_favourites", "Customer_favourites");
                data.rename_column("Customer_favourites", "client_id", "customer_id");
            },
            rows: None,
        },
        Change {
            name: "a model and two fields that go",
            forward: |data| {
                data.drop_table("Genre");
                data.drop_column("Track", "GenreId");
                data.drop_column("Employee", "Fax");
            },
            backward: |data| {
                data.add_table("Genre");
                data.add_column("Track", "GenreId", "NULL");
                data.add_column("Employee", "Fax", "NULL");
            },
            rows: None,
        },
        same("indexes that come and go"),
        same("an index under its old name, NULL allowed again, a check that goes"),
        Change {
            name: "a decimal beyond floating point",
            forward: |data| money(data, 24, 4),
            backward: |data| money(data, 14, 4),
            rows: None,
        },
    ]
}

/// The totals as a column of so many digits writes them: a server keeps the scale, `SQLite` a number up to what its numbers hold.
fn money(data: &mut Data, digits: usize, scale: usize) {
    let engine = data.engine;
    data.map("Invoice", "Total", |total| {
        let total: Decimal = total.trim_matches('\'').parse().expect("a decimal number");
        match engine {
            Engine::Sqlite if digits > 15 => format!("'{total:.scale$}'"),
            Engine::Sqlite => total.normalize().to_string(),
            Engine::Postgres | Engine::Mysql | Engine::Mariadb => format!("{total:.scale$}"),
        }
    });
}
