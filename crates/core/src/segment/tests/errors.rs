//! Errors: what, where, what to do.

use crate::{ErrorKind, segment::parse};

#[track_caller]
fn refused(text: &str, column: u32, parts: &[&str]) {
    let error = parse(text).expect_err(text);
    let message = error.to_string();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.position.column, column, "{text}: {message}");
    for part in parts {
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn places_are_lines_columns_and_bytes() {
    let text = "城市 = '上海'\n  AND x == 1";
    let error = parse(text).expect_err("refused");
    assert_eq!((error.position.line, error.position.column), (2, 9));
    assert_eq!(&text[error.position.offset..], "== 1");
    assert_eq!(error.near, "== 1");
    let message = error.to_string();
    assert!(message.starts_with("line 2, column 9: "), "{message}");
}

#[test]
fn wrong_operators_say_what_to_write() {
    refused("x == 1", 3, &["`==`", "equality is written `=`"]);
    refused("x = 1 && y = 2", 7, &["write AND"]);
    refused("x = 1 || y = 2", 7, &["write OR"]);
    refused("! x", 1, &["write NOT"]);
    refused("x::int = 1", 2, &["never cast"]);
    refused("CAST(x AS INT) = 1", 1, &["never cast"]);
    refused("x = y = z", 7, &["comparisons do not chain"]);
    refused("x = 1;", 6, &["without `;`"]);
    refused("x % 2 = 1", 3, &["no remainder"]);
    refused("x = NULL", 5, &["x IS NULL"]);
    refused("NULL <> x", 9, &["x IS NULL"]);
    refused("x ILIKE 'a'", 3, &["no ILIKE", "lower(x)"]);
    refused("x LIKE 'a' ESCAPE '!'", 12, &["no ESCAPE"]);
    refused("x LIKE y", 8, &["pattern in single quotes"]);
    refused("x IS TRUE", 6, &["only NULL and NOT NULL"]);
    refused("x = NOT y", 5, &["(NOT …)"]);
    refused("x IN (1, y)", 10, &["literals only"]);
    refused("x = 1 ， y", 7, &["ASCII"]);
}

#[test]
fn what_is_missing_is_named() {
    refused("", 1, &["empty", "`TRUE` means everybody"]);
    refused("  -- nothing", 1, &["empty"]);
    refused("x =", 4, &["the text ends", "(at the end)"]);
    refused("(x = 1", 7, &["the text ends where `)`"]);
    refused("x = 1)", 6, &["`)` stands where the end"]);
    refused("x BETWEEN 1", 12, &["AND"]);
    refused("CASE x END", 8, &["WHEN"]);
    refused("CASE WHEN x THEN y", 19, &["END"]);
    refused("x IN ()", 7, &["`)` stands where"]);
    refused("x y", 3, &["`y` stands where the end"]);
    refused("(1, 2) = x", 1, &["lists follow IN"]);
    refused("x = 'open", 5, &["unterminated"]);
    refused("a.b = 1", 1, &["one part"]);
    refused("AND x", 1, &["`AND` stands where"]);
}

#[test]
fn numbers_and_times_are_checked() {
    refused("x = 1e5", 5, &["without an exponent"]);
    refused(
        "x = 999999999999999999999999999999999999999",
        5,
        &["38 digits"],
    );
    refused("x = DATE '2024-02-30'", 5, &["YYYY-MM-DD"]);
    refused("x = TIMESTAMP 'now'", 5, &["not a timestamp"]);
    refused("x > now() - INTERVAL 'soon'", 13, &["whole number"]);
    refused("x > now() - INTERVAL '3 dayz'", 13, &["did you mean `day`"]);
    refused("x > now() - INTERVAL '30'", 13, &["lacks a unit"]);
    refused("x > now() - INTERVAL 30", 24, &["a unit (DAY"]);
    refused("x > now() - INTERVAL ''", 13, &["empty"]);
    refused(
        "x > now() - INTERVAL '9999999999 months'",
        13,
        &["too long"],
    );
    refused(
        "x > INTERVAL '1 day'",
        5,
        &["stands alone", "now() - INTERVAL"],
    );
}

#[test]
fn functions_are_known_by_name_and_form() {
    refused(
        "lowr(x) = 'a'",
        1,
        &["no function `lowr`", "did you mean `lower`?"],
    );
    refused(
        "sequence('(?1)', events)",
        1,
        &["no function `sequence`", "functions are"],
    );
    refused(
        "lower(x, y) = 'a'",
        1,
        &["wrong number of arguments: 2", "lower(text)"],
    );
    refused("now(1) > x", 1, &["now()"]);
    refused("coalesce() = 1", 1, &["coalesce(a, b, …)"]);
    refused("prefix(x, y)", 11, &["single quotes"]);
    refused("date_trunc('moth', x) = y", 12, &["did you mean 'month'?"]);
    refused("date_trunc('century', x) = y", 12, &["units are year"]);
    refused("CURRENT_DATE > x", 1, &["write today()"]);
    refused("x < current_timestamp", 5, &["write now()"]);
    refused("\"now\"() > x", 1, &["not quoted"]);
}

#[test]
fn segments_are_sets() {
    refused("segment('a') IS NULL", 1, &["a set of people"]);
    refused("coalesce(segment('a'), TRUE)", 10, &["a set of people"]);
    refused("segment(vip)", 9, &["single quotes"]);
    refused("segment('not a name')", 9, &["is not a name"]);
}

#[test]
fn subqueries_are_not_supported_yet() {
    for (text, column) in [
        ("(SELECT count(*) FROM events) >= 3", 2),
        ("EXISTS (SELECT 1 FROM events)", 1),
        ("NOT EXISTS (SELECT 1 FROM events)", 5),
        ("x IN (SELECT 1)", 7),
        ("coalesce(SELECT 1)", 10),
    ] {
        refused(
            text,
            column,
            &["subqueries are not supported yet in segment text"],
        );
    }
}
