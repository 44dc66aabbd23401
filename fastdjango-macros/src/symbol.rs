//! Every word of the attributes, once, each with an example of its use.

/// A word of an attribute, and how it is written.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    pub(crate) name: &'static str,
    pub(crate) usage: &'static str,
}

const fn word(name: &'static str, usage: &'static str) -> Word {
    Word { name, usage }
}

/// `#[model(…)]` on a struct.
pub(crate) const MODEL: &[Word] = &[
    word("app", "app = \"blog\""),
    word("table", "table = \"blog_post\""),
    word("comment", "comment = \"…\""),
    word("renamed_from", "renamed_from = \"Article\""),
    word("extension", "extension = \"citext\""),
    word("managed", "managed = false"),
    word("index", "index(fields = [author, -created_at])"),
    word("unique", "unique(fields = [author, slug])"),
    word("check", "check(name = \"rating_range\", sql = \"rating BETWEEN 0 AND 5\")"),
    word("primary_key", "primary_key(fields = [album, number])"),
    word("no_primary_key", "no_primary_key"),
    word("foreign_key", "foreign_key(fields = [a, b], to = Other, to_fields = [c, d], on_delete = cascade)"),
];

/// `#[data_migration(…)]` on a function.
pub(crate) const DATA_MIGRATION: &[Word] = &[word("id", "id = \"blog::fill_slugs\""), word("retry_safe", "retry_safe")];

/// `#[model(…)]` on a field.
pub(crate) const FLATTEN: &[Word] = &[word("flatten", "flatten")];

/// `index(…)`.
pub(crate) const INDEX: &[Word] = &[
    word("fields", "fields = [author, -created_at]"),
    word("name", "name = \"post_recent\""),
    word("unique", "unique"),
    word("condition", "condition = \"published_at IS NOT NULL\""),
    word("expression", "expression = \"lower(title)\""),
    word("include", "include = [title]"),
    word("method", "method = \"gin\""),
    word("opclass", "opclass = \"text_pattern_ops\""),
    word("concurrently", "concurrently"),
];

/// `unique(…)`.
pub(crate) const UNIQUE: &[Word] = &[
    word("fields", "fields = [author, slug]"),
    word("name", "name = \"post_author_slug\""),
    word("condition", "condition = \"deleted_at IS NULL\""),
    word("deferrable", "deferrable = deferred"),
    word("nulls_distinct", "nulls_distinct = false"),
];

/// `check(…)`.
pub(crate) const CHECK: &[Word] =
    &[word("name", "name = \"rating_range\""), word("sql", "sql = \"rating BETWEEN 0 AND 5\"")];

/// `primary_key(…)`.
pub(crate) const PRIMARY_KEY: &[Word] = &[word("fields", "fields = [album, number]")];

/// `foreign_key(…)`.
pub(crate) const FOREIGN_KEY: &[Word] = &[
    word("fields", "fields = [album, number]"),
    word("to", "to = Track"),
    word("to_fields", "to_fields = [album, number]"),
    word("on_delete", "on_delete = cascade"),
    word("on_update", "on_update = cascade"),
    word("deferrable", "deferrable = deferred"),
    word("name", "name = \"play_track_fkey\""),
];

/// `#[field(…)]`.
pub(crate) const FIELD: &[Word] = &[
    word("primary_key", "primary_key"),
    word("auto", "auto"),
    word("max_length", "max_length = 200"),
    word("max_digits", "max_digits = 10"),
    word("decimal_places", "decimal_places = 2"),
    word("unique", "unique"),
    word("index", "index"),
    word("default", "default = 0"),
    word("default_sql", "default_sql = \"CURRENT_TIMESTAMP\""),
    word("fill", "fill = 0"),
    word("reverse_fill", "reverse_fill = 0"),
    word("using", "using = \"EXTRACT(EPOCH FROM at)\""),
    word("reverse_using", "reverse_using = \"to_timestamp(at)\""),
    word("keep_values", "keep_values"),
    word("column", "column = \"Title\""),
    word("comment", "comment = \"…\""),
    word("collation", "collation = \"NOCASE\""),
    word("check", "check = \"rating >= 0\""),
    word("generated", "generated = \"price * amount\""),
    word("stored", "stored"),
    word("virtual", "virtual"),
    word("db_type", "db_type = \"citext\""),
    word("renamed_from", "renamed_from = \"permalink\""),
    word("on_delete", "on_delete = cascade"),
    word("on_update", "on_update = cascade"),
    word("deferrable", "deferrable = deferred"),
    word("related_name", "related_name = \"posts\""),
    word("to_field", "to_field = email"),
    word("through", "through = PostTag"),
    word("skip", "skip"),
];

