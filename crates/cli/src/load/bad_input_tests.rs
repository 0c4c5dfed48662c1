//! Files that cannot be loaded, each with its own message; and rows that go to the dead letters.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{BinaryArray, Int64Array, ListBuilder, StringBuilder},
    datatypes::Field,
};
use tagma_proto::pb::ingest::v1::DeadLetter;

use super::testing::{Bench, gzip, write_parquet, zstd};

/// Name, bytes, and what the message says.
const UNFIT: [(&str, &[u8], &str); 21] = [
    ("empty.csv", b"", "is empty: there is not even a heading"),
    (
        "blank.csv",
        b"\n\r\n",
        "is empty: there is not even a heading",
    ),
    ("heading.csv", b"id,a\n", "has a heading but no rows"),
    (
        "twice.csv",
        b"id,A,a\nx,1,2\n",
        "headings 2 and 3 are both `a`",
    ),
    (
        "name.csv",
        b"id,a b\nx,1\n",
        "heading 2: `a b` is not a name",
    ),
    (
        "other.csv",
        b"id;a\nx;1\n",
        "at most 128 bytes; is the --delimiter right?",
    ),
    ("none.csv", b"id,\nx,1\n", "heading 2: `` is not a name"),
    (
        "binary.csv",
        b"id,\xff\nx,1\n",
        "the heading is not valid UTF-8: byte 4 is 0xff; is the --encoding right?",
    ),
    (
        "hidden.csv",
        b"id,oneid\nx,1\n",
        "the heading `oneid` is reserved",
    ),
    (
        "noid.csv",
        b"a,b\n1,2\n",
        "no column `id`, which --id id names; it has a, b",
    ),
    (
        "broken.parquet",
        b"PAR1 and no more",
        "cannot be read as Parquet: it does not end as it should: was it cut short?",
    ),
    (
        "no.parquet",
        b"id,a\nx,1\n",
        "cannot be read as Parquet: it does not begin as it should",
    ),
    (
        "a.xlsx",
        b"PK\x03\x04....",
        "is a ZIP archive or an Excel workbook",
    ),
    (
        "a.csv.xz",
        b"\xfd7zXZ\0",
        "is compressed by xz: gzip and zstd are understood",
    ),
    (
        "wide.csv",
        b"i\0d\0\n\0",
        "the heading holds zero bytes, as UTF-16 does",
    ),
    (
        "semicolons.csv",
        b"id,a\nx;1\ny;2\n",
        "no row can be read: the row has 1 fields where the heading has 2 (row 1)",
    ),
    (
        "gbk.csv",
        b"id,a\nx,\xc9\xcf\ny,\xba\xa3\nz,1\n",
        "2 of 3 rows cannot be read as text, row 1 is the first: the row is not valid UTF-8: byte \
         3 is 0xc9; is the file, or a part of it, of another --encoding, e.g. gb18030?",
    ),
    (
        "list.ndjson",
        b"[{\"id\":1}]",
        "is a JSON array: one object a line is needed",
    ),
    (
        "pretty.json",
        b"{\n  \"id\": 1\n}\n",
        "no row can be read: the row is no JSON object: EOF while parsing an object",
    ),
    (
        "lists.ndjson",
        b"{\"id\":1}\n{\"id\":2,\"a\":{\"b\":[1]}}\n",
        "key `a.b` in row 2 holds lists, which no column of a table can hold",
    ),
    (
        "clash.ndjson",
        b"{\"id\":1,\"a_b\":1,\"a\":{\"b\":2}}\n",
        "key `a.b` in row 1 would be column `a_b`, as key `a_b` is",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_unfit_file_has_its_own_message() {
    let bench = Bench::new().await;
    for (name, bytes, expected) in UNFIT {
        let file = bench.file(name, bytes);
        bench.refused(&[&file], expected).await;
    }
    let pattern = bench.folder.path().join("*.nothing");
    let pattern = pattern.to_str().expect("UTF-8");
    bench
        .refused(&[pattern], "*.nothing` matches no file")
        .await;
    let expected = "cannot read `/nowhere/a.csv`";
    bench.refused(&["/nowhere/a.csv"], expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_end_are_told_from_long_files() {
    let bench = Bench::new().await;
    let long = bench.file("long.csv", format!("id,{}\nx,1\n", "y".repeat(1 << 20)));
    bench.refused(&[&long], "row 0 is longer than 1 MiB").await;
    let text = format!("id,a\nx,1\nx,\"{}\n", "y\n".repeat(1 << 20));
    let unclosed = bench.file("unclosed.csv", text);
    let expected = "row 2 is longer than 1 MiB: is a quote not closed";
    bench.refused(&[&unclosed], expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_flags_name_are_there_and_files_agree_on_types() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a\nx,1\n");
    let expected = "has no column `ts`, which --time names";
    bench.refused(&[&file, "--time", "ts"], expected).await;
    let expected = "has no column `e`, which --event names";
    bench.refused(&[&file, "--event", "e"], expected).await;
    let other = bench.file("b.csv", "id,a\nx,00012\n");
    let expected = "column `a` is int in `";
    bench.refused(&[&file, &other], expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_table_and_create_it_says_so() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a\nx,1\n");
    let (code, _, rest) = bench.server.tagma(&["load", &file, "--table", "t"]).await;
    assert_eq!(code, 1);
    assert!(
        rest.starts_with("error: there is no table `t`: add --create"),
        "{rest}"
    );
    let (code, _, rest) = bench
        .server
        .tagma(&["load", &file, "--table", "t", "--create"])
        .await;
    assert_eq!(code, 1);
    assert!(rest.contains("--create needs --id TYPE[=COLUMN]"), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_the_table_does_not_have_is_named() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a\nx,1\n");
    let (code, rest) = bench.load(&[&file]).await;
    assert_eq!(code, 0, "{rest}");
    let other = bench.file("b.csv", "id,a,b\nx,1,2\n");
    let (code, rest) = bench.load(&[&other]).await;
    assert_eq!(code, 1);
    assert!(
        rest.contains("has a column `b`, which table `t` does not have; it has a, id"),
        "{rest}"
    );
    let (code, rest) = bench.load(&[&file, "--time", "a"]).await;
    assert_eq!(code, 1);
    assert!(
        rest.contains("table `t` exists and its --time is none"),
        "{rest}"
    );
}

/// Row, reason and original of the wrong rows of the next test.
const LETTERS: [&str; 7] = [
    "2: the row has 3 fields where the heading has 4: b,1,2026-01-31",
    "3: column `n`: `x` is no integer of 64 bits: \
     {\"day\":\"2026-01-31\",\"id\":\"c\",\"money\":\"1.50\",\"n\":\"x\"}",
    "4: column `day`: `31.01.2026` is no date: YYYY-MM-DD is needed: \
     {\"day\":\"31.01.2026\",\"id\":\"d\",\"money\":\"1.50\",\"n\":\"1\"}",
    "5: column `money`: `1.505` is too precise or too large for decimal(18,2): \
     {\"day\":\"2026-01-31\",\"id\":\"e\",\"money\":\"1.505\",\"n\":\"1\"}",
    "6: column `money`: `123456789012345678.00` is too precise or too large for \
     decimal(18,2): \
     {\"day\":\"2026-01-31\",\"id\":\"f\",\"money\":\"123456789012345678.00\",\
     \"n\":\"1\"}",
    "7: the row is not valid UTF-8: byte 3 is 0xff: g,\u{fffd},2026-01-31,1.50",
    "9: the row opens a quote that is never closed: i,1,2026-01-31,\"1.50",
];

#[tokio::test(flavor = "multi_thread")]
async fn wrong_rows_are_rejected_with_number_reason_and_original() {
    let bench = Bench::new().await;
    let good = bench.file("good.csv", "id,n,day,money\nx,1,2026-01-31,1.50\n");
    let (code, rest) = bench.load(&[&good]).await;
    assert_eq!(code, 0, "{rest}");
    let rows: &[&[u8]] = &[
        b"id,n,day,money",
        b"a,1,2026-01-31,1.50",
        b"b,1,2026-01-31",
        b"c,x,2026-01-31,1.50",
        b"d,1,31.01.2026,1.50",
        b"e,1,2026-01-31,1.505",
        b"f,1,2026-01-31,123456789012345678.00",
        b"g,\xff,2026-01-31,1.50",
        b"h,,,",
        b"i,1,2026-01-31,\"1.50",
    ];
    let bad = bench.file("bad.csv", rows.join(&b'\n'));
    let (code, rest) = bench.load(&[&bad]).await;
    assert_eq!(code, 0);
    assert!(rest.contains("2 rows, 7 rejected"), "{rest}");
    let loads = bench
        .server
        .fake
        .loads
        .lock()
        .expect("not poisoned")
        .clone();
    let load = loads
        .values()
        .find(|load| load.load.file == bad)
        .expect("loaded");
    let request = &load.taken[0];
    assert_eq!(request.source_rows, [1, 8]);
    let letter = |letter: &DeadLetter| {
        let (reason, original) = (letter.reason.clone(), letter.original.clone());
        format!("{}: {reason}: {original}", letter.source_row)
    };
    let letters: Vec<String> = request.rejected.iter().map(letter).collect();
    // Rows 1 and 8 are good; in the latter every column but the identifier is null.
    assert_eq!(letters, LETTERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_and_unknown_parquet_columns_are_refused_by_name() {
    let bench = Bench::new().await;
    let path = bench.folder.path().join("a.parquet");
    let file = path.to_str().expect("UTF-8");
    let mut lists = ListBuilder::new(StringBuilder::new()).with_field(Field::new_list_field(
        arrow::datatypes::DataType::Utf8,
        true,
    ));
    lists.append_value([Some("a")]);
    write_parquet(&path, "phones", Arc::new(lists.finish()));
    bench
        .refused(&[file], "column `phones` is nested (List")
        .await;
    write_parquet(&path, "blob", Arc::new(BinaryArray::from(vec![&b"a"[..]])));
    bench
        .refused(&[file], "column `blob` is of type Binary")
        .await;
    write_parquet(&path, "a b", Arc::new(Int64Array::from(vec![1])));
    bench
        .refused(&[file], "heading 2: `a b` is not a name")
        .await;
    write_parquet(&path, "a", Arc::new(Int64Array::from(vec![0_i64; 0])));
    bench.refused(&[file], "has a heading but no rows").await;
}

/// A line beyond the limit is set aside; the rows around it are kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_too_long_is_one_wrong_row() {
    let bench = Bench::new().await;
    let long = "y".repeat(3 << 20);
    let file = bench.file("long.csv", format!("id,a\nx,1\nlong,{long}\nz,3\n"));
    let rest = bench.loaded(&[&file]).await;
    assert!(rest.contains("2 rows, 1 rejected"), "{rest}");
    let reason = "row 2: the row is 3145734 bytes long, more than 1 MiB: only its start is kept";
    assert!(rest.contains(reason), "{rest}");
    assert_eq!(bench.rows(&file), ["x|1", "z|3"]);
    let letters = bench.letters(&file);
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].ends_with(&format!(": long,{}", &long[..1_019])),
        "{}",
        letters[0]
    );
}

/// The types of a declared table hold for the last row of a large file, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_type_in_row_one_million_is_told_with_its_row() {
    const ROWS: usize = 1_000_000;
    let bench = Bench::new().await;
    let mut text = "id,n\n".to_owned();
    for row in 1..ROWS {
        writeln!(text, "p{row},{row}").expect("a string");
    }
    text.push_str("p,a lot\n");
    let file = bench.file("a.csv", &text);
    let rest = bench.loaded(&[&file, "--type", "n=int"]).await;
    assert!(rest.contains("999,999 rows, 1 rejected"), "{rest}");
    let reason = "row 1000000: column `n`: `a lot` is no integer of 64 bits";
    assert!(rest.contains(reason), "{rest}");
    assert_eq!(
        bench.letters(&file),
        ["1000000: column `n`: `a lot` is no integer of 64 bits: \
             {\"id\":\"p\",\"n\":\"a lot\"}"]
    );
    let other = Bench::new().await;
    let file = other.file("a.csv", &text);
    let rest = other.loaded(&[&file]).await;
    let note = "column `n` is made text: beside int it holds `a lot` in row 1000000; with --type \
        n=TYPE such rows go to the dead letters instead";
    assert!(rest.contains(note), "{rest}");
    assert_eq!(other.columns(), ["n text"]);
}

/// Nothing of it is loaded, and the whole file is loaded once when it comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_file_that_is_cut_short_or_damaged_changes_nothing() {
    let bench = Bench::new().await;
    let mut text = "id,n\n".to_owned();
    for row in 1_u64..=50_000 {
        let noise = row.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        writeln!(text, "p{row},{}", noise >> 2).expect("a string");
    }
    for (name, whole) in [
        ("a.csv.gz", gzip(text.as_bytes())),
        ("a.csv.zst", zstd(text.as_bytes())),
    ] {
        for length in [20, whole.len() / 2, whole.len() - 1] {
            let file = bench.file(name, &whole[..length]);
            bench
                .refused(&[&file], "is cut short: it can be read up to row ")
                .await;
        }
        let half = bench.file(name, &whole[..whole.len() / 2]);
        let (_, rest) = bench.load(&[&half]).await;
        let row = rest
            .split("up to row ")
            .nth(1)
            .and_then(|rest| rest.split('.').next());
        let row: u64 = row.and_then(|row| row.parse().ok()).expect("a row");
        assert!((15_000..35_000).contains(&row), "{rest}");
    }
    let mut flipped = gzip(text.as_bytes());
    let at = flipped.len() - 6;
    flipped[at] ^= 1;
    let file = bench.file("a.csv.gz", &flipped);
    bench
        .refused(&[&file], "is damaged after row 50000: ")
        .await;
    assert_eq!(bench.server.fake.called("open_load"), 0);
    let file = bench.file("a.csv.gz", gzip(text.as_bytes()));
    let rest = bench.loaded(&[&file]).await;
    assert!(rest.contains("50,000 rows, 0 rejected"), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_of_parquet_is_found_before_anything_is_sent() {
    let bench = Bench::new().await;
    let noise = (0..100_000_i64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64));
    let path = bench.folder.path().join("a.parquet");
    write_parquet(&path, "n", Arc::new(Int64Array::from_iter_values(noise)));
    let whole = std::fs::read(&path).expect("readable");
    let file = bench.file("a.parquet", &whole[..whole.len() / 2]);
    bench
        .refused(&[&file], "it does not end as it should: was it cut short?")
        .await;
    let mut damaged = whole;
    damaged[4..64].fill(0xff);
    let file = bench.file("a.parquet", &damaged);
    bench
        .refused(&[&file], "cannot be read as Parquet: after row 0: ")
        .await;
    assert_eq!(bench.server.fake.called("open_load"), 0);
}

/// Rows in another encoding are set aside, each readable, so that they can be loaded again.
#[tokio::test(flavor = "multi_thread")]
async fn two_encodings_in_one_file_keep_the_good_rows() {
    let bench = Bench::new().await;
    let mut bytes = "id,city\n1,上海\n2,北京\n3,杭州\n".as_bytes().to_vec();
    bytes.extend_from_slice(b"4,\xc9\xcf\xba\xa3\n5,a\n");
    let file = bench.file("a.csv", &bytes);
    let rest = bench.loaded(&[&file]).await;
    assert!(rest.contains("4 rows, 1 rejected"), "{rest}");
    let note = "1 of 5 rows cannot be read as text, row 4 is the first: the row is not valid \
        UTF-8: byte 3 is 0xc9; is the file, or a part of it, of another --encoding, e.g. gb18030?";
    assert!(rest.contains(note), "{rest}");
    let letter = "4: the row is not valid UTF-8: byte 3 is 0xc9: 4,上海";
    assert_eq!(bench.letters(&file), [letter]);
}

/// No line end and a last row that is no row: said, while the good rows are kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_file_that_was_cut_short_says_so() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a,b\nx,1,2\ny,1");
    let rest = bench.loaded(&[&file]).await;
    let note = "the last row, 2, is wrong and has no line end: was the file cut short? the row has \
        2 fields where the heading has 3";
    assert!(rest.contains(note), "{rest}");
    assert!(rest.contains("1 rows, 1 rejected"), "{rest}");
}
