//! Whether two migrations leave the same, whichever comes first: the catalog by their states, the rows by whose values they touch.

use std::collections::BTreeSet;

use super::{Migration, advance};
use crate::diagnostic::Diagnostic;
use crate::name::{AppLabel, MigrationRef};
use crate::operation::{Operation, Subject, Values, shared};
use crate::state::ProjectState;

/// Two operations of two migrations that may not change places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The one migration.
    pub first: MigrationRef,
    /// Its operation, in words.
    pub one: String,
    /// The other migration.
    pub second: MigrationRef,
    /// Its operation, in words.
    pub other: String,
    /// What both are about.
    pub subject: Subject,
}

impl Clash {
    /// The clash as an error that names the ways out, without a place.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let Self { first, one, second, other, subject } = self;
        Diagnostic::error("E271", format!("`{first}` and `{second}` do not commute: both are about {subject}"))
            .note(format!("`{first}`: {one}"))
            .note(format!("`{second}`: {other}"))
            .note("a database that has the one would end up otherwise than a database that has the other")
            .help(format!("where no database has `{second}`: take its file away, and run `makemigrations` again"))
            .help(format!(
                "else say the order by hand: make the operations of `{second}` fit what `{first}` leaves, name `{first}` in \
                 its `dependencies`, and run `render`"
            ))
    }
}

/// Why the two do not leave the same in either order, where they do not; both are applied to `before`.
///
/// A wrong `None` would let databases that have the one or the other first drift apart.
pub fn clash(before: &ProjectState, first: &Migration, second: &Migration) -> Result<Option<Clash>, Diagnostic> {
    let both = Both::of(before, first, second);
    if let Some(clash) = both.rows() {
        return Ok(Some(clash));
    }
    if same_either_way(before, first, second) {
        return Ok(None);
    }
    let (one, other) = (first.reference(), second.reference());
    let nameless =
        || Diagnostic::error("E271", format!("`{one}` and `{other}` do not commute: they leave other tables"));
    both.shared().or_else(|| both.of_one_model()).map(Some).ok_or_else(nameless)
}

/// The same, but only for what states do not tell: values that the one reads or changes while the other changes them, names
/// that the one gives up and the other takes, and SQL of which nobody knows what it is about.
#[must_use]
pub fn clash_of_rows(before: &ProjectState, first: &Migration, second: &Migration) -> Option<Clash> {
    Both::of(before, first, second).rows()
}

/// The operations of the two that are about one thing, the narrowest of all.
pub(super) fn shared_by(before: &ProjectState, first: &Migration, second: &Migration) -> Option<Clash> {
    Both::of(before, first, second).shared()
}

/// Two migrations, and what each does to whom.
struct Both<'a> {
    first: MigrationRef,
    mine: Vec<Effect<'a>>,
    second: MigrationRef,
    theirs: Vec<Effect<'a>>,
}

impl<'a> Both<'a> {
    fn of(before: &ProjectState, first: &'a Migration, second: &'a Migration) -> Self {
        let [mine, theirs] = [first, second].map(|migration| effects(before, migration));
        Self { first: first.reference(), mine, second: second.reference(), theirs }
    }

    fn rows(&self) -> Option<Clash> {
        self.narrowest(|one, other| one.values.clash(&other.values).or_else(|| one.names(other)).cloned())
    }

    fn shared(&self) -> Option<Clash> {
        self.narrowest(|one, other| shared(&one.subjects, &other.subjects).cloned())
    }

    /// The operations that are about one model: its SQL may name fields that an operation is not about.
    fn of_one_model(&self) -> Option<Clash> {
        self.narrowest(|one, other| one.models().intersection(&other.models()).next().cloned())
    }

    /// The operations whose common subject is the narrowest of all.
    fn narrowest(&self, common: impl Fn(&Effect<'a>, &Effect<'a>) -> Option<Subject>) -> Option<Clash> {
        let pairs = self.mine.iter().flat_map(|one| self.theirs.iter().map(move |other| (one, other)));
        let found = pairs.filter_map(|(one, other)| Some((common(one, other)?, one, other)));
        let (subject, one, other) = found.min_by(|(one, ..), (other, ..)| one.cmp(other))?;
        Some(Clash {
            first: self.first.clone(),
            one: one.operation.describe().to_string(),
            second: self.second.clone(),
            other: other.operation.describe().to_string(),
            subject,
        })
    }
}

