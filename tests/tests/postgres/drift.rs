//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made, and every one that somebody did.

use fastdjango_core::dialect::Postgres;
use fastdjango_core::field::{ColumnType, Engine, Sql};
use fastdjango_core::schema::{Check, CheckExpression, Column, Schema, Table};
use fastdjango_tests::live::{ByHand, drifting, every_change_is_seen, nothing_drifts, servers, servers_of_any_age};

use super::harness::each;
use super::possible::possible;

#[tokio::test]
async fn a_database_of_random_models_is_what_the_models_say() {
    for server in servers_of_any_age().iter().filter(|server| server.engine() == Engine::Postgres) {
        nothing_drifts(server, possible).await;
    }
}

#[tokio::test]
async fn what_somebody_changed_by_hand_is_told_as_what_it_is() {
    for server in servers().iter().filter(|server| server.engine() == Engine::Postgres) {
        every_change_is_seen(server, &models(), BY_HAND).await;
    }
}

#[tokio::test]
async fn what_reads_otherwise_and_means_the_same_is_no_difference() {
    for server in servers_of_any_age().iter().filter(|server| server.engine() == Engine::Postgres) {
        every_change_is_seen(server, &models(), REWORDED).await;
    }
}

#[tokio::test]
async fn what_a_model_says_in_its_own_words_is_no_difference() {
    for server in servers().iter().filter(|server| server.engine() == Engine::Postgres) {
        every_change_is_seen(server, SAID_OTHERWISE, &[("SELECT 1", &[])]).await;
    }
}

/// Something of everything that can be changed.
fn models() -> String {
    drifting("C", INDEXES)
}

const INDEXES: &str = r#"
    { name = "post_best", fields = ["-rating", "title"], condition = "rating > 3 AND title <> 'x'" },
    { name = "post_lower", fields = ["rating"], expression = "lower(title)" },
"#;

