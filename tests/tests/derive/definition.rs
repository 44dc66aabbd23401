//! A model with every attribute: its definition is as declared.

use fastdjango::prelude::*;
use fastdjango_core::field::{Deferrable, Engine, OnDelete};
use fastdjango_core::model::{DefaultDef, Kind, ModelLabel, SqlDef, TypeDef, registered};

use crate::field;

#[derive(Model)]
#[model(app = "blog", no_primary_key, table = "Legacy Users")]
struct User {
    #[field(unique)]
    email: String,
}

#[derive(Model)]
#[model(app = "blog")]
struct PostTag {
    #[field(primary_key, auto)]
    id: i32,
    #[field(on_delete = cascade)]
    post: ForeignKey<Post>,
    #[field(on_delete = cascade)]
    tag: ForeignKey<Tag, String>,
}

#[derive(Model)]
#[model(app = "blog")]
struct Tag {
    #[field(primary_key, max_length = 40)]
    name: String,
}

#[derive(Choices, Debug, PartialEq)]
enum Status {
    Draft,
    #[choice(value = "out")]
    Published,
    InReview,
}

#[derive(Model)]
#[model(
    app = "blog",
    table = "blog_posts",
    comment = "What readers see",
    renamed_from = "Article",
    managed = false,
    extension = "citext",
    extension = "pg_trgm",
    index(fields = [author, -published_at], name = "post_recent", condition = "published_at IS NOT NULL"),
    index(
        fields = [title],
        unique,
        expression = sql(postgres = "lower(slug)", sqlite = "slug COLLATE NOCASE"),
        include = [slug],
        method = "btree",
        opclass = "text_pattern_ops",
        concurrently
    ),
    index(fields = [title(20), -slug(10), rating]),
    unique(fields = [author, slug], deferrable = immediate),
    unique(fields = [title], name = "post_title", condition = "rating > 0", nulls_distinct = false),
    check(name = "rating_range", sql = "rating BETWEEN 0 AND 5"),
    check(sql = "price >= 0"),
    foreign_key(
        fields = [album, number],
        to = Track,
        to_fields = [album, number],
        on_delete = restrict,
        on_update = cascade,
        deferrable = deferred,
        name = "post_track",
    )
)]
#[expect(dead_code, reason = "only its definition is of interest")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 200, index, comment = "The headline", collation = "NOCASE")]
    title: String,
    #[field(max_length = 60, renamed_from = "permalink", column = "Slug", fill = "none", reverse_fill = sql("lower(title)"))]
    slug: String,
    #[field(
        on_delete = cascade,
        on_update = no_action,
        related_name = "posts",
        to_field = email,
        deferrable,
        index = false
    )]
    author: ForeignKey<User, String>,
    published_at: Option<DateTime<Utc>>,
    #[field(default = -3, check = sql(mysql = "rating > -4"))]
    rating: i16,
    #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
    price: Decimal,
    #[field(default_sql = "CURRENT_TIMESTAMP")]
    created_at: DateTime<Utc>,
    #[field(default = Published, fill = InReview)]
    status: Status,
    #[field(default = 0.5, using = sql(postgres = "extract(epoch FROM weight)"), reverse_using = "NULL")]
    weight: f64,
    #[field(default = true)]
    open: bool,
    #[field(generated = "rating * 2", stored)]
    twice: i32,
    #[field(generated = "rating * 3", virtual)]
    thrice: i32,
    #[field(db_type = sql(postgres = "citext", sqlite = "text"))]
    nick: Option<String>,
    album: i64,
    number: i32,
    #[field(through = PostTag, related_name = tagged)]
    tags: ManyToMany<Tag>,
    #[field(skip)]
    cache: Option<std::rc::Rc<str>>,
}

#[derive(Model)]
#[model(app = "blog", primary_key(fields = [album, number]))]
struct Track {
    album: i64,
    number: i32,
}

const DEFINED_ON: u32 = line!() + 3;

#[derive(Model)]
struct HTTPServer {
    #[field(primary_key, auto)]
    id: i64,
    other: Option<i32>,
}

