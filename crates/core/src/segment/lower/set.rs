//! Sets: what stands above leaves.

use super::{call::saved_segment, scalar::scalar};
use crate::segment::{
    parse::{Ast, AstKind, Chain, Parsed},
    tree::Expr,
};

/// The tree of a syntax tree; not normalised yet.
pub(in crate::segment) fn lower(ast: &Ast) -> Parsed<Expr> {
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
