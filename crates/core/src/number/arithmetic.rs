//! `+ − × ÷` and averages: exact where SEMANTICS says exact, truncated where it says truncated.

use super::{
    decimal::{DIGITS_MAX, Decimal, power_of_ten},
    error::NumberError,
    wide::U256,
};

/// Scale of every quotient.
const DIVISION_SCALE: u8 = 9;

/// Scale of `a ÷ b`, whatever the operands' scales: 9.
pub fn division_scale() -> u8 {
    DIVISION_SCALE
}

/// Scale of `a × b`, or `None` where it would be beyond 38.
pub fn product_scale(left: u8, right: u8) -> Option<u8> {
    let scale = left.checked_add(right)?;
    (u32::from(scale) <= DIGITS_MAX).then_some(scale)
}

#[allow(
    clippy::should_implement_trait,
    reason = "they can fail, and the names are SQL's"
)]
impl Decimal {
    /// Exact sum, at the greater scale.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] beyond 38 digits.
    pub fn add(self, other: Self) -> Result<Self, NumberError> {
        let scale = self.scale().max(other.scale());
        let (left, right) = (self.magnitude_at(scale)?, other.magnitude_at(scale)?);
        let (left_negative, right_negative) = (self.unscaled() < 0, other.unscaled() < 0);
        if left_negative == right_negative {
            let size = left.sum(right).ok_or(NumberError::Overflow)?;
            return Self::signed(left_negative, size, scale);
        }
        match left.difference(right) {
            Some(size) => Self::signed(left_negative, size, scale),
            None => {
                let size = right.difference(left).ok_or(NumberError::Overflow)?;
                Self::signed(right_negative, size, scale)
            }
        }
    }

    /// Exact difference, at the greater scale.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] beyond 38 digits.
    pub fn sub(self, other: Self) -> Result<Self, NumberError> {
        self.add(other.neg())
    }

    /// Exact product, at the sum of the scales.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] where digits or scale go beyond 38.
    pub fn mul(self, other: Self) -> Result<Self, NumberError> {
        let scale = product_scale(self.scale(), other.scale()).ok_or(NumberError::Overflow)?;
        let size = U256::product(
            self.unscaled().unsigned_abs(),
            other.unscaled().unsigned_abs(),
        );
        let negative = (self.unscaled() < 0) != (other.unscaled() < 0);
        Self::signed(negative, size, scale)
    }

    /// Quotient at scale 9, truncated toward zero; `None` for a divisor 0.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] beyond 38 digits.
    pub fn div(self, other: Self) -> Result<Option<Self>, NumberError> {
        if other.is_zero() {
            return Ok(None);
        }
        let factor = |scale: u8| {
            let power = power_of_ten(u32::from(scale)).ok_or(NumberError::Overflow)?;
            Ok::<_, NumberError>(power.unsigned_abs())
        };
        let numerator = U256::product(self.unscaled().unsigned_abs(), factor(other.scale())?);
        let divisor = U256::product(other.unscaled().unsigned_abs(), factor(self.scale())?);
        let negative = (self.unscaled() < 0) != (other.unscaled() < 0);
        let size = quotient(numerator, divisor, DIVISION_SCALE)?;
        Self::signed(negative, size, DIVISION_SCALE).map(Some)
    }

    /// The number with its sign turned; always exact.
    pub fn neg(self) -> Self {
        Self::new(-self.unscaled(), self.scale()).unwrap_or(self)
    }
}

/// `numerator ÷ divisor` with `digits` more digits, truncated.
fn quotient(numerator: U256, divisor: U256, digits: u8) -> Result<U256, NumberError> {
    let (mut result, mut rest) = numerator.divide(divisor).ok_or(NumberError::Overflow)?;
    for _ in 0..digits {
        let next = rest.times(10).ok_or(NumberError::Overflow)?;
        let (digit, remainder) = next.divide(divisor).ok_or(NumberError::Overflow)?;
        rest = remainder;
        result = result
            .times(10)
            .and_then(|r| r.sum(digit))
            .ok_or(NumberError::Overflow)?;
    }
    Ok(result)
}

/// `sum ÷ count` at the sum's scale + 4, at least 6, at most 38; truncated toward zero.
/// `None` for a count of 0.
///
/// # Errors
/// [`NumberError::Overflow`] beyond 38 digits.
pub fn avg(sum: Decimal, count: u64) -> Result<Option<Decimal>, NumberError> {
    if count == 0 {
        return Ok(None);
    }
    let scale = sum.scale().saturating_add(4).clamp(6, DIGITS_MAX as u8);
    let size = sum.magnitude_at(scale)?;
    let (size, _) = size
        .divide(U256::from(u128::from(count)))
        .ok_or(NumberError::Overflow)?;
    Decimal::signed(sum.unscaled() < 0, size, scale).map(Some)
}
