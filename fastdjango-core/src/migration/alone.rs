//! The migrations of one crate without those of the others: what is wrong with them whatever the others say.

use std::collections::BTreeSet;

use super::{Graph, Migration, naming, parse, several_heads};
use crate::diagnostic::Diagnostics;
use crate::name::{AppLabel, MigrationName, MigrationRef};

/// A migration file of the crate.
#[derive(Clone, Debug)]
pub struct AloneFile<'t> {
    /// The app.
    pub app: AppLabel,
    /// The migration.
    pub name: MigrationName,
    /// The file, as messages call it.
    pub path: String,
    /// The text.
    pub text: &'t str,
}

/// All that the commands would refuse: files that cannot be read, migrations that are not there, circles, several last ones.
///
/// What depends on an app of another crate is told when the program runs, since only then that crate is there.
#[must_use]
pub fn alone(files: &[AloneFile<'_>]) -> Diagnostics {
    let mut found = Diagnostics::default();
    let mut migrations = Vec::new();
    for file in files {
        match parse(&file.app, &file.name, &file.path, file.text) {
            Ok(migration) => migrations.push(migration),
            Err(faults) => found.extend(faults),
        }
    }
    if found.is_empty() {
        found.extend(ordered(migrations, files).err().unwrap_or_default());
    }
    found
}

/// What is wrong with their order.
fn ordered(mut migrations: Vec<Migration>, files: &[AloneFile<'_>]) -> Result<(), Diagnostics> {
    let places = |by: &MigrationRef, named: Option<&MigrationRef>| {
        let file = files.iter().find(|file| file.app == by.app && file.name == by.name)?;
        Some(naming(&file.path, file.text, named))
    };
    let outward = parted(&mut migrations);
    let graph = Graph::of_files(&migrations, &places)?;
    let conflicts = graph.conflicts();
    let sure = conflicts.iter().filter(|(app, heads)| !another_may_order(&graph, app, heads, &outward));
    let several = Diagnostics(sure.map(|(app, heads)| several_heads(app, heads, &places)).collect());
    if several.is_empty() { Ok(()) } else { Err(several) }
}

/// True where each two of the heads differ in what they have before them that names another crate: one of that may stand between.
fn another_may_order(graph: &Graph, app: &AppLabel, heads: &[MigrationName], outward: &BTreeSet<MigrationRef>) -> bool {
    let line = |head: &MigrationName| {
        let head = MigrationRef::new(app.clone(), head.clone());
        let before = outward.iter().filter(|other| **other == head || graph.precedes(other, &head));
        before.cloned().collect::<BTreeSet<MigrationRef>>()
    };
    let lines: BTreeSet<BTreeSet<MigrationRef>> = heads.iter().map(line).collect();
    lines.len() == heads.len()
}

/// Takes away the migrations that a squash stands for, and what the rest says of other crates; returns those that said something.
fn parted(migrations: &mut Vec<Migration>) -> BTreeSet<MigrationRef> {
    let apps: BTreeSet<AppLabel> = migrations.iter().map(|migration| migration.app.clone()).collect();
    let replaced: BTreeSet<MigrationRef> = migrations.iter().flat_map(|squash| squash.replaces.clone()).collect();
    migrations.retain(|migration| !replaced.contains(&migration.reference()));
    let mut outward = BTreeSet::new();
    for migration in migrations {
        let own = migration.reference();
        for names in [&mut migration.dependencies, &mut migration.before] {
            let all = names.len();
            names.retain(|name| apps.contains(&name.app));
            if names.len() < all {
                outward.insert(own.clone());
            }
        }
    }
    outward
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> String {
        let file = |(name, text): &(&'static str, &'static str)| {
            let name: MigrationRef = name.parse().unwrap();
            let path = format!("migrations/{}/{}.toml", name.app, name.name);
            AloneFile { app: name.app, name: name.name, path, text }
        };
        let files: Vec<(&'static str, &'static str)> =
            files.iter().map(|(a, b)| (&*a.to_string().leak(), &*b.to_string().leak())).collect();
        alone(&files.iter().map(file).collect::<Vec<_>>()).to_string()
    }

    #[test]
    fn a_crate_is_judged_by_what_it_says_of_itself() {
        let first = ("a.0001_x", "format = 1");
        assert_eq!(found(&[first, ("a.0002_y", "format = 1\ndependencies = [\"a.0001_x\", \"other.0001_z\"]")]), "");
        assert!(found(&[("a.0001_x", "format = 1\nno = 1")]).contains("migrations/a/0001_x.toml:2"));
        let wrong =
            |names: &str| found(&[first, ("a.0002_y", &format!("format = 1\ndependencies = [\n  {names},\n]"))]);
        for (names, code) in [("\"a.0009_z\"", "E222"), ("\"a.0002_y\"", "E223"), ("\"a.__latest__\"", "E212")] {
            let told = wrong(names);
            assert!(told.contains(code) && told.contains("migrations/a/0002_y.toml:3:3"), "{told}");
        }
        let told = wrong("\"b.0001_x\"");
        assert_eq!(told, "", "another crate may stand between both");
    }

    #[test]
    fn two_last_migrations_are_told_unless_another_crate_may_stand_between() {
        let after = |names: &str| format!("format = 1\ndependencies = [{names}]");
        let (first, own, other) = (after("\"other.0001_x\""), after("\"a.0001_x\""), after("\"other.0002_y\""));
        let told = found(&[("a.0001_x", &first), ("a.0002_y", &own), ("a.0003_z", &own)]);
        assert!(told.contains("E224") && told.contains("migrations/a/0003_z.toml:2:1"), "{told}");
        assert_eq!(found(&[("a.0001_x", &first), ("a.0002_y", &own), ("a.0003_z", &other)]), "");
        let told = found(&[("a.0001_x", &first), ("a.0002_y", &own), ("a.0003_z", &own), ("a.0004_q", &other)]);
        assert!(told.contains("E224"), "{told}");
    }
}
