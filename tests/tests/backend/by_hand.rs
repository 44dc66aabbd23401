//! What somebody added to a table by hand: a rebuild keeps it, or is refused before anything runs.

use fastdjango_core::backend::{Direction, Unit};
use fastdjango_core::ddl::Statement;
use fastdjango_core::dialect::{Dialect, Sqlite};
use fastdjango_core::error::Error;
use fastdjango_core::field::{ColumnType, Default, Literal, Sql};
use fastdjango_core::migration::Step;
use fastdjango_core::name::{AppLabel, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::planner::plan;
use fastdjango_core::schema::lower_all;
use fastdjango_core::state::{FieldKind, FieldState, ModelState, ProjectState};

use super::harness::{TestDb, options, unit};

fn field(name: &str, ty: ColumnType) -> FieldState {
    FieldState::new(name, FieldKind::Column(ty))
}

/// A post of five columns.
fn post() -> ProjectState {
    let mut id = field("id", ColumnType::BigInt);
    id.auto = true;
    let mut stars = field("stars", ColumnType::Integer);
    stars.default = Some(Default::Value(Literal::Integer(3)));
    let mut note = field("note", ColumnType::Text);
    note.null = true;
    let mut model = ModelState::new("blog_post");
    let mut link = field("link", ColumnType::Text);
    link.null = true;
    model.fields = vec![id, field("title", ColumnType::Text), stars, link, note].into();
    model.primary_key = vec!["id".into()];
    let mut state = ProjectState::default();
    state.models.insert(ModelRef::new("blog", "Post"), model);
    state
}

/// `note` becomes required, which takes a rebuild.
fn required() -> Operation {
    let from = post().models[&ModelRef::new("blog", "Post")].fields[4].clone();
    let to = FieldState { null: false, ..from.clone() };
    Operation::alter_field("Post", from, to)
}

fn rename(from: &str, to: &str) -> Operation {
    Operation::RenameField { model: "Post".into(), from: from.into(), to: to.into() }
}

/// A database whose table of posts was made by the model's own statement, with one text in it replaced.
async fn changed(from: &str, to: &str) -> TestDb {
    let table = lower_all(&post()).expect("a schema").tables.remove("blog_post").expect("the table");
    let create = Sqlite::DEFAULT.render(&Statement::CreateTable(Box::new(table)));
    assert!(create.contains(from), "{create} has no {from}");
    let create = create.replacen(from, to, 1);
    let other = "CREATE TABLE other (id text PRIMARY KEY); INSERT INTO other VALUES ('a')";
    TestDb::with(&format!("{other};{create};INSERT INTO blog_post (id, title, note) VALUES (1, 'A', 'a')")).await
}

fn planned(operations: &[Operation]) -> Vec<Step> {
    plan(&AppLabel::new("blog"), operations, &post(), &Sqlite::DEFAULT).expect("a plan").up
}

async fn run(db: &TestDb, steps: &[Step]) -> Result<(), Error> {
    let declared: Vec<_> = lower_all(&post()).expect("a schema").tables.into_values().collect();
    let unit = Unit { declared: &declared, ..unit("0002_note", steps, Direction::Forward) };
    db.open().await.run(&unit, &options(), &mut |_| ()).await.map(|_| ())
}

const LAST: &str = "\"note\" text\n)";

/// What somebody may do to the statement that made the table, and how the refusal calls it.
const CHANGES: [(&str, &str, &str); 19] = [
    ("\"title\" text NOT NULL", "\"title\" text NOT NULL UNIQUE", "UNIQUE (\"title\")"),
    (LAST, "\"note\" text, UNIQUE (title, stars))", "UNIQUE (\"title\", \"stars\")"),
    (LAST, "\"note\" text, CHECK (stars BETWEEN 0 AND 5))", "CHECK ( stars BETWEEN 0 AND 5 )"),
    (LAST, "\"note\" text REFERENCES other (id) ON DELETE CASCADE)", "ON DELETE CASCADE"),
    (LAST, "\"note\" text REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED)", "DEFERRABLE INITIALLY DEFERRED"),
    (LAST, "\"note\" text REFERENCES other (id) DEFERRABLE)", "DEFERRABLE INITIALLY IMMEDIATE"),
    ("\"title\" text NOT NULL", "\"title\" text NOT NULL DEFAULT 'none'", "\"title\" DEFAULT 'none'"),
    ("DEFAULT 3", "DEFAULT 4", "`\"stars\" DEFAULT 4` is there; the models say `\"stars\" DEFAULT 3`"),
    ("\"link\" text", "\"link\" text NOT NULL DEFAULT 'none'", "\"link\" NOT NULL"),
    (
        "PRIMARY KEY AUTOINCREMENT,\n    \"title\" text NOT NULL",
        ",\n    \"title\" text NOT NULL PRIMARY KEY",
        "PRIMARY KEY (\"title\")",
    ),
    ("\"title\" text", "\"title\" text COLLATE NOCASE", "\"title\" COLLATE NOCASE"),
    (LAST, "\"note\" text, UNIQUE (title COLLATE NOCASE))", "\"title\" COLLATE NOCASE"),
    (
        "\"stars\" integer NOT NULL DEFAULT 3",
        "\"stars\" integer NOT NULL AS (length(title)) STORED",
        "\"stars\" GENERATED ALWAYS AS ( length(title) ) STORED",
    ),
    (
        "\"stars\" integer NOT NULL DEFAULT 3",
        "\"stars\" integer NOT NULL AS (length(title))",
        "\"stars\" GENERATED ALWAYS AS ( length(title) ) VIRTUAL",
    ),
    (LAST, "\"note\" text NOT NULL)", "\"note\" NOT NULL"),
    ("\"title\" text", "\"title\" varchar(20)", "\"title\" varchar(20)"),
    ("\"stars\" integer", "\"stars\" money", "\"stars\" money"),
    ("\"title\" text NOT NULL", "\"title\" text NOT NULL ON CONFLICT REPLACE", "ON CONFLICT REPLACE"),
    (LAST, "\"note\" text CHECK (note <> 'a,)'))", "CHECK ( note <> 'a,)' )"),
];

#[tokio::test]
async fn what_no_model_declares_stops_a_rebuild_before_anything_runs() {
    for (from, to, fact) in CHANGES {
        let db = changed(from, to).await;
        let rebuilds_anyway = fact.contains("\"note\" NOT NULL");
        let steps = planned(&[rename("title", "name"), required()]);
        let before = db.rows("SELECT name, sql FROM sqlite_schema").await;
        let result = run(&db, &steps).await;
        if rebuilds_anyway {
            result.expect("the migration declares it");
            continue;
        }
        let error = result.expect_err(to);
        let text = error.to_string();
        assert_eq!(error.code(), "E640", "{to}: {text}");
        for part in [fact, "`blog_post`", "nothing of this migration is in the database", "makemigrations", "edited"] {
            assert!(text.contains(part), "{to}: `{part}` is not in:\n{text}");
        }
        assert_eq!(db.rows("SELECT name, sql FROM sqlite_schema").await, before);
    }
}

#[tokio::test]
async fn the_table_of_the_models_stops_nothing() {
    let db = changed(LAST, LAST).await;
    run(&db, &planned(&[rename("title", "name"), required()])).await.expect("nobody changed it");
}

/// The statement of the rebuild that makes the new table, with a text in it replaced, as `edited` allows.
fn edited(from: &str, to: &str) -> Vec<Step> {
    let mut steps = planned(&[rename("title", "name"), required()]);
    for step in &mut steps {
        if let Step::Rebuild { sql, .. } = step {
            assert!(sql[0].contains(from), "{} has no {from}", sql[0]);
            sql[0] = sql[0].replacen(from, to, 1);
        }
    }
    steps
}

#[tokio::test]
async fn what_the_edited_text_keeps_or_lets_go_runs() {
    let unique = || changed("\"title\" text NOT NULL", "\"title\" text NOT NULL UNIQUE");
    let db = unique().await;
    run(&db, &edited("\"name\" text NOT NULL", "\"name\" text NOT NULL UNIQUE")).await.expect("it is kept");
    assert_eq!(db.rows("SELECT count(*) FROM pragma_index_list('blog_post') WHERE origin = 'u'").await, ["1"]);
    let db = unique().await;
    run(&db, &edited("\n)", "\n)\n-- drops UNIQUE (\"title\")\n")).await.expect("it may go");
    let db = unique().await;
    run(&db, &edited("\n)", "\n)\n-- drops UNIQUE (\"name\")\n")).await.expect("it may go under its new name too");
    let db = unique().await;
    let error =
        run(&db, &edited("\n)", "\n)\n-- drops UNIQUE (\"stars\")\n")).await.expect_err("something else may go");
    assert_eq!(error.code(), "E640");
}

#[tokio::test]
async fn what_goes_with_its_column_goes() {
    let db = changed("\"title\" text NOT NULL", "\"title\" text NOT NULL DEFAULT 'x' CHECK (title <> '')").await;
    let title = post().models[&ModelRef::new("blog", "Post")].fields[1].clone();
    let remove = Operation::RemoveField { model: "Post".into(), field: title, reverse_fill: None };
    run(&db, &planned(&[remove, required()])).await.expect("nobody misses it");
}

#[tokio::test]
async fn what_is_about_a_column_that_stays_does_not_go_with_another() {
    let db = changed(LAST, "\"note\" text, UNIQUE (title, stars))").await;
    let title = post().models[&ModelRef::new("blog", "Post")].fields[1].clone();
    let remove = Operation::RemoveField { model: "Post".into(), field: title, reverse_fill: None };
    let error = run(&db, &planned(&[remove, required()])).await.expect_err("`stars` stays");
    assert_eq!(error.code(), "E640", "{error}");
    assert!(error.to_string().contains("UNIQUE (\"title\", \"stars\")"), "{error}");
}

/// A migration that renames the table of posts before it rebuilds it, with more in the new table than the model says.
fn renamed(keep: &str) -> Vec<Step> {
    let table =
        Operation::AlterModelTable { model: "Post".into(), from: "blog_post".into(), to: "blog_article".into() };
    let mut steps = planned(&[table, required()]);
    if let Some(Step::Rebuild { sql, .. }) = steps.last_mut() {
        sql[0] = sql[0].replacen("\n)", &format!("{keep}\n)"), 1);
    }
    steps
}

#[tokio::test]
async fn what_was_added_by_hand_is_found_under_the_tables_former_name() {
    let db = changed(LAST, "\"note\" text, FOREIGN KEY (link) REFERENCES blog_post (id))").await;
    let error = run(&db, &renamed("")).await.expect_err("it would be lost");
    assert_eq!(error.code(), "E640", "{error}");
    run(&db, &renamed(", FOREIGN KEY (link) REFERENCES blog_article (id)")).await.expect("the text keeps it");
}

#[tokio::test]
async fn what_was_added_by_hand_is_followed_through_the_renames_of_its_table_and_column() {
    let db = changed("\"title\" text NOT NULL", "\"title\" text NOT NULL UNIQUE").await;
    let table =
        Operation::AlterModelTable { model: "Post".into(), from: "blog_post".into(), to: "blog_article".into() };
    let mut steps = planned(&[table, rename("title", "name"), required()]);
    let error = run(&db, &steps).await.expect_err("it would be lost");
    assert_eq!(error.code(), "E640", "{error}");
    if let Some(Step::Rebuild { sql, .. }) = steps.last_mut() {
        sql[0] = sql[0].replacen("\"name\" text NOT NULL", "\"name\" text NOT NULL UNIQUE", 1);
    }
    run(&db, &steps).await.expect("the text keeps it");
}

#[tokio::test]
async fn a_rename_in_another_table_is_none_here() {
    let db = changed("\"title\" text NOT NULL", "\"title\" text NOT NULL UNIQUE").await;
    db.execute("CREATE TABLE tag (title text)").await;
    let mut steps = planned(&[required()]);
    if let Some(Step::Rebuild { sql, .. }) = steps.last_mut() {
        sql[0] = sql[0].replacen("\"title\" text NOT NULL", "\"title\" text NOT NULL UNIQUE", 1);
    }
    steps.insert(0, Step::Sql("ALTER TABLE tag RENAME COLUMN title TO name".into()));
    run(&db, &steps).await.expect("the constraint is kept");
}

#[tokio::test]
async fn a_counter_that_was_added_by_hand_is_not_lost() {
    let mut state = post();
    state.models.get_mut(&ModelRef::new("blog", "Post")).expect("the model").fields[0].auto = false;
    let table = lower_all(&state).expect("a schema").tables.remove("blog_post").expect("the table");
    let create = Sqlite::DEFAULT.render(&Statement::CreateTable(Box::new(table.clone())));
    assert!(create.contains("PRIMARY KEY") && !create.contains("AUTOINCREMENT"), "{create}");
    let create = create.replace("bigint NOT NULL PRIMARY KEY", "integer NOT NULL PRIMARY KEY");
    let db = TestDb::with(&create.replace("PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT")).await;
    let steps = plan(&AppLabel::new("blog"), &[required()], &state, &Sqlite::DEFAULT).expect("a plan").up;
    let declared = [table];
    let unit = Unit { declared: &declared, ..unit("0002_note", &steps, Direction::Forward) };
    let error = db.open().await.run(&unit, &options(), &mut |_| ()).await.expect_err("numbers would come back");
    assert!(error.code() == "E640" && error.to_string().contains("\"id\" AUTOINCREMENT"), "{error}");
}

#[tokio::test]
async fn an_index_that_the_text_makes_is_no_excuse_to_drop_another_of_its_name() {
    let make = |text: &str| {
        let mut steps = planned(&[required()]);
        if let Some(Step::Rebuild { sql, .. }) = steps.last_mut() {
            sql.push(text.to_owned());
        }
        steps
    };
    for (made, instead) in [
        ("INDEX \"by hand\" ON blog_post (stars) WHERE stars > 3", "INDEX \"by hand\" ON blog_post (stars)"),
        ("UNIQUE INDEX \"by hand\" ON blog_post (stars)", "INDEX \"by hand\" ON blog_post (stars)"),
        ("INDEX \"by hand\" ON blog_post (stars DESC)", "INDEX \"by hand\" ON blog_post (stars)"),
        ("INDEX \"by hand\" ON blog_post (lower(title))", "INDEX \"by hand\" ON blog_post (upper(title))"),
    ] {
        let db = changed(LAST, LAST).await;
        db.execute(&format!("CREATE {made}")).await;
        let error = run(&db, &make(&format!("CREATE {instead}"))).await.expect_err(made);
        assert_eq!(error.code(), "E640", "{error}");
        assert!(error.to_string().contains("INDEX \"by hand\" ("), "{error}");
        run(&db, &make(&format!("CREATE {made}"))).await.expect("the same index");
        let sql = db.rows("SELECT sql FROM sqlite_schema WHERE name = 'by hand'").await;
        assert_eq!(sql, [format!("CREATE {made}")]);
    }
    let db = changed(LAST, LAST).await;
    db.execute("CREATE INDEX \"by hand\" ON blog_post (stars)").await;
    run(&db, &planned(&[required()])).await.expect("an index that the text does not make comes back");
}

#[tokio::test]
async fn an_sql_default_of_the_model_is_no_addition() {
    let mut state = post();
    let model = state.models.get_mut(&ModelRef::new("blog", "Post")).expect("the model");
    model.fields[2].default = Some(Default::Sql { sql: Sql::any("1 + 2") });
    let table = lower_all(&state).expect("a schema").tables.remove("blog_post").expect("the table");
    let db = TestDb::with(&Sqlite::DEFAULT.render(&Statement::CreateTable(Box::new(table.clone())))).await;
    let steps = plan(&AppLabel::new("blog"), &[required()], &state, &Sqlite::DEFAULT).expect("a plan").up;
    let declared = [table];
    let unit = Unit { declared: &declared, ..unit("0002_note", &steps, Direction::Forward) };
    db.open().await.run(&unit, &options(), &mut |_| ()).await.expect("nobody changed it");
}
