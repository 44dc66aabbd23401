//! What is detected, case by case: before, after, operations in words.

#![expect(clippy::unwrap_used, reason = "a case that cannot be built is a failed test")]

use std::collections::BTreeMap;

use fastdjango_core::detect::{Answer, Answers, Detected, Past, astray, detect};
use fastdjango_core::field::{ColumnType, Default as DefaultValue, Literal, OnDelete, Sql};
use fastdjango_core::name::{FieldName, ModelRef};
use fastdjango_core::operation::{Operation, Touched};
use fastdjango_core::pair::Pair;
use fastdjango_core::schema::lower_all;
use fastdjango_core::state::{
    ConstraintKind, ConstraintState, EnumHints, EnumState, FieldHints, FieldKind, FieldState, Generated, Hints,
    IndexField, IndexState, ModelHints, ModelState, Pairs, ProjectState, Reference,
};
use fastdjango_tests::generate::{apply_all, initial};

fn column(name: &str, ty: &str) -> FieldState {
    FieldState::new(name, FieldKind::Column(ty.parse().unwrap()))
}

fn null(field: FieldState) -> FieldState {
    FieldState { null: true, ..field }
}

fn to(name: &str, target: &str) -> FieldState {
    let kind = FieldKind::ForeignKey(Reference {
        to: target.parse().unwrap(),
        to_field: None,
        on_delete: OnDelete::Cascade,
        on_update: OnDelete::NoAction,
        deferrable: None,
        constraint: None,
    });
    FieldState::new(name, kind)
}

fn to_field(name: &str, target: &str, field: &str) -> FieldState {
    let mut reference = to(name, target);
    if let FieldKind::ForeignKey(key) = &mut reference.kind {
        key.to_field = Some(field.into());
    }
    reference
}

fn pairs(name: &str, target: &str) -> FieldState {
    FieldState::new(name, FieldKind::ManyToMany(Pairs { to: target.parse().unwrap(), through: None }))
}

fn index(fields: &[&str], name: Option<&str>) -> IndexState {
    let fields = fields.iter().map(|&field| IndexField::new(field)).collect();
    IndexState { name: name.map(str::to_owned), fields, ..IndexState::default() }
}

fn unique(fields: &[&str]) -> ConstraintState {
    let fields = fields.iter().map(|&field| field.into()).collect();
    ConstraintState { name: None, kind: ConstraintKind::Unique { fields, deferrable: None, nulls_not_distinct: false } }
}

fn check(sql: &str) -> ConstraintState {
    ConstraintState { name: None, kind: ConstraintKind::Check { sql: Sql::any(sql) } }
}

fn model(table: &str, fields: Vec<FieldState>) -> ModelState {
    let mut model = ModelState::new(table);
    model.fields = vec![FieldState { auto: true, ..column("id", "bigint") }].into();
    model.fields.extend(fields);
    model.primary_key = vec!["id".into()];
    model
}

fn post(fields: Vec<FieldState>) -> ProjectState {
    state([("blog.Post", model("blog_post", fields))])
}

fn state<const N: usize>(models: [(&str, ModelState); N]) -> ProjectState {
    ProjectState {
        models: models.into_iter().map(|(name, model)| (name.parse().unwrap(), model)).collect(),
        ..ProjectState::default()
    }
}

fn with(mut state: ProjectState, change: impl FnOnce(&mut ModelState)) -> ProjectState {
    change(state.models.get_mut(&"blog.Post".parse::<ModelRef>().unwrap()).unwrap());
    state
}

struct Run {
    detected: Detected,
    lines: Vec<String>,
    questions: Vec<String>,
    warnings: Vec<&'static str>,
}

fn run_with(before: &ProjectState, after: &ProjectState, hints: &Hints, answers: &Answers) -> Run {
    let before = initial(before).unwrap();
    let leaves = before.models.keys().map(|model| (model.app.clone(), "0001_initial".into())).collect();
    let past = Past { leaves, ..Past::default() };
    let detected = detect(Pair::new(&before, after), hints, &past, answers);
    assert!(apply_all(&detected.migrations, &before).unwrap().equivalent(after));
    let lines = detected.migrations.iter().flat_map(|m| &m.operations).map(|o| o.describe().to_string()).collect();
    let questions = detected.questions.iter().map(|question| question.id.clone()).collect();
    let warnings = detected.warnings.iter().map(|warning| warning.code).collect();
    Run { detected, lines, questions, warnings }
}

fn run(before: &ProjectState, after: &ProjectState) -> Run {
    run_with(before, after, &Hints::default(), &Answers::new())
}

fn field_hint(name: &str, hint: FieldHints) -> Hints {
    let fields = BTreeMap::from([(FieldName::from(name), hint)]);
    let model = ModelHints { fields, ..ModelHints::default() };
    Hints { models: BTreeMap::from([("blog.Post".parse().unwrap(), model)]), ..Hints::default() }
}

fn renamed_from(name: &str, old: &str) -> Hints {
    field_hint(name, FieldHints { renamed_from: Some(old.into()), ..FieldHints::default() })
}

fn yes(ids: &[&str]) -> Answers {
    ids.iter().map(|id| ((*id).to_owned(), Answer::yes())).collect()
}

#[test]
fn a_field_arrives_with_its_default() {
    let mut rating = column("rating", "smallint");
    rating.default = Some(DefaultValue::Value(Literal::Integer(0)));
    let run = run(&post(vec![]), &post(vec![rating]));
    assert_eq!(run.lines, ["+ Post.rating smallint, default 0"]);
    assert_eq!(run.detected.migrations[0].name, "0002_add_post_rating");
    assert_eq!(run.detected.migrations[0].dependencies[0].to_string(), "blog.0001_initial");
    assert!(run.questions.is_empty());
}

