//! What text means: sets above leaves, three-valued values below.

use crate::{
    schema::Name,
    segment::{CompareOp, Expr, Interval, Literal, Scalar, conjuncts, leaves, parse, print},
};

fn tree(text: &str) -> Expr {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The canonical text.
fn canonical(text: &str) -> String {
    print(&tree(text))
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn tag(text: &str) -> Box<Scalar> {
    Box::new(Scalar::Tag(name(text)))
}

#[test]
fn the_example_of_the_manual_parses() {
    let text = "gender = 'female' AND city IN ('上海', '杭州') AND age BETWEEN 25 AND 35 \
                AND last_order >= now() - INTERVAL '30 days' AND NOT segment('churned')";
    assert_eq!(canonical(text), text);
    assert_eq!(conjuncts(&tree(text)).len(), 5);
}

#[test]
fn connectives_above_leaves_are_sets_and_below_are_values() {
    assert_eq!(
        tree("NOT a = 1"),
        Expr::Not(Box::new(Expr::Leaf(Scalar::Compare {
            op: CompareOp::Eq,
            left: tag("a"),
            right: Box::new(Scalar::Literal(Literal::Int(1))),
        })))
    );
    let Expr::Leaf(Scalar::IsNull { value, .. }) = tree("(NOT a) IS NULL") else {
        panic!("no leaf");
    };
    assert_eq!(*value, Scalar::Not(tag("a")));
    let Expr::Leaf(Scalar::Case { branches, .. }) = tree("CASE WHEN a AND b THEN c END") else {
        panic!("no leaf");
    };
    assert_eq!(branches[0].0, Scalar::And(vec![*tag("a"), *tag("b")]));
    assert_eq!(tree("TRUE"), Expr::All);
    assert_eq!(tree("NOT FALSE"), Expr::Not(Box::new(Expr::Nothing)));
    assert_eq!(tree("segment('VIP')"), Expr::Segment(name("vip")));
}

#[test]
fn chains_are_flat_and_equal_tests_become_lists() {
    assert_eq!(canonical("(a AND (b AND c)) AND d"), "a AND b AND c AND d");
    assert_eq!(canonical("a OR (b OR (c AND d))"), "a OR b OR c AND d");
    assert_eq!(canonical("(a OR b) AND c"), "(a OR b) AND c");
    assert_eq!(canonical("x = 1 OR y = 2 OR x = 3"), "x IN (1, 3) OR y = 2");
    assert_eq!(canonical("x IN (1) OR x = 3 OR x IN (2)"), "x IN (1, 3, 2)");
    assert_eq!(
        canonical("x = 1 OR x <> 2 OR x NOT IN (3)"),
        "x = 1 OR x <> 2 OR x NOT IN (3)"
    );
    assert_eq!(canonical("x = 1 AND x = 2"), "x = 1 AND x = 2");
    assert_eq!(
        canonical("CASE WHEN x = 1 OR x = 2 THEN y END"),
        "CASE WHEN x IN (1, 2) THEN y END"
    );
}

#[test]
fn precedence_is_that_of_sql() {
    assert_eq!(
        canonical("a OR b AND NOT c = 1 + 2 * 3"),
        "a OR b AND NOT c = 1 + 2 * 3"
    );
    assert_eq!(
        canonical("x - (y - z) > (a + b) * c"),
        "x - (y - z) > (a + b) * c"
    );
    assert_eq!(
        canonical("(x - y) - z > ((a * b) / c)"),
        "x - y - z > a * b / c"
    );
    assert_eq!(
        canonical("x BETWEEN 1 AND 2 AND y"),
        "x BETWEEN 1 AND 2 AND y"
    );
    assert_eq!(canonical("(x = 1) = (y = 2)"), "(x = 1) = (y = 2)");
    assert_eq!(canonical("NOT x NOT IN (1)"), "NOT x NOT IN (1)");
}

#[test]
fn literals_keep_their_spelling() {
    for text in [
        "x = 5.",
        "x = 0.50",
        "x = -7",
        "x = 'it''s'",
        "x = DATE '2024-02-29'",
        "x = TIMESTAMP '2024-02-29T00:00:00Z'",
        "x = TIMESTAMP '2024-02-29 10:30:00.25'",
        "x LIKE 'a\\_%'",
        "x IN (NULL, TRUE, 'a', 1, 2.0)",
        "x = 99999999999999999999999999999999999999",
    ] {
        assert_eq!(canonical(text), text);
    }
    assert_eq!(canonical("x = - - 3"), "x = 0 - -3");
    assert_eq!(canonical("x = +3"), "x = 3");
    assert_eq!(canonical("-x > 1"), "0 - x > 1");
    assert_eq!(canonical("x = .5"), "x = 0.5");
    assert_eq!(
        canonical("x = TIMESTAMP '2024-02-29 08:00:00+08:00'"),
        "x = TIMESTAMP '2024-02-29T00:00:00Z'"
    );
}

#[test]
fn intervals_in_every_form() {
    let by = |text: &str| match tree(&format!("x > now() + {text}")) {
        Expr::Leaf(Scalar::Compare { right, .. }) => match *right {
            Scalar::Shift { by, .. } => by,
            other => panic!("{other}"),
        },
        other => panic!("{other}"),
    };
    let interval = |months, days, micros| Interval {
        months,
        days,
        micros,
    };
    assert_eq!(by("INTERVAL '30 days'"), interval(0, 30, 0));
    assert_eq!(by("INTERVAL 30 DAY"), interval(0, 30, 0));
    assert_eq!(by("INTERVAL '30' DAYS"), interval(0, 30, 0));
    assert_eq!(by("INTERVAL - 30 DAY"), interval(0, -30, 0));
    assert_eq!(by("INTERVAL '1 month 3 days'"), interval(1, 3, 0));
    assert_eq!(
        by("INTERVAL '1 year -1 week 90 minutes'"),
        interval(12, -7, 5_400_000_000)
    );
    assert_eq!(by("INTERVAL '2 QUARTERS'"), interval(6, 0, 0));
    assert_eq!(by("INTERVAL 12 HOUR"), interval(0, 0, 43_200_000_000));
    assert_eq!(
        canonical("x > now() - INTERVAL 90 MINUTE"),
        "x > now() - INTERVAL '90 minutes'"
    );
    assert_eq!(
        canonical("INTERVAL '1 day' + x > y"),
        "x + INTERVAL '1 day' > y"
    );
    assert_eq!(
        canonical("x - INTERVAL '-1 day' > y"),
        "x + INTERVAL '1 day' > y"
    );
    assert_eq!(
        canonical("x + INTERVAL '0 days' > y"),
        "x + INTERVAL '0 days' > y"
    );
}

#[test]
fn names_fold_and_reserved_ones_are_quoted() {
    assert_eq!(
        canonical("Last_Order IS NOT NULL"),
        "last_order IS NOT NULL"
    );
    assert_eq!(canonical("\"Last_Order\" IS NULL"), "last_order IS NULL");
    assert_eq!(canonical("城市 = '上海'"), "城市 = '上海'");
    assert_eq!(
        canonical("\"case\" = 1 AND date = 2"),
        "\"case\" = 1 AND \"date\" = 2"
    );
    assert_eq!(canonical("/* c */ x -- d\n = 1"), "x = 1");
}

#[test]
fn a_case_with_an_operand_is_the_searched_form() {
    assert_eq!(
        canonical("CASE x WHEN 1 THEN 'a' WHEN y THEN 'b' ELSE 'c' END = 'a'"),
        "CASE WHEN x = 1 THEN 'a' WHEN x = y THEN 'b' ELSE 'c' END = 'a'"
    );
}

#[test]
fn functions_print_as_written() {
    for text in [
        "date_trunc('month', last_order) = today()",
        "days_between(last_order, now()) > 30",
        "lower(city) = 'a'",
        "prefix(city, 'a') AND contains(lower(city), 'b')",
        "coalesce(a, b, 0) > 1",
    ] {
        assert_eq!(canonical(text), text);
    }
    assert_eq!(
        canonical("COALESCE(a, NOT b, c OR d)"),
        "coalesce(a, NOT b, c OR d)"
    );
}

#[test]
fn leaves_come_in_written_order() {
    let tree = tree("a = 1 AND NOT (b OR segment('s')) AND TRUE AND c IS NULL");
    let texts: Vec<String> = leaves(&tree).into_iter().map(print).collect();
    assert_eq!(texts, ["a = 1", "b", "segment('s')", "c IS NULL"]);
    let texts: Vec<String> = conjuncts(&tree).into_iter().map(print).collect();
    assert_eq!(
        texts,
        ["a = 1", "NOT (b OR segment('s'))", "TRUE", "c IS NULL"]
    );
    assert_eq!(conjuncts(&parse("a OR b").expect("fits")).len(), 1);
}

#[test]
fn values_name_their_tags_in_order() {
    let Expr::Leaf(scalar) = tree("CASE WHEN b = a THEN c ELSE b END > a + d") else {
        panic!("no leaf");
    };
    let names: Vec<&str> = scalar.tags().into_iter().map(Name::as_str).collect();
    assert_eq!(names, ["b", "a", "c", "d"]);
}
