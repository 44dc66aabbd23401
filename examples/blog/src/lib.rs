//! Models of the blog: two apps that refer to each other, and a bit of everything that a table can have on every database.

pub mod accounts;
pub mod blog;
pub mod shared;
