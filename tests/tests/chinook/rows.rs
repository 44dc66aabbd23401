//! Rows for the store: the real ones, or generated ones for where the real ones are not.

use std::fmt::Write as _;
use std::path::PathBuf;

use fastdjango_core::field::Engine;

/// The INSERT statements of the real store, with the names of our models; `None`, loudly, where its script is not there.
pub(crate) fn real(engine: Engine) -> Option<String> {
    let script = script(engine)?;
    let begin = script.find("INSERT INTO").expect("the script has rows");
    Some(script[begin..].lines().map(|line| inserted(engine, line) + "\n").collect())
}

/// A line with the names of our models, where names are in it.
fn inserted(engine: Engine, line: &str) -> String {
    let Some(names) = line.strip_prefix("INSERT INTO ").filter(|_| spelling(engine)("AB") != "AB") else {
        return line.to_owned();
    };
    let (names, rest) = names.split_once(" VALUES").expect("a list of columns, then the rows");
    let words: Vec<String> = names.split_inclusive([' ', ',', '(', ')']).map(camel).collect();
    format!("INSERT INTO {} VALUES{rest}", words.concat())
}

/// `album_id, ` as `"AlbumId", `.
fn camel(word: &str) -> String {
    let name = word.trim_end_matches([' ', ',', '(', ')']);
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    let parts: String = name.split('_').filter(|part| !part.is_empty()).map(capital).collect();
    if parts.is_empty() { word.to_owned() } else { format!("\"{parts}\"{}", &word[name.len()..]) }
}

/// How the store's script for an engine spells a name of our models.
pub(crate) fn spelling(engine: Engine) -> fn(&str) -> String {
    match engine {
        Engine::Sqlite | Engine::Mysql | Engine::Mariadb => str::to_owned,
        Engine::Postgres => snake,
    }
}

/// `AlbumId` as `album_id`.
fn snake(name: &str) -> String {
    let name = name.replace('"', "");
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        let before = name[..at].chars().next_back();
        if letter.is_uppercase() && before.is_some_and(char::is_lowercase) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The real store's script, from its first table on.
pub(crate) fn script(engine: Engine) -> Option<String> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/chinook");
    let folder = std::env::var_os("CHINOOK_DATA").map_or(beside, PathBuf::from);
    let file = match engine {
        Engine::Sqlite => "Chinook_Sqlite.sql",
        Engine::Postgres => "Chinook_PostgreSql.sql",
        Engine::Mysql | Engine::Mariadb => "Chinook_MySql.sql",
    };
    let path = folder.join(file);
    let Ok(script) = std::fs::read_to_string(&path) else {
        eprintln!("\nSKIPPED: the real Chinook store is not at {}; see CONTRIBUTING.md\n", path.display());
        return None;
    };
    // Before that, the scripts of servers make a database of their own.
    let begin = script.find("CREATE TABLE").expect("the script has tables");
    Some(script[begin..].to_owned())
}

/// Numbers that are the same in every run (the step of Knuth's MMIX generator).
pub(crate) struct Numbers(u64);

impl Numbers {
    /// The numbers that follow from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next one, from 0 to `limit`, which is not among them.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap_or(0)
    }

    /// A text out of those that break careless programs, or NULL.
    fn text(&mut self, nullable: bool) -> String {
        self.text_of(usize::MAX, nullable)
    }

    /// The same, of so many letters at most.
    fn text_of(&mut self, letters: usize, nullable: bool) -> String {
        let mut texts =
            vec!["''", "'O''Brien'", "'naïve 日本語 🎵'", "'0'", "'NULL'", "'1e3'", "' two  spaces '", "'line\nbreak'"];
        texts.retain(|text| text.chars().count() - 2 <= letters);
        let choice = self.below(texts.len() + usize::from(nullable));
        texts.get(choice).map_or("NULL".to_owned(), |text| (*text).to_owned())
    }

    /// A reference to one of `count` rows, or NULL.
    fn reference(&mut self, count: usize, nullable: bool) -> String {
        let choice = self.below(count + usize::from(nullable));
        if choice == count { "NULL".to_owned() } else { (choice + 1).to_string() }
    }

    fn price(&mut self) -> String {
        ["0", "0.01", "0.1", "1.99", "99999999.99", "12345678.9", "7"][self.below(7)].to_owned()
    }
}

/// INSERT statements for a store of odd values: NULLs, empty texts, quotes, numbers as text, exact decimals.
pub(crate) fn generated() -> String {
    let mut n = Numbers::new(20_240_101);
    let mut sql = String::new();
    for table in ["Genre", "MediaType", "Artist", "Playlist"] {
        for id in 1..=20 {
            insert(&mut sql, table, &[id.to_string(), n.text(true)]);
        }
    }
    for id in 1..=60 {
        let title = format!("'{id} {}", &n.text(false)[1..]);
        insert(&mut sql, "Album", &[id.to_string(), title, n.reference(20, false)]);
    }
    for id in 1..=400 {
        let ids = [id.to_string(), n.text(false), n.reference(60, true), n.reference(20, false), n.reference(20, true)];
        let rest = [n.text(true), (1 + n.below(2_147_483_647)).to_string(), n.reference(9, true), n.price()];
        insert(&mut sql, "Track", &[&ids[..], &rest[..]].concat());
    }
    // A postal code has ten letters, and a server says so.
    for id in 1..=12 {
        let boss = if id == 1 { "NULL".to_owned() } else { n.reference(id - 1, false) };
        let mut row = vec![id.to_string(), n.text(false), n.text(false), n.text(true), boss];
        row.extend(["'1962-02-18 00:00:00'".to_owned(), "NULL".to_owned()]);
        row.extend((0..8).map(|column| n.text_of(if column == 4 { 10 } else { 99 }, true)));
        insert(&mut sql, "Employee", &row);
    }
    for id in 1..=50 {
        let mut row = vec![id.to_string(), n.text(false), n.text(false)];
        row.extend((0..8).map(|column| n.text_of(if column == 5 { 10 } else { 99 }, true)));
        row.extend([n.text(false), n.reference(12, true)]);
        insert(&mut sql, "Customer", &row);
    }
    for id in 1..=200 {
        let mut row = vec![id.to_string(), n.reference(50, false), "'2021-01-01 00:00:00'".to_owned()];
        row.extend((0..5).map(|column| n.text_of(if column == 4 { 10 } else { 99 }, true)));
        row.push(n.price());
        insert(&mut sql, "Invoice", &row);
    }
    for id in 1..=600_usize {
        let (invoice, track) = (1 + id % 200, 1 + id % 399);
        let price = n.price();
        let quantity = 1 + n.below(32_767);
        insert(
            &mut sql,
            "InvoiceLine",
            &[id.to_string(), invoice.to_string(), track.to_string(), price, quantity.to_string()],
        );
    }
    for id in 0..500_usize {
        insert(&mut sql, "PlaylistTrack", &[(1 + id % 20).to_string(), (1 + id / 20 * 15 % 400).to_string()]);
    }
    sql
}

fn insert(sql: &mut String, table: &str, values: &[String]) {
    let _ = writeln!(sql, "INSERT INTO \"{table}\" VALUES ({});", values.join(", "));
}
