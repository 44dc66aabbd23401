//! Values that `SQLite` lets stand in any column, and a change of type: they stay equal, or the migration stops.

use fastdjango_core::field::{ColumnType as T, Default, Literal};
use fastdjango_core::operation::Operation;
use fastdjango_core::state::FieldState;

use super::harness::{Database, alter, author, create, field, model};

/// Puts a value into a column of one type, changes the type, and says what is there then; `stopped` where it was refused.
async fn converted(from: &T, value: &str, to: &T) -> String {
    let mut database = Database::new().await;
    let nullable = |ty: &T| {
        let mut field = field("v", ty.clone());
        field.null = true;
        field
    };
    database.migrate(&[create("Thing", model("blog_thing", vec![nullable(from)]))]).await.unwrap();
    database.run(&format!("INSERT INTO blog_thing (v) VALUES ({value}), (NULL)")).await.unwrap();
    match database.migrate(&[alter("Thing", nullable(from), nullable(to))]).await {
        Ok(_) => database.text("SELECT typeof(v) || ' ' || v FROM blog_thing WHERE v IS NOT NULL").await,
        Err(refused) => {
            assert!(refused.contains("would not survive"), "{from} {value} {to}: {refused}");
            "stopped".to_owned()
        }
    }
}

#[tokio::test]
async fn a_value_stays_equal_or_stops_the_change_of_its_type() {
    let (short, long) = (T::Numeric(10, 2), T::Numeric(28, 4));
    for (from, value, to, expected) in [
        (T::Text, "'0012'", T::Integer, "stopped"),
        (T::Text, "' 5'", T::Integer, "stopped"),
        (T::Text, "'1e3'", T::Integer, "stopped"),
        (T::Text, "'1.0'", T::Integer, "stopped"),
        (T::Text, "'12345678901234567890'", T::BigInt, "stopped"),
        (T::Text, "'-12'", T::Integer, "integer -12"),
        (T::Text, "'0012.5'", T::Double, "stopped"),
        (T::Text, "'0.1234567890123456789'", T::Double, "stopped"),
        (T::Text, "'1e3'", T::Double, "stopped"),
        (T::Text, "'-0.5'", T::Double, "real -0.5"),
        (T::Text, "'0012.50'", short.clone(), "stopped"),
        (T::Text, "'0.250000000000000000001'", short.clone(), "stopped"),
        (T::Text, "'12.50'", short.clone(), "real 12.5"),
        (T::Integer, "9007199254740993", T::Double, "stopped"),
        (T::Integer, "'abc'", long.clone(), "stopped"),
        (T::Integer, "1.5", long.clone(), "stopped"),
        (T::Integer, "15", long.clone(), "text 15.0000"),
        (T::Integer, "x'ff'", T::Text, "stopped"),
        (T::Boolean, "1", T::Integer, "integer 1"),
        (T::Integer, "2", T::Boolean, "stopped"),
        (short.clone(), "'abc'", long.clone(), "stopped"),
        (short.clone(), "1.23456", long.clone(), "stopped"),
        (short.clone(), "1.2345", long.clone(), "text 1.2345"),
        (short.clone(), "9007199254740993", T::Double, "stopped"),
        (short.clone(), "'abc'", T::Text, "stopped"),
        (short.clone(), "1.239", T::Text, "stopped"),
        (short.clone(), "1.239", T::Binary, "stopped"),
        (short.clone(), "1.5", T::Text, "text 1.50"),
        (T::Double, "9e999", T::Text, "stopped"),
        (T::Double, "0.1 + 0.2", T::Text, "stopped"),
        (T::Timestamp, "'yesterday'", T::Date, "stopped"),
        (T::Timestamp, "'2024-01-01 00:00:00.5'", T::Date, "stopped"),
        (T::Timestamp, "'2024-01-01 00:00:00'", T::Date, "text 2024-01-01"),
        (T::Timestamp, "'2024-01-01 02:00:00+02:00'", T::TimestampTz, "text 2024-01-01 02:00:00+02:00"),
        (T::Date, "'2024-01-01 10:00'", T::Timestamp, "stopped"),
        (T::Date, "'2024-01-01'", T::Timestamp, "text 2024-01-01 00:00:00"),
        (T::Text, "'0012'", T::Custom("money".into()), "stopped"),
        (T::Text, "'12'", T::Custom("money".into()), "integer 12"),
        (T::Text, "'twelve'", T::Custom("money".into()), "text twelve"),
        (T::Custom("money".into()), "0.1 + 0.2", T::Text, "stopped"),
        (T::Custom("money".into()), "12", T::Text, "text 12"),
        (T::Text, "'123'", T::Uuid, "stopped"),
        (T::Text, "'12345678901234567890123456789012'", T::Uuid, "text 12345678901234567890123456789012"),
    ] {
        assert_eq!(converted(&from, value, &to).await, expected, "{value} as {from} becomes {to}");
    }
}

