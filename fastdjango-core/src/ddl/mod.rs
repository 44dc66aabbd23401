//! Statements of DDL as data, before any dialect.
