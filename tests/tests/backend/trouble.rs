//! What goes wrong around a database: disks, folders, permissions, other processes, bytes, and names.

use std::process::Command;

use fastdjango_core::backend::{Access, Connection, Direction, Outcome, Progress};
use fastdjango_core::ddl::Statement;
use fastdjango_core::dialect::{Dialect, Sqlite};
use fastdjango_core::field::ColumnType;
use fastdjango_core::migration::Step;
use fastdjango_core::name::{AppLabel, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::planner::plan;
use fastdjango_core::schema::lower_all;
use fastdjango_core::state::{FieldKind, FieldState, ModelState, ProjectState};

use super::harness::{TestDb, options, rebuild, sql, unit};

const CREATE: &str = "CREATE TABLE post (id integer NOT NULL PRIMARY KEY, title text)";

fn required_title() -> Step {
    rebuild(
        "post",
        &[
            "CREATE TABLE n (id integer NOT NULL PRIMARY KEY, title text NOT NULL)",
            "INSERT INTO n (id, title) SELECT \"id\", coalesce(\"title\", '') FROM post",
            "DROP TABLE post",
            "ALTER TABLE n RENAME TO post",
        ],
    )
}

/// A table of some hundred pages.
async fn full() -> TestDb {
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) \
                INSERT INTO post SELECT i, printf('%.200c', 'x') FROM n";
    TestDb::with(&format!("{CREATE};{rows}")).await
}

#[tokio::test]
async fn a_full_disk_in_the_middle_of_a_rebuild_loses_nothing() {
    let db = full().await;
    let mut connection = db.open().await;
    let pages = connection.query("PRAGMA page_count").await.expect("a count")[0][0].integer().expect("a number");
    connection.execute(&format!("PRAGMA max_page_count = {}", pages + 5)).await.expect("a small disk");
    let steps = [required_title()];
    let run = connection.run(&unit("0002_title", &steps, Direction::Forward), &options(), &mut |_| ()).await;
    let text = run.expect_err("no room for a second copy").to_string();
    for part in
        ["disk is full", "step 1 of 1", "rolled back; nothing of this migration is in the database", "make room"]
    {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    assert_eq!(db.rows("SELECT count(*), min(length(title)) FROM post").await, ["2000|200"]);
    assert_eq!(db.rows("PRAGMA integrity_check").await, ["ok"]);
    db.apply("0002_title", &[required_title()]).await.expect("with room it runs");
}

/// No test of its own: what the next test does on a disk of four megabytes.
#[tokio::test]
async fn on_a_small_disk() {
    let Some(folder) = std::env::var_os("FASTDJANGO_TEST_SMALL_DISK") else { return };
    let path = std::path::Path::new(&folder).join("db.sqlite3");
    let mut connection = Connection::open_sqlite(&path, Access::Write).await.expect("it opens");
    let rows = |count: u32| {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {count}) \
             INSERT INTO post (title) SELECT printf('%.1000c', 'x') FROM n"
        )
    };
    connection.execute(&format!("{CREATE}; {}", rows(1600))).await.expect("1.6 of 4 megabytes");
    let steps = [required_title()];
    let run = connection.run(&unit("0002_title", &steps, Direction::Forward), &options(), &mut |_| ()).await;
    let error = run.expect_err("a copy would fit, a copy and its journal would not");
    assert_eq!(error.code(), "E505", "{error}");
    assert!(error.to_string().contains("copying `post` needs 4 MB on the disk of"), "{error}");
    connection.execute("DELETE FROM post WHERE id > 800; VACUUM").await.expect("it becomes smaller");
    connection.run(&unit("0002_title", &steps, Direction::Forward), &options(), &mut |_| ()).await.expect("it fits");
}

#[tokio::test]
async fn a_disk_without_room_for_a_copy_and_its_journal_is_said_before() {
    let db = TestDb::new();
    let folder = db.path().parent().expect("a folder").to_owned();
    let mount = "mount -t tmpfs -o size=4m none \"$FASTDJANGO_TEST_SMALL_DISK\" || exit 77; exec \"$0\" \"$@\"";
    let inside = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", mount])
        .arg(std::env::current_exe().expect("this test"))
        .args(["backend::trouble::on_a_small_disk", "--exact", "--nocapture"])
        .env("FASTDJANGO_TEST_SMALL_DISK", &folder)
        .output();
    let Ok(output) = inside else {
        eprintln!("SKIPPED: no `unshare` here, so nothing is known of small disks");
        return;
    };
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() && !text.contains("running 1 test") {
        eprintln!("SKIPPED: a disk cannot be mounted here, so nothing is known of small ones: {text}");
        return;
    }
    assert!(output.status.success(), "{text}");
}

