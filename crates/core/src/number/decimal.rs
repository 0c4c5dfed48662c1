//! The decimal itself: digits, scale, order, rescaling.

use std::cmp::Ordering;

use super::{error::NumberError, wide::U256};

/// Digits that a number may have.
pub const DIGITS_MAX: u32 = 38;

/// Exclusive bound of the magnitude: 10^38.
const BOUND: u128 = 10_u128.pow(DIGITS_MAX);

/// `10^exponent` for exponents 0 to 38, else `None`.
pub fn power_of_ten(exponent: u32) -> Option<i128> {
    if exponent > DIGITS_MAX {
        return None;
    }
    10_i128.checked_pow(exponent)
}

/// `unscaled × 10^-scale`, at most 38 digits, scale 0 to 38.
///
/// Order and equality are those of the numbers: `1.0 == 1.00`.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    unscaled: i128,
    scale: u8,
}

impl Decimal {
    /// Zero with scale 0.
    pub const ZERO: Self = Self {
        unscaled: 0,
        scale: 0,
    };

    /// Checks digits and scale.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] beyond 38 digits, [`NumberError::Scale`] beyond 38.
    pub fn new(unscaled: i128, scale: u8) -> Result<Self, NumberError> {
        if u32::from(scale) > DIGITS_MAX {
            return Err(NumberError::Scale(u32::from(scale)));
        }
        if unscaled.unsigned_abs() >= BOUND {
            return Err(NumberError::Overflow);
        }
        Ok(Self { unscaled, scale })
    }

    /// A sign and a magnitude.
    pub(super) fn signed(negative: bool, size: U256, scale: u8) -> Result<Self, NumberError> {
        let size = size.narrow().filter(|size| *size < BOUND);
        let size = size.ok_or(NumberError::Overflow)?.cast_signed();
        Self::new(if negative { -size } else { size }, scale)
    }

    /// The digits as an integer.
    pub fn unscaled(self) -> i128 {
        self.unscaled
    }

    /// Digits after the point.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// Whether the number is 0.
    pub fn is_zero(self) -> bool {
        self.unscaled == 0
    }

    /// The magnitude of `unscaled × 10^(scale - self.scale)`, for `scale ≥ self.scale`.
    pub(super) fn magnitude_at(self, scale: u8) -> Result<U256, NumberError> {
        let step = u32::from(scale.saturating_sub(self.scale));
        let factor = power_of_ten(step).ok_or(NumberError::Scale(step))?;
        Ok(U256::product(
            self.unscaled.unsigned_abs(),
            factor.unsigned_abs(),
        ))
    }

    /// The same number with `scale` digits after the point; digits that fall off are cut.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] where the number needs more than 38 digits at that scale.
    pub fn rescale(self, scale: u8) -> Result<Self, NumberError> {
        if u32::from(scale) > DIGITS_MAX {
            return Err(NumberError::Scale(u32::from(scale)));
        }
        if scale >= self.scale {
            let size = self.magnitude_at(scale)?;
            return Self::signed(self.unscaled < 0, size, scale);
        }
        let divisor = power_of_ten(u32::from(self.scale - scale)).ok_or(NumberError::Overflow)?;
        Self::new(self.unscaled / divisor, scale)
    }

    /// As [`Self::rescale`], but `None` where that would change the number.
    pub fn rescale_exact(self, scale: u8) -> Option<Self> {
        self.rescale(scale).ok().filter(|other| *other == self)
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self {
            unscaled: i128::from(value),
            scale: 0,
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.unscaled.signum().cmp(&other.unscaled.signum());
        if by_sign != Ordering::Equal {
            return by_sign;
        }
        if self.scale == other.scale {
            return self.unscaled.cmp(&other.unscaled);
        }
        let factor = |scale: u8| power_of_ten(u32::from(scale)).unwrap_or(1).unsigned_abs();
        let left = U256::product(self.unscaled.unsigned_abs(), factor(other.scale));
        let right = U256::product(other.unscaled.unsigned_abs(), factor(self.scale));
        if self.unscaled < 0 {
            right.cmp(&left)
        } else {
            left.cmp(&right)
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}
