//! Every line of the rebuild's recipe: each test fails where its line is taken out.

use fastdjango_core::backend::Outcome;
use fastdjango_core::migration::Step;

use super::harness::{TestDb, rebuild, sql};

const AUTHOR: &str = "CREATE TABLE author (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name text);\
    INSERT INTO author VALUES (1, 'Ann'), (2, 'Bob'), (9, 'Zoe'); DELETE FROM author WHERE id = 9;";
const BOOK: &str = "CREATE TABLE book (id integer NOT NULL PRIMARY KEY, title text, \
    author_id integer REFERENCES author (id) ON DELETE CASCADE);\
    INSERT INTO book VALUES (10, 'A', 1), (11, 'B', 2), (12, 'C', 2);";

/// `author.name` becomes NOT NULL.
fn required_name() -> Step {
    author(&[])
}

fn author(more: &[&str]) -> Step {
    let statements = [
        "CREATE TABLE new__author (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name text NOT NULL)",
        "INSERT INTO new__author (id, name) SELECT \"id\", coalesce(\"name\", '') FROM author",
        "DELETE FROM sqlite_sequence WHERE name = 'new__author'",
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'new__author', seq FROM sqlite_sequence WHERE name = 'author'",
        "DROP TABLE author",
        "ALTER TABLE new__author RENAME TO author",
    ];
    rebuild("author", &[&statements, more].concat())
}

async fn library(more: &str) -> TestDb {
    TestDb::with(&format!("{AUTHOR}{BOOK}{more}")).await
}

/// The recipe ran, and no row of either table is gone.
async fn assert_rebuilt(db: &TestDb) {
    let outcome = db.apply("0002_name", &[required_name()]).await.expect("the rebuild runs");
    let Outcome::Done { rebuilt, .. } = outcome else { panic!("it was not done before") };
    assert_eq!(rebuilt[0].rows, 2);
    assert_eq!(db.rows("SELECT count(*) FROM author").await, ["2"]);
    assert_eq!(db.rows("SELECT count(*) FROM book").await, ["3"]);
}

/// The migration was refused with this code, and everything is as it was.
async fn assert_refused(db: &TestDb, steps: &[Step], code: &str) -> String {
    let catalog = "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid";
    let (schema, books) = (db.rows(catalog).await, db.rows("SELECT * FROM book").await);
    let triggers = db.rows("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").await;
    let outcome = db.apply("0002_name", steps).await;
    let error = outcome.err().unwrap_or_else(|| panic!("it was to be refused: {triggers:?}"));
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains("rolled back; nothing of this migration is in the database"), "{error}");
    assert_eq!(db.rows(catalog).await, schema);
    assert_eq!(db.rows("SELECT * FROM book").await, books);
    error.to_string()
}

#[tokio::test]
async fn children_with_cascade_survive() {
    let db = library("").await;
    assert_rebuilt(&db).await;
    assert_eq!(db.rows("PRAGMA foreign_key_check").await, [""; 0]);
    let references = db.rows("SELECT \"table\", on_delete FROM pragma_foreign_key_list('book')").await;
    assert_eq!(references, ["author|CASCADE"]);
}

#[tokio::test]
async fn foreign_keys_are_on_again_afterwards() {
    let db = library("").await;
    let mut connection = db.open().await;
    let fails = vec![required_name(), sql("SELECT absent")];
    for (name, steps) in [("0002_name", vec![required_name()]), ("0003_fails", fails)] {
        let unit = super::harness::unit(name, &steps, fastdjango_core::backend::Direction::Forward);
        let _ = connection.run(&unit, &super::harness::options(), &mut |_| ()).await;
        assert_eq!(connection.query("PRAGMA foreign_keys").await.expect("a pragma")[0][0].integer(), Some(1));
    }
}

#[tokio::test]
async fn the_counter_of_autoincrement_goes_on() {
    let db = library("").await;
    assert_rebuilt(&db).await;
    db.execute("INSERT INTO author (name) VALUES ('New')").await;
    assert_eq!(db.rows("SELECT max(id) FROM author").await, ["10"]);
}

