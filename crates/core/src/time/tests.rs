//! Texts, zones and calendars at their edges.

use super::*;
use crate::segment::{DateUnit, Interval};

fn at(text: &str) -> i64 {
    match parse_timestamp(text).expect("a timestamp") {
        TimestampText::Instant(micros) | TimestampText::Local(micros) => micros,
    }
}

fn named(name: &str) -> Zone {
    zone(name).expect("a zone")
}

#[test]
fn the_bounds_are_years_1_and_9999() {
    assert_eq!(parse_date("0001-01-01"), Ok(DATE_MIN));
    assert_eq!(parse_date("9999-12-31"), Ok(DATE_MAX));
    assert_eq!(print_date(DATE_MIN), "0001-01-01");
    assert_eq!(parse_date("0000-12-31"), Err(TimeError::OutOfRange));
    assert_eq!(
        print_timestamp(TIMESTAMP_MAX),
        "9999-12-31T23:59:59.999999Z"
    );
    assert_eq!(
        parse_timestamp("9999-12-31T23:59:59-01:00"),
        Err(TimeError::OutOfRange)
    );
    for days in [i32::MIN, i32::MAX] {
        assert!(check_date(days).is_err());
        assert!(!print_date(days).is_empty());
    }
    for micros in [i64::MIN, i64::MAX] {
        assert!(utc_to_local(micros, Zone::UTC).is_err());
        assert!(!print_timestamp(micros).is_empty());
    }
}

#[test]
fn timestamps_say_whether_they_have_an_offset() {
    use TimestampText::{Instant, Local};
    let noon = 43_200_000_000;
    for (text, expected) in [
        ("1970-01-01", Local(0)),
        ("1970-01-01 12:00", Local(noon)),
        ("1970-01-01T12:00:00", Local(noon)),
        ("1970-01-01t12:00:00.5", Local(noon + 500_000)),
        ("1970-01-01T12:00:00.123456789", Local(noon + 123_456)),
        ("1970-01-01T12:00:00Z", Instant(noon)),
        (
            "1970-01-01 12:00:00 +08:00",
            Instant(noon - 8 * 3_600_000_000),
        ),
        ("1970-01-01 12:00+0530", Instant(noon - 19_800_000_000)),
        ("1970-01-01T12:00:00-03", Instant(noon + 3 * 3_600_000_000)),
    ] {
        assert_eq!(parse_timestamp(text), Ok(expected), "{text}");
    }
    for bad in [
        "",
        "1970-1-1",
        "1970-02-30",
        "1970-01-01T",
        "1970-01-01 24:00",
        "1970-01-01 12:60",
        "1970-01-01 12:00:60",
        "1970-01-01 12:00:00.",
        "1970-01-01 12:00:00.1234567890",
        "1970-01-01 12:00 8",
        "1970-01-01 12:00+08:0",
        "1970-01-01T12:00:00Zx",
        "１９７０-01-01",
    ] {
        assert!(
            matches!(parse_timestamp(bad), Err(TimeError::Timestamp { .. })),
            "{bad}"
        );
    }
}

#[test]
fn printed_times_read_back() {
    for micros in [TIMESTAMP_MIN, -1, 0, 1, 1_500_000, TIMESTAMP_MAX] {
        let utc = parse_timestamp(&print_timestamp(micros));
        assert_eq!(utc, Ok(TimestampText::Instant(micros)));
        let local = parse_timestamp(&print_local_timestamp(micros));
        assert_eq!(local, Ok(TimestampText::Local(micros)));
    }
}

#[test]
fn unknown_zones_name_the_nearest() {
    let error = zone("Asia/Shangai").expect_err("unknown");
    assert!(
        error.to_string().contains("did you mean `Asia/Shanghai`?"),
        "{error}"
    );
    assert_eq!(zone("UTC").map(Zone::name), Ok("UTC"));
}

#[test]
fn skipped_times_move_forward_and_repeated_ones_are_the_earlier() {
    let york = named("America/New_York");
    // 2024-03-10 02:00 to 03:00 does not exist.
    let skipped = local_to_utc(at("2024-03-10 02:30"), york).expect("inside");
    assert_eq!(print_timestamp(skipped), "2024-03-10T07:30:00Z");
    assert_eq!(utc_to_local(skipped, york), Ok(at("2024-03-10 03:30")));
    // 2024-11-03 01:30 exists twice.
    let twice = local_to_utc(at("2024-11-03 01:30"), york).expect("inside");
    assert_eq!(print_timestamp(twice), "2024-11-03T05:30:00Z");
    // In São Paulo 2018-11-04 begins at 01:00.
    let day = parse_date("2018-11-04").expect("a day");
    let start = local_midnight(day, named("America/Sao_Paulo")).expect("inside");
    assert_eq!(print_timestamp(start), "2018-11-04T03:00:00Z");
    // Samoa had no 2011-12-30.
    let day = parse_date("2011-12-30").expect("a day");
    let start = local_midnight(day, named("Pacific/Apia")).expect("inside");
    assert_eq!(print_timestamp(start), "2011-12-30T10:00:00Z");
}

