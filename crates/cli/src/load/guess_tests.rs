//! Which values make which type.

use super::*;
use crate::load::column_type::print;

fn guess_of(values: &[&str], is_time: bool) -> String {
    let mut looks = Looks::default();
    let rules = LookRules {
        is_time,
        decimal_comma: false,
    };
    values.iter().for_each(|value| looks.see(value, 1, rules));
    looks
        .guess()
        .map_or("nothing".to_owned(), |guess| print(guess.column_type))
}

#[test]
fn every_type_is_guessed_from_its_values() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "nothing"),
        (&["true", "FALSE"], "bool"),
        (&["0", "-5", "9223372036854775807"], "int"),
        (&["9223372036854775808"], "text"),
        (&["00012"], "text"),
        (&["1", "00012"], "text"),
        (&["0"], "int"),
        (&["-0"], "text"),
        (&["+8613800138000"], "text"),
        (&["11.77", "12"], "decimal(18,2)"),
        (&["0.1234", ".5", "5."], "decimal(18,4)"),
        (&["123456789012345678", "0.5"], "decimal(38,1)"),
        (&["00.5"], "text"),
        (&["0.12345"], "float"),
        (&["1.5e-7", "2"], "float"),
        (&["12e4"], "text"),
        (&["."], "text"),
        (&["-"], "text"),
        (&["1998-06-30"], "date"),
        (&["19980630"], "int"),
        (&["1998-02-30"], "text"),
        (
            &["1998-06-30 08:00:00", "1998-06-30T08:00:00.5+08:00"],
            "timestamp",
        ),
        (&["1998-06-30", "1998-06-30 08:00:00"], "timestamp"),
        (&["1", "true"], "text"),
        (&["1", "1998-06-30"], "text"),
        (&["NaN"], "text"),
        (&["上海"], "text"),
        (&[" 1 ", "2"], "int"),
    ];
    for (values, expected) in cases {
        assert_eq!(guess_of(values, false), *expected, "{values:?}");
    }
}

#[test]
fn eight_digits_are_a_date_in_the_time_column_only() {
    assert_eq!(guess_of(&["19970101", "19980630"], true), "date");
    assert_eq!(
        guess_of(&["19970101", "1998-06-30 01:00"], true),
        "timestamp"
    );
    assert_eq!(guess_of(&["19970101", "19981330"], true), "text");
    assert_eq!(guess_of(&["19970101", "19981330"], false), "int");
}

#[test]
fn files_agree_on_the_wider_type_or_not_at_all() {
    let decimal = |precision, scale| Guess::declared(ColumnType::Decimal { precision, scale });
    let of = |column_type| Guess::declared(column_type);
    let cases = [
        (of(ColumnType::Int), of(ColumnType::Int), Some("int")),
        (of(ColumnType::Int), of(ColumnType::Float), Some("float")),
        (of(ColumnType::Int), decimal(12, 2), Some("decimal(38,2)")),
        (decimal(12, 2), decimal(12, 2), Some("decimal(12,2)")),
        (decimal(12, 2), decimal(12, 4), Some("decimal(18,4)")),
        (decimal(38, 0), decimal(38, 38), Some("float")),
        (
            of(ColumnType::Date),
            of(ColumnType::Timestamp),
            Some("timestamp"),
        ),
        (of(ColumnType::Int), of(ColumnType::Text), None),
        (of(ColumnType::Bool), of(ColumnType::Int), None),
    ];
    for (a, b, expected) in cases {
        for joined in [a.with(b), b.with(a)] {
            let joined = joined.map(|guess| print(guess.column_type));
            assert_eq!(joined.as_deref(), expected, "{a:?} {b:?}");
        }
    }
}

#[test]
fn numbers_with_a_comma_are_numbers_where_that_is_said() {
    let guess = |values: &[&str]| {
        let mut looks = Looks::default();
        let rules = LookRules {
            is_time: false,
            decimal_comma: true,
        };
        values.iter().for_each(|value| looks.see(value, 1, rules));
        looks.guess().map(|guess| print(guess.column_type))
    };
    assert_eq!(
        guess(&["1,5", "-,25", "3"]).as_deref(),
        Some("decimal(18,2)")
    );
    assert_eq!(guess(&["1"]).as_deref(), Some("int"));
    assert_eq!(guess(&["1.5"]).as_deref(), Some("text"));
    assert_eq!(guess(&["1.234,5"]).as_deref(), Some("text"));
    assert_eq!(guess_of(&["1,5"], false), "text");
}

#[test]
fn few_values_that_make_a_text_of_a_column_are_named() {
    let doubt = |values: &[&str]| {
        let mut looks = Looks::default();
        for (row, value) in (1..).zip(values) {
            looks.see(value, row, LookRules::default());
        }
        looks.doubt()
    };
    let mut values = vec!["7"; 20];
    assert_eq!(doubt(&values), None);
    values.push("a lot");
    let expected = "is made text: beside int it holds `a lot` in row 21";
    assert_eq!(doubt(&values).as_deref(), Some(expected));
    values.push("00012");
    let expected = "is made text: beside int it holds `a lot` in row 21 (and 1 more like it)";
    assert_eq!(doubt(&values).as_deref(), Some(expected));
    let expected = "is made text: beside int it holds `9223372036854775808` in row 2, too large \
        for an int of 64 bits";
    assert_eq!(
        doubt(&["1", "9223372036854775808"]).as_deref(),
        Some(expected)
    );
    let expected = "is made text: beside bool it holds `1` in row 2";
    assert_eq!(doubt(&["true", "1"]).as_deref(), Some(expected));
    // Codes with leading zeros are as usual as those without.
    assert_eq!(doubt(&["1", "00012", "2"]), None);
    assert_eq!(doubt(&["a", "b"]), None);
}
