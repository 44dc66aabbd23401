//! Renames and moves: declared by hints, confirmed by answers, or asked about.

mod fields;
mod find;
mod gone;
mod models;
mod order;
mod similarity;
mod untrue;
mod way;

pub(super) use find::find;
