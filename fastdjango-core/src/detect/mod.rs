//! What changed between two states: operations, questions, and warnings.
