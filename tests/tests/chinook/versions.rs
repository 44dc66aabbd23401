//! The store's models, version after version: each module holds what differs from the one before.
//!
//! The hints of a rename stay, as they would in a project: they are silent once the rename is in a migration.

#![expect(clippy::struct_field_names, reason = "fields are named after the store's own columns")]

use fastdjango_core::field::Engine;
use fastdjango_core::model::{IndexDef, Model, ModelDef, Source};
use fastdjango_tests::live::dialect;

/// The models of a project at one moment.
type Models = Vec<&'static ModelDef>;

/// `models` with some of them gone, and some replaced or added.
fn next(models: &Models, gone: &[&str], changed: &[&'static ModelDef]) -> Models {
    let stays = |def: &&&ModelDef| {
        !gone.contains(&def.label.model) && !changed.iter().any(|new| new.label.model == def.label.model)
    };
    models.iter().filter(stays).copied().chain(changed.iter().copied()).collect()
}

/// Every version, from the store as it is, as far as the database can have it.
pub(crate) fn all(engine: Engine) -> Vec<Models> {
    let mut versions = vec![first()];
    for (gone, changed) in changes() {
        let changed: Models = changed.into_iter().map(|def| of_the_store(def, engine)).collect();
        versions.push(next(&versions[versions.len() - 1], gone, &changed));
    }
    versions
}

/// The model as if its struct stood in the store's crate: an app is the models of one crate.
fn of_the_store(def: &'static ModelDef, engine: Engine) -> &'static ModelDef {
    let Source { manifest_dir, package, .. } = chinook::Track::DEF.source;
    let facts = dialect(engine).capabilities();
    let possible = |index: &&IndexDef| {
        (facts.partial_indexes || index.condition.is_none()) && (facts.expression_indexes || index.expression.is_none())
    };
    let indexes: Vec<IndexDef> = def.indexes.iter().filter(possible).copied().collect();
    let source = Source { manifest_dir, package, ..def.source };
    Box::leak(Box::new(ModelDef { source, indexes: indexes.leak(), ..*def }))
}

fn first() -> Models {
    use chinook::{
        Album, Artist, Customer, Employee, Genre, Invoice, InvoiceLine, MediaType, Playlist, PlaylistTrack, Track,
    };
    vec![
        Album::DEF,
        Artist::DEF,
        Customer::DEF,
        Employee::DEF,
        Genre::DEF,
        Invoice::DEF,
        InvoiceLine::DEF,
        MediaType::DEF,
        Playlist::DEF,
        PlaylistTrack::DEF,
        Track::DEF,
    ]
}

/// What each version takes away, and what it changes or adds.
fn changes() -> Vec<(&'static [&'static str], Models)> {
    vec![
        (&["Artist"], vec![v01::Performer::DEF, v01::Album::DEF]),
        (&[], vec![v02::Track::DEF, v02::Customer::DEF]),
        (&[], vec![v03::Customer::DEF, v03::Invoice::DEF, v03::Track::DEF]),
        (&[], vec![v04::Track::DEF, v04::InvoiceLine::DEF, v04::Customer::DEF, v04::Album::DEF, v04::Invoice::DEF]),
        (&[], vec![v05::Track::DEF, v05::Performer::DEF]),
        (&[], vec![v06::InvoiceLine::DEF, v06::Album::DEF]),
        (&[], vec![v07::InvoiceLine::DEF, v07::Track::DEF]),
        (&[], vec![v08::Album::DEF, v08::InvoiceLine::DEF, v08::Customer::DEF, v08::Track::DEF]),
        (&[], vec![v09::Agent::DEF]),
        (&[], vec![v10::Customer::DEF]),
        (&[], vec![v11::Playlist::DEF, v11::Customer::DEF]),
        (&["Customer"], vec![v12::Client::DEF, v12::Invoice::DEF]),
        (&["Genre"], vec![v13::Track::DEF, v13::Employee::DEF]),
        (&[], vec![v14::Track::DEF, v14::Invoice::DEF]),
        (&[], vec![v15::Track::DEF, v15::Client::DEF, v15::InvoiceLine::DEF]),
        (&[], vec![v16::Invoice::DEF]),
    ]
}

/// A model, its table, its key's column, and the field that refers to it get new names.
mod v01 {
    use fastdjango::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Performer", renamed_from = "Artist")]
    pub(crate) struct Performer {
        #[field(column = "PerformerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Name", max_length = 120)]
        pub(crate) name: Option<String>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Album")]
    pub(crate) struct Album {
        #[field(column = "AlbumId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 160)]
        pub(crate) title: String,
        #[field(column = "PerformerId", on_delete = no_action, renamed_from = "artist")]
        pub(crate) performer: ForeignKey<Performer, i32>,
    }
}

/// Fields and their columns get new names.
mod v02 {
    use chinook::{Employee, Genre, MediaType};
    use fastdjango::prelude::*;

    use super::v01::Album;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Track")]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = no_action)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "GenreId", on_delete = no_action)]
        pub(crate) genre: Option<ForeignKey<Genre, i32>>,
        #[field(column = "Composer", max_length = 220)]
        pub(crate) composer: Option<String>,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i32,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Customer")]
    pub(crate) struct Customer {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 24)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = no_action)]
        pub(crate) support_rep: Option<ForeignKey<Employee, i32>>,
    }
}

