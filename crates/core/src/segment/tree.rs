//! The segment tree as written: names unresolved, literals as spelled.
//!
//! `parse(print(tree)) = tree` for every tree that [`Expr::normalized`] returns unchanged.

use serde::{Deserialize, Serialize};

use crate::schema::Name;

/// A set of people. `And`, `Or`, `Not` here are ∩, ∪ and population ∖.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// `TRUE`: the population.
    All,
    /// `FALSE`: nobody.
    Nothing,
    /// Intersection of at least two; never directly holds an `And`.
    And(Vec<Expr>),
    /// Union of at least two; never directly holds an `Or`.
    Or(Vec<Expr>),
    /// Complement in the population.
    Not(Box<Expr>),
    /// `segment('name')`: the saved segment, by its definition at the index.
    Segment(Name),
    /// People for whom SQL's three-valued logic makes the boolean TRUE.
    Leaf(Scalar),
}

/// A value of one person, three-valued where boolean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scalar {
    /// A tag's value.
    Tag(Name),
    /// A constant.
    Literal(Literal),
    /// `now()`: the instant `as_of`.
    Now,
    /// `today()`: the calendar day of `as_of` in the segment's zone.
    Today,
    /// `left op right`.
    Compare {
        /// The operator.
        op: CompareOp,
        /// Left side.
        left: Box<Scalar>,
        /// Right side.
        right: Box<Scalar>,
    },
    /// `value [NOT] IN (list)`.
    In {
        /// What is looked for.
        value: Box<Scalar>,
        /// At least one literal.
        list: Vec<Literal>,
        /// `NOT IN`.
        negated: bool,
    },
    /// `value [NOT] BETWEEN low AND high`, both ends included.
    Between {
        /// What is compared.
        value: Box<Scalar>,
        /// Lower end.
        low: Box<Scalar>,
        /// Upper end.
        high: Box<Scalar>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `value [NOT] LIKE pattern`: `%` any run, `_` one scalar value, `\` escapes.
    Like {
        /// The text.
        value: Box<Scalar>,
        /// The pattern.
        pattern: String,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// `value IS [NOT] NULL`.
    IsNull {
        /// What is asked about.
        value: Box<Scalar>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// Three-valued AND; stands only below a leaf (in CASE, COALESCE).
    And(Vec<Scalar>),
    /// Three-valued OR; stands only below a leaf.
    Or(Vec<Scalar>),
    /// Three-valued NOT; stands only below a leaf.
    Not(Box<Scalar>),
    /// `left op right` over numbers.
    Arithmetic {
        /// The operator.
        op: ArithmeticOp,
        /// Left side.
        left: Box<Scalar>,
        /// Right side.
        right: Box<Scalar>,
    },
    /// `value + INTERVAL` or, with a negative interval, `value - INTERVAL`; over dates, timestamps.
    Shift {
        /// A date or timestamp.
        value: Box<Scalar>,
        /// How far.
        by: Interval,
    },
    /// `date_trunc('unit', value)`: the start of the local unit.
    DateTrunc {
        /// The unit.
        unit: DateUnit,
        /// A date or timestamp.
        value: Box<Scalar>,
    },
    /// `days_between(from, to)`: local calendar days, `to - from`.
    DaysBetween {
        /// Earlier end, for a positive answer.
        from: Box<Scalar>,
        /// Later end, for a positive answer.
        to: Box<Scalar>,
    },
    /// `lower(text)`: Unicode lower case.
    Lower(Box<Scalar>),
    /// `prefix(text, 'start')`: literal, boolean.
    Prefix {
        /// The text.
        value: Box<Scalar>,
        /// The start.
        start: String,
    },
    /// `contains(text, 'part')`: literal, boolean.
    Contains {
        /// The text.
        value: Box<Scalar>,
        /// The part.
        part: String,
    },
    /// `CASE WHEN c THEN v … [ELSE v] END`; the form with an operand is lowered to this one.
    Case {
        /// (condition, value), at least one.
        branches: Vec<(Scalar, Scalar)>,
        /// ELSE; NULL where absent.
        otherwise: Option<Box<Scalar>>,
    },
    /// `COALESCE(a, …)`: the first that is not NULL.
    Coalesce(Vec<Scalar>),
}

/// A constant as spelled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Literal {
    /// `NULL`.
    Null,
    /// `TRUE`, `FALSE`.
    Bool(bool),
    /// Digits without a point, with an optional sign.
    Int(i128),
    /// Digits with a point: `unscaled × 10^-scale`, scale as written.
    Decimal {
        /// The digits as an integer.
        unscaled: i128,
        /// Digits after the point, 0 to 38.
        scale: u8,
    },
    /// `'text'`: read as the type of the tag that it meets.
    Text(String),
    /// `DATE 'yyyy-mm-dd'`: days since 1970-01-01.
    Date(i32),
    /// `TIMESTAMP '… +08:00'` with an offset: UTC microseconds.
    Timestamp(i64),
    /// `TIMESTAMP '…'` without an offset: local microseconds in the segment's zone.
    LocalTimestamp(i64),
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
}

/// Arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ArithmeticOp {
    Add,
    Sub,
    Mul,
    Div,
}

/// A calendar unit of `date_trunc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum DateUnit {
    Year,
    Quarter,
    Month,
    /// From Monday.
    Week,
    Day,
    Hour,
    Minute,
}

/// A signed step: months and days on the local calendar, microseconds exact.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Interval {
    /// Calendar months; a year is 12. Applied first; the end of a month clamps.
    pub months: i32,
    /// Calendar days; a week is 7.
    pub days: i32,
    /// Exact microseconds: hours and below.
    pub micros: i64,
}
