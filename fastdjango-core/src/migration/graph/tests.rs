//! The order between migrations, and each refusal.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;

use super::Graph;
use crate::diagnostic::Diagnostics;
use crate::migration::Migration;
use crate::name::MigrationRef;
use crate::operation::Touched;

fn migration(name: &str, dependencies: &[&str]) -> Migration {
    let name: MigrationRef = name.parse().unwrap();
    let dependencies = dependencies.iter().map(|name| name.parse().unwrap()).collect();
    Migration { dependencies, ..Migration::new(name.app, name.name, vec![]) }
}

fn migrations(edges: &[(&str, &[&str])]) -> Vec<Migration> {
    edges.iter().map(|(name, dependencies)| migration(name, dependencies)).collect()
}

fn blog() -> Vec<Migration> {
    migrations(&[
        ("blog.0002_tags", &["blog.0001_initial"]),
        ("blog.0001_initial", &["accounts.0001_initial"]),
        ("accounts.0001_initial", &[]),
        ("accounts.0002_email", &["accounts.0001_initial"]),
        ("shop.0001_initial", &["blog.0001_initial"]),
        ("shop.0002_order", &["shop.0001_initial", "blog.0002_tags"]),
    ])
}

fn graph() -> Graph {
    Graph::new(&blog()).unwrap()
}