/// Bytes around the ends of the pieces in which they are read, with a sequence cut, strayed, or too long at each place.
fn bytes_near_the_end_of_a_piece() -> Vec<Vec<u8>> {
    let ends: [&[u8]; 12] = [
        b"",
        "é".as_bytes(),
        "€".as_bytes(),
        "😀".as_bytes(),
        b"\xc3",
        b"\xa9",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xff",
    ];
    let lengths = (1018..1030).chain(2040..2052);
    let values = lengths.flat_map(|length: usize| {
        ends.iter().map(move |end| [b"\xc3\xa9", vec![b'a'; length - 2].as_slice(), end, "z".as_bytes()].concat())
    });
    values.collect()
}

#[tokio::test]
async fn long_bytes_become_text_only_where_they_are_text() {
    let mut database = Database::new().await;
    let bytes = field("v", T::Binary);
    database.migrate(&[create("Thing", model("blog_thing", vec![bytes.clone()]))]).await.unwrap();
    let mut wrong = Vec::new();
    for (at, value) in bytes_near_the_end_of_a_piece().into_iter().enumerate() {
        let hex = value.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        database.run(&format!("INSERT INTO blog_thing (id, v) VALUES ({at}, x'{hex}')")).await.unwrap();
        if std::str::from_utf8(&value).is_err() {
            wrong.push(at.to_string());
        }
    }
    assert!(wrong.len() > 100, "{wrong:?}");
    let change = [alter("Thing", bytes, field("v", T::Text))];
    let refused = database.migrate(&change).await.unwrap_err();
    assert!(refused.starts_with(&format!("{} rows of", wrong.len())), "{} of them: {refused}", wrong.len());
    database.run(&format!("DELETE FROM blog_thing WHERE id IN ({})", wrong.join(", "))).await.unwrap();
    let before = database.text("SELECT group_concat(hex(v)) FROM blog_thing").await;
    database.migrate(&change).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(hex(v)) FROM blog_thing WHERE typeof(v) = 'text'").await, before);
}

/// A table of three rows whose key is given by hand, or by the database.
async fn numbered(database: &mut Database, auto: bool) -> [FieldState; 2] {
    let mut definition = author();
    definition.fields[0].auto = auto;
    let by_hand = FieldState { auto: false, ..definition.fields[0].clone() };
    let by_database = FieldState { auto: true, ..by_hand.clone() };
    database.migrate(&[create("Author", definition)]).await.unwrap();
    database.run("INSERT INTO blog_author (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (9, 'Zoe')").await.unwrap();
    [by_hand, by_database]
}

#[tokio::test]
async fn a_key_that_the_database_numbers_from_now_on_begins_behind_its_rows() {
    let mut database = Database::new().await;
    let [by_hand, by_database] = numbered(&mut database, false).await;
    database.migrate(&[alter("Author", by_hand, by_database)]).await.unwrap();
    database.run("DELETE FROM blog_author WHERE id = 9; INSERT INTO blog_author (name) VALUES ('New')").await.unwrap();
    assert_eq!(database.text("SELECT id FROM blog_author WHERE name = 'New'").await, "10");
}

#[tokio::test]
async fn a_key_that_the_database_no_longer_numbers_leaves_no_counter() {
    let mut database = Database::new().await;
    let [by_hand, by_database] = numbered(&mut database, true).await;
    let planned = database.migrate(&[alter("Author", by_database, by_hand)]).await.unwrap();
    assert_eq!(database.text("SELECT count(*) FROM sqlite_sequence").await, "0");
    database.run("INSERT INTO blog_author (id, name) VALUES (20, 'Max')").await.unwrap();
    database.back(planned).await.unwrap();
    assert_eq!(database.text("SELECT name || ' ' || seq FROM sqlite_sequence").await, "blog_author 20");
}

#[tokio::test]
async fn a_fill_stays_where_the_column_may_be_null_again() {
    let mut database = Database::new().await;
    let mut optional = field("v", T::Text);
    optional.null = true;
    let required = field("v", T::Text);
    database.migrate(&[create("Thing", model("blog_thing", vec![optional.clone()]))]).await.unwrap();
    database.run("INSERT INTO blog_thing (v) VALUES ('a'), (NULL)").await.unwrap();
    let fill = Some(Default::Value(Literal::Text("filled".into())));
    let filled = |from: &FieldState, to: &FieldState| Operation::AlterField {
        model: "Thing".into(),
        from: from.clone(),
        to: to.clone(),
        fill: fill.clone(),
        reverse_fill: None,
        using: None,
        reverse_using: None,
    };
    let refused = database.migrate(&[filled(&optional, &optional)]).await.unwrap_err();
    assert!(refused.contains("its `fill` would fill nothing"), "{refused}");
    database.migrate(&[filled(&optional, &required), alter("Thing", required, optional)]).await.unwrap();
    assert_eq!(database.text("SELECT group_concat(v) FROM blog_thing").await, "a,filled");
}
