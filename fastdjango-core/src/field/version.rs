//! Versions of databases, and those that SQL is rendered for.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Engine;

/// A version of a database: `15`, `3.40` or `8.0.17`.
///
/// One that says less is older than one that says more: every server of `15` is new enough for `15`, and so is `15.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number, where it is said.
    pub minor: Option<u32>,
    /// The third number, where it is said.
    pub patch: Option<u32>,
}

impl Version {
    /// A first number alone.
    #[must_use]
    pub const fn major(major: u32) -> Self {
        Self { major, minor: None, patch: None }
    }

    /// Two numbers.
    #[must_use]
    pub const fn minor(major: u32, minor: u32) -> Self {
        Self { major, minor: Some(minor), patch: None }
    }

    /// Three numbers.
    #[must_use]
    pub const fn patch(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor: Some(minor), patch: Some(patch) }
    }

    /// True for the release and every newer one.
    #[must_use]
    pub const fn has(self, major: u32, minor: u32) -> bool {
        let own = match self.minor {
            Some(minor) => minor,
            None => 0,
        };
        self.major > major || self.major == major && own >= minor
    }

    /// The version that a server says it has, which may go on in words: `10.11.19-MariaDB-0+deb12u1`.
    #[must_use]
    pub fn of_server(text: &str) -> Option<Self> {
        let digits = |part: &str| part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut numbers = Vec::new();
        for part in text.split('.').take(3) {
            let end = digits(part);
            numbers.push(&part[..end]);
            if end < part.len() {
                break;
            }
        }
        Self::of_numbers(numbers.into_iter().take_while(|number| !number.is_empty()))
    }

    /// The version that is written in settings; nothing but numbers and points.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() > 3 || !parts.iter().all(is_number) {
            return None;
        }
        Self::of_numbers(parts.into_iter())
    }

    fn of_numbers<'a>(numbers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let numbers: Vec<u32> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
        let &major = numbers.first()?;
        Some(Self { major, minor: numbers.get(1).copied(), patch: numbers.get(2).copied() })
    }

    /// True for `8` and `8.0` of `8.0.17`.
    fn begins(self, other: Self) -> bool {
        let says = |own: Option<u32>, other: Option<u32>| own.is_none() || own == other;
        self.major == other.major && says(self.minor, other.minor) && says(self.patch, other.patch)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.major)?;
        for number in self.minor.into_iter().chain(self.patch) {
            write!(f, ".{number}")?;
        }
        Ok(())
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The versions of an engine that SQL is rendered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Targets {
    /// The oldest.
    pub oldest: Version,
    /// The one that is meant where nobody says another.
    pub default: Version,
    /// The first number of the newest one that is known; a newer server runs what was rendered for it too.
    pub newest: u32,
}

impl Engine {
    /// The versions that SQL is rendered for.
    ///
    /// - `SQLite` 3.38 is the first whose JSON functions are always there, which conversions ask:
    ///   <https://www.sqlite.org/json1.html#compiling_in_json_support>. It has had `DROP COLUMN` since 3.35, and
    ///   `pragma_table_list`, by which the migrator reads tables, since 3.37: <https://www.sqlite.org/changes.html>.
    /// - `PostgreSQL` 12 is the first with generated columns: <https://www.postgresql.org/docs/12/release-12.html>.
    /// - `MySQL` 8.0.17 is the first with a collation that compares texts as they are; checks came with 8.0.16:
    ///   <https://dev.mysql.com/doc/relnotes/mysql/8.0/en/news-8-0-17.html>.
    /// - `MariaDB` 10.6 is the oldest long-term release with all that is written but what the facts say:
    ///   `RENAME COLUMN` came with 10.5.2, <https://mariadb.com/kb/en/alter-table/#rename-column>.
    #[must_use]
    pub const fn targets(self) -> Targets {
        match self {
            Self::Sqlite => Targets { oldest: Version::minor(3, 38), default: Version::minor(3, 40), newest: 3 },
            Self::Postgres => Targets { oldest: Version::major(12), default: Version::major(15), newest: 18 },
            Self::Mysql => Targets { oldest: Version::patch(8, 0, 17), default: Version::patch(8, 0, 17), newest: 9 },
            Self::Mariadb => Targets { oldest: Version::minor(10, 6), default: Version::minor(10, 11), newest: 11 },
        }
    }

    /// The target that a text names, or why it is none.
    ///
    /// What says less than the oldest means the oldest: `8.0` of `MySQL` is 8.0.17.
    pub fn target(self, text: &str) -> Result<Version, UnknownTarget> {
        let Targets { oldest, newest, .. } = self.targets();
        let version = Version::parse(text).ok_or(UnknownTarget::NoVersion)?;
        match version {
            _ if version.begins(oldest) => Ok(version.max(oldest)),
            _ if version < oldest => Err(UnknownTarget::Older(oldest)),
            _ if version.major > newest => Err(UnknownTarget::Newer(newest)),
            _ => Ok(version),
        }
    }
}

/// Why a text names no version that SQL is rendered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownTarget {
    /// It is no version.
    NoVersion,
    /// It is older than the oldest, which this is.
    Older(Version),
    /// It is newer than all that are known; the first number of the newest.
    Newer(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_number_by_number() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("3.9") < version("3.40"));
        assert!(version("15") < version("15.3") && version("15.3") < version("16"));
        assert!(version("8.0.17") < version("8.0.30") && version("8.0.30") < version("8.4"));
        assert_eq!(version("8.0.17").to_string(), "8.0.17");
        for wrong in ["", "x", "3.x", "3.", "1.2.3.4", "-1", "99999999999"] {
            assert_eq!(Version::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_a_server_adds_to_its_version_is_left_out() {
        let version = |text| Version::of_server(text).map(|version| version.to_string());
        assert_eq!(version("10.11.19-MariaDB-0+deb12u1").as_deref(), Some("10.11.19"));
        assert_eq!(version("18beta1").as_deref(), Some("18"));
        assert_eq!(version("9.7.4-2").as_deref(), Some("9.7.4"));
        assert_eq!(version("unknown"), None);
    }

    #[test]
    fn what_says_less_than_the_oldest_is_the_oldest() {
        let target = |engine: Engine, text| engine.target(text).map(|version| version.to_string());
        for short in ["8", "8.0", "8.0.17"] {
            assert_eq!(target(Engine::Mysql, short).as_deref(), Ok("8.0.17"));
        }
        assert_eq!(target(Engine::Mysql, "8.0.16"), Err(UnknownTarget::Older(Version::patch(8, 0, 17))));
        assert_eq!(target(Engine::Mysql, "8.4").as_deref(), Ok("8.4"));
        assert_eq!(target(Engine::Mariadb, "10").as_deref(), Ok("10.6"));
        assert_eq!(target(Engine::Mariadb, "12.1"), Err(UnknownTarget::Newer(11)));
        assert_eq!(target(Engine::Postgres, "9.6"), Err(UnknownTarget::Older(Version::major(12))));
        assert_eq!(target(Engine::Sqlite, "3.x"), Err(UnknownTarget::NoVersion));
        for engine in Engine::ALL {
            let Targets { oldest, default, newest } = engine.targets();
            assert_eq!(engine.target(&default.to_string()), Ok(default));
            assert!(oldest <= default && default.major <= newest);
        }
    }
}