/// Takes the right to write away even from root; false, and loud, where the file system cannot do that.
fn immutable(path: &std::path::Path, on: bool) -> bool {
    let done = Command::new("chattr").arg(if on { "+i" } else { "-i" }).arg(path).status();
    let done = done.is_ok_and(|status| status.success());
    if on && !done {
        eprintln!("SKIPPED: `chattr +i` does not work here, so nothing is known of read-only files");
    }
    done
}

#[tokio::test]
async fn a_file_or_folder_that_cannot_be_written_is_named_and_left_alone() {
    let db = full().await;
    for place in [db.path(), db.path().parent().expect("a folder").to_owned()] {
        if !immutable(&place, true) {
            return;
        }
        let run = async {
            let mut connection = Connection::open_sqlite(&db.path(), Access::Write).await?;
            let steps = [required_title()];
            connection.run(&unit("0002_title", &steps, Direction::Forward), &options(), &mut |_| ()).await
        };
        let run = run.await;
        let read = db.read().await.count_rows("post").await;
        immutable(&place, false);
        let text = run.expect_err("it cannot be written").to_string();
        assert!(text.contains("nothing of this migration is in the database"), "{text}");
        assert!(text.contains("cannot be written") || text.contains("may read and write"), "{text}");
        assert_eq!(read.expect("reading goes on"), 2000);
    }
    db.apply("0002_title", &[required_title()]).await.expect("the file can be written again");
}

