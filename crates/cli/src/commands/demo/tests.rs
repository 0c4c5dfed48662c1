//! The verbs from their flags to their answers.

use std::{fs, path::Path};

use serde_json::Value;

use crate::fake_server_tests::Sink;

/// Exit code, and the JSON that was answered on either stream.
async fn tagma(arguments: &[&str]) -> (u8, Value) {
    let arguments = ["tagma", "--output", "json"].iter().chain(arguments);
    let (data, rest) = (Sink::default(), Sink::default());
    let streams = (Box::new(data.clone()), Box::new(rest.clone()));
    let code = crate::run_on(arguments.map(|a| (*a).into()), streams.0, streams.1).await;
    let text = if code == 0 { data.text() } else { rest.text() };
    (code, serde_json::from_str(&text).expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_world_is_only_replaced_by_force() {
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("a/clinic");
    let out = out.to_str().expect("UTF-8");
    let generate = ["demo", "generate", "--out", out, "--people", "200"];
    let (code, first) = tagma(&generate).await;
    assert_eq!(code, 0, "{first}");
    assert_eq!(first["people"]["all"], 200);
    assert_eq!(first["noise"]["single_source_people"]["count"], 60);
    let (code, refused) = tagma(&generate).await;
    assert_eq!(
        (code, &refused["error"]["kind"]),
        (1, &Value::from("already_exists"))
    );
    let forced = [&generate[..], &["--force", "--seed", "2"]].concat();
    let (code, second) = tagma(&forced).await;
    assert_eq!((code, &second["seed"]), (0, &Value::from(2)));
    let told = fs::read_to_string(Path::new(out).join("truth/world.json")).expect("told");
    let told: Value = serde_json::from_str(&told).expect("JSON");
    for field in ["seed", "today", "format", "people", "tables", "noise"] {
        assert_eq!(told[field], second[field], "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_sizes_and_days_are_wrong_usage() {
    for (flag, value) in [
        ("--people", "0"),
        ("--people", "20000001"),
        ("--today", "2023-12-31"),
        ("--format", "xls"),
    ] {
        let (code, answer) = tagma(&["demo", "generate", "--out", "x", flag, value]).await;
        assert_eq!(code, 2, "{flag} {value}: {answer}");
    }
    assert!(!Path::new("x").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_truth_itself_scores_one() {
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("clinic");
    let path = |name: &str| out.join("truth").join(name);
    let arguments = [
        "demo",
        "generate",
        "--people",
        "500",
        "--out",
        out.to_str().expect("UTF-8"),
    ];
    assert_eq!(tagma(&arguments).await.0, 0);
    for (name, heading) in [
        ("identifiers.csv", "type,value,oneid"),
        ("records.csv", "source,key,oneid"),
    ] {
        let mut seen = std::collections::BTreeMap::new();
        let text = fs::read_to_string(path(name)).expect("read");
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let person: u64 = cells[2].parse().expect("a number");
            seen.entry(format!("{},{}", cells[0], cells[1]))
                .or_insert(person + 1);
        }
        let mut assignment = format!("{heading}\n");
        for (thing, oneid) in seen {
            assignment += &format!("{thing},{oneid}\n");
        }
        let file = folder.path().join("assignment.csv");
        fs::write(&file, assignment).expect("written");
        let (truth, file) = (out.join("truth"), file.to_str().expect("UTF-8").to_owned());
        let truth = truth.to_str().expect("UTF-8");
        let score = ["demo", "score", "--truth", truth, "--assignment", &file];
        let (code, answer) = tagma(&score).await;
        assert_eq!((code, &answer["missing"]), (0, &Value::from(0)), "{answer}");
        for people in ["all", "decidable"] {
            let pairs = &answer[people];
            assert!(pairs["actual"].as_u64() > Some(100), "{answer}");
            assert_eq!(pairs["precision"], Value::from(1.0), "{answer}");
            assert_eq!(pairs["recall"], Value::from(1.0), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_of_the_example_are_accepted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/clinic");
    let (code, answer) = tagma(&["validate", "-f", folder]).await;
    assert_eq!(code, 0, "{answer}");
    assert_eq!(answer["documents"].as_array().map(Vec::len), Some(13));
}
