//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made, and every one that somebody did.

use fastdjango_core::field::Engine;
use fastdjango_tests::live::{ByHand, every_change_is_seen, nothing_drifts, servers};

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
        every_change_is_seen(server, MODELS, BY_HAND).await;
    }
}

#[tokio::test]
async fn what_reads_otherwise_and_means_the_same_is_no_difference() {
    for server in servers().iter().filter(|server| matches!(server.engine(), Engine::Mysql | Engine::Mariadb)) {
        every_change_is_seen(server, MODELS, REWORDED).await;
    }
}

/// Something of everything that can be changed.
const MODELS: &str = r#"
[[operations]]
op = "create_model"
model = "Author"
table = "blog_author"
fields = [{ name = "id", type = "bigint", auto = true }]
primary_key = ["id"]

[[operations]]
op = "create_model"
model = "Post"
table = "blog_post"
fields = [
    { name = "id", type = "bigint", auto = true },
    { name = "title", type = "varchar(20)", default = "new" },
    { name = "slug", type = "varchar(20)", collation = "utf8mb4_general_ci" },
    { name = "rating", type = "integer" },
    { name = "price", type = "integer", null = true },
    { name = "twice", type = "integer", null = true, generated = { expression = "rating * 2 + 1", stored = true } },
    { name = "author", type = "foreign_key", to = "blog.Author", on_delete = "cascade" },
]
primary_key = ["id"]
constraints = [
    { name = "post_rating", kind = "check", sql = "rating BETWEEN 0 AND 5 OR title IN ('a', 'b')" },
    { name = "post_once", kind = "unique", fields = ["title", "rating"] },
]
indexes = [
    { name = "post_best", fields = ["-rating", "title"] },
]
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
