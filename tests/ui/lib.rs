//! Nothing: the tests of this crate are models that compile, and models that do not.
