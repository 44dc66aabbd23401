//! The migrations of one crate without those of the others: what is wrong with them whatever the others say.

use std::collections::BTreeSet;

use super::{Graph, Migration, parse};
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
        found.extend(Graph::new(&known(migrations)).err().unwrap_or_default());
    }
    found
}

/// The migrations that no squash stands for, without what they say of other crates.
fn known(mut migrations: Vec<Migration>) -> Vec<Migration> {
    let apps: BTreeSet<AppLabel> = migrations.iter().map(|migration| migration.app.clone()).collect();
    let replaced: BTreeSet<MigrationRef> = migrations.iter().flat_map(|squash| squash.replaces.clone()).collect();
    migrations.retain(|migration| !replaced.contains(&migration.reference()));
    for migration in &mut migrations {
        for names in [&mut migration.dependencies, &mut migration.before] {
            names.retain(|name| apps.contains(&name.app));
        }
    }
    migrations
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
        assert!(found(&[first, ("a.0002_y", "format = 1")]).contains("E224"));
        assert!(found(&[("a.0001_x", "format = 1\ndependencies = [\"a.0009_z\"]")]).contains("E222"));
        assert!(found(&[("a.0001_x", "format = 1\ndependencies = [\"a.0001_x\"]")]).contains("E223"));
    }
}
