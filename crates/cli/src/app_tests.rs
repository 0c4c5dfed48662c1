//! Commands from their flags to their output. JSON texts are a promise: fields are added, never
//! renamed or dropped.

use clap::CommandFactory;

use super::Cli;
use crate::fake_server_tests::Server;

#[test]
fn flags_are_consistent() {
    Cli::command().debug_assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn json_answers_keep_their_shape() {
    let server = Server::start().await;
    let version = r#"{"tag":"recency","version":2,"index":22,"source_index":20,"as_of":"1998-07-01T00:00:00Z","rows":4,"population":5,"min":"1","max":"546","top":[{"value":"7","count":2}],"duration_ms":12,"rolled_back_to":null}"#;
    let first = version.replace(r#""version":2,"index":22"#, r#""version":1,"index":21"#);
    let third = version.replace(r#""version":2,"index":22"#, r#""version":3,"index":23"#);
    let third = third.replace(r#""rolled_back_to":null"#, r#""rolled_back_to":1"#);
    let tag = format!(
        r#"{{"name":"recency","kind":"int","level":"derived","category":"消费/RFM","owner":null,"display":{{"zh":"最近消费"}},"description":null,"sql":"SELECT oneid, 1 AS value FROM purchases","newest":{version}}}"#
    );
    let segment = r#"{"name":"loyal","expr":"frequency >= 5 AND NOT lapsed","display":{"en":"Loyal"},"owner":"growth","description":null}"#;
    let cases: Vec<(&[&str], String)> = vec![
        (
            &["count", "TRUE"],
            r#"{"count":3048,"index":42,"as_of":"1998-07-01T00:00:00Z","population":23570,"elapsed_ms":0.412}"#.to_owned(),
        ),
        (
            &["count", "TRUE", "--waterfall", "--at", "9", "--as-of", "1970-01-01"],
            r#"{"count":3048,"index":9,"as_of":"1969-12-31T16:00:00Z","population":23570,"elapsed_ms":0.412,"waterfall":[{"expr":null,"count":23570},{"expr":"frequency >= 5","count":3925}]}"#.to_owned(),
        ),
        (
            &["contains", "TRUE", "--person", "phone:1"],
            r#"{"contains":true,"index":42,"oneid":4294967296,"as_of":"1998-07-01T00:00:00Z"}"#.to_owned(),
        ),
        (
            &["explain", "TRUE"],
            r#"{"normalized":"frequency >= 5","contains":null,"oneid":null,"leaves":[],"tags":[{"tag":"frequency","version":2}],"index":42,"as_of":"1998-07-01T00:00:00Z"}"#.to_owned(),
        ),
        (
            &["explain", "TRUE", "--person", "oneid:4294967296"],
            r#"{"normalized":"frequency >= 5","contains":true,"oneid":4294967296,"leaves":[{"expr":"frequency >= 5","holds":true,"values":[{"tag":"frequency","value":"6"}]}],"tags":[{"tag":"frequency","version":2}],"index":42,"as_of":"1998-07-01T00:00:00Z"}"#.to_owned(),
        ),
        (&["tag", "list"], format!(r#"{{"tags":[{tag}]}}"#)),
        (&["tag", "show", "recency"], format!(r#"{{"tag":{tag},"versions":[{version},{first}]}}"#)),
        (
            &["tag", "history", "recency"],
            format!(r#"{{"tag":"recency","versions":[{version},{first}]}}"#),
        ),
        (&["tag", "run"], format!(r#"{{"index":22,"versions":[{version}]}}"#)),
        (
            &["tag", "rollback", "recency", "--version", "1"],
            format!(r#"{{"index":23,"version":{third}}}"#),
        ),
        (&["segment", "list"], format!(r#"{{"segments":[{segment}]}}"#)),
        (&["segment", "show", "Loyal"], segment.to_owned()),
        (&["segment", "delete", "loyal"], r#"{"segment":"loyal","index":8}"#.to_owned()),
        (
            &["identity", "resolve", "phone:1"],
            r#"{"oneid":4294967296,"identifiers":[{"type":"phone","value":"+8613800138000"}],"index":42}"#.to_owned(),
        ),
        (
            &["cluster", "status"],
            r#"{"cluster_id":"c0ffee","applied_index":42,"served_index":41,"floor_index":1,"term":3,"leader":1,"leader_address":"http://127.0.0.1:7700","node":1,"people_created":5,"timezone":"Asia/Shanghai","nodes":[{"id":1,"role":"coordinator","name":"a","address":"http://127.0.0.1:7700","alive":true},{"id":1,"role":"worker","name":"a","address":"http://127.0.0.1:7700","alive":true}],"shards":[{"shard":1,"owner":null,"epoch":2,"applied_index":41,"flushed_index":30,"people":5}]}"#.to_owned(),
        ),
        (&["table", "list"], r#"{"tables":[]}"#.to_owned()),
        (&["load", "list"], r#"{"loads":[]}"#.to_owned()),
    ];
    for (arguments, expected) in cases {
        let arguments = [&["--output", "json"], arguments].concat();
        let (code, data, rest) = server.tagma(&arguments).await;
        assert_eq!(data, format!("{expected}\n"), "{arguments:?}");
        assert_eq!((code, rest.as_str()), (0, ""), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_a_bare_number_on_standard_output() {
    let server = Server::start().await;
    let (code, data, rest) = server.tagma(&["count", "segment('loyal')"]).await;
    assert_eq!((code, data.as_str()), (0, "3048\n"));
    let expected = "3,048 of 23,570 people, at index 42 as of 1998-07-01T00:00:00Z, in 0.4 ms\n";
    assert_eq!(rest, expected);
    let (_, data, _) = server.tagma(&["count", "TRUE", "--waterfall"]).await;
    let lines = "condition\tpeople\tof all\neveryone\t23570\t100.0%\nfrequency >= 5\t3925\t16.7%\n";
    assert_eq!(data, lines);
    let (_, data, _) = server
        .tagma(&["contains", "TRUE", "--person", "phone:1"])
        .await;
    assert_eq!(data, "true\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_tell_kind_and_message_and_the_exit_code() {
    let server = Server::start().await;
    let (code, data, rest) = server.tagma(&["count", "nonsense"]).await;
    let message = "unknown tag `nonsense` at 1:1; did you mean `recency`?";
    assert_eq!(
        (code, data.as_str(), rest),
        (1, "", format!("error: {message}\n"))
    );
    let (code, data, rest) = server
        .tagma(&["count", "nonsense", "--output", "json"])
        .await;
    let json = format!(r#"{{"error":{{"kind":"invalid","message":"{message}"}}}}"#);
    assert_eq!((code, data.as_str(), rest), (1, "", format!("{json}\n")));
    let (code, _, rest) = server
        .tagma(&["segment", "show", "none", "--output=json"])
        .await;
    assert_eq!(code, 1);
    assert!(
        rest.starts_with(r#"{"error":{"kind":"not_found""#),
        "{rest}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_exit_code_2_and_names_what_is_wrong() {
    let server = Server::start().await;
    let cases: [(&[&str], &str); 9] = [
        (&["count"], "<EXPR>"),
        (&["frobnicate"], "frobnicate"),
        (&["count", "TRUE", "--as-of", "soon"], "YYYY-MM-DD"),
        (
            &["count", "TRUE", "--timezone", "Asia/Shanghia"],
            "Asia/Shanghai",
        ),
        (&["contains", "TRUE", "--person", "1380"], "TYPE:VALUE"),
        (&["members", "TRUE", "--out", "a.xlsx"], ".parquet"),
        (&["load", "a.csv"], "--table"),
        (&["load", "a.csv", "--table", "a b"], "is not a name"),
        (&["count", "TRUE", "--request-timeout", "30"], "500ms"),
    ];
    for (arguments, expected) in cases {
        let (code, data, rest) = server.tagma(arguments).await;
        assert_eq!((code, data.as_str()), (2, ""), "{arguments:?}");
        assert!(rest.contains(expected), "{arguments:?}: {rest}");
        let arguments = [arguments, &["--output", "json"]].concat();
        let (code, _, rest) = server.tagma(&arguments).await;
        assert_eq!(code, 2, "{arguments:?}");
        assert!(
            rest.starts_with(r#"{"error":{"kind":"invalid","message":"#),
            "{rest}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_answered_once_they_are_served() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.yaml");
    std::fs::write(&path, "segment: \"loyal\"\nexpr: TRUE\n").expect("written");
    let path = path.to_str().expect("UTF-8");
    let (code, data, rest) = server.tagma(&["apply", "-f", path]).await;
    assert_eq!((code, rest.as_str()), (0, "applied at index 7\n"));
    assert_eq!(data, "document\tname\tchange\nsegment\tloyal\tadded\n");
    let calls = server.fake.calls.lock().expect("not poisoned").clone();
    assert_eq!(calls, ["apply", "count"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn completion_covers_every_verb() {
    let server = Server::start().await;
    for shell in ["bash", "zsh", "fish"] {
        let (code, data, _) = server.tagma(&["completion", shell]).await;
        assert_eq!(code, 0);
        for verb in ["load", "apply", "tag", "members", "--request-timeout"] {
            assert!(data.contains(verb), "{shell}: {verb}");
        }
    }
}
