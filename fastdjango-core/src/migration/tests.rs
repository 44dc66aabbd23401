//! The law of the format, `parse(write(m)) = m`, and the whole text of what people see.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{Migration, Recorded, Snapshot, SqlSection, Step, assemble, checksum, parse, set_sql, write};
use crate::diagnostic::Diagnostics;
use crate::field::{
    ColumnType, Default as DefaultValue, Deferrable, Engine, Literal, OnDelete, Opaque, Options, Real, Sql,
};
use crate::name::{AppLabel, MigrationName, MigrationRef, ModelRef};
use crate::operation::{Operation, Touched};
use crate::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, Generated, IndexField, IndexState, ModelState, Pairs,
    ProjectState, Reference,
};

const ODD: [&str; 14] = [
    "",
    "plain",
    "it's",
    "'",
    "''",
    "three ''' of them",
    "\"double\" and \"\"\"three\"\"\"",
    "\\back\\slash\\n",
    "line\nline\n",
    "\n\nlines before",
    "carriage\r\nreturn\rs",
    "tab\tnull\u{0}bell\u{7}delete\u{7f}next\u{85}",
    "ünïcode ☃ 𝄞",
    "DEFAULT '\\'\"",
];

fn read(text: &str) -> Result<Migration, Diagnostics> {
    parse(&"blog".into(), &"0002_x".into(), "migrations/blog/0002_x.toml", text)
}

