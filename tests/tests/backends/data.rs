//! Data migrations in Rust, on every database: rows are changed with the models of then, or nothing is.

use std::fs;

use fastdjango::data::{Data, Failure, data_migration};
use fastdjango::prelude::*;
use fastdjango_core::command::{Target, render, showmigrations};
use fastdjango_core::field::{ColumnType, Default, Engine, Sql};
use fastdjango_core::name::ModelRef;
use fastdjango_core::state::{FieldKind, FieldState, ModelState, Pairs, ProjectState};

use super::harness::{Place, each, field, thing};

/// How many rows there are: more than two pages.
const ROWS: usize = 2300;

/// Gives every thing that has none a slug of its name.
#[data_migration]
async fn fill_slugs(data: &mut Data<'_>) -> Result<(), Failure> {
    let mut things = data.rows("Thing")?.matching("slug", None::<String>)?;
    while let Some(mut thing) = things.next(data).await? {
        let name: String = thing.get("name")?;
        thing.set("slug", name.to_lowercase().replace(' ', "-"))?;
        data.save(&mut thing).await?;
    }
    Ok(())
}

/// Takes the slugs away again.
#[data_migration]
async fn clear_slugs(data: &mut Data<'_>) -> Result<(), Failure> {
    let model = data.model("Thing")?;
    let sql = format!("UPDATE {} SET {} = NULL", model.table(), model.column("slug")?);
    data.execute(&sql, &[]).await?;
    Ok(())
}

/// Changes the first row, and then fails.
#[data_migration]
async fn fail(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    std::fs::read_to_string("/no such file")?;
    Ok(())
}

/// Changes the first row, and then panics.
#[data_migration]
async fn panic(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    let rows = data.query("SELECT name FROM thing WHERE id = 0", &[]).await?;
    let name = rows.first().map(|row| row.get::<String>("name"));
    name.expect("a name that is not there")?;
    Ok(())
}

/// Changes the first row, and then tries to keep that whatever comes.
#[data_migration]
async fn commit(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    data.execute("COMMIT", &[]).await?;
    Ok(())
}

/// Changes the first row, and then a table.
#[data_migration]
async fn define(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    data.execute("CREATE TABLE other (id bigint)", &[]).await?;
    Ok(())
}

/// Changes the first row, and then the history.
#[data_migration]
async fn forget(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    data.execute("DELETE FROM fastdjango_migrations", &[]).await?;
    Ok(())
}

/// Changes the first row, and then reads a model that its migration does not speak of.
#[data_migration]
async fn meddle(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    data.rows("other.Thing")?;
    Ok(())
}

/// Changes the first row, and then asks for a field that it had before.
#[data_migration]
async fn misspell(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    let mut things = data.rows("Thing")?;
    while let Some(thing) = things.next(data).await? {
        thing.get::<String>("title")?;
    }
    Ok(())
}

async fn change_one(data: &mut Data<'_>) -> Result<(), Failure> {
    if let Some(mut first) = data.rows("Thing")?.next(data).await? {
        first.set("slug", Some("changed".to_owned()))?;
        data.save(&mut first).await?;
    }
    Ok(())
}