/// Required columns come: with a value for the rows that exist, and with a default.
mod v03 {
    use chinook::{Employee, Genre, MediaType};
    use fastdjango::prelude::*;

    use super::v01::Album;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Customer")]
    pub(crate) struct Customer {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 24)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = no_action)]
        pub(crate) support_rep: Option<ForeignKey<Employee, i32>>,
        #[field(max_length = 20, fill = "retail")]
        pub(crate) segment: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Invoice")]
    pub(crate) struct Invoice {
        #[field(column = "InvoiceId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "CustomerId", on_delete = no_action)]
        pub(crate) customer: ForeignKey<Customer, i32>,
        #[field(column = "InvoiceDate")]
        pub(crate) invoice_date: NaiveDateTime,
        #[field(column = "BillingAddress", max_length = 70)]
        pub(crate) billing_address: Option<String>,
        #[field(column = "BillingCity", max_length = 40)]
        pub(crate) billing_city: Option<String>,
        #[field(column = "BillingState", max_length = 40)]
        pub(crate) billing_state: Option<String>,
        #[field(column = "BillingCountry", max_length = 40)]
        pub(crate) billing_country: Option<String>,
        #[field(column = "BillingPostalCode", max_length = 10)]
        pub(crate) billing_postal_code: Option<String>,
        #[field(column = "Total", max_digits = 10, decimal_places = 2)]
        pub(crate) total: Decimal,
        #[field(max_length = 3, default = "USD")]
        pub(crate) currency: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Track")]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = no_action)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "GenreId", on_delete = no_action)]
        pub(crate) genre: Option<ForeignKey<Genre, i32>>,
        #[field(column = "Composer", max_length = 220)]
        pub(crate) composer: Option<String>,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i32,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }
}

/// Columns become wider and narrower.
mod v04 {
    use chinook::{Employee, Genre, MediaType};
    use fastdjango::prelude::*;

