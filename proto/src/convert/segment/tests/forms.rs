//! Every form of the language, from its text to the wire and back.

use prost::Message;
use tagma_core::segment::{Expr, Literal, Scalar, parse};

use crate::convert::segment::{expr_from_wire, expr_to_wire};
use crate::pb::segment::v1::Expression;

/// Together they hold every set, value, operator, unit and constant.
pub(super) const FORMS: [&str; 24] = [
    "TRUE",
    "FALSE",
    "a = 1 AND b <> 2 AND c < 3",
    "a <= 1 OR b > 2 OR c >= 3",
    "NOT segment('churned') AND is_vip",
    "x IN (NULL, TRUE, FALSE, 1, -2, 0.50, 5., 'it''s', DATE '2024-02-29')",
    "x NOT IN ('上海', TIMESTAMP '2024-01-01 00:00:00Z', TIMESTAMP '0001-01-01 00:00:00')",
    "x = 99999999999999999999999999999999999999",
    "x = -0.00000000000000000000000000000000000001",
    "x BETWEEN 1 AND 2 AND y NOT BETWEEN 3 AND 4",
    "x LIKE 'a\\%_' AND y NOT LIKE '%'",
    "x IS NULL OR y IS NOT NULL",
    "x + 1 > y - 2 AND x * 3 > y / 4",
    "t >= now() - INTERVAL '1 month 3 days 4 hours'",
    "t < today() + INTERVAL '-1 month 9223372036854775807 microseconds'",
    "date_trunc('year', t) = date_trunc('quarter', u)",
    "date_trunc('month', t) = date_trunc('week', u)",
    "date_trunc('day', t) = date_trunc('hour', u)",
    "date_trunc('minute', t) = t",
    "days_between(a, b) > 7 AND lower(c) = 'x'",
    "prefix(c, '') AND contains(d, 'part')",
    "CASE WHEN a THEN b WHEN c AND d OR NOT e THEN f ELSE g END = 1",
    "CASE WHEN a THEN b END IS NULL",
    "coalesce(a, b, NULL) = 'x'",
];

/// The tree after encoding and decoding.
pub(super) fn through_wire(expr: &Expr) -> Expr {
    let bytes = expr_to_wire(expr).encode_to_vec();
    let message = Expression::decode(bytes.as_slice()).expect("decodes");
    expr_from_wire(message).expect("converts")
}

#[test]
fn every_form_survives_the_wire() {
    for text in FORMS {
        let tree = parse(text).expect(text);
        assert_eq!(through_wire(&tree), tree, "{text}");
    }
}

#[test]
fn trees_that_no_text_spells_survive_as_they_are() {
    let flag = || Expr::Leaf(Scalar::Literal(Literal::Bool(true)));
    let empty = [Expr::And(vec![]), Expr::Or(vec![]), Expr::And(vec![flag()])];
    for tree in empty {
        assert_eq!(through_wire(&tree), tree);
    }
}

#[test]
fn the_documented_message_is_what_its_text_says() {
    let tree = parse("age >= 25 AND NOT segment('churned')").expect("a segment");
    let golden = "08037a131a1120067a050a036167657a0612041a0232357a0d08057a091207636875726e6564";
    let bytes = hex_of(&expr_to_wire(&tree).encode_to_vec());
    assert_eq!(bytes, golden);
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
