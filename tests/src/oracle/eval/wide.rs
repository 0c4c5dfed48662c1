//! Integers without a bound: a sign and digits to base 10⁹, schoolbook arithmetic.
//!
//! Slow and plain on purpose; `number` comes here where 128 bits do not suffice.

use std::cmp::Ordering;

const BASE: u64 = 1_000_000_000;

/// An integer; zero is never negative, the highest digit is never 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wide {
    negative: bool,
    /// Lowest first.
    digits: Vec<u64>,
}

impl Wide {
    pub(super) fn new(value: i128) -> Self {
        let mut rest = value.unsigned_abs();
        let mut digits = Vec::new();
        while rest > 0 {
            digits.push((rest % u128::from(BASE)) as u64);
            rest /= u128::from(BASE);
        }
        Self::from_parts(value < 0, digits)
    }

    fn from_parts(negative: bool, mut digits: Vec<u64>) -> Self {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let negative = negative && !digits.is_empty();
        Self { negative, digits }
    }

    pub(super) fn times_ten_to(&self, power: u32) -> Self {
        let ten = Self::new(10);
        (0..power).fold(self.clone(), |product, _| product.times(&ten))
    }

    pub(super) fn negated(&self) -> Self {
        Self::from_parts(!self.negative, self.digits.clone())
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        if self.negative == other.negative {
            let digits = add_digits(&self.digits, &other.digits);
            return Self::from_parts(self.negative, digits);
        }
        match compare_digits(&self.digits, &other.digits) {
            Ordering::Less => {
                let digits = subtract_digits(&other.digits, &self.digits);
                Self::from_parts(other.negative, digits)
            }
            _ => {
                let digits = subtract_digits(&self.digits, &other.digits);
                Self::from_parts(self.negative, digits)
            }
        }
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let mut digits = vec![0; self.digits.len() + other.digits.len() + 1];
        for (i, a) in self.digits.iter().enumerate() {
            let mut carry = 0;
            for (j, b) in other.digits.iter().enumerate() {
                let sum = digits[i + j] + a * b + carry;
                digits[i + j] = sum % BASE;
                carry = sum / BASE;
            }
            digits[i + other.digits.len()] += carry;
        }
        Self::from_parts(self.negative != other.negative, digits)
    }

    /// The quotient towards zero; `None` for a divisor 0.
    pub(super) fn divided_by(&self, divisor: &Self) -> Option<Self> {
        if divisor.digits.is_empty() {
            return None;
        }
        let mut quotient = vec![0; self.digits.len()];
        let mut rest: Vec<u64> = Vec::new();
        for place in (0..self.digits.len()).rev() {
            rest.insert(0, self.digits[place]);
            rest = Self::from_parts(false, rest).digits;
            let digit = greatest_factor(&divisor.digits, &rest);
            let taken = Self::from_parts(false, divisor.digits.clone()).times(&Self::new(digit));
            rest = subtract_digits(&rest, &taken.digits);
            rest = Self::from_parts(false, rest).digits;
            quotient[place] = digit as u64;
        }
        let negative = self.negative != divisor.negative;
        Some(Self::from_parts(negative, quotient))
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => compare_digits(&self.digits, &other.digits),
            (true, true) => compare_digits(&other.digits, &self.digits),
        }
    }

    /// The number, if it has at most 38 decimal digits.
    pub(super) fn narrow(&self) -> Option<i128> {
        let limit = Self::new(10i128.pow(38) - 1);
        if compare_digits(&self.digits, &limit.digits) == Ordering::Greater {
            return None;
        }
        let step = |sum: i128, digit: &u64| sum * i128::from(BASE) + i128::from(*digit);
        let size = self.digits.iter().rev().fold(0, step);
        Some(if self.negative { -size } else { size })
    }
}

/// The greatest q < 10⁹ with q × divisor <= rest, by halving.
fn greatest_factor(divisor: &[u64], rest: &[u64]) -> i128 {
    let divisor = Wide::from_parts(false, divisor.to_vec());
    let (mut low, mut high) = (0, i128::from(BASE));
    while high - low > 1 {
        let middle = (low + high) / 2;
        let product = divisor.times(&Wide::new(middle));
        match compare_digits(&product.digits, rest) {
            Ordering::Greater => high = middle,
            _ => low = middle,
        }
    }
    low
}

fn compare_digits(a: &[u64], b: &[u64]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

fn add_digits(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut carry = 0;
    let mut sum = Vec::new();
    for place in 0..=a.len().max(b.len()) {
        let digit = |x: &[u64]| x.get(place).copied().unwrap_or(0);
        let total = digit(a) + digit(b) + carry;
        sum.push(total % BASE);
        carry = total / BASE;
    }
    sum
}

/// `a - b` for a >= b.
fn subtract_digits(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut borrow = 0;
    let mut difference = Vec::new();
    for (place, digit) in a.iter().enumerate() {
        let taken = b.get(place).copied().unwrap_or(0) + borrow;
        borrow = u64::from(*digit < taken);
        difference.push(digit + borrow * BASE - taken);
    }
    difference
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn wide_arithmetic_agrees_with_128_bits_where_these_suffice() {
        let seed = rand::random();
        let mut rng = StdRng::seed_from_u64(seed);
        for _ in 0..2_000 {
            let mut draw = || {
                let bits = rng.random_range(1..63);
                i128::from(rng.random::<i64>() >> bits)
            };
            let (a, b) = (draw(), draw());
            let (x, y) = (Wide::new(a), Wide::new(b));
            assert_eq!(x.plus(&y).narrow(), Some(a + b), "seed {seed}");
            assert_eq!(x.plus(&y.negated()).narrow(), Some(a - b), "seed {seed}");
            let product = a * b;
            let fits = product.unsigned_abs() < 10u128.pow(38);
            assert_eq!(x.times(&y).narrow(), fits.then_some(product), "seed {seed}");
            let quotient = x.divided_by(&y).and_then(|q| q.narrow());
            assert_eq!(quotient, a.checked_div(b), "seed {seed}");
            assert_eq!(x.compare(&y), a.cmp(&b), "seed {seed}");
        }
    }

    #[test]
    fn more_than_38_digits_do_not_narrow() {
        let greatest = 10i128.pow(38) - 1;
        assert_eq!(Wide::new(greatest).narrow(), Some(greatest));
        assert_eq!(Wide::new(-greatest).narrow(), Some(-greatest));
        assert_eq!(Wide::new(greatest).plus(&Wide::new(1)).narrow(), None);
        let back = Wide::new(greatest).times_ten_to(40);
        let ten = Wide::new(1).times_ten_to(40);
        assert_eq!(
            back.divided_by(&ten).and_then(|q| q.narrow()),
            Some(greatest)
        );
    }
}
