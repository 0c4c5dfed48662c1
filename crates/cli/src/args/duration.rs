//! Lengths of time as flags: `500ms`, `30s`, `2m`, `1h`.

use std::time::Duration;

/// Reads a whole number with a unit.
///
/// # Errors
/// A sentence about what is wrong.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a whole number and its unit: 500ms, 30s, 2m, 1h".to_owned()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "the number is missing".to_owned())?;
    match number.checked_mul(milliseconds) {
        None | Some(0) => Err("the time must be longer than 0, and not absurd".to_owned()),
        Some(total) => Ok(Duration::from_millis(total)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_everything_else_is_refused() {
        for (text, milliseconds) in [("500ms", 500), ("30s", 30_000), ("2m", 120_000)] {
            let expected = Duration::from_millis(milliseconds);
            assert_eq!(parse_duration(text), Ok(expected), "{text}");
        }
        for bad in [
            "30",
            "s",
            "-1s",
            "0s",
            "1.5s",
            "1d",
            "99999999999999999999s",
            "",
        ] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
