//! The only database I/O: connections, introspection, history, execution.