fn faults(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn field(name: &str, ty: ColumnType) -> FieldState {
    FieldState::new(name, FieldKind::Column(ty))
}

fn full_field(text: &str) -> FieldState {
    FieldState {
        column: Some(text.into()),
        null: true,
        auto: true,
        default: Some(DefaultValue::Value(Literal::Text(text.into()))),
        collation: Some(Sql::any(text)),
        generated: Some(Generated { expression: each(text), stored: true }),
        db_type: Some(each(text)),
        comment: Some(text.into()),
        ..field(text, ColumnType::Custom(text.into()))
    }
}

fn each(text: &str) -> Sql {
    Sql::Each(Engine::ALL.into_iter().map(|engine| (engine, text.to_owned())).collect())
}

fn foreign_key() -> FieldState {
    let reference = Reference {
        to: "accounts.User".parse().unwrap(),
        to_field: Some("uid".into()),
        on_delete: OnDelete::SetNull,
        on_update: OnDelete::Cascade,
        deferrable: Some(Deferrable::Deferred),
        constraint: Some("fk".into()),
    };
    FieldState::new("author", FieldKind::ForeignKey(reference))
}

fn many_to_many() -> FieldState {
    let pairs = Pairs { to: "blog.Tag".parse().unwrap(), through: Some("blog.PostTag".parse().unwrap()) };
    FieldState::new("tags", FieldKind::ManyToMany(pairs))
}

fn full_index(text: &str) -> IndexState {
    IndexState {
        name: Some(text.into()),
        fields: vec![
            IndexField { field: "author".into(), descending: false, length: Some(20) },
            IndexField { field: "rating".into(), descending: true, length: None },
        ],
        expression: Some(Sql::any(text)),
        unique: true,
        condition: Some(each(text)),
        include: vec!["id".into()],
        method: Some("gin".into()),
        opclass: Some("x".into()),
        concurrently: true,
    }
}

fn constraints(text: &str) -> Vec<ConstraintState> {
    let (fields, to) = (vec!["a".into(), "b".into()], "blog.Tag".parse().unwrap());
    let kinds = [
        ConstraintKind::Unique {
            fields: fields.clone(),
            deferrable: Some(Deferrable::Immediate),
            nulls_not_distinct: true,
        },
        ConstraintKind::Check { sql: each(text) },
        ConstraintKind::Choices { field: "status".into(), values: vec![text.into(), "b".into()] },
        ConstraintKind::NonNegative { field: "rating".into() },
        ConstraintKind::ForeignKey {
            fields: fields.clone(),
            to,
            to_fields: fields,
            on_delete: OnDelete::Restrict,
            on_update: OnDelete::SetDefault,
            deferrable: Some(Deferrable::Deferred),
        },
    ];
    kinds.map(|kind| ConstraintState { name: Some(text.into()), kind }).into()
}

fn options(text: &str) -> Options {
    let list = vec![Opaque::Integer(-1), Opaque::Real(Real(0.5)), Opaque::Table(Options::new()), Opaque::List(vec![])];
    let inner = Options::from([(text.to_owned(), Opaque::List(list)), ("b".to_owned(), Opaque::Boolean(true))]);
    Options::from([(text.to_owned(), Opaque::Text(text.to_owned())), ("x y".to_owned(), Opaque::Table(inner))])
}

fn model(text: &str) -> ModelState {
    ModelState {
        table: text.into(),
        managed: false,
        comment: Some(text.into()),
        extensions: ["citext".into(), text.into()].into(),
        fields: vec![field("id", ColumnType::BigInt), full_field(text), foreign_key(), many_to_many()].into(),
        primary_key: vec!["id".into()],
        indexes: vec![full_index(text), IndexState::default()],
        constraints: constraints(text),
        options: Options::new(),
    }
}

/// Every operation, every key of every part.
fn operations(text: &str) -> Vec<Operation> {
    let name = || "Post".into();
    let (constraint, fill) = (constraints(text).remove(0), Some(DefaultValue::Sql { sql: each(text) }));
    vec![
        Operation::CreateModel { model: name(), definition: model(text) },
        Operation::DeleteModel { model: name(), definition: ModelState::new("t") },
        Operation::RenameModel { from: name(), to: text.into() },
        Operation::MoveModel { from: ModelRef::new("blog", name()), to: ModelRef::new("shop", name()) },
        Operation::ReceiveModel { model: name(), from: ModelRef::new("shop", name()) },
        Operation::AlterModelTable { model: name(), from: "a".into(), to: text.into() },
        Operation::AlterModelComment { model: name(), from: None, to: Some(text.into()) },
        Operation::AlterModelExtensions { model: name(), from: [].into(), to: ["a".into(), text.into()].into() },
        Operation::SetManaged { model: name(), managed: false },
        Operation::AlterPrimaryKey { model: name(), from: vec![], to: vec!["a".into(), text.into()] },
        Operation::AddField { model: name(), field: full_field(text), fill: fill.clone() },
        Operation::RemoveField { model: name(), field: foreign_key(), reverse_fill: fill.clone() },
        Operation::AlterField {
            model: name(),
            from: many_to_many(),
            to: full_field(text),
            fill: fill.clone(),
            reverse_fill: fill,
            using: None,
            reverse_using: None,
        },
        Operation::RenameField { model: name(), from: "a".into(), to: text.into() },
        Operation::AddIndex { model: name(), index: full_index(text) },
        Operation::RemoveIndex { model: name(), index: full_index(text) },
        Operation::RenameIndex { model: name(), from: "a".into(), to: text.into() },
        Operation::AddConstraint { model: name(), constraint: constraint.clone() },
        Operation::RemoveConstraint { model: name(), constraint },
        Operation::RenameConstraint { model: name(), from: "a".into(), to: text.into() },
        Operation::run_sql(vec![Sql::any(text), each(text)], Some(vec![])),
    ]
}

/// What is the user's own, and operations that hold others.
fn own_operations(text: &str) -> Vec<Operation> {
    let touches = Some(vec![text.to_owned(), "Post.slug".to_owned()]);
    let sql = vec![Sql::any(text), each(text)];
    let own = vec![
        Operation::RunSql { sql, reverse: None, touches: touches.clone(), elidable: true },
        Operation::RunRust { run: text.into(), reverse: Some(text.into()), touches, elidable: true },
    ];
    let nested = [own.clone(), vec![Operation::AddField { model: "Post".into(), field: full_field(text), fill: None }]];
    let (state, database) = (nested.concat(), own.clone());
    [own, vec![Operation::StateOnly { operations: state }, Operation::DatabaseOnly { operations: database }]].concat()
}

fn enum_operations(text: &str) -> Vec<Operation> {
    let (name, values) = (text.to_owned(), vec![text.to_owned(), "b".to_owned()]);
    let renamed = BTreeMap::from([(text.to_owned(), text.to_owned())]);
    let own = field("status", ColumnType::Enum(name.clone()));
    vec![
        Operation::CreateEnum { r#enum: name.clone(), values: values.clone() },
        Operation::AddField { model: "Post".into(), field: own, fill: None },
        Operation::AlterEnum { r#enum: name.clone(), from: values.clone(), to: vec![], renamed },
        Operation::DeleteEnum { r#enum: name, values },
    ]
}

/// What another tool says of models and fields.
fn foreign_operations(text: &str) -> Vec<Operation> {
    let field = |options: Options| FieldState { options, ..full_field(text) };
    let (from, to) = (field(options(text)), field(Options::new()));
    let opaque = |parameters| ColumnType::Opaque { name: format!("x{text}"), parameters };
    vec![
        Operation::CreateModel {
            model: "Post".into(),
            definition: ModelState { options: options(text), ..model(text) },
        },
        Operation::AddField { model: "Post".into(), field: from.clone(), fill: None },
        Operation::alter_field("Post", from, to),
        Operation::AddField { model: "Post".into(), field: self::field("a", opaque(Options::new())), fill: None },
        Operation::AddField { model: "Post".into(), field: self::field("b", opaque(options(text))), fill: None },
        Operation::AlterModelOptions { model: "Post".into(), from: options(text), to: Options::new() },
        Operation::AlterModelOptions { model: "Post".into(), from: Options::new(), to: options(text) },
    ]
}

fn steps(text: &str) -> Vec<Step> {
    let text = || text.to_owned();
    vec![
        Step::Sql(text()),
        Step::Autocommit { autocommit: text() },
        Step::Verify { verify: text(), found: text() },
        Step::Rebuild { rebuild: text(), sql: vec![text(), text()] },
        Step::Rebuild { rebuild: text(), sql: vec![] },
        Step::Drop { drop: text(), sql: text() },
        Step::Rust { rust: text() },
    ]
}

fn section(text: &str) -> SqlSection {
    SqlSection {
        target: "3.40".into(),
        input: "b3:00".into(),
        text: "b3:11".into(),
        edited: Some(text.into()),
        up: steps(text),
        down: Some(vec![Step::Sql(text.into())]),
    }
}

fn migration(text: &str) -> Migration {
    Migration {
        dependencies: vec![MigrationRef::new("blog", "0001_initial"), MigrationRef::new("accounts", "0001_initial")],
        before: vec![MigrationRef::new("lib", text.replace("", "x"))],
        replaces: vec![MigrationRef::new("blog", "0001_a")],
        formerly: vec![text.into(), "0002_y".into()],
        atomic: false,
        sql: Engine::ALL.into_iter().map(|engine| (engine, section(text))).collect(),
        ..Migration::new("blog", "0002_x", {
            let parts = [operations(text), own_operations(text), enum_operations(text), foreign_operations(text)];
            parts.concat()
        })
    }
}

#[test]
fn what_is_written_reads_back() {
    assert_eq!(read(&write(&Migration::new("blog", "0002_x", vec![]))), Ok(Migration::new("blog", "0002_x", vec![])));
    for text in ODD {
        let migration = migration(text);
        let file = write(&migration);
        assert_eq!(read(&file.replace('\n', "\r\n")), read(&file));
        match read(&file) {
            Ok(again) => assert_eq!(again, migration, "{file}"),
            Err(faults) => panic!("{faults}\n{file}"),
        }
    }
}

#[test]
fn literals_keep_their_kind() {
    for literal in [
        Literal::Boolean(true),
        Literal::Integer(i64::MIN),
        Literal::Integer(i64::MAX),
        Literal::Real(Real(1.0)),
        Literal::Real(Real(-0.0)),
        Literal::Real(Real(1e300)),
        Literal::Real(Real(5e-324)),
        Literal::Text("1".into()),
    ] {
        let field =
            FieldState { default: Some(DefaultValue::Value(literal.clone())), ..field("rating", ColumnType::Double) };
        let migration =
            Migration::new("blog", "0002_x", vec![Operation::AddField { model: "Post".into(), field, fill: None }]);
        assert_eq!(read(&write(&migration)), Ok(migration), "{literal}");
    }
}

proptest! {
    #[test]
    fn any_text_reads_back(text in prop_oneof![any::<String>(), "['\"\\\\\r\n\ta]{0,9}"]) {
        let migration = migration(&text);
        prop_assert_eq!(read(&write(&migration)), Ok(migration));
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in prop_oneof![any::<String>(), "[\\[\\]{}=\"'a-c1\n. ]{0,40}"]) {
        prop_assert!(read(&text).is_err());
        let _ = read(&format!("format = 1\n{text}"));
    }
}

#[test]
fn a_file_is_laid_out_for_reading() {
    let mut post = ModelState::new("blog_post");
    post.fields = vec![
        FieldState { auto: true, ..field("id", ColumnType::BigInt) },
        field("title", ColumnType::Varchar(200)),
        foreign_key(),
    ]
    .into();
    post.primary_key = vec!["id".into()];
    post.constraints = vec![ConstraintState {
        name: Some("rating_range".into()),
        kind: ConstraintKind::Check { sql: Sql::any("\"rating\" BETWEEN 0 AND 5") },
    }];
    let sql = SqlSection {
        up: vec![
            Step::Sql("CREATE TABLE \"blog_post\" (\n    \"id\" integer\n)".into()),
            Step::Sql("ALTER TABLE \"blog_post\" ADD COLUMN \"x\" text DEFAULT ''".into()),
            Step::Rebuild { rebuild: "blog_post".into(), sql: vec!["DROP TABLE x".into()] },
        ],
        down: Some(vec![Step::Sql("DROP TABLE \"blog_post\"".into())]),
        edited: None,
        ..section("")
    };
    let operations = vec![
        Operation::CreateModel { model: "Post".into(), definition: post },
        Operation::run_sql(vec![Sql::any("UPDATE x")], None),
    ];
    let migration = Migration {
        dependencies: vec![MigrationRef::new("accounts", "0001_initial")],
        sql: BTreeMap::from([(Engine::Sqlite, sql)]),
        ..Migration::new("blog", "0001_initial", operations)
    };
    assert_snapshot!(write(&migration));
}

#[test]
fn the_checksum_is_of_what_the_migration_does() {
    let one = Migration { operations: operations("a"), ..migration("a") };
    let mut other = Migration { app: one.app.clone(), ..Migration::new("x", "0009_y", one.operations.clone()) };
    assert_eq!(checksum(&one), checksum(&other));
    assert_snapshot!(checksum(&one), @r#"b3:e9d0fa7d3cea08793eeb7f1891cd4102"#);
    other.operations.pop();
    assert_ne!(checksum(&one), checksum(&other));
    assert_ne!(checksum(&one), checksum(&Migration { app: "news".into(), ..one.clone() }));
}

#[test]
fn defaults_written_out_change_nothing() {
    let short = "format = 1\n[[operations]]\nop = 'add_field'\nmodel = 'P'\nfield = { name = 'a', type = 'text' }";
    let long = "format = 1\natomic = true\ndependencies = []\n[[operations]]\nmodel = 'P'\nop = 'add_field'\n\
                [operations.field]\ntype = 'text'\nname = 'a'\nnull = false # as always";
    assert_eq!(read(short), read(long));
    assert_eq!(checksum(&read(short).unwrap()), checksum(&read(long).unwrap()));
}

#[test]
fn all_faults_of_a_file_are_told() {
    let text = r#"format = 1
dependancies = []
atomic = "no"

[[operations]]
op = "create_model"
model = "Post"
table = "blog_post"
fields = [
    { name = "id", type = "bigint", autoo = true },
    { name = "x", type = "varchr(3)" },
    { name = "y", type = "text", to = "blog.Tag" },
    { name = "z", type = "foreign_key", to = "User", on_delete = "cascad" },
    { name = "w", type = "foreign_key", to = "User" },
    { type = "text", default = 1979-05-27 },
]

[[operations]]
op = "add_feild"

[[operations]]
model = "Post"

[[operations]]
op = "add_constraint"
model = "Post"
constraint = { kind = "check", sql = { sqlight = "x" } }

[sql.sqlite]
target = "3.40"
input = ""
text = ""
up = ["a", { autocomit = "b" }, 3]

[sql.oracle]
"#;
    assert_snapshot!(faults(text), @r#"
    error[E202]: unknown key `dependancies` in a migration file
      --> migrations/blog/0002_x.toml:2:1
       = help: write `dependencies`
    error[E204]: `atomic` must be `true` or `false`, not a string
      --> migrations/blog/0002_x.toml:3:10
    error[E202]: unknown key `autoo` in a field
      --> migrations/blog/0002_x.toml:10:37
       = help: write `auto`
    error[E204]: unknown type `varchr(3)`; the types are boolean, smallint, integer, bigint, real, double, varchar(n), text, binary, uuid, numeric(p,s), date, time, timestamp, timestamptz, json, inet, T[], enum(…), custom(…), opaque(…), foreign_key and many_to_many
      --> migrations/blog/0002_x.toml:11:5
    error[E204]: field `y`: `to` does not belong to type `text`
      --> migrations/blog/0002_x.toml:12:5
    error[E204]: `on_delete` cannot be `cascad`
      --> migrations/blog/0002_x.toml:13:66
       = help: write `cascade`
    error[E204]: `User` is not of the form `app.name`
      --> migrations/blog/0002_x.toml:14:5
    error[E204]: `default` must be a string, a number, `true`, `false`, or a table, not a date or time
      --> migrations/blog/0002_x.toml:15:32
       = help: write dates and times in quotes
    error[E203]: `name` is missing in a field
      --> migrations/blog/0002_x.toml:15:5
       = help: add `name = …`: a string
    error[E204]: unknown operation `add_feild`
      --> migrations/blog/0002_x.toml:19:6
       = help: write `add_field`
    error[E203]: `op` is missing
      --> migrations/blog/0002_x.toml:21:1
       = help: name the operation: create_model, delete_model, rename_model, move_model, receive_model, alter_model_table, alter_model_comment, alter_model_extensions, alter_model_options, set_managed, alter_primary_key, add_field, remove_field, alter_field, rename_field, add_index, remove_index, rename_index, add_constraint, remove_constraint, rename_constraint, create_enum, delete_enum, alter_enum, run_sql, run_rust, state_only, database_only
    error[E202]: unknown key `sqlight` in `sql`
      --> migrations/blog/0002_x.toml:27:40
       = help: one of sqlite, postgres, mysql, mariadb
    error[E202]: unknown key `autocomit` in a table of `up`
      --> migrations/blog/0002_x.toml:33:14
       = help: write `autocommit`
    error[E204]: `up` must be a string or a table, not a whole number
      --> migrations/blog/0002_x.toml:33:33
    error[E202]: unknown key `oracle` in `sql`
      --> migrations/blog/0002_x.toml:35:6
       = help: one of sqlite, postgres, mysql, mariadb
    "#);
}

#[test]
fn a_newer_format_is_refused_before_anything_else() {
    assert_snapshot!(faults("format = 2\nshape = 1"), @r#"
    error[E205]: format 2 was made by a newer version of fastdjango; this one reads format 1
      --> migrations/blog/0002_x.toml:1:10
       = help: update the dependency `fastdjango`
    "#);
    assert_snapshot!(faults("format = 0"), @r#"
    error[E204]: there is no format 0
      --> migrations/blog/0002_x.toml:1:10
       = help: write `format = 1`
    "#);
    assert_snapshot!(faults("dependencies = ['blog']"), @r#"
    error[E203]: `format` is missing in a migration file
      --> migrations/blog/0002_x.toml:1:1
       = help: add `format = …`: a whole number
    "#);
    assert_snapshot!(faults("format = 1\ndependencies = ['blog']"), @r#"
    error[E204]: `blog` is not of the form `app.name`
      --> migrations/blog/0002_x.toml:2:17
    "#);
    assert_snapshot!(faults("format = = 1\n[x"), @r#"
    error[E201]: no valid TOML: extra `=`, expected nothing
      --> migrations/blog/0002_x.toml:1:10
    error[E201]: no valid TOML: unexpected key or value, expected newline, `#`
      --> migrations/blog/0002_x.toml:1:12
    error[E201]: no valid TOML: unclosed table, expected `]`
      --> migrations/blog/0002_x.toml:2:3
    "#);
}

fn user() -> ModelState {
    ModelState { fields: vec![field("uid", ColumnType::Uuid)].into(), ..ModelState::new("accounts_user") }
}

fn state(models: Vec<(&str, ModelState)>) -> ProjectState {
    ProjectState {
        models: models.into_iter().map(|(name, model)| (name.parse().unwrap(), model)).collect(),
        ..ProjectState::default()
    }
}

fn snapshot(app: &str, state: &ProjectState) -> Snapshot {
    Snapshot::new(app.into(), None, vec![], &Touched::default(), state)
}

#[test]
fn a_snapshot_reads_back_and_knows_its_files() {
    let blog: AppLabel = "blog".into();
    for text in ODD {
        let migration = migration(text);
        let file = write(&migration);
        let name = MigrationName::from("0002_x");
        let state = state(vec![("blog.Post", model(text)), ("accounts.User", user())]);
        let recorded = vec![Recorded::new(&migration, &file)];
        let snapshot = Snapshot::new(blog.clone(), Some(name.clone()), recorded, &Touched::default(), &state);
        assert_eq!(Snapshot::parse(&blog, &snapshot.write()), Some(snapshot.clone()));
        assert!(snapshot.is_current([(&name, file.as_str())]));
        assert!(!snapshot.is_current([(&name, "other")]));
        assert!(!snapshot.is_current([]));
        assert!(!snapshot.is_current([(&name, file.as_str()), (&"0003_y".into(), "")]));
        assert_eq!(Snapshot::parse(&"shop".into(), &snapshot.write()), None);
    }
    assert_eq!(Snapshot::parse(&blog, "<<<<<<< HEAD"), None);
    assert_eq!(Snapshot::parse(&blog, r#"{"format": 2, "app": "blog", "migrations": [], "models": {}}"#), None);
}

#[test]
fn a_snapshot_keeps_numbers_to_the_bit() {
    for bits in [0.1, 1.0, -0.0, 5e-324, 1e300, 123_456_789.123_456_79, 0.1 + 0.2, 7.018e-322] {
        let default = Some(DefaultValue::Value(Literal::Real(Real(bits))));
        let mut user = user();
        user.fields.push(FieldState { default, ..field("x", ColumnType::Double) });
        let snapshot = snapshot("accounts", &state(vec![("accounts.User", user)]));
        assert_eq!(Snapshot::parse(&"accounts".into(), &snapshot.write()), Some(snapshot));
    }
}

#[test]
fn a_snapshot_is_laid_out_for_reading() {
    let mut post = ModelState::new("blog_post");
    post.fields = vec![FieldState { auto: true, ..field("id", ColumnType::BigInt) }, foreign_key()].into();
    post.primary_key = vec!["id".into()];
    let recorded = vec![Recorded { name: "0001_initial".into(), checksum: "b3:0".into(), bytes: "1".into() }];
    let state = state(vec![("blog.Post", post), ("accounts.User", user())]);
    let touched = Touched {
        writes: ["blog.Post".parse().unwrap()].into(),
        reads: ["accounts.User".parse().unwrap(), "blog.Post".parse().unwrap()].into(),
    };
    assert_snapshot!(Snapshot::new("blog".into(), Some("0001_initial".into()), recorded, &touched, &state).write(), @r#"
    {
      "format": 1,
      "app": "blog",
      "leaf": "0001_initial",
      "migrations": [
        { "name": "0001_initial", "checksum": "b3:0", "bytes": "1" }
      ],
      "touches": {
        "reads": ["accounts.User"]
      },
      "models": {
        "Post": {
          "table": "blog_post",
          "fields": [
            { "name": "id", "type": "bigint", "auto": true },
            { "name": "author", "type": "foreign_key", "to": "accounts.User", "to_field": "uid", "on_delete": "set_null", "on_update": "cascade", "deferrable": "deferred", "constraint": "fk" }
          ],
          "primary_key": ["id"]
        }
      }
    }
    "#);
}

#[test]
fn snapshots_that_disagree_are_not_put_together() {
    let mut post = ModelState::new("blog_post");
    post.fields = vec![foreign_key()].into();
    let whole = state(vec![("blog.Post", post), ("accounts.User", user())]);
    let (blog, accounts) = (snapshot("blog", &whole), snapshot("accounts", &whole));
    assert_eq!(assemble([&blog, &accounts]), Some(whole));
    assert_eq!(assemble([&blog]), None);
    let without_field = snapshot("accounts", &state(vec![("accounts.User", ModelState::new("accounts_user"))]));
    assert_eq!(assemble([&blog, &without_field]), None);
}

#[test]
fn set_sql_changes_one_section_and_nothing_else() {
    let text = "# mine\nformat   = 1 # one\n\n# why\n[sql.sqlite] # here\ntarget='3.40'\n# about input\ninput  = ''\n\
                text = ''\nedited = 'because'\nup = []\n\n# after\n[[operations]] # last\nop = 'rename_model'\nfrom = \"A\"\nto='B'";
    let sql = SqlSection { edited: None, up: vec![Step::Sql("SELECT 1".into())], ..section("x") };
    let once = set_sql(text, Engine::Sqlite, &sql).unwrap();
    let twice = set_sql(&once, Engine::Postgres, &section("it's")).unwrap();
    assert_eq!(set_sql(&twice, Engine::Sqlite, &sql).unwrap(), twice);
    let windows = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(set_sql(&windows(&once), Engine::Postgres, &section("it's")).unwrap(), windows(&twice));
    let migration = read(&twice).unwrap();
    assert_eq!(migration.sql, BTreeMap::from([(Engine::Sqlite, sql), (Engine::Postgres, section("it's"))]));
    assert_snapshot!(twice, @r#"
    # mine
    format   = 1 # one

    # why
    [sql.sqlite] # here
    target= "3.40"
    # about input
    input  = "b3:00"
    text = "b3:11"
    up = ['''SELECT 1''']
    down = ['''x''']

    # after
    [[operations]] # last
    op = 'rename_model'
    from = "A"
    to='B'

    [sql.postgres]
    target = "3.40"
    input = "b3:00"
    text = "b3:11"
    edited = "it's"
    up = [
        '''it's''',
        { autocommit = '''it's''' },
        { verify = '''it's''', found = "it's" },
        { rebuild = "it's", sql = [
            '''it's''',
            '''it's''',
        ] },
        { rebuild = "it's", sql = [] },
        { drop = "it's", sql = '''it's''' },
        { rust = "it's" },
    ]
    down = ['''it's''']
    "#);
    assert_snapshot!(set_sql("format = 1\nsql = {}", Engine::Sqlite, &section("")).unwrap_err(), @r#"
    error[E206]: the section of `sqlite` cannot be added to `sql = { … }`
       = help: write each engine's section as a table: `[sql.sqlite]`
    "#);
}
