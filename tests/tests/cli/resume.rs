//! A migration that stopped in the middle and whose file has changed since; and how long a statement waits for a table.

use std::time::{Duration, Instant};

use fastdjango_core::backend::{Access, Connection, Value};
use fastdjango_core::field::Engine;
use fastdjango_tests::live;
use tokio::runtime::Runtime;

use crate::shop::Shop;

/// A shop whose database is one of a server's.
struct Remote {
    engine: Engine,
    shop: Shop,
    database: live::Place,
    runtime: Runtime,
}

/// One of `SQLite`, and one on each server.
fn each() -> Vec<Remote> {
    live::servers().iter().map(Remote::new).collect()
}

impl Remote {
    fn new(server: &live::Server) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let there =
            Self { engine: server.engine(), shop: Shop::new(), database: runtime.block_on(server.database()), runtime };
        let settings = format!("[databases.default]\nurl = '{}'\n", there.database.url());
        std::fs::write(there.shop.dir().join("fastdjango.toml"), settings).unwrap();
        there
    }

    fn open(&self) -> Connection {
        self.runtime.block_on(self.database.open(Access::Write))
    }

    fn execute(&self, sql: &str) {
        let mut connection = self.open();
        self.runtime.block_on(connection.execute(sql)).expect("the statement runs");
        self.runtime.block_on(connection.close()).expect("closed");
    }

    fn texts(&self, sql: &str) -> Vec<String> {
        let mut connection = self.open();
        let rows = self.runtime.block_on(connection.query(sql)).expect("the query runs");
        rows.iter().filter_map(|row| row.first().and_then(Value::text)).map(str::to_owned).collect()
    }

    /// A first migration that stopped at its second table, whose name was taken.
    fn stopped(&self) {
        self.shop.run(1, &["makemigrations"]);
        if self.engine == Engine::Sqlite {
            self.shop.edit("0001_initial.toml", "format = 1\n", "format = 1\natomic = false\n");
        }
        if self.engine == Engine::Postgres {
            // Any step that no transaction may hold.
            self.shop.edit(
                "0001_initial.toml",
                "[sql.postgres]\n",
                "[sql.postgres]\nedited = \"an index of its own\"\n",
            );
            self.shop.edit("0001_initial.toml", "up = [\n", "up = [\n    { autocommit = \"VACUUM\" },\n");
        }
        self.execute("CREATE TABLE shop_purchase (id int)");
        let said = self.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 1") && said.contains("E621"), "{said}");
    }

    /// The file says something else now, and says why.
    fn change(&self) {
        let section = format!("[sql.{}]\n", self.engine);
        if self.engine != Engine::Postgres {
            self.shop.edit("0001_initial.toml", &section, &format!("{section}edited = \"another text\"\n"));
        }
        self.shop.edit("0001_initial.toml", "up = [\n", "up = [\n    \"SELECT 1\",\n");
        let said = self.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 1") && said.contains("error[E647]"), "{said}");
        assert!(said.contains("begun with: ") && said.contains("now: SELECT 1;"), "both texts: {said}");
        assert!(said.contains("`migrate --resume journal`") && said.contains("`migrate --resume abort`"), "{said}");
    }

    /// How many steps there are, of which the creation of the second table is the last that was tried.
    fn steps(&self) -> (usize, usize) {
        let of = self.texts("SELECT name FROM fastdjango_steps").len();
        let done = self.texts("SELECT name FROM fastdjango_steps WHERE state = 'done'").len();
        (done, of)
    }
}

#[test]
fn the_journal_is_gone_on_with_whatever_the_file_says() {
    for there in each() {
        there.stopped();
        there.change();
        let (_, of) = there.steps();
        there.execute("DROP TABLE shop_purchase");
        let said = there.shop.run(1, &["migrate", "--resume", "journal"]);
        assert!(said.starts_with("exit 0") && said.contains("1 migration applied"), "{said}");
        assert_eq!(there.steps(), (of, of));
        assert!(there.shop.run(1, &["showmigrations"]).contains("[x] 0001_initial"));
        there.execute("INSERT INTO shop_customer (name, mail) VALUES ('A', 'a@example.com')");
        let note = there.texts("SELECT note FROM fastdjango_migrations WHERE event = 'applied'");
        assert_eq!(note, ["ended by --resume journal, with the steps that it was begun with"]);
        assert!(there.shop.run(1, &["migrate"]).contains("nothing to do"));
        let said = there.shop.run(1, &["migrate", "--resume", "journal"]);
        assert!(said.starts_with("exit 1") && said.contains("error[E653]"), "nothing is left: {said}");
    }
}

#[test]
fn what_fails_again_still_stands_in_the_middle() {
    for there in each() {
        there.stopped();
        there.change();
        let (done, of) = there.steps();
        let said = there.shop.run(1, &["migrate", "--resume", "journal"]);
        assert!(said.starts_with("exit 1") && said.contains(&format!("step {} of {of}", done + 1)), "{said}");
        assert!(there.shop.run(1, &["showmigrations"]).contains("[~] 0001_initial"));
    }
}

