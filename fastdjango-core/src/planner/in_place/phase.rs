//! When a step runs.

use crate::dialect::Capabilities;

/// When a step runs, where one order holds for all tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// What a table needs that is no table.
    Ahead,
    /// What must be true of the rows, where nothing can be undone.
    Verifications,
    /// Types of the project's own, and their texts; nothing that is there stands in their way.
    TypesCome,
    /// Order matters: a table that is referred to cannot be dropped, nor the key that a foreign key leans on.
    ForeignKeysGo,
    /// Order matters: tables that go free their names.
    TablesGo,
    /// Order matters: what goes to another schema goes under a name that is free there.
    Away,
    /// Order matters: what a rename would not reach goes under the names of before.
    BeforeRenames,
    /// Order matters: from here on everything has its final name.
    Renames,
    /// Order matters: an index goes before the columns that it is over change.
    IndexesGo,
    /// Order matters: so does a constraint.
    ConstraintsGo,
    /// And the primary key.
    KeyGoes,
    /// New tables, so that new columns can refer to them.
    Tables,
    /// What must be true of the rows, table by table.
    Counts,
    /// Values that rows get while their columns are what they were.
    Values,
    /// Columns, table by table.
    Columns,
    /// Values that rows need before their column can be part of the key.
    KeyValues,
    /// Values that rows get when their columns are what they shall be.
    NewValues,
    /// Order matters: a key is there before a foreign key refers to it.
    KeyComes,
    /// The same.
    Constraints,
    /// The same.
    Indexes,
    /// Order matters: both sides are final.
    ForeignKeys,
    /// Order matters: no column has the type by then.
    TypesGo,
    /// Words.
    Comments,
    /// Order matters: what no transaction may hold comes after all that one can.
    Apart,
}

/// The place of a step: its stage, the table's turn in it, and its place within that.
type Place = (u8, usize, u8);

impl Phase {
    /// Where one set of names is shared, no table can take a name before every other has let go of its own.
    pub(super) const fn place(self, turn: usize, facts: &Capabilities) -> Place {
        if facts.shared_index_names { (self.rank(), 0, 0) } else { self.by_table(turn) }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Ahead | Self::Verifications | Self::TypesCome => 0,
            Self::ForeignKeysGo => 1,
            Self::TablesGo => 2,
            Self::Away => 3,
            Self::BeforeRenames => 4,
            Self::Renames => 5,
            Self::IndexesGo => 6,
            Self::ConstraintsGo | Self::KeyGoes => 7,
            Self::Tables => 8,
            Self::Counts | Self::Values | Self::Columns | Self::KeyValues | Self::NewValues => 9,
            Self::KeyComes | Self::Constraints => 10,
            Self::Indexes => 11,
            Self::ForeignKeys => 12,
            Self::TypesGo | Self::Comments => 13,
            Self::Apart => 14,
        }
    }

    /// Checks and unique constraints stand in the way of values, and wait for them; what is between can be one statement, so
    /// that at no time an automatic number has no key or a foreign key no index.
    const fn by_table(self, turn: usize) -> Place {
        match self {
            Self::Ahead | Self::Verifications | Self::TypesCome => (0, 0, 0),
            Self::ForeignKeysGo => (1, 0, 0),
            Self::TablesGo => (2, 0, 0),
            Self::Away | Self::BeforeRenames => (3, 0, 0),
            Self::Renames => (4, 0, 0),
            Self::Tables => (5, 0, 0),
            Self::Counts => (6, turn, 0),
            Self::ConstraintsGo => (6, turn, 1),
            Self::Values => (6, turn, 2),
            Self::IndexesGo => (6, turn, 3),
            Self::KeyGoes => (6, turn, 4),
            Self::Columns => (6, turn, 5),
            Self::KeyValues => (6, turn, 6),
            Self::KeyComes => (6, turn, 7),
            Self::Indexes => (6, turn, 8),
            Self::NewValues => (6, turn, 9),
            Self::Constraints => (6, turn, 10),
            Self::Comments => (6, turn, 11),
            Self::ForeignKeys | Self::TypesGo => (7, 0, 0),
            Self::Apart => (8, 0, 0),
        }
    }
}