/// A thing, and a row that each value goes through, with every type that every database has.
#[data_migration]
async fn insert_values(data: &mut Data<'_>) -> Result<(), Failure> {
    let mut made = data.create("Thing")?;
    made.set("name", "it's \"so\" \\ Grüße".to_owned())?;
    made.set("flag", true)?;
    made.set("small", i16::MIN)?;
    made.set("number", 1_i32)?;
    made.set("double", -1.5_f64)?;
    made.set("bytes", vec![0_u8, 39, 255])?;
    made.set("price", "12345678.75".parse::<Decimal>()?)?;
    made.set("day", "2026-02-28".parse::<NaiveDate>()?)?;
    made.set("clock", "23:59:59.123456".parse::<NaiveTime>()?)?;
    made.set("at", "2026-02-28T23:59:59.123456Z".parse::<DateTime<Utc>>()?)?;
    made.set("uuid", Uuid::from_u128(7))?;
    made.set("json", serde_json::json!({"a": [1, null, "ü"]}))?;
    data.insert(&mut made).await?;
    let id: i64 = made.get("id")?;
    let mut found = data.rows("Thing")?.matching("id", id)?;
    let Some(read) = found.next(data).await? else { return Err("the row is not there".into()) };
    let same = read.get::<String>("name")? == "it's \"so\" \\ Grüße"
        && read.get::<bool>("flag")?
        && read.get::<i16>("small")? == i16::MIN
        && read.get::<f64>("double")? < -1.4
        && read.get::<Vec<u8>>("bytes")? == [0, 39, 255]
        && read.get::<Decimal>("price")?.to_string() == "12345678.75"
        && read.get::<NaiveDate>("day")?.to_string() == "2026-02-28"
        && read.get::<NaiveTime>("clock")?.to_string() == "23:59:59.123456"
        && read.get::<DateTime<Utc>>("at")?.to_rfc3339() == "2026-02-28T23:59:59.123456+00:00"
        && read.get::<Uuid>("uuid")? == Uuid::from_u128(7)
        && read.get::<Json<Vec<i32>>>("json").is_err()
        && read.get::<Option<String>>("slug")?.is_none();
    if !same {
        return Err(format!("read otherwise: {read:?}").into());
    }
    if made.set("price", "0.125".parse::<Decimal>()?).is_ok() {
        return Err("a digit would have been lost".into());
    }
    Ok(())
}

/// A text that its column is too short for.
#[data_migration]
async fn overfill(data: &mut Data<'_>) -> Result<(), Failure> {
    change_one(data).await?;
    let mut made = data.create("Thing")?;
    made.set("name", "x".repeat(81))?;
    data.insert(&mut made).await?;
    Ok(())
}

/// Pairs, and rows that go.
#[data_migration]
async fn pair(data: &mut Data<'_>) -> Result<(), Failure> {
    let mut things = data.rows("Thing")?;
    while let Some(thing) = things.next(data).await? {
        let id: i64 = thing.get("id")?;
        if id % 2 == 0 {
            let mut pair = data.create("Thing.friends")?;
            pair.set("from", id)?;
            pair.set("to", 1_i64)?;
            data.insert(&mut pair).await?;
        } else if id > 1 {
            data.delete(&thing).await?;
        }
    }
    let left = data.query("SELECT count(*) AS left_over FROM thing", &[]).await?;
    let left: i64 = left.first().ok_or("no row")?.get("left_over")?;
    if left == 3 { Ok(()) } else { Err(format!("{left} rows are left").into()) }
}

/// A copy of every row, made while they are read.
#[data_migration]
async fn double(data: &mut Data<'_>) -> Result<(), Failure> {
    let mut things = data.rows("Thing")?;
    while let Some(thing) = things.next(data).await? {
        let mut copy = data.create("Thing")?;
        copy.set("name", thing.get::<String>("name")?)?;
        data.insert(&mut copy).await?;
    }
    Ok(())
}

/// Numbers that their column would round.
#[data_migration]
async fn round(data: &mut Data<'_>) -> Result<(), Failure> {
    let Some(mut made) = data.rows("Thing")?.next(data).await? else { return Err("no row".into()) };
    let refused = made.set("name", 1.5_f64).is_err() && made.set("slug", 7_i64).is_err();
    if refused { Ok(()) } else { Err("it would be kept as something else".into()) }
}

/// Goes on after the database refused a row.
#[data_migration]
async fn go_on(data: &mut Data<'_>) -> Result<(), Failure> {
    let mut made = data.create("Thing")?;
    made.set("slug", "of nobody".to_owned())?;
    // A name is required.
    let refused = data.insert(&mut made).await.is_err();
    if data.engine() != Engine::Postgres {
        change_one(data).await?;
    }
    if refused { Ok(()) } else { Err("a row without a name".into()) }
}