const BY_HAND: &[ByHand<'static>] = &[
    (
        "ALTER TABLE blog_post ALTER title SET DEFAULT 'old'",
        &["`blog_post.title` has the default `('old'::character varying)`, not `('new'::character varying)`"],
    ),
    (
        "ALTER TABLE blog_post ALTER title DROP DEFAULT",
        &["`blog_post.title` has the default none, not `('new'::character varying)`"],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating, ADD CONSTRAINT post_rating CHECK (rating BETWEEN 0 AND 6 OR title IN ('a', 'b'))",
        &[
            "`blog_post` lacks the check `((rating >= 0) AND (rating <= 5)) OR ((title)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`",
            "`blog_post` has a check `((rating >= 0) AND (rating <= 6)) OR ((title)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))` that belongs to no model",
        ],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating, ADD CONSTRAINT post_rating CHECK (rating BETWEEN 0 AND 5 OR title IN ('a', 'B'))",
        &[
            "`blog_post` lacks the check `((rating >= 0) AND (rating <= 5)) OR ((title)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`",
            "`blog_post` has a check `((rating >= 0) AND (rating <= 5)) OR ((title)::text = ANY ((ARRAY['a'::character varying, 'B'::character varying])::text[]))` that belongs to no model",
        ],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating",
        &[
            "`blog_post` lacks the check `((rating >= 0) AND (rating <= 5)) OR ((title)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`",
        ],
    ),
    ("ALTER TABLE blog_post ADD CHECK (price > 0)", &["`blog_post` has a check `price > 0` that belongs to no model"]),
    (
        "DROP INDEX post_best; CREATE INDEX post_best ON blog_post (rating DESC, title) WHERE rating > 4 AND title <> 'x'",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "DROP INDEX post_best; CREATE INDEX post_best ON blog_post (rating, title) WHERE rating > 3 AND title <> 'x'",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "DROP INDEX post_best; CREATE INDEX post_best ON blog_post (title, rating DESC) WHERE rating > 3 AND title <> 'x'",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "DROP INDEX post_lower; CREATE INDEX post_lower ON blog_post (rating, upper(title))",
        &["the index `post_lower` of `blog_post` is not the one that the model means"],
    ),
    ("DROP INDEX post_lower", &["`blog_post` lacks the index `post_lower`"]),
    ("CREATE INDEX mine ON blog_post (price)", &["`blog_post` has an index `mine` that belongs to no model"]),
    ("ALTER TABLE blog_post DROP COLUMN slug", &["`blog_post` lacks the column `slug`"]),
    ("ALTER TABLE blog_post ADD COLUMN mine int", &["`blog_post` has a column `mine` that belongs to no field"]),
    ("ALTER TABLE blog_post ALTER slug DROP NOT NULL", &["`blog_post.slug` allows NULL, and should not"]),
    ("ALTER TABLE blog_post ALTER price SET NOT NULL", &["`blog_post.price` does not allow NULL, and should"]),
    ("ALTER TABLE blog_post ALTER price TYPE bigint", &["`blog_post.price` is bigint, not integer"]),
    (
        "ALTER TABLE blog_post DROP COLUMN twice, ADD COLUMN twice integer GENERATED ALWAYS AS (rating * 3 + 1) STORED",
        &[
            "`blog_post.twice` is computed by the expression `((rating * 3) + 1) stored`, not `((rating * 2) + 1) stored`",
        ],
    ),
    (
        "ALTER TABLE blog_post ALTER twice DROP EXPRESSION",
        &["`blog_post.twice` is computed by the expression none, not `((rating * 2) + 1) stored`"],
    ),
    (
        r#"ALTER TABLE blog_post ALTER slug TYPE varchar(20) COLLATE "POSIX""#,
        &["`blog_post.slug` has the collation `POSIX`, not `C`"],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT blog_post_author_id_fkey, ADD CONSTRAINT blog_post_author_id_fkey FOREIGN KEY (author_id) REFERENCES blog_author (id) ON DELETE RESTRICT",
        &[
            "`blog_post` lacks the foreign key from `author_id` to `id` of `blog_author` (ON DELETE CASCADE)",
            "`blog_post` has a foreign key from `author_id` to `id` of `blog_author` (ON DELETE RESTRICT) that belongs to no field",
        ],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT blog_post_author_id_fkey",
        &["`blog_post` lacks the foreign key from `author_id` to `id` of `blog_author` (ON DELETE CASCADE)"],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_once, ADD CONSTRAINT post_once UNIQUE (title, rating) DEFERRABLE",
        &[
            "`blog_post` does not keep `title`, `rating` unique",
            "`blog_post` keeps `title`, `rating` unique (DEFERRABLE), which no model asks for",
        ],
    ),
    (
        "ALTER TABLE blog_post ALTER id DROP IDENTITY",
        &["`blog_post.id` is not numbered by the database, and should be"],
    ),
    ("ALTER TABLE blog_post DROP CONSTRAINT blog_post_pkey", &["`blog_post` has the primary key none, not `id`"]),
    ("CREATE TABLE mine (id int)", &["the table `mine` belongs to no model"]),
    ("CREATE TABLE \"m.ine\" (id int)", &["the table `\"m.ine\"` belongs to no model"]),
    ("DROP TABLE blog_post", &["the table `blog_post` is missing"]),
    (
        "DROP INDEX post_best; CREATE INDEX post_best ON blog_post (rating DESC NULLS LAST, title) WHERE rating > 3 AND title <> 'x'",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        r#"DROP INDEX post_best; CREATE INDEX post_best ON blog_post (rating DESC, title COLLATE "C") WHERE rating > 3 AND title <> 'x'"#,
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "DROP INDEX post_best; CREATE INDEX post_best ON blog_post (rating DESC, title text_pattern_ops) WHERE rating > 3 AND title <> 'x'",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "DROP INDEX post_best; CREATE UNIQUE INDEX post_best ON blog_post (rating DESC, title) NULLS NOT DISTINCT WHERE rating > 3 AND title <> 'x'",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "DROP INDEX post_best; CREATE INDEX post_best ON blog_post (rating DESC, title) INCLUDE (price) WHERE rating > 3 AND title <> 'x'",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_once; CREATE UNIQUE INDEX mine ON blog_post (title, rating) NULLS NOT DISTINCT",
        &[
            "`blog_post` does not keep `title`, `rating` unique",
            "`blog_post` has an index `mine` that belongs to no model",
        ],
    ),
    (
        "ALTER TABLE blog_post ADD CONSTRAINT mine EXCLUDE USING btree (price WITH =)",
        &["`blog_post` has a check `EXCLUDE USING btree (price WITH =)` that belongs to no model"],
    ),
    (
        "ALTER TABLE blog_post ADD CONSTRAINT mine CHECK (price > 0) NOT VALID",
        &["`blog_post` has a check `price > 0 NOT VALID` that belongs to no model"],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating, ADD CONSTRAINT post_rating CHECK (rating BETWEEN 0 AND 5 OR title IN ('a', 'b')) NOT VALID",
        &[
            "`blog_post` lacks the check `((rating >= 0) AND (rating <= 5)) OR ((title)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`",
            "`blog_post` has a check `((rating >= 0) AND (rating <= 5)) OR ((title)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])) NOT VALID` that belongs to no model",
        ],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT blog_post_author_id_fkey, ADD CONSTRAINT blog_post_author_id_fkey FOREIGN KEY (author_id) REFERENCES blog_author (id) ON DELETE CASCADE NOT VALID",
        &[
            "`blog_post` lacks the foreign key from `author_id` to `id` of `blog_author` (ON DELETE CASCADE)",
            "`blog_post` has a check `FOREIGN KEY (author_id) REFERENCES blog_author(id) ON DELETE CASCADE NOT VALID` that belongs to no model",
        ],
    ),
    ("COMMENT ON COLUMN blog_post.title IS 'mine'", &["`blog_post.title` has the comment `mine`, not none"]),
];

