//! Text as it was written: before it is decided which connective is set-level.

use super::error::{Parsed, Problem};
use crate::{
    limits::SEGMENT_DEPTH_MAX,
    segment::tree::{ArithmeticOp, CompareOp, Interval},
};

/// Slack over the tree's limit: literals of functions are nodes here and not there.
const DEPTH_MAX: usize = SEGMENT_DEPTH_MAX + 2;

/// A node, with its place and its depth (bounded, so that walking and dropping are safe).
#[derive(Debug)]
pub(in crate::segment) struct Ast {
    pub(in crate::segment) kind: AstKind,
    /// Byte offset of its first token, for errors.
    pub(in crate::segment) at: usize,
    depth: usize,
}

/// AND or OR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::segment) enum Chain {
    And,
    Or,
}

/// The type of `DATE '…'` and `TIMESTAMP '…'`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::segment) enum Moment {
    Date,
    Timestamp,
}

#[derive(Debug)]
pub(in crate::segment) enum AstKind {
    Name(String),
    Number(String),
    Text(String),
    Bool(bool),
    Null,
    Moment(Moment, String),
    Interval(Interval),
    Chain(Chain, Vec<Ast>),
    Not(Box<Ast>),
    Negative(Box<Ast>),
    Arithmetic(ArithmeticOp, Box<Ast>, Box<Ast>),
    Compare(CompareOp, Box<Ast>, Box<Ast>),
    In(Box<Ast>, Vec<Ast>, bool),
    Between(Box<[Ast; 3]>, bool),
    Like(Box<Ast>, Box<Ast>, bool),
    IsNull(Box<Ast>, bool),
    Call(String, Vec<Ast>),
    Case {
        operand: Option<Box<Ast>>,
        branches: Vec<(Ast, Ast)>,
        otherwise: Option<Box<Ast>>,
    },
}

impl Ast {
    /// Puts a node over its children.
    pub(super) fn new(at: usize, kind: AstKind) -> Parsed<Self> {
        let depth = 1 + kind.depth_below();
        if depth > DEPTH_MAX {
            return Err(too_deep().at(at));
        }
        Ok(Self { kind, at, depth })
    }
}

/// The error for nesting, here and in the grammar.
pub(super) fn too_deep() -> Problem {
    Problem::new(format!(
        "the expression is nested deeper than {SEGMENT_DEPTH_MAX} levels"
    ))
    .hint("save inner parts as segments and name them with segment('…')")
}

impl AstKind {
    fn depth_below(&self) -> usize {
        let deepest = |list: &[Ast]| list.iter().map(|ast| ast.depth).max().unwrap_or(0);
        match self {
            Self::Name(_) | Self::Number(_) | Self::Text(_) | Self::Bool(_) | Self::Null => 0,
            Self::Moment(..) | Self::Interval(_) => 0,
            Self::Chain(_, items) | Self::Call(_, items) => deepest(items),
            Self::Not(inner) | Self::Negative(inner) | Self::IsNull(inner, _) => inner.depth,
            Self::Arithmetic(_, a, b) | Self::Compare(_, a, b) | Self::Like(a, b, _) => {
                a.depth.max(b.depth)
            }
            Self::In(value, list, _) => value.depth.max(deepest(list)),
            Self::Between(parts, _) => deepest(&parts[..]),
            Self::Case {
                operand,
                branches,
                otherwise,
            } => {
                let of_branches = branches.iter().map(|(c, v)| c.depth.max(v.depth)).max();
                let of_box = |ast: &Option<Box<Ast>>| ast.as_ref().map_or(0, |ast| ast.depth);
                let outer = of_box(operand).max(of_box(otherwise));
                outer.max(of_branches.unwrap_or(0))
            }
        }
    }
}
