//! Laws over many plans: whatever the operations, no row is lost, no drift comes, and the way back leads back.

use fastdjango_core::field::{ColumnType, Default, Literal, OnDelete, Sql};
use fastdjango_core::name::{AppLabel, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::state::{FieldState, IndexField, IndexState, ModelState, ProjectState};
use fastdjango_tests::live::block_on;

use super::harness::{Database, add, alter, create, field, many, model, refer, remove, rename};

/// Numbers that are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.roll(items.len())) }
    }

    fn name(&mut self) -> &'static str {
        ["alpha", "beta", "gamma", "delta", "order", "Alpha"][self.roll(6)]
    }

    fn ty(&mut self) -> ColumnType {
        let types = [
            ColumnType::SmallInt,
            ColumnType::BigInt,
            ColumnType::Text,
            ColumnType::Varchar(40),
            ColumnType::Double,
            ColumnType::Numeric(10, 2),
            ColumnType::Numeric(28, 4),
        ];
        types[self.roll(types.len())].clone()
    }
}

fn node() -> ModelState {
    let mut parent = refer("parent", "Node", OnDelete::Cascade);
    parent.null = true;
    model("blog_node", vec![parent, field("label", ColumnType::Text), many("friends", "Node"), many("tags", "Tag")])
}

/// One operation that the state can take, or none this time.
fn operation(dice: &mut Dice, state: &ProjectState) -> Option<Operation> {
    let models: Vec<&ModelRef> = state.models.keys().collect();
    let target = (*dice.pick(&models)?).clone();
    let definition = &state.models[&target];
    let name = target.model.as_str();
    let plain: Vec<&FieldState> = definition
        .fields
        .iter()
        .filter(|f| f.column_name().is_some() && f.name != "id" && f.target().is_none())
        .collect();
    let free = |field: &&&FieldState| definition.leaning_on(&field.name, field.column_name().as_deref()).is_none();
    let unused: Vec<&FieldState> = plain.iter().filter(free).copied().collect();
    Some(match dice.roll(9) {
        0 => {
            let mut new = field(dice.name(), dice.ty());
            new.null = true;
            add(name, new)
        }
        1 => {
            let mut new = field(dice.name(), dice.ty());
            new.default = Some(Default::Value(Literal::Integer(7)));
            add(name, new)
        }
        2 => {
            let value = Literal::Text(format!("{}", dice.roll(9)));
            let fill = [Default::Value(value), Default::Sql { sql: Sql::any("\"id\" + 1") }][dice.roll(2)].clone();
            Operation::AddField { model: name.into(), field: field(dice.name(), ColumnType::Text), fill: Some(fill) }
        }
        3 => {
            let gone = (*dice.pick(&unused)?).clone();
            let reverse_fill = Some(Default::Value(Literal::Integer(3)));
            Operation::RemoveField { model: name.into(), field: gone, reverse_fill }
        }
        4 => {
            let others: Vec<&FieldState> = definition.fields.iter().skip(1).collect();
            rename(name, dice.pick(&others)?.name.as_str(), dice.name())
        }
        5 => {
            let from = (*dice.pick(&unused)?).clone();
            alter(name, from.clone(), FieldState { kind: field("x", dice.ty()).kind, default: None, ..from })
        }
        6 => {
            let column = dice.pick(&plain)?;
            let descending = dice.roll(2) == 0;
            let index = IndexState {
                name: Some(format!("i_{}", dice.name())),
                fields: vec![IndexField { descending, ..IndexField::new(column.name.clone()) }],
                ..IndexState::default()
            };
            Operation::AddIndex { model: name.into(), index }
        }
        7 => Operation::RemoveIndex { model: name.into(), index: dice.pick(&definition.indexes)?.clone() },
        _ => {
            let table = format!("blog_{}", ["node", "tag", "leaf", "Node"][dice.roll(4)]);
            if state.models.values().any(|m| m.table.eq_ignore_ascii_case(&table)) {
                return None;
            }
            Operation::AlterModelTable { model: name.into(), from: definition.table.clone(), to: table }
        }
    })
}