/// Knows of `slug` alone, and wants the name.
#[data_migration]
async fn peek(data: &mut Data<'_>) -> Result<(), Failure> {
    let mut things = data.rows("Thing")?;
    while let Some(thing) = things.next(data).await? {
        thing.get::<Option<String>>("slug")?;
        thing.get::<String>("name")?;
    }
    Ok(())
}

/// A thing with a name, and a slug that may be missing.
fn models() -> ProjectState {
    let name = field("name", ColumnType::Varchar(80));
    thing(vec![name, FieldState { null: true, ..field("slug", ColumnType::Varchar(80)) }], |_| ())
}

fn file(place: &Place, name: &str, dependency: &str, operations: &str) {
    let path = place.dir.path().join("migrations/shop").join(format!("{name}.toml"));
    let text = format!("format = 1\ndependencies = [\"shop.{dependency}\"]\n{operations}");
    fs::write(path, text).expect("written");
}

/// A migration that calls a function.
fn calls(place: &Place, models: &ProjectState, run: &str, more: &str) {
    let run = format!("\n[[operations]]\nop = \"run_rust\"\nrun = \"fastdjango_tests::{run}\"\n{more}\n");
    file(place, "0002_data", "0001_initial", &run);
    render(&place.project(models, None).expect("a project"), None, None, false).expect("rendered");
}

/// The models of the first migration, applied, with rows.
async fn begun(place: &Place, models: &ProjectState, rows: &str) {
    place.make(models, None).expect("the migration");
    place.migrate(models, None, Target::Latest).await.expect("it runs");
    if !rows.is_empty() {
        place.run(rows).await.expect("rows");
    }
}

const THREE: &str = "INSERT INTO thing (name) VALUES ('A b'), ('C'), ('D')";

async fn slugs(place: &Place) -> Vec<String> {
    place.rows("SELECT id, name, slug FROM thing ORDER BY id").await
}

