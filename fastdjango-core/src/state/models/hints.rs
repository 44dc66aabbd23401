//! What models say that is no state: former names, values for rows that exist, and where everything stands.

use std::collections::BTreeMap;

use crate::diagnostic::Location;
use crate::field::{Default as DefaultValue, Sql};
use crate::name::{AppLabel, FieldName, ModelRef};

/// What steers the detector and points its messages, by app, model, and field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The crates of the apps.
    pub apps: BTreeMap<AppLabel, AppHints>,
    /// The models.
    pub models: BTreeMap<ModelRef, ModelHints>,
    /// The native enums.
    pub enums: BTreeMap<String, EnumHints>,
}

/// The crate that an app's models live in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppHints {
    /// The crate's package name.
    pub package: String,
    /// The crate's folder, which holds `migrations/`.
    pub manifest_dir: String,
}

/// What a model says that is no state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelHints {
    /// The model's former name, and the app that it was in.
    pub renamed_from: Option<ModelRef>,
    /// Where the struct stands.
    pub location: Option<Location>,
    /// The fields.
    pub fields: BTreeMap<FieldName, FieldHints>,
}

/// What an enum says that is no state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnumHints {
    /// The former text of each that was called otherwise.
    pub renamed_from: BTreeMap<String, String>,
    /// A field of the enum.
    pub location: Option<Location>,
}

/// What a field says that is no state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldHints {
    /// The field's former name.
    pub renamed_from: Option<FieldName>,
    /// The value of rows that exist when the field arrives, or that hold NULL when NULL goes.
    pub fill: Option<DefaultValue>,
    /// The value of rows that exist when a rollback brings the field back.
    pub reverse_fill: Option<DefaultValue>,
    /// What makes the values of a type that has none in common with the one before, over the rows as they are before.
    pub using: Option<Sql>,
    /// What makes the old values again in a rollback.
    pub reverse_using: Option<Sql>,
    /// Whether what the field holds comes along where a foreign key, pairs and a model of pairs become each other.
    pub keep_values: Option<bool>,
    /// Where the field stands.
    pub location: Option<Location>,
}

impl Hints {
    /// What a field says, where the models have it.
    #[must_use]
    pub fn field(&self, model: &ModelRef, field: &FieldName) -> Option<&FieldHints> {
        self.models.get(model)?.fields.get(field)
    }

    /// Where a model stands.
    #[must_use]
    pub fn model_location(&self, model: &ModelRef) -> Option<Location> {
        self.models.get(model)?.location.clone()
    }

    /// Where a field stands, or else its model.
    #[must_use]
    pub fn field_location(&self, model: &ModelRef, field: &FieldName) -> Option<Location> {
        self.field(model, field).and_then(|f| f.location.clone()).or_else(|| self.model_location(model))
    }
}
