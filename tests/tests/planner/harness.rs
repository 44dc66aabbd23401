//! A database in memory that runs plans as the executor does, and compares what comes out with a fresh one.

use std::fmt::Write;

use fastdjango_core::ddl::Statement;
use fastdjango_core::dialect::{Dialect, Sqlite};
use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::migration::Step;
use fastdjango_core::name::{AppLabel, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::planner::{Planned, plan};
use fastdjango_core::schema::lower_all;
use fastdjango_core::state::{FieldKind, FieldState, ModelState, Pairs, ProjectState, Reference};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

pub(crate) struct Database {
    connection: SqliteConnection,
    pub(crate) states: Vec<ProjectState>,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        Self { connection, states: vec![ProjectState::default()] }
    }

    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await.map(drop)
    }

    pub(crate) async fn text(&mut self, sql: &str) -> String {
        let sql = format!("SELECT CAST(({sql}) AS text)");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut self.connection).await.unwrap();
        row.get::<Option<String>, _>(0).unwrap_or_default()
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

    async fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        let off = steps.iter().any(Step::suspends_foreign_keys);
        self.run(if off { "PRAGMA foreign_keys = OFF" } else { "PRAGMA foreign_keys = ON" }).await.unwrap();
        self.run("BEGIN IMMEDIATE").await.unwrap();
        for step in steps {
            if let Err(error) = self.step(step).await {
                self.run("ROLLBACK").await.unwrap();
                return Err(error);
            }
        }
        self.run("COMMIT").await.map_err(|e| e.to_string())?;
        self.run("PRAGMA foreign_keys = ON").await.unwrap();
        let violations = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut self.connection).await.unwrap();
        assert_eq!(violations.len(), 0, "foreign keys hold");
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        if let Step::Verify { verify, found } = step {
            let count = self.text(verify).await;
            return if count == "0" { Ok(()) } else { Err(format!("{count} {found}")) };
        }
        for statement in step.statements() {
            self.run(statement).await.map_err(|e| format!("{e}\n{statement}"))?;
        }
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
        let (here, there) = (self.catalog().await, fresh.catalog().await);
        assert_eq!(here, there, "{}", self.text("SELECT group_concat(sql, char(10)) FROM sqlite_schema").await);
    }

    /// Tables, columns, keys, and indexes, in an order that does not depend on how they came.
    async fn catalog(&mut self) -> String {
        const CATALOG: &[&str] = &[
            "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') || ' ' || c.pk || ' ' || c.hidden FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY 1",
            "SELECT t.name || '.' || f.\"from\" || '->' || f.\"table\" || '.' || f.\"to\" || ' ' || f.on_delete || ' ' || f.on_update FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY 1",
            "SELECT t.name || ' ' || CASE WHEN i.origin = 'c' THEN i.name ELSE i.origin END || ' ' || i.\"unique\" || i.partial || ' ' || (SELECT group_concat(coalesce(x.name, '?') || x.\"desc\") FROM pragma_index_xinfo(i.name) x WHERE x.key) FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' ORDER BY 1",
        ];
        let mut text = String::new();
        for sql in CATALOG {
            for row in sqlx::query(*sql).fetch_all(&mut self.connection).await.unwrap() {
                writeln!(text, "{}", row.get::<String, _>(0)).unwrap();
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