    use super::v01::Performer;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Track")]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = no_action)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "GenreId", on_delete = no_action)]
        pub(crate) genre: Option<ForeignKey<Genre, i32>>,
        #[field(column = "Composer", max_length = 220)]
        pub(crate) composer: Option<String>,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i64,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "InvoiceLine")]
    pub(crate) struct InvoiceLine {
        #[field(column = "InvoiceLineId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "InvoiceId", on_delete = no_action)]
        pub(crate) invoice: ForeignKey<Invoice, i32>,
        #[field(column = "TrackId", on_delete = no_action)]
        pub(crate) track: ForeignKey<Track, i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(column = "Quantity")]
        pub(crate) quantity: i16,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Customer")]
    pub(crate) struct Customer {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 40)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = no_action)]
        pub(crate) support_rep: Option<ForeignKey<Employee, i32>>,
        #[field(max_length = 20, fill = "retail")]
        pub(crate) segment: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Album")]
    pub(crate) struct Album {
        #[field(column = "AlbumId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 120)]
        pub(crate) title: String,
        #[field(column = "PerformerId", on_delete = no_action, renamed_from = "artist")]
        pub(crate) performer: ForeignKey<Performer, i32>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Invoice")]
    pub(crate) struct Invoice {
        #[field(column = "InvoiceId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "CustomerId", on_delete = no_action)]
        pub(crate) customer: ForeignKey<Customer, i32>,
        #[field(column = "InvoiceDate")]
        pub(crate) invoice_date: NaiveDateTime,
        #[field(column = "BillingAddress", max_length = 70)]
        pub(crate) billing_address: Option<String>,
        #[field(column = "BillingCity", max_length = 40)]
        pub(crate) billing_city: Option<String>,
        #[field(column = "BillingState", max_length = 40)]
        pub(crate) billing_state: Option<String>,
        #[field(column = "BillingCountry", max_length = 40)]
        pub(crate) billing_country: Option<String>,
        #[field(column = "BillingPostalCode", max_length = 10)]
        pub(crate) billing_postal_code: Option<String>,
        #[field(column = "Total", max_digits = 14, decimal_places = 4)]
        pub(crate) total: Decimal,
        #[field(max_length = 3, default = "USD")]
        pub(crate) currency: String,
    }
}

/// NULL is no longer allowed.
mod v05 {
    use chinook::{Genre, MediaType};
    use fastdjango::prelude::*;

    use super::v04::Album;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Track")]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = no_action)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "GenreId", on_delete = no_action)]
        pub(crate) genre: Option<ForeignKey<Genre, i32>>,
        #[field(column = "Composer", max_length = 220, fill = "unknown")]
        pub(crate) composer: String,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i64,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Performer", renamed_from = "Artist")]
    pub(crate) struct Performer {
        #[field(column = "PerformerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Name", max_length = 120, fill = "nobody")]
        pub(crate) name: String,
    }
}

/// Composite unique constraints come.
mod v06 {
    use fastdjango::prelude::*;

    use super::v04::Invoice;
    use super::v05::{Performer, Track};

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "InvoiceLine", unique(fields = [invoice, track]))]
    pub(crate) struct InvoiceLine {
        #[field(column = "InvoiceLineId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "InvoiceId", on_delete = no_action)]
        pub(crate) invoice: ForeignKey<Invoice, i32>,
        #[field(column = "TrackId", on_delete = no_action)]
        pub(crate) track: ForeignKey<Track, i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(column = "Quantity")]
        pub(crate) quantity: i16,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Album", unique(fields = [performer, title]))]
    pub(crate) struct Album {
        #[field(column = "AlbumId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 120)]
        pub(crate) title: String,
        #[field(column = "PerformerId", on_delete = no_action, renamed_from = "artist")]
        pub(crate) performer: ForeignKey<Performer, i32>,
    }
}

/// Checks come.
mod v07 {
    use chinook::{Genre, MediaType};
    use fastdjango::prelude::*;

    use super::v04::Invoice;
    use super::v06::Album;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "InvoiceLine", unique(fields = [invoice, track]), check(name = "invoice_line_sells_something", sql = "\"Quantity\" > 0"))]
    pub(crate) struct InvoiceLine {
        #[field(column = "InvoiceLineId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "InvoiceId", on_delete = no_action)]
        pub(crate) invoice: ForeignKey<Invoice, i32>,
        #[field(column = "TrackId", on_delete = no_action)]
        pub(crate) track: ForeignKey<Track, i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(column = "Quantity")]
        pub(crate) quantity: i16,
    }

    #[derive(Model, Debug, Clone)]
    #[model(
        app = "chinook",
        table = "Track",
        check(name = "track_lasts", sql = "\"Milliseconds\" > 0 AND \"UnitPrice\" >= 0")
    )]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = no_action)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "GenreId", on_delete = no_action)]
        pub(crate) genre: Option<ForeignKey<Genre, i32>>,
        #[field(column = "Composer", max_length = 220, fill = "unknown")]
        pub(crate) composer: String,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i64,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }
}

/// Foreign keys act otherwise: cascades on tables with rows and children.
mod v08 {
    use chinook::{Employee, Genre, MediaType};
    use fastdjango::prelude::*;

