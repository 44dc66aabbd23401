//! The history: an append-only list of what happened to each migration in one database.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::name::MigrationRef;

/// The history's table.
pub const TABLE: &str = "fastdjango_migrations";

/// The version of the table's layout; a database with a newer one is refused.
pub const LAYOUT: i64 = 1;

/// What happened to a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// Its first step is about to run, outside one transaction.
    Applying,
    /// Its steps ran.
    Applied,
    /// Its first step backwards is about to run, outside one transaction.
    Reverting,
    /// Its steps backwards ran.
    Reverted,
    /// It counts as applied, and nothing ran.
    Faked,
    /// It counts under another name from here on.
    Relabelled,
    /// Its file is another than the one that ran, and the database was found to be as the file says: it stays applied, by this checksum,
    /// since when it was and where it stands in the order.
    Repaired,
    /// Everything that it replaces was applied, so it counts as applied.
    Replaced,
}

impl Event {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Applying, "applying"),
        (Self::Applied, "applied"),
        (Self::Reverting, "reverting"),
        (Self::Reverted, "reverted"),
        (Self::Faked, "faked"),
        (Self::Relabelled, "relabelled"),
        (Self::Repaired, "repaired"),
        (Self::Replaced, "replaced"),
    ];

    /// The word in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(event, _)| *event == self).map_or("", |(_, word)| *word)
    }

    /// True where a migration whose last event this is began and did not end.
    #[must_use]
    pub const fn is_in_the_middle(self) -> bool {
        matches!(self, Self::Applying | Self::Reverting)
    }

    /// True where a migration whose last event this is counts as applied.
    #[must_use]
    pub const fn is_applied(self) -> bool {
        match self {
            Self::Applied | Self::Faked | Self::Repaired | Self::Replaced => true,
            Self::Applying | Self::Reverting | Self::Reverted | Self::Relabelled => false,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word in the table that no version of ours writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEvent(String);

impl fmt::Display for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown event `{}`", self.0)
    }
}

impl std::error::Error for UnknownEvent {}

impl FromStr for Event {
    type Err = UnknownEvent;

    fn from_str(word: &str) -> Result<Self, UnknownEvent> {
        let known = Self::ALL.iter().find(|(_, known)| *known == word);
        known.map(|(event, _)| *event).ok_or_else(|| UnknownEvent(word.to_owned()))
    }
}

/// A row of the history, before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The migration.
    pub migration: MigrationRef,
    /// What happened.
    pub event: Event,
    /// The hash of its operations.
    pub checksum: String,
    /// The hash of the SQL that ran; empty where none did.
    pub text_hash: String,
    /// Anything that a person should know later; empty for nothing.
    pub note: String,
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The row's number: the order in which things happened.
    pub id: i64,
    /// The migration.
    pub migration: MigrationRef,
    /// The number of this event of the migration, from 1.
    pub seq: i64,
    /// What happened.
    pub event: Event,
    /// The hash of its operations.
    pub checksum: String,
    /// The hash of the SQL that ran; empty where none did.
    pub text_hash: String,
    /// Which run of ours wrote it.
    pub run_id: String,
    /// Which version of ours wrote it.
    pub tool_version: String,
    /// When, in UTC by the database's clock: `2024-01-31 12:00:00.000`.
    pub at: String,
    /// Anything that a person should know; empty for nothing.
    pub note: String,
}

/// What the history says of a migration that counts as applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The hash of its operations, as they were then.
    pub checksum: String,
    /// The hash of the SQL that ran; empty where none did.
    pub text_hash: String,
    /// How it came to count as applied.
    pub event: Event,
    /// When, in UTC by the database's clock.
    pub at: String,
    /// By which version of ours.
    pub tool_version: String,
    /// Its place in the history: of two migrations the one with the higher number was applied later.
    pub order: i64,
    /// Anything that a person should know; empty for nothing.
    pub note: String,
}

/// Everything that happened in one database, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The rows, oldest first.
    pub events: Vec<Entry>,
}

impl History {
    /// The last event of every migration that has one.
    #[must_use]
    pub fn last(&self) -> BTreeMap<MigrationRef, &Entry> {
        self.events.iter().map(|entry| (entry.migration.clone(), entry)).collect()
    }

