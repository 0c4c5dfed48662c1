//! Unsigned 256-bit integers: just enough to keep products and quotients of 38 digits exact.

use std::cmp::Ordering;

/// `high × 2^128 + low`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct U256 {
    high: u128,
    low: u128,
}

const HALF: u32 = 64;
const LOW_HALF: u128 = u64::MAX as u128;

impl U256 {
    pub(super) const ZERO: Self = Self { high: 0, low: 0 };

    pub(super) fn from(low: u128) -> Self {
        Self { high: 0, low }
    }

    /// The value, if it fits.
    pub(super) fn narrow(self) -> Option<u128> {
        (self.high == 0).then_some(self.low)
    }

    /// `a × b`, always exact.
    pub(super) fn product(a: u128, b: u128) -> Self {
        let (a1, a0) = (a >> HALF, a & LOW_HALF);
        let (b1, b0) = (b >> HALF, b & LOW_HALF);
        let low = a0 * b0;
        let (middle, carried) = (a1 * b0).overflowing_add(a0 * b1);
        let (low, carry) = low.overflowing_add(middle << HALF);
        let carried = if carried { 1 << HALF } else { 0 };
        let high = a1 * b1 + (middle >> HALF) + carried + u128::from(carry);
        Self { high, low }
    }

    /// `self + other`; `None` beyond 256 bits.
    pub(super) fn sum(self, other: Self) -> Option<Self> {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self.high.checked_add(other.high)?;
        let high = high.checked_add(u128::from(carry))?;
        Some(Self { high, low })
    }

    /// `self - other`; `None` below 0.
    pub(super) fn difference(self, other: Self) -> Option<Self> {
        if self < other {
            return None;
        }
        let (low, borrow) = self.low.overflowing_sub(other.low);
        let high = self.high.wrapping_sub(other.high);
        Some(Self {
            high: high.wrapping_sub(u128::from(borrow)),
            low,
        })
    }

    /// `self × factor`; `None` beyond 256 bits.
    pub(super) fn times(self, factor: u128) -> Option<Self> {
        let low = Self::product(self.low, factor);
        let high = Self::product(self.high, factor).narrow()?;
        Some(Self {
            high: low.high.checked_add(high)?,
            low: low.low,
        })
    }

    /// (quotient, remainder); `None` for a divisor 0.
    pub(super) fn divide(self, divisor: Self) -> Option<(Self, Self)> {
        if divisor == Self::ZERO {
            return None;
        }
        if let (Some(a), Some(b)) = (self.narrow(), divisor.narrow()) {
            return Some((Self::from(a / b), Self::from(a % b)));
        }
        let (mut quotient, mut rest) = (Self::ZERO, Self::ZERO);
        for bit in (0..256).rev() {
            // `rest` is below `divisor`, whose top bit may be set: keep the bit that falls out.
            let fallen = rest.high >> 127 == 1;
            rest = rest.shifted_in(self.bit(bit));
            quotient = quotient.shifted_in(false);
            if fallen || rest.cmp(&divisor) != Ordering::Less {
                let (low, borrow) = rest.low.overflowing_sub(divisor.low);
                let high = rest.high.wrapping_sub(divisor.high);
                rest = Self {
                    high: high.wrapping_sub(u128::from(borrow)),
                    low,
                };
                quotient.low |= 1;
            }
        }
        Some((quotient, rest))
    }

    fn bit(self, index: u32) -> bool {
        let word = if index < 128 { self.low } else { self.high };
        (word >> (index % 128)) & 1 == 1
    }

    fn shifted_in(self, bit: bool) -> Self {
        Self {
            high: self.high << 1 | self.low >> 127,
            low: self.low << 1 | u128::from(bit),
        }
    }
}
