//! What each database has and is asked for: the targets, and the page that tells of both.

mod adopt;
mod claims;
mod data;
mod harness;
mod page;
mod routed;
mod spans;
mod targets;
mod tls;
