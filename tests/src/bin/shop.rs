//! The command line on a shop whose models change from version to version, as a process that a test can start.
//!
//! `SHOP_VERSION` chooses the models, `SHOP_DIR` the folder that stands for their crate.

use std::path::PathBuf;
use std::process::ExitCode;

use fastdjango::Model;
use fastdjango_core::model::{ModelDef, Source};

/// The first version.
mod v1 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80)]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique)]
        pub mail: String,
        /// What they owe.
        #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
        pub balance: Decimal,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = cascade)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        #[field(default = 1)]
        pub amount: i32,
    }
}

/// `mail` is called `email`, and nobody said so.
mod v2 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80)]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique)]
        pub email: String,
        /// What they owe.
        #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
        pub balance: Decimal,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = cascade)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        #[field(default = 1)]
        pub amount: i32,
    }
}

/// The rename is declared, a required field arrives without a value, and the amount may be missing.
mod v3 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80)]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique, renamed_from = "mail")]
        pub email: String,
        /// What they owe.
        #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
        pub balance: Decimal,
        /// Where they live.
        #[field(max_length = 2)]
        pub country: String,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = cascade)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        pub amount: Option<i32>,
    }
}

/// The required field has a value for the rows that exist.
mod v4 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80)]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique, renamed_from = "mail")]
        pub email: String,
        /// Where they live.
        #[field(max_length = 2, fill = "PT")]
        pub country: String,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = restrict)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        pub amount: Option<i32>,
    }
}

/// The same, and a name is unique, not empty, and has a default.
mod v5 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80, unique, default = "nobody", check = "name <> ''")]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique, renamed_from = "mail")]
        pub email: String,
        /// Where they live.
        #[field(max_length = 2, fill = "PT")]
        pub country: String,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = restrict)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        pub amount: Option<i32>,
    }
}

/// Some customers are more important than others.
mod v6 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80)]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique, renamed_from = "mail")]
        pub email: String,
        /// Where they live.
        #[field(max_length = 2, fill = "PT")]
        pub country: String,
        /// How important they are.
        pub vip: Option<i32>,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = restrict)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        pub amount: Option<i32>,
    }
}

/// The first version, but for the customers: they live in an app of their own.
mod v7 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "people", renamed_from = "shop.Customer")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80)]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique)]
        pub mail: String,
        /// What they owe.
        #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
        pub balance: Decimal,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = cascade)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        #[field(default = 1)]
        pub amount: i32,
    }
}

/// The first version in another app, and nobody said so.
mod v8 {
    use fastdjango::prelude::*;

    /// Somebody who buys.
    #[derive(Model)]
    #[model(app = "people")]
    pub struct Customer {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// The name.
        #[field(max_length = 80)]
        pub name: String,
        /// The address of their mail.
        #[field(max_length = 200, unique)]
        pub mail: String,
        /// What they owe.
        #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
        pub balance: Decimal,
    }

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "people")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(on_delete = cascade)]
        pub customer: ForeignKey<Customer>,
        /// How many.
        #[field(default = 1)]
        pub amount: i32,
    }
}

/// A key becomes pairs and a number a time, and nobody says what becomes of the values.
mod v9 {
    use fastdjango::chrono::NaiveTime;
    use fastdjango::prelude::*;

    pub use super::v1::Customer;

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        pub customer: ManyToMany<Customer>,
        /// When.
        pub amount: NaiveTime,
    }
}

/// The same, and the models say it.
mod v10 {
    use fastdjango::chrono::NaiveTime;
    use fastdjango::prelude::*;

    pub use super::v1::Customer;

    /// What somebody bought.
    #[derive(Model)]
    #[model(app = "shop")]
    pub struct Purchase {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who bought it.
        #[field(keep_values)]
        pub customer: ManyToMany<Customer>,
        /// When.
        #[field(using = "printf('00:00:%02d', amount)", reverse_using = "CAST(substr(amount, 7) AS integer)")]
        pub amount: NaiveTime,
    }
}

/// Beside the shop, an app that remembers a customer by a plain number, since it may live in another database.
mod v11 {
    use fastdjango::prelude::*;

    /// That somebody looked.
    #[derive(Model)]
    #[model(app = "events")]
    pub struct Visit {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who looked.
        #[field(index)]
        pub customer_id: i64,
    }
}

/// The same, and one field more.
mod v12 {
    use fastdjango::prelude::*;

    /// That somebody looked.
    #[derive(Model)]
    #[model(app = "events")]
    pub struct Visit {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who looked.
        #[field(index)]
        pub customer_id: i64,
        /// At what.
        #[field(max_length = 80, default = "/")]
        pub page: String,
    }
}

/// The same with relations to the shop.
mod v13 {
    use fastdjango::prelude::*;

    /// That somebody looked.
    #[derive(Model)]
    #[model(app = "events")]
    pub struct Visit {
        /// The key.
        #[field(primary_key, auto)]
        pub id: i64,
        /// Who looked.
        #[field(on_delete = cascade)]
        pub customer: ForeignKey<super::v1::Customer>,
        /// What they bought.
        pub purchases: ManyToMany<super::v1::Purchase>,
    }
}

fn main() -> ExitCode {
    let models: &[&ModelDef] = match std::env::var("SHOP_VERSION").as_deref() {
        Ok("0") => &[],
        Ok("2") => &[v2::Customer::DEF, v2::Purchase::DEF],
        Ok("3") => &[v3::Customer::DEF, v3::Purchase::DEF],
        Ok("4") => &[v4::Customer::DEF, v4::Purchase::DEF],
        Ok("5") => &[v5::Customer::DEF, v5::Purchase::DEF],
        Ok("6") => &[v6::Customer::DEF, v6::Purchase::DEF],
        Ok("7") => &[v7::Customer::DEF, v7::Purchase::DEF],
        Ok("8") => &[v8::Customer::DEF, v8::Purchase::DEF],
        Ok("9") => &[v9::Customer::DEF, v9::Purchase::DEF],
        Ok("10") => &[v10::Customer::DEF, v10::Purchase::DEF],
        Ok("11") => &[v1::Customer::DEF, v1::Purchase::DEF, v11::Visit::DEF],
        Ok("12") => &[v1::Customer::DEF, v1::Purchase::DEF, v12::Visit::DEF],
        Ok("13") => &[v1::Customer::DEF, v1::Purchase::DEF, v13::Visit::DEF],
        _ => &[v1::Customer::DEF, v1::Purchase::DEF],
    };
    let dir = std::env::var("SHOP_DIR").unwrap_or_default();
    let manifest_dir: &'static str = Box::leak(dir.clone().into_boxed_str());
    let moved: Vec<&'static ModelDef> = models.iter().map(|def| moved(def, manifest_dir)).collect();
    fastdjango_cli::main_with(&PathBuf::from(dir), &moved)
}

/// The definition as a crate in `manifest_dir` would hold it.
fn moved(def: &ModelDef, manifest_dir: &'static str) -> &'static ModelDef {
    Box::leak(Box::new(ModelDef { source: Source { manifest_dir, ..def.source }, ..*def }))
}
