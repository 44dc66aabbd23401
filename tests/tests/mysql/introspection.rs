//! What the catalog says, of tables that were written by hand.

use fastdjango_core::field::Default as DefaultValue;
use fastdjango_core::schema::{CheckExpression, Column, Index, Table};

use super::harness::{TestDb, each};

/// What both servers have.
const EVERYTHING: [&str; 9] = [
    "CREATE TABLE author (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(80) NOT NULL UNIQUE COMMENT 'Who''s it') \
     CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'Who writes'",
    "CREATE TABLE `order` (
        `a b` int NOT NULL, n smallint NOT NULL DEFAULT 7, flag boolean NOT NULL DEFAULT 0, price decimal(10,2) DEFAULT 0.50,
        word varchar(20) NOT NULL DEFAULT 'it''s \\\\ a', blank varchar(5) DEFAULT '', many longtext, raw longblob,
        day date DEFAULT '2024-01-31', at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), t time(6), f float, d double,
        big bigint unsigned, kind enum('a','b') NOT NULL DEFAULT 'a', stamp timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
        sum int GENERATED ALWAYS AS (`a b` + n) STORED, twice int GENERATED ALWAYS AS (n * 2) VIRTUAL,
        author_id bigint, PRIMARY KEY (`a b`, n),
        CONSTRAINT order_few CHECK (n < 100 AND word <> 'it''s'),
        CONSTRAINT order_author FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE SET NULL ON UPDATE CASCADE)
        CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "CREATE TABLE line (`a b` int, n smallint, note text, data json, CONSTRAINT line_order FOREIGN KEY (`a b`, n) REFERENCES `order` (`a b`, n) \
     ON DELETE CASCADE, CONSTRAINT line_pair UNIQUE (n, `a b`)) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "CREATE INDEX order_recent ON `order` (author_id, at DESC)",
    "CREATE UNIQUE INDEX order_at ON `order` (at DESC)",
    "CREATE INDEX line_note ON line (note(10))",
    "CREATE FULLTEXT INDEX order_many ON `order` (many)",
    "CREATE VIEW names AS SELECT name FROM author",
    "CREATE TRIGGER author_name BEFORE INSERT ON author FOR EACH ROW SET new.name = UPPER(new.name)",
];

async fn with_everything() -> Vec<TestDb> {
    let databases = each().await;
    for db in &databases {
        for statement in EVERYTHING {
            db.execute(statement).await;
        }
    }
    databases
}

fn column(column: &Column) -> String {
    let mut words = vec![column.name.clone(), column.ty.to_string()];
    words.extend(column.null.then(|| "null".to_owned()));
    words.extend(column.auto.then(|| "auto".to_owned()));
    match &column.default {
        Some(DefaultValue::Sql { sql }) => words.push(format!("default {sql}")),
        Some(DefaultValue::Value(value)) => words.push(format!("default {value:?}")),
        None => {}
    }
    words.extend(column.collation.iter().map(|collation| format!("collate {collation}")));
    if let Some(generated) = &column.generated {
        words.push(format!("as {} stored {}", generated.expression, generated.stored));
    }
    words.extend(column.comment.iter().map(|comment| format!("comment {comment}")));
    words.join(" ")
}

fn index(index: &Index) -> String {
    let part = |length: Option<u32>| length.map_or_else(String::new, |length| format!("({length})"));
    let side = |descending: bool| if descending { " desc" } else { "" };
    let columns: Vec<String> =
        index.columns.iter().map(|c| format!("{}{}{}", c.name, part(c.length), side(c.descending))).collect();
    let expression = index.expression.as_ref().map(ToString::to_string);
    format!("index {} ({}) {expression:?} unique {} {:?}", index.name, columns.join(", "), index.unique, index.method)
}

