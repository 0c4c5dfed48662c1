//! Smaller expressions out of a larger one.

use tagma_core::segment::{Expr, Scalar};

/// The smallest expression that `fails` which dropping and opening connectives leads to.
pub fn smallest(expr: &Expr, fails: &dyn Fn(&Expr) -> bool) -> Expr {
    let mut best = expr.clone();
    while let Some(smaller) = smaller(&best).into_iter().find(|expr| fails(expr)) {
        best = smaller;
    }
    best
}

fn smaller(expr: &Expr) -> Vec<Expr> {
    match expr {
        Expr::And(parts) => of_chain(parts, Expr::And),
        Expr::Or(parts) => of_chain(parts, Expr::Or),
        Expr::Not(part) => {
            let inner = smaller(part)
                .into_iter()
                .map(|part| Expr::Not(Box::new(part)));
            std::iter::once((**part).clone()).chain(inner).collect()
        }
        Expr::Leaf(scalar) => of_leaf(scalar).into_iter().map(Expr::Leaf).collect(),
        Expr::All | Expr::Nothing | Expr::Segment(_) => Vec::new(),
    }
}

/// Each part alone, the chain without one part, the chain with one part smaller.
fn of_chain(parts: &[Expr], chain: fn(Vec<Expr>) -> Expr) -> Vec<Expr> {
    let mut found = parts.to_vec();
    for place in 0..parts.len() {
        if parts.len() > 2 {
            let mut fewer = parts.to_vec();
            fewer.remove(place);
            found.push(chain(fewer));
        }
        for part in smaller(&parts[place]) {
            let mut changed = parts.to_vec();
            changed[place] = part;
            found.push(chain(changed));
        }
    }
    found
}

/// Booleans out of CASE and COALESCE that could be a leaf themselves.
fn of_leaf(scalar: &Scalar) -> Vec<Scalar> {
    match scalar {
        Scalar::Case {
            branches,
            otherwise,
        } => {
            let conditions = branches.iter().map(|(condition, _)| condition.clone());
            let values = branches.iter().map(|(_, value)| value.clone());
            conditions
                .chain(values)
                .chain(otherwise.as_deref().cloned())
                .collect()
        }
        Scalar::Coalesce(parts) | Scalar::And(parts) | Scalar::Or(parts) => parts.clone(),
        Scalar::Not(part) => vec![(**part).clone()],
        _ => Vec::new(),
    }
}