#[test]
fn shifts_clamp_months_keep_local_days_and_count_hours_exactly() {
    let york = named("America/New_York");
    let step = |months, days, micros| Interval {
        months,
        days,
        micros,
    };
    let moved = |text: &str, by| print_timestamp(shift(at(text), by, york).expect("inside"));
    // A local day over the lost hour has 23 hours, 24 hours are 24 hours.
    let eve = "2024-03-09T12:00:00-05:00";
    assert_eq!(moved(eve, step(0, 1, 0)), "2024-03-10T16:00:00Z");
    assert_eq!(
        moved(eve, step(0, 0, MICROS_PER_DAY)),
        "2024-03-10T17:00:00Z"
    );
    assert_eq!(
        moved("2024-01-31T12:00:00-05:00", step(1, 0, 0)),
        "2024-02-29T17:00:00Z"
    );
    assert_eq!(
        moved("2024-01-31T12:00:00-05:00", step(1, 1, 0)),
        "2024-03-01T17:00:00Z"
    );
    assert_eq!(
        shift_date(parse_date("2023-03-31").expect("a day"), -1, 0)
            .map(print_date)
            .as_deref(),
        Ok("2023-02-28")
    );
    assert_eq!(shift_date(DATE_MAX, 0, 1), Err(TimeError::OutOfRange));
    assert_eq!(
        shift_date(0, i32::MAX, i32::MAX),
        Err(TimeError::OutOfRange)
    );
    assert_eq!(
        shift_date(0, i32::MIN, i32::MIN),
        Err(TimeError::OutOfRange)
    );
    let far = step(i32::MAX, i32::MIN, i64::MAX);
    assert_eq!(shift(0, far, york), Err(TimeError::OutOfRange));
    assert_eq!(
        shift(0, step(0, 0, i64::MIN), york),
        Err(TimeError::OutOfRange)
    );
}

#[test]
fn truncation_goes_to_the_start_of_the_local_unit() {
    let kolkata = named("Asia/Kolkata");
    let cut = |unit, zone| {
        let start = date_trunc_timestamp(unit, at("2024-05-16T20:45:30Z"), zone);
        print_timestamp(start.expect("inside"))
    };
    // Local time is 2024-05-17 02:15:30, a Friday.
    assert_eq!(cut(DateUnit::Year, kolkata), "2023-12-31T18:30:00Z");
    assert_eq!(cut(DateUnit::Quarter, kolkata), "2024-03-31T18:30:00Z");
    assert_eq!(cut(DateUnit::Month, kolkata), "2024-04-30T18:30:00Z");
    assert_eq!(cut(DateUnit::Week, kolkata), "2024-05-12T18:30:00Z");
    assert_eq!(cut(DateUnit::Day, kolkata), "2024-05-16T18:30:00Z");
    assert_eq!(cut(DateUnit::Hour, kolkata), "2024-05-16T20:30:00Z");
    assert_eq!(cut(DateUnit::Minute, kolkata), "2024-05-16T20:45:00Z");
    // The second 01:30 keeps its own hour.
    let york = named("America/New_York");
    let start = date_trunc_timestamp(DateUnit::Hour, at("2024-11-03T06:30:00Z"), york);
    assert_eq!(
        start.map(print_timestamp).as_deref(),
        Ok("2024-11-03T06:00:00Z")
    );
    assert_eq!(
        date_trunc_date(DateUnit::Week, 0)
            .map(print_date)
            .as_deref(),
        Ok("1969-12-29")
    );
}

#[test]
fn days_are_counted_on_the_local_calendar() {
    let shanghai = named("Asia/Shanghai");
    let (late, early) = (at("2024-05-16T15:59:59Z"), at("2024-05-16T16:00:00Z"));
    assert_eq!(days_between(late, early, shanghai), Ok(1));
    assert_eq!(days_between(early, late, shanghai), Ok(-1));
    assert_eq!(days_between(late, early, Zone::UTC), Ok(0));
}

#[test]
fn nothing_panics_at_the_edges_of_any_zone() {
    let interesting = [
        TIMESTAMP_MIN,
        TIMESTAMP_MAX,
        TIMESTAMP_MIN + 1,
        0,
        i64::MIN,
        i64::MAX,
    ];
    for tz in chrono_tz::TZ_VARIANTS {
        let zone = zone(tz.name()).expect("known");
        for micros in interesting {
            let _ = (utc_to_local(micros, zone), local_to_utc(micros, zone));
            let _ = (
                days_between(micros, 0, zone),
                local_midnight(DATE_MIN, zone),
            );
            let _ = date_trunc_timestamp(DateUnit::Week, micros, zone);
        }
    }
}
