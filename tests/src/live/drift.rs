//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made.

use fastdjango_core::field::Engine;
use fastdjango_core::migration::parse;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::schema::{Found, Raised, lower_all, raise};
use fastdjango_core::state::ProjectState;

use super::{Live, Server};
use crate::generate::{Dice, answer_all, managed, roll};

impl Live {
    /// How the database differs from what the models say, in words.
    pub async fn drift(&mut self, state: &ProjectState) -> Vec<String> {
        let expected = lower_all(state).unwrap();
        let dialect = self.dialect();
        let differences = self.connection.drift(&expected, dialect).await.unwrap_or_else(|why| panic!("{why}"));
        differences.iter().map(ToString::to_string).collect()
    }

    /// The database as models, those of `guide` where they are there, and what no model can say.
    async fn raised(&mut self, guide: &ProjectState) -> (ProjectState, usize) {
        let expected = lower_all(guide).unwrap();
        let dialect = self.dialect();
        let found: Found = self.connection.found(&expected, dialect).await.unwrap_or_else(|why| panic!("{why}"));
        let Raised { state, left_out } = raise(&found, guide, &"db".into()).unwrap();
        let mut contradictions = state.contradictions(&|_| None);
        // A name of MySQL's may name one thing of each kind, and an index in each table.
        contradictions.0.retain(|found| !found.message.contains("names two indexes or constraints"));
        assert!(contradictions.is_empty(), "{contradictions:?}\n{state:#?}");
        (state, left_out.0.len())
    }

    /// What is not as it should be of the models that the database is raised to, with these models to name them and with none.
    async fn unlike_raised(&mut self, state: &ProjectState) -> Vec<String> {
        let mut wrong = Vec::new();
        for guide in [state, &ProjectState::default()] {
            let (raised, left_out) = self.raised(guide).await;
            let drift = self.drift(&raised).await;
            if drift.len() != left_out {
                wrong.extend(drift.into_iter().map(|what| format!("raised otherwise, {left_out} left out: {what}")));
            }
        }
        wrong
    }

    /// Makes the state by migrations, and returns it with the names that they gave; none where the database cannot have it.
    async fn made(&mut self, state: &ProjectState) -> Option<ProjectState> {
        let nothing = ProjectState::default();
        let mut now = nothing.clone();
        for migration in answer_all(Pair::new(&nothing, state)).migrations {
            let planned = plan(&migration.app, &migration.operations, &now, self.dialect()).ok()?;
            self.steps(&now, &planned.up).await.unwrap_or_else(|why| panic!("{why}"));
            for operation in &migration.operations {
                operation.apply(&migration.app, &mut now).unwrap();
            }
        }
        Some(now)
    }
}

/// Databases of random models differ in nothing from what the models say; `possible` takes out what the engine cannot have.
///
/// # Panics
/// Where one does, or where hardly any could be made.
pub async fn nothing_drifts(server: &Server, possible: fn(Engine, ProjectState) -> ProjectState) {
    let (mut compared, mut drifted) = (0, Vec::new());
    for seed in 1..=24 {
        let state = possible(server.engine(), managed(roll(&mut dice(seed))));
        let mut live = Live::new(server).await;
        if let Some(state) = live.made(&state).await {
            compared += 1;
            let mut wrong = live.drift(&state).await;
            wrong.extend(live.unlike_raised(&state).await);
            let (raised, left_out) = live.raised(&state).await;
            assert_eq!(left_out, 0, "{}: a model can say all of what it said", server.name);
            let changes = answer_all(Pair::new(&raised, &state)).migrations;
            wrong.extend(changes.iter().map(|migration| format!("raised to others: {:?}", migration.operations)));
            drifted.extend(wrong.into_iter().map(|what| format!("{seed}: {what}")));
        }
        live.remove().await;
    }
    assert!(compared >= 12, "{}: only {compared} states could be made", server.name);
    assert!(drifted.is_empty(), "{}: {}", server.name, drifted.join("\n"));
}

/// Numbers that look random, and are the same everywhere.
fn dice(seed: u64) -> Dice {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from(state >> 48).unwrap_or(0)
    };
    Dice::new((0..400).map(|_| next()).collect())
}