#[tokio::test]
async fn triggers_of_the_table_and_of_others_come_back() {
    let db = library(
        "CREATE TABLE log (what text);\
         CREATE TRIGGER own AFTER UPDATE ON author BEGIN INSERT INTO log VALUES (NEW.name); END;\
         CREATE TRIGGER other AFTER INSERT ON book BEGIN UPDATE \"author\" SET name = 'x' WHERE id = NEW.author_id; END;",
    )
    .await;
    assert_rebuilt(&db).await;
    assert_eq!(db.rows("SELECT count(*) FROM log").await, ["0"], "a trigger ran during the copy");
    db.execute("INSERT INTO book VALUES (13, 'D', 1)").await;
    assert_eq!(db.rows("SELECT what FROM log").await, ["x"]);
}

#[tokio::test]
async fn a_trigger_that_quotes_the_table_as_a_string_comes_back() {
    let rename = |text: &str| text.replace("author", "o''clock");
    let db = TestDb::with(&format!(
        "{}CREATE TABLE log (what text); CREATE TABLE other (id integer);\
         CREATE TRIGGER own AFTER UPDATE ON 'o''clock' BEGIN INSERT INTO log VALUES (NEW.name); END;\
         CREATE TRIGGER elsewhere AFTER INSERT ON other BEGIN UPDATE 'o''clock' SET name = 'x' WHERE id = 1; END;",
        AUTHOR
            .replace("TABLE author", "TABLE 'o''clock'")
            .replace("INTO author", "INTO 'o''clock'")
            .replace("FROM author", "FROM 'o''clock'")
    ))
    .await;
    let step = rebuild(
        "o'clock",
        &[
            "CREATE TABLE n (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name text NOT NULL)",
            &rename("INSERT INTO n (id, name) SELECT \"id\", coalesce(\"name\", '') FROM 'author'"),
            &rename("DROP TABLE 'author'"),
            &rename("ALTER TABLE n RENAME TO 'author'"),
        ],
    );
    db.apply("0002_name", &[step]).await.expect("the rebuild runs");
    db.execute("INSERT INTO other VALUES (1)").await;
    assert_eq!(db.rows("SELECT what FROM log").await, ["x"]);
}

#[tokio::test]
async fn views_and_views_over_views_come_back() {
    let db = library(
        "CREATE VIEW names AS SELECT name FROM author;\
         CREATE VIEW short AS SELECT name FROM names WHERE length(name) < 9;\
         CREATE TRIGGER write_names INSTEAD OF INSERT ON short BEGIN INSERT INTO author (name) VALUES (NEW.name); END;",
    )
    .await;
    assert_rebuilt(&db).await;
    db.execute("INSERT INTO short (name) VALUES ('Eve')").await;
    assert_eq!(db.rows("SELECT name FROM short ORDER BY name").await, ["Ann", "Bob", "Eve"]);
}

#[tokio::test]
async fn a_view_that_loses_its_column_stops_it() {
    let db = library("CREATE VIEW names AS SELECT name FROM author").await;
    let steps = [rebuild(
        "author",
        &[
            "CREATE TABLE n (id integer NOT NULL PRIMARY KEY /* without \"name\" */)",
            "INSERT INTO n (id) SELECT \"id\" FROM author",
            "DROP TABLE author",
            "ALTER TABLE n RENAME TO author",
        ],
    )];
    let text = assert_refused(&db, &steps, "E629").await;
    assert!(text.contains("the view `names`"), "{text}");
}

/// `author.name` goes.
fn without_name() -> Step {
    let statements = [
        "CREATE TABLE n (id integer NOT NULL PRIMARY KEY)",
        "INSERT INTO n (id) SELECT \"id\" FROM author -- drops \"name\"",
        "DROP TABLE author",
        "ALTER TABLE n RENAME TO author",
    ];
    rebuild("author", &statements)
}

