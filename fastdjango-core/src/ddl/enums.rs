//! Changes of a native enum.

/// A change of a type that holds one of a few texts; the planner makes them only for a dialect that has such types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnumChange {
    /// A new type.
    Create {
        /// The type.
        name: String,
        /// The texts, in their order.
        values: Vec<String>,
    },
    /// A type goes.
    Drop {
        /// The type.
        name: String,
    },
    /// A type under a new name; columns keep it.
    Rename {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A text under a new name; rows and defaults keep it.
    RenameValue {
        /// The type.
        name: String,
        /// The old text.
        from: String,
        /// The new text.
        to: String,
    },
    /// A new text, which the same transaction cannot use.
    AddValue {
        /// The type.
        name: String,
        /// The text.
        value: String,
        /// The text that it comes before; last, where there is none.
        before: Option<String>,
    },
}
