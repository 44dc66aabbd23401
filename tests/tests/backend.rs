//! The database itself: connections, introspection, history, and the executor, on real files.

#![allow(clippy::expect_used, clippy::panic, reason = "clippy knows tests, and not the functions that they share")]

mod backend {
    mod apart;
    mod by_hand;
    mod drift;
    mod fleet;
    mod harness;
    #[path = "../histories/possible.rs"]
    mod possible;

    mod history;
    mod introspection;
    mod locking;
    mod losses;
    mod meanwhile;
    mod order;
    mod own_sql;
    mod projects;
    mod rebuild;
    mod run;
    mod settled;
    mod targets;
    mod trouble;
}