/// `#[choice(…)]`.
pub(crate) const CHOICE: &[Word] =
    &[word("value", "value = \"draft\""), word("renamed_from", "renamed_from = \"sketch\"")];

/// `#[choices(…)]`.
pub(crate) const CHOICES: &[Word] = &[word("native", "native = \"order_status\""), word("app", "app = \"blog\"")];

/// `#[fastdjango(…)]`.
pub(crate) const FACADE: &[Word] = &[word("crate", "crate = \"other::path::fastdjango\"")];

/// `sql(…)`.
pub(crate) const ENGINES: &[Word] = &[
    word("sqlite", "sqlite = \"…\""),
    word("postgres", "postgres = \"…\""),
    word("mysql", "mysql = \"…\""),
    word("mariadb", "mariadb = \"…\""),
];

/// The actions of a foreign key.
pub(crate) const ACTIONS: &[&str] = &["cascade", "restrict", "set_null", "set_default", "no_action"];

/// Words of other migrators, with the word that says it here.
pub(crate) const FOREIGN: &[(&str, &str)] = &[
    ("null", "write the field's type as `Option<…>`"),
    ("nullable", "write the field's type as `Option<…>`"),
    ("blank", "only the database is described here; for NULL write the field's type as `Option<…>`"),
    ("db_index", "write `index`"),
    ("db_column", "write `column = \"…\"`"),
    ("db_default", "write `default = …` or `default_sql = \"…\"`"),
    ("db_table", "write `table = \"…\"`"),
    ("db_comment", "write `comment = \"…\"`"),
    ("db_collation", "write `collation = \"…\"`"),
    ("auto_now_add", "write `default_sql = \"CURRENT_TIMESTAMP\"`"),
    ("auto_increment", "write `auto`"),
    ("autoincrement", "write `auto`"),
    ("pk", "write `primary_key`"),
    ("id", "write `primary_key`"),
    ("choices", "make the field's type an enum with `#[derive(Choices)]`"),
    ("foreign_key", "make the field's type `ForeignKey<T>`"),
    ("references", "make the field's type `ForeignKey<T>`"),
    ("unique_together", "write `unique(fields = […])`"),
    ("index_together", "write `index(fields = […])`"),
    ("indexes", "write `index(fields = […])`, once for each"),
    ("constraints", "write `unique(fields = […])` or `check(sql = \"…\")`, once for each"),
    ("constraint", "write `unique(fields = […])` or `check(sql = \"…\")`"),
    ("abstract", "derive `Fields` for the struct, and put `#[model(flatten)]` on a field of its type"),
    ("rename", "write `column = \"…\"` for another column, or `renamed_from = \"…\"` for a former name"),
    ("ignore", "write `skip`"),
    ("where", "write `condition = \"…\"`"),
    ("predicate", "write `condition = \"…\"`"),
    ("length", "write `max_length = …`"),
    ("precision", "write `max_digits = …`"),
    ("scale", "write `decimal_places = …`"),
    ("many_to_many", "make the field's type `ManyToMany<T>`"),
    ("db_tablespace", "there is none; use `managed = false` and a migration of your own"),
    ("ordering", "only the database is described here; sort in your queries"),
    ("verbose_name", "only the database is described here; use `comment` or a doc comment"),
    ("help_text", "only the database is described here; use `comment` or a doc comment"),
];
