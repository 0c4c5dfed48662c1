//! Decimals as plain digits, both ways.

use std::{fmt, str::FromStr};

use super::{
    decimal::{DIGITS_MAX, Decimal},
    error::NumberError,
};

impl fmt::Display for Decimal {
    /// All digits of the scale, no exponent: `-0.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled() < 0 { "-" } else { "" };
        let digits = self.unscaled().unsigned_abs().to_string();
        let scale = usize::from(self.scale());
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

impl FromStr for Decimal {
    type Err = NumberError;

    /// `[+-]digits[.digits]`, a side of the point may be empty; the scale is as written.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(NumberError::Text);
        }
        let scale = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
        if scale > DIGITS_MAX {
            return Err(NumberError::Scale(scale));
        }
        let mut unscaled: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            unscaled = unscaled
                .checked_mul(10)
                .and_then(|u| u.checked_add(i128::from(digit - b'0')))
                .ok_or(NumberError::Overflow)?;
        }
        Self::new(if negative { -unscaled } else { unscaled }, scale as u8)
    }
}
