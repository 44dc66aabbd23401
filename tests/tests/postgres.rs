//! `PostgreSQL` itself: sessions, the lock, the history, the executor and introspection, on real servers.
//!
//! `tools/with-servers --only postgres,postgres_newest -- cargo test -p fastdjango-tests --test postgres` starts them.

#![allow(clippy::expect_used, clippy::panic, reason = "clippy knows tests, and not the functions that they share")]

mod postgres {
    mod apart;
    mod drift;
    mod enums;
    mod extensions;
    mod harness;
    #[path = "../histories/possible.rs"]
    mod possible;

    mod introspection;
    mod lists;
    mod locking;
    mod migrated;
    mod pooled;
    mod rows;
    mod run;
    mod schemas;
    mod trouble;
}