#[test]
fn a_required_field_asks_for_a_value() {
    let (before, after) = (post(vec![]), post(vec![column("slug", "text")]));
    assert_eq!(run(&before, &after).questions, ["fill:blog.Post.slug"]);
    let hint = FieldHints { fill: Some(DefaultValue::Value(Literal::Text("x".into()))), ..FieldHints::default() };
    let hinted = run_with(&before, &after, &field_hint("slug", hint), &Answers::new());
    assert_eq!(hinted.lines, ["+ Post.slug text, rows that exist get \"x\""]);
    assert!(hinted.questions.is_empty());
    let text = run(&before, &after).detected.questions[0].diagnostic().to_string();
    assert!(
        text.starts_with("error[E301]: `Post.slug` is required, and rows that exist would have no value"),
        "{text}"
    );
}

#[test]
fn an_answer_that_the_column_cannot_hold_is_refused() {
    let answered = |ty: &str, value: Literal| {
        let answers = Answers::from([("fill:blog.Post.x".to_owned(), Answer::Value(value))]);
        let run = run_with(&post(vec![]), &post(vec![column("x", ty)]), &Hints::default(), &answers);
        run.detected.errors.iter().map(|error| error.code).collect::<Vec<_>>()
    };
    let text = |text: &str| Literal::Text(text.to_owned());
    for (ty, value) in [
        ("bigint", text("abc")),
        ("smallint", Literal::Integer(40_000)),
        ("text", Literal::Integer(5)),
        ("boolean", Literal::Integer(1)),
        ("varchar(3)", text("long")),
        ("numeric(5,2)", text("1.234")),
        ("timestamptz", text("yesterday")),
        ("date", text("2026-1-1")),
        ("uuid", text("0")),
        ("binary", text("xyz")),
    ] {
        assert_eq!(answered(ty, value.clone()), ["E304"], "{value} as {ty}");
    }
    for (ty, value) in [
        ("bigint", Literal::Integer(5)),
        ("double", Literal::Integer(5)),
        ("boolean", Literal::Boolean(true)),
        ("varchar(3)", text("abc")),
        ("numeric(5,2)", text("-123.40")),
        ("timestamptz", text("2026-01-31 12:30:00.5")),
        ("custom(money)", text("anything")),
    ] {
        assert!(answered(ty, value.clone()).is_empty(), "{value} as {ty}");
    }
}

#[test]
fn losing_null_asks_even_with_a_default() {
    let mut next = column("slug", "text");
    next.default = Some(DefaultValue::Value(Literal::Text(String::new())));
    let (before, after) = (post(vec![null(column("slug", "text"))]), post(vec![next]));
    assert_eq!(run(&before, &after).questions, ["fill:blog.Post.slug"]);
    let answers = Answers::from([("fill:blog.Post.slug".to_owned(), Answer::Unfilled { unfilled: true })]);
    let run = run_with(&before, &after, &Hints::default(), &answers);
    assert_eq!(run.lines, ["~ Post.slug no longer null, now default \"\""]);
    assert!(run.questions.is_empty());
}

#[test]
fn a_key_that_becomes_pairs_is_asked_for_its_values() {
    let with = |field: FieldState| {
        state([("blog.Post", model("blog_post", vec![field])), ("blog.User", model("blog_user", vec![]))])
    };
    let (key, many) = (with(null(to("author", "blog.User"))), with(pairs("author", "blog.User")));
    let id = "keep_values:blog.Post.author";
    let open = run(&key, &many);
    assert_eq!(open.questions, [id]);
    assert_eq!(open.lines[0].split(' ').next(), Some("-"), "an open question is no yes: {:?}", open.lines);
    let kept = run_with(&key, &many, &Hints::default(), &yes(&[id]));
    let line = "~ Post.author foreign key to blog.User → many to many blog.User, what it holds comes along";
    assert_eq!(kept.lines, [line]);
    assert!(kept.questions.is_empty() && kept.warnings.is_empty());
    let gone = Answers::from([(id.to_owned(), Answer::no())]);
    assert_eq!(run_with(&key, &many, &Hints::default(), &gone).warnings, ["W106"]);
    // And back; what rows without a pair get is asked only once it is known that the others keep theirs.
    let required = with(to("author", "blog.User"));
    assert_eq!(run(&many, &required).questions, [id]);
    assert_eq!(run_with(&many, &required, &Hints::default(), &yes(&[id])).questions, ["fill:blog.Post.author"]);
    assert!(run_with(&many, &key, &Hints::default(), &yes(&[id])).questions.is_empty());
}

#[test]
fn values_of_a_key_come_along_only_where_pairs_mean_the_same_rows() {
    let other = |field: FieldState, name: FieldState| {
        let mut user = model("blog_user", vec![name, null(column("nick", "text"))]);
        user.constraints = vec![unique(&["name"]), unique(&["nick"])];
        state([
            ("blog.Post", model("blog_post", vec![field])),
            ("blog.User", user),
            ("blog.Tag", model("blog_tag", vec![])),
        ])
    };
    let name = || column("name", "text");
    let many = || other(pairs("author", "blog.User"), name());
    let by_name = other(null(to_field("author", "blog.User", "name")), name());
    assert_eq!(run(&by_name, &many()).questions, ["keep_values:blog.Post.author"]);
    assert_eq!(run(&many(), &by_name).questions, ["keep_values:blog.Post.author"]);
    let retyped = other(null(to_field("author", "blog.User", "name")), column("name", "varchar(9)"));
    for before in [
        other(null(to("author", "blog.Tag")), name()),
        // A row of the target may have no value by which it is referred to.
        other(null(to_field("author", "blog.User", "nick")), name()),
        retyped,
    ] {
        let run = run(&before, &many());
        assert!(run.questions.is_empty(), "{:?}", run.questions);
        assert!(run.warnings.contains(&"W106"), "{:?}", run.warnings);
    }
}

