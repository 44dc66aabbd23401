//! One history: a state, edits of it as a programmer makes them, and the way back.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::detect::{Answer, Detected, QuestionKind};
use fastdjango_core::error::Error;
use fastdjango_core::field::{Engine, Literal};
use fastdjango_core::migration::{Migration, Step};
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::{Planned, plan};
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{
    Counted, Dice, Known, answer_and_convert, complete, edit, fill, filled_field, had_by, plain_answer, renames, roll,
};
use fastdjango_tests::live::{Live, Rows, Server, dialect, key_of, seed};

use crate::possible::possible;

/// What became of the histories.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) applied: AtomicUsize,
    pub(crate) undone: AtomicUsize,
    pub(crate) refused: AtomicUsize,
    pub(crate) rows: AtomicUsize,
    /// Those of the refused of which something stayed.
    pub(crate) halves: AtomicUsize,
}

/// What the way back needs.
struct Applied {
    migration: Migration,
    planned: Planned,
    before: ProjectState,
    catalog: String,
}

struct History<'a> {
    live: Live,
    state: ProjectState,
    rows: Rows,
    applied: Vec<Applied>,
    tally: &'a Tally,
    /// True where a refusal left the database between two states.
    is_over: bool,
}

/// How a history goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A few models through many edits; renames are taken half of the time.
    Long,
    /// Up to thirty models through one edit after another at once; renames are told.
    Large,
}

pub(crate) async fn run(server: &Server, kind: Kind, dice: Dice, tally: &Tally) -> Result<(), String> {
    let live = Live::new(server).await;
    let mut history = History {
        live,
        state: ProjectState::default(),
        rows: Rows::default(),
        applied: Vec::new(),
        tally,
        is_over: false,
    };
    let result = match kind {
        Kind::Long => history.there_and_back(dice).await,
        Kind::Large => history.at_once_and_back(dice).await,
    };
    let before = |applied: &Applied| told(&applied.migration, &[]);
    let History { live, applied, .. } = history;
    live.remove().await;
    result.map_err(|why| why + "\nafter\n" + &applied.iter().map(before).collect::<String>())
}

