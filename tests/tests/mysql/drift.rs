//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made, and every one that somebody did.

use fastdjango_core::field::Engine;
use fastdjango_tests::live::{ByHand, drifting, every_change_is_seen, nothing_drifts, servers};

use super::possible::possible;

#[tokio::test]
async fn a_database_of_random_models_is_what_the_models_say() {
    for server in servers().iter().filter(|server| matches!(server.engine(), Engine::Mysql | Engine::Mariadb)) {
        nothing_drifts(server, possible).await;
    }
}

#[tokio::test]
async fn what_somebody_changed_by_hand_is_told_as_what_it_is() {
    for server in servers().iter().filter(|server| matches!(server.engine(), Engine::Mysql | Engine::Mariadb)) {
        every_change_is_seen(server, &models(), BY_HAND).await;
    }
}

#[tokio::test]
async fn what_reads_otherwise_and_means_the_same_is_no_difference() {
    for server in servers().iter().filter(|server| matches!(server.engine(), Engine::Mysql | Engine::Mariadb)) {
        every_change_is_seen(server, &models(), REWORDED).await;
    }
}

#[tokio::test]
async fn what_a_model_says_in_its_own_words_is_no_difference() {
    for server in servers().iter().filter(|server| matches!(server.engine(), Engine::Mysql | Engine::Mariadb)) {
        every_change_is_seen(server, SAID_OTHERWISE, &[("SELECT 1", &[])]).await;
    }
}

/// Something of everything that can be changed.
fn models() -> String {
    drifting("utf8mb4_general_ci", INDEXES)
}

const INDEXES: &str = r#"
    { name = "post_best", fields = ["-rating", "title"] },
"#;

const BY_HAND: &[ByHand<'static>] = &[
    (
        "ALTER TABLE blog_post ALTER title SET DEFAULT 'old'",
        &["`blog_post.title` has the default `'old'`, not `'new'`"],
    ),
    ("ALTER TABLE blog_post ALTER title DROP DEFAULT", &["`blog_post.title` has the default none, not `'new'`"]),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating, ADD CONSTRAINT post_rating CHECK (rating BETWEEN 0 AND 6 OR title IN ('a', 'b'))",
        &["`blog_post` lacks the check `rating BETWEEN 0 AND 5 OR title IN ('a', 'b')`", "`rating` between 0 and 6"],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating, ADD CONSTRAINT post_rating CHECK (rating BETWEEN 0 AND 5 OR title IN ('a', 'B'))",
        &["`blog_post` lacks the check `rating BETWEEN 0 AND 5 OR title IN ('a', 'b')`", "`title` in ('a','B')"],
    ),
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating",
        &["`blog_post` lacks the check `rating BETWEEN 0 AND 5 OR title IN ('a', 'b')`"],
    ),
    ("ALTER TABLE blog_post ADD CONSTRAINT mine CHECK (price > 0)", &["has a check ``price` > 0`"]),
    (
        "ALTER TABLE blog_post DROP INDEX post_best, ADD INDEX post_best (rating, title)",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    (
        "ALTER TABLE blog_post DROP INDEX post_best, ADD INDEX post_best (title, rating DESC)",
        &["the index `post_best` of `blog_post` is not the one that the model means"],
    ),
    ("DROP INDEX post_best ON blog_post", &["`blog_post` lacks the index `post_best`"]),
    ("CREATE INDEX mine ON blog_post (price)", &["`blog_post` has an index `mine` that belongs to no model"]),
    ("ALTER TABLE blog_post DROP COLUMN slug", &["`blog_post` lacks the column `slug`"]),
    ("ALTER TABLE blog_post ADD COLUMN mine int", &["`blog_post` has a column `mine` that belongs to no field"]),
    ("ALTER TABLE blog_post MODIFY price integer NOT NULL", &["`blog_post.price` does not allow NULL, and should"]),
    ("ALTER TABLE blog_post MODIFY price bigint", &["`blog_post.price` is bigint, not integer"]),
    (
        "ALTER TABLE blog_post DROP COLUMN twice, ADD COLUMN twice integer GENERATED ALWAYS AS (rating * 3 + 1) STORED",
        &["`rating` * 3"],
    ),
    (
        "ALTER TABLE blog_post DROP COLUMN twice, ADD COLUMN twice integer",
        &["`blog_post.twice` is computed by the expression none, not `(rating * 2 + 1) stored`"],
    ),
    (
        "ALTER TABLE blog_post MODIFY slug varchar(20) COLLATE utf8mb4_bin NOT NULL",
        &["`blog_post.slug` has the collation `utf8mb4_bin`, not `utf8mb4_general_ci`"],
    ),
    (
        "ALTER TABLE blog_post DROP FOREIGN KEY blog_post_author_id_fkey; ALTER TABLE blog_post ADD CONSTRAINT blog_post_author_id_fkey FOREIGN KEY (author_id) REFERENCES blog_author (id) ON DELETE RESTRICT",
        &[
            "`blog_post` lacks the foreign key from `author_id` to `id` of `blog_author` (ON DELETE CASCADE",
            "`blog_post` has a foreign key from `author_id` to `id` of `blog_author` (ON DELETE RESTRICT",
        ],
    ),
    (
        "ALTER TABLE blog_post DROP FOREIGN KEY blog_post_author_id_fkey",
        &["`blog_post` lacks the foreign key from `author_id` to `id` of `blog_author` (ON DELETE CASCADE"],
    ),
    ("ALTER TABLE blog_post DROP INDEX post_once", &["`blog_post` does not keep `title`, `rating` unique"]),
    (
        "ALTER TABLE blog_post MODIFY id bigint NOT NULL",
        &["`blog_post.id` is not numbered by the database, and should be"],
    ),
    ("CREATE TABLE mine (id int)", &["the table `mine` belongs to no model"]),
    ("DROP TABLE blog_post", &["the table `blog_post` is missing"]),
    (
        "ALTER TABLE blog_post MODIFY price integer COMMENT 'mine'",
        &["`blog_post.price` has the comment `mine`, not none"],
    ),
];

