//! Databases: the only place that talks to one.

pub mod row;
