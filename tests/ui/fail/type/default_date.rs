use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = "31.01.2026")]
    day: NaiveDate,
    #[field(default = "now")]
    at: DateTime<Utc>,
    #[field(default = "1")]
    key: Uuid,
}

fn main() {}
