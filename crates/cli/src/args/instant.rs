//! Instants as flags: with an offset they are what they are, without one they are local.

use std::str::FromStr;

use tagma_core::time::{self, TimeError, TimestampText, Zone};

/// A timestamp or a date as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InstantArg(TimestampText);

impl InstantArg {
    /// Whether a zone is needed to know the instant.
    pub(crate) fn is_local(self) -> bool {
        matches!(self.0, TimestampText::Local(_))
    }

    /// UTC microseconds.
    ///
    /// # Errors
    /// Outside years 1 to 9999.
    pub(crate) fn micros(self, zone: Zone) -> Result<i64, TimeError> {
        match self.0 {
            TimestampText::Instant(micros) => Ok(micros),
            TimestampText::Local(micros) => time::local_to_utc(micros, zone),
        }
    }
}

impl FromStr for InstantArg {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        time::parse_timestamp(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_beats_the_zone() {
        let shanghai = time::zone("Asia/Shanghai").expect("known");
        let read = |text: &str| text.parse::<InstantArg>().expect("a time").micros(shanghai);
        assert_eq!(read("1998-07-01T00:00:00Z"), Ok(899_251_200_000_000));
        assert_eq!(read("1998-07-01 08:00:00"), Ok(899_251_200_000_000));
        assert_eq!(read("1998-07-01"), Ok(899_222_400_000_000));
        assert!("yesterday".parse::<InstantArg>().is_err());
    }
}
