//! The bound form of a segment: every name resolved, every type known; what workers evaluate.
//!
//! A plan is a function of (tree, definitions at the index, `as_of`): `now()` and `today()` are
//! literals in it, zones are named where a calendar is needed, nested segments are expanded.

use serde::{Deserialize, Serialize};

use super::tree::{ArithmeticOp, CompareOp, DateUnit, Interval};
use crate::{
    id::{AsOf, TagVersion},
    schema::{Name, TagKind},
    value::{Value, ValueType},
};

/// A segment ready to be evaluated at one index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The set.
    pub root: Predicate,
    /// Tags that the plan reads; [`NodeKind::Tag`] indexes into it.
    pub tags: Vec<TagSlot>,
    /// What `now()` meant.
    pub as_of: AsOf,
}

/// A tag that a plan reads, at the version readable at the index.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TagSlot {
    /// The tag.
    pub name: Name,
    /// Its kind at that version.
    pub kind: TagKind,
    /// The version; `None`: never published, nobody has a value.
    pub version: Option<TagVersion>,
}

/// A set of people in bound form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Predicate {
    /// The population.
    All,
    /// Nobody.
    Nothing,
    /// ∩ of at least two.
    And(Vec<Predicate>),
    /// ∪ of at least two.
    Or(Vec<Predicate>),
    /// population ∖.
    Not(Box<Predicate>),
    /// People for whom the boolean node is TRUE.
    Leaf(Node),
}

/// A typed scalar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Node {
    /// Its type; `Null` only for a bare NULL.
    pub value_type: ValueType,
    /// What it is.
    pub kind: NodeKind,
}

/// The operation of a [`Node`]. Operands have been brought to one family by the binder:
/// both numbers (scales may differ), both text, both bool, both dates, or both timestamps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NodeKind {
    /// Value of `Plan::tags[slot]`.
    Tag(usize),
    /// A constant.
    Literal(Value),
    /// `left op right`; NULL where a side is NULL.
    Compare {
        /// The operator.
        op: CompareOp,
        /// Left side.
        left: Box<Node>,
        /// Right side.
        right: Box<Node>,
    },
    /// SQL's IN; the list is of the value's family and may hold NULL.
    In {
        /// What is looked for.
        value: Box<Node>,
        /// Sorted, without doubles.
        list: Vec<Value>,
        /// `NOT IN`.
        negated: bool,
    },
    /// SQL's BETWEEN.
    Between {
        /// What is compared.
        value: Box<Node>,
        /// Lower end, included.
        low: Box<Node>,
        /// Upper end, included.
        high: Box<Node>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// SQL's LIKE.
    Like {
        /// The text.
        value: Box<Node>,
        /// The pattern.
        pattern: String,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// Never NULL itself.
    IsNull {
        /// What is asked about.
        value: Box<Node>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// Three-valued.
    And(Vec<Node>),
    /// Three-valued.
    Or(Vec<Node>),
    /// Three-valued.
    Not(Box<Node>),
    /// Exact; more than 38 digits is an error; `/` gives scale 9, truncated, NULL for a divisor 0.
    Arithmetic {
        /// The operator.
        op: ArithmeticOp,
        /// Left side.
        left: Box<Node>,
        /// Right side.
        right: Box<Node>,
    },
    /// Calendar step in `zone`; outside years 1 to 9999 is an error.
    Shift {
        /// Date or timestamp. A date with a sub-day step was made a timestamp by the binder.
        value: Box<Node>,
        /// How far.
        by: Interval,
        /// IANA name.
        zone: String,
    },
    /// Start of the local unit.
    DateTrunc {
        /// The unit.
        unit: DateUnit,
        /// Date or timestamp.
        value: Box<Node>,
        /// IANA name.
        zone: String,
    },
    /// Local calendar days from `from` to `to`.
    DaysBetween {
        /// Date or timestamp.
        from: Box<Node>,
        /// Date or timestamp.
        to: Box<Node>,
        /// IANA name.
        zone: String,
    },
    /// A date as the timestamp of its local midnight.
    LocalMidnight {
        /// The date.
        value: Box<Node>,
        /// IANA name.
        zone: String,
    },
    /// Unicode lower case.
    Lower(Box<Node>),
    /// Literal prefix test.
    Prefix {
        /// The text.
        value: Box<Node>,
        /// The start.
        start: String,
    },
    /// Literal substring test.
    Contains {
        /// The text.
        value: Box<Node>,
        /// The part.
        part: String,
    },
    /// First branch whose condition is TRUE.
    Case {
        /// (condition, value).
        branches: Vec<(Node, Node)>,
        /// ELSE.
        otherwise: Option<Box<Node>>,
    },
    /// First that is not NULL.
    Coalesce(Vec<Node>),
}
