//! Indexes and constraints: pairs of one name.

use crate::operation::Operation;
use crate::state::{ConstraintState, IndexState};

pub(super) fn fold(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    match (first, second) {
        (Operation::AddIndex { model, index }, Operation::RemoveIndex { model: same, index: removed })
            if model == same && index.name == removed.name =>
        {
            Some(Vec::new())
        }
        (Operation::AddIndex { model, index }, Operation::RenameIndex { model: same, from, to })
            if model == same && index.name.as_ref() == Some(from) =>
        {
            let index = IndexState { name: Some(to.clone()), ..index.clone() };
            Some(vec![Operation::AddIndex { model: model.clone(), index }])
        }
        (Operation::RemoveIndex { model, index }, Operation::AddIndex { model: same, index: added })
            if model == same && index == added =>
        {
            Some(Vec::new())
        }
        (Operation::RenameIndex { model, from, to: stop }, Operation::RenameIndex { model: same, from: next, to })
            if model == same && stop == next =>
        {
            let chained = || Operation::RenameIndex { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        (Operation::RenameIndex { model, from, to }, Operation::RemoveIndex { model: same, index })
            if model == same && index.name.as_ref() == Some(to) =>
        {
            let index = IndexState { name: Some(from.clone()), ..index.clone() };
            Some(vec![Operation::RemoveIndex { model: model.clone(), index }])
        }
        _ => constraint(first, second),
    }
}

fn constraint(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    match (first, second) {
        (
            Operation::AddConstraint { model, constraint },
            Operation::RemoveConstraint { model: same, constraint: removed },
        ) if model == same && constraint.name == removed.name => Some(Vec::new()),
        (Operation::AddConstraint { model, constraint }, Operation::RenameConstraint { model: same, from, to })
            if model == same && constraint.name.as_ref() == Some(from) =>
        {
            let constraint = ConstraintState { name: Some(to.clone()), ..constraint.clone() };
            Some(vec![Operation::AddConstraint { model: model.clone(), constraint }])
        }
        (
            Operation::RemoveConstraint { model, constraint },
            Operation::AddConstraint { model: same, constraint: added },
        ) if model == same && constraint == added => Some(Vec::new()),
        (
            Operation::RenameConstraint { model, from, to: stop },
            Operation::RenameConstraint { model: same, from: next, to },
        ) if model == same && stop == next => {
            let chained = || Operation::RenameConstraint { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        (Operation::RenameConstraint { model, from, to }, Operation::RemoveConstraint { model: same, constraint })
            if model == same && constraint.name.as_ref() == Some(to) =>
        {
            let constraint = ConstraintState { name: Some(from.clone()), ..constraint.clone() };
            Some(vec![Operation::RemoveConstraint { model: model.clone(), constraint }])
        }
        _ => None,
    }
}
