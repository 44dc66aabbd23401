use fastdjango::prelude::*;

#[derive(Model)]
#[model(app = "shop", table = "shop.archive.order")]
pub struct Order {
    #[field(primary_key, auto)]
    pub id: i64,
}

#[derive(Model)]
#[model(app = "shop", table = "shop.")]
pub struct Item {
    #[field(primary_key, auto)]
    pub id: i64,
}

fn main() {}