#[test]
fn a_key_by_a_field_of_its_own_table_does_not_become_pairs_with_its_values() {
    let with = |field: FieldState| {
        let mut post = model("blog_post", vec![column("slug", "text"), field]);
        post.constraints = vec![unique(&["slug"])];
        state([("blog.Post", post)])
    };
    let (before, after) = (with(null(to_field("next", "blog.Post", "slug"))), with(pairs("next", "blog.Post")));
    let run = run(&before, &after);
    assert_eq!((run.questions.len(), run.warnings), (0, vec!["W106"]));
    let field =
        |state: &ProjectState| state.models[&"blog.Post".parse().unwrap()].fields.iter().next_back().unwrap().clone();
    let operation = Operation::AlterField {
        model: "Post".into(),
        from: field(&before),
        to: field(&after),
        fill: None,
        reverse_fill: None,
        using: None,
        reverse_using: None,
    };
    assert!(operation.apply(&"blog".into(), &mut before.clone()).is_err(), "nor by an operation of somebody's own");
}

#[test]
fn a_key_that_becomes_pairs_of_another_name_says_so_by_a_hint() {
    let with = |field: FieldState| {
        state([("blog.Post", model("blog_post", vec![field])), ("blog.User", model("blog_user", vec![]))])
    };
    let (key, many) = (with(null(to("author", "blog.User"))), with(pairs("authors", "blog.User")));
    let answers = yes(&["keep_values:blog.Post.authors"]);
    let run = run_with(&key, &many, &renamed_from("authors", "author"), &answers);
    assert_eq!(run.lines[0], "→ Post.authors renamed from author");
    assert_eq!(run.lines.len(), 2);
    assert!(run.questions.is_empty());
}

#[test]
fn pairs_become_rows_of_a_model_only_where_it_can_take_them() {
    let through = |fields: Vec<FieldState>, table: &str| {
        let mut many = pairs("tags", "blog.Tag");
        if let FieldKind::ManyToMany(pairs) = &mut many.kind {
            pairs.through = Some("blog.PostTag".parse().unwrap());
        }
        state([
            ("blog.Post", model("blog_post", vec![many])),
            ("blog.Tag", model("blog_tag", vec![])),
            ("blog.PostTag", model(table, fields)),
        ])
    };
    let before = state([
        ("blog.Post", model("blog_post", vec![pairs("tags", "blog.Tag")])),
        ("blog.Tag", model("blog_tag", vec![])),
    ]);
    let (id, keys) = ("keep_values:blog.Post.tags", || vec![to("post", "blog.Post"), to("tag", "blog.Tag")]);
    let with = |field: FieldState| [keys(), vec![field]].concat();
    let after = through(with(null(column("weight", "integer"))), "blog_posttag");
    assert_eq!(run(&before, &after).questions, [id]);
    let kept = run_with(&before, &after, &Hints::default(), &yes(&[id]));
    assert!(kept.lines[1].ends_with("what it holds comes along"), "the model is there first: {:?}", kept.lines);
    // A value that nobody gave, a second key to one side, a table under the name of the one that is there.
    let required = through(with(column("weight", "integer")), "blog_posttag");
    let twice = through(with(null(to("first", "blog.Post"))), "blog_posttag");
    let taken = through(keys(), "blog_post_tags");
    for after in [required, twice, taken] {
        let run = run(&before, &after);
        assert!(run.questions.is_empty(), "{:?}", run.questions);
        assert_eq!(run.warnings, ["W106"]);
    }
}

#[test]
fn a_type_without_a_value_in_common_is_asked_for_an_expression() {
    let (before, after) = (post(vec![column("started", "time")]), post(vec![null(column("started", "integer"))]));
    let (there, back) = ("using:blog.Post.started", "reverse_using:blog.Post.started");
    let open = run(&before, &after);
    assert_eq!(open.questions, [there]);
    assert_eq!(open.detected.questions[0].options.len(), 3, "NULL is a value of it");
    let sql = |text: &str| Answer::Sql { sql: Sql::any(text) };
    let answers = Answers::from([(there.to_owned(), sql("time_to_sec(started)"))]);
    let said = run_with(&before, &after, &Hints::default(), &answers);
    assert_eq!(said.lines, ["~ Post.started time → integer, now null, by `time_to_sec(started)`"]);
    assert!(said.questions.is_empty() && said.warnings.is_empty());
    assert_eq!(said.detected.migrations[0].operations[0].reverse(), None, "nobody said how it goes back");
    let both = Answers::from([(there.to_owned(), sql("1")), (back.to_owned(), sql("NULL"))]);
    let both = run_with(&before, &after, &Hints::default(), &both).detected;
    assert!(both.migrations[0].operations[0].reverse().is_some());
    let none = Answers::from([(there.to_owned(), Answer::Unfilled { unfilled: true })]);
    assert_eq!(run_with(&before, &after, &Hints::default(), &none).lines, ["~ Post.started time → integer, now null"]);
    let wrong = Answers::from([(there.to_owned(), Answer::Value(Literal::Boolean(true)))]);
    assert!(run_with(&before, &after, &Hints::default(), &wrong).detected.errors.has_errors());
}

#[test]
fn hints_answer_what_would_be_asked_and_nothing_else() {
    let hint = |name: &str| {
        let sql = |text: &str| Some(Sql::any(text));
        let using = FieldHints { using: sql("1"), reverse_using: sql("NULL"), ..FieldHints::default() };
        field_hint(name, using)
    };
    let with = |ty: &str| post(vec![column("started", ty)]);
    let said = run_with(&with("time"), &with("integer"), &hint("started"), &Answers::new());
    assert_eq!(said.lines, ["~ Post.started time → integer, by `1`"]);
    assert!(said.questions.is_empty() && said.warnings.is_empty());
    assert!(said.detected.migrations[0].operations[0].reverse().is_some(), "the hint says the way back");
    // As a `fill`, it goes before an answer.
    let answers = Answers::from([("using:blog.Post.started".to_owned(), Answer::Value(Literal::Integer(2)))]);
    assert_eq!(run_with(&with("time"), &with("integer"), &hint("started"), &answers).lines, said.lines);
    // The hint of a change that is done says nothing of the next one, whose values are others.
    for (from, to) in [("integer", "bigint"), ("integer", "text"), ("bigint", "integer")] {
        let later = run_with(&with(from), &with(to), &hint("started"), &Answers::new());
        assert!(!later.lines[0].contains(", by "), "{:?}", later.lines);
    }
    let warned = run_with(&with("integer"), &with("text"), &hint("started"), &Answers::new()).detected.warnings;
    assert!(warned.iter().any(|w| w.helps.iter().any(|help| help.contains("--answer using:blog.Post.started="))));
    assert_eq!(run_with(&with("time"), &with("time"), &hint("started"), &Answers::new()).lines, [""; 0]);
}

