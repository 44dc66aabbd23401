//! The native enums that the fields of all models speak of.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Location;
use crate::model::{EnumDef, FieldDef, Kind, ModelDef, TypeDef};
use crate::state::{EnumHints, EnumState};

/// An enum, and who uses it.
pub(super) struct Found {
    /// The texts, as the first field has them.
    pub(super) values: &'static [&'static str],
    def: &'static EnumDef,
    /// The apps that say they own it.
    pub(super) said: BTreeSet<&'static str>,
    /// The apps whose models use it.
    pub(super) users: BTreeSet<&'static str>,
    /// The first field.
    pub(super) place: Location,
    /// A field of another enum of that name.
    pub(super) other: Option<Location>,
}

/// The enums by their names.
pub(super) fn collect(models: &[&'static ModelDef]) -> BTreeMap<&'static str, Found> {
    let mut enums: BTreeMap<&'static str, Found> = BTreeMap::new();
    for def in models {
        for field in def.all_fields() {
            let Kind::Column { ty: TypeDef::Enum(own), choices, .. } = field.facts.kind else { continue };
            let found = enums.entry(own.name).or_insert_with(|| Found {
                values: choices,
                def: own,
                said: BTreeSet::new(),
                users: BTreeSet::new(),
                place: place(def, field),
                other: None,
            });
            found.said.extend(own.app);
            found.users.insert(def.label.app);
            if found.values != choices || found.def.renamed_from != own.renamed_from {
                found.other = Some(place(def, field));
            }
        }
    }
    enums
}

fn place(def: &ModelDef, field: &FieldDef) -> Location {
    Location { file: def.source.file.to_owned(), line: field.line, column: field.source_column }
}

impl Found {
    /// The app that owns it: the one that is said, else the only one that uses it.
    pub(super) fn owner(&self) -> Option<&'static str> {
        let apps = if self.said.is_empty() { &self.users } else { &self.said };
        apps.first().copied().filter(|_| apps.len() == 1)
    }

    /// None where nobody owns it.
    pub(super) fn state(&self) -> Option<EnumState> {
        let values = self.values.iter().map(|&value| value.to_owned()).collect();
        Some(EnumState { app: self.owner()?.into(), values })
    }

    pub(super) fn hints(&self) -> EnumHints {
        let renamed = self.def.renamed_from.iter().map(|&(new, old)| (new.to_owned(), old.to_owned()));
        EnumHints { renamed_from: renamed.collect(), location: Some(self.place.clone()) }
    }
}
