//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made, and every one that somebody did.

use fastdjango_tests::live::{ByHand, Server, drifting, every_change_is_seen, nothing_drifts};

use super::possible::possible;

#[tokio::test]
async fn a_database_of_random_models_is_what_the_models_say() {
    nothing_drifts(&Server::sqlite(), possible).await;
}

#[tokio::test]
async fn what_somebody_changed_by_hand_is_told_as_what_it_is() {
    every_change_is_seen(&Server::sqlite(), &models(), BY_HAND).await;
}

#[tokio::test]
async fn what_a_model_says_in_its_own_words_is_no_difference() {
    every_change_is_seen(&Server::sqlite(), SAID_OTHERWISE, &[("SELECT 1", &[])]).await;
}

/// Something of everything that can be changed.
fn models() -> String {
    drifting("NOCASE", INDEXES)
}

const INDEXES: &str = r#"
    { name = "post_best", fields = ["-rating", "title"], condition = "rating > 3 AND title <> 'x'" },
    { name = "post_lower", fields = ["rating"], expression = "lower(title)" },
"#;

const BY_HAND: &[ByHand<'static>] = &[
    ("DEFAULT 'new' => DEFAULT 'old'", &["`blog_post.title` has the default `'old'`, not `'new'`"]),
    (" DEFAULT 'new' => ", &["`blog_post.title` has the default none, not `'new'`"]),
    (
        "BETWEEN 0 AND 5 => BETWEEN 0 AND 6",
        &[
            "`blog_post` lacks the check `rating BETWEEN 0 AND 5 OR title IN ('a', 'b')`",
            "`blog_post` has a check `rating BETWEEN 0 AND 6 OR title IN ('a', 'b')` that belongs to no model",
        ],
    ),
    (
        "'b') => 'B')",
        &[
            "`blog_post` lacks the check `rating BETWEEN 0 AND 5 OR title IN ('a', 'b')`",
            "`blog_post` has a check `rating BETWEEN 0 AND 5 OR title IN ('a', 'B')` that belongs to no model",
        ],
    ),
    ("rating > 3 => rating > 4", &["the index `post_best` of `blog_post` is not the one that the model means"]),
    (r#""rating" DESC => "rating""#, &["the index `post_best` of `blog_post` is not the one that the model means"]),
    ("lower(title) => upper(title)", &["the index `post_lower` of `blog_post` is not the one that the model means"]),
    (r#""price" integer => "price" integer NOT NULL"#, &["`blog_post.price` does not allow NULL, and should"]),
    (r#""price" integer => "price" bigint"#, &["`blog_post.price` is bigint, not integer"]),
    (
        "rating * 2 => rating * 3",
        &["`blog_post.twice` is computed by the expression `(rating * 3 + 1) stored`, not `(rating * 2 + 1) stored`"],
    ),
    (
        "STORED => VIRTUAL",
        &["`blog_post.twice` is computed by the expression `(rating * 2 + 1) virtual`, not `(rating * 2 + 1) stored`"],
    ),
    ("NOCASE => RTRIM", &["`blog_post.slug` has the collation `RTRIM`, not `NOCASE`"]),
    (
        "ON DELETE CASCADE => ON DELETE RESTRICT",
        &[
            "`blog_post` lacks the foreign key from `author_id` to `id` of `blog_author` (ON DELETE CASCADE)",
            "`blog_post` has a foreign key from `author_id` to `id` of `blog_author` (ON DELETE RESTRICT) that belongs to no field",
        ],
    ),
    (" AUTOINCREMENT => ", &["`blog_post.id` is not numbered by the database, and should be"]),
    ("DROP INDEX post_lower", &["`blog_post` lacks the index `post_lower`"]),
    ("CREATE INDEX mine ON blog_post (price)", &["`blog_post` has an index `mine` that belongs to no model"]),
    ("ALTER TABLE blog_post DROP COLUMN slug", &["`blog_post` lacks the column `slug`"]),
    (
        "ALTER TABLE blog_post ADD COLUMN mine integer CHECK (mine > 0)",
        &[
            "`blog_post` has a column `mine` that belongs to no field",
            "`blog_post` has a check `mine > 0` that belongs to no model",
        ],
    ),
    ("CREATE TABLE mine (id integer)", &["the table `mine` belongs to no model"]),
    ("CREATE TABLE \"m.ine\" (id integer)", &["the table `m.ine` belongs to no model"]),
    ("DROP TABLE blog_post", &["the table `blog_post` is missing"]),
];

/// What a model can say that the catalog has in other words, or that is hard to read in it.
const SAID_OTHERWISE: &str = r#"
[[operations]]
op = "create_model"
model = "Post"
table = "blog_post"
fields = [
    { name = "id", type = "bigint", auto = true },
    { name = "title", type = "varchar(20)", default = "it's" },
    { name = "body", type = "text", null = true, default = { sql = "lower('A' || 'ü)')" } },
    { name = "amount", type = "numeric(10,2)", default = "1.50" },
    { name = "exact", type = "numeric(30,2)", default = "1.50" },
    { name = "share", type = "double", default = { sql = "1 / 3.0" } },
    { name = "flag", type = "boolean", default = true },
    { name = "made", type = "timestamptz", default = { sql = "CURRENT_TIMESTAMP" } },
    { name = "day", type = "date", null = true, default = "2024-01-31" },
    { name = "bytes", type = "binary", null = true, default = "00ff" },
    { name = "data", type = "json", null = true, default = "{}" },
    { name = "plain", type = "text", null = true, collation = "binary" },
    { name = "Odd \"name\", [x] -- '", type = "integer", null = true, default = -1 },
    { name = "check", type = "text", null = true, generated = { expression = "coalesce(title, '') || ': ' || CASE WHEN flag THEN body END", stored = true } },
    { name = "generated", type = "integer", null = true, generated = { expression = "amount * 2.5 /* , */", stored = false } },
]
primary_key = ["id"]
constraints = [
    { name = "post_choice", kind = "check", sql = "title IN ('abc', 'D)F') AND NOT (title IS NULL)" },
    { name = "post_pattern", kind = "check", sql = "title GLOB '[a-z]*' AND body NOT LIKE '%]%' AND [title] <> `body`" },
    { name = "post_odd", kind = "check", sql = "\"Odd \"\"name\"\", [x] -- '\" + 1 > 0" },
    { name = "post_choices", kind = "choices", field = "title", values = ["a", "it's", "ü\\"] },
    { name = "post_amount", kind = "non_negative", field = "amount" },
    { name = "post_once", kind = "unique", fields = ["title", "day"] },
]
indexes = [
    { name = "post_low", fields = ["-day"], expression = "coalesce(lower(title), 'X')", unique = true, condition = "flag AND title <> ' WHERE '" },
    { name = "post day", fields = ["-day", "title"] },
]
"#;