fn taken_twice(state: &ProjectState) -> bool {
    let mut indexes = std::collections::BTreeSet::new();
    let twice = state
        .models
        .values()
        .flat_map(|m| &m.indexes)
        .any(|i| !indexes.insert(i.name.clone().map(|n| n.to_lowercase())));
    twice
        || state.models.values().any(|m| {
            let mut columns = std::collections::BTreeSet::new();
            m.fields.iter().filter_map(FieldState::column_name).any(|c| !columns.insert(c.to_lowercase()))
        })
}

fn operations(dice: &mut Dice, before: &ProjectState) -> Vec<Operation> {
    let app = AppLabel::new("blog");
    let mut state = before.clone();
    let mut operations = Vec::new();
    for _ in 0..=dice.roll(6) {
        let Some(operation) = operation(dice, &state) else { continue };
        let mut next = state.clone();
        if operation.apply(&app, &mut next).is_ok() && !taken_twice(&next) {
            state = next;
            operations.push(operation);
        }
    }
    operations
}

async fn counts(database: &mut Database) -> Vec<String> {
    let state = database.states.last().unwrap().clone();
    let tables = fastdjango_core::schema::lower_all(&state).unwrap().tables;
    let mut counts = Vec::new();
    for table in tables.keys() {
        counts.push(database.text(&format!("SELECT count(*) FROM \"{table}\"")).await);
    }
    counts.sort();
    counts
}

#[tokio::test]
async fn no_operations_lose_a_row_or_leave_a_drift() {
    let (mut ran, mut refused) = (0, 0);
    for seed in 0..12 {
        let mut dice = Dice(seed);
        let mut database = Database::new().await;
        let tag = model("blog_tag", vec![field("label", ColumnType::Varchar(9))]);
        database.migrate(&[create("Tag", tag), create("Node", node())]).await.unwrap();
        database.run("INSERT INTO blog_tag VALUES (1, '10'), (2, '20'), (3, '30')").await.unwrap();
        database.run("INSERT INTO blog_node VALUES (1, NULL, '1'), (2, 1, '2'), (5, 2, '5')").await.unwrap();
        database.run("INSERT INTO blog_node_friends VALUES (1, 2)").await.unwrap();
        database.run("INSERT INTO blog_node_tags VALUES (1, 2), (5, 1)").await.unwrap();
        let before = counts(&mut database).await;
        let mut plans = Vec::new();
        for _ in 0..5 {
            let operations = operations(&mut dice, &database.states.last().unwrap().clone());
            match database.migrate(&operations).await {
                Ok(plan) => plans.push(plan),
                Err(why) if why.contains("rows of") || why.contains("E422") => refused += 1,
                Err(why) => panic!("seed {seed}: {why}\n{operations:#?}"),
            }
            assert_eq!(counts(&mut database).await, before, "seed {seed}");
        }
        ran += plans.len();
        while let Some(plan) = plans.pop() {
            match database.back(plan).await {
                Ok(()) => {}
                Err(why) if why.contains("rows of") => break,
                Err(why) => panic!("seed {seed}: back: {why}"),
            }
            assert_eq!(counts(&mut database).await, before, "seed {seed}");
        }
    }
    assert!(ran > refused * 2, "{ran} ran, {refused} were refused");
}

