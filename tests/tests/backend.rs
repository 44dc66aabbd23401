//! The database itself: connections, introspection, history, and the executor, on real files.

mod backend {
    mod harness;

    mod history;
    mod introspection;
    mod locking;
    mod rebuild;
    mod run;
}