fn names(migrations: &[MigrationRef]) -> String {
    migrations.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn set(names: &[&str]) -> BTreeSet<MigrationRef> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn refused(edges: &[(&str, &[&str])]) -> Diagnostics {
    Graph::new(&migrations(edges)).unwrap_err()
}

#[test]
fn the_order_is_one_whatever_the_files_order() {
    let want =
        "accounts.0001_initial accounts.0002_email blog.0001_initial blog.0002_tags shop.0001_initial shop.0002_order";
    let mut migrations = blog();
    for _ in 0..migrations.len() {
        migrations.rotate_left(1);
        assert_eq!(names(&Graph::new(&migrations).unwrap().order()), want);
    }
    let leaves = graph().leaves();
    assert_eq!(
        leaves.values().map(crate::name::MigrationName::as_str).collect::<Vec<_>>(),
        ["0002_email", "0002_tags", "0002_order"]
    );
}

#[test]
fn before_puts_a_migration_in_front_of_anothers() {
    let mut migrations = blog();
    migrations[0].before = vec!["accounts.0002_email".parse().unwrap()];
    let graph = Graph::new(&migrations).unwrap();
    assert!(graph.precedes(&"blog.0002_tags".parse().unwrap(), &"accounts.0002_email".parse().unwrap()));
    assert_eq!(graph.leaves().len(), 3);
}

#[test]
fn forwards_takes_what_is_needed_and_not_applied() {
    let targets = set(&["shop.0001_initial"]);
    assert_eq!(
        names(&graph().forwards(&targets, &set(&["accounts.0001_initial"]))),
        "blog.0001_initial shop.0001_initial"
    );
    assert_eq!(graph().forwards(&targets, &graph().order().into_iter().collect()), []);
}

#[test]
fn backwards_takes_dependents_first_and_leaves_the_rest() {
    let applied = graph().order().into_iter().collect();
    let back = |app: &str, target: Option<&str>| {
        names(&graph().backwards(&app.into(), target.map(Into::into).as_ref(), &applied))
    };
    assert_eq!(back("blog", Some("0001_initial")), "shop.0002_order blog.0002_tags");
    assert_eq!(back("blog", Some("0002_tags")), "");
    assert_eq!(back("blog", None), "shop.0002_order shop.0001_initial blog.0002_tags blog.0001_initial");
    assert_eq!(names(&graph().backwards(&"blog".into(), None, &set(&["blog.0001_initial"]))), "blog.0001_initial");
}

#[test]
fn a_name_resolves_by_a_beginning_that_only_one_has() {
    let resolve = |app: &str, text: &str| graph().resolve(&app.into(), text);
    assert_eq!(resolve("blog", "0002").unwrap().to_string(), "blog.0002_tags");
    assert_eq!(resolve("blog", "0001_initial").unwrap().to_string(), "blog.0001_initial");
    assert_snapshot!(resolve("blog", "000").unwrap_err(), @r#"
    error[E228]: `000` is the beginning of several migrations of app `blog`
       = note: `0001_initial`, `0002_tags`
       = help: give more of the name
    "#);
    assert_snapshot!(resolve("blog", "0002_tgas").unwrap_err(), @r#"
    error[E227]: no migration of app `blog` is called `0002_tgas`
       = help: did you mean `0002_tags`?
    "#);
    assert_snapshot!(resolve("blog", "zzz").unwrap_err(), @r#"
    error[E227]: no migration of app `blog` is called `zzz`
       = help: `fastdjango showmigrations blog` lists them
    "#);
    assert_snapshot!(resolve("blgo", "0001").unwrap_err(), @r#"
    error[E229]: app `blgo` has no migrations
       = help: did you mean `blog`?
    "#);
}

#[test]
fn missing_migrations_are_told_with_who_asks() {
    let found = refused(&[
        ("blog.0001_initial", &["acounts.0001_initial", "blog.0000_x", "library.0001_initial"]),
        ("accounts.0001_initial", &["blog.0001_inital"]),
    ]);
    assert_snapshot!(found, @r#"
    error[E222]: `blog.0001_initial` names `acounts.0001_initial` in `dependencies`, and there is no such migration
       = help: there is no app `acounts`; did you mean `accounts`?
    error[E222]: `blog.0001_initial` names `blog.0000_x` in `dependencies`, and there is no such migration
       = help: bring the file back, or take the name out
    error[E222]: `blog.0001_initial` names `library.0001_initial` in `dependencies`, and there is no such migration
       = help: app `library` has no migrations here: is its crate among those of `main!`?
    error[E222]: `accounts.0001_initial` names `blog.0001_inital` in `dependencies`, and there is no such migration
       = help: did you mean `blog.0001_initial`?
    "#);
}

#[test]
fn a_cycle_is_named_whole() {
    let found = refused(&[
        ("blog.0001_initial", &["shop.0002_order"]),
        ("blog.0002_tags", &["blog.0001_initial"]),
        ("shop.0001_initial", &[]),
        ("shop.0002_order", &["shop.0001_initial", "blog.0002_tags"]),
        ("zoo.0001_initial", &["shop.0002_order"]),
    ]);
    assert_snapshot!(found, @r#"
    error[E223]: migrations depend on each other in a circle
       = note: `blog.0001_initial` needs `shop.0002_order` needs `blog.0002_tags` needs `blog.0001_initial`
       = help: take out one of these dependencies, or move its operation to a migration of its own
    "#);
    assert_snapshot!(refused(&[("blog.0001_initial", &["blog.0001_initial"])]), @r#"
    error[E223]: migrations depend on each other in a circle
       = note: `blog.0001_initial` needs `blog.0001_initial`
       = help: take out one of these dependencies, or move its operation to a migration of its own
    "#);
}

#[test]
fn several_last_migrations_are_a_conflict() {
    let two = migrations(&[
        ("blog.0001_initial", &[]),
        ("blog.0002_a", &["blog.0001_initial"]),
        ("blog.0002_b", &["blog.0001_initial"]),
    ]);
    assert_snapshot!(Graph::new(&two).unwrap_err(), @r#"
    error[E224]: app `blog` has several last migrations: `0002_a` and `0002_b`
       = note: two branches each added one
       = help: `makemigrations --merge` puts one behind the other, where their order makes no difference
    "#);
    assert_eq!(Graph::with_conflicts(&two).unwrap().conflicts().len(), 1);
    let by_way_of_another_app = migrations(&[
        ("blog.0001_initial", &[]),
        ("shop.0001_initial", &["blog.0001_initial"]),
        ("blog.0002_a", &["shop.0001_initial"]),
    ]);
    assert!(Graph::new(&by_way_of_another_app).is_ok());
}

#[test]
fn former_names_are_understood() {
    let mut migrations = blog();
    migrations[0].formerly = vec!["0003_tags".into()];
    migrations[5].dependencies[1] = "blog.0003_tags".parse().unwrap();
    assert_eq!(Graph::new(&migrations).unwrap().order(), graph().order());
}

#[test]
fn an_end_of_an_app_is_whatever_it_begins_or_ends_with() {
    let of = |edges: &[(&str, &[&str])]| {
        Graph::new(&migrations(&[&[("blog.0001_a", &[][..]), ("blog.0002_b", &["blog.0001_a"])], edges].concat()))
    };
    let precedes =
        |graph: &Graph, earlier: &str, later: &str| graph.precedes(&earlier.parse().unwrap(), &later.parse().unwrap());
    let graph = of(&[("shop.0001_x", &["blog.__first__"]), ("till.0001_x", &["blog.__latest__"])]).unwrap();
    assert!(precedes(&graph, "blog.0001_a", "shop.0001_x") && !precedes(&graph, "blog.0002_b", "shop.0001_x"));
    assert!(precedes(&graph, "blog.0002_b", "till.0001_x"));
    // It moves with the app.
    let graph = of(&[("blog.0003_c", &["blog.0002_b"]), ("till.0001_x", &["blog.__latest__"])]).unwrap();
    assert!(precedes(&graph, "blog.0003_c", "till.0001_x"));
    for name in ["blog.__first__", "blog.0001_a"] {
        assert_eq!(names(&graph.meant(&name.parse().unwrap())), "blog.0001_a");
    }
    // Branches that are not merged yet each end it.
    let branches = migrations(&[("blog.0001_a", &[]), ("blog.0002_b", &[]), ("till.0001_x", &["blog.__latest__"])]);
    let graph = Graph::with_conflicts(&branches).unwrap();
    assert!(precedes(&graph, "blog.0001_a", "till.0001_x") && precedes(&graph, "blog.0002_b", "till.0001_x"));
    let mut in_front = migrations(&[("blog.0001_a", &[]), ("shop.0001_x", &[])]);
    in_front[1].before = vec!["blog.__first__".parse().unwrap()];
    assert!(precedes(&Graph::new(&in_front).unwrap(), "shop.0001_x", "blog.0001_a"));
}

#[test]
fn an_end_that_cannot_be_is_told() {
    let blog: (&str, &[&str]) = ("blog.0001_a", &[]);
    let nowhere = [blog, ("shop.0001_x", &["blgo.__first__"]), ("shop.0002_y", &["shop.0001_x", "blog.__lastest__"])];
    assert_snapshot!(refused(&nowhere), @r#"
    error[E222]: `shop.0002_y` names `blog.__lastest__` in `dependencies`, and there is no such migration
       = help: did you mean `blog.__latest__`?
    error[E222]: `shop.0001_x` names `blgo.__first__` in `dependencies`, and there is no such migration
       = help: there is no app `blgo`; did you mean `blog`?
    "#);
    assert_snapshot!(refused(&[blog, ("blog.0002_b", &["blog.0001_a", "blog.__latest__"])]), @r#"
    error[E212]: `blog.0002_b` names `blog.__latest__` in `dependencies`, which is an end of its own app
       = note: it would be its own end, or move with every migration of the app
       = help: name the migration of the app that it comes after
    "#);
    let circle = [blog, ("shop.0001_x", &["blog.__latest__"]), ("blog.0002_b", &["blog.0001_a", "shop.0001_x"])];
    assert_snapshot!(refused(&circle), @r#"
    error[E223]: migrations depend on each other in a circle
       = note: `blog.0002_b` needs `shop.0001_x` needs `blog.0002_b`
       = note: `shop.0001_x` names `blog.__latest__`, which is `blog.0002_b` now
       = help: take out one of these dependencies, or move its operation to a migration of its own
    "#);
}

#[test]
fn one_table_in_two_migrations_needs_an_order() {
    let touch = |changes: &[&str], reads: &[&str]| Touched {
        writes: changes.iter().map(|name| name.parse().unwrap()).collect(),
        reads: reads.iter().map(|name| name.parse().unwrap()).collect(),
    };
    let touched = |name: &str, what: Touched| (name.parse::<MigrationRef>().unwrap(), what);
    let both_read = BTreeMap::from([
        touched("accounts.0002_email", touch(&["accounts.Email"], &["accounts.User"])),
        touched("blog.0001_initial", touch(&["blog.Post"], &["accounts.User"])),
    ]);
    assert!(graph().check_order(&both_read).is_empty());
    let one_changes = BTreeMap::from([
        touched("accounts.0001_initial", touch(&["accounts.User"], &[])),
        touched("accounts.0002_email", touch(&["accounts.User"], &[])),
        touched("blog.0001_initial", touch(&["blog.Post"], &["accounts.User"])),
    ]);
    assert_snapshot!(graph().check_order(&one_changes)[0].diagnostic(), @r#"
    error[E226]: nothing orders `accounts.0002_email` and `blog.0001_initial`, and both touch the table of `accounts.User`
       = note: their order would be chance, and so would be the SQL that runs
       = help: if `accounts.0002_email` is to run first, add "accounts.0002_email" to the `dependencies` of `blog.0001_initial`; else the other way round
       = help: where only one of the files is yours: `before = ["blog.0001_initial"]` in `accounts.0002_email` says the same
       = help: then run `render`, and review the difference
       = help: where their order makes no difference, `makemigrations --merge` chooses one and does all of that
    "#);
    let one_gives_up = BTreeMap::from([
        touched("accounts.0002_email", touch(&["accounts.Email", "*.by_title"], &[])),
        touched("blog.0001_initial", touch(&["blog.Post"], &["*.by_title"])),
    ]);
    assert_snapshot!(graph().check_order(&one_gives_up)[0].diagnostic().message, @"nothing orders `accounts.0002_email` and `blog.0001_initial`, and one gives up the name `by_title`, which the other takes");
}