/// An operation, and what it does to whom.
struct Effect<'a> {
    app: &'a AppLabel,
    operation: &'a Operation,
    subjects: BTreeSet<Subject>,
    values: Values,
}

impl Effect<'_> {
    /// A name that both take or give up, or SQL that may be about anything.
    fn names<'a>(&'a self, other: &'a Self) -> Option<&'a Subject> {
        let word = |subject: &&Subject| matches!(subject, Subject::Name(_));
        let anything = |subjects: &'a BTreeSet<Subject>| subjects.get(&Subject::Anything);
        let same = self.subjects.intersection(&other.subjects).find(word);
        same.or_else(|| anything(&self.subjects)).or_else(|| anything(&other.subjects))
    }

    fn models(&self) -> BTreeSet<Subject> {
        let model = |subject: &Subject| match subject {
            Subject::Field(model, _) | Subject::Model(model) => Some(Subject::Model(model.clone())),
            Subject::Enum(_) | Subject::Text(..) | Subject::Name(_) | Subject::Anything => None,
        };
        self.subjects
            .iter()
            .filter_map(model)
            .chain(self.operation.models(self.app).into_iter().map(Subject::Model))
            .collect()
    }
}

fn effects<'a>(before: &ProjectState, migration: &'a Migration) -> Vec<Effect<'a>> {
    let mut state = before.clone();
    let mut effects = Vec::with_capacity(migration.operations.len());
    for operation in &migration.operations {
        let values = operation.values(&migration.app, &state);
        effects.push(Effect { app: &migration.app, operation, subjects: operation.subjects(&migration.app), values });
        // Where it does not fit, the states tell.
        let _ = operation.apply(&migration.app, &mut state);
    }
    effects
}

fn same_either_way(before: &ProjectState, first: &Migration, second: &Migration) -> bool {
    let after = |one, other| {
        let mut state = before.clone();
        advance(&mut state, [one, other]).map(|()| state)
    };
    let (Ok(one), Ok(other)) = (after(first, second), after(second, first)) else { return false };
    one.equivalent(&other)
}

#[cfg(test)]
mod tests {
    use super::super::rebase;
    use super::*;
    use crate::field::{ColumnType, Default as DefaultValue, Literal, Sql};
    use crate::name::ModelRef;
    use crate::state::{ConstraintKind, ConstraintState, EnumState, FieldKind, FieldState, Generated, ModelState};

    fn field(name: &str) -> FieldState {
        FieldState { null: true, ..FieldState::new(name, FieldKind::Column(ColumnType::Integer)) }
    }

    fn mood(name: &str) -> FieldState {
        FieldState { null: true, ..FieldState::new(name, FieldKind::Column(ColumnType::Enum("mood".into()))) }
    }

    fn computed(name: &str, sql: &str) -> FieldState {
        FieldState { generated: Some(Generated { expression: Sql::any(sql), stored: true }), ..field(name) }
    }

    fn customers(fields: Vec<FieldState>) -> ModelState {
        ModelState { fields: fields.into(), ..ModelState::new("shop_customer") }
    }

    /// Amounts with twice and four times each, prices, and an enum that nobody has.
    fn before() -> ProjectState {
        let mut state = ProjectState::default();
        let fields =
            vec![field("amount"), field("price"), computed("twice", "amount * 2"), computed("more", "twice * 2")];
        state.models.insert(ModelRef::new("shop", "Customer"), customers(fields));
        let values = ["glad", "sad"].map(String::from).to_vec();
        state.enums.insert("mood".into(), EnumState { app: "shop".into(), values });
        state
    }

    fn filled(field: FieldState, sql: &str) -> Operation {
        let fill = Some(DefaultValue::Sql { sql: Sql::any(sql) });
        Operation::AddField { model: "Customer".into(), field, fill }
    }