    use super::v04::Invoice;
    use super::v05::Performer;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Album", unique(fields = [performer, title]))]
    pub(crate) struct Album {
        #[field(column = "AlbumId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 120)]
        pub(crate) title: String,
        #[field(column = "PerformerId", on_delete = cascade, renamed_from = "artist")]
        pub(crate) performer: ForeignKey<Performer, i32>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "InvoiceLine", unique(fields = [invoice, track]), check(name = "invoice_line_sells_something", sql = "\"Quantity\" > 0"))]
    pub(crate) struct InvoiceLine {
        #[field(column = "InvoiceLineId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "InvoiceId", on_delete = cascade)]
        pub(crate) invoice: ForeignKey<Invoice, i32>,
        #[field(column = "TrackId", on_delete = no_action)]
        pub(crate) track: ForeignKey<Track, i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(column = "Quantity")]
        pub(crate) quantity: i16,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Customer")]
    pub(crate) struct Customer {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 40)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = set_null)]
        pub(crate) support_rep: Option<ForeignKey<Employee, i32>>,
        #[field(max_length = 20, fill = "retail")]
        pub(crate) segment: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(
        app = "chinook",
        table = "Track",
        check(name = "track_lasts", sql = "\"Milliseconds\" > 0 AND \"UnitPrice\" >= 0")
    )]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = cascade)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "GenreId", on_delete = no_action)]
        pub(crate) genre: Option<ForeignKey<Genre, i32>>,
        #[field(column = "Composer", max_length = 220, fill = "unknown")]
        pub(crate) composer: String,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i64,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }
}

/// A new model comes.
mod v09 {
    use chinook::Employee;
    use fastdjango::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Agent")]
    pub(crate) struct Agent {
        #[field(column = "AgentId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "EmployeeId", on_delete = no_action)]
        pub(crate) employee: OneToOne<Employee, i32>,
    }
}

/// A foreign key refers to another table.
mod v10 {
    use fastdjango::prelude::*;

    use super::v09::Agent;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Customer")]
    pub(crate) struct Customer {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 40)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = set_null)]
        pub(crate) support_rep: Option<ForeignKey<Agent, i32>>,
        #[field(max_length = 20, fill = "retail")]
        pub(crate) segment: String,
    }
}

/// A many-to-many over the join table that is there, and one with a table of its own.
mod v11 {
    use chinook::PlaylistTrack;
    use fastdjango::prelude::*;

    use super::v08::Track;
    use super::v09::Agent;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Playlist")]
    pub(crate) struct Playlist {
        #[field(column = "PlaylistId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Name", max_length = 120)]
        pub(crate) name: Option<String>,
        #[field(through = PlaylistTrack)]
        pub(crate) tracks: ManyToMany<Track>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Customer")]
    pub(crate) struct Customer {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 40)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = set_null)]
        pub(crate) support_rep: Option<ForeignKey<Agent, i32>>,
        #[field(max_length = 20, fill = "retail")]
        pub(crate) segment: String,
        pub(crate) favourites: ManyToMany<Track>,
    }
}

/// A model with a join table of its own gets a new name.
mod v12 {
    use fastdjango::prelude::*;

    use super::v08::Track;
    use super::v09::Agent;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Client", renamed_from = "Customer")]
    pub(crate) struct Client {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 40)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = set_null)]
        pub(crate) support_rep: Option<ForeignKey<Agent, i32>>,
        #[field(max_length = 20, fill = "retail")]
        pub(crate) segment: String,
        pub(crate) favourites: ManyToMany<Track>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Invoice")]
    pub(crate) struct Invoice {
        #[field(column = "InvoiceId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "CustomerId", on_delete = no_action)]
        pub(crate) customer: ForeignKey<Client, i32>,
        #[field(column = "InvoiceDate")]
        pub(crate) invoice_date: NaiveDateTime,
        #[field(column = "BillingAddress", max_length = 70)]
        pub(crate) billing_address: Option<String>,
        #[field(column = "BillingCity", max_length = 40)]
        pub(crate) billing_city: Option<String>,
        #[field(column = "BillingState", max_length = 40)]
        pub(crate) billing_state: Option<String>,
        #[field(column = "BillingCountry", max_length = 40)]
        pub(crate) billing_country: Option<String>,
        #[field(column = "BillingPostalCode", max_length = 10)]
        pub(crate) billing_postal_code: Option<String>,
        #[field(column = "Total", max_digits = 14, decimal_places = 4)]
        pub(crate) total: Decimal,
        #[field(max_length = 3, default = "USD")]
        pub(crate) currency: String,
    }
}