impl History<'_> {
    async fn there_and_back(&mut self, mut dice: Dice) -> Result<(), String> {
        let mut models = self.declared(roll(&mut dice));
        for _ in 0..4 {
            let known = renames(Pair::new(&self.state, &models), &mut dice);
            if !self.forwards(&models, known, true, &mut dice).await? {
                return Ok(());
            }
            models = self.declared(edit(&self.state, &mut dice));
        }
        self.backwards().await
    }

    async fn at_once_and_back(&mut self, mut dice: Dice) -> Result<(), String> {
        let counted = Counted::roll(&mut dice, |models| self.declared(models));
        if !self.forwards(&counted.states.previous, Known::default(), false, &mut dice).await? {
            return Ok(());
        }
        let (models, known) = (self.declared(counted.states.next.clone()), counted.known(&mut dice));
        let edited = |why| format!("{why}\n{}", counted.told.join("\n"));
        // Between two states there is no way back.
        let goes_on = self.forwards(&models, known, false, &mut dice).await.map_err(edited)?;
        if goes_on { self.backwards().await } else { Ok(()) }
    }

    /// From what there is to what the models say, and rows for what is new; false where the history ends between two states.
    async fn forwards(
        &mut self,
        models: &ProjectState,
        known: Known,
        doubtful: bool,
        dice: &mut Dice,
    ) -> Result<bool, String> {
        let detected = self.detect(models, known, doubtful, dice).await;
        if detected.errors.has_errors() {
            return Err(detected.errors.to_string());
        }
        for migration in detected.migrations {
            if !self.forward(migration).await? {
                break;
            }
        }
        if self.is_over {
            return Ok(false);
        }
        seed(&mut self.live, &self.state, dice).await;
        self.rows = Rows::read(&mut self.live, &self.state).await;
        self.tally.rows.fetch_add(self.rows.count(), Ordering::Relaxed);
        Ok(true)
    }

    async fn backwards(&mut self) -> Result<(), String> {
        while let Some(applied) = self.applied.pop() {
            if !self.back(applied).await? {
                break;
            }
        }
        Ok(())
    }

    /// What the database can be told to make.
    fn declared(&self, models: ProjectState) -> ProjectState {
        let facts = self.live.dialect().capabilities();
        possible(self.live.engine(), complete(had_by(facts, models)))
    }

    /// Renames that nobody told of are taken half of the time where they are doubtful; a required reference gets a key that is there.
    async fn detect(&mut self, models: &ProjectState, known: Known, doubtful: bool, dice: &mut Dice) -> Detected {
        let mut keys = Vec::new();
        for (name, model) in &models.models {
            for field in model.fields.iter().filter(|field| field.reference().is_some()) {
                if self.state.models.contains_key(&field.reference().unwrap().to) {
                    let key = key_of(&mut self.live, &self.state, field).await;
                    keys.push((format!("fill:{name}.{}", field.name), key));
                }
            }
        }
        let states = Pair::new(&self.state, models);
        let mut conversions = dice.some(48);
        let detected = answer_and_convert(states, known, &mut conversions, &mut |question| match question.kind {
            QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField
                if doubtful && dice.once_in(2) =>
            {
                Answer::yes()
            }
            QuestionKind::KeepValues if dice.once_in(2) => Answer::yes(),
            QuestionKind::RenameModel
            | QuestionKind::MoveModel
            | QuestionKind::RenameField
            | QuestionKind::KeepValues => Answer::no(),
            QuestionKind::DeleteApp => Answer::yes(),
            QuestionKind::Using => Answer::Unfilled { unfilled: true },
            QuestionKind::Fill => {
                let key = keys.iter().find(|(id, _)| *id == question.id).and_then(|(_, key)| key.clone());
                let key = key.filter(|_| filled_field(&question.id, models).is_some());
                Answer::Value(key.map_or_else(|| fill(&question.id, models), literal))
            }
        });
        // Two candidates for one old name, both taken, contradict each other; that no order is found is a fault.
        let contradicts = detected.errors.iter().any(|error| error.code != "E305");
        if !contradicts {
            return detected;
        }
        answer_and_convert(states, Known::of(states), &mut conversions, &mut |question| plain_answer(question, models))
    }

    /// False where the migration was refused, and the database is as it was.
    async fn forward(&mut self, migration: Migration) -> Result<bool, String> {
        let catalog = self.live.catalog().await;
        let planned = match plan(&migration.app, &migration.operations, &self.state, self.live.dialect()) {
            Ok(planned) => planned,
            Err(why) => {
                self.tally.refused.fetch_add(1, Ordering::Relaxed);
                let known = why.iter().all(|d| matches!(d.code, "E420" | "E422" | "E424"));
                return if known { Ok(false) } else { Err(format!("{why}\n{}", told(&migration, &[]))) };
            }
        };
        let (before, rows) = (self.state.clone(), self.rows.clone());
        let done = self.step(&migration, migration.operations.clone(), &planned.up, &catalog).await?;
        if done {
            self.tally.applied.fetch_add(1, Ordering::Relaxed);
            self.applied.push(Applied { migration, planned, before, catalog });
        } else {
            (self.state, self.rows) = (before, rows);
        }
        Ok(done)
    }

    async fn back(&mut self, applied: Applied) -> Result<bool, String> {
        let Applied { migration, planned, before, catalog } = applied;
        let (Some(down), Some(reversed)) =
            (planned.down, migration.operations.iter().rev().map(Operation::reverse).collect())
        else {
            return Err(format!("no way back\n{}", told(&migration, &[])));
        };
        let now = self.live.catalog().await;
        if !self.step(&migration, reversed, &down, &now).await? {
            return Ok(false);
        }
        self.tally.undone.fetch_add(1, Ordering::Relaxed);
        self.state = before;
        let found = self.live.catalog().await;
        if found == catalog {
            return Ok(true);
        }
        Err(format!("back, the catalog is\n{found}and was\n{catalog}\n{}", told(&migration, &down)))
    }

    /// Runs steps, and compares what comes out with what the operations should make of state and rows.
    async fn step(
        &mut self,
        migration: &Migration,
        operations: Vec<Operation>,
        steps: &[Step],
        catalog: &str,
    ) -> Result<bool, String> {
        let told = || format!("{}\n{operations:#?}", told(migration, steps));
        let result = self.live.steps(&self.state, steps).await;
        let refused = result.is_err();
        if let Err(why) = result {
            self.tally.refused.fetch_add(1, Ordering::Relaxed);
            if !is_refusal(self.live.engine(), &why) {
                return Err(format!("{why}\n{}", told()));
            }
            let transactional = self.live.dialect().capabilities().transactional_ddl;
            if !transactional && !is_first(&why, steps) {
                // What changed before the refusal stays, and how it goes on is the journal's affair.
                self.tally.halves.fetch_add(1, Ordering::Relaxed);
                self.is_over = true;
                return Ok(false);
            }
            if self.live.catalog().await != catalog {
                return Err(format!("refused, and the catalog changed: {why}\n{}", told()));
            }
        } else {
            for operation in &operations {
                self.rows.follow(&migration.app, operation, &mut self.state);
            }
            self.live.like_fresh(&self.state).await.map_err(|why| format!("{why}\n{}", told()))?;
        }
        self.rows.compare(&mut self.live, &self.state).await.map_err(|why| format!("{why}\n{}", told()))?;
        Ok(!refused)
    }
}

