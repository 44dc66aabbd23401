//! A migration's operations and a dialect, to the steps that run.
