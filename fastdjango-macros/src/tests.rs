//! Expansions, one a feature: the input stands above the code that it becomes.
//!
//! Who changes the derive sees here what every user's compiler reads.

use crate::run;

/// The derive's code, laid out as rustfmt would, below its input.
fn expansion(derive: &str, input: &str) -> String {
    let parsed = syn::parse_str(input).expect("the input is Rust");
    let code = syn::parse2(run(&parsed, derive)).expect("the code is Rust");
    let input: Vec<String> = input.lines().map(|line| format!("// {line}")).collect();
    format!("// #[derive({derive})]\n{}\n\n{}", input.join("\n"), prettyplease::unparse(&code))
}

macro_rules! expands {
    ($($name:ident: $derive:literal $input:literal)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), expansion($derive, $input));
        }
    )*};
}

expands! {
    a_misspelt_word: "Model" "struct User {
    #[field(primary_key, atuo)]
    id: i64,
}"

    a_key: "Model" r#"#[model(app = "blog")]
pub struct Tag {
    #[field(primary_key, auto)]
    id: i64,
    name: String,
}"#
    a_foreign_key: "Model" r#"#[model(app = "blog", no_primary_key)]
struct Post {
    #[field(on_delete = cascade, related_name = "posts")]
    author: ForeignKey<User>,
    #[field(on_delete = set_null, to_field = email)]
    editor: Option<ForeignKey<User, String>>,
}"#
    a_composite_key: "Model" r#"#[model(
    app = "shop",
    primary_key(fields = [order, line]),
    foreign_key(fields = [order, line], to = Line, to_fields = [order, number], on_delete = cascade),
)]
struct Delivery {
    order: i64,
    line: i32,
}"#
    a_many_to_many: "Model" r#"#[model(app = "blog", no_primary_key)]
struct Post {
    tags: ManyToMany<Tag>,
    #[field(through = Reading)]
    readers: ManyToMany<User>,
}"#
    what_becomes_of_values: "Model" r#"#[model(app = "blog", no_primary_key)]
struct Post {
    #[field(using = "extract(epoch FROM started)", reverse_using = sql(sqlite = "time(started, 'unixepoch')"))]
    started: i64,
    #[field(keep_values)]
    tags: ManyToMany<Tag>,
    #[field(keep_values = false, on_delete = cascade)]
    author: ForeignKey<User>,
}"#
    defaults: "Model" r#"#[model(app = "blog", no_primary_key)]
struct Post {
    #[field(default = 0)]
    rating: i16,
    #[field(default = Draft, fill = Published)]
    status: Status,
    #[field(default_sql = "CURRENT_TIMESTAMP")]
    created_at: DateTime<Utc>,
    #[field(max_digits = 10, decimal_places = 2, default = "0.00")]
    price: Decimal,
}"#
    checks_and_indexes: "Model" r#"#[model(
    app = "blog",
    no_primary_key,
    index(fields = [-rating], name = "post_best", condition = "rating > 0"),
    unique(fields = [slug], deferrable),
    check(name = "rating_range", sql = sql(sqlite = "rating < 6", postgres = "rating <= 5")),
)]
struct Post {
    rating: i16,
    #[field(index, check = "slug <> ''")]
    slug: String,
}"#
    a_flattened_struct: "Model" r#"#[model(app = "blog", no_primary_key)]
struct Post {
    title: String,
    #[model(flatten)]
    stamps: Stamps,
    #[field(skip)]
    cache: Option<String>,
    text: String,
}"#
    shared_fields: "Fields" "struct Stamps {
    created_at: DateTime<Utc>,
}"
    choices: "Choices" r#"enum Status {
    Draft,
    #[choice(value = "out")]
    Published,
}"#
    native_choices: "Choices" r#"#[choices(native, app = "blog")]
enum OrderStatus {
    Draft,
    #[choice(renamed_from = "public")]
    Published,
}"#
    a_newtype: "FieldType" "struct Slug(String);"
    mistakes: "Model" r#"#[model(app = "blog")]
struct Post {
    titel: String,
    #[field(max_lenght = 3)]
    slug: String,
}"#
}

#[test]
fn the_page_of_the_attributes_has_every_word() {
    use crate::symbol::{CHECK, CHOICE, CHOICES, FIELD, FLATTEN, FOREIGN_KEY, INDEX, MODEL, PRIMARY_KEY, UNIQUE};
    let page = concat!(include_str!("../../docs/model.md"), include_str!("../../docs/choices.md"));
    let words = [CHECK, CHOICE, CHOICES, FIELD, FLATTEN, FOREIGN_KEY, INDEX, MODEL, PRIMARY_KEY, UNIQUE].concat();
    let missing: Vec<&str> = words.iter().map(|word| word.name).filter(|word| !names(page, word)).collect();
    assert!(missing.is_empty(), "docs/model.md does not say what these do: {missing:?}");
}

/// True where the word stands in code: at its beginning, or behind what is no part of a word.
fn names(page: &str, word: &str) -> bool {
    let code = page.split('`').skip(1).step_by(2);
    code.into_iter().any(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word))
}

#[test]
fn a_data_migration() {
    let input = "async fn fill_slugs(data: &mut Data<'_>) -> Result<(), Failure> {\n    Ok(())\n}";
    let function = syn::parse_str(input).expect("the input is Rust");
    let attribute = quote::quote!(id = "blog::fill_slugs", retry_safe);
    let code = syn::parse2(crate::data_migration::expand(attribute, &function)).expect("the code is Rust");
    insta::assert_snapshot!("a_data_migration", prettyplease::unparse(&code));
}
