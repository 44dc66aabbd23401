//! Migrations that a database applied in another order than the files have: the one case in which the SQL that runs is not
//! the SQL in the file.
//!
//! It happens after a rebase, on a database that had the other branch. Where both orders lead to the same tables, the steps
//! are rendered for what the database has; somebody has to look at them and say yes.

use std::collections::BTreeSet;

use super::directory::Directory;
use super::reviewed::stale;
use crate::backend::Direction;
use crate::diagnostic::Diagnostic;
use crate::field::Engine;
use crate::migration::{Migration, SqlSection, advance, clash_of_rows};
use crate::name::MigrationRef;
use crate::planner;
use crate::state::ProjectState;

/// A migration whose text was rendered from something else than the database has.
pub(super) struct Misfit<'a> {
    pub(super) directory: &'a Directory,
    pub(super) migration: &'a Migration,
    pub(super) section: &'a SqlSection,
    pub(super) engine: Engine,
    pub(super) direction: Direction,
    /// What the database has applied, the migration apart.
    pub(super) applied: &'a BTreeSet<MigrationRef>,
    /// What those leave.
    pub(super) before: &'a ProjectState,
}

/// Steps that were rendered for what one database has.
pub(super) struct Rerendered {
    pub(super) section: SqlSection,
    /// Why they are not those of the file.
    pub(super) reason: String,
    /// Those whose place in the order differs: applied and later, or earlier and not applied.
    pub(super) others: Vec<MigrationRef>,
}

impl Misfit<'_> {
    /// Renders the steps for this database; refused where the text is stale, or where the order makes a difference.
    pub(super) fn rerendered(&self) -> Result<Rerendered, Diagnostic> {
        let others = self.others();
        if others.is_empty() || !self.holds_in_the_files_order() {
            return Err(stale(self.directory, self.migration));
        }
        let reason = self.reason(&others);
        match self.obstacle(&others) {
            Some(why) => Err(self.refusal(&reason, &others, &why)),
            None => match self.render() {
                Ok(section) => Ok(Rerendered { section, reason, others }),
                Err(why) => Err(self.refusal(&reason, &others, &why)),
            },
        }
    }

    fn name(&self) -> MigrationRef {
        self.migration.reference()
    }

    fn others(&self) -> Vec<MigrationRef> {
        let graph = &self.directory.graph;
        let mut others = match self.direction {
            Direction::Forward => graph.dependents(&self.name(), self.applied),
            Direction::Backward => graph.forwards(&BTreeSet::from([self.name()]), self.applied),
        };
        others.retain(|other| *other != self.name());
        others
    }

    fn holds_in_the_files_order(&self) -> bool {
        let before = self.directory.state_before(&self.name());
        before.is_ok_and(|before| {
            planner::input_hash(&self.migration.app, &self.migration.operations, &before) == self.section.input
        })
    }

    /// Why the order makes a difference, or may.
    fn obstacle(&self, others: &[MigrationRef]) -> Option<String> {
        if self.section.edited.is_some() {
            return Some("its SQL was edited by hand, and cannot be made again".to_owned());
        }
        let mut others = others.iter().filter_map(|other| self.directory.migrations.get(other));
        if let Some(clash) = others.find_map(|other| clash_of_rows(self.before, self.migration, other)) {
            return Some(format!(
                "`{}` ({}) and `{}` ({}) are both about {}",
                clash.first, clash.one, clash.second, clash.other, clash.subject
            ));
        }
        let mut reached = self.before.clone();
        if let Err(misfit) = advance(&mut reached, [self.migration]) {
            return Some(misfit.message);
        }
        let whole = self.directory.state_of(|other| self.applied.contains(other) || *other == self.name());
        let same = whole.is_ok_and(|whole| whole.equivalent(&reached));
        (!same).then(|| "the two orders do not lead to the same tables".to_owned())
    }

    #[cfg(feature = "render")]
    fn render(&self) -> Result<SqlSection, String> {
        // For the servers that the file was rendered for, whatever the settings have said since.
        let target = self.engine.target(&self.section.target);
        let target = target.map_err(|_| format!("no SQL is rendered for {} {}", self.engine, self.section.target))?;
        let dialect = crate::dialect::targeting(self.engine, target);
        planner::section(&self.migration.app, &self.migration.operations, self.before, &*dialect)
            .map_err(|found| found.iter().map(|fault| fault.message.clone()).collect::<Vec<_>>().join("; "))
    }

    #[cfg(not(feature = "render"))]
    fn render(&self) -> Result<SqlSection, String> {
        Err(format!("this program cannot render SQL for {}: it was built without the feature `render`", self.engine))
    }

    fn reason(&self, others: &[MigrationRef]) -> String {
        let names = others.iter().map(|other| format!("`{other}`")).collect::<Vec<_>>().join(", ");
        let (is, comes) = if others.len() == 1 { ("is", "comes") } else { ("are", "come") };
        match self.direction {
            Direction::Forward => format!("{names} {is} applied here, and {comes} after it in the files"),
            Direction::Backward => format!("{names} {is} not applied here, and {comes} before it in the files"),
        }
    }

    fn refusal(&self, reason: &str, others: &[MigrationRef], why: &str) -> Diagnostic {
        let message = format!("the SQL of `{}` was rendered for another order than this database has", self.name());
        let refusal = Diagnostic::error("E244", message)
            .at_opt(self.directory.location(self.migration))
            .note(reason)
            .note(format!("it cannot be rendered for this database: {why}"))
            .note("nothing was run");
        match (self.direction, others.last()) {
            (Direction::Forward, Some(earliest)) => refusal.help(format!(
                "undo `{earliest}` here first, then run `migrate` again: it applies both in the files' order"
            )),
            _ => refusal.help("apply what is missing first, then undo both in the files' order"),
        }
    }
}