#[tokio::test]
async fn a_trigger_that_loses_its_column_stops_it() {
    for (event, row) in [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"), ("UPDATE OF name", "NEW")] {
        // What is computed cannot be written, and hides nothing.
        for computed in ["", "ALTER TABLE author ADD COLUMN twice integer AS (id * 2);"] {
            let trigger =
                format!("CREATE TRIGGER own AFTER {event} ON author BEGIN UPDATE book SET title = {row}.name; END");
            let db = library(&format!("{computed}{trigger}")).await;
            let mut step = without_name();
            if let Step::Rebuild { sql, .. } = &mut step
                && !computed.is_empty()
            {
                sql[0] = "CREATE TABLE n (id integer NOT NULL PRIMARY KEY, twice integer AS (id * 2))".to_owned();
            }
            let text = assert_refused(&db, &[step], "E629").await;
            assert!(text.contains("the trigger `own`"), "{event}: {text}");
        }
    }
}

#[tokio::test]
async fn a_text_that_is_called_like_a_column_which_goes_was_a_text_before() {
    let db = library(
        "CREATE VIEW labels AS SELECT 'name' AS label, id FROM author;\
         CREATE TRIGGER own AFTER UPDATE ON author BEGIN UPDATE book SET title = 'NAME'; END;",
    )
    .await;
    db.apply("0002_name", &[without_name()]).await.expect("neither reads the column");
    assert_eq!(db.rows("SELECT label FROM labels").await, ["name", "name"]);
}

#[tokio::test]
async fn a_trigger_on_a_view_that_loses_its_column_stops_it() {
    let db = library(
        "CREATE VIEW ids AS SELECT id FROM author;\
         CREATE TRIGGER write_ids INSTEAD OF INSERT ON ids BEGIN INSERT INTO author (id, name) VALUES (NEW.id, ''); END;",
    )
    .await;
    let text = assert_refused(&db, &[without_name()], "E629").await;
    assert!(text.contains("the trigger `write_ids`"), "{text}");
}

#[tokio::test]
async fn what_was_broken_before_does_not_stop_it() {
    let db = library(
        "CREATE TABLE gone (name text); CREATE VIEW broken AS SELECT gone.name FROM author, gone;\
         CREATE VIEW elsewhere AS SELECT name FROM gone;\
         CREATE TRIGGER on_broken INSTEAD OF UPDATE OF name ON broken BEGIN DELETE FROM book; END;\
         CREATE TRIGGER never AFTER UPDATE OF absent ON author BEGIN DELETE FROM book; END; DROP TABLE gone;",
    )
    .await;
    assert_rebuilt(&db).await;
    let there = "SELECT count(*) FROM sqlite_schema WHERE name IN ('broken', 'elsewhere', 'on_broken', 'never')";
    assert_eq!(db.rows(there).await, ["4"]);
}

#[tokio::test]
async fn indexes_of_the_step_and_indexes_made_by_hand_come_back() {
    let db = library(
        "CREATE INDEX ours ON author (name) WHERE name IS NOT NULL;\
         CREATE UNIQUE INDEX \"by hand\" ON author (lower(name) DESC);",
    )
    .await;
    let step = author(&["CREATE INDEX ours ON author (name) WHERE name IS NOT NULL"]);
    db.apply("0002_name", &[step]).await.expect("the rebuild runs");
    let indexes = db.rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'author'").await;
    assert_eq!(indexes, ["ours", "by hand"]);
}

#[tokio::test]
async fn an_index_that_the_text_names_is_left_to_the_text() {
    let db = library("CREATE INDEX removed ON author (name)").await;
    db.apply("0002_name", &[author(&["SELECT 1 -- drops index \"removed\""])]).await.expect("the rebuild runs");
    assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'removed'").await, ["0"]);
}

#[tokio::test]
async fn orphans_that_were_there_before_do_not_stop_it() {
    let db = library("PRAGMA foreign_keys = OFF; INSERT INTO book VALUES (13, 'D', 77);").await;
    db.apply("0002_name", &[required_name()]).await.expect("the orphan is not ours");
    assert_eq!(db.rows("SELECT count(*) FROM book").await, ["4"]);
}

