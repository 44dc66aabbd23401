//! An order in which every rename finds its new name free.

use std::collections::BTreeSet;

use super::find::Rename;

/// Orders renames of one namespace; a circle stops over at a name that nobody has.
pub(super) fn order(mut renames: Vec<Rename<String>>, mut taken: BTreeSet<String>) -> Vec<Rename<String>> {
    let mut ordered = Vec::new();
    while !renames.is_empty() {
        let next = if let Some(at) = renames.iter().position(|(_, to)| !taken.contains(to)) {
            renames.remove(at)
        } else {
            let stop = free(&renames[0].0, &taken);
            let from = std::mem::replace(&mut renames[0].0, stop.clone());
            (from, stop)
        };
        taken.remove(&next.0);
        taken.insert(next.1.clone());
        ordered.push(next);
    }
    ordered
}

fn free(name: &str, taken: &BTreeSet<String>) -> String {
    let mut stop = format!("{name}_swapped");
    while taken.contains(&stop) {
        stop.push('_');
    }
    stop
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(renames: &[(&str, &str)], taken: &[&str]) -> Vec<String> {
        let renames = renames.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let taken = taken.iter().map(|name| (*name).to_owned()).collect();
        order(renames, taken).into_iter().map(|(from, to)| format!("{from}>{to}")).collect()
    }

    #[test]
    fn a_chain_begins_at_its_end() {
        assert_eq!(run(&[("a", "b"), ("b", "c")], &["a", "b"]), ["b>c", "a>b"]);
    }

    #[test]
    fn a_swap_stops_over() {
        assert_eq!(run(&[("a", "b"), ("b", "a")], &["a", "b"]), ["a>a_swapped", "b>a", "a_swapped>b"]);
    }
}