#[test]
fn a_model_without_attributes_takes_its_names_from_package_and_struct() {
    let def = HTTPServer::DEF;
    assert_eq!(def.label, ModelLabel { app: "fastdjango_tests", model: "HTTPServer" });
    assert_eq!(def.table, "fastdjango_tests_http_server");
    assert_eq!(HTTPServer::TABLE, def.table);
    assert!(def.managed);
}

#[test]
fn a_definition_knows_its_place() {
    let source = HTTPServer::DEF.source;
    assert_eq!((source.line, source.column), (DEFINED_ON, 8));
    assert!(source.file.ends_with("tests/derive/definition.rs"), "{}", source.file);
    assert!(source.manifest_dir.ends_with("tests"), "{}", source.manifest_dir);
    assert_eq!(source.package, "fastdjango-tests");
    let id = field::<HTTPServer>("id");
    assert_eq!((id.line, id.source_column), (DEFINED_ON + 2, 5));
}

#[test]
fn the_attributes_of_a_model() {
    let def = Post::DEF;
    assert_eq!((def.table, def.managed), ("blog_posts", false));
    assert_eq!((def.comment, def.renamed_from), (Some("What readers see"), Some("Article")));
    assert_eq!(def.extensions, ["citext", "pg_trgm"]);
    assert!(def.primary_key.is_empty());
    assert_eq!(Track::DEF.primary_key, ["album", "number"]);
    assert_eq!(User::DEF.primary_key.len(), 0);
    assert_eq!(User::TABLE, "Legacy Users");
}

#[test]
fn the_indexes_of_a_model() {
    let [recent, lower, beginning] = Post::DEF.indexes else { panic!("three indexes") };
    assert_eq!(beginning.fields, [("title", false), ("slug", true), ("rating", false)]);
    assert_eq!(beginning.lengths, [("title", 20), ("slug", 10)]);
    assert_eq!(recent.fields, [("author", false), ("published_at", true)]);
    assert_eq!(recent.name, Some("post_recent"));
    assert!(matches!(recent.condition, Some(SqlDef::Any("published_at IS NOT NULL"))));
    assert!(!recent.unique && !recent.concurrently);
    assert!(lower.unique && lower.concurrently);
    assert_eq!((lower.method, lower.opclass), (Some("btree"), Some("text_pattern_ops")));
    assert_eq!(lower.include, ["slug"]);
    let Some(SqlDef::Each(texts)) = lower.expression else { panic!("one text for each engine") };
    assert_eq!(texts, [(Engine::Sqlite, "slug COLLATE NOCASE"), (Engine::Postgres, "lower(slug)")]);
}

#[test]
fn the_constraints_of_a_model() {
    let [plain, partial] = Post::DEF.uniques else { panic!("two unique constraints") };
    assert_eq!(plain.fields, ["author", "slug"]);
    assert_eq!((plain.deferrable, plain.nulls_distinct), (Some(Deferrable::Immediate), true));
    assert!(matches!(partial.condition, Some(SqlDef::Any("rating > 0"))));
    assert_eq!((partial.name, partial.nulls_distinct), (Some("post_title"), false));
    let [range, price] = Post::DEF.checks else { panic!("two checks") };
    assert!(matches!((range.name, range.sql), (Some("rating_range"), SqlDef::Any("rating BETWEEN 0 AND 5"))));
    assert_eq!(price.name, None);
    let [track] = Post::DEF.foreign_keys else { panic!("one composite key") };
    assert_eq!((track.to, track.name), (Track::LABEL, Some("post_track")));
    assert_eq!((track.fields, track.to_fields), (&["album", "number"][..], &["album", "number"][..]));
    assert_eq!((track.on_delete, track.on_update), (OnDelete::Restrict, OnDelete::Cascade));
    assert_eq!(track.deferrable, Some(Deferrable::Deferred));
}

