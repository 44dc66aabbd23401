//! Tables that are there already, held against the state that migrations leave.

use std::collections::BTreeSet;

use super::diff::version;
use super::project::Project;
use crate::backend::Connection;
use crate::dialect;
use crate::error::{Error, Result};
use crate::name::{AppLabel, ModelRef};
use crate::schema::{Difference, Schema, lower, lower_all};
use crate::state::ProjectState;

/// The tables and enums of some models, and how a database differs from them.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// The tables that should be there.
    pub(super) tables: BTreeSet<String>,
    /// How they and their enums differ.
    pub(super) differences: Vec<Difference>,
    /// Tables and enums that are there and belong to no model: somebody else's, mostly.
    pub(super) unknown: Vec<Difference>,
}

/// Holds the live catalog against a state, as `diff db:NAME` does, and keeps what is of the chosen models and of the enums of the chosen apps.
pub(super) async fn held(
    project: &Project,
    connection: &mut Connection,
    state: &ProjectState,
    models: &BTreeSet<ModelRef>,
    apps: &BTreeSet<AppLabel>,
) -> Result<Held> {
    let engine = connection.engine();
    let dialect = dialect::targeting(engine, version(Some(project), engine));
    let tables = lower(state, models).map_err(Error::invalid)?;
    let tables: BTreeSet<String> = tables.into_iter().map(|lowered| lowered.table.name).collect();
    let expected: Schema = lower_all(state).map_err(Error::invalid)?;
    let owned = |difference: &Difference| {
        if difference.is_of_enum() {
            let owner = state.enums.get(difference.table()).map(|known| &known.app);
            return owner.is_some_and(|owner| apps.contains(owner));
        }
        tables.contains(difference.table())
    };
    let mut held = Held::default();
    for difference in connection.drift(&expected, &*dialect).await? {
        match &difference {
            Difference::UnknownTable { .. } | Difference::UnknownEnum { .. } => held.unknown.push(difference),
            _ if owned(&difference) => held.differences.push(difference),
            _ => {}
        }
    }
    Ok(Held { tables, ..held })
}

impl Held {
    /// The tables that are not there at all.
    pub(super) fn missing(&self) -> BTreeSet<&str> {
        let missing = self.differences.iter().filter_map(|difference| match difference {
            Difference::MissingTable { table } => Some(table.as_str()),
            _ => None,
        });
        missing.collect()
    }

    /// True where not one of the tables is there.
    pub(super) fn is_bare(&self) -> bool {
        self.missing().len() == self.tables.len()
    }
}
