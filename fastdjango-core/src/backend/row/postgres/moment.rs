//! Days and moments, counted from the first of January 2000.

/// Days since the first of January 2000; the ends of the range are endless.
pub(super) fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".to_owned(),
        i32::MIN => "-infinity".to_owned(),
        days => civil(i64::from(days)),
    }
}

const DAY: i64 = 86_400_000_000;

/// Microseconds since the first of January 2000, in UTC.
pub(super) fn moment(microseconds: i64) -> String {
    match microseconds {
        i64::MAX => "infinity".to_owned(),
        i64::MIN => "-infinity".to_owned(),
        at => format!("{} {}", civil(at.div_euclid(DAY)), clock(at.rem_euclid(DAY))),
    }
}

/// As many digits of a second as it takes, none or six: the form that our own fields write.
pub(super) fn clock(microseconds: i64) -> String {
    let (seconds, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let whole = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { whole } else { format!("{whole}.{fraction:06}") }
}

/// The day of the calendar that is so many days after the first of January 2000.
///
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn civil(days: i64) -> String {
    let days = days + 10_957 + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if (0..=9999).contains(&year) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:+05}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_those_of_the_calendar() {
        assert_eq!(civil(0), "2000-01-01");
        assert_eq!(civil(-10_957), "1970-01-01");
        assert_eq!(civil(8_825), "2024-02-29");
        assert_eq!(civil(-730_486), "-0001-12-31");
        assert_eq!(moment(-1), "1999-12-31 23:59:59.999999");
        assert_eq!(moment(DAY + 3_600_000_000), "2000-01-02 01:00:00");
    }
}
