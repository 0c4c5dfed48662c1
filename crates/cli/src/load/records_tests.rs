//! Line ends, quotes, blanks and limits of records.

use super::*;

fn records(text: &[u8], delimiter: Delimiter) -> Vec<(String, bool)> {
    // A tiny buffer, so that every record spans several reads.
    let mut records = Records::new(io::BufReader::with_capacity(3, text), delimiter);
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
fn line_ends_marks_and_blank_lines_are_left_out() {
    let comma = Delimiter::default();
    assert_eq!(
        texts(b"\xef\xbb\xbfa,b\r\n1,2\n\n\r\n3,4", comma),
        ["a,b", "1,2", "3,4"]
    );
    assert_eq!(texts(b"\xef\xbb\xbf\r\na\n", comma), ["a"]);
    assert_eq!(
        texts(b"\xef\xbb\xbf\"a\nb\"\n1\n", comma),
        ["\"a\nb\"", "1"]
    );
    let blanks = Delimiter::Whitespace;
    assert_eq!(
        texts(b" a  b\r\n \t\r\n 1\t2 \r\n", blanks),
        [" a  b", " 1\t2 "]
    );
    assert_eq!(texts(b"", comma), [""; 0]);
    assert_eq!(texts(b"\n\r\n", comma), [""; 0]);
}

#[test]
fn a_quoted_line_end_belongs_to_the_record() {
    let comma = Delimiter::default();
    assert_eq!(texts(b"\"a\nb\",1\nc,2\n", comma), ["\"a\nb\",1", "c,2"]);
    assert_eq!(
        texts(b"\"a\"\"\n\",1\nc,2\n", comma),
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
        let text = long(RECORD_BYTES_MAX + 1);
        let mut records = Records::new(text.as_bytes(), Delimiter::default());
        assert!(matches!(records.next(), Err(RecordError::TooLong)));
    }
}

#[test]
fn the_bytes_of_all_records_are_the_file_up_to_its_last_record() {
    let text = b"\xef\xbb\xbfa,b\r\n\r\n1,2\n\"3\n\",4\n";
    let mut records = Records::new(&text[..], Delimiter::default());
    let mut bytes = 0;
    while let Some(record) = records.next().expect("readable") {
        bytes += record.file_bytes;
    }
    assert_eq!(bytes, text.len() as u64);
}
