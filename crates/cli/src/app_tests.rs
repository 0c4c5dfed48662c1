//! Commands from their flags to their output. The JSON texts of `app_golden.txt` (a command, its
//! answer, and so on) are a promise: fields are added, never renamed or dropped.

use clap::CommandFactory;

use super::Cli;
use crate::fake_server_tests::Server;

#[test]
fn flags_are_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn limits_for_tests_are_taken_and_not_in_the_help() {
    let flags = ["--flush-rows", "5", "--checkpoint-interval", "1s"];
    let command = Cli::command();
    let taken = command.try_get_matches_from(["tagma", "up"].iter().chain(&flags));
    assert!(taken.is_ok(), "{taken:?}");
    let mut command = Cli::command();
    for role in ["up", "coordinator", "worker"] {
        let role = command.find_subcommand_mut(role).expect("there is one");
        let help = role.render_long_help().to_string();
        for flag in [
            "--flush-",
            "--compact-",
            "--checkpoint-",
            "--snapshot-",
            "--clean-",
        ] {
            assert!(!help.contains(flag), "{help}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_answers_keep_their_shape() {
    let server = Server::start().await;
    let lines: Vec<&str> = include_str!("app_golden.txt").lines().collect();
    for pair in lines.chunks(2) {
        let arguments = pair[0].split(' ').skip(1);
        let arguments: Vec<&str> = ["--output", "json"].into_iter().chain(arguments).collect();
        let (code, data, rest) = server.tagma(&arguments).await;
        assert_eq!(data, format!("{}\n", pair[1]), "{arguments:?}");
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
        for verb in ["load", "apply", "tag", "members", "request-timeout"] {
            assert!(data.contains(verb), "{shell}: {verb}");
        }
    }
}
