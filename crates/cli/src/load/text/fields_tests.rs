//! Fields agree with the `csv` crate on everything that may stand in a record.

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::*;

fn fields(record: &str, dialect: &Dialect) -> Vec<String> {
    let mut fields = Vec::new();
    split(record, dialect, &mut fields);
    fields.into_iter().map(Cow::into_owned).collect()
}

fn by(delimiter: &str) -> Dialect {
    Dialect {
        delimiter: delimiter.parse().expect("a delimiter"),
        ..Dialect::default()
    }
}

#[test]
fn blanks_are_one_delimiter_and_those_at_the_ends_are_none() {
    let line = " 00001 19970101  1   11.77 ";
    let blanks = by("whitespace");
    assert_eq!(fields(line, &blanks), ["00001", "19970101", "1", "11.77"]);
    assert_eq!(fields("a\t \"b\"", &blanks), ["a", "\"b\""]);
}

#[test]
fn quotes_and_empty_fields_are_read() {
    let comma = Dialect::default();
    assert_eq!(fields("a,,c,", &comma), ["a", "", "c", ""]);
    assert_eq!(fields("\"a,b\",\"c\"\"d\"", &comma), ["a,b", "c\"d"]);
    assert_eq!(fields("5\" pipe,\"x\"y", &comma), ["5\" pipe", "xy"]);
    assert_eq!(fields("上海|杭州", &by("|")), ["上海", "杭州"]);
    assert_eq!(fields("上海，杭州", &by("，")), ["上海", "杭州"]);
    assert_eq!(fields("a||\"b||c\"||", &by("||")), ["a", "b||c", ""]);
    assert_eq!(fields("a\u{1}b", &by("\\x01")), ["a", "b"]);
}

#[test]
fn other_quotes_and_none_are_read() {
    let single = Dialect {
        quote: Some(b'\''),
        ..Dialect::default()
    };
    assert_eq!(fields("'a,''b',\"c", &single), ["a,'b", "\"c"]);
    let none = Dialect {
        quote: None,
        ..Dialect::default()
    };
    assert_eq!(fields("\"a,b\"", &none), ["\"a", "b\""]);
}

#[test]
fn an_escape_takes_meaning_away_but_not_from_nulls() {
    let escaped = Dialect {
        escape: Some(b'\\'),
        nulls: vec!["\\N".to_owned()],
        ..Dialect::default()
    };
    assert_eq!(fields(r"a\,b,c", &escaped), ["a,b", "c"]);
    assert_eq!(fields(r#""a\"b",c"#, &escaped), ["a\"b", "c"]);
    assert_eq!(fields(r#""a""b",\上"#, &escaped), ["a\"b", "上"]);
    assert_eq!(fields(r"\N,a\\b,", &escaped), [r"\N", r"a\b", ""]);
    assert_eq!(fields(r"a,b\", &escaped), ["a", "b"]);
    let unquoted = Dialect {
        quote: None,
        ..escaped
    };
    assert_eq!(fields("\"a\\,b\",c", &unquoted), ["\"a,b\"", "c"]);
}

#[test]
fn random_records_are_read_as_by_the_csv_crate() {
    let seed: u64 = rand::random();
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..5_000 {
        let length = random.random_range(1..12);
        let pick = |_| ['a', '"', ',', '\n', ' ', '城'][random.random_range(0..6)];
        let record: String = (0..length).map(pick).collect();
        // Line ends outside quotes are not this function's.
        let mut records = super::super::Records::new(record.as_bytes(), b'\n', Dialect::default());
        let Ok(Some(first)) = records.next() else {
            continue;
        };
        let text = std::str::from_utf8(first.bytes).expect("UTF-8");
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let expected = reader
            .records()
            .next()
            .expect("a record")
            .expect("readable");
        let expected: Vec<&str> = expected.iter().collect();
        assert_eq!(
            fields(text, &Dialect::default()),
            expected,
            "{text:?}, seed {seed}"
        );
    }
}