#[tokio::test]
async fn orphans_under_new_row_numbers_do_not_stop_it() {
    let db = TestDb::with(
        "PRAGMA foreign_keys = OFF; CREATE TABLE parent (id integer PRIMARY KEY);\
         CREATE TABLE child (code text PRIMARY KEY, parent_id integer REFERENCES parent (id));\
         INSERT INTO child VALUES ('a', 1), ('b', 2), ('c', 3); DELETE FROM child WHERE code = 'a';",
    )
    .await;
    let copy = |select: &str| {
        rebuild(
            "child",
            &[
                "CREATE TABLE n (code text NOT NULL PRIMARY KEY, parent_id integer REFERENCES parent (id))",
                select,
                "DROP TABLE child",
                "ALTER TABLE n RENAME TO child",
            ],
        )
    };
    let same = copy("INSERT INTO n (code, parent_id) SELECT code, parent_id FROM child");
    db.apply("0002_same", &[same]).await.expect("as many orphans as before");
    db.execute("PRAGMA foreign_keys = OFF; INSERT INTO child VALUES ('d', NULL)").await;
    let worse = copy("INSERT INTO n (code, parent_id) SELECT code, coalesce(parent_id, 9) FROM child");
    assert_eq!(db.apply("0003_worse", &[worse]).await.expect_err("one more").code(), "E627");
}

#[tokio::test]
async fn orphans_of_a_table_whose_key_changes_are_not_new() {
    let db = TestDb::with(
        "PRAGMA foreign_keys = OFF; CREATE TABLE parent (id integer PRIMARY KEY);\
         CREATE TABLE child (id integer PRIMARY KEY, parent_id integer REFERENCES parent (id));\
         INSERT INTO child VALUES (5, 1), (6, 2);",
    )
    .await;
    for (name, key) in [("0002_text", "text"), ("0003_integer", "integer")] {
        let create = format!("CREATE TABLE n (id {key} PRIMARY KEY, parent_id integer REFERENCES parent (id))");
        let copy = "INSERT INTO n (id, parent_id) SELECT id, parent_id FROM child";
        let step = rebuild("child", &[&create, copy, "DROP TABLE child", "ALTER TABLE n RENAME TO child"]);
        db.apply(name, &[step]).await.expect("as many orphans as before");
    }
}

#[tokio::test]
async fn orphans_are_the_same_however_the_key_writes_its_target() {
    let db = TestDb::with(
        "PRAGMA foreign_keys = OFF; CREATE TABLE parent (id integer PRIMARY KEY);\
         CREATE TABLE Child (id integer PRIMARY KEY, parent_id integer REFERENCES PARENT (id));\
         INSERT INTO child VALUES (5, 1), (6, 2);",
    )
    .await;
    let create = "CREATE TABLE n (id integer PRIMARY KEY, parent_id integer REFERENCES parent (id))";
    let copy = "INSERT INTO n (id, parent_id) SELECT id, parent_id FROM child";
    let step = rebuild("child", &[create, copy, "DROP TABLE child", "ALTER TABLE n RENAME TO child"]);
    db.apply("0002_same", &[step]).await.expect("as many orphans as before");
}

#[tokio::test]
async fn a_key_that_cannot_be_checked_stops_nothing_and_two_do() {
    let odd = |name: &str| {
        format!("CREATE TABLE {name} (a text REFERENCES author (name)); INSERT INTO {name} VALUES ('Ann');")
    };
    let db = library(&format!("PRAGMA foreign_keys = OFF; {}", odd("odd"))).await;
    assert_rebuilt(&db).await;
    let db = library("PRAGMA foreign_keys = OFF;").await;
    assert_refused(&db, &[required_name(), sql("CREATE TABLE odd (a text REFERENCES author (name))")], "E627").await;
}

