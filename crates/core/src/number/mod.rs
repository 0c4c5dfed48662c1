//! Exact numbers: decimals of up to 38 digits, their arithmetic, text and order.
//!
//! Owns what `+ − × ÷`, comparison, `avg` and rounding of floats mean everywhere in Tagma. Must not
//! know about values, columns or expressions.

mod arithmetic;
mod decimal;
mod error;
mod float;
mod text;
mod wide;

pub use self::arithmetic::{avg, division_scale, product_scale};
pub use self::decimal::{DIGITS_MAX, Decimal, power_of_ten};
pub use self::error::NumberError;
pub use self::float::{FLOAT_SCALE, from_f64};

#[cfg(test)]
mod tests;