/// Models with something of everything that can be changed, as operations; the collation of a text and the indexes are not every
/// database's.
#[must_use]
pub fn drifting(collation: &str, indexes: &str) -> String {
    const MODELS: &str = r#"
[[operations]]
op = "create_model"
model = "Author"
table = "blog_author"
fields = [{ name = "id", type = "bigint", auto = true }]
primary_key = ["id"]

[[operations]]
op = "create_model"
model = "Post"
table = "blog_post"
fields = [
    { name = "id", type = "bigint", auto = true },
    { name = "title", type = "varchar(20)", default = "new" },
    { name = "slug", type = "varchar(20)", collation = "COLLATION" },
    { name = "rating", type = "integer" },
    { name = "price", type = "integer", null = true },
    { name = "twice", type = "integer", null = true, generated = { expression = "rating * 2 + 1", stored = true } },
    { name = "author", type = "foreign_key", to = "blog.Author", on_delete = "cascade" },
]
primary_key = ["id"]
constraints = [
    { name = "post_rating", kind = "check", sql = "rating BETWEEN 0 AND 5 OR title IN ('a', 'b')" },
    { name = "post_once", kind = "unique", fields = ["title", "rating"] },
]
"#;
    format!("{}indexes = [{indexes}]\n", MODELS.replace("COLLATION", collation))
}

/// What a test changes by hand, and what the differences must say that are told of it, no more and no fewer.
pub type ByHand<'a> = (&'a str, &'a [&'a str]);

/// Changes a database of the models by hand, one change a database, and sees that each is found for what it is.
///
/// `models` are operations as a migration has them. A statement's names are in `"`; on `SQLite`, where a table is what its statement
/// says, a change is `from => to` in the statement of the table or index that has `from`.
///
/// # Panics
/// Where the database differs before, or otherwise than told after.
pub async fn every_change_is_seen(server: &Server, models: &str, changes: &[ByHand<'_>]) {
    let mut wrong = Vec::new();
    for (change, told) in changes {
        let mut live = Live::new(server).await;
        let state = live.made(&read(models)).await.expect("the database can have the models");
        assert_eq!(live.drift(&state).await, [""; 0], "{}: nobody changed anything", server.name);
        live.by_hand(change).await;
        let drift = live.drift(&state).await;
        let is_told = drift.len() == told.len() && drift.iter().zip(*told).all(|(drift, told)| drift.contains(told));
        if !is_told || told.iter().any(|told| told.is_empty()) {
            wrong.push(format!("{change}\n  {}", drift.join("\n  ")));
        }
        let otherwise = live.unlike_raised(&state).await;
        wrong.extend(otherwise.into_iter().map(|what| format!("{change}\n  {what}")));
        live.remove().await;
    }
    assert!(wrong.is_empty(), "{}: told otherwise\n{}", server.name, wrong.join("\n"));
}

/// The state that operations lead to.
fn read(models: &str) -> ProjectState {
    let text = format!("format = 1\n{models}");
    let migration =
        parse(&"blog".into(), &"0001_initial".into(), "models", &text).unwrap_or_else(|why| panic!("{why}"));
    let mut state = ProjectState::default();
    for operation in &migration.operations {
        operation.apply(&migration.app, &mut state).unwrap_or_else(|why| panic!("{why}"));
    }
    state
}

impl Live {
    async fn by_hand(&mut self, change: &str) {
        let Some((from, to)) = change.split_once(" => ").filter(|_| self.engine() == Engine::Sqlite) else {
            return self.run(change).await.unwrap_or_else(|why| panic!("{change}: {why}"));
        };
        let all = self
            .texts("SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'blog_post' AND sql IS NOT NULL")
            .await;
        assert!(all.iter().any(|row| row[2].contains(from)), "nothing has `{from}`: {all:?}");
        self.run("DROP TABLE blog_post").await.unwrap();
        for row in all {
            self.run(&row[2].replace(from, to)).await.unwrap_or_else(|why| panic!("{change}: {why}"));
        }
    }
}