/// Values as the types would store them, by how they read.
fn samples() -> Vec<(ColumnType, &'static [&'static str])> {
    vec![
        (ColumnType::Boolean, &["0", "1"]),
        (ColumnType::SmallInt, &["0", "-32768", "1"]),
        (ColumnType::Integer, &["2147483647", "5"]),
        (ColumnType::BigInt, &["9007199254740993", "1"]),
        (ColumnType::Double, &["1.5", "0.1", "1e300"]),
        (ColumnType::Varchar(20), &["'abc'", "'12'", "''"]),
        (ColumnType::Text, &["'7'", "'0'"]),
        (ColumnType::Binary, &["x'31'", "x'c3a9'"]),
        (ColumnType::Uuid, &["'123e4567-e89b-12d3-a456-426614174000'"]),
        (ColumnType::Numeric(10, 2), &["1.5", "10", "-0.25"]),
        (ColumnType::Numeric(5, 1), &["1.5", "9999.9"]),
        (ColumnType::Numeric(28, 4), &["'1.5000'", "'123456789012345678.1234'"]),
        (ColumnType::Numeric(20, 2), &["'1.50'", "'-3.00'"]),
        (ColumnType::Date, &["'2026-02-28'"]),
        (ColumnType::Time, &["'12:30:00'"]),
        (ColumnType::Timestamp, &["'2026-02-28 00:00:00'", "'2026-02-28 12:30:00'"]),
        (ColumnType::TimestampTz, &["'2026-02-28 12:30:00'"]),
        (ColumnType::Json, &["'{\"a\":1}'", "'[1]'", "'5'"]),
        (ColumnType::Inet, &["'10.0.0.1'"]),
    ]
}

#[test]
fn a_type_that_values_survive_gives_them_back() {
    let refused: usize = std::thread::scope(|scope| {
        let types: Vec<_> =
            samples().into_iter().map(|(from, values)| scope.spawn(move || block_on(to_all(from, values)))).collect();
        types.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(refused > 0);
}

/// Changes a column to every type and back, with each of the values; how many changes were refused.
async fn to_all(from: ColumnType, values: &[&str]) -> usize {
    let mut refused = 0;
    // One database for all: a way back leads back, and what is refused leaves nothing behind.
    let mut database = Database::new().await;
    let thing = model("blog_thing", vec![field("value", from.clone())]);
    database.migrate(&[create("Thing", thing)]).await.unwrap();
    for (value, (to, _)) in values.iter().flat_map(|value| samples().into_iter().map(move |to| (value, to))) {
        let row = format!("DELETE FROM blog_thing; INSERT INTO blog_thing (value) VALUES ({value})");
        database.run(&row).await.unwrap();
        let read = "SELECT typeof(value) || quote(value) FROM blog_thing";
        let before = database.text(read).await;
        let change = alter("Thing", field("value", from.clone()), field("value", to.clone()));
        let plan = match database.migrate(&[change]).await {
            Ok(plan) => plan,
            Err(why) if why.contains("would not survive") => {
                assert_eq!(database.text(read).await, before);
                refused += 1;
                continue;
            }
            Err(why) => panic!("{from} to {to}: {value}: {why}"),
        };
        let between = database.text(read).await;
        if let Err(why) = database.back(plan).await {
            panic!("{from} to {to} and back: {value}, {between}: {why}");
        }
        // A number does not remember how a text wrote it.
        let is_number = |value: &str| value.starts_with("integer") || value.starts_with("real");
        let wrote = !is_number(&before) && is_number(&between);
        assert!(wrote || database.text(read).await == before, "{from} to {to} and back by {between}");
    }
    refused
}

#[tokio::test]
async fn a_removed_field_leaves_the_others() {
    let mut database = Database::new().await;
    let thing = model("blog_thing", vec![field("a", ColumnType::Text), field("b", ColumnType::Text)]);
    database.migrate(&[create("Thing", thing)]).await.unwrap();
    database.run("INSERT INTO blog_thing (a, b) VALUES ('x', 'y')").await.unwrap();
    let again = [
        remove("Thing", field("a", ColumnType::Text)),
        add("Thing", {
            let mut a = field("a", ColumnType::Integer);
            a.null = true;
            a
        }),
    ];
    database.migrate(&again).await.unwrap();
    assert_eq!(database.text("SELECT coalesce(a, '-') || b FROM blog_thing").await, "-y");
}
