//! Chains of changes of one enum.

use std::collections::BTreeMap;

use crate::operation::Operation;

pub(super) fn fold(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    match (first, second) {
        (Operation::CreateEnum { r#enum, .. }, Operation::DeleteEnum { r#enum: same, .. }) if r#enum == same => {
            Some(Vec::new())
        }
        (Operation::CreateEnum { r#enum, .. }, Operation::AlterEnum { r#enum: same, to, .. }) if r#enum == same => {
            Some(vec![Operation::CreateEnum { r#enum: r#enum.clone(), values: to.clone() }])
        }
        (Operation::AlterEnum { r#enum, from, .. }, Operation::DeleteEnum { r#enum: same, .. }) if r#enum == same => {
            Some(vec![Operation::DeleteEnum { r#enum: r#enum.clone(), values: from.clone() }])
        }
        (
            Operation::AlterEnum { r#enum, from, to: stop, renamed: first },
            Operation::AlterEnum { r#enum: same, to, renamed: second, .. },
        ) if r#enum == same => {
            let renamed = chained(from, (stop, first), (to, second))?;
            let altered =
                || Operation::AlterEnum { r#enum: r#enum.clone(), from: from.clone(), to: to.clone(), renamed };
            Some((from != to).then(altered).into_iter().collect())
        }
        _ => None,
    }
}

type Change<'a> = (&'a [String], &'a BTreeMap<String, String>);

/// What each text is called in the end; none where one that went comes back, since rows that hold it were refused between.
fn chained(from: &[String], first: Change<'_>, second: Change<'_>) -> Option<BTreeMap<String, String>> {
    let after = |value: &String, (to, renamed): Change<'_>| {
        renamed.get(value).cloned().or_else(|| to.contains(value).then(|| value.clone()))
    };
    let mut renamed = BTreeMap::new();
    for value in from {
        match after(value, first) {
            None if second.0.contains(value) => return None,
            None => {}
            Some(between) => {
                let last = after(&between, second).filter(|last| last != value);
                renamed.extend(last.map(|last| (value.clone(), last)));
            }
        }
    }
    // A text that was called otherwise and came anew would be both, there or back.
    let twice = |(old, new): (&String, &String)| second.0.contains(old) || from.contains(new);
    (!renamed.iter().any(twice)).then_some(renamed)
}
