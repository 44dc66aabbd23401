//! What each database has and is asked for: the targets, and the page that tells of both.

mod adopt;
mod claims;
mod data;
mod harness;
mod page;
mod repair;
mod rollback;
mod routed;
mod targets;
mod tls;
