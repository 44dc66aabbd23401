//! `docs/backends.md`: written from the dialects and their facts, and compared with the file.

use std::fmt::Write;
use std::path::Path;

use fastdjango_core::dialect::{Capabilities, SQLITE, targeting};
use fastdjango_core::field::{ColumnType, Engine};

/// A type of every kind, as files name them.
pub(crate) const TYPES: [&str; 20] = [
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "real",
    "double",
    "numeric(10,2)",
    "numeric(20,4)",
    "varchar(40)",
    "text",
    "binary",
    "uuid",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "json",
    "inet",
    "integer[]",
    "custom(char(3))",
];

const HEAD: &str = "\
# Types and features by database

Written by `tests/tests/backends/page.rs` from the code that renders SQL; the same test makes every column and asks for every feature
on real databases.

## Versions

SQL is written for one version of each database, and runs on that and every newer one. `target` in `fastdjango.toml` names it:

```toml
[migrations]
target = { postgres = \"18\", mariadb = \"10.6\" }
```

";

const TYPES_HEAD: &str = "
A version that says less than the oldest is the oldest: `8.0` of MySQL is 8.0.17. A file says for which version it was rendered, and runs as
it was reviewed, whatever the settings say later; new files are rendered for the new target.

## Types

What a field's type is stored as. `db_type` says another.

";

const TYPES_FOOT: &str = "
A UUID on MariaDB is a text before 10.7. A higher target changes no column that is there, and a foreign key joins only columns of one type: give
new references to such a key `db_type = sql(mariadb = \"char(36)\")`, or change the key by hand first.

## What models can ask for

What a database does not have is refused when the migration is made, before any SQL exists (E420; E421 and E422 for fragments and orders).

";

const WAYS_HEAD: &str = "
## How it is done

What is done in another way, or left out where it means nothing, and never refused.

";

/// What a database says to a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Yes,
    No,
    /// There is no limit.
    Any,
    /// The limit, or the name of something.
    Text(String),
}

impl Said {
    fn limit(words: Option<impl ToString>) -> Self {
        words.map_or(Self::Any, |words| Self::Text(words.to_string()))
    }

    /// True where what is asked for is there.
    pub(crate) fn works(&self) -> bool {
        matches!(self, Self::Yes | Self::Any)
    }

    fn text(&self) -> &str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Any => "no limit",
            Self::Text(text) => text,
        }
    }
}