#[tokio::test]
async fn what_a_killed_process_left_half_written_is_read_as_it_was_before() {
    let db = full().await;
    let mut writer = db.open().await;
    writer.execute("PRAGMA cache_size = 1; BEGIN; UPDATE post SET title = 'half'").await.expect("it is written");
    // The files as they are now are what a process leaves that is killed now.
    let killed = TestDb::new();
    let journal = |db: &TestDb| db.path().with_file_name("db.sqlite3-journal");
    for file in [TestDb::path, journal] {
        std::fs::copy(file(&db), file(&killed)).expect("a copy");
    }
    let half = "SELECT count(*) FROM post WHERE title = 'half'";
    assert_eq!(killed.rows(half).await, ["0"]);
    writer.execute("COMMIT").await.expect("who still writes is not disturbed");
    assert_eq!(db.rows(half).await, ["2000"]);
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named() {
    let db = TestDb::new();
    let path = db.path().with_file_name("absent").join("db.sqlite3");
    let error = Connection::open_sqlite(&path, Access::Write).await.expect_err("there is no such folder");
    assert_eq!(error.code(), "E501");
    let text = error.to_string();
    assert!(text.contains("create the folder") && text.contains("absent"), "{text}");
    assert!(!path.parent().expect("a folder").exists(), "nobody asked for a folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migrator_that_rolls_back_leaves_the_work_to_the_other() {
    let db = TestDb::with(CREATE).await;
    let slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) INSERT INTO post SELECT i, 'x' FROM n";
    let (fails, works) = ([sql(slow), sql("SELECT absent")], [sql("INSERT INTO post VALUES (7, 'y')")]);
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    let first = async {
        let mut connection = db.open().await;
        let mut tell = |progress| {
            if matches!(progress, Progress::StepStarted { .. })
                && let Some(begun) = begun.take()
            {
                let _ = begun.send(());
            }
        };
        connection.run(&unit("0002_rows", &fails, Direction::Forward), &options(), &mut tell).await
    };
    let second = async {
        has_begun.await.expect("the first has the lock");
        db.apply("0002_rows", &works).await
    };
    let (first, second) = tokio::join!(first, second);
    assert!(first.expect_err("its second step fails").to_string().contains("rolled back"));
    assert!(matches!(second, Ok(Outcome::Done { .. })), "{second:?}");
    assert_eq!(db.rows("SELECT id FROM post").await, ["7"]);
    assert_eq!(db.rows("SELECT count(*) FROM fastdjango_migrations WHERE app <> ''").await, ["1"]);
}

#[tokio::test]
async fn a_reader_of_a_wal_database_sees_the_old_table_until_it_ends() {
    let db = full().await;
    db.execute("PRAGMA journal_mode = WAL").await;
    let mut reader = db.open().await;
    reader.execute("BEGIN").await.expect("a reader");
    let columns = "SELECT count(*), (SELECT \"notnull\" FROM pragma_table_info('post') WHERE name = 'title') FROM post";
    assert_eq!(reader.query(columns).await.expect("rows")[0][1].integer(), Some(0));
    db.apply("0002_title", &[required_title()]).await.expect("a reader stops nobody");
    assert_eq!(reader.query(columns).await.expect("rows")[0][0].integer(), Some(2000));
    assert_eq!(reader.query(columns).await.expect("rows")[0][1].integer(), Some(0), "its own moment");
    reader.execute("COMMIT").await.expect("it ends");
    assert_eq!(reader.query(columns).await.expect("rows")[0][1].integer(), Some(1));
}

fn field(name: &str, ty: ColumnType) -> FieldState {
    FieldState::new(name, FieldKind::Column(ty))
}

/// A model of one value, its table, and what changes the value to another type.
fn model(table: &str, from: &FieldState, to: &FieldState) -> (ProjectState, Vec<Step>) {
    let mut model = ModelState::new(table);
    model.fields = vec![field("id", ColumnType::BigInt), from.clone()].into();
    model.primary_key = vec!["id".into()];
    let mut state = ProjectState::default();
    state.models.insert(ModelRef::new("my-app", "Thing"), model);
    let (from, to) = (from.clone(), to.clone());
    let alter = Operation::alter_field("Thing", from, to);
    let steps = plan(&AppLabel::new("my-app"), &[alter], &state, &Sqlite::DEFAULT).expect("a plan").up;
    (state, steps)
}

async fn made(state: &ProjectState) -> TestDb {
    let table = lower_all(state).expect("a schema").tables.into_values().next().expect("a table");
    TestDb::with(&Sqlite::DEFAULT.render(&Statement::CreateTable(Box::new(table)))).await
}

#[tokio::test]
async fn bytes_become_text_where_they_are_text() {
    let (state, steps) =
        model("thing", &field("fastdjango_at", ColumnType::Binary), &field("fastdjango_at", ColumnType::Text));
    let valid =
        ["x'41'", "x''", "x'00'", "x'C3A9'", "x'E282AC41'", "x'F09F9880'", "x'EFBFBD'", "x'F48FBFBF'", "'text'"];
    let invalid =
        ["x'80'", "x'C3'", "x'C328'", "x'C080'", "x'E28228'", "x'EDA080'", "x'F4908080'", "x'41FF'", "x'0080'"];
    for value in valid {
        let db = made(&state).await;
        db.execute(&format!("INSERT INTO thing VALUES (1, {value})")).await;
        db.apply("0002_text", &steps).await.unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(db.rows("SELECT typeof(fastdjango_at) FROM thing").await, ["text"]);
    }
    for value in invalid {
        let db = made(&state).await;
        db.execute(&format!("INSERT INTO thing VALUES (1, {value}), (2, x'41')")).await;
        let error = db.apply("0002_text", &steps).await.expect_err(value);
        assert_eq!(error.code(), "E624", "{error}");
        assert!(
            error.to_string().contains("1 rows of `thing` have a `fastdjango_at` that would not survive"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn names_of_every_kind_are_rebuilt_with_what_hangs_on_them() {
    for table in
        ["order", "select", "we\"ird", "o'clock", "таблица", "with space", "a.b.c", "fastdjango_new_", "my-app_thing"]
    {
        let quoted = format!("\"{}\"", table.replace('"', "\"\""));
        let (state, steps) = model(
            table,
            &field("group", ColumnType::Text),
            &FieldState { null: true, ..field("group", ColumnType::Text) },
        );
        let db = made(&state).await;
        db.execute(&format!(
            "INSERT INTO {quoted} VALUES (1, 'a'); CREATE INDEX \"by hand\" ON {quoted} (\"group\");\
             CREATE VIEW seen AS SELECT \"group\" FROM {quoted};\
             CREATE TRIGGER watch AFTER INSERT ON {quoted} BEGIN UPDATE {quoted} SET \"group\" = 'b' WHERE id = NEW.id; END;\
             CREATE TABLE child (id integer PRIMARY KEY, up integer REFERENCES {quoted} (id) ON DELETE CASCADE);\
             INSERT INTO child VALUES (1, 1)"
        ))
        .await;
        assert!(matches!(steps.as_slice(), [Step::Rebuild { .. }]), "{steps:?}");
        db.apply("0002_null", &steps).await.unwrap_or_else(|error| panic!("{table}: {error}"));
        db.execute(&format!("INSERT INTO {quoted} VALUES (2, NULL)")).await;
        assert_eq!(db.rows("SELECT \"group\" FROM seen").await, ["a", "b"], "{table}");
        assert_eq!(db.rows("SELECT count(*) FROM child").await, ["1"], "{table}");
        assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'by hand'").await, ["1"], "{table}");
    }
}