/// A model, the field that refers to it, and another field go.
mod v13 {
    use chinook::MediaType;
    use fastdjango::prelude::*;

    use super::v08::Album;

    #[derive(Model, Debug, Clone)]
    #[model(
        app = "chinook",
        table = "Track",
        check(name = "track_lasts", sql = "\"Milliseconds\" > 0 AND \"UnitPrice\" >= 0")
    )]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = cascade)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "Composer", max_length = 220, fill = "unknown")]
        pub(crate) composer: String,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i64,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Employee")]
    pub(crate) struct Employee {
        #[field(column = "EmployeeId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "FirstName", max_length = 20)]
        pub(crate) first_name: String,
        #[field(column = "Title", max_length = 30)]
        pub(crate) title: Option<String>,
        #[field(column = "ReportsTo", on_delete = no_action)]
        pub(crate) reports_to: Option<ForeignKey<Employee, i32>>,
        #[field(column = "BirthDate")]
        pub(crate) birth_date: Option<NaiveDateTime>,
        #[field(column = "HireDate")]
        pub(crate) hire_date: Option<NaiveDateTime>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "State", max_length = 40)]
        pub(crate) state: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 24)]
        pub(crate) phone: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: Option<String>,
    }
}

/// Indexes come and go: plain, descending, partial, over an expression.
mod v14 {
    use chinook::MediaType;
    use fastdjango::prelude::*;

    use super::v08::Album;
    use super::v12::Client;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Track", check(name = "track_lasts", sql = "\"Milliseconds\" > 0 AND \"UnitPrice\" >= 0"), index(fields = [title], name = "track_by_title"))]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = cascade)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action, index = false)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "Composer", max_length = 220, fill = "unknown")]
        pub(crate) composer: String,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i64,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Invoice", index(fields = [customer, -invoice_date]), index(fields = [invoice_date], condition = "\"BillingState\" IS NOT NULL", name = "invoice_of_a_state"), index(expression = "lower(\"BillingCity\")", name = "invoice_city"))]
    pub(crate) struct Invoice {
        #[field(column = "InvoiceId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "CustomerId", on_delete = no_action)]
        pub(crate) customer: ForeignKey<Client, i32>,
        #[field(column = "InvoiceDate")]
        pub(crate) invoice_date: NaiveDateTime,
        #[field(column = "BillingAddress", max_length = 70)]
        pub(crate) billing_address: Option<String>,
        #[field(column = "BillingCity", max_length = 40)]
        pub(crate) billing_city: Option<String>,
        #[field(column = "BillingState", max_length = 40)]
        pub(crate) billing_state: Option<String>,
        #[field(column = "BillingCountry", max_length = 40)]
        pub(crate) billing_country: Option<String>,
        #[field(column = "BillingPostalCode", max_length = 10)]
        pub(crate) billing_postal_code: Option<String>,
        #[field(column = "Total", max_digits = 14, decimal_places = 4)]
        pub(crate) total: Decimal,
        #[field(max_length = 3, default = "USD")]
        pub(crate) currency: String,
    }
}

/// An index changes under its name, NULL is allowed again, a check goes.
mod v15 {
    use chinook::MediaType;
    use fastdjango::prelude::*;