impl From<bool> for Said {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

pub(crate) type Row = (&'static str, Said);

/// What models can ask for, and how it is done; a fact that stands in neither does not compile.
#[expect(clippy::too_many_lines, reason = "a list, read from top to bottom")]
pub(crate) fn rows(facts: &Capabilities) -> (Vec<Row>, Vec<Row>) {
    let &Capabilities {
        engine: _,
        target: _,
        transactional_ddl,
        shared_index_names,
        include_columns,
        index_methods,
        prefix_indexes,
        fulltext_indexes,
        expression_indexes,
        partial_indexes,
        nulls_not_distinct,
        deferrable_unique,
        deferrable_foreign_keys,
        schemas,
        extensions,
        comments,
        arrays,
        native_enums,
        tables_without_columns,
        auto_outside_key,
        virtual_columns,
        indexed_virtual_columns,
        referring_virtual_columns,
        kept_computed,
        kept_virtual,
        descending_indexes,
        concurrent_indexes,
        generated_keys,
        ordered_decimal_digits,
        decimal_digits,
        varchar_characters,
        key_characters,
        whole_definitions,
        named_primary_keys,
        checks_per_table,
        renamed_constraints,
        names_follow,
        indexed_foreign_keys,
        altered_under_foreign_keys,
        set_default,
        no_action,
        null_into_required,
        computes_over_auto,
        computes_over_actions,
        computes_over_computed,
        computed_not_null,
        pipes_concatenate,
        uuid_type,
        json_type,
        collation,
    } = facts;
    let digits = decimal_digits.map(|(most, after)| format!("{most}, {after} after the point"));
    let asked = vec![
        ("an index with `include`", include_columns.into()),
        ("an index with `method` or `opclass`", index_methods.into()),
        ("an index over the beginning of a text (`title(20)`)", prefix_indexes.into()),
        ("an index over words (`method = \"fulltext\"`)", fulltext_indexes.into()),
        ("an index over an `expression`", expression_indexes.into()),
        ("an index with a `condition`", partial_indexes.into()),
        ("an index of which a column goes downwards", descending_indexes.into()),
        ("`nulls_distinct = false`", nulls_not_distinct.into()),
        ("a `deferrable` unique constraint", deferrable_unique.into()),
        ("a `deferrable` foreign key", deferrable_foreign_keys.into()),
        ("`on_delete = set_default`", set_default.into()),
        ("`on_delete = set_null` into a required field", null_into_required.into()),
        ("a table of a schema (`table = \"shop.order\"`)", schemas.into()),
        ("arrays", arrays.into()),
        ("a model whose fields are all computed", tables_without_columns.into()),
        ("`auto` outside a key of its own", auto_outside_key.into()),
        ("a generated field that is `virtual`", virtual_columns.into()),
        ("a virtual field in an index", (virtual_columns && indexed_virtual_columns).into()),
        ("a virtual field in a foreign key", (virtual_columns && referring_virtual_columns).into()),
        ("a stored field that becomes a plain one", kept_computed.into()),
        ("a virtual field that becomes a plain one", (virtual_columns && kept_virtual).into()),
        ("a generated field in a primary key", generated_keys.into()),
        ("a generated field over another", computes_over_computed.into()),
        ("a check or a generated field over an `auto` field", computes_over_auto.into()),
        ("a check or a generated field over a field that a foreign key writes", computes_over_actions.into()),
        ("checks of one name in two tables", checks_per_table.into()),
        (r"`\|\|` between texts in a fragment for all databases", pipes_concatenate.into()),
        ("the most digits of a decimal", Said::limit(digits)),
        ("the most digits of a decimal with an order", Said::limit(ordered_decimal_digits)),
        ("the most characters of `max_length`", Said::limit(varchar_characters)),
        ("the most characters of a key", Said::limit(key_characters)),
    ];
    let ways = vec![
        ("a failed migration leaves nothing behind", transactional_ddl.into()),
        ("an index is built beside its use (`concurrently`)", concurrent_indexes.into()),
        ("an `extension` is made before the table that needs it", extensions.into()),
        ("an enum with `native` is a type of its own, elsewhere a text with a check", native_enums.into()),
        ("comments are kept", comments.into()),
        ("UUIDs have a type", uuid_type.into()),
        ("JSON has a type", json_type.into()),
        (
            "the collation of every table",
            collation.map_or(Said::Text("the database's".into()), |c| Said::Text(c.into())),
        ),
        ("indexes and tables share one set of names", shared_index_names.into()),
        ("a primary key has a name", named_primary_keys.into()),
        ("constraints can be renamed", renamed_constraints.into()),
        ("a renamed column is renamed in what names it", names_follow.into()),
        ("a column is altered by its whole definition", whole_definitions.into()),
        ("a column under a foreign key can be altered", altered_under_foreign_keys.into()),
        ("a foreign key needs an index", indexed_foreign_keys.into()),
        ("`no_action` and `restrict` are two", no_action.into()),
        ("a generated column can be NOT NULL", computed_not_null.into()),
    ];
    (asked, ways)
}

fn all(facts: &Capabilities) -> Vec<Row> {
    let (asked, ways) = rows(facts);
    [asked, ways].concat()
}

/// A cell: what every release says; where they differ, what the newest says, and since when.
fn cell(engine: Engine, of: impl Fn(&Capabilities) -> String) -> String {
    let said = |release: &_| of(&Capabilities::of(engine, *release));
    let releases = Capabilities::releases(engine);
    let newest = releases.last().map(said).unwrap_or_default();
    let older = releases.iter().rev().find(|release| said(release) != newest);
    let Some(older) = older else { return newest };
    let since = releases.iter().find(|release| *release > older).map(ToString::to_string).unwrap_or_default();
    match (said(older).as_str(), newest.as_str()) {
        ("no", "yes") => format!("from {since}"),
        (older, newest) => format!("{newest}; before {since} {older}"),
    }
}

fn table(page: &mut String, first: &str, rows: impl Iterator<Item = (String, [String; 4])>) {
    let _ = writeln!(page, "| {first} | {} |\n|---|---|---|---|---|", Engine::ALL.map(Engine::title).join(" | "));
    for (words, cells) in rows {
        let _ = writeln!(page, "| {words} | {} |", cells.join(" | "));
    }
}

/// What an engine stores a type as; arrays are refused where there are none.
pub(crate) fn stored(ty: &ColumnType, facts: &Capabilities) -> String {
    if matches!(ty, ColumnType::Array(_)) && !facts.arrays {
        return "refused".to_owned();
    }
    targeting(facts.engine, facts.target).column_type(ty)
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let targets = Engine::ALL.map(Engine::targets);
    let newest = |i: usize| if Engine::ALL[i] == Engine::Postgres { "" } else { ".x" };
    let versions = [
        ("oldest", targets.map(|targets| targets.oldest.to_string())),
        ("where nothing is said", targets.map(|targets| targets.default.to_string())),
        ("newest that is known", [0, 1, 2, 3].map(|i| format!("{}{}", targets[i].newest, newest(i)))),
    ];
    table(&mut page, "target", versions.into_iter().map(|(words, cells)| (words.to_owned(), cells)));
    page.push_str(TYPES_HEAD);
    let types = TYPES.map(|name| name.parse::<ColumnType>().expect("a type"));
    let of_type = |ty: &ColumnType| Engine::ALL.map(|engine| cell(engine, |facts| stored(ty, facts)));
    table(&mut page, "type", types.iter().map(|ty| (format!("`{ty}`"), of_type(ty))));
    page.push_str(TYPES_FOOT);
    let of_row = |i: usize| Engine::ALL.map(|engine| cell(engine, |facts| all(facts)[i].1.text().to_owned()));
    let told = || all(&SQLITE).into_iter().enumerate().map(|(i, row)| (row.0.to_owned(), of_row(i)));
    let asked = rows(&SQLITE).0.len();
    table(&mut page, "", told().take(asked));
    page.push_str(WAYS_HEAD);
    table(&mut page, "", told().skip(asked));
    page
}

#[test]
fn the_page_says_what_the_code_does() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/backends.md");
    let (page, there) = (page(), std::fs::read_to_string(&file).unwrap_or_default());
    if page != there && std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &page).expect("written");
        return;
    }
    assert!(page == there, "`UPDATE_EXPECT=1` writes what is so into docs/backends.md:\n{page}");
}

