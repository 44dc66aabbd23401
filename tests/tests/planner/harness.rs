//! A database that the executor runs plans on, and that compares what comes out with a fresh one.

use std::fmt::Write;

use fastdjango_core::backend::{Access, Connection, Direction, RunOptions, Unit};
use fastdjango_core::ddl::Statement;
use fastdjango_core::dialect::{Dialect, Sqlite};
use fastdjango_core::error::Error;
use fastdjango_core::field::{ColumnType, Engine, OnDelete};
use fastdjango_core::migration::{Step, rebuilt};
use fastdjango_core::name::{AppLabel, MigrationRef, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::planner::{Planned, plan};
use fastdjango_core::schema::{Table, compare, lower_all};
use fastdjango_core::state::{FieldKind, FieldState, ModelState, Pairs, ProjectState, Reference};

pub(crate) struct Database {
    connection: Connection,
    pub(crate) states: Vec<ProjectState>,
    runs: usize,
    _folder: tempfile::TempDir,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open_sqlite(&folder.path().join("db.sqlite3"), Access::Write).await.unwrap();
        Self { connection, states: vec![ProjectState::default()], runs: 0, _folder: folder }
    }

    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), String> {
        self.connection.execute(sql).await.map_err(|e| e.to_string())
    }

    pub(crate) async fn text(&mut self, sql: &str) -> String {
        let rows = self.connection.query(&format!("SELECT CAST(({sql}) AS text)")).await.unwrap();
        rows[0][0].text().unwrap_or_default().to_owned()
    }

    /// Plans and runs; what comes out must be what a fresh database would have.
    pub(crate) async fn migrate(&mut self, operations: &[Operation]) -> Result<Planned, String> {
        let app = AppLabel::new("blog");
        let before = self.states.last().unwrap().clone();
        let planned = plan(&app, operations, &before, &Sqlite).map_err(|d| d.to_string())?;
        assert_eq!(planned, plan(&app, operations, &before, &Sqlite).unwrap(), "the same input has the same plan");
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
        self.runs += 1;
        let rebuilt = rebuilt(steps);
        let mut declared = lower_all(self.states.last().unwrap()).unwrap().tables;
        declared.retain(|name, _| rebuilt.contains(name));
        let declared: Vec<Table> = declared.into_values().collect();
        let unit = Unit {
            migration: MigrationRef::new("blog", format!("{:04}", self.runs)),
            checksum: "",
            text_hash: "",
            steps,
            declared: &declared,
            direction: Direction::Forward,
            requires: &[],
            excludes: &[],
            atomic: true,
            note: "",
        };
        let run = self.connection.run(&unit, &RunOptions::default(), &mut |_| ()).await;
        let said = |e: Error| e.diagnostics().iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("; ");
        run.map_err(said).map_err(|message| message.rsplit(": ").next().unwrap_or_default().to_owned())?;
        let violations = self.connection.query("PRAGMA foreign_key_check").await.unwrap();
        assert_eq!(violations.len(), 0, "foreign keys hold");
        Ok(())
    }

    async fn assert_like_fresh(&mut self, state: &ProjectState) {
        let mut fresh = Self::new().await;
        for table in lower_all(state).unwrap().tables.into_values() {
            let name = table.name.clone();
            let indexes = table.indexes.clone();
            fresh.run(&Sqlite.render(&Statement::CreateTable(Box::new(table)))).await.unwrap();
            for index in indexes {
                let statement = Statement::CreateIndex { table: name.clone(), index: Box::new(index) };
                fresh.run(&Sqlite.render(&statement)).await.unwrap();
            }
        }
        assert_eq!(self.drift(state).await, Vec::<String>::new());
        let (here, there) = (self.catalog().await, fresh.catalog().await);
        assert_eq!(here, there, "{}", self.text("SELECT group_concat(sql, char(10)) FROM sqlite_schema").await);
    }

    /// How the database differs from the state, in words.
    async fn drift(&mut self, state: &ProjectState) -> Vec<String> {
        let (mut expected, mut found) = (lower_all(state).unwrap(), self.connection.introspect().await.unwrap());
        Sqlite.normalize(&mut expected);
        Sqlite.normalize(&mut found);
        compare(&expected, &found, Engine::Sqlite).iter().map(ToString::to_string).collect()
    }

    /// Tables, columns, keys, and indexes, in an order that does not depend on how they came.
    async fn catalog(&mut self) -> String {
        const CATALOG: &[&str] = &[
            "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') || ' ' || c.pk || ' ' || c.hidden FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name LIKE 'blog%' ORDER BY 1",
            "SELECT t.name || '.' || f.\"from\" || '->' || f.\"table\" || '.' || f.\"to\" || ' ' || f.on_delete || ' ' || f.on_update FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND t.name LIKE 'blog%' ORDER BY 1",
            "SELECT t.name || ' ' || CASE WHEN i.origin = 'c' THEN i.name ELSE i.origin END || ' ' || i.\"unique\" || i.partial || ' ' || (SELECT group_concat(coalesce(x.name, '?') || x.\"desc\") FROM pragma_index_xinfo(i.name) x WHERE x.key) FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name LIKE 'blog%' ORDER BY 1",
        ];
        let mut text = String::new();
        for sql in CATALOG {
            for row in self.connection.query(sql).await.unwrap() {
                writeln!(text, "{}", row[0].text().unwrap_or_default()).unwrap();
            }
        }
        text
    }
}

/// The steps as `sqlmigrate` would print them.
pub(crate) fn told(steps: &[Step]) -> String {
    let mut text = Vec::new();
    for step in steps {
        match step {
            Step::Verify { verify, found } => text.push(format!("-- verify: {found}\n{verify}")),
            Step::Rebuild { rebuild, sql } => text.push(format!("-- rebuild {rebuild}\n{}", sql.join(";\n"))),
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
    Operation::AlterField { model: model.into(), from, to, fill: None, reverse_fill: None }
}

pub(crate) fn rename(model: &str, from: &str, to: &str) -> Operation {
    Operation::RenameField { model: model.into(), from: from.into(), to: to.into() }
}
