//! Line ends, quotes, blanks and limits of records.

use super::*;

fn dialect(delimiter: Delimiter) -> Dialect {
    Dialect {
        delimiter,
        ..Dialect::default()
    }
}

fn records(text: &[u8], delimiter: Delimiter) -> Vec<(String, bool)> {
    // A tiny buffer, so that every record spans several reads.
    let input = io::BufReader::with_capacity(3, text);
    let mut records = Records::new(input, b'\n', dialect(delimiter));
    let mut found = Vec::new();
    while let Some(record) = records.next().expect("readable") {
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        found.push((text, record.is_unclosed));
    }
    found
}

fn texts(text: &[u8], delimiter: Delimiter) -> Vec<String> {
    records(text, delimiter)
        .into_iter()
        .map(|(text, _)| text)
        .collect()
}

#[test]
fn line_ends_and_blank_lines_are_left_out() {
    let comma = Delimiter::default();
    assert_eq!(
        texts(b"a,b\r\n1,2\n\n\r\n3,4", comma.clone()),
        ["a,b", "1,2", "3,4"]
    );
    assert_eq!(texts(b"\r\na\n", comma.clone()), ["a"]);
    let blanks = Delimiter::Whitespace;
    assert_eq!(
        texts(b" a  b\r\n \t\r\n 1\t2 \r\n", blanks),
        [" a  b", " 1\t2 "]
    );
    assert_eq!(texts(b"", comma.clone()), [""; 0]);
    assert_eq!(texts(b"\n\r\n", comma), [""; 0]);
}

#[test]
fn a_quoted_line_end_belongs_to_the_record() {
    let comma = Delimiter::default();
    assert_eq!(
        texts(b"\"a\nb\",1\nc,2\n", comma.clone()),
        ["\"a\nb\",1", "c,2"]
    );
    assert_eq!(
        texts(b"\"a\"\"\n\",1\nc,2\n", comma.clone()),
        ["\"a\"\"\n\",1", "c,2"]
    );
    // Not where a field begins: an inch sign.
    assert_eq!(texts(b"5\",1\n6\",2\n", comma), ["5\",1", "6\",2"]);
    assert_eq!(texts(b"\"a\n1\n", Delimiter::Whitespace), ["\"a", "1"]);
}

#[test]
fn an_open_quote_at_the_end_is_told() {
    let found = records(b"a\n\"b\nc\n", Delimiter::default());
    assert_eq!(
        found,
        [("a".to_owned(), false), ("\"b\nc".to_owned(), true)]
    );
}

#[test]
fn a_record_may_be_as_long_as_the_limit_and_no_longer() {
    for (quote, end) in [("", ""), ("", "\n"), ("", "\r\n"), ("\"", "\"\n")] {
        let long = |length: usize| {
            let body = "x\n".repeat(length)[..length - 2 * quote.len()].replace('\n', "y");
            format!(
                "{quote}{body}{}{end}",
                if end.starts_with('"') { "" } else { quote }
            )
        };
        let fits = long(RECORD_BYTES_MAX);
        let found = texts(fits.as_bytes(), Delimiter::default());
        assert_eq!(found[0].len(), RECORD_BYTES_MAX);
        // One more, and it is passed over: the next one is read.
        let mut text = long(RECORD_BYTES_MAX + 1);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let length = text.len() as u64;
        text.push_str("next\n");
        let mut records = Records::new(text.as_bytes(), b'\n', Dialect::default());
        let record = records.next().expect("readable").expect("a record");
        assert_eq!((record.too_long, record.text_bytes), (Some(length), length));
        assert_eq!(record.bytes, &text.as_bytes()[..START_BYTES]);
        assert_eq!(
            records.next().expect("readable").expect("a record").bytes,
            b"next"
        );
    }
}

#[test]
fn a_quote_that_stays_open_for_too_long_has_no_end() {
    let text = format!("a\n\"{}", "y\n".repeat(RECORD_BYTES_MAX));
    let mut records = Records::new(text.as_bytes(), b'\n', Dialect::default());
    assert!(records.next().expect("readable").is_some());
    assert!(matches!(records.next(), Err(RecordError::TooLong)));
}

#[test]
fn lines_end_in_cr_where_that_is_said() {
    let mut records = Records::new(
        &b"skipped\ra,b\r\r\"1\r\",2\r3"[..],
        b'\r',
        Dialect::default(),
    );
    records.skip_lines(1).expect("readable");
    let mut found = Vec::new();
    while let Some(record) = records.next().expect("readable") {
        found.push((
            String::from_utf8_lossy(record.bytes).into_owned(),
            record.is_ended,
        ));
    }
    let found: Vec<_> = found
        .iter()
        .map(|(text, ended)| (text.as_str(), *ended))
        .collect();
    assert_eq!(found, [("a,b", true), ("\"1\r\",2", true), ("3", false)]);
}

#[test]
fn an_escaped_line_end_belongs_to_the_record() {
    let escaped = Dialect {
        quote: None,
        escape: Some(b'\\'),
        ..Dialect::default()
    };
    let text = b"a\\\nb,1\r\nc\\\\\n\\\r\nd\n";
    let mut records = Records::new(&text[..], b'\n', escaped);
    let mut found = Vec::new();
    while let Some(record) = records.next().expect("readable") {
        found.push(String::from_utf8_lossy(record.bytes).into_owned());
    }
    assert_eq!(found, ["a\\\nb,1", "c\\\\", "\\\r\nd"]);
}

#[test]
fn quotes_open_behind_long_delimiters_only() {
    let text = b"a||\"b\nc\"||d\ne|\"f\n";
    let delimiter: Delimiter = "||".parse().expect("a delimiter");
    assert_eq!(texts(text, delimiter), ["a||\"b\nc\"||d", "e|\"f"]);
}

#[test]
fn the_bytes_of_all_records_are_the_file_up_to_its_last_record() {
    let text = b"a,b\r\n\r\n1,2\n\"3\n\",4\n";
    let mut records = Records::new(&text[..], b'\n', Dialect::default());
    let mut bytes = 0;
    while let Some(record) = records.next().expect("readable") {
        bytes += record.text_bytes;
    }
    assert_eq!(bytes, text.len() as u64);
}