    /// The history as if these were recorded now.
    #[must_use]
    pub fn after(&self, records: &[Record]) -> Cow<'_, Self> {
        if records.is_empty() {
            return Cow::Borrowed(self);
        }
        let at = self.events.last().map(|last| last.at.clone()).unwrap_or_default();
        let mut then = self.clone();
        for record in records {
            then.pretend(record.clone(), &at);
        }
        Cow::Owned(then)
    }

    /// The event as if it stood at the end, for who only reads; `at` is when it would have happened.
    pub fn pretend(&mut self, record: Record, at: &str) {
        let id = self.events.last().map_or(0, |last| last.id) + 1;
        let seq = self.next_seq(&record.migration);
        self.events.push(Entry {
            id,
            migration: record.migration,
            seq,
            event: record.event,
            checksum: record.checksum,
            text_hash: record.text_hash,
            run_id: String::new(),
            tool_version: String::new(),
            at: at.to_owned(),
            note: record.note,
        });
    }

    /// The migrations that count as applied, by name.
    #[must_use]
    pub fn applied(&self) -> BTreeMap<MigrationRef, Applied> {
        let mut applied = BTreeMap::new();
        for entry in &self.events {
            // What was repaired was applied when it was, by who did it.
            match applied.get_mut(&entry.migration) {
                Some(before) if entry.event == Event::Repaired => Applied::repair(before, entry),
                _ if entry.event.is_applied() => {
                    applied.insert(entry.migration.clone(), Applied::from(entry));
                }
                _ => {
                    applied.remove(&entry.migration);
                }
            }
        }
        applied
    }

    /// The migrations that count as applied, the one applied first first.
    #[must_use]
    pub fn applied_in_order(&self) -> Vec<(MigrationRef, Applied)> {
        let mut applied: Vec<_> = self.applied().into_iter().collect();
        applied.sort_by_key(|(_, applied)| applied.order);
        applied
    }

    /// True where the migration counts as applied.
    #[must_use]
    pub fn is_applied(&self, migration: &MigrationRef) -> bool {
        self.last_of(migration).is_some_and(|entry| entry.event.is_applied())
    }

    /// The last event of a migration.
    #[must_use]
    pub fn last_of(&self, migration: &MigrationRef) -> Option<&Entry> {
        self.events.iter().rev().find(|entry| entry.migration == *migration)
    }

    /// The number that the next event of a migration gets.
    #[must_use]
    pub fn next_seq(&self, migration: &MigrationRef) -> i64 {
        self.last_of(migration).map_or(1, |entry| entry.seq + 1)
    }
}

impl From<&Entry> for Applied {
    fn from(entry: &Entry) -> Self {
        Self {
            checksum: entry.checksum.clone(),
            text_hash: entry.text_hash.clone(),
            event: entry.event,
            at: entry.at.clone(),
            tool_version: entry.tool_version.clone(),
            order: entry.id,
            note: entry.note.clone(),
        }
    }
}

impl Applied {
    /// Another file counts from here on; how it came to count, when, and after what, stays as it was.
    fn repair(&mut self, entry: &Entry) {
        self.checksum.clone_from(&entry.checksum);
        self.note.clone_from(&entry.note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64, name: &str, seq: i64, event: Event) -> Entry {
        Entry {
            id,
            migration: MigrationRef::new("blog", name),
            seq,
            event,
            checksum: format!("c{id}"),
            text_hash: String::new(),
            run_id: String::new(),
            tool_version: String::new(),
            at: String::new(),
            note: String::new(),
        }
    }

    #[test]
    fn the_last_event_decides() {
        let events = vec![
            entry(1, "0002_b", 1, Event::Applied),
            entry(2, "0001_a", 1, Event::Faked),
            entry(3, "0003_c", 1, Event::Applied),
            entry(4, "0003_c", 2, Event::Reverted),
        ];
        let history = History { events };
        let order: Vec<String> = history.applied_in_order().iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(order, ["blog.0002_b", "blog.0001_a"]);
        assert_eq!(history.next_seq(&MigrationRef::new("blog", "0003_c")), 3);
        assert_eq!(history.next_seq(&MigrationRef::new("blog", "0004_d")), 1);
    }

    #[test]
    fn only_some_events_count_as_applied() {
        for (event, _) in Event::ALL {
            let history = History { events: vec![entry(1, "0001_a", 1, Event::Applied), entry(2, "0001_a", 2, event)] };
            let counts = [Event::Applied, Event::Faked, Event::Repaired, Event::Replaced].contains(&event);
            assert_eq!(history.is_applied(&MigrationRef::new("blog", "0001_a")), counts, "{event}");
            assert_eq!(history.applied().len(), usize::from(counts), "{event}");
        }
    }

    #[test]
    fn what_was_repaired_keeps_its_place_and_its_time() {
        let mut events = vec![
            entry(1, "0001_a", 1, Event::Applied),
            entry(2, "0002_b", 1, Event::Applied),
            entry(3, "0001_a", 2, Event::Repaired),
        ];
        events[0].at = "then".to_owned();
        let history = History { events };
        let order: Vec<String> = history.applied_in_order().iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(order, ["blog.0001_a", "blog.0002_b"]);
        let repaired = &history.applied()[&MigrationRef::new("blog", "0001_a")];
        assert_eq!((repaired.at.as_str(), repaired.checksum.as_str()), ("then", "c3"));
    }

    #[test]
    fn every_event_reads_back() {
        for (event, word) in Event::ALL {
            assert_eq!(word.parse(), Ok(event));
            assert_eq!(event.as_str(), word);
        }
    }
}