/// What says the same in other words.
const REWORDED: &[ByHand<'static>] = &[
    (
        "ALTER TABLE blog_post DROP CONSTRAINT post_rating, ADD CONSTRAINT post_rating CHECK ((`rating` between 0 and 5) or (title in ('a','b')))",
        &[],
    ),
    ("ALTER TABLE blog_post DROP COLUMN twice, ADD COLUMN twice integer AS (((rating * 2)) + (1)) STORED", &[]),
];

/// What a model can say that the servers print in other words, or leave out.
const SAID_OTHERWISE: &str = r#"
[[operations]]
op = "create_enum"
enum = "mood"
values = ["it's \"z\""]

[[operations]]
op = "create_model"
model = "Post"
table = "blog_post"
fields = [
    { name = "id", type = "bigint", auto = true },
    { name = "title", type = "varchar(20)", default = "it's" },
    { name = "body", type = "varchar(90)", null = true, default = { sql = "lower(concat('A', 'ü'))" } },
    { name = "amount", type = "numeric(10,2)", default = "1.50" },
    { name = "share", type = "double", default = { sql = "1 / 3.0" } },
    { name = "flag", type = "boolean", default = true },
    { name = "made", type = "timestamp", default = { sql = "CURRENT_TIMESTAMP" } },
    { name = "day", type = "date", null = true, default = "2024-01-31" },
    { name = "clock", type = "time", null = true, default = "12:30:00" },
    { name = "bytes", type = "binary", null = true, default = "00ff" },
    { name = "data", type = "json", null = true, default = "{}" },
    { name = "key", type = "uuid", default = { sql = "uuid()" } },
    { name = "odd name", type = "integer", null = true, default = -1 },
    { name = "mood", type = "enum(mood)" },
    { name = "other_mood", type = "enum(mood)", null = true },
    { name = "shown", type = "varchar(200)", null = true, generated = { expression = "concat(coalesce(title, ''), ': ', CASE WHEN flag THEN body END)", stored = true } },
    { name = "cost", type = "integer", null = true, generated = { expression = "amount * 2.5 + (amount - 1)", stored = false } },
]
primary_key = ["id"]
constraints = [
    { name = "post_choice", kind = "check", sql = "title IN ('abc', 'DEF') AND NOT (title IS NULL)" },
    { name = "post_pattern", kind = "check", sql = "title REGEXP '^[a-z]+$' AND body NOT LIKE '%]%' AND length(trim(title)) > 0" },
    { name = "post_day", kind = "check", sql = "day BETWEEN '2000-01-01' AND DATE '2100-01-01' OR day IS NULL AND flag" },
    { name = "post_data", kind = "check", sql = "json_extract(data, '$.Kind') <> 'B' OR json_length(data) < 3" },
    { name = "post_odd", kind = "check", sql = "\"odd name\" + 1 > 0 AND amount > 0.0" },
    { name = "post_choices", kind = "choices", field = "title", values = ["a", "it's", "ü\\"] },
    { name = "post_amount", kind = "non_negative", field = "amount" },
    { name = "post_one", kind = "choices", field = "body", values = ["z"] },
    { name = "post_no_other", kind = "check", sql = "title NOT IN ('y') OR amount IN (1)" },
]
indexes = [{ name = "post_day", fields = ["-day", "title"] }]
"#;
