//! What no client should send: refused, with the place and the reason.

use crate::convert::segment::expr_from_wire;
use crate::pb::segment::v1::{
    Between, Expression, Function, InList, Literal, LogicOperator, Scalar, SetOperator, expression,
    literal, scalar::Kind,
};

fn set(operator: i32, operands: Vec<Expression>) -> Expression {
    Expression {
        kind: Some(expression::Kind::Operator(operator)),
        operands,
    }
}

fn leaf(value: Scalar) -> Expression {
    Expression {
        kind: Some(expression::Kind::Leaf(value)),
        operands: vec![],
    }
}

fn value(kind: Kind, operands: Vec<Scalar>) -> Scalar {
    Scalar {
        kind: Some(kind),
        operands,
    }
}

fn constant(value: literal::Value) -> Scalar {
    let value = Some(value);
    self::value(Kind::Literal(Literal { value }), vec![])
}

fn tag() -> Scalar {
    value(Kind::Tag("age".to_owned()), vec![])
}

#[track_caller]
fn assert_told(tree: Expression, expected: &str) {
    let error = expr_from_wire(tree).expect_err("refused");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    let told = match source {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    assert_eq!(told, expected);
    assert_eq!(error.kind(), tagma_core::ErrorKind::Invalid);
}

#[test]
fn messages_that_say_nothing() {
    let silent = "is not set, or set to something that this server does not know";
    assert_told(Expression::default(), &format!("tree: `kind` {silent}"));
    let not = set(SetOperator::Not.into(), vec![leaf(Scalar::default())]);
    assert_told(not, &format!("tree.operands[0].leaf: `kind` {silent}"));
    let literal = value(Kind::Literal(Literal::default()), vec![]);
    assert_told(
        leaf(literal),
        &format!("tree.leaf.literal: `value` {silent}"),
    );
    let null = leaf(constant(literal::Value::Null(false)));
    assert_told(
        null,
        "tree.leaf.literal: `null` is false; it is true or not set",
    );
    let literals = vec![Literal::default()];
    let list = value(
        Kind::InList(InList {
            literals,
            negated: false,
        }),
        vec![tag()],
    );
    assert_told(
        leaf(list),
        &format!("tree.leaf.in_list.literals[0]: `value` {silent}"),
    );
}

#[test]
fn unspecified_and_unknown_operators() {
    assert_told(set(0, vec![]), "tree: `operator` is unspecified");
    assert_told(
        set(77, vec![]),
        "tree: `operator` is 77, which this server does not know",
    );
    let kinds = [
        (Kind::Function(0), "function"),
        (Kind::Compare(0), "compare"),
        (Kind::Arithmetic(0), "arithmetic"),
        (Kind::Logic(0), "logic"),
        (Kind::DateTrunc(0), "date_trunc"),
    ];
    for (kind, field) in kinds {
        let tree = leaf(value(kind, vec![tag()]));
        assert_told(tree, &format!("tree.leaf: `{field}` is unspecified"));
    }
    assert_told(
        leaf(value(Kind::Compare(-1), vec![])),
        "tree.leaf: `compare` is -1, which this server does not know",
    );
}

#[test]
fn too_few_and_too_many_operands() {
    let everybody = || set(SetOperator::All.into(), vec![]);
    let cases = [
        (
            set(SetOperator::All.into(), vec![everybody()]),
            "tree: ALL takes no operands, not 1",
        ),
        (
            set(SetOperator::Not.into(), vec![everybody(), everybody()]),
            "tree: NOT takes one operand (set), not 2",
        ),
        (
            set(SetOperator::Not.into(), vec![]),
            "tree: NOT takes one operand (set), not 0",
        ),
        (
            leaf(value(
                Kind::Between(Between { negated: true }),
                vec![tag(), tag()],
            )),
            "tree.leaf: BETWEEN takes 3 operands (value, low, high), not 2",
        ),
        (
            leaf(value(Kind::Tag("age".to_owned()), vec![tag()])),
            "tree.leaf: a tag or a literal takes no operands, not 1",
        ),
        (
            leaf(value(Kind::Logic(LogicOperator::Not.into()), vec![])),
            "tree.leaf: NOT takes one operand (condition), not 0",
        ),
    ];
    for (tree, expected) in cases {
        assert_told(tree, expected);
    }
}

#[test]
fn names_and_constants_that_no_text_spells() {
    let named = leaf(value(Kind::Tag("a b".to_owned()), vec![]));
    assert_told(
        named,
        "tree.leaf: `a b` is not a name: letters, digits and `_`, not a digit first, at most 128 \
         bytes",
    );
    let number = |digits: &str| leaf(constant(literal::Value::Number(digits.to_owned())));
    for digits in ["", "1e5", "0x1f", "١", ".", "--1"] {
        assert!(expr_from_wire(number(digits)).is_err(), "{digits}");
    }
    assert!(expr_from_wire(number(&"9".repeat(39))).is_err());
    let bad = "the tree cannot be used: the expression is malformed: ";
    let range = "numbers have up to 38 digits, times lie in years 1 to 9999";
    let far = leaf(constant(literal::Value::DateDays(i32::MAX)));
    assert_told(far, &format!("{bad}{range}"));
    let empty = value(Kind::InList(InList::default()), vec![tag()]);
    assert_told(leaf(empty), &format!("{bad}an IN list is empty"));
    let case = value(Kind::Function(Function::Case.into()), vec![tag()]);
    assert_told(leaf(case), &format!("{bad}a CASE has no branch"));
}