/// What says the same in other words.
const REWORDED: &[ByHand<'static>] = &[
    (
        "DO $$ DECLARE was record; BEGIN
            FOR was IN SELECT conname, pg_get_constraintdef(oid) AS said FROM pg_constraint WHERE conrelid = 'blog_post'::regclass AND contype = 'c' LOOP
                EXECUTE format('ALTER TABLE blog_post DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', was.conname, was.conname, was.said);
                IF was.said = (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = was.conname) THEN
                    RAISE 'the server prints it as it was: %', was.said;
                END IF;
            END LOOP;
        END $$",
        &[],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating, ADD CONSTRAINT post_rating CHECK (((rating >= 0) AND rating <= 5) OR title = ANY ('{a,b}'))",
        &[],
    ),
    (
        r#"DROP INDEX post_best; CREATE INDEX post_best ON blog_post USING btree (rating DESC NULLS FIRST, title COLLATE "default" text_ops ASC NULLS LAST) WHERE (NOT rating <= 3 AND title <> ('x')::text)"#,
        &[],
    ),
];

/// What a model can say that the server prints in other words, or leaves out.
const SAID_OTHERWISE: &str = r#"
[[operations]]
op = "create_enum"
enum = "order"
values = ["draft", "it's"]

[[operations]]
op = "create_model"
model = "Post"
table = "blog_post"
fields = [
    { name = "id", type = "bigint", auto = true },
    { name = "title", type = "varchar(20)", default = "it's" },
    { name = "body", type = "text", null = true, default = { sql = "lower('A' || 'B')" } },
    { name = "fixed", type = "custom(char(3))", default = "abc" },
    { name = "amount", type = "numeric(10,2)", default = "1.50" },
    { name = "share", type = "double", default = { sql = "1 / 3.0" } },
    { name = "flag", type = "boolean", default = true },
    { name = "status", type = "enum(order)", default = "it's" },
    { name = "made", type = "timestamptz", default = { sql = "now() - interval '1 day'" } },
    { name = "day", type = "date", default = "2024-01-31" },
    { name = "clock", type = "time", null = true, default = "12:30:00" },
    { name = "short", type = "custom(timestamp(0) with time zone)", null = true },
    { name = "bytes", type = "binary", null = true, default = "00ff" },
    { name = "data", type = "json", null = true, default = "{}" },
    { name = "tags", type = "text[]", default = { sql = "'{}'" } },
    { name = "sizes", type = "custom(int4[])", null = true },
    { name = "whole", type = "custom(INT8)", null = true },
    { name = "key", type = "uuid", default = { sql = "gen_random_uuid()" } },
    { name = "address", type = "inet", null = true, default = "10.0.0.1" },
    { name = "plain", type = "text", null = true, collation = "default" },
    { name = "Odd \"name\"", type = "integer", null = true, default = -1 },
    { name = "shown", type = "text", null = true, generated = { expression = "coalesce(title, '') || ': ' || CASE WHEN flag THEN body END", stored = true } },
    { name = "cost", type = "integer", null = true, generated = { expression = "amount * 2.5", stored = true } },
]
primary_key = ["id"]
constraints = [
    { name = "post_status", kind = "check", sql = "status IN ('draft', 'it''s')" },
    { name = "post_fixed", kind = "check", sql = "fixed IN ('abc', 'DEF') AND NOT (title IS NULL)" },
    { name = "post_pattern", kind = "check", sql = "title ~ '^[a-z]+$' AND body NOT LIKE '%]%' AND length(trim(title)) > 0" },
    { name = "post_day", kind = "check", sql = "day BETWEEN '2000-01-01' AND DATE '2100-01-01' OR day IS NULL" },
    { name = "post_tags", kind = "check", sql = "tags <@ ARRAY['a', 'B'] OR tags[1] = 'x' OR cardinality(tags) < 3" },
    { name = "post_data", kind = "check", sql = "data ->> 'Kind' IN ('a', 'B') OR data @> '{\"A\": 1}'" },
    { name = "post_odd", kind = "check", sql = "\"Odd \"\"name\"\"\" + 1 > 0 AND blog_post.amount > 0.0" },
    { name = "post_flag", kind = "check", sql = "flag" },
    { name = "post_choices", kind = "choices", field = "title", values = ["a", "it's", "ü\\"] },
    { name = "post_amount", kind = "non_negative", field = "amount" },
    { name = "post_once", kind = "unique", fields = ["title", "day"], deferrable = "deferred" },
]
indexes = [
    { name = "post_column", expression = "title" },
    { name = "post_collated", expression = "title COLLATE \"C\"" },
    { name = "post_low", fields = ["-day"], expression = "coalesce(lower(title), 'X')", unique = true, condition = "flag AND status = 'draft'" },
    { name = "post_method", fields = ["title"], method = "btree" },
    { name = "post_class", fields = ["title"], opclass = "text_ops" },
    { name = "post_like", fields = ["title", "body"], opclass = "text_pattern_ops" },
    { name = "post_like_low", expression = "lower(title)", opclass = "text_pattern_ops" },
    { name = "post_gin", fields = ["data"], method = "gin", opclass = "jsonb_path_ops" },
    { name = "post_words", expression = "to_tsvector('english', coalesce(body, ''))", method = "gin" },
    { name = "post_with", fields = ["amount", "-id"], include = ["flag", "day"], condition = "amount > 1 AND title IN ('a', 'b')" },
]

