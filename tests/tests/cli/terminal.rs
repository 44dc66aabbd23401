//! Questions on a real terminal: what a person sees, and what an answer does.

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use crate::rebased::{NAMED, rebased};
use crate::shop::Shop;

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const ESCAPE: &str = "\x1b";

/// The command on a terminal; a minute is enough for every answer on a busy machine.
fn terminal(shop: &Shop, version: u32, arguments: &[&str]) -> PtySession {
    let mut command = shop.command(version, arguments);
    command.env("TERM", "xterm");
    spawn_command(command, Some(60_000)).unwrap()
}

fn press(session: &mut PtySession, keys: &str) {
    session.send(keys).unwrap();
    session.flush().unwrap();
}

fn code(session: &mut PtySession) -> i32 {
    session.exp_eof().unwrap();
    match session.process().wait().unwrap() {
        WaitStatus::Exited(_, code) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rename_is_asked_about_and_keeps_its_values() {
    let shop = Shop::with_rows();
    let mut session = terminal(&shop, 2, &["makemigrations"]);
    session.exp_string("was `Customer.email` named `mail` before?").unwrap();
    session.exp_string("every value stays").unwrap();
    press(&mut session, ENTER);
    session.exp_string("renamed from mail").unwrap();
    assert_eq!(code(&mut session), 0);
    shop.run(2, &["migrate"]);
    assert_eq!(shop.column("SELECT email FROM shop_customer ORDER BY id"), ["a@example.com", "b@example.com"]);
}

#[test]
fn a_denied_rename_asks_for_the_value_that_is_missing() {
    let shop = Shop::with_rows();
    let mut session = terminal(&shop, 2, &["makemigrations"]);
    session.exp_string("was `Customer.email` named `mail` before?").unwrap();
    press(&mut session, DOWN);
    press(&mut session, ENTER);
    session.exp_string("`Customer.email` is required, and rows that exist would have no value").unwrap();
    press(&mut session, ENTER);
    session.exp_string("value:").unwrap();
    press(&mut session, "nobody\r");
    session.exp_string("`nobody` is no value").unwrap();
    press(&mut session, "{ sql = \"'nobody' || id\" }\r");
    session.exp_string("review it").unwrap();
    assert_eq!(code(&mut session), 0);
    shop.run(2, &["migrate"]);
    assert_eq!(shop.column("SELECT email FROM shop_customer ORDER BY id"), ["nobody1", "nobody2"]);
}

#[test]
fn an_expression_is_typed_as_it_is() {
    let shop = Shop::with_rows();
    let mut session = terminal(&shop, 9, &["makemigrations"]);
    session.exp_string("`Purchase.customer` becomes a many-to-many").unwrap();
    press(&mut session, ENTER);
    session.exp_string("`Purchase.amount` becomes time").unwrap();
    press(&mut session, DOWN);
    press(&mut session, ENTER);
    session.exp_string("value:").unwrap();
    press(&mut session, "printf('00:00:%02d', amount)\r");
    session.exp_string("review it").unwrap();
    assert_eq!(code(&mut session), 0);
    shop.run(9, &["migrate", "--yes"]);
    assert_eq!(shop.column("SELECT amount FROM shop_purchase ORDER BY id"), ["00:00:01", "00:00:07", "00:00:03"]);
}

#[test]
fn what_each_answer_writes_is_shown_before_one_is_given() {
    let shop = Shop::with_rows();
    let mut session = terminal(&shop, 2, &["makemigrations"]);
    session.exp_string("was `Customer.email` named `mail` before?").unwrap();
    press(&mut session, DOWN);
    press(&mut session, DOWN);
    press(&mut session, ENTER);
    session.exp_string("yes, mail is now email").unwrap();
    session.exp_string("ALTER TABLE \"shop_customer\" RENAME COLUMN \"mail\" TO \"email\"").unwrap();
    session.exp_string("no, email is new").unwrap();
    session.exp_string("rows that exist get").unwrap();
    session.exp_string("shop_customer is rebuilt").unwrap();
    session.exp_string("was `Customer.email` named `mail` before?").unwrap();
    assert_eq!(shop.migrations(), ["0001_initial.toml"], "what is only shown is not written");
    press(&mut session, ENTER);
    session.exp_string("review it").unwrap();
    assert_eq!(code(&mut session), 0);
}

#[test]
fn who_leaves_a_question_has_written_nothing() {
    let shop = Shop::with_rows();
    let mut session = terminal(&shop, 3, &["makemigrations"]);
    session.exp_string("`Customer.country` is required").unwrap();
    press(&mut session, ESCAPE);
    session.exp_string("nothing was written or run").unwrap();
    assert_eq!(code(&mut session), 3);
    assert_eq!(shop.migrations(), ["0001_initial.toml"]);
}

#[test]
fn a_rollback_that_destroys_data_waits_for_a_yes() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations"]);
    shop.run(4, &["migrate"]);
    let mut session = terminal(&shop, 4, &["migrate", "--rollback"]);
    session.exp_string("column `shop_customer.country` goes, with 2 values").unwrap();
    press(&mut session, ENTER);
    assert_eq!(code(&mut session), 3, "the answer to nothing typed is no");
    assert_eq!(shop.column("SELECT country FROM shop_customer"), ["PT", "PT"]);
    let mut session = terminal(&shop, 4, &["migrate", "--rollback"]);
    session.exp_string("go on?").unwrap();
    press(&mut session, "y\r");
    session.exp_string("1 migration undone").unwrap();
    assert_eq!(code(&mut session), 0);
    assert_eq!(shop.column("SELECT count(*) FROM shop_purchase"), ["3"]);
}

#[test]
fn sql_that_no_file_holds_is_shown_and_waits_for_a_yes() {
    let shop = rebased();
    let mut session = terminal(&shop, 1, &["migrate"]);
    session
        .exp_string("the SQL of `shop.0002_nameless` is rendered for this database, and nobody reviewed it")
        .unwrap();
    session.exp_string("CREATE TABLE \"fastdjango_new_shop_customer\"").unwrap();
    session.exp_string("ALTER TABLE \"fastdjango_new_shop_customer\" RENAME TO \"shop_customer\"").unwrap();
    session.exp_string("run these statements?").unwrap();
    press(&mut session, ENTER);
    session.exp_string("nothing was run").unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(!rest.contains("CREATE TABLE"), "what was just read is not told again: {rest}");
    assert_eq!(code(&mut session), 3, "the answer to nothing typed is no");
    assert_eq!(shop.column(NAMED), ["1"]);

    let mut session = terminal(&shop, 1, &["migrate"]);
    session.exp_string("run these statements?").unwrap();
    press(&mut session, "y\r");
    session.exp_string("`shop.0002_nameless` ran with SQL that was rendered for this database").unwrap();
    session.exp_string("1 migration applied").unwrap();
    assert_eq!(code(&mut session), 0);
    assert_eq!(shop.column(NAMED), ["0"]);
    assert_eq!(shop.column("SELECT points FROM shop_customer ORDER BY id"), ["10", "20"]);
}

#[test]
fn an_error_says_once_where_there_is_more_to_read() {
    let shop = Shop::new();
    let mut session = terminal(&shop, 1, &["migrate", "nosuch"]);
    session.exp_string("error[E601]").unwrap();
    let rest = session.exp_eof().unwrap();
    assert_eq!(rest.matches("more: cargo run --bin shop explain E601").count(), 1, "{rest}");
    assert!(!shop.run(1, &["migrate", "nosuch"]).contains("more:"), "not in a pipe");
}

#[test]
fn nobody_is_asked_in_the_middle_of_many_databases() {
    let shop = Shop::with_rows();
    std::fs::write(shop.dir().join("fastdjango.toml"), "[databases.shops]\nengine = 'sqlite'\nname = '*.sqlite3'\n")
        .unwrap();
    std::fs::copy(shop.database(), shop.dir().join("other.sqlite3")).unwrap();
    let mut session = terminal(&shop, 1, &["migrate", "--all", "--rollback"]);
    session.exp_string("shops/db     error[E610]: the rollback destroys data, and nobody confirmed it").unwrap();
    session.exp_string("2 databases: 2 failed").unwrap();
    session.exp_string("in shops/db, shops/other:").unwrap();
    assert_eq!(code(&mut session), 3);
    let mut session = terminal(&shop, 1, &["migrate", "--all", "--rollback", "--yes"]);
    session.exp_string("shops/other  1 migration undone").unwrap();
    assert_eq!(code(&mut session), 0);
}

#[test]
fn a_repair_shows_what_the_history_will_say_and_waits_for_a_yes() {
    let shop = crate::repair::edited();
    crate::repair::by_hand(&shop);
    let events = "SELECT event FROM fastdjango_migrations WHERE app = 'shop' ORDER BY id";
    let mut session = terminal(&shop, 1, &["repair"]);
    session.exp_string("tables were compared, and rows were not").unwrap();
    session.exp_string("shop.0001_initial stays applied, as its file says now").unwrap();
    session.exp_string("record it?").unwrap();
    press(&mut session, ENTER);
    session.exp_string("nothing was recorded").unwrap();
    assert_eq!(code(&mut session), 3, "the answer to nothing typed is no");
    assert_eq!(shop.column(events), ["applied"]);

    let mut session = terminal(&shop, 1, &["repair"]);
    session.exp_string("record it?").unwrap();
    press(&mut session, "y\r");
    session.exp_string("the history says so now").unwrap();
    assert_eq!(code(&mut session), 0);
    assert_eq!(shop.column(events), ["applied", "repaired"]);
}
