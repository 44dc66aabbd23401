//! A database that the executor runs plans on, and that compares what comes out with a fresh one.

use fastdjango_core::dialect::Sqlite;
use fastdjango_core::error::Error;
use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::migration::Step;
use fastdjango_core::name::{AppLabel, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::planner::{Planned, plan};
use fastdjango_core::state::{FieldKind, FieldState, ModelState, Pairs, ProjectState, Reference};
use fastdjango_tests::live::{Live, Server};

pub(crate) struct Database {
    live: Live,
    pub(crate) states: Vec<ProjectState>,
}

impl Database {
    pub(crate) async fn new() -> Self {
        Self { live: Live::new(&Server::sqlite()).await, states: vec![ProjectState::default()] }
    }

    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), String> {
        self.live.run(sql).await
    }

    pub(crate) async fn text(&mut self, sql: &str) -> String {
        self.live.text(sql).await
    }

    /// Plans and runs; what comes out must be what a fresh database would have.
    pub(crate) async fn migrate(&mut self, operations: &[Operation]) -> Result<Planned, String> {
        let app = AppLabel::new("blog");
        let before = self.states.last().unwrap().clone();
        let planned = plan(&app, operations, &before, &Sqlite::DEFAULT).map_err(|d| d.to_string())?;
        assert_eq!(
            planned,
            plan(&app, operations, &before, &Sqlite::DEFAULT).unwrap(),
            "the same input has the same plan"
        );
        self.steps(&planned.up).await?;
        let mut after = before;
        for operation in operations {
            operation.apply(&app, &mut after).map_err(|d| d.to_string())?;
        }
        self.assert_like_fresh(&after).await;
        self.states.push(after);
        Ok(planned)
    }

    /// Takes the last migration back.
    pub(crate) async fn back(&mut self, planned: Planned) -> Result<(), String> {
        self.steps(&planned.down.unwrap()).await?;
        self.states.pop();
        let state = self.states.last().unwrap().clone();
        self.assert_like_fresh(&state).await;
        Ok(())
    }

    /// Runs the steps with the executor; an error is the first sentence of it.
    async fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        let said = |e: Error| e.diagnostics().iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("; ");
        let run = self.live.steps(self.states.last().unwrap(), steps).await.map_err(said);
        run.map_err(|message| message.rsplit(": ").next().unwrap_or_default().to_owned())
    }

    async fn assert_like_fresh(&mut self, state: &ProjectState) {
        self.live.like_fresh(state).await.unwrap_or_else(|why| panic!("{why}"));
    }
}

/// The steps as `sqlmigrate` would print them.
pub(crate) fn told(steps: &[Step]) -> String {
    let mut text = Vec::new();
    for step in steps {
        match step {
            Step::Verify { verify, found } => text.push(format!("-- verify: {found}\n{verify}")),
            Step::Rebuild { rebuild, sql } => text.push(format!("-- rebuild {rebuild}\n{}", sql.join(";\n"))),
            Step::Rust { rust } => text.push(format!("-- rust: {rust}")),
            Step::Drop { drop, sql } => text.push(format!("-- drop {drop}\n{sql}")),
            Step::Sql(sql) | Step::Autocommit { autocommit: sql } => text.push(sql.clone()),
        }
    }
    text.join(";\n")
}

pub(crate) fn field(name: &str, ty: ColumnType) -> FieldState {
    FieldState::new(name, FieldKind::Column(ty))
}

pub(crate) fn refer(name: &str, to: &str, on_delete: OnDelete) -> FieldState {
    let reference = Reference {
        to: ModelRef::new("blog", to),
        to_field: None,
        on_delete,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: None,
    };
    FieldState::new(name, FieldKind::ForeignKey(reference))
}

pub(crate) fn many(name: &str, to: &str) -> FieldState {
    FieldState::new(name, FieldKind::ManyToMany(Pairs { to: ModelRef::new("blog", to), through: None }))
}

/// A model with an automatic `id` before its fields.
pub(crate) fn model(table: &str, fields: Vec<FieldState>) -> ModelState {
    let mut id = field("id", ColumnType::BigInt);
    id.auto = true;
    let mut model = ModelState::new(table);
    model.fields.push(id);
    model.fields.extend(fields);
    model.primary_key = vec!["id".into()];
    model
}

pub(crate) fn author() -> ModelState {
    model("blog_author", vec![field("name", ColumnType::Text)])
}

pub(crate) fn last(database: &Database, name: &str) -> ModelState {
    database.states.last().unwrap().models[&ModelRef::new("blog", name)].clone()
}

pub(crate) fn create(name: &str, definition: ModelState) -> Operation {
    Operation::CreateModel { model: name.into(), definition }
}

pub(crate) fn add(model: &str, field: FieldState) -> Operation {
    Operation::AddField { model: model.into(), field, fill: None }
}

pub(crate) fn remove(model: &str, field: FieldState) -> Operation {
    Operation::RemoveField { model: model.into(), field, reverse_fill: None }
}

pub(crate) fn alter(model: &str, from: FieldState, to: FieldState) -> Operation {
    Operation::alter_field(model, from, to)
}

pub(crate) fn rename(model: &str, from: &str, to: &str) -> Operation {
    Operation::RenameField { model: model.into(), from: from.into(), to: to.into() }
}