/// A sample of each kind, so that a new one does not compile before it stands in the table.
#[test]
fn every_type_is_in_the_table() {
    let kind = |ty: &ColumnType| {
        Some(match ty {
            ColumnType::Boolean => 0,
            ColumnType::SmallInt => 1,
            ColumnType::Integer => 2,
            ColumnType::BigInt => 3,
            ColumnType::Real => 4,
            ColumnType::Double => 5,
            ColumnType::Varchar(_) => 6,
            ColumnType::Text => 7,
            ColumnType::Binary => 8,
            ColumnType::Uuid => 9,
            ColumnType::Numeric(..) => 10,
            ColumnType::Date => 11,
            ColumnType::Time => 12,
            ColumnType::Timestamp => 13,
            ColumnType::TimestampTz => 14,
            ColumnType::Json => 15,
            ColumnType::Inet => 16,
            ColumnType::Array(_) => 17,
            // As wide as its texts; how it is stored is told below. An opaque one is no database's at all.
            ColumnType::Enum(_) | ColumnType::Opaque { .. } => return None,
            ColumnType::Custom(_) => 18,
        })
    };
    let mut kinds: Vec<usize> = TYPES.iter().filter_map(|name| kind(&name.parse().expect("a type"))).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, (0..19).collect::<Vec<_>>());
}
