//! The largest legal trees pass; one more node or level is refused, before anything recursive.

use prost::Message;
use tagma_core::{
    limits::{SEGMENT_DEPTH_MAX, SEGMENT_NODES_MAX},
    segment::{Expr, parse, print},
};

use super::forms::through_wire;
use crate::{
    SEGMENT_MESSAGE_BYTES_MAX,
    convert::segment::{expr_from_wire, expr_to_wire},
    pb::segment::v1::{CountRequest, Expression, Scalar, SetOperator, count_request, expression},
};

/// Levels of messages in messages that libraries of other languages decode by default.
const LIBRARIES_ALLOW: usize = 100;

fn nots(count: usize) -> Expression {
    let leaf = expr_to_wire(&parse("x IN (1)").expect("a segment"));
    (0..count).fold(leaf, |inner, _| Expression {
        kind: Some(expression::Kind::Operator(SetOperator::Not.into())),
        operands: vec![inner],
    })
}

fn told(tree: Expression) -> String {
    let error = expr_from_wire(tree).expect_err("refused");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    format!("{error}: {}", source.unwrap_or_default())
}

/// Messages within messages, by walking the encoding's own structure.
fn nesting(set: &Expression) -> usize {
    let below = set.operands.iter().map(nesting).max().unwrap_or(0);
    let leaf = match &set.kind {
        Some(expression::Kind::Leaf(value)) => scalar_nesting(value),
        _ => 0,
    };
    1 + below.max(leaf)
}

fn scalar_nesting(value: &Scalar) -> usize {
    // A list of literals lies two messages deeper.
    1 + value.operands.iter().map(scalar_nesting).max().unwrap_or(2)
}

#[test]
fn the_deepest_legal_sets_and_values_pass_in_a_request() {
    let sets = nots(SEGMENT_DEPTH_MAX - 2);
    let sum = vec!["x"; SEGMENT_DEPTH_MAX - 1].join(" + ");
    let values = parse(&format!("{sum} IN (1)")).expect("at the limit");
    for tree in [sets, expr_to_wire(&values)] {
        assert!(nesting(&tree) + 1 < LIBRARIES_ALLOW);
        let expression = Some(count_request::Expression::Tree(tree.clone()));
        let request = CountRequest {
            expression,
            ..CountRequest::default()
        };
        let bytes = request.encode_to_vec();
        let request = CountRequest::decode(bytes.as_slice()).expect("decodes");
        let Some(count_request::Expression::Tree(decoded)) = request.expression else {
            panic!("no tree");
        };
        assert_eq!(decoded, tree);
        let expr = expr_from_wire(decoded).expect("converts");
        assert_eq!(expr.measure().depth, SEGMENT_DEPTH_MAX);
        let normal = expr.normalize();
        assert_eq!(parse(&print(&normal)), Ok(normal));
    }
}

#[test]
fn one_level_more_is_refused() {
    let deep = told(nots(SEGMENT_DEPTH_MAX - 1));
    assert!(deep.contains("nested 65 levels deep"), "{deep}");
    assert!(told(nots(5_000)).contains("nested 5002 levels deep"));
    // The decoder itself stops before its stack does.
    let bytes = nots(5_000).encode_to_vec();
    assert!(Expression::decode(bytes.as_slice()).is_err());
}

#[test]
fn the_largest_legal_tree_passes_and_fits_a_request() {
    let literals = SEGMENT_NODES_MAX - 2;
    let list = |count: usize| {
        let literals: Vec<String> = (0..count).map(|i| format!("'{i:022}'")).collect();
        format!("x IN ({})", literals.join(","))
    };
    let tree = parse(&list(literals)).expect("at the limit");
    assert_eq!(through_wire(&tree), tree);
    let bytes = expr_to_wire(&tree).encoded_len();
    assert!(bytes < SEGMENT_MESSAGE_BYTES_MAX / 2, "{bytes}");
    let Expr::Leaf(tagma_core::segment::Scalar::In {
        value, mut list, ..
    }) = tree
    else {
        panic!("no list");
    };
    list.push(tagma_core::segment::Literal::Null);
    let more = Expr::Leaf(tagma_core::segment::Scalar::In {
        value,
        list,
        negated: false,
    });
    let many = told(expr_to_wire(&more));
    assert!(many.contains("10001 nodes, the limit is 10000"), "{many}");
}
