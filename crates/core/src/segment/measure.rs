//! Size, depth and well-formedness of a tree, checked before anything else walks it.

use super::tree::{Expr, Literal, Scalar};
use crate::{
    error::ErrorKind,
    limits::{SEGMENT_DEPTH_MAX, SEGMENT_NODES_MAX, SEGMENT_TEXT_BYTES_MAX},
    number::Decimal,
    time::{check_date, check_timestamp},
};

/// Size of a tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    /// Nodes: sets, values, and each literal of an IN list.
    pub nodes: usize,
    /// Levels; a leaf's value begins at the leaf's own level.
    pub depth: usize,
}

/// Why a tree cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Too many nodes.
    #[error(
        "the expression has {nodes} nodes, the limit is {SEGMENT_NODES_MAX}; a long list of \
         values is better a tag of its own"
    )]
    Nodes {
        /// As counted.
        nodes: usize,
    },
    /// Nested too deeply.
    #[error(
        "the expression is nested {depth} levels deep, the limit is {SEGMENT_DEPTH_MAX}; save \
         inner parts as segments"
    )]
    Depth {
        /// As counted.
        depth: usize,
    },
    /// Its text is too long.
    #[error("as text the expression has {bytes} bytes, the limit is {SEGMENT_TEXT_BYTES_MAX}")]
    Bytes {
        /// Of the text.
        bytes: usize,
    },
    /// Something that no text spells: a literal out of range, an empty list.
    #[error("the expression is malformed: {0}")]
    Malformed(&'static str),
}

impl TreeError {
    /// Always the tree's fault.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

enum Item<'a> {
    Expr(&'a Expr),
    Scalar(&'a Scalar),
}

/// Walks a tree without recursion; calls `visit` for each value.
fn walk<'a>(first: Item<'a>, visit: &mut dyn FnMut(&'a Scalar)) -> Measure {
    let mut total = Measure::default();
    let mut open = vec![(first, 1)];
    while let Some((item, depth)) = open.pop() {
        total.depth = total.depth.max(depth);
        match item {
            Item::Expr(Expr::Leaf(scalar)) => open.push((Item::Scalar(scalar), depth)),
            Item::Expr(expr) => {
                total.nodes += 1;
                expr.each_child(&mut |child| open.push((Item::Expr(child), depth + 1)));
            }
            Item::Scalar(scalar) => {
                total.nodes += 1;
                if let Scalar::In { list, .. } = scalar {
                    total.nodes += list.len();
                }
                visit(scalar);
                scalar.each_child(&mut |child| open.push((Item::Scalar(child), depth + 1)));
            }
        }
    }
    total
}

impl Expr {
    /// Nodes and depth, nested segments not expanded.
    pub fn measure(&self) -> Measure {
        walk(Item::Expr(self), &mut |_| {})
    }

    /// Checks limits and literals.
    ///
    /// # Errors
    /// [`TreeError`].
    pub fn check(&self) -> Result<Measure, TreeError> {
        let mut wrong = None;
        let measure = walk(Item::Expr(self), &mut |scalar| {
            wrong = wrong.or_else(|| scalar_problem(scalar));
        });
        if measure.nodes > SEGMENT_NODES_MAX {
            return Err(TreeError::Nodes {
                nodes: measure.nodes,
            });
        }
        if measure.depth > SEGMENT_DEPTH_MAX {
            return Err(TreeError::Depth {
                depth: measure.depth,
            });
        }
        match wrong {
            Some(problem) => Err(TreeError::Malformed(problem)),
            None => Ok(measure),
        }
    }

    /// Calls `visit` for each set directly below.
    pub(super) fn each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::All | Self::Nothing | Self::Segment(_) | Self::Leaf(_) => {}
            Self::And(items) | Self::Or(items) => items.iter().for_each(visit),
            Self::Not(inner) => visit(inner),
        }
    }
}

impl Scalar {
    /// Nodes and depth.
    pub fn measure(&self) -> Measure {
        walk(Item::Scalar(self), &mut |_| {})
    }

    /// Calls `visit` for each value directly below, in written order.
    pub(super) fn each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Tag(_) | Self::Literal(_) | Self::Now | Self::Today => {}
            Self::Compare { left, right, .. } | Self::Arithmetic { left, right, .. } => {
                visit(left);
                visit(right);
            }
            Self::DaysBetween { from, to } => {
                visit(from);
                visit(to);
            }
            Self::Between {
                value, low, high, ..
            } => {
                visit(value);
                visit(low);
                visit(high);
            }
            Self::In { value, .. }
            | Self::Like { value, .. }
            | Self::IsNull { value, .. }
            | Self::Shift { value, .. }
            | Self::DateTrunc { value, .. }
            | Self::Prefix { value, .. }
            | Self::Contains { value, .. } => visit(value),
            Self::Not(inner) | Self::Lower(inner) => visit(inner),
            Self::And(items) | Self::Or(items) | Self::Coalesce(items) => {
                items.iter().for_each(visit);
            }
            Self::Case {
                branches,
                otherwise,
            } => {
                for (condition, value) in branches {
                    visit(condition);
                    visit(value);
                }
                if let Some(value) = otherwise {
                    visit(value);
                }
            }
        }
    }
}

fn scalar_problem(scalar: &Scalar) -> Option<&'static str> {
    match scalar {
        Scalar::Literal(literal) => literal_problem(literal),
        Scalar::In { list, .. } if list.is_empty() => Some("an IN list is empty"),
        Scalar::In { list, .. } => list.iter().find_map(literal_problem),
        Scalar::Case { branches, .. } if branches.is_empty() => Some("a CASE has no branch"),
        Scalar::Coalesce(items) if items.is_empty() => Some("a COALESCE has no argument"),
        _ => None,
    }
}

fn literal_problem(literal: &Literal) -> Option<&'static str> {
    let fits = match literal {
        Literal::Null | Literal::Bool(_) | Literal::Text(_) => true,
        Literal::Int(value) => Decimal::new(*value, 0).is_ok(),
        Literal::Decimal { unscaled, scale } => Decimal::new(*unscaled, *scale).is_ok(),
        Literal::Date(days) => check_date(*days).is_ok(),
        Literal::Timestamp(micros) | Literal::LocalTimestamp(micros) => {
            check_timestamp(*micros).is_ok()
        }
    };
    (!fits).then_some("numbers have up to 38 digits, times lie in years 1 to 9999")
}
