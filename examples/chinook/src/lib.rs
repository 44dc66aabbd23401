//! The Chinook store, as it is: <https://github.com/lerocha/chinook-database>. Tables and columns keep their names.

use fastdjango::prelude::*;

/// A record.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Album")]
pub struct Album {
    /// The key.
    #[field(column = "AlbumId", primary_key, auto)]
    pub id: i32,
    /// The column `Title`.
    #[field(column = "Title", max_length = 160)]
    pub title: String,
    /// Refers to `Artist`.
    #[field(column = "ArtistId", on_delete = no_action)]
    pub artist: ForeignKey<Artist, i32>,
}

/// Who plays.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Artist")]
pub struct Artist {
    /// The key.
    #[field(column = "ArtistId", primary_key, auto)]
    pub id: i32,
    /// The column `Name`.
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

/// Who buys.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Customer")]
pub struct Customer {
    /// The key.
    #[field(column = "CustomerId", primary_key, auto)]
    pub id: i32,
    /// The column `FirstName`.
    #[field(column = "FirstName", max_length = 40)]
    pub first_name: String,
    /// The column `LastName`.
    #[field(column = "LastName", max_length = 20)]
    pub last_name: String,
    /// The column `Company`.
    #[field(column = "Company", max_length = 80)]
    pub company: Option<String>,
    /// The column `Address`.
    #[field(column = "Address", max_length = 70)]
    pub address: Option<String>,
    /// The column `City`.
    #[field(column = "City", max_length = 40)]
    pub city: Option<String>,
    /// The column `State`.
    #[field(column = "State", max_length = 40)]
    pub state: Option<String>,
    /// The column `Country`.
    #[field(column = "Country", max_length = 40)]
    pub country: Option<String>,
    /// The column `PostalCode`.
    #[field(column = "PostalCode", max_length = 10)]
    pub postal_code: Option<String>,
    /// The column `Phone`.
    #[field(column = "Phone", max_length = 24)]
    pub phone: Option<String>,
    /// The column `Fax`.
    #[field(column = "Fax", max_length = 24)]
    pub fax: Option<String>,
    /// The column `Email`.
    #[field(column = "Email", max_length = 60)]
    pub email: String,
    /// Refers to `Employee`.
    #[field(column = "SupportRepId", on_delete = no_action)]
    pub support_rep: Option<ForeignKey<Employee, i32>>,
}

/// Who sells, and to whom they report.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Employee")]
pub struct Employee {
    /// The key.
    #[field(column = "EmployeeId", primary_key, auto)]
    pub id: i32,
    /// The column `LastName`.
    #[field(column = "LastName", max_length = 20)]
    pub last_name: String,
    /// The column `FirstName`.
    #[field(column = "FirstName", max_length = 20)]
    pub first_name: String,
    /// The column `Title`.
    #[field(column = "Title", max_length = 30)]
    pub title: Option<String>,
    /// Refers to `Employee`.
    #[field(column = "ReportsTo", on_delete = no_action)]
    pub reports_to: Option<ForeignKey<Employee, i32>>,
    /// The column `BirthDate`.
    #[field(column = "BirthDate")]
    pub birth_date: Option<NaiveDateTime>,
    /// The column `HireDate`.
    #[field(column = "HireDate")]
    pub hire_date: Option<NaiveDateTime>,
    /// The column `Address`.
    #[field(column = "Address", max_length = 70)]
    pub address: Option<String>,
    /// The column `City`.
    #[field(column = "City", max_length = 40)]
    pub city: Option<String>,
    /// The column `State`.
    #[field(column = "State", max_length = 40)]
    pub state: Option<String>,
    /// The column `Country`.
    #[field(column = "Country", max_length = 40)]
    pub country: Option<String>,
    /// The column `PostalCode`.
    #[field(column = "PostalCode", max_length = 10)]
    pub postal_code: Option<String>,
    /// The column `Phone`.
    #[field(column = "Phone", max_length = 24)]
    pub phone: Option<String>,
    /// The column `Fax`.
    #[field(column = "Fax", max_length = 24)]
    pub fax: Option<String>,
    /// The column `Email`.
    #[field(column = "Email", max_length = 60)]
    pub email: Option<String>,
}

/// A kind of music.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Genre")]
pub struct Genre {
    /// The key.
    #[field(column = "GenreId", primary_key, auto)]
    pub id: i32,
    /// The column `Name`.
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

/// A sale.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Invoice")]
pub struct Invoice {
    /// The key.
    #[field(column = "InvoiceId", primary_key, auto)]
    pub id: i32,
    /// Refers to `Customer`.
    #[field(column = "CustomerId", on_delete = no_action)]
    pub customer: ForeignKey<Customer, i32>,
    /// The column `InvoiceDate`.
    #[field(column = "InvoiceDate")]
    pub invoice_date: NaiveDateTime,
    /// The column `BillingAddress`.
    #[field(column = "BillingAddress", max_length = 70)]
    pub billing_address: Option<String>,
    /// The column `BillingCity`.
    #[field(column = "BillingCity", max_length = 40)]
    pub billing_city: Option<String>,
    /// The column `BillingState`.
    #[field(column = "BillingState", max_length = 40)]
    pub billing_state: Option<String>,
    /// The column `BillingCountry`.
    #[field(column = "BillingCountry", max_length = 40)]
    pub billing_country: Option<String>,
    /// The column `BillingPostalCode`.
    #[field(column = "BillingPostalCode", max_length = 10)]
    pub billing_postal_code: Option<String>,
    /// The column `Total`.
    #[field(column = "Total", max_digits = 10, decimal_places = 2)]
    pub total: Decimal,
}

/// One line of a sale.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "InvoiceLine")]
pub struct InvoiceLine {
    /// The key.
    #[field(column = "InvoiceLineId", primary_key, auto)]
    pub id: i32,
    /// Refers to `Invoice`.
    #[field(column = "InvoiceId", on_delete = no_action)]
    pub invoice: ForeignKey<Invoice, i32>,
    /// Refers to `Track`.
    #[field(column = "TrackId", on_delete = no_action)]
    pub track: ForeignKey<Track, i32>,
    /// The column `UnitPrice`.
    #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
    pub unit_price: Decimal,
    /// The column `Quantity`.
    #[field(column = "Quantity")]
    pub quantity: i32,
}

/// A kind of file.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "MediaType")]
pub struct MediaType {
    /// The key.
    #[field(column = "MediaTypeId", primary_key, auto)]
    pub id: i32,
    /// The column `Name`.
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

/// A list of tracks.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Playlist")]
pub struct Playlist {
    /// The key.
    #[field(column = "PlaylistId", primary_key, auto)]
    pub id: i32,
    /// The column `Name`.
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

/// A track of a list; the two are the key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "PlaylistTrack", primary_key(fields = [playlist, track]))]
pub struct PlaylistTrack {
    /// Refers to `Playlist`.
    #[field(column = "PlaylistId", on_delete = no_action)]
    pub playlist: ForeignKey<Playlist, i32>,
    /// Refers to `Track`.
    #[field(column = "TrackId", on_delete = no_action)]
    pub track: ForeignKey<Track, i32>,
}

/// A piece of music.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "chinook", table = "Track")]
pub struct Track {
    /// The key.
    #[field(column = "TrackId", primary_key, auto)]
    pub id: i32,
    /// The column `Name`.
    #[field(column = "Name", max_length = 200)]
    pub name: String,
    /// Refers to `Album`.
    #[field(column = "AlbumId", on_delete = no_action)]
    pub album: Option<ForeignKey<Album, i32>>,
    /// Refers to `MediaType`.
    #[field(column = "MediaTypeId", on_delete = no_action)]
    pub media_type: ForeignKey<MediaType, i32>,
    /// Refers to `Genre`.
    #[field(column = "GenreId", on_delete = no_action)]
    pub genre: Option<ForeignKey<Genre, i32>>,
    /// The column `Composer`.
    #[field(column = "Composer", max_length = 220)]
    pub composer: Option<String>,
    /// The column `Milliseconds`.
    #[field(column = "Milliseconds")]
    pub milliseconds: i32,
    /// The column `Bytes`.
    #[field(column = "Bytes")]
    pub bytes: Option<i32>,
    /// The column `UnitPrice`.
    #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
    pub unit_price: Decimal,
}