#[test]
fn other_operations_are_told_until_the_journal_is_at_its_end() {
    for there in each() {
        there.stopped();
        there.shop.edit(
            "0001_initial.toml",
            "name = \"name\", type = \"varchar(80)\"",
            "name = \"name\", type = \"varchar(90)\"",
        );
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.contains("error[E241]") && said.contains("run `render shop 0001_initial`"), "{said}");
        assert!(said.contains("it is half applied, by steps that were written down"), "{said}");
        assert!(said.contains("`migrate --resume journal` goes on with those"), "{said}");
        there.shop.run(1, &["render", "--force"]);
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.contains("error[E647]") && said.contains("varchar(80)") && said.contains("varchar(90)"), "{said}");

        there.execute("DROP TABLE shop_purchase");
        let said = there.shop.run(1, &["migrate", "--resume", "journal"]);
        assert!(said.starts_with("exit 0") && said.contains("1 migration applied"), "{said}");
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.contains("error[E602]: `shop.0001_initial` was edited after it was applied"), "{said}");
        there.shop.edit(
            "0001_initial.toml",
            "name = \"name\", type = \"varchar(90)\"",
            "name = \"name\", type = \"varchar(80)\"",
        );
        there.shop.run(1, &["render", "--force"]);
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 0") && said.contains("nothing to do"), "{said}");
    }
}

#[test]
fn what_is_given_up_is_not_applied_and_says_what_it_left() {
    for there in each() {
        there.stopped();
        there.change();
        let (done, of) = there.steps();
        let said = there.shop.run(1, &["migrate", "--resume", "abort"]);
        assert!(said.starts_with("exit 0"), "{said}");
        assert!(said.contains("warning[W614]: `shop.0001_initial` was given up while applying it"), "{said}");
        assert!(said.contains(&format!("step {done} of {of} is done, and stays: CREATE TABLE")), "{said}");
        assert!(said.contains(&format!("step {of} of {of} is not done: ")), "{said}");
        assert!(said.contains("shop_customer"), "{said}");
        assert!(there.shop.run(1, &["showmigrations"]).contains("[ ] 0001_initial"));
        let events = there.texts("SELECT event FROM fastdjango_migrations WHERE app = 'shop' ORDER BY id");
        assert_eq!(events, ["applying", "reverted"]);

        // What it left is in the way until somebody mends it; then it begins anew, by the file.
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 1") && said.contains("shop_customer"), "{said}");
        there.shop.run(1, &["migrate", "--resume", "abort"]);
        there.execute("DROP TABLE shop_purchase");
        there.execute("DROP TABLE shop_customer");
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 0") && said.contains("1 migration applied"), "{said}");
    }
}

#[test]
fn nothing_is_undone_while_a_migration_is_half_applied_or_half_undone() {
    for there in each() {
        there.stopped();
        for back in [&["migrate", "shop", "zero", "--yes"][..], &["migrate", "--rollback", "--yes"]] {
            let said = there.shop.run(1, back);
            assert!(
                said.starts_with("exit 1") && said.contains("error[E648]: `shop.0001_initial` is half applied"),
                "{said}"
            );
        }
        there.execute("DROP TABLE shop_purchase");
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 0") && said.contains("1 migration applied"), "{said}");
    }
}

#[test]
fn text_that_was_edited_in_the_middle_names_the_way_out_which_leads_out() {
    for there in each().into_iter().filter(|there| there.engine != Engine::Postgres) {
        there.stopped();
        there.shop.edit("0001_initial.toml", "up = [\n", "up = [\n    \"SELECT 1\",\n");
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 1") && said.contains("error[E243]"), "{said}");
        assert!(said.contains("`migrate --resume journal` goes on with those, whatever the file says"), "{said}");
        there.execute("DROP TABLE shop_purchase");
        let said = there.shop.run(1, &["migrate", "--resume", "journal"]);
        assert!(said.starts_with("exit 0") && said.contains("1 migration applied"), "{said}");
        let said = there.shop.run(1, &["migrate", "shop", "zero", "--yes"]);
        assert!(said.contains("error[E243]") && !said.contains("--resume"), "nothing is in the middle now: {said}");
    }
}