fn told(table: &Table) -> Vec<String> {
    let mut lines = vec![format!("{} {:?}", table.name, table.comment)];
    lines.extend(table.columns.iter().map(column));
    lines.push(format!("key {}", table.primary_key.join(", ")));
    lines.extend(table.foreign_keys.iter().map(|key| {
        format!(
            "{} ({}) -> {} ({}) delete {} update {}",
            key.name.as_deref().unwrap_or_default(),
            key.columns.join(", "),
            key.to_table,
            key.to_columns.join(", "),
            key.on_delete,
            key.on_update,
        )
    }));
    lines.extend(table.uniques.iter().map(|unique| {
        format!("unique {} ({})", unique.name.as_deref().unwrap_or_default(), unique.columns.join(", "))
    }));
    lines.extend(table.checks.iter().map(|check| match &check.expression {
        CheckExpression::Sql(sql) => format!("check {:?} {sql}", check.name),
        other => format!("check {:?} {other:?}", check.name),
    }));
    lines.extend(table.indexes.iter().map(index));
    lines
}

#[tokio::test]
async fn a_table_with_everything_is_read_whole() {
    for db in with_everything().await {
        let schema = db.read().await.introspect().await.expect("the schema");
        let tables: Vec<&str> = schema.tables.keys().map(String::as_str).collect();
        assert_eq!(tables, ["author", "line", "order"]);
        let lines: Vec<String> = schema.tables.values().flat_map(told).collect();
        insta::assert_snapshot!(format!("everything_{}", db.settings.engine), lines.join("\n"));
    }
}

#[tokio::test]
async fn triggers_and_views_are_told_by_what_makes_them() {
    for db in with_everything().await {
        let objects = db.read().await.objects().await.expect("the objects");
        let told: Vec<String> =
            objects.iter().map(|o| format!("{} {} on {}: {}", o.kind, o.name, o.table, o.sql)).collect();
        insta::assert_snapshot!(format!("objects_{}", db.settings.engine), told.join("\n"));
        let again = db.another().await;
        again.execute("CREATE TABLE author (id int, name varchar(80))").await;
        for object in &objects {
            again.execute(&object.sql).await;
        }
        assert_eq!(again.read().await.objects().await.expect("the objects").len(), 2);
    }
}

#[tokio::test]
async fn what_only_one_of_the_servers_has_is_read_too() {
    for db in each().await {
        let statements: &[&str] = if db.is_mariadb() {
            &[
                "CREATE TABLE a (id uuid PRIMARY KEY, n int CHECK (n > 0), s varchar(5) COLLATE utf8mb4_general_ci DEFAULT concat('a', 'b'), address inet6)",
                "CREATE SEQUENCE numbers",
            ]
        } else {
            &[
                "CREATE TABLE a (id int PRIMARY KEY, n int, s varchar(5) DEFAULT (concat('a', \"it's\")), \
                 CONSTRAINT a_n CHECK (n > 0) NOT ENFORCED)",
                "CREATE INDEX a_lower ON a (n, (lower(s)))",
                "CREATE INDEX a_upper ON a ((upper(s)), n DESC)",
            ]
        };
        for statement in statements {
            db.execute(statement).await;
        }
        let schema = db.read().await.introspect().await.expect("the schema");
        let lines: Vec<String> = schema.tables.values().flat_map(told).collect();
        insta::assert_snapshot!(format!("own_{}", db.settings.engine), lines.join("\n"));
    }
}

#[tokio::test]
async fn rows_and_values_are_counted() {
    for db in each().await {
        db.execute("CREATE TABLE `order` (`a b` int)").await;
        db.execute("INSERT INTO `order` VALUES (1), (NULL), (2)").await;
        let mut connection = db.read().await;
        assert_eq!(connection.count_rows("order").await.expect("a count"), 3);
        assert_eq!(connection.count_values("order", "a b").await.expect("a count"), 2);
        let kinds = "SELECT CAST(1 AS signed), true, CAST(2.5 AS double), 1.50, 'x', x'ff00', NULL, CAST('2024-01-31' AS date), \
             CAST('x' AS char CHARACTER SET utf8mb4) COLLATE utf8mb4_bin";
        assert_eq!(db.rows(kinds).await, ["1|1|2.5|1.50|x|[255, 0]|NULL|2024-01-31|x"]);
    }
}