#[test]
fn a_hint_says_whether_values_come_along() {
    let with = |field: FieldState| {
        state([("blog.Post", model("blog_post", vec![field])), ("blog.User", model("blog_user", vec![]))])
    };
    let (key, many) = (with(null(to("author", "blog.User"))), with(pairs("author", "blog.User")));
    let hint = |kept| field_hint("author", FieldHints { keep_values: Some(kept), ..FieldHints::default() });
    let kept = run_with(&key, &many, &hint(true), &Answers::new());
    assert_eq!(kept.lines, run_with(&key, &many, &Hints::default(), &yes(&["keep_values:blog.Post.author"])).lines);
    assert!(kept.questions.is_empty() && kept.warnings.is_empty());
    let gone = run_with(&key, &many, &hint(false), &Answers::new());
    assert_eq!((gone.questions.len(), gone.warnings), (0, vec!["W106"]));
    assert_eq!(run_with(&key, &key, &hint(true), &Answers::new()).lines, [""; 0]);
}

#[test]
fn what_rows_get_on_the_way_back_to_a_required_field_is_a_hint_or_an_answer() {
    let (before, after) = (post(vec![column("n", "integer")]), post(vec![null(column("n", "integer"))]));
    let hint = |value| field_hint("n", FieldHints { reverse_fill: Some(value), ..FieldHints::default() });
    let answers = Answers::from([("reverse_fill:blog.Post.n".to_owned(), Answer::Value(Literal::Integer(7)))]);
    let number = |number| Some(DefaultValue::Value(Literal::Integer(number)));
    for (hints, answers, want) in [
        (Hints::default(), Answers::new(), None),
        (Hints::default(), answers.clone(), number(7)),
        (hint(number(8).unwrap()), answers, number(8)),
    ] {
        let said = run_with(&before, &after, &hints, &answers).detected;
        let Operation::AlterField { reverse_fill, .. } = &said.migrations[0].operations[0] else { unreachable!() };
        assert_eq!(*reverse_fill, want);
    }
}

#[test]
fn an_answer_that_names_nothing_is_found() {
    let (before, after) = (post(vec![column("gone", "text")]), post(vec![column("title", "text")]));
    let answers = |ids: &[&str]| ids.iter().map(|id| ((*id).to_owned(), Answer::no())).collect::<Answers>();
    let found = |ids: &[&str]| {
        let found = astray(Pair::new(&before, &after), &Past::default(), &answers(ids));
        found.into_iter().map(|slip| (slip.reason, slip.near.unwrap_or_default())).collect::<Vec<_>>()
    };
    let right = [
        "rename_field:blog.Post.title:gone",
        "fill:blog.Post.title",
        "reverse_fill:blog.Post.gone",
        "using:blog.Post.title",
        "reverse_using:blog.Post.title",
        "keep_values:blog.Post.gone",
        "rename_model:blog.Post:Article",
        "move_model:blog.Post:news.Article",
        "delete_app:blog",
    ];
    assert_eq!(found(&right), []);
    for (id, reason, near) in [
        ("fil:blog.Post.title", "no question is called `fil`", "fill"),
        ("reverse_rename_field:blog.Post.title:gone", "no question is called `reverse_rename_field`", ""),
        ("", "no question is called ``", ""),
        ("fill:blog.Post.tilte", "`blog.Post` has no field `tilte`", "title"),
        ("fill:blog.Psot.title", "there is no model `blog.Psot`", "blog.Post"),
        ("fill:Post.title", "it is written `fill:app.Model.field`", ""),
        ("rename_field:blog.Post.title", "it is written `rename_field:app.Model.new:old`", ""),
        ("rename_model:blog.Post", "it is written `rename_model:app.New:Old`", ""),
        ("delete_app:blgo", "there is no app `blgo`", ""),
    ] {
        assert_eq!(found(&[id]), [(reason.to_owned(), near.to_owned())], "{id}");
    }
}

#[test]
fn an_expression_is_taken_where_nobody_asked_for_one() {
    let (before, after) = (post(vec![column("n", "text")]), post(vec![column("n", "integer")]));
    assert!(run(&before, &after).questions.is_empty());
    let answers = Answers::from([("using:blog.Post.n".to_owned(), Answer::Value(Literal::Text("length(n)".into())))]);
    let said = run_with(&before, &after, &Hints::default(), &answers);
    assert_eq!(said.lines, ["~ Post.n text → integer, by `length(n)`"]);
    assert!(said.detected.migrations[0].operations[0].reverse().is_some(), "a number is a text again");
}

#[test]
fn what_is_computed_no_longer_keeps_its_values_before_what_it_is_computed_from_changes() {
    let computed = |sql: &str| FieldState {
        generated: Some(Generated { expression: Sql::any(sql), stored: false }),
        ..null(column("twice", "integer"))
    };
    let fourfold = || FieldState { name: "fourfold".into(), ..computed("twice * 2") };
    let before = post(vec![column("rating", "integer"), computed("rating * 2"), fourfold()]);
    let plain = FieldState { generated: None, ..fourfold() };
    let after = post(vec![column("rating", "bigint"), computed("rating * 3"), plain]);
    let lines = run(&before, &after).lines;
    assert!(lines[0].starts_with("~ Post.fourfold no longer generated"), "{lines:?}");
}

