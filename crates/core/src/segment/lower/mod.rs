//! Syntax → tree: decides which connective is a set operation and which is three-valued logic.
//!
//! AND, OR, NOT, TRUE, FALSE and `segment()` above leaves are sets; below a leaf the same words are
//! SQL's three-valued operators, and `segment()` is an error. Depth is bounded by the syntax.

mod call;
mod literal;
mod scalar;

pub(super) use self::call::unit_name;

use self::{call::saved_segment, scalar::scalar};
use super::{
    parse::{Ast, AstKind, Chain, Parsed},
    tree::Expr,
};

/// The tree of a syntax tree; not normalised yet.
pub(super) fn lower(ast: &Ast) -> Parsed<Expr> {
    match &ast.kind {
        AstKind::Bool(true) => Ok(Expr::All),
        AstKind::Bool(false) => Ok(Expr::Nothing),
        AstKind::Chain(chain, items) => {
            let items = items.iter().map(lower).collect::<Parsed<Vec<_>>>()?;
            Ok(match chain {
                Chain::And => Expr::And(items),
                Chain::Or => Expr::Or(items),
            })
        }
        AstKind::Not(inner) => Ok(Expr::Not(Box::new(lower(inner)?))),
        AstKind::Call(name, arguments) if name == "segment" => {
            saved_segment(ast.at, arguments).map(Expr::Segment)
        }
        _ => scalar(ast).map(Expr::Leaf),
    }
}