[[operations]]
op = "create_model"
model = "Line"
table = "Shop of 'ü'.blog_post"
fields = [
    { name = "id", type = "bigint", auto = true },
    { name = "title", type = "varchar(5)", default = "a" },
    { name = "post", type = "foreign_key", to = "blog.Post", on_delete = "cascade" },
    { name = "above", type = "foreign_key", to = "blog.Line", on_delete = "set_null", null = true, deferrable = "immediate" },
]
primary_key = ["id"]
constraints = [{ name = "line_title", kind = "check", sql = "title IN ('a', 'b')" }]
"#;

/// A table of which the server prints the check in words of its own.
fn checked() -> Schema {
    let check = Check {
        name: Some("post_rating".into()),
        expression: CheckExpression::Sql(Sql::any("rating IN (1, 2)")),
        verbatim: false,
    };
    let column = Column {
        name: "rating".into(),
        ty: ColumnType::Integer,
        db_type: None,
        null: true,
        auto: false,
        default: None,
        collation: None,
        generated: None,
        comment: None,
    };
    let table = Table {
        name: "post".into(),
        comment: None,
        columns: vec![column],
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        uniques: Vec::new(),
        checks: vec![check],
        indexes: Vec::new(),
    };
    Schema { tables: [("post".to_owned(), table)].into(), ..Schema::default() }
}

#[tokio::test]
async fn a_session_that_only_reads_is_told_the_same_and_leaves_nothing_behind() {
    for db in each().await {
        db.execute("CREATE TABLE post (rating integer CONSTRAINT post_rating CHECK (rating IN (1, 2)))").await;
        let count = "SELECT count(*) FROM pg_class";
        let before = db.rows(count).await;
        let mut connection = db.read().await;
        assert_eq!(connection.drift(&checked(), &Postgres::DEFAULT).await.expect("an answer"), []);
        connection.query("CREATE TABLE mine (id int)").await.expect_err("it still only reads");
        assert_eq!(db.rows(count).await, before);
    }
}

#[tokio::test]
async fn who_may_make_no_temporary_table_is_refused_where_it_matters() {
    for db in each().await {
        let (database, reader) = (&db.settings.name, format!("{}_reader", db.settings.name));
        db.execute(&format!(
            "CREATE ROLE {reader} LOGIN; REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC; CREATE TABLE post (rating integer)"
        ))
        .await;
        let mut bare = checked();
        bare.tables.values_mut().for_each(|table| table.checks.clear());
        let db = db.as_user(&reader);
        assert_eq!(db.read().await.drift(&bare, &Postgres::DEFAULT).await.expect("nothing to ask"), []);
        let told = db.read().await.drift(&checked(), &Postgres::DEFAULT).await.expect_err("a refusal").to_string();
        let help = format!("GRANT TEMPORARY ON DATABASE {database} TO {reader}");
        assert!(told.contains("E512") && told.contains(&help), "{told}");
    }
}