#[test]
fn a_removal_is_a_warning() {
    let run = run(&post(vec![column("legacy", "text")]), &post(vec![]));
    assert_eq!(run.lines, ["- Post.legacy text"]);
    assert_eq!(run.warnings, ["W101"]);
}

#[test]
fn a_declared_rename_takes_everything_along() {
    let model = |name: &str| {
        let mut field = column(name, "varchar(60)");
        field.null = true;
        with(post(vec![field]), |m| {
            m.indexes.push(index(&[name], None));
            m.constraints.push(check(&format!("length({name}) > 2")));
        })
    };
    let run = run_with(&model("permalink"), &model("slug"), &renamed_from("slug", "permalink"), &Answers::new());
    assert_eq!(run.lines, ["→ Post.slug renamed from permalink"]);
    assert_eq!(run.detected.migrations[0].name, "0002_rename_permalink");
    assert!(run.questions.is_empty() && run.warnings.is_empty());
}

#[test]
fn a_rename_can_keep_its_column() {
    let next = FieldState { column: Some("permalink".into()), ..column("slug", "text") };
    let hints = renamed_from("slug", "permalink");
    let run = run_with(&post(vec![column("permalink", "text")]), &post(vec![next]), &hints, &Answers::new());
    assert_eq!(run.lines, ["~ Post.permalink its column stays permalink", "→ Post.slug renamed from permalink"]);
}

#[test]
fn an_undeclared_rename_is_a_question() {
    let (before, after) = (post(vec![column("permalink", "varchar(60)")]), post(vec![column("slug", "varchar(60)")]));
    let id = "rename_field:blog.Post.slug:permalink";
    assert!(run(&before, &after).questions.contains(&id.to_owned()));
    let run = run_with(&before, &after, &Hints::default(), &yes(&[id]));
    assert_eq!(run.lines, ["→ Post.slug renamed from permalink"]);
}

#[test]
fn a_hint_whose_old_name_is_still_there_is_an_error() {
    let hints = renamed_from("slug", "title");
    let after = post(vec![column("title", "text"), null(column("slug", "text"))]);
    let run = run_with(&post(vec![column("title", "text")]), &after, &hints, &Answers::new());
    assert_eq!(run.detected.errors.iter().map(|e| e.code).collect::<Vec<_>>(), ["E303"]);
}

#[test]
fn a_hint_that_is_done_is_silent() {
    let state = post(vec![column("slug", "text")]);
    let run = run_with(&state, &state, &renamed_from("slug", "permalink"), &Answers::new());
    assert!(run.lines.is_empty() && run.detected.errors.is_empty());
}

#[test]
fn a_rename_from_a_name_that_nothing_had_is_refused() {
    let before = post(vec![column("title", "text")]);
    let after = post(vec![null(column("headline", "integer"))]);
    let codes = |run: &Run| run.detected.errors.iter().map(|e| e.code).collect::<Vec<_>>();
    let slip = run_with(&before, &after, &renamed_from("headline", "titel"), &Answers::new());
    assert_eq!(codes(&slip), ["E309"]);
    assert_eq!(slip.detected.errors.0[0].helps[0], "did you mean `title`?");
    let answered = yes(&["rename_field:blog.Post.headline:titel"]);
    assert_eq!(codes(&run_with(&before, &after, &Hints::default(), &answered)), ["E304"]);
    let nothing_goes = post(vec![column("title", "text"), null(column("headline", "integer"))]);
    let old = run_with(&before, &nothing_goes, &renamed_from("headline", "titel"), &Answers::new());
    assert!(codes(&old).is_empty(), "a hint from long ago loses nothing");
}

#[test]
fn a_model_renamed_from_one_that_never_was_is_refused() {
    let one = |name| state([(name, model("blog_post", vec![column("title", "text")]))]);
    let (before, after) = (one("blog.Post"), state([("blog.Note", model("blog_note", vec![]))]));
    let hint = ModelHints { renamed_from: Some(ModelRef::new("blog", "Pots")), ..ModelHints::default() };
    let hints = Hints { models: BTreeMap::from([("blog.Note".parse().unwrap(), hint)]), ..Hints::default() };
    let run = run_with(&before, &after, &hints, &Answers::new());
    assert_eq!(run.detected.errors.iter().map(|e| e.code).collect::<Vec<_>>(), ["E309"]);
    assert_eq!(run.detected.errors.0[0].helps[0], "did you mean `Post`?");
    let fresh = run_with(&state([]), &after, &hints, &Answers::new());
    assert!(fresh.detected.errors.is_empty(), "a history that begins anew has no old names");
}