#[tokio::test]
async fn foreign_keys_that_stay_on_stop_it() {
    let db = library("").await;
    let mut connection = db.open().await;
    connection.execute("BEGIN").await.expect("a transaction, in which the pragma does nothing");
    let steps = [required_name()];
    let unit = super::harness::unit("0002_name", &steps, fastdjango_core::backend::Direction::Forward);
    let error = connection.run(&unit, &super::harness::options(), &mut |_| ()).await.expect_err("refused");
    assert_eq!(error.code(), "E503");
    assert_eq!(db.rows("SELECT count(*) FROM book").await, ["3"]);
}

#[tokio::test]
async fn new_orphans_stop_it() {
    let db = library("PRAGMA foreign_keys = OFF; INSERT INTO book VALUES (13, 'D', 77);").await;
    let steps = [required_name(), sql("UPDATE book SET author_id = 78 WHERE id = 10")];
    let text = assert_refused(&db, &steps, "E627").await;
    assert!(text.contains("1 of `book` would refer to a row of `author` that is not there"), "{text}");
    let swap =
        [required_name(), sql("UPDATE book SET author_id = CASE id WHEN 13 THEN 1 ELSE 77 END WHERE id IN (10, 13)")];
    assert_refused(&db, &swap, "E627").await;
}

#[tokio::test]
async fn orphans_of_a_table_that_is_renamed_are_not_new() {
    let db = library("PRAGMA foreign_keys = OFF; INSERT INTO book VALUES (13, 'D', 77);").await;
    let steps =
        [required_name(), sql("ALTER TABLE book RENAME TO \"novel\""), sql("ALTER TABLE author RENAME TO writer")];
    db.apply("0002_rename", &steps).await.expect("the orphan has only moved");
}

#[tokio::test]
async fn a_dropped_target_stops_it_and_loses_no_child() {
    let db = library("").await;
    let drop = Step::Drop { drop: "author".into(), sql: "DROP TABLE author".into() };
    assert_refused(&db, &[drop], "E627").await;
}

#[tokio::test]
async fn a_dropped_table_takes_no_child_along() {
    let db = library("").await;
    let steps = [
        rebuild(
            "book",
            &[
                "CREATE TABLE n (id integer NOT NULL PRIMARY KEY, title text, author_id integer)",
                "INSERT INTO n (id, title, author_id) SELECT id, title, author_id FROM book",
                "DROP TABLE book",
                "ALTER TABLE n RENAME TO book",
            ],
        ),
        Step::Drop { drop: "author".into(), sql: "DROP TABLE author".into() },
    ];
    db.apply("0002_drop", &steps).await.expect("nothing refers to it any more");
    assert_eq!(db.rows("SELECT count(*) FROM book").await, ["3"]);
}

#[tokio::test]
async fn a_column_that_the_text_does_not_name_is_refused() {
    let db = library("ALTER TABLE author ADD COLUMN \"by hand\" text DEFAULT 'x'").await;
    let text = assert_refused(&db, &[required_name()], "E625").await;
    assert!(text.contains("`by hand`"), "{text}");
    let db = library("ALTER TABLE author ADD COLUMN twice integer AS (id * 2)").await;
    assert_refused(&db, &[required_name()], "E625").await;
}

#[tokio::test]
async fn a_column_that_the_table_lacks_is_no_string() {
    let db = library("ALTER TABLE author RENAME COLUMN name TO title").await;
    let named = author(&["SELECT 1 -- \"title\""]);
    let text = assert_refused(&db, &[named], "E634").await;
    assert!(text.contains("the column `name`"), "{text}");
}

#[tokio::test]
async fn a_copy_that_loses_rows_is_refused() {
    let db = library("").await;
    let steps = [rebuild(
        "author",
        &[
            "CREATE TABLE n (id integer NOT NULL PRIMARY KEY, name text)",
            "INSERT INTO n (id, name) SELECT id, name FROM author WHERE id = 1",
            "DROP TABLE author",
            "ALTER TABLE n RENAME TO author",
        ],
    )];
    let text = assert_refused(&db, &steps, "E626").await;
    assert!(text.contains("`author` had 2 rows and has 1"), "{text}");
}