/// True for a refusal because of rows: counted before anything changes, or found by the database, and then nothing is left of it.
pub(crate) fn is_refusal(engine: Engine, why: &Error) -> bool {
    let text = why.to_string();
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    let found = says(match engine {
        Engine::Sqlite => &["UNIQUE constraint failed", "CHECK constraint failed", "rows would lose their target"],
        // The last two: a column of a composite key, or of a check, gets a type that does not compare with the other side's.
        Engine::Postgres => &[
            "invalid input syntax",
            "violates",
            "is violated",
            "could not create unique",
            "cannot be implemented",
            "operator does not exist",
        ],
        Engine::Mysql | Engine::Mariadb => &[
            "a foreign key constraint fails",
            "Duplicate entry",
            "is violated",
            "` failed for `",
            "Incorrect ",
            // A fill gives many rows the one number.
            "causes auto_increment resequencing",
            // What a row that is refused while the table is copied becomes, where others refer to the table.
            "Cannot delete rows from table which is parent",
            "are incompatible",
            "Foreign key constraint is incorrectly formed",
        ],
    });
    let is_whole = !dialect(engine).capabilities().transactional_ddl || text.contains("rolled back");
    (is_counted(why) || found && is_whole) && !text.contains("mismatch")
}

/// True where the step that was refused is the first that changes anything.
fn is_first(why: &Error, steps: &[Step]) -> bool {
    let text = why.to_string();
    let number = text.split_once(": step ").and_then(|(_, rest)| rest.split(' ').next()?.parse::<usize>().ok());
    let before = number.map_or(steps, |number| &steps[..number - 1]);
    before.iter().flat_map(Step::statements).all(|statement| statement.starts_with("SELECT count(*)"))
}

/// True where rows were counted.
fn is_counted(why: &Error) -> bool {
    let text = why.to_string();
    ["rows of `", "values of `", "values of the unique index"].iter().any(|part| text.contains(part))
}

fn literal(text: String) -> Literal {
    text.parse().map_or(Literal::Text(text), Literal::Integer)
}

fn told(migration: &Migration, steps: &[Step]) -> String {
    let mut text = format!("{}\n", migration.reference());
    for operation in &migration.operations {
        let _ = writeln!(text, "  {}", operation.describe());
    }
    for statement in steps.iter().flat_map(Step::statements) {
        let _ = writeln!(text, "{statement};");
    }
    text
}