    use super::v08::Album;
    use super::v09::Agent;
    use super::v14::Invoice;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Track", check(name = "track_lasts", sql = "\"Milliseconds\" > 0 AND \"UnitPrice\" >= 0"), index(fields = [title, composer], name = "track_by_title"))]
    pub(crate) struct Track {
        #[field(column = "TrackId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "Title", max_length = 200, renamed_from = "name")]
        pub(crate) title: String,
        #[field(column = "AlbumId", on_delete = cascade)]
        pub(crate) album: Option<ForeignKey<Album, i32>>,
        #[field(column = "MediaTypeId", on_delete = no_action, index = false)]
        pub(crate) media_type: ForeignKey<MediaType, i32>,
        #[field(column = "Composer", max_length = 220, fill = "unknown")]
        pub(crate) composer: String,
        #[field(column = "Milliseconds")]
        pub(crate) milliseconds: i64,
        #[field(column = "Bytes")]
        pub(crate) bytes: Option<i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(fill = false)]
        pub(crate) explicit: bool,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Client", renamed_from = "Customer")]
    pub(crate) struct Client {
        #[field(column = "CustomerId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "FirstName", max_length = 40)]
        pub(crate) first_name: String,
        #[field(column = "LastName", max_length = 20)]
        pub(crate) last_name: String,
        #[field(column = "Company", max_length = 80)]
        pub(crate) company: Option<String>,
        #[field(column = "Address", max_length = 70)]
        pub(crate) address: Option<String>,
        #[field(column = "City", max_length = 40)]
        pub(crate) city: Option<String>,
        #[field(column = "Region", max_length = 40, renamed_from = "state")]
        pub(crate) region: Option<String>,
        #[field(column = "Country", max_length = 40)]
        pub(crate) country: Option<String>,
        #[field(column = "PostalCode", max_length = 10)]
        pub(crate) postal_code: Option<String>,
        #[field(column = "Phone", max_length = 40)]
        pub(crate) phone: Option<String>,
        #[field(column = "Fax", max_length = 24)]
        pub(crate) fax: Option<String>,
        #[field(column = "Email", max_length = 60)]
        pub(crate) email: String,
        #[field(column = "SupportRepId", on_delete = set_null)]
        pub(crate) support_rep: Option<ForeignKey<Agent, i32>>,
        #[field(max_length = 20, fill = "retail")]
        pub(crate) segment: Option<String>,
        pub(crate) favourites: ManyToMany<Track>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "InvoiceLine", unique(fields = [invoice, track]))]
    pub(crate) struct InvoiceLine {
        #[field(column = "InvoiceLineId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "InvoiceId", on_delete = cascade)]
        pub(crate) invoice: ForeignKey<Invoice, i32>,
        #[field(column = "TrackId", on_delete = no_action)]
        pub(crate) track: ForeignKey<Track, i32>,
        #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
        pub(crate) unit_price: Decimal,
        #[field(column = "Quantity")]
        pub(crate) quantity: i16,
    }
}

/// A decimal grows beyond what a floating-point number can hold.
mod v16 {
    use fastdjango::prelude::*;

    use super::v15::Client;

    #[derive(Model, Debug, Clone)]
    #[model(app = "chinook", table = "Invoice", index(fields = [customer, -invoice_date]), index(fields = [invoice_date], condition = "\"BillingState\" IS NOT NULL", name = "invoice_of_a_state"), index(expression = "lower(\"BillingCity\")", name = "invoice_city"))]
    pub(crate) struct Invoice {
        #[field(column = "InvoiceId", primary_key, auto)]
        pub(crate) id: i32,
        #[field(column = "CustomerId", on_delete = no_action)]
        pub(crate) customer: ForeignKey<Client, i32>,
        #[field(column = "InvoiceDate")]
        pub(crate) invoice_date: NaiveDateTime,
        #[field(column = "BillingAddress", max_length = 70)]
        pub(crate) billing_address: Option<String>,
        #[field(column = "BillingCity", max_length = 40)]
        pub(crate) billing_city: Option<String>,
        #[field(column = "BillingState", max_length = 40)]
        pub(crate) billing_state: Option<String>,
        #[field(column = "BillingCountry", max_length = 40)]
        pub(crate) billing_country: Option<String>,
        #[field(column = "BillingPostalCode", max_length = 10)]
        pub(crate) billing_postal_code: Option<String>,
        #[field(column = "Total", max_digits = 24, decimal_places = 4)]
        pub(crate) total: Decimal,
        #[field(max_length = 3, default = "USD")]
        pub(crate) currency: String,
    }
}
