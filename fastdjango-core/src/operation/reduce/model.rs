//! Changes of a whole model: chains of names, tables, comments, and keys.

use crate::name::AppLabel;
use crate::operation::Operation;

pub(super) fn fold(first: &Operation, second: &Operation, _app: &AppLabel) -> Option<Vec<Operation>> {
    match (first, second) {
        (Operation::RenameModel { from, to: stop }, Operation::RenameModel { from: next, to }) if stop == next => {
            let chained = || Operation::RenameModel { from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        // Nothing is moved across a move, so this is one directly behind the other.
        (Operation::MoveModel { from, to }, Operation::MoveModel { from: back, to: home })
            if to == back && from == home =>
        {
            Some(Vec::new())
        }
        // The table stays as it is, and so does whatever may be moved across.
        (Operation::SetManaged { model, managed }, Operation::SetManaged { model: same, managed: again })
            if model == same && managed != again =>
        {
            Some(Vec::new())
        }
        (
            Operation::AlterModelTable { model, from, to: stop },
            Operation::AlterModelTable { model: same, from: next, to },
        ) if model == same && stop == next => {
            let chained = || Operation::AlterModelTable { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        (Operation::AlterModelComment { model, from, .. }, Operation::AlterModelComment { model: same, to, .. })
            if model == same =>
        {
            let chained = || Operation::AlterModelComment { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        (
            Operation::AlterModelExtensions { model, from, .. },
            Operation::AlterModelExtensions { model: same, to, .. },
        ) if model == same => {
            let chained =
                || Operation::AlterModelExtensions { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        (Operation::AlterModelOptions { model, from, .. }, Operation::AlterModelOptions { model: same, to, .. })
            if model == same =>
        {
            let chained = || Operation::AlterModelOptions { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        (Operation::AlterPrimaryKey { model, from, .. }, Operation::AlterPrimaryKey { model: same, to, .. })
            if model == same =>
        {
            let chained = || Operation::AlterPrimaryKey { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        _ => None,
    }
}
