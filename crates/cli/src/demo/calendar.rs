//! Local days and seconds of the demo's world (China: UTC+8, no summer time), its seasons and
//! campaigns. Days count from 1970-01-01, local seconds from its midnight.

use super::random::Random;

pub(crate) const DAY_SECONDS: i64 = 86_400;
/// Local time is this much ahead of UTC.
pub(crate) const AHEAD_SECONDS: i64 = 8 * 3600;
/// How long the history is.
pub(crate) const HISTORY_DAYS: i32 = 3 * 365;

/// Visits by weekday, Monday first.
const WEEKDAYS: [u32; 7] = [8, 8, 9, 10, 14, 27, 24];
/// Visits by month: quiet at the Spring Festival, strong at 3·8, 6·18 and 11·11.
const MONTHS: [u32; 12] = [90, 60, 115, 100, 110, 125, 105, 100, 95, 100, 135, 120];

/// Year, month and day of a day (Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn civil(day: i32) -> (i32, u32, u32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month.cast_unsigned(), day_of_month.cast_unsigned())
}

/// Months since year 0.
pub(crate) fn month_number(day: i32) -> i32 {
    let (year, month, _) = civil(day);
    year * 12 + month.cast_signed() - 1
}

/// The campaign that a day falls into.
pub(crate) fn campaign(day: i32) -> Option<&'static str> {
    match civil(day) {
        (_, 3, 1..=8) => Some("女神节"),
        (_, 6, 1..=18) => Some("618"),
        (_, 8, 1..=10) => Some("七夕"),
        (_, 11, 1..=11) => Some("双11"),
        (_, 12, 20..=31) => Some("年终盛典"),
        _ => None,
    }
}

/// A day from `low` to `high` on which people come: weekends and seasons weigh.
pub(crate) fn visiting_day(random: &mut Random, low: i32, high: i32) -> i32 {
    let mut day = random.between(low, high);
    for _ in 0..6 {
        let weekday = (day + 3).rem_euclid(7) as usize;
        let month = civil(day).1 as usize - 1;
        if random.below(27 * 135) < WEEKDAYS[weekday] * MONTHS[month] {
            break;
        }
        day = random.between(low, high);
    }
    day
}

/// A second of the day within opening hours, 10 to 20 o'clock, on the half hour.
pub(crate) fn opening_second(random: &mut Random) -> i64 {
    let half_hours = [3, 4, 5, 4, 3, 3, 6, 8, 9, 9, 8, 8, 7, 6, 5, 5, 6, 6, 5, 3];
    10 * 3600 + random.weighted(&half_hours) as i64 * 1800
}

/// A second of the day at which people look at their phones: noon and late evening.
pub(crate) fn online_second(random: &mut Random) -> i64 {
    const HOURS: [u32; 24] = [
        6, 3, 1, 1, 1, 1, 2, 5, 8, 9, 9, 10, 16, 14, 9, 8, 8, 9, 11, 15, 20, 24, 22, 13,
    ];
    random.weighted(&HOURS) as i64 * 3600 + i64::from(random.below(3600))
}

pub(crate) fn local_seconds(day: i32, second: i64) -> i64 {
    i64::from(day) * DAY_SECONDS + second
}

pub(crate) fn day_of(local_seconds: i64) -> i32 {
    local_seconds.div_euclid(DAY_SECONDS) as i32
}

#[cfg(test)]
mod tests {
    use tagma_core::time::print_date;

    use super::*;

    #[test]
    fn civil_days_are_those_of_the_calendar() {
        for day in (-40_000..60_000).step_by(17) {
            let (year, month, day_of_month) = civil(day);
            let text = format!("{year:04}-{month:02}-{day_of_month:02}");
            assert_eq!(text, print_date(day));
        }
    }

    #[test]
    fn weekends_and_campaigns_are_busy() {
        let mut random = Random::new(1, crate::demo::random::Purpose::History, 1);
        let mut weekdays = [0u32; 7];
        for _ in 0..10_000 {
            let day = visiting_day(&mut random, 20_000, 20_364);
            weekdays[(day + 3).rem_euclid(7) as usize] += 1;
        }
        assert!(weekdays[5] > 2 * weekdays[0], "{weekdays:?}");
        assert_eq!(campaign(20_403), Some("双11"));
    }
}
