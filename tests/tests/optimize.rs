//! What folds, and what stays apart because rows would differ.

use fastdjango_core::field::{Default as DefaultValue, Literal, OnDelete, Sql};
use fastdjango_core::name::ModelRef;
use fastdjango_core::operation::{Operation, optimize};
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, FieldKind, FieldState, IndexField, IndexState, ModelState, Reference,
};

fn field(name: &str, ty: &str) -> FieldState {
    let ty = ty.parse().unwrap_or(fastdjango_core::field::ColumnType::Text);
    FieldState { null: true, ..FieldState::new(name, FieldKind::Column(ty)) }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where an operation may have no fill")]
fn value(number: i64) -> Option<DefaultValue> {
    Some(DefaultValue::Value(Literal::Integer(number)))
}

fn create(model: &str) -> Operation {
    let mut definition = ModelState::new(format!("blog_{}", model.to_lowercase()));
    definition.fields = vec![field("id", "bigint")].into();
    Operation::CreateModel { model: model.into(), definition }
}

fn add(field: FieldState, fill: Option<DefaultValue>) -> Operation {
    Operation::AddField { model: "Post".into(), field, fill }
}

fn alter(from: FieldState, to: FieldState, fill: Option<DefaultValue>) -> Operation {
    Operation::AlterField { model: "Post".into(), from, to, fill, reverse_fill: None, using: None, reverse_using: None }
}

fn rename(from: &str, to: &str) -> Operation {
    Operation::RenameField { model: "Post".into(), from: from.into(), to: to.into() }
}

fn run_sql() -> Operation {
    Operation::run_sql(vec![Sql::any("SELECT 1")], None)
}

fn run(operations: Vec<Operation>) -> Vec<String> {
    optimize(&"blog".into(), operations).iter().map(|operation| operation.describe().to_string()).collect()
}

#[test]
fn a_creation_takes_in_what_follows() {
    let index = IndexState { name: Some("i".into()), ..IndexState::default() };
    let add_index = Operation::AddIndex { model: "Post".into(), index };
    let operations =
        vec![create("Post"), create("Tag"), add(field("n", "integer"), value(1)), add_index, rename("n", "m")];
    assert_eq!(run(operations), ["+ Tag table blog_tag: 1 field", "+ Post table blog_post: 2 fields, 1 index"]);
}

#[test]
fn a_creation_takes_in_what_follows_behind_a_model_that_refers_to_it() {
    let reference = Reference {
        to: ModelRef::new("blog", "Post"),
        to_field: None,
        on_delete: OnDelete::Cascade,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: Some("tag_post".to_owned()),
    };
    let mut tag = create("Tag");
    if let Operation::CreateModel { definition, .. } = &mut tag {
        definition.fields.push(FieldState::new("post", FieldKind::ForeignKey(reference.clone())));
    }
    let remove = || Operation::RemoveField { model: "Post".into(), field: field("n", "integer"), reverse_fill: None };
    let post = || {
        let mut post = create("Post");
        if let Operation::CreateModel { definition, .. } = &mut post {
            definition.fields.push(field("n", "integer"));
            definition.fields.push(field("a", "text"));
        }
        post
    };
    let folded = run(vec![post(), tag.clone(), remove(), rename("a", "b")]);
    assert_eq!(folded, ["+ Post table blog_post: 2 fields", "+ Tag table blog_tag: 2 fields"]);
    // What it refers by stays until it is there.
    if let Operation::CreateModel { definition, .. } = &mut tag {
        let by_n = Reference { to_field: Some("n".into()), ..reference };
        definition.fields = vec![field("id", "bigint"), FieldState::new("post", FieldKind::ForeignKey(by_n))].into();
    }
    assert_eq!(run(vec![post(), tag, rename("n", "m")]).len(), 3);
    // A value that is asked of the other model's rows is asked of its columns as they were.
    let asked = Some(DefaultValue::Sql { sql: Sql::any("(SELECT max(n) FROM blog_post)") });
    let asks = Operation::AddField { model: "Tag".into(), field: field("most", "integer"), fill: asked };
    assert_eq!(run(vec![post(), run_sql(), asks, remove()]).len(), 4);
}

#[test]
fn what_comes_and_goes_is_nothing() {
    let delete = Operation::DeleteModel { model: "Post".into(), definition: ModelState::new("blog_post") };
    assert!(run(vec![create("Post"), delete]).is_empty());
    let remove = Operation::RemoveField { model: "Post".into(), field: field("n", "integer"), reverse_fill: None };
    assert!(run(vec![add(field("n", "integer"), None), remove]).is_empty());
    assert_eq!(run(vec![rename("a", "b"), rename("b", "c")]), ["→ Post.c renamed from a"]);
}

#[test]
fn statements_of_the_users_own_are_not_crossed() {
    assert_eq!(run(vec![create("Post"), run_sql(), add(field("n", "integer"), None)]).len(), 3);
}

#[test]
fn a_fill_stays_when_the_field_is_altered() {
    let required = FieldState { null: false, ..field("n", "integer") };
    let operations =
        vec![add(field("n", "integer"), value(1)), alter(field("n", "integer"), required.clone(), value(2))];
    assert_eq!(run(operations), ["+ Post.n integer, rows that exist get 1"]);
    let operations = vec![add(field("n", "integer"), None), alter(field("n", "integer"), required, value(2))];
    assert_eq!(run(operations), ["+ Post.n integer, rows that exist get 2"]);
}

#[test]
fn a_default_that_comes_later_gives_no_row_a_value() {
    let later = FieldState { default: value(5), ..field("n", "integer") };
    assert_eq!(run(vec![add(field("n", "integer"), None), alter(field("n", "integer"), later, None)]).len(), 2);
}

#[test]
fn a_default_that_changes_stays_with_the_rows_that_got_it() {
    let (first, second) = (value(1), value(2));
    let with = |default: &Option<DefaultValue>| FieldState { default: default.clone(), ..field("n", "integer") };
    let operations = vec![add(with(&first), None), alter(with(&first), with(&second), None)];
    assert_eq!(run(operations), ["+ Post.n integer, null, default 2, rows that exist get 1"]);
}

fn index(name: &str, field: &str) -> IndexState {
    IndexState { name: Some(name.into()), fields: vec![IndexField::new(field)], ..IndexState::default() }
}

fn check(name: &str) -> ConstraintState {
    ConstraintState { name: Some(name.into()), kind: ConstraintKind::Check { sql: Sql::any("1 = 1") } }
}

#[test]
fn what_is_called_otherwise_and_goes_only_goes() {
    let rename = Operation::RenameIndex { model: "Post".into(), from: "i".into(), to: "j".into() };
    let operations = vec![rename, Operation::RemoveIndex { model: "Post".into(), index: index("j", "n") }];
    assert_eq!(
        optimize(&"blog".into(), operations),
        [Operation::RemoveIndex { model: "Post".into(), index: index("i", "n") }]
    );
    let rename = Operation::RenameConstraint { model: "Post".into(), from: "c".into(), to: "d".into() };
    let operations = vec![rename, Operation::RemoveConstraint { model: "Post".into(), constraint: check("d") }];
    let wanted = [Operation::RemoveConstraint { model: "Post".into(), constraint: check("c") }];
    assert_eq!(optimize(&"blog".into(), operations), wanted);
}

#[test]
fn words_are_in_nobodys_way() {
    let [text, number] = ["varchar(10)", "integer"].map(|ty| field("n", ty));
    let required = FieldState { null: false, ..text.clone() };
    let comment = Operation::AlterModelComment { model: "Post".into(), from: None, to: Some("words".into()) };
    let rename = Operation::RenameIndex { model: "Post".into(), from: "i".into(), to: "j".into() };
    let operations =
        vec![alter(text.clone(), required.clone(), None), comment, rename, alter(required, text.clone(), None)];
    assert_eq!(run(operations).len(), 4, "NULL returns");
    let comment = Operation::AlterModelComment { model: "Post".into(), from: None, to: Some("words".into()) };
    let commented = FieldState { comment: Some("what it is".into()), ..number.clone() };
    let operations = vec![alter(text.clone(), number.clone(), None), comment, alter(number, commented, None)];
    assert_eq!(run(operations).len(), 2);
}

#[test]
fn a_move_there_and_back_is_none_where_nothing_is_between() {
    let [blog, shop] = ["blog.Post", "shop.Post"].map(|model| model.parse::<ModelRef>().unwrap());
    let there = || Operation::MoveModel { from: blog.clone(), to: shop.clone() };
    let back = || Operation::MoveModel { from: shop.clone(), to: blog.clone() };
    assert!(run(vec![there(), back()]).is_empty());
    assert_eq!(run(vec![there(), create("Tag"), back()]).len(), 3);
    assert_eq!(run(vec![there(), run_sql(), back()]).len(), 3);
}

#[test]
fn a_table_that_is_ours_again_was_ours_all_along_unless_something_depends_on_it() {
    let ours = |managed: bool| Operation::SetManaged { model: "Post".into(), managed };
    let comment = |model: &str| Operation::AlterModelComment { model: model.into(), from: None, to: Some("x".into()) };
    assert!(run(vec![ours(false), ours(true)]).is_empty());
    assert!(run(vec![ours(true), ours(false)]).is_empty());
    assert_eq!(run(vec![ours(false), create("Tag"), comment("Page"), ours(true)]).len(), 2);
    assert_eq!(run(vec![ours(false), add(field("n", "integer"), None), ours(true)]).len(), 3, "no column comes");
    assert_eq!(run(vec![ours(false), run_sql(), ours(true)]).len(), 3);
    let key = |from: &str, to: &str| Operation::alter_field("Tag", field("id", from), field("id", to));
    assert_eq!(run(vec![ours(false), key("integer", "bigint"), ours(true)]).len(), 3, "a key of ours would follow");
    let changed = vec![key("smallint", "integer"), ours(false), key("integer", "bigint")];
    assert_eq!(run(changed).len(), 3, "a key of ours follows the first alone");
}

#[test]
fn values_that_come_along_do_so_by_themselves() {
    let key = |null: bool| FieldState {
        null,
        ..toml::from_str("name = 'n'\ntype = 'foreign_key'\nto = 'blog.User'").expect("a foreign key")
    };
    let many: FieldState = toml::from_str("name = 'n'\ntype = 'many_to_many'\nto = 'blog.User'").expect("pairs");
    let there = alter(key(true), many.clone(), None);
    let back = alter(many.clone(), key(true), None);
    assert_eq!(run(vec![alter(key(false), key(true), None), there.clone()]).len(), 2);
    assert_eq!(run(vec![there.clone(), back]).len(), 2, "on the way, rows with several pairs are found");
    assert_eq!(run(vec![add(key(true), None), there.clone()]).len(), 2);
    assert_eq!(run(vec![create("Post"), add(key(true), None), there]), ["+ Post table blog_post: 2 fields"]);
}

#[test]
fn two_casts_stay_two() {
    let [text, number, wide] = ["text", "integer", "bigint"].map(|ty| field("n", ty));
    let operations = vec![alter(text, number.clone(), None), alter(number, wide, None)];
    assert_eq!(run(operations).len(), 2);
}

#[test]
fn a_text_that_comes_anew_after_it_was_called_otherwise_stays_apart() {
    let alter = |from: &[&str], to: &[&str], renamed: &[(&str, &str)]| Operation::AlterEnum {
        r#enum: "mood".to_owned(),
        from: from.iter().map(ToString::to_string).collect(),
        to: to.iter().map(ToString::to_string).collect(),
        renamed: renamed.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect(),
    };
    let operations = vec![alter(&["a"], &["b"], &[("a", "b")]), alter(&["b"], &["b", "a"], &[])];
    assert_eq!(run(operations).len(), 2);
}
