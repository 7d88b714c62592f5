//! Times of day in the reader's zone.

use crate::time::{Timestamp, Zone};

/// `02:10` in the reader's zone.
pub(crate) fn time_of_day(at: Timestamp, zone: &Zone) -> String {
    let seconds = local(at, zone).rem_euclid(86_400);
    format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

/// `02:10`, or `24 Nov 02:10` when `now` is another day.
pub(crate) fn day_and_time(at: Timestamp, now: Timestamp, zone: &Zone) -> String {
    let (day, today) = (local(at, zone).div_euclid(86_400), local(now, zone).div_euclid(86_400));
    let time = time_of_day(at, zone);
    if day == today { time } else { format!("{} {time}", date(day)) }
}

fn local(at: Timestamp, zone: &Zone) -> i64 {
    let current = zone.offsets.iter().rev().find(|(from, _)| *from <= at).or(zone.offsets.first());
    at.secs().saturating_add(current.map_or(0, |(_, offset)| i64::from(*offset)))
}

/// `24 Nov` of a count of days since 1970.
fn date(days: i64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, month, day) = civil(days);
    let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month));
    format!("{day} {}", name.unwrap_or(&"?"))
}

/// `2026-11-24T07:50:00Z`: for files and logs, where no reader's zone is known.
pub(crate) fn iso(at: Timestamp) -> String {
    let (year, month, day) = civil(at.secs().div_euclid(86_400));
    let seconds = at.secs().rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Year, month and day of a count of days since 1970, in the Gregorian calendar. Years are counted from March, so that
/// the leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_the_zone_across_a_change_of_offset() {
        let autumn = Timestamp::from_secs(1_792_890_000); // 2026-10-25T01:00:00Z, the end of summer time in Europe
        let zone = Zone { offsets: vec![(Timestamp(0), 7200), (autumn, 3600)] };
        assert_eq!(time_of_day(Timestamp(autumn.0 - 1000), &zone), "02:59");
        assert_eq!(time_of_day(autumn, &zone), "02:00");
        assert_eq!(time_of_day(autumn, &Zone::default()), "01:00");
    }

    #[test]
    fn another_day_is_named() {
        let now = Timestamp::from_secs(1_795_506_600); // 2026-11-24T07:50:00Z
        assert_eq!(day_and_time(now, now, &Zone::default()), "07:50");
        assert_eq!(day_and_time(Timestamp(now.0 - 86_400_000), now, &Zone::default()), "23 Nov 07:50");
        assert_eq!(day_and_time(Timestamp::from_secs(1_709_164_800), now, &Zone::default()), "29 Feb 00:00");
        assert_eq!(iso(now), "2026-11-24T07:50:00Z");
        assert_eq!(iso(Timestamp(i64::MIN)).len(), "-292275055-05-16T16:47:04Z".len());
    }
}
