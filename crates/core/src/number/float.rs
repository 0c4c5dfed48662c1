//! Floats become decimals once, before they are summed, so that order never shows.

use super::{decimal::Decimal, error::NumberError, wide::U256};

/// Scale at which floats are rounded.
pub const FLOAT_SCALE: u8 = 9;

const MANTISSA_BITS: u32 = 52;
const EXPONENT_MASK: u64 = 0x7ff;
/// Of the least significant bit of the mantissa.
const EXPONENT_BIAS: i32 = 1075;
/// 10^9.
const UNIT: u128 = 1_000_000_000;

/// The float's exact value, rounded half away from zero to nine digits after the point.
///
/// # Errors
/// [`NumberError::NotFinite`] for NaN and infinities, [`NumberError::Overflow`] beyond 38 digits.
pub fn from_f64(value: f64) -> Result<Decimal, NumberError> {
    if !value.is_finite() {
        return Err(NumberError::NotFinite);
    }
    let bits = value.to_bits();
    let stored = ((bits >> MANTISSA_BITS) & EXPONENT_MASK) as i32;
    let fraction = bits & ((1 << MANTISSA_BITS) - 1);
    let (mantissa, exponent) = match stored {
        0 => (fraction, 1 - EXPONENT_BIAS),
        _ => (fraction | 1 << MANTISSA_BITS, stored - EXPONENT_BIAS),
    };
    // The value is mantissa × 2^exponent; mantissa × 10^9 is below 2^83.
    let scaled = u128::from(mantissa) * UNIT;
    let size = match u32::try_from(exponent) {
        Ok(left) if scaled == 0 || left < 128 => U256::product(scaled, 1_u128 << left.min(127)),
        Ok(_) => return Err(NumberError::Overflow),
        Err(_) => U256::from(shifted_right_rounded(scaled, exponent.unsigned_abs())),
    };
    Decimal::signed(value.is_sign_negative(), size, FLOAT_SCALE)
}

/// `value ÷ 2^by`, half up.
fn shifted_right_rounded(value: u128, by: u32) -> u128 {
    // Values are below 2^83, so beyond 84 bits everything rounds to 0.
    if by > 84 {
        return 0;
    }
    (value + (1 << (by - 1))) >> by
}
