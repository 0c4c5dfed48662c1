//! Limits of a tree on the wire, checked without recursion before anything converts it.

use tagma_core::{
    limits::{SEGMENT_DEPTH_MAX, SEGMENT_NODES_MAX},
    segment::TreeError,
};

use super::error::{Result, WireTreeError};
use crate::pb::segment::v1::{Expression, Scalar, expression, scalar};

/// A message that waits to be counted.
enum Open<'a> {
    Set(&'a Expression),
    Value(&'a Scalar),
}

/// Checks nodes and levels, counted as `tagma_core::segment::Measure` counts them.
pub(super) fn check(tree: &Expression) -> Result<()> {
    let (mut nodes, mut deepest) = (0, 0);
    let mut open = vec![(Open::Set(tree), 1)];
    while let Some((item, depth)) = open.pop() {
        deepest = deepest.max(depth);
        match item {
            Open::Set(set) => {
                match &set.kind {
                    // A leaf's value begins at the leaf's own level.
                    Some(expression::Kind::Leaf(value)) => open.push((Open::Value(value), depth)),
                    _ => nodes += 1,
                }
                open.extend(set.operands.iter().map(|set| (Open::Set(set), depth + 1)));
            }
            Open::Value(value) => {
                nodes += 1;
                if let Some(scalar::Kind::InList(list)) = &value.kind {
                    nodes += list.literals.len();
                }
                let operands = value.operands.iter();
                open.extend(operands.map(|value| (Open::Value(value), depth + 1)));
            }
        }
    }
    if nodes > SEGMENT_NODES_MAX {
        return Err(WireTreeError::Tree(TreeError::Nodes { nodes }));
    }
    if deepest > SEGMENT_DEPTH_MAX {
        return Err(WireTreeError::Tree(TreeError::Depth { depth: deepest }));
    }
    Ok(())
}