#[test]
fn the_attributes_of_columns() {
    let id = field::<Post>("id");
    assert!(id.primary_key && id.auto);
    let title = field::<Post>("title");
    assert_eq!((title.max_length, title.index, title.comment), (Some(200), Some(true), Some("The headline")));
    assert!(matches!(title.collation, Some(SqlDef::Any("NOCASE"))));
    let slug = field::<Post>("slug");
    assert_eq!((slug.column, slug.renamed_from), (Some("Slug"), Some("permalink")));
    assert!(matches!(slug.fill, Some(DefaultDef::Text("none"))));
    assert!(matches!(slug.reverse_fill, Some(DefaultDef::Sql(SqlDef::Any("lower(title)")))));
    let weight = field::<Post>("weight");
    assert!(matches!(weight.using, Some(SqlDef::Each([(Engine::Postgres, "extract(epoch FROM weight)")]))));
    assert!(matches!(weight.reverse_using, Some(SqlDef::Any("NULL"))));
    let nick = field::<Post>("nick");
    assert!(nick.facts.nullable);
    assert!(matches!(nick.db_type, Some(SqlDef::Each([_, _]))));
    let price = field::<Post>("price");
    assert_eq!((price.max_digits, price.decimal_places), (Some(10), Some(2)));
    assert!(matches!(field::<Post>("twice").generated, Some(generated) if generated.stored));
    assert!(matches!(field::<Post>("thrice").generated, Some(generated) if !generated.stored));
    assert!(Post::DEF.all_fields().all(|field| field.name != "cache"));
}

#[test]
fn the_defaults_of_columns() {
    assert!(matches!(field::<Post>("rating").default, Some(DefaultDef::Integer(-3))));
    assert!(matches!(field::<Post>("price").default, Some(DefaultDef::Text("0.00"))));
    assert!(matches!(field::<Post>("weight").default, Some(DefaultDef::Real(0.5))));
    assert!(matches!(field::<Post>("open").default, Some(DefaultDef::Boolean(true))));
    let created = field::<Post>("created_at").default;
    assert!(matches!(created, Some(DefaultDef::Sql(SqlDef::Any("CURRENT_TIMESTAMP")))));
}

#[test]
fn a_choice_is_stored_as_its_text() {
    let status = field::<Post>("status");
    assert!(matches!(status.default, Some(DefaultDef::Text("out"))));
    assert!(matches!(status.fill, Some(DefaultDef::Text("in_review"))));
    let Kind::Column { ty: TypeDef::Text, choices, .. } = status.facts.kind else { panic!("a column of text") };
    assert_eq!(choices, ["draft", "out", "in_review"]);
    assert_eq!(<Status as Choices>::ALL, [Status::Draft, Status::Published, Status::InReview]);
}

#[test]
fn the_attributes_of_relations() {
    let author = field::<Post>("author");
    assert_eq!(author.facts.kind, Kind::ForeignKey { to: User::LABEL, unique: false });
    assert_eq!((author.on_delete, author.on_update), (Some(OnDelete::Cascade), Some(OnDelete::NoAction)));
    assert_eq!((author.to_field, author.related_name), (Some("email"), Some("posts")));
    assert_eq!((author.deferrable, author.index), (Some(Deferrable::Deferred), Some(false)));
    let tags = field::<Post>("tags");
    assert_eq!(tags.facts.kind, Kind::ManyToMany { to: Tag::LABEL });
    assert_eq!((tags.through, tags.related_name), (Some(PostTag::LABEL), Some("tagged")));
}

#[test]
fn every_model_is_registered_once() {
    let labels: Vec<ModelLabel> = registered().iter().map(|def| def.label).collect();
    for label in [Post::LABEL, User::LABEL, Track::LABEL, HTTPServer::LABEL] {
        assert_eq!(labels.iter().filter(|other| **other == label).count(), 1, "{label:?}");
    }
}

#[test]
fn columns_are_named_after_fields() {
    assert_eq!(Post::COLUMNS.title, "title");
    assert_eq!(Post::COLUMNS.slug, "Slug");
    assert_eq!(Post::COLUMNS.author, "author_id");
}
