//! Parts of a segment: steps of the waterfall, leaves of an explanation.

use super::tree::{Expr, Scalar};

/// The conjuncts of the top-level AND in written order; of anything else the expression itself.
pub fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::And(items) => items.iter().collect(),
        other => vec![other],
    }
}

/// Every leaf and every `segment('…')` in written order, each a set of its own that can be printed
/// and bound alone. Saved segments are not opened; `TRUE` and `FALSE` are left out.
pub fn leaves(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::Leaf(_) | Expr::Segment(_) => found.push(expr),
            Expr::Not(inner) => open.push(inner),
            Expr::And(items) | Expr::Or(items) => open.extend(items.iter().rev()),
            Expr::All | Expr::Nothing => {}
        }
    }
    found
}

impl Scalar {
    /// The tags that the value reads, in written order, each once.
    pub fn tags(&self) -> Vec<&crate::schema::Name> {
        let mut found: Vec<&crate::schema::Name> = Vec::new();
        let mut open = vec![self];
        while let Some(scalar) = open.pop() {
            if let Self::Tag(name) = scalar
                && !found.contains(&name)
            {
                found.push(name);
            }
            let start = open.len();
            scalar.each_child(&mut |child| open.push(child));
            open[start..].reverse();
        }
        found
    }
}
