//! Every dress that rows come in: encodings, delimiters, NDJSON, Parquet, compression, directories.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, DictionaryArray, Int64Array, StringArray, StructArray, TimestampSecondArray,
    },
    datatypes::{DataType, Field, Fields, Int32Type},
};
use encoding_rs::GB18030;
use tokio_util::sync::CancellationToken;

use super::{
    LoadOptions, Session,
    chunk::ROWS_PER_CHUNK,
    load_files,
    testing::{Bench, gzip, zstd},
};
use crate::{connection::Connection, failure::Failure};

const CITIES: &str = "id,city,n\n1,上海,5\n2,\"北京,\n朝阳\",\n3,𠀀,7\n";
const ROWS: [&str; 3] = ["1|上海|5", "2|北京,\n朝阳|~", "3|𠀀|7"];

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_encoding_gives_the_same_rows() {
    let bench = Bench::new().await;
    let marked = |text: &str| format!("\u{feff}{text}");
    let cases: [(&str, Vec<u8>, &[&str]); 6] = [
        ("utf8.csv", CITIES.into(), &[]),
        (
            "marked.csv",
            marked(CITIES).into(),
            &["--encoding", "utf-8"],
        ),
        (
            "gb.csv",
            GB18030.encode(CITIES).0.into_owned(),
            &["--encoding", "gb18030"],
        ),
        ("le.csv", utf_16(&marked(CITIES), u16::to_le_bytes), &[]),
        (
            "be.csv",
            utf_16(&marked(CITIES), u16::to_be_bytes),
            &["--encoding", "utf-16"],
        ),
        (
            "bare.csv",
            utf_16(CITIES, u16::to_le_bytes),
            &["--encoding", "utf-16le"],
        ),
    ];
    for (name, bytes, flags) in cases {
        let file = bench.file(name, bytes);
        bench.loaded(&[&[file.as_str()][..], flags].concat()).await;
        assert_eq!(bench.rows(&file), ROWS, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_dress_gives_the_same_rows() {
    let cases: [(&str, &str, &[&str]); 10] = [
        (
            "id;a;m\nx;1;1,50\ny;;\n",
            "a.csv",
            &["--delimiter", ";", "--decimal-comma"],
        ),
        ("id\ta\tm\nx\t1\t1.50\ny\t\t\n", "a.tsv", &[]),
        (
            "id||a||m\nx||1||1.50\ny||||\n",
            "a.csv",
            &["--delimiter", "||"],
        ),
        (
            "id\u{1}a\u{1}m\nx\u{1}1\u{1}1.50\ny\u{1}\u{1}\n",
            "a.csv",
            &["--delimiter", "\\x01"],
        ),
        (
            "id,a,m\r'x','1','1.50'\r'y',,\r",
            "a.csv",
            &["--quote", "'"],
        ),
        (
            "id,a,m\nx,1,1.50\ny,\\N,NULL\n",
            "a.csv",
            &[
                "--escape",
                "\\",
                "--null-value",
                "\\N",
                "--null-value",
                "NULL",
            ],
        ),
        (
            "x,1,1.50\ny,,\n",
            "a.csv",
            &["--no-header", "--columns", "id,a,m"],
        ),
        (
            "客户 编号,A,M\nx,1,1.50\ny,,\n",
            "a.csv",
            &["--columns", "id,a,m"],
        ),
        (
            "report of \"today\n\nid,a,m\nx,1,1.50\ny,,\n",
            "a.csv",
            &["--skip-rows", "2"],
        ),
        (
            "# {\n{\"id\":\"x\",\"a\":1,\"m\":1.50}\n{\"id\":\"y\"}\n",
            "a.csv",
            &["--format", "ndjson", "--skip-rows", "1"],
        ),
    ];
    for (text, name, flags) in cases {
        let bench = Bench::new().await;
        let file = bench.file(name, text);
        bench.loaded(&[&[file.as_str()][..], flags].concat()).await;
        assert_eq!(bench.rows(&file), ["x|1|1.50", "y|~|~"], "{text}");
        assert_eq!(bench.columns(), ["a int", "m decimal(18,2)"], "{text}");
        let again = bench.loaded(&[&[file.as_str()][..], flags].concat()).await;
        assert!(again.contains("nothing changed"), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_way_of_reading_is_another_load() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a\nx,1\ny,NULL\n");
    bench.loaded(&[&file, "--type", "a=text"]).await;
    for flags in [
        &["--null-value", "NULL"][..],
        &["--quote", "none"],
        &["--encoding", "gb18030"],
        &["--decimal-comma"],
    ] {
        let rest = bench.loaded(&[&[file.as_str()][..], flags].concat()).await;
        assert!(!rest.contains("nothing changed"), "{flags:?}: {rest}");
    }
    let headings = "--columns names 1 columns, but its heading has 2";
    let (code, rest) = bench.load(&[&file, "--columns", "id"]).await;
    assert_eq!(code, 1);
    assert!(rest.contains(headings), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_file_is_the_same_load_as_the_plain_one() {
    let bench = Bench::new().await;
    let text = CITIES.as_bytes();
    let (start, end) = text.split_at(20);
    let file = bench.file("a.csv.gz", [gzip(start), gzip(end)].concat());
    bench.loaded(&[&file]).await;
    assert_eq!(bench.rows(&file), ROWS);
    let others = [
        ("a.csv", text.to_vec()),
        ("b.csv.gz", gzip(text)),
        ("c.csv.zst", [zstd(start), zstd(end)].concat()),
        // What it is says its content, not its name.
        ("d.csv", zstd(text)),
    ];
    for (name, bytes) in others {
        let file = bench.file(name, bytes);
        let rest = bench.loaded(&[&file]).await;
        assert!(
            rest.contains("already loaded at index 11: nothing changed"),
            "{name}: {rest}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_objects_become_rows_and_wrong_ones_dead_letters() {
    let bench = Bench::new().await;
    let lines = [
        r#"{"ID":123,"at":"2026-01-31T08:00:00Z","n":1,"big":12345678901234567890,"ok":true}"#,
        r#"{"id":"x","n":2}"#,
        r#"{"id":"y","address":{"city":"上海","geo":{"lat":31.23}},"s":"12","n":null}"#,
        r#"{"id":"z","n":[1]}"#,
        r#"{"id":"z","n":1,"n":2}"#,
        r#"{"id":"z""#,
        "",
        r#"{"id":"z","tags":[]}"#,
        r#"{"id":"z","tags":"a"}"#,
    ];
    let text = lines.join("\n").replace("\"ID\"", "\"id\"");
    let file = bench.file("a.ndjson", text);
    let rest = bench.loaded(&[&file, "--time", "at"]).await;
    assert!(rest.contains("4 rows, 4 rejected"), "{rest}");
    let columns = [
        "at timestamp",
        "n int",
        "big text",
        "ok bool",
        "address_city text",
        "address_geo_lat decimal(18,2)",
        "s text",
        "tags text",
    ];
    assert_eq!(bench.columns(), columns);
    let note = "column `big` is made text: it holds `12345678901234567890` in row 1, too large for";
    assert!(rest.contains(note), "{rest}");
    let rows = [
        "123|2026-01-31T08:00:00Z|1|12345678901234567890|true|~|~|~|~",
        "x|~|2|~|~|~|~|~|~",
        "y|~|~|~|~|上海|31.23|12|~",
        "z|~|~|~|~|~|~|~|a",
    ];
    assert_eq!(bench.rows(&file), rows);
    let letters = [
        format!("4: key `n` holds a list: {}", lines[3]),
        format!("5: key `n` is there twice: {}", lines[4]),
        format!(
            "6: the row is no JSON object: EOF while parsing an object at character 9: {}",
            lines[5]
        ),
        format!("7: key `tags` holds a list: {}", lines[7]),
    ];
    assert_eq!(bench.letters(&file), letters);
}

#[tokio::test(flavor = "multi_thread")]
async fn structs_of_parquet_become_columns() {
    let bench = Bench::new().await;
    let city: DictionaryArray<Int32Type> = vec![Some("上海"), None].into_iter().collect();
    let at = TimestampSecondArray::from(vec![1, 2]).with_timezone("+08:00");
    let fields = Fields::from(vec![
        Field::new("city", arrow::array::Array::data_type(&city).clone(), true),
        Field::new(
            "at",
            DataType::Timestamp(arrow::datatypes::TimeUnit::Second, Some("+08:00".into())),
            true,
        ),
    ]);
    let address = StructArray::new(fields, vec![Arc::new(city), Arc::new(at)], None);
    let columns: [(&str, ArrayRef); 2] = [
        ("id", Arc::new(StringArray::from(vec!["x", "y"]))),
        ("address", Arc::new(address)),
    ];
    let file = bench.parquet("a.parquet", columns);
    bench.loaded(&[&file]).await;
    assert_eq!(
        bench.columns(),
        ["address_city text", "address_at timestamp"]
    );
    let rows = ["x|上海|1970-01-01T00:00:01Z", "y|~|1970-01-01T00:00:02Z"];
    assert_eq!(bench.rows(&file), rows);
    let other = Bench::new().await;
    let numbers = || Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef;
    let inner = Fields::from(vec![Field::new("B", DataType::Int64, true)]);
    let clash = StructArray::new(inner, vec![numbers()], None);
    let columns: [(&str, ArrayRef); 3] = [
        ("id", numbers()),
        ("a_b", numbers()),
        ("a", Arc::new(clash)),
    ];
    let file = other.parquet("a.parquet", columns);
    other
        .refused(&[&file], "headings 2 and 3 are both `a_b`")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_file_of_a_directory_does_not_keep_the_others_out() {
    let bench = Bench::new().await;
    let columns: [(&str, ArrayRef); 2] = [
        ("id", Arc::new(StringArray::from(vec!["p"]))),
        ("n", Arc::new(Int64Array::from(vec![4]))),
    ];
    let files = [
        bench.file("in/a.csv", "id,n\nx,1\n"),
        bench.file("in/b.csv", ""),
        bench.file("in/c.ndjson.gz", gzip(b"{\"id\":\"y\",\"n\":2}\n")),
        bench.file("in/day=1/d.csv", "id,strange\nx,1\n"),
        bench.parquet("in/e.parquet", columns),
    ];
    bench.file("in/README.md", "no rows");
    bench.file("in/_SUCCESS", "");
    bench.loaded(&[&files[0]]).await;
    let folder = bench.folder.path().join("in");
    let folder = folder.to_str().expect("UTF-8");
    let (code, rest) = bench.load(&[folder]).await;
    assert_eq!(code, 1);
    let summary: Vec<&str> = rest
        .lines()
        .skip_while(|line| !line.starts_with("file\t"))
        .collect();
    let expected = [
        "file\tstate\trows\trejected\tpeople\tindex".to_owned(),
        format!("{}\talready loaded\t1\t0\t1\t11", files[0]),
        format!("{}\tloaded\t1\t0\t1\t11", files[2]),
        format!("{}\tloaded\t1\t0\t1\t11", files[4]),
        format!("{}\tnot loaded\t-\t-\t-\t-", files[1]),
        format!("{}\tnot loaded\t-\t-\t-\t-", files[3]),
        format!(
            "error: 2 of 5 files were not loaded; the first: `{}` is empty: there is not even a \
             heading",
            files[1]
        ),
    ];
    assert_eq!(summary, expected, "{rest}");
    assert!(
        rest.contains("1 files with an unknown ending are left out"),
        "{rest}"
    );
    assert!(
        rest.contains("has a column `strange`, which table `t` does not have"),
        "{rest}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_bad_file_ends_all_where_that_is_asked_for() {
    let bench = Bench::new().await;
    let good = bench.file("a.csv", "id,n\nx,1\n");
    let bad = bench.file("b.csv", "id,n\n");
    let last = bench.file("c.csv", "id,n\ny,1\n");
    let expected = "b.csv` has a heading but no rows";
    bench
        .refused(&[&good, &bad, &last, "--stop-on-error"], expected)
        .await;
    let flags = [
        "load", &good, &bad, &last, "--table", "t", "--id", "id", "--create",
    ];
    let (code, data, rest) = bench
        .server
        .tagma(&[&flags[..], &["--output", "json"]].concat())
        .await;
    assert_eq!(code, 1);
    let answer: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    let loaded = answer["loads"].as_array().expect("loads");
    assert_eq!(
        loaded
            .iter()
            .map(|load| load["file"].as_str())
            .collect::<Vec<_>>(),
        [Some(good.as_str()), Some(last.as_str())]
    );
    assert_eq!(answer["failed"][0]["file"], bad.as_str());
    assert_eq!(answer["failed"][0]["kind"], "invalid");
    assert!(rest.contains("1 of 3 files were not loaded"), "{rest}");
}

/// What is on its way is taken, nothing more is sent, and the same load goes on behind it.
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_load_stops_in_order_and_goes_on_where_it_stopped() {
    const CHUNKS: usize = 20;
    let bench = Bench::new().await;
    let mut text = "id,n\n".to_owned();
    for row in 1..=CHUNKS * ROWS_PER_CHUNK {
        text.push_str(&format!("p{row},{row}\n"));
    }
    let file = bench.file("a.csv", text);
    let stop = CancellationToken::new();
    *bench.server.fake.stop.lock().expect("not poisoned") = Some((3, stop.clone()));
    let connection = Connection::new(&bench.server.endpoint, None).expect("an address");
    let session = Session {
        connection: &connection,
        shows_progress: false,
        stop,
    };
    let name = |text: &str| tagma_core::schema::Name::new(text).expect("a name");
    let options = LoadOptions {
        ids: vec!["id".parse().expect("an id")],
        create: true,
        ..LoadOptions::new(name("t"))
    };
    let stopped = load_files(&session, &[file.clone().into()], &options, &mut |_| ()).await;
    let taken = bench.taken(&file).len();
    assert!((3..CHUNKS).contains(&taken), "{taken}");
    let row = crate::output::thousands((taken * ROWS_PER_CHUNK) as u64);
    let expected = format!(
        "`{file}`: interrupted after row {row} of 327,680; run the same command again to go on \
         there"
    );
    assert_eq!(stopped, Err(Failure::Interrupted(expected)));
    bench.server.fake.sent.lock().expect("not poisoned").clear();
    bench.loaded(&[&file]).await;
    // What was taken is not sent again.
    let sent = bench.server.fake.sent.lock().expect("not poisoned").clone();
    assert_eq!(sent.into_iter().min(), Some(taken as u64 + 1));
    let rows = bench.rows(&file);
    assert_eq!(rows.len(), CHUNKS * ROWS_PER_CHUNK);
    for (row, found) in (1..).zip(&rows) {
        assert_eq!(*found, format!("p{row}|{row}"));
    }
}
