//! Native enums: types of their own on databases that have such.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::users::Used;
use super::{FieldState, ProjectState};
use crate::field::ColumnType;
use crate::name::{AppLabel, FieldName, ModelRef};

/// A type that holds one of a few texts. Its name is the project's: no two apps have one of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EnumState {
    /// The app whose migrations make and change it.
    pub app: AppLabel,
    /// The texts, in their order.
    pub values: Vec<String>,
}

impl EnumState {
    /// What the enum is called among the models that operations touch. No model can have that name.
    #[must_use]
    pub fn reference(&self, name: &str) -> ModelRef {
        reference(&self.app, name)
    }
}

/// What the name is called among them, whoever has it: after an enum is gone, another app may have one of that name.
pub(crate) fn of_any_app(name: &str) -> ModelRef {
    reference(&AppLabel::new("*"), name)
}

/// The same for the enum of an app.
pub(crate) fn reference(app: &AppLabel, name: &str) -> ModelRef {
    ModelRef::new(app.clone(), ColumnType::Enum(name.to_owned()).to_string())
}

impl ProjectState {
    /// What a field's enum is called among the models that operations touch, where the field has one of its own.
    pub(crate) fn enum_reference(&self, field: &FieldState) -> Option<ModelRef> {
        let name = field.enum_name()?;
        Some(self.enums.get(name)?.reference(name))
    }

    /// The texts of each enum.
    #[must_use]
    pub fn enum_values(&self) -> BTreeMap<String, Vec<String>> {
        self.enums.iter().map(|(name, found)| (name.clone(), found.values.clone())).collect()
    }

    /// The fields of the type, by model; those that refer to one of them are not among them.
    pub(crate) fn enum_fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a ModelRef, &'a FieldName)> {
        self.with_enum(name).flat_map(move |model| {
            let fields = self.models.get(model).into_iter().flat_map(|definition| &definition.fields);
            fields.filter(move |field| field.enum_name() == Some(name)).map(move |field| (model, &field.name))
        })
    }

    /// The models that have columns of the enum.
    pub(crate) fn with_enum(&self, name: &str) -> impl Iterator<Item = &ModelRef> {
        self.models.users(&Used::Enum(name.to_owned()))
    }
}
