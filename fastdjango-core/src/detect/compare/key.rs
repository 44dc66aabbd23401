//! The primary key.

use super::model::Compared;
use crate::detect::change::{Change, ChangeKind};

pub(super) fn compare(model: &Compared<'_>) -> Option<Change> {
    let differs = model.aligned.primary_key != model.next.primary_key;
    differs.then(|| Change::new(model.name, ChangeKind::AlterPrimaryKey))
}
