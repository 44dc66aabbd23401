//! Renames that get in each other's way.

use std::collections::BTreeSet;

use crate::name::{MAX_IDENTIFIER_BYTES, beside_table, shorten, split_table};

/// Puts renames into an order in which no target is taken; a circle goes through a temporary name.
///
/// `SQLite` compares names without case, so a name that only changes its case is in its own way.
pub(super) fn in_order(renames: Vec<(String, String)>, taken: &BTreeSet<String>) -> Vec<(String, String)> {
    ordered(renames, |from| temporary(from, taken))
}

fn ordered(renames: Vec<(String, String)>, free_name: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let mut waiting: Vec<(String, String)> = renames.into_iter().filter(|(from, to)| from != to).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free = waiting.iter().position(|(_, to)| !waiting.iter().any(|(from, _)| from.eq_ignore_ascii_case(to)));
        if let Some(free) = free {
            ordered.push(waiting.remove(free));
            continue;
        }
        let (from, to) = waiting.remove(0);
        let between = free_name(&from);
        ordered.push((from, between.clone()));
        waiting.push((between, to));
    }
    ordered
}

/// The same for tables, which may have schemas.
pub(super) fn tables_in_order(renames: Vec<(String, String)>, taken: &BTreeSet<String>) -> Vec<(String, String)> {
    ordered(renames, |from| temporary_table(from, taken))
}

/// A name that no table of its schema has.
fn temporary_table(table: &str, taken: &BTreeSet<String>) -> String {
    let (schema, own) = split_table(table);
    let beside = taken.iter().map(|other| split_table(other)).filter(|(of, _)| *of == schema);
    let beside = beside.map(|(_, name)| name.to_owned()).collect();
    beside_table(table, &temporary(own, &beside))
}

/// A name that nothing has.
pub(super) fn temporary(name: &str, taken: &BTreeSet<String>) -> String {
    let mut candidate = shorten(&format!("fastdjango_old_{name}"), MAX_IDENTIFIER_BYTES);
    while taken.iter().any(|other| other.eq_ignore_ascii_case(&candidate)) {
        candidate.push('_');
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(renames: &[(&str, &str)]) -> Vec<(String, String)> {
        let renames = renames.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        in_order(renames, &BTreeSet::new())
    }

    #[test]
    fn a_chain_frees_its_names_from_the_end() {
        assert_eq!(order(&[("a", "b"), ("b", "c")]), [("b".into(), "c".into()), ("a".into(), "b".into())]);
    }

    #[test]
    fn a_swap_and_a_change_of_case_go_through_a_name_between() {
        let swap = order(&[("a", "b"), ("b", "a")]);
        assert_eq!(swap.len(), 3);
        assert_eq!(swap[0], ("a".into(), "fastdjango_old_a".into()));
        assert_eq!(order(&[("a", "A")]).len(), 2);
    }
}
