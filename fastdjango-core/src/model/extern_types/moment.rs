//! Dates and times as the text of a column: one form, whichever crate's type stands in the model.
//!
//! So a field can change from one crate's type to another's, and not a row is written anew.

use std::fmt;

/// A day of the Gregorian calendar; the year 0 is the one before 1.
#[derive(Clone, Copy)]
pub(super) struct CivilDate {
    pub(super) year: i32,
    pub(super) month: u32,
    pub(super) day: u32,
}

/// A time of the day; the second 60 is a leap second.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) nanosecond: u32,
}

/// A day, a time, and how many seconds the clock is ahead of UTC.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) day: CivilDate,
    pub(super) clock: Clock,
    pub(super) ahead: i32,
}

/// Texts compare as days do, from the year 0 to 9999; others bear a sign.
impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        match year {
            0..=9999 => write!(f, "{year:04}-{month:02}-{day:02}"),
            _ => write!(f, "{year:+05}-{month:02}-{day:02}"),
        }
    }
}

/// As many digits of a second as it takes, none, six or nine: one text for one time, and texts compare as times do.
impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hour, minute, second, nanosecond } = self;
        write!(f, "{hour:02}:{minute:02}:{second:02}")?;
        match nanosecond {
            0 => Ok(()),
            _ if nanosecond % 1_000 == 0 => write!(f, ".{:06}", nanosecond / 1_000),
            _ => write!(f, ".{nanosecond:09}"),
        }
    }
}

/// With a space, as `CURRENT_TIMESTAMP` writes it: a `T` would sort after every one of those. UTC is not mentioned.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day, self.clock)?;
        if self.ahead == 0 {
            return Ok(());
        }
        let (sign, ahead) = (if self.ahead < 0 { '-' } else { '+' }, self.ahead.unsigned_abs());
        write!(f, "{sign}{:02}:{:02}", ahead / 3_600, ahead / 60 % 60)?;
        if ahead % 60 == 0 { Ok(()) } else { write!(f, ":{:02}", ahead % 60) }
    }
}

impl CivilDate {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.split_at_checked(1)? {
            ("-", digits) => (-1, digits),
            ("+", digits) => (1, digits),
            _ => (1, text),
        };
        let mut parts = digits.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || year.len() < 4 {
            return None;
        }
        Some(Self {
            year: sign * i32::try_from(number(year, 6)?).ok()?,
            month: number(month, 2)?,
            day: number(day, 2)?,
        })
    }
}

impl Clock {
    /// Seconds may be missing, as in what `SQLite`'s own functions read: <https://www.sqlite.org/lang_datefunc.html>.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let mut parts = whole.split(':');
        let (hour, minute) = (parts.next()?, parts.next()?);
        let second = parts.next();
        if parts.next().is_some() || second.is_none() && text.contains('.') {
            return None;
        }
        Some(Self {
            hour: number(hour, 2)?,
            minute: number(minute, 2)?,
            second: number(second.unwrap_or("0"), 2)?,
            nanosecond: nanosecond(fraction)?,
        })
    }
}

impl Moment {
    /// A timestamp that says nothing of a zone.
    pub(super) fn parse_local(text: &str) -> Option<Self> {
        let (day, clock) = text.split_once([' ', 'T'])?;
        Some(Self { day: CivilDate::parse(day)?, clock: Clock::parse(clock)?, ahead: 0 })
    }

    /// A timestamp of a zone; text without one is UTC, which is what we write.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (day, rest) = text.split_once([' ', 'T'])?;
        let (clock, zone) = rest.split_at(rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len()));
        Some(Self { day: CivilDate::parse(day)?, clock: Clock::parse(clock.trim_end())?, ahead: ahead(zone)? })
    }
}

/// `+02:00`, `+0200`, `+02`, `Z`, or nothing.
fn ahead(zone: &str) -> Option<i32> {
    let (sign, offset) = match zone.split_at_checked(1) {
        None | Some(("Z" | "z", "")) => return Some(0),
        Some(("-", offset)) => (-1, offset),
        Some((_, offset)) => (1, offset),
    };
    let digits: String = offset.split(':').collect();
    let part = |i: usize| digits.get(2 * i..2 * i + 2).map_or(Some(0), |part| number(part, 2));
    if !matches!(digits.len(), 2 | 4 | 6) || offset.split(':').any(|part| part.len() % 2 == 1) {
        return None;
    }
    Some(sign * i32::try_from(part(0)? * 3_600 + part(1)? * 60 + part(2)?).ok()?)
}

/// Digits beyond the ninth are read where they are zeros: anything else would be lost.
fn nanosecond(fraction: &str) -> Option<u32> {
    let (kept, rest) = fraction.split_at_checked(9).unwrap_or((fraction, ""));
    let scale = 10_u32.pow(u32::try_from(9 - kept.len()).ok()?);
    rest.bytes().all(|digit| digit == b'0').then_some(number(kept, 9)? * scale)
}

/// Up to `most` digits, and nothing else.
fn number(text: &str, most: usize) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}