#[tokio::test]
async fn rows_are_filled_and_cleared_over_several_pages() {
    for place in each().await {
        let models = models();
        let many: Vec<String> = (0..ROWS).map(|i| format!("('Name {i}', NULL)")).collect();
        let kept = format!("INSERT INTO thing (name, slug) VALUES ('Kept', 'mine'), {}", many.join(", "));
        begun(&place, &models, &kept).await;
        calls(&place, &models, "fill_slugs", "reverse = \"fastdjango_tests::clear_slugs\"\ntouches = [\"Thing\"]");
        place.migrate(&models, None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        let filled = place.rows("SELECT count(*) FROM thing WHERE slug LIKE 'name-%'").await;
        assert_eq!(filled, [ROWS.to_string()], "{}", place.engine);
        assert_eq!(place.rows("SELECT slug FROM thing WHERE name = 'Kept'").await, ["mine"]);
        assert_eq!(place.rows("SELECT slug FROM thing WHERE name = 'Name 2299'").await, ["name-2299"]);
        let back = Target::Last { count: 1, app: None };
        place.migrate(&models, None, back).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(place.rows("SELECT count(*) FROM thing WHERE slug IS NOT NULL").await, ["0"]);
        assert_eq!(place.rows("SELECT count(*) FROM thing").await, [(ROWS + 1).to_string()]);
    }
}

#[tokio::test]
async fn a_function_that_fails_leaves_every_row_as_it_was() {
    let cases = [
        ("fail", "E682", "No such file"),
        ("panic", "E682", "it panicked: a name that is not there"),
        ("commit", "E631", "cannot be part of a migration's transaction"),
        ("define", "E687", "does something else"),
        ("forget", "E644", "is the history"),
        ("meddle", "E684", "`other.Thing`"),
        ("misspell", "E683", "has no field `title`"),
    ];
    for place in each().await {
        let models = models();
        begun(&place, &models, THREE).await;
        let before = slugs(&place).await;
        for (run, code, words) in cases {
            calls(&place, &models, run, "reverse = \"noop\"");
            let told = place.migrate(&models, None, Target::Latest).await.expect_err(run);
            let engine = place.engine;
            assert_eq!(told.code(), code, "{engine} {run}: {told}");
            assert!(told.to_string().contains(words), "{engine} {run}: {told}");
            assert!(told.to_string().contains(&format!("fastdjango_tests::{run}")), "{engine} {run}: {told}");
            assert_eq!(slugs(&place).await, before, "{engine} {run}: rows changed");
            let project = place.project(&models, None).expect("a project");
            let mut connection = place.open().await;
            let shown = showmigrations(&project, &mut connection, &[]).await.expect("shown");
            assert!(!format!("{:?}", shown[1].status).starts_with("Applied"), "{engine} {run}: {shown:?}");
            // What cannot be one transaction stands in the middle: the same run ends it once the file is right.
            if matches!(engine, Engine::Mysql | Engine::Mariadb) {
                place.run("DELETE FROM fastdjango_migrations WHERE name = '0002_data'").await.expect("given up");
            }
        }
    }
}

#[tokio::test]
async fn every_value_comes_back_as_it_was_given() {
    for place in each().await {
        let nullable = |name: &str, ty: &str| FieldState { null: true, ..field(name, ty.parse().expect("a type")) };
        let name = FieldState {
            default: Some(Default::Sql { sql: Sql::any("'none'") }),
            ..field("name", ColumnType::Varchar(80))
        };
        let types = [
            ("slug", "varchar(80)"),
            ("flag", "boolean"),
            ("small", "smallint"),
            ("number", "integer"),
            ("double", "double"),
            ("bytes", "binary"),
            ("price", "numeric(10,2)"),
            ("day", "date"),
            ("clock", "time"),
            ("at", "timestamptz"),
            ("uuid", "uuid"),
            ("json", "json"),
        ];
        let fields = types.iter().map(|(name, ty)| nullable(name, ty));
        let models = thing([name].into_iter().chain(fields).collect(), |_| ());
        begun(&place, &models, "INSERT INTO thing (slug) VALUES ('first')").await;
        calls(&place, &models, "insert_values", "reverse = \"noop\"");
        place.migrate(&models, None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(place.rows("SELECT number FROM thing WHERE slug IS NULL").await, ["1"]);
    }
}

#[tokio::test]
async fn a_text_is_refused_and_not_cut_where_its_column_is_too_short() {
    for place in each().await {
        // SQLite keeps texts of any length.
        if place.engine == Engine::Sqlite {
            continue;
        }
        let models = models();
        begun(&place, &models, THREE).await;
        let before = slugs(&place).await;
        calls(&place, &models, "overfill", "reverse = \"noop\"");
        let told = place.migrate(&models, None, Target::Latest).await.expect_err("too long");
        assert!(told.to_string().contains("too long"), "{}: {told}", place.engine);
        assert_eq!(slugs(&place).await, before);
    }
}

#[tokio::test]
async fn what_is_inserted_on_the_way_is_not_met() {
    for place in each().await {
        let models = models();
        let many: Vec<String> = (0..ROWS).map(|i| format!("('Name {i}')")).collect();
        begun(&place, &models, &format!("INSERT INTO thing (name) VALUES {}", many.join(", "))).await;
        calls(&place, &models, "double", "reverse = \"noop\"");
        place.migrate(&models, None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        let counted = "SELECT count(*), count(DISTINCT name) FROM thing";
        assert_eq!(place.rows(counted).await, [format!("{}|{ROWS}", 2 * ROWS)], "{}", place.engine);
    }
}

#[tokio::test]
async fn one_run_calls_several_functions() {
    for place in each().await {
        let models = models();
        place.make(&models, None).expect("the migration");
        let run = |run: &str| {
            format!("\n[[operations]]\nop = \"run_rust\"\nrun = \"fastdjango_tests::{run}\"\nreverse = \"noop\"\n")
        };
        let seed = "\n[[operations]]\nop = \"run_sql\"\nsql = [\"INSERT INTO thing (name) VALUES ('A b'), ('C d')\"]\nreverse = []\n";
        file(&place, "0002_seed", "0001_initial", seed);
        file(&place, "0003_fill", "0002_seed", &run("fill_slugs"));
        file(&place, "0004_clear", "0003_fill", &run("clear_slugs"));
        file(&place, "0005_fill", "0004_clear", &run("fill_slugs"));
        file(&place, "0006_round", "0005_fill", &run("round"));
        file(&place, "0007_go_on", "0006_round", &run("go_on"));
        render(&place.project(&models, None).expect("a project"), None, None, false).expect("rendered");
        let ran = place.migrate(&models, None, Target::Latest).await;
        if place.engine == Engine::Postgres {
            // A transaction in which a statement failed is at its end there, whatever the function makes of it.
            assert_eq!(ran.expect_err("refused").code(), "E621");
            assert_eq!(place.rows("SELECT slug FROM thing ORDER BY id").await, ["a-b", "c-d"]);
        } else {
            ran.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
            assert_eq!(place.rows("SELECT slug FROM thing ORDER BY id").await, ["changed", "c-d"]);
        }
    }
}

#[tokio::test]
async fn a_column_that_somebody_took_away_stops_the_function() {
    for place in each().await {
        let models = models();
        begun(&place, &models, THREE).await;
        place.run("ALTER TABLE thing DROP COLUMN slug").await.expect("by hand");
        calls(&place, &models, "fill_slugs", "reverse = \"noop\"");
        let told = place.migrate(&models, None, Target::Latest).await.expect_err("no column");
        assert!(told.to_string().contains("slug"), "{}: {told}", place.engine);
        assert_eq!(place.rows("SELECT name FROM thing ORDER BY id").await, ["A b", "C", "D"]);
    }
}

#[tokio::test]
async fn a_function_sees_the_fields_that_it_touches() {
    for place in each().await {
        let models = models();
        begun(&place, &models, THREE).await;
        calls(&place, &models, "peek", "touches = [\"Thing.slug\"]");
        let told = place.migrate(&models, None, Target::Latest).await.expect_err("not its business");
        assert_eq!(told.code(), "E683", "{}: {told}", place.engine);
    }
}

#[tokio::test]
async fn a_table_renamed_for_the_database_alone_comes_back() {
    for place in each().await {
        let models = models();
        begun(&place, &models, THREE).await;
        let renames = "\n[[operations]]\nop = \"database_only\"\noperations = [\n    \
            { op = \"alter_model_table\", model = \"Thing\", from = \"thing\", to = \"article\" },\n]\n";
        file(&place, "0002_renames", "0001_initial", renames);
        render(&place.project(&models, None).expect("a project"), None, None, false).expect("rendered");
        place.migrate(&models, None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(place.rows("SELECT name FROM article ORDER BY id").await, ["A b", "C", "D"], "{}", place.engine);
        let back = Target::Last { count: 1, app: None };
        place.migrate(&models, None, back).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(place.rows("SELECT name FROM thing ORDER BY id").await, ["A b", "C", "D"], "{}", place.engine);
    }
}

#[tokio::test]
async fn pairs_come_and_rows_go() {
    for place in each().await {
        let friends = FieldState::new(
            "friends",
            FieldKind::ManyToMany(Pairs { to: ModelRef::new("shop", "Thing"), through: None }),
        );
        let models = thing(vec![field("name", ColumnType::Varchar(80)), friends], |_| ());
        let five = "INSERT INTO thing (name) VALUES ('1'), ('2'), ('3'), ('4'), ('5')";
        begun(&place, &models, five).await;
        calls(&place, &models, "pair", "reverse = \"noop\"\ntouches = [\"Thing\"]");
        place.migrate(&models, None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(place.rows("SELECT name FROM thing ORDER BY id").await, ["1", "2", "4"], "{}", place.engine);
        assert_eq!(place.rows("SELECT count(*) FROM thing_friends").await, ["2"], "{}", place.engine);
    }
}

#[tokio::test]
async fn a_function_sees_the_models_of_its_own_time() {
    for place in each().await {
        let first = models();
        begun(&place, &first, "").await;
        place.migrate(&first, None, Target::Zero("shop".into())).await.expect("undone");
        let seed =
            "\n[[operations]]\nop = \"run_sql\"\nsql = [\"INSERT INTO thing (name) VALUES ('A b')\"]\nreverse = []\n";
        file(&place, "0002_seed", "0001_initial", seed);
        let run = "\n[[operations]]\nop = \"run_rust\"\nrun = \"fastdjango_tests::fill_slugs\"\nreverse = \"noop\"\n";
        file(&place, "0003_data", "0002_seed", run);
        render(&place.project(&first, None).expect("a project"), None, None, false).expect("rendered");
        // Today's model has neither the name nor the table that the function knows.
        let renames = "\n[[operations]]\nop = \"rename_field\"\nmodel = \"Thing\"\nfrom = \"name\"\nto = \"title\"\n\n\
            [[operations]]\nop = \"alter_model_table\"\nmodel = \"Thing\"\nfrom = \"thing\"\nto = \"article\"\n";
        file(&place, "0004_renames", "0003_data", renames);
        render(&place.project(&first, None).expect("a project"), None, None, false).expect("rendered");
        place.migrate(&first, None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!(place.rows("SELECT title, slug FROM article").await, ["A b|a-b"], "{}", place.engine);
    }
}

#[tokio::test]
async fn a_function_that_is_not_there_is_found_before_anything_runs() {
    for place in each().await {
        let models = models();
        place.make(&models, None).expect("the migration");
        calls(&place, &models, "fill_slug", "");
        let told = place.migrate(&models, None, Target::Latest).await.expect_err("missing");
        assert_eq!(told.code(), "E680", "{told}");
        assert!(told.to_string().contains("did you mean `fastdjango_tests::fill_slugs`"), "{told}");
        assert!(place.schema().await.tables.is_empty(), "{}: the first migration ran", place.engine);
    }
}

#[tokio::test]
async fn the_state_alone_and_the_database_alone_there_and_back() {
    for place in each().await {
        let models = models();
        begun(&place, &models, THREE).await;
        let operations = r#"
[[operations]]
op = "run_sql"
sql = ["ALTER TABLE thing ADD COLUMN note varchar(80)"]
reverse = ["ALTER TABLE thing DROP COLUMN note"]

[[operations]]
op = "state_only"
operations = [
    { op = "add_field", model = "Thing", field = { name = "note", type = "varchar(80)", null = true } },
]

[[operations]]
op = "database_only"
operations = [
    { op = "add_index", model = "Thing", index = { name = "thing_note_idx", fields = ["note"] } },
]
"#;
        file(&place, "0002_by_hand", "0001_initial", operations);
        let left = thing(
            models
                .models
                .values()
                .flat_map(|model: &ModelState| model.fields.iter().skip(1).cloned().collect::<Vec<_>>())
                .chain([FieldState { null: true, ..field("note", ColumnType::Varchar(80)) }])
                .collect(),
            |_| (),
        );
        let project = place.project(&left, None).expect("a project");
        render(&project, None, None, false).expect("rendered");
        let before = (place.schema().await, slugs(&place).await);
        place.migrate(&left, None, Target::Latest).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        let after = place.schema().await;
        let table = &after.tables["thing"];
        assert!(table.columns.iter().any(|column| column.name == "note"), "{}", place.engine);
        assert!(table.indexes.iter().any(|index| index.name == "thing_note_idx"), "{}", place.engine);
        // The models say what the state says: there is nothing to make, and the index is nobody's.
        assert_eq!(place.make(&left, None).expect("nothing"), "");
        let back = Target::Last { count: 1, app: None };
        place.migrate(&left, None, back).await.unwrap_or_else(|why| panic!("{}: {why}", place.engine));
        assert_eq!((place.schema().await, slugs(&place).await), before, "{}", place.engine);
    }
}
