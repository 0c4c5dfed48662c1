//! Hostile sizes: an error, never a crash, never a long wait.

use crate::{
    limits::{SEGMENT_DEPTH_MAX, SEGMENT_NODES_MAX, SEGMENT_TEXT_BYTES_MAX},
    segment::{Expr, Scalar, parse},
};

fn error(text: &str) -> String {
    parse(text).expect_err("refused").to_string()
}

fn chain(terms: usize, operator: &str) -> String {
    let terms: Vec<String> = (0..terms).map(|i| format!("x={i}")).collect();
    terms.join(operator)
}

#[test]
fn a_long_or_of_one_tag_is_a_list() {
    let tree = parse(&chain(9_000, " OR ")).expect("within the limits");
    let Expr::Leaf(Scalar::In { list, negated, .. }) = tree else {
        panic!("no list");
    };
    assert_eq!((list.len(), negated), (9_000, false));
}

#[test]
fn too_many_terms_are_refused() {
    let or = error(&chain(20_000, " OR "));
    assert!(or.contains("20002 nodes, the limit is 10000"), "{or}");
    let and = error(&chain(20_000, " AND "));
    assert!(and.contains("the limit is 10000"), "{and}");
    let text = format!("x IN ({})", vec!["1"; 9_999].join(","));
    assert!(error(&text).contains("10001 nodes"));
    let text = format!("x IN ({})", vec!["1"; 9_998].join(","));
    assert_eq!(
        parse(&text).expect("fits").measure().nodes,
        SEGMENT_NODES_MAX
    );
}

#[test]
fn too_many_bytes_are_refused_before_they_are_read() {
    let text = format!("x = '{}'", "a".repeat(SEGMENT_TEXT_BYTES_MAX));
    assert!(error(&text).contains("bytes, the limit is 262144"));
    let text = format!("x = '{}'", "a".repeat(SEGMENT_TEXT_BYTES_MAX - 6));
    assert!(parse(&text).is_ok());
}

#[test]
fn nesting_of_every_form_is_refused() {
    let forms: [(&str, &str, &str); 9] = [
        ("(", "x = 1", ")"),
        ("NOT ", "x = 1", ""),
        ("NOT (", "x = 1", ")"),
        ("- ", "1", " = x"),
        ("+", "1", " = x"),
        ("lower(", "x", ") = 'a'"),
        ("CASE WHEN x = 1 THEN ", "1", " END"),
        ("CASE ", "1", " WHEN 1 THEN 1 END"),
        ("coalesce(1, ", "x", ")"),
    ];
    for (open, middle, close) in forms {
        for depth in [200, 5_000, 20_000] {
            let text = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            if text.len() <= SEGMENT_TEXT_BYTES_MAX {
                assert!(error(&text).contains("nested"), "{open}");
            }
            // Never closed: no second try of what failed.
            let text = format!("{}{middle}", open.repeat(depth));
            if text.len() <= SEGMENT_TEXT_BYTES_MAX {
                assert!(parse(&text).is_err(), "{open}");
            }
        }
    }
}

#[test]
fn long_arithmetic_leans_left_and_counts_as_depth() {
    let sum = |terms: usize| format!("{} > 1", vec!["x"; terms].join(" + "));
    assert!(parse(&sum(SEGMENT_DEPTH_MAX - 1)).is_ok());
    assert!(error(&sum(SEGMENT_DEPTH_MAX)).contains("nested"));
    assert!(error(&sum(50_000)).contains("nested"));
    let steps = format!("x{} > now()", " - INTERVAL '1 day'".repeat(5_000));
    assert!(error(&steps).contains("nested"));
}

#[test]
fn depth_is_that_of_the_tree_not_of_the_text() {
    let nots = |count: usize| format!("{}x", "NOT ".repeat(count));
    assert!(parse(&nots(SEGMENT_DEPTH_MAX - 1)).is_ok());
    assert!(error(&nots(SEGMENT_DEPTH_MAX)).contains("nested"));
    // Parentheses are no nodes.
    let parentheses = format!("{}x{}", "(".repeat(100), ")".repeat(100));
    assert_eq!(parse(&parentheses).expect("fits").measure().depth, 1);
}

#[test]
fn a_case_operand_is_not_multiplied_without_bound() {
    let operand = vec!["x"; 300].join(", ");
    let branches = " WHEN 1 THEN 1".repeat(300);
    let text = format!("CASE coalesce({operand}){branches} END = 1");
    assert!(error(&text).contains("more than 10000 nodes"));
}

#[test]
fn hostile_comments_and_places_stay_linear() {
    let hints = "/*!a*/ ".repeat(30_000);
    assert!(parse(&hints).is_err());
    let lines = "\n".repeat(200_000) + "x ==";
    assert_eq!(parse(&lines).expect_err("refused").position.line, 200_001);
}
