//! Enumerations of the tree, one to one; zero and unknown numbers are refused.

use tagma_core::segment::{ArithmeticOp, CompareOp, DateUnit};

use super::{
    error::{Result, WireTreeError},
    place::Place,
};
use crate::pb::segment::v1 as pb;

/// The error that a number names no value of a field.
pub(super) fn refused(number: i32, field: &str, place: Place<'_>) -> WireTreeError {
    match number {
        0 => place.wrong(format!("`{field}` is unspecified")),
        _ => place.wrong(format!(
            "`{field}` is {number}, which this server does not know"
        )),
    }
}

/// Both directions between an enumeration of the wire and one of the domain.
macro_rules! pairs {
    ($wire:ident, $domain:ident, $from:ident, $to:ident, $($theirs:ident = $ours:ident),*) => {
        pub(super) fn $from(number: i32, field: &str, place: Place<'_>) -> Result<$domain> {
            match pb::$wire::try_from(number) {
                $(Ok(pb::$wire::$theirs) => Ok($domain::$ours),)*
                Ok(pb::$wire::Unspecified) | Err(_) => Err(refused(number, field, place)),
            }
        }

        pub(super) fn $to(value: $domain) -> i32 {
            match value {
                $($domain::$ours => pb::$wire::$theirs.into(),)*
            }
        }
    };
}

pairs!(
    CompareOperator,
    CompareOp,
    compare_from,
    compare_to,
    Eq = Eq,
    NotEq = NotEq,
    Lt = Lt,
    LtEq = LtEq,
    Gt = Gt,
    GtEq = GtEq
);

pairs!(
    ArithmeticOperator,
    ArithmeticOp,
    arithmetic_from,
    arithmetic_to,
    Add = Add,
    Subtract = Sub,
    Multiply = Mul,
    Divide = Div
);

pairs!(
    DateUnit,
    DateUnit,
    unit_from,
    unit_to,
    Year = Year,
    Quarter = Quarter,
    Month = Month,
    Week = Week,
    Day = Day,
    Hour = Hour,
    Minute = Minute
);