#[test]
fn what_is_half_applied_is_not_recorded_by_hand_before_it_was_given_up() {
    for there in each() {
        there.stopped();
        let events = "SELECT event FROM fastdjango_migrations WHERE app = 'shop' ORDER BY id";
        for faked in [&["migrate", "--fake"][..], &["migrate", "shop", "0001", "--fake"]] {
            let said = there.shop.run(1, faked);
            assert!(said.starts_with("exit 1"), "{said}");
            assert!(said.contains("error[E648]: `shop.0001_initial` is half applied, and is not recorded"), "{said}");
            assert!(said.contains("nothing was recorded") && said.contains("`migrate --resume journal`"), "{said}");
            assert_eq!(there.texts(events), ["applying"]);
        }
        assert!(there.shop.run(1, &["showmigrations"]).contains("[~] 0001_initial"));
        let said = there.shop.run(1, &["migrate", "--resume", "abort"]);
        assert!(said.starts_with("exit 0"), "{said}");
        let said = there.shop.run(1, &["migrate", "shop", "0001", "--fake"]);
        assert!(said.starts_with("exit 0"), "{said}");
        assert_eq!(there.texts(events), ["applying", "reverted", "faked"]);
    }
}

#[test]
fn what_is_half_undone_says_so_until_it_is_undone_to_its_end() {
    for there in each() {
        there.shop.run(1, &["makemigrations"]);
        there.shop.edit("0001_initial.toml", "format = 1\n", "format = 1\natomic = false\n");
        there.shop.run(1, &["migrate"]);
        there.execute("INSERT INTO shop_customer (name, mail) VALUES ('A', 'a@example.com')");
        there.execute("CREATE TABLE mine (customer bigint, FOREIGN KEY (customer) REFERENCES shop_customer (id))");
        there.execute("INSERT INTO mine SELECT id FROM shop_customer");
        let said = there.shop.run(1, &["migrate", "shop", "zero", "--yes"]);
        assert!(said.starts_with("exit 1") && said.contains("1 of 2 steps is done, and stays"), "{said}");
        assert!(said.contains("`migrate --resume journal`: it is undone to its end"), "{said}");

        let shown = there.shop.run(1, &["showmigrations"]);
        assert!(shown.contains("[~] 0001_initial  its undoing began and did not end"), "{shown}");
        let said = there.shop.run(1, &["migrate", "shop", "zero", "--yes"]);
        assert!(
            said.starts_with("exit 1") && said.contains("error[E648]: `shop.0001_initial` is half undone"),
            "{said}"
        );
        let said = there.shop.run(1, &["migrate", "--fake"]);
        assert!(said.contains("error[E648]: `shop.0001_initial` is half undone, and is not recorded"), "{said}");

        there.execute("DROP TABLE mine");
        let said = there.shop.run(1, &["migrate", "--resume", "journal"]);
        assert!(said.starts_with("exit 0"), "{said}");
        assert!(there.shop.run(1, &["showmigrations"]).contains("[ ] 0001_initial"));
        let said = there.shop.run(1, &["migrate", "shop", "zero", "--yes"]);
        assert!(said.starts_with("exit 0") && said.contains("nothing to undo"), "{said}");
    }
}

#[test]
fn what_was_written_down_is_gone_and_nothing_false_is_said_of_it() {
    for there in each() {
        there.stopped();
        there.execute("DROP TABLE fastdjango_steps");
        let said = there.shop.run(1, &["migrate"]);
        assert!(said.starts_with("exit 1") && said.contains("fastdjango_steps"), "{said}");
        assert!(said.contains("nothing was run; the migration stands in the middle of its steps"), "{said}");
        let said = there.shop.run(1, &["migrate", "--resume", "abort"]);
        assert!(said.starts_with("exit 0") && said.contains("warning[W614]"), "{said}");
        assert!(said.contains("which of its steps are done cannot be read any more"), "{said}");
        assert!(there.shop.run(1, &["showmigrations"]).contains("[ ] 0001_initial"));
    }
}

#[test]
fn a_statement_waits_for_a_table_as_long_as_it_is_told_to() {
    for there in each().into_iter().filter(|there| there.engine != Engine::Sqlite) {
        there.shop.run(1, &["migrate", "--init"]);
        there.shop.run(4, &["makemigrations"]);
        let mut held = there.open();
        let lock = if there.engine == Engine::Postgres {
            "BEGIN; LOCK TABLE shop_customer"
        } else {
            "LOCK TABLES shop_customer WRITE, shop_purchase WRITE"
        };
        there.runtime.block_on(held.execute(lock)).expect("the tables are held");
        let started = Instant::now();
        let said = there.shop.run(4, &["migrate", "--lock-timeout", "1"]);
        let took = started.elapsed();
        assert!(said.starts_with("exit ") && said.contains("error[E650]"), "{said}");
        // Five times a second, where three seconds would be fifteen.
        assert!(took > Duration::from_secs(4) && took < Duration::from_secs(13), "{took:?}: {said}");
        drop(held);
        let said = there.shop.run(4, &["migrate", "--lock-timeout", "60"]);
        assert!(said.starts_with("exit 0"), "{said}");
        let said = there.shop.run(4, &["migrate", "--lock-timeout", "0"]);
        assert!(said.starts_with("exit 2"), "none is for ever: {said}");
    }
}