#[test]
fn an_answer_against_a_hint_is_refused() {
    let one = |name| state([(name, model("page", vec![column("title", "text")]))]);
    let hint = ModelHints { renamed_from: Some(ModelRef::new("wiki", "Page")), ..ModelHints::default() };
    let hints = Hints { models: BTreeMap::from([("blog.Page".parse().unwrap(), hint)]), ..Hints::default() };
    let mut before = one("wiki.Page");
    before.models.insert("blog.Note".parse().unwrap(), model("note", vec![column("title", "text")]));
    let codes = |answer: &str| {
        let run = run_with(&before, &one("blog.Page"), &hints, &yes(&[answer]));
        run.detected.errors.iter().map(|error| error.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("rename_model:blog.Page:Note"), ["E304"]);
    assert_eq!(codes("move_model:blog.Page:wiki.Page"), [""; 0], "it says the same");
}

#[test]
fn hints_that_swap_two_models_are_refused() {
    let fields = || vec![column("a", "text")];
    let both = state([("blog.Bill", model("blog_bill", fields())), ("blog.Box", model("blog_box", fields()))]);
    let hint = |old: &str| ModelHints { renamed_from: Some(ModelRef::new("blog", old)), ..ModelHints::default() };
    let models = [("blog.Bill", hint("Box")), ("blog.Box", hint("Bill"))];
    let models = models.into_iter().map(|(model, hint)| (model.parse().unwrap(), hint)).collect();
    let hints = Hints { models, ..Hints::default() };
    let run = run_with(&both, &both, &hints, &Answers::new());
    assert_eq!(run.detected.errors.iter().map(|e| e.code).collect::<Vec<_>>(), ["E303", "E303"]);
    let answers = yes(&["rename_model:blog.Bill:Box", "rename_model:blog.Box:Bill"]);
    assert!(run_with(&both, &both, &hints, &answers).detected.errors.is_empty(), "the answers say the same");
}

#[test]
fn names_swap_only_by_answers() {
    let state = post(vec![column("a", "text"), column("b", "text")]);
    let answers = yes(&["rename_field:blog.Post.a:b", "rename_field:blog.Post.b:a"]);
    let run = run_with(&state, &state, &Hints::default(), &answers);
    let want = ["→ Post.b_swapped renamed from b", "→ Post.b renamed from a", "→ Post.a renamed from b_swapped"];
    assert_eq!(run.lines, want);
}

#[test]
fn half_of_a_swap_asks_for_the_other_half() {
    let state = post(vec![null(column("a", "text")), null(column("b", "text"))]);
    let mut answers = yes(&["rename_field:blog.Post.a:b"]);
    let run = run_with(&state, &state, &Hints::default(), &answers);
    let asked: Vec<&str> = run.detected.questions.iter().map(|question| question.id.as_str()).collect();
    assert_eq!(asked, ["rename_field:blog.Post.b:a"]);
    answers.insert("rename_field:blog.Post.b:a".into(), Answer::no());
    let run = run_with(&state, &state, &Hints::default(), &answers);
    assert_eq!(run.lines, ["- Post.a text, null", "→ Post.a renamed from b", "+ Post.b text, null"]);
    assert_eq!(run.detected.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["W101"]);
}

#[test]
fn a_name_is_handed_on_along_a_chain() {
    let fields = |names: &[&str]| post(names.iter().map(|name| column(name, "text")).collect());
    let answers = yes(&["rename_field:blog.Post.a:b", "rename_field:blog.Post.b:c"]);
    let run = run_with(&fields(&["a", "b", "c"]), &fields(&["a", "b"]), &Hints::default(), &answers);
    assert_eq!(run.lines, ["- Post.a text", "→ Post.a renamed from b", "→ Post.b renamed from c"]);
}

#[test]
fn a_renamed_model_keeps_its_references() {
    let state = |author: &str, table: &str| {
        let name = format!("blog.{author}");
        state([(&*name, model(table, vec![])), ("blog.Post", model("blog_post", vec![to("by", &name)]))])
    };
    let model = ModelHints { renamed_from: Some(ModelRef::new("blog", "User")), ..ModelHints::default() };
    let hints = Hints { models: BTreeMap::from([("blog.Author".parse().unwrap(), model)]), ..Hints::default() };
    let (before, after) = (state("User", "blog_user"), state("Author", "blog_author"));
    let run = run_with(&before, &after, &hints, &Answers::new());
    assert_eq!(run.lines, ["→ Author renamed from User", "~ Author table blog_user → blog_author"]);
}

#[test]
fn two_models_that_refer_to_each_other_defer_one_constraint() {
    let after =
        state([("blog.A", model("a", vec![to("b", "blog.B")])), ("blog.B", model("b", vec![to("a", "blog.A")]))]);
    let run = run(&ProjectState::default(), &after);
    let want = [
        "+ A table a: 2 fields",
        "+ B table b: 2 fields",
        "~ A.b bigint → foreign key to blog.B, now on delete cascade",
    ];
    assert_eq!(run.lines, want);
    assert_eq!(run.detected.migrations.len(), 1);
}

#[test]
fn a_circle_of_apps_splits_one_of_them() {
    let after =
        state([("blog.A", model("a", vec![to("b", "shop.B")])), ("shop.B", model("b", vec![to("a", "blog.A")]))]);
    let run = run(&ProjectState::default(), &after);
    let names: Vec<String> = run.detected.migrations.iter().map(|m| m.reference().to_string()).collect();
    assert_eq!(names, ["blog.0001_initial", "shop.0001_initial", "blog.0002_alter_a_b"]);
}

/// The old key comes to refer to what referred to it, which refers to the new key from then on: in between, one of them waits.
#[test]
fn a_reference_that_turns_round_between_apps_is_never_its_own_type() {
    let of_post = model("tag", vec![to_field("post", "blog.Post", "id")]);
    let tag = ModelState { constraints: vec![unique(&["post"])], ..of_post };
    let turned = null(to_field("old", "shop.Tag", "post"));
    let before = state([("blog.Post", model("post", vec![])), ("shop.Tag", tag.clone())]);
    let after = state([("blog.Post", model("post", vec![turned])), ("shop.Tag", tag)]);
    let run = run_with(&before, &after, &Hints::default(), &yes(&["rename_field:blog.Post.old:id"]));
    assert!(run.detected.errors.is_empty(), "{}", run.detected.errors);
    let mut state = initial(&before).unwrap();
    for migration in run.detected.migrations {
        state = apply_all(&[migration], &state).unwrap();
        lower_all(&state).unwrap();
    }
}

#[test]
fn targets_come_first_in_other_apps_too() {
    let after = state([("blog.Post", model("p", vec![to("by", "users.User")])), ("users.User", model("u", vec![]))]);
    let run = run(&ProjectState::default(), &after);
    let names: Vec<String> = run.detected.migrations.iter().map(|m| m.reference().to_string()).collect();
    assert_eq!(names, ["users.0001_initial", "blog.0001_initial"]);
    assert_eq!(run.detected.migrations[1].dependencies[0].to_string(), "users.0001_initial");
}

#[test]
fn an_index_under_another_name_is_renamed() {
    let state = |name| with(post(vec![column("title", "text")]), |m| m.indexes.push(index(&["title"], name)));
    let run = run(&state(None), &state(Some("by_title")));
    assert_eq!(run.lines, ["→ Post index by_title renamed from blog_post_title_idx"]);
    assert!(self::run(&state(Some("by_title")), &state(None)).lines.is_empty());
}

#[test]
fn what_leans_on_a_removed_field_goes_first() {
    let before = with(post(vec![column("title", "text")]), |m| {
        m.indexes.push(index(&["title"], None));
        m.constraints.push(unique(&["title"]));
    });
    let run = run(&before, &post(vec![]));
    let want = [
        "- Post index blog_post_title_idx on (title)",
        "- Post unique blog_post_title_key on (title)",
        "- Post.title text",
    ];
    assert_eq!(run.lines, want);
}

#[test]
fn another_key_arrives_before_the_old_one_goes() {
    let after = with(post(vec![column("uid", "uuid")]), |m| {
        m.fields.remove(0);
        m.primary_key = vec!["uid".into()];
    });
    let answers = Answers::from([("fill:blog.Post.uid".to_owned(), Answer::Value(Literal::Text("00".into())))]);
    let run = run_with(&post(vec![]), &after, &Hints::default(), &answers);
    let want =
        ["+ Post.uid uuid, rows that exist get \"00\"", "~ Post primary key (id) → (uid)", "- Post.id bigint, auto"];
    assert_eq!(run.lines, want);
}

#[test]
fn a_column_does_not_become_pairs() {
    let tag = || ("blog.Tag", model("blog_tag", vec![]));
    let before = state([("blog.Post", model("blog_post", vec![to("tags", "blog.Tag")])), tag()]);
    let after = state([("blog.Post", model("blog_post", vec![pairs("tags", "blog.Tag")])), tag()]);
    let run = run(&before, &after);
    assert_eq!(
        run.lines,
        ["- Post.tags foreign key to blog.Tag, on delete cascade", "+ Post.tags many to many blog.Tag"]
    );
    assert_eq!(run.warnings, ["W106"]);
}

#[test]
fn types_warn_by_what_they_do_to_values() {
    let state = |ty: &str| post(vec![column("title", ty)]);
    for (before, after, want) in [
        ("varchar(100)", "varchar(200)", &[][..]),
        ("varchar(200)", "varchar(100)", &["W104"]),
        ("text", "integer", &["W103"]),
    ] {
        assert_eq!(run(&state(before), &state(after)).warnings, want, "{before} to {after}");
    }
}

#[test]
fn unique_over_rows_that_exist_warns() {
    let before = post(vec![column("title", "text")]);
    let run = run(&before, &with(before.clone(), |m| m.constraints.push(unique(&["title"]))));
    assert_eq!(run.lines, ["+ Post unique blog_post_title_key on (title)"]);
    assert_eq!(run.warnings, ["W105"]);
}

#[test]
fn tables_swap_over_a_free_name() {
    let state = |a: &str, b: &str| state([("blog.A", model(a, vec![])), ("blog.B", model(b, vec![]))]);
    let run = run(&state("x", "y"), &state("y", "x"));
    assert_eq!(run.lines, ["~ A table x → x_swapped", "~ B table y → x", "~ A table x_swapped → y"]);
}

#[test]
fn types_of_keys_reach_through_references() {
    let state =
        initial(&state([("blog.A", model("a", vec![])), ("blog.B", model("b", vec![to("a", "blog.A")]))])).unwrap();
    let field = state.models[&ModelRef::new("blog", "B")].field(&"a".into()).unwrap();
    assert_eq!(state.column_type(field), Some(ColumnType::BigInt));
}

#[test]
fn a_reference_is_warned_about_whose_target_has_another_key_from_now_on() {
    let author = |key: &str| {
        let mut author = model("blog_author", vec![column("number", "bigint")]);
        author.fields[0].auto = false;
        author.primary_key = vec![key.into()];
        ("blog.Author", author)
    };
    let post = || ("blog.Post", model("blog_post", vec![to("author", "blog.Author")]));
    let run = run(&state([author("id"), post()]), &state([author("number"), post()]));
    assert_eq!(run.warnings, ["W107"]);
    let text = run.detected.warnings.iter().next().unwrap().to_string();
    assert!(text.contains("`Post.author` refers to `Author.number`, and referred to `Author.id`"), "{text}");
}

/// Posts and orders with a status each, of the types and defaults that are given.
fn statuses(post: Option<(&str, &str)>, order: Option<(&str, &str)>, values: &[&str]) -> ProjectState {
    let field = |(ty, default): (&str, &str)| {
        let default = Some(default).filter(|text| !text.is_empty());
        let default = default.map(|text| DefaultValue::Value(Literal::Text(text.to_owned())));
        FieldState { default, ..null(column("status", ty)) }
    };
    let mut state = state([
        ("blog.Post", model("blog_post", post.map(field).into_iter().collect())),
        ("shop.Order", model("shop_order", order.map(field).into_iter().collect())),
    ]);
    if !values.is_empty() {
        let values = values.iter().map(ToString::to_string).collect();
        state.enums.insert("status".to_owned(), EnumState { app: "shop".into(), values });
    }
    state
}

#[test]
fn an_enum_of_two_apps_goes_from_anything_to_anything() {
    let (own, text) = ("enum(status)", "varchar(9)");
    let states = [
        statuses(None, None, &[]),
        statuses(Some((text, "a")), Some((text, "b")), &[]),
        statuses(Some((own, "a")), None, &["a", "b"]),
        statuses(None, Some((own, "b")), &["a", "b"]),
        statuses(Some((own, "a")), Some((own, "b")), &["a", "b"]),
        statuses(Some((own, "c")), Some((own, "b")), &["c", "b"]),
        statuses(Some((own, "")), Some((own, "c")), &["b", "c", "a"]),
        statuses(Some((text, "c")), Some((own, "c")), &["c"]),
        statuses(Some((own, "c")), Some((text, "a")), &["c", "d"]),
    ];
    for before in &states {
        for after in &states {
            let run = run(before, after);
            assert!(run.detected.errors.is_empty(), "{before:?}\n{after:?}\n{}", run.detected.errors);
            assert!(run.questions.is_empty());
        }
    }
}

#[test]
fn an_enum_comes_before_its_fields_and_goes_after_them() {
    let none = statuses(None, None, &[]);
    let both = statuses(Some(("enum(status)", "a")), Some(("enum(status)", "")), &["a"]);
    let created = run(&none, &both);
    let apps: Vec<String> = created.detected.migrations.iter().map(|m| m.app.to_string()).collect();
    assert_eq!(apps, ["shop", "blog"]);
    assert_eq!(created.lines[0], "+ enum status of a");
    assert!(
        created.detected.migrations[1].dependencies.iter().any(|name| name.app == "shop"),
        "the order is written down"
    );
    let deleted = run(&both, &none);
    assert_eq!(deleted.lines.last().map(String::as_str), Some("- enum status of a"));
}

#[test]
fn pairs_come_when_a_key_of_several_fields_has_become_one() {
    let keyed = |key: &[&str], more: Vec<FieldState>| {
        with(post([vec![column("code", "bigint")], more].concat()), |post| {
            post.fields[0].auto = false;
            post.primary_key = key.iter().map(|&name| name.into()).collect();
        })
    };
    let tag = |mut state: ProjectState| {
        state.models.insert("blog.Tag".parse().unwrap(), model("blog_tag", vec![]));
        state
    };
    let before = tag(keyed(&["id", "code"], vec![]));
    let after = tag(keyed(&["id"], vec![pairs("tags", "blog.Tag")]));
    let made = run(&before, &after);
    assert!(made.detected.errors.is_empty(), "{}", made.detected.errors);
    assert_eq!(made.lines.len(), 2, "{:?}", made.lines);
    assert!(made.lines[0].starts_with("~ Post primary key"), "{:?}", made.lines);
}

#[test]
fn a_key_of_an_enum_that_another_app_owns_is_there_before_what_refers_to_it() {
    let key = |state: &mut ProjectState, name: &str, ty: &str| {
        let model = state.models.get_mut(&name.parse().unwrap()).unwrap();
        model.fields = vec![column("code", ty)].into();
        model.primary_key = vec!["code".into()];
    };
    let mut both = state([
        ("blog.Post", model("blog_post", vec![])),
        ("shop.Order", model("shop_order", vec![column("size", "enum(size)"), to("post", "blog.Post")])),
    ]);
    key(&mut both, "blog.Post", "enum(mood)");
    both.models.get_mut(&"blog.Post".parse().unwrap()).unwrap().fields.push(column("size", "enum(size)"));
    for (name, app) in [("mood", "blog"), ("size", "shop")] {
        both.enums.insert(name.to_owned(), EnumState { app: app.into(), values: vec!["a".to_owned()] });
    }
    let made = run(&ProjectState::default(), &both);
    assert!(made.detected.errors.is_empty(), "{}", made.detected.errors);
}

#[test]
fn an_enum_of_another_app_comes_after_the_one_of_its_name_is_gone() {
    let of = |app: &str| {
        let mut state = statuses(Some(("enum(status)", "")), Some(("enum(status)", "")), &["a"]);
        state.models.remove(&if app == "blog" { "shop.Order" } else { "blog.Post" }.parse().unwrap());
        state.enums.get_mut("status").unwrap().app = app.into();
        state
    };
    let (mut now, mut past, mut last) = (ProjectState::default(), Past::default(), Vec::new());
    for next in [of("blog"), ProjectState::default(), of("shop")] {
        last = detect(Pair::new(&now, &next), &Hints::default(), &past, &Answers::new()).migrations;
        for migration in &last {
            let mut touched = Touched::default();
            for operation in &migration.operations {
                touched.follow(&migration.app, operation, &mut now).unwrap();
            }
            past.add(migration.reference(), &touched);
        }
    }
    let before: Vec<String> = last[0].dependencies.iter().map(ToString::to_string).collect();
    assert_eq!(before, ["blog.0002_delete_post_delete_status"]);
}

#[test]
fn what_compares_with_a_text_goes_before_the_text_does() {
    let mut before = statuses(Some(("enum(status)", "")), None, &["a", "b"]);
    before = with(before, |post| post.constraints.push(check("\"status\" <> 'b'")));
    let after = statuses(Some(("enum(status)", "")), None, &["a"]);
    let lines = run(&before, &after).lines;
    assert_eq!(lines, ["- Post check blog_post_status_check1: \"status\" <> 'b'", "~ enum status - b"]);
}

#[test]
fn a_text_of_an_enum_is_renamed_by_a_hint_and_its_defaults_follow() {
    let before = statuses(Some(("enum(status)", "a")), None, &["a", "b"]);
    let after = statuses(Some(("enum(status)", "x")), None, &["x", "b"]);
    let hints = |new: &str, old: &str| {
        let renamed_from = BTreeMap::from([(new.to_owned(), old.to_owned())]);
        let enums = BTreeMap::from([("status".to_owned(), EnumHints { renamed_from, location: None })]);
        Hints { enums, ..Hints::default() }
    };
    let renamed = run_with(&before, &after, &hints("x", "a"), &Answers::new());
    assert_eq!(renamed.lines, ["~ enum status a → x"], "the default is no change of its own");
    // A hint that was followed says nothing any more.
    assert!(run_with(&after, &after, &hints("x", "a"), &Answers::new()).lines.is_empty());
    let strange = run_with(&before, &after, &hints("x", "z"), &Answers::new());
    assert_eq!(strange.detected.errors.0[0].code, "E309");
    let still = run_with(&before, &statuses(None, None, &["a", "x"]), &hints("x", "a"), &Answers::new());
    assert_eq!(still.detected.errors.0[0].code, "E303");
}