#[tokio::test]
async fn a_step_that_loses_children_is_refused() {
    let db = library("").await;
    let text = assert_refused(&db, &[author(&["DELETE FROM book WHERE id = 10"])], "E626").await;
    assert!(text.contains("`book` had 3 rows and has 2"), "{text}");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let db = TestDb::with(&format!("PRAGMA foreign_keys = OFF; {BOOK}")).await;
    let text = assert_refused(&db, &[required_name()], "E636").await;
    assert!(text.contains("`author`"), "{text}");
}

#[tokio::test]
async fn a_table_may_refer_to_itself() {
    let db = TestDb::with(
        "CREATE TABLE node (id integer NOT NULL PRIMARY KEY, up integer REFERENCES node (id) ON DELETE CASCADE);\
         INSERT INTO node VALUES (1, NULL), (2, 1), (3, 2)",
    )
    .await;
    let steps = [rebuild(
        "node",
        &[
            "CREATE TABLE n (id integer NOT NULL PRIMARY KEY, up integer REFERENCES node (id) ON DELETE CASCADE, x text)",
            "INSERT INTO n (id, up) SELECT id, up FROM node",
            "DROP TABLE node",
            "ALTER TABLE n RENAME TO node",
        ],
    )];
    db.apply("0002_x", &steps).await.expect("the rebuild runs");
    assert_eq!(db.rows("SELECT count(*) FROM node").await, ["3"]);
    assert_eq!(db.rows("SELECT \"table\" FROM pragma_foreign_key_list('node')").await, ["node"]);
}

#[tokio::test]
async fn a_column_by_hand_that_is_called_like_a_word_of_the_text_is_refused() {
    for column in ["text", "integer", "author", "new__author", "coalesce"] {
        let db = library(&format!("ALTER TABLE author ADD COLUMN \"{column}\" text DEFAULT 'x'")).await;
        let text = assert_refused(&db, &[required_name()], "E625").await;
        assert!(text.contains(&format!("`{column}`")), "{text}");
    }
}

#[tokio::test]
async fn values_of_a_column_made_by_hand_are_not_replaced_by_those_of_a_new_one() {
    let db = library("ALTER TABLE author ADD COLUMN rating integer DEFAULT 7").await;
    let step = rebuild(
        "author",
        &[
            "CREATE TABLE n (id integer NOT NULL PRIMARY KEY, name text, rating integer NOT NULL)",
            "INSERT INTO n (id, name, rating) SELECT \"id\", \"name\", 0 FROM author",
            "DROP TABLE author",
            "ALTER TABLE n RENAME TO author",
        ],
    );
    assert_refused(&db, &[step], "E625").await;
}

#[tokio::test]
async fn an_index_by_hand_that_is_called_like_a_column_comes_back() {
    let db = library("CREATE INDEX name ON author (name)").await;
    assert_rebuilt(&db).await;
    assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = 'name'").await, ["1"]);
}

#[tokio::test]
async fn an_index_by_hand_that_is_called_like_a_column_which_goes_comes_back_or_is_refused() {
    let db = library("CREATE INDEX name ON author (name)").await;
    let text = assert_refused(&db, &[without_name()], "E629").await;
    assert!(text.contains("the index `name`"), "{text}");
    let db = library("CREATE INDEX name ON author (id)").await;
    db.apply("0002_name", &[without_name()]).await.expect("the index is of another column");
    assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = 'name'").await, ["1"]);
}