    /// The field as text, by way of SQL.
    fn converted(from: FieldState, sql: &str) -> Operation {
        let to = FieldState { kind: FieldKind::Column(ColumnType::Text), ..from.clone() };
        let mut operation = Operation::alter_field("Customer", from, to);
        if let Operation::AlterField { using, .. } = &mut operation {
            *using = Some(Sql::any(sql));
        }
        operation
    }

    fn in_column(name: &str, column: &str) -> Operation {
        Operation::alter_field("Customer", field(name), FieldState { column: Some(column.into()), ..field(name) })
    }

    fn table(to: &str) -> Operation {
        Operation::AlterModelTable { model: "Customer".into(), from: "shop_customer".into(), to: to.into() }
    }

    /// What the two clash about, in both orders.
    fn about(one: &Operation, other: &Operation) -> Option<String> {
        let (aa, bb) = (migration("0002_aa", one), migration("0002_bb", other));
        let [found, turned] = [(&aa, &bb), (&bb, &aa)]
            .map(|(first, second)| clash(&before(), first, second).unwrap().map(|clash| clash.subject.to_string()));
        assert_eq!(found, turned);
        found
    }

    fn migration(name: &str, operation: &Operation) -> Migration {
        Migration::new("shop", name, vec![operation.clone()])
    }

    #[test]
    fn sql_reads_what_a_computed_column_is_computed_from() {
        let cents = converted(field("amount"), "amount * 100");
        assert_eq!(about(&cents, &filled(field("new"), "twice")).as_deref(), Some("`Customer.amount`"));
        assert_eq!(about(&cents, &filled(field("new"), "more")).as_deref(), Some("`Customer.amount`"));
        assert_eq!(about(&cents, &filled(field("new"), "price")), None);
        let kept = Operation::alter_field("Customer", computed("twice", "amount * 2"), field("twice"));
        assert_eq!(about(&cents, &kept).as_deref(), Some("`Customer.amount`"));
        assert_eq!(about(&converted(field("price"), "price * 100"), &kept), None);
    }

    #[test]
    fn sql_finds_a_table_under_one_name_only() {
        let query = filled(field("new"), "(SELECT count(*) FROM shop_customer)");
        assert_eq!(about(&table("people"), &query).as_deref(), Some("the name `people`"));
        let whole = filled(field("new"), "shop_customer.price");
        assert_eq!(about(&table("people"), &whole).as_deref(), Some("the name `shop_customer`"));
        assert_eq!(about(&table("people"), &filled(field("new"), "price")), None);
    }

    #[test]
    fn sql_finds_a_column_under_one_name_only() {
        let price = in_column("price", "price_cents");
        assert_eq!(about(&price, &filled(field("new"), "price * 2")).as_deref(), Some("`Customer.price`"));
        assert_eq!(about(&price, &filled(field("new"), "amount * 2")), None);
        // A computed column follows in one order, and names what is gone in the other.
        let sum = Operation::AddField { model: "Customer".into(), field: computed("sum", "price * 2"), fill: None };
        assert_eq!(about(&price, &sum).as_deref(), Some("`Customer`"));
    }

    #[test]
    fn a_check_of_sql_is_about_its_model() {
        let kind = ConstraintKind::Check { sql: Sql::any("amount > 0") };
        let check = ConstraintState { name: Some("positive".into()), kind };
        let check = Operation::AddConstraint { model: "Customer".into(), constraint: check };
        let definition = customers(Vec::new());
        let gone = Operation::DeleteModel { model: "Customer".into(), definition };
        assert_eq!(about(&gone, &check).as_deref(), Some("`Customer`"));
    }

