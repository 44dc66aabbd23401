//! Random histories on real files: state by state, detect → plan → apply → introspect; then all the way back.

mod branches;
mod crossed;
mod history;
mod optimized;
mod parallel;
mod possible;
mod squashed;

use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::field::Engine;
use fastdjango_tests::live::{Server, block_on, servers_of_any_age};
use history::{Kind, Tally};

/// Every value of every row and every pair that survives is what it should be, forwards and backwards; the catalog is
/// what was declared; foreign keys hold; and what was refused left nothing behind.
#[test]
fn a_random_history_keeps_every_row_there_and_back() {
    for server in servers_of_any_age() {
        let tally = Tally::default();
        let cases = match server.engine() {
            Engine::Sqlite => 300,
            _ if server.is_further() => 8,
            Engine::Postgres | Engine::Mariadb | Engine::Mysql => 24,
        };
        parallel::cases(cases, 600..1200, |dice| block_on(history::run(&server, Kind::Long, dice, &tally)));
        let counted = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        eprintln!("{}: {tally:?}", server.name);
        // What is refused are rows, counted as they stand: values that are none of the new type or of a new enum's texts, where nobody
        // said an expression (a third); one value for all rows of a new key or unique (a quarter); references that would find no row,
        // or another one, since a name was handed to another field or the key of their target is another (a fifth); and a required
        // column that comes back without a value.
        assert!(counted(&tally.applied) > counted(&tally.refused) * 2, "hardly anything was run: {tally:?}");
        assert!(counted(&tally.undone) * 3 > counted(&tally.applied), "hardly anything went back: {tally:?}");
        assert!(counted(&tally.rows) > counted(&tally.applied), "hardly any rows: {tally:?}");
    }
}

/// The same for up to thirty models that are edited all at once, every rename told.
#[test]
fn a_large_project_keeps_every_row_there_and_back() {
    for server in first_servers() {
        let tally = Tally::default();
        let cases = if server.engine() == Engine::Sqlite { 40 } else { 8 };
        parallel::cases(cases, 1200..2400, |dice| block_on(history::run(&server, Kind::Large, dice, &tally)));
        let counted = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        eprintln!("{}: {tally:?}", server.name);
        assert!(counted(&tally.applied) > counted(&tally.refused), "hardly anything was run: {tally:?}");
        assert!(counted(&tally.rows) > counted(&tally.applied), "hardly any rows: {tally:?}");
    }
}

/// Optimized operations leave the same rows and the same catalog as the operations that they came from.
#[test]
fn fewer_operations_leave_the_same_rows() {
    let compared = AtomicUsize::new(0);
    let cases = parallel::cases(300, 600..1200, |dice| block_on(optimized::run(&Server::sqlite(), dice, &compared)));
    let compared = compared.load(Ordering::Relaxed);
    assert!(compared * 4 > cases as usize, "{compared} of {cases} lists became shorter and could run");
}

/// A squash makes what the migrations make that it stands for, and takes it away again, on every database.
#[test]
fn a_squash_leaves_the_catalog_of_its_parts() {
    for server in first_servers() {
        let tally = squashed::Tally::default();
        let cases = if server.engine() == Engine::Sqlite { 160 } else { 24 };
        parallel::cases(cases, 600..1200, |dice| block_on(squashed::run(&server, dice, &tally)));
        let counted = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        eprintln!("{}: {tally:?}", server.name);
        assert!(counted(&tally.compared) * 2 > cases as usize, "hardly anything was squashed: {tally:?}");
        assert!(counted(&tally.shorter) * 3 > counted(&tally.compared), "hardly any was shorter: {tally:?}");
    }
}

/// Branches that are merged lead to the same catalog and rows, whichever a database had first; those that are refused do not.
#[test]
fn merged_branches_lead_to_the_same_whichever_came_first() {
    for server in first_servers() {
        let tally = branches::Tally::default();
        let cases = if server.engine() == Engine::Sqlite { 160 } else { 16 };
        parallel::cases(cases, 600..1200, |dice| block_on(branches::run(&server, dice, &tally)));
        let counted = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        eprintln!("{}: {tally:?}", server.name);
        assert!(counted(&tally.merged) * 6 > cases as usize, "hardly anything was merged: {tally:?}");
        assert!(counted(&tally.refused) > 3 * counted(&tally.alike), "refused without need: {tally:?}");
    }
}

/// Fields and models that swap their names, follow each other, or look alike: whatever is answered, every value is where the
/// answers say, and what they do not keep was warned of.
#[test]
fn crossed_and_lookalike_renames_keep_what_the_answers_say() {
    for server in first_servers() {
        let count = crossed::run(&server);
        eprintln!("{}: {count} combinations of answers", server.name);
        assert!(count > 150, "{count}");
    }
}

/// One server of each engine: what a rename does depends on no version.
fn first_servers() -> impl Iterator<Item = Server> {
    servers_of_any_age().into_iter().filter(|server| !server.is_further())
}