#[tokio::test]
async fn a_table_of_another_kind_keeps_its_kind_or_stays() {
    for option in ["STRICT", "WITHOUT ROWID", "WITHOUT  rowid, strict"] {
        let db = TestDb::with(&format!(
            "CREATE TABLE author (id integer NOT NULL PRIMARY KEY, name text) {option};\
             INSERT INTO author VALUES (1, 'Ann'); {BOOK_OF_ONE}"
        ))
        .await;
        let step = |option: &str| {
            let create = format!("CREATE TABLE n (id integer NOT NULL PRIMARY KEY, name text NOT NULL) {option}");
            let copy = "INSERT INTO n (id, name) SELECT \"id\", \"name\" FROM author";
            rebuild("author", &[&create, copy, "DROP TABLE author", "ALTER TABLE n RENAME TO author"])
        };
        assert_refused(&db, &[step("")], "E638").await;
        db.apply("0002_name", &[step(option)]).await.expect("it keeps its kind");
    }
}

const BOOK_OF_ONE: &str = "CREATE TABLE book (id integer PRIMARY KEY, author_id integer REFERENCES author (id)); INSERT INTO book VALUES (1, 1);";

#[tokio::test]
async fn a_dropped_table_takes_no_rows_of_a_table_made_by_hand_along() {
    let db = library("").await;
    assert_refused(&db, &[sql("DROP TABLE author")], "E639").await;
    assert_refused(&db, &[sql("DROP TABLE IF EXISTS main.\"author\";")], "E639").await;
    db.execute("DELETE FROM book").await;
    db.apply("0002_drop", &[sql("DROP TABLE author")]).await.expect("nobody refers to it");
}

#[tokio::test]
async fn names_in_another_case_are_the_same_names() {
    let db = TestDb::with(&format!(
        "{}{}CREATE INDEX \"by hand\" ON author (id, name);",
        AUTHOR.replace("TABLE author", "TABLE Author"),
        BOOK.replace("REFERENCES author", "REFERENCES AUTHOR")
    ))
    .await;
    assert_refused(&db, &[author(&["DELETE FROM book WHERE id = 10"])], "E626").await;
    assert_refused(&db, &[sql("DROP TABLE author")], "E639").await;
    assert_rebuilt(&db).await;
    assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'by hand'").await, ["1"]);
}

#[tokio::test]
async fn a_virtual_table_of_a_module_that_is_not_here_stops_nothing() {
    let db = library(
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) \
         VALUES ('table', 'ghost', 'ghost', 0, 'CREATE VIRTUAL TABLE ghost USING absent(x)');",
    )
    .await;
    assert_rebuilt(&db).await;
}

#[tokio::test]
async fn a_table_is_not_dropped_under_rows_that_refer_to_it_beside_a_rebuild() {
    let db = library("CREATE TABLE tag (id integer PRIMARY KEY, name text);").await;
    let other = rebuild(
        "tag",
        &[
            "CREATE TABLE n (id integer PRIMARY KEY, name text NOT NULL)",
            "INSERT INTO n (id, name) SELECT id, name FROM tag",
            "DROP TABLE tag",
            "ALTER TABLE n RENAME TO tag",
        ],
    );
    assert_refused(&db, &[other, sql("DROP TABLE author")], "E639").await;
}

#[tokio::test]
async fn a_text_that_qualifies_casts_or_asks_elsewhere_is_understood() {
    let text = |select: &str| {
        let copy = format!("INSERT INTO n (id, name) {select}");
        let create = "CREATE TABLE n (id integer NOT NULL PRIMARY KEY, name text)";
        rebuild("author", &[create, &copy, "DROP TABLE author", "ALTER TABLE n RENAME TO author"])
    };
    for select in [
        "SELECT \"author\".\"id\", CAST(\"author\".\"name\" AS text) FROM author",
        "SELECT \"id\", coalesce(\"name\", (SELECT \"title\" FROM book WHERE author_id = author.id)) FROM author",
    ] {
        let db = library("").await;
        db.apply("0002_name", &[text(select)]).await.unwrap_or_else(|error| panic!("{select}: {error}"));
        assert_eq!(db.rows("SELECT id, name FROM author").await, ["1|Ann", "2|Bob"]);
    }
    let db = library("ALTER TABLE author ADD COLUMN text text DEFAULT 'x'").await;
    assert_refused(&db, &[text("SELECT \"id\", CAST(\"name\" AS text) FROM author")], "E625").await;
}
