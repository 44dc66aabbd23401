//! `MySQL` and `MariaDB` themselves: sessions, the lock, the history, the executor and introspection, on real servers.
//!
//! `tools/with-servers --only mariadb,mysql -- cargo test -p fastdjango-tests --test mysql` starts them.

#![allow(clippy::expect_used, clippy::panic, reason = "clippy knows tests, and not the functions that they share")]

mod mysql {
    mod harness;
    #[path = "../histories/possible.rs"]
    mod possible;

    mod collations;
    mod drift;
    mod flight;
    mod introspection;
    mod locking;
    mod proxy;
    mod rows;
    mod run;
    mod trouble;
}