    #[test]
    fn sql_may_give_any_text_of_an_enum() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let altered = |to: &[&str], renamed: &[(&str, &str)]| Operation::AlterEnum {
            r#enum: "mood".into(),
            from: texts(&["glad", "sad"]),
            to: texts(to),
            renamed: renamed.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect(),
        };
        let by_sql = filled(mood("new"), "CASE WHEN price > 1 THEN 'glad' ELSE 'sad' END");
        let compared = filled(field("new"), "CASE WHEN 'sad'::mood > 'glad' THEN 1 END");
        for change in [altered(&["glad"], &[]), altered(&["glad", "blue"], &[("sad", "blue")])] {
            assert_eq!(about(&change, &by_sql).as_deref(), Some("`enum(mood)`"));
            assert_eq!(about(&change, &compared).as_deref(), Some("`enum(mood)`"));
            let literal = |text: &str| Operation::AddField {
                model: "Customer".into(),
                field: mood("new"),
                fill: Some(DefaultValue::Value(Literal::Text(text.into()))),
            };
            assert_eq!(about(&change, &literal("sad")).as_deref(), Some("`sad` of `enum(mood)`"));
            assert_eq!(about(&change, &literal("glad")), None);
            assert_eq!(about(&change, &filled(field("new"), "price")), None);
        }
        assert_eq!(about(&altered(&["glad", "sad", "blue"], &[]), &by_sql), None);
        let exchanged = altered(&["sad", "glad"], &[("sad", "glad"), ("glad", "sad")]);
        let plain = Operation::AddField { model: "Customer".into(), field: mood("new"), fill: None };
        assert_eq!(about(&exchanged, &by_sql).as_deref(), Some("`enum(mood)`"));
        assert_eq!(about(&exchanged, &plain), None);
    }

    #[test]
    fn sql_names_a_table_without_a_query() {
        let price = converted(field("price"), "price * 100");
        for sql in ["amount IN shop_vip", "amount in /* who */ shop_vip", "1 = ANY (TABLE shop_vip)"] {
            assert_eq!(about(&price, &filled(field("new"), sql)).as_deref(), Some("`Customer.price`"), "{sql}");
        }
        for sql in ["amount IN (1, 2)", "amount IN /* which */\n(1, 2)", "'IN TABLE' = amount"] {
            assert_eq!(about(&price, &filled(field("new"), sql)), None, "{sql}");
        }
    }

    /// A shop's first migration, two behind it, and one of `operation` that depends on `dependencies`.
    fn branches(operation: &Operation, dependencies: &[&MigrationRef]) -> String {
        let definition = customers(vec![field("amount"), field("name")]);
        let first = migration("0001_initial", &Operation::CreateModel { model: "Customer".into(), definition });
        let add = |name: &str| Operation::AddField { model: "Customer".into(), field: field(name), fill: None };
        let renamed = Operation::RenameField { model: "Customer".into(), from: "name".into(), to: "title".into() };
        let mut aa = migration("0002_aa", &renamed);
        aa.dependencies.push(first.reference());
        let mut more = migration("0003_more", &add("price"));
        more.dependencies.push(aa.reference());
        let mut bb = migration("0004_bb", operation);
        bb.dependencies.extend(dependencies.iter().map(|&other| other.clone()));
        match rebase(&[first, aa, more, bb], &[]) {
            Ok(rebased) => rebased.clashes.iter().map(|clash| clash.diagnostic().to_string()).collect(),
            Err(faults) => faults.to_string(),
        }
    }

    #[test]
    fn a_fault_of_its_own_is_no_clash() {
        let initial = MigrationRef::new("shop", "0001_initial");
        let add = Operation::AddField { model: "Customer".into(), field: field("amount"), fill: None };
        let told = branches(&add, &[&initial]);
        assert!(told.contains("E250") && !told.contains("E271") && !told.contains("beginning"), "{told}");
        let add = Operation::AddField { model: "Customer".into(), field: field("points"), fill: None };
        assert_eq!(branches(&add, &[&initial]), "");
        let named = FieldState { comment: Some("as they sign".into()), ..field("name") };
        let told = branches(&Operation::alter_field("Customer", field("name"), named), &[&initial]);
        assert!(told.contains("`shop.0002_aa` and `shop.0004_bb`") && !told.contains("0003_more"), "{told}");
        let told = branches(&add, &[]);
        assert!(told.contains("E250") && !told.contains("E271"), "{told}");
        assert!(told.contains("`shop.0004_bb` names no migration of its own app in `dependencies`"), "{told}");
    }
}
