//! Until when a caller waits, from the header `grpc-timeout`.

use std::time::{Duration, Instant};

use tonic::metadata::MetadataMap;

const HEADER: &str = "grpc-timeout";
/// For callers that name no time.
const DEFAULT: Duration = Duration::from_secs(30);
/// Part of the time that is left for the way back.
const RESERVE: u32 = 20;

/// The instant by which an answer must be on its way.
pub(super) fn deadline(metadata: &MetadataMap, now: Instant) -> Instant {
    let header = metadata.get(HEADER).and_then(|value| value.to_str().ok());
    let timeout = header
        .and_then(parse)
        .unwrap_or(DEFAULT)
        .min(Duration::from_secs(86_400));
    now + (timeout - timeout / RESERVE)
}

/// One to eight digits, then a unit.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3_600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_as_grpc_writes_it() {
        assert_eq!(parse("100m"), Some(Duration::from_millis(100)));
        assert_eq!(parse("2S"), Some(Duration::from_secs(2)));
        assert_eq!(
            parse("99999999H"),
            Some(Duration::from_secs(99_999_999 * 3_600))
        );
        for bad in ["", "S", "1", "123456789S", "1s", "-1S", "1Ü"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        let now = Instant::now();
        let mut metadata = MetadataMap::new();
        assert_eq!(
            deadline(&metadata, now),
            now + Duration::from_millis(28_500)
        );
        metadata.insert(HEADER, "1S".parse().expect("a value"));
        assert_eq!(deadline(&metadata, now), now + Duration::from_millis(950));
    }
}
