//! Documents, good and bad.

use super::*;
use crate::{
    ErrorKind,
    schema::{
        ColumnType, IdentifierType, LimitWindow, Name, Normalizer, OnMissing, PersonLimit,
        TableKind, TagKind, TagLevel,
    },
    segment::print,
};

const GOOD: &str = "\
# people
identifier: phone
normalize: phone
region: cn
priority: 1
unique: false
blocked: ['13800138000', 00000]
---
table: Orders
kind: events
time: paid_at
event: what
timezone: Asia/Shanghai
identifiers: {phone: Mobile, crm_id: member_no}
columns:
  paid_at: timestamp
  what: text
  amount: 'decimal(12,2)'
  qty: int
---
---
tag: ltv
kind: decimal(18,2)
level: business
category: 消费/价值
owner: growth
display: {zh: 累计消费, en: Lifetime value}
description: 'Sum: of paid orders'
sql: |
  SELECT oneid, sum(amount) AS value
  FROM orders GROUP BY oneid
timezone: Asia/Shanghai
on_missing: empty
history: 7
---
segment: vip_sleeping
display: {zh: 沉睡高价值}
expr: ltv >= 5000 AND last_order < now() - INTERVAL '180 days'
standing: false
";

#[test]
fn all_kinds_are_read() {
    let documents = parse_documents(GOOD, "good.yaml").expect("good");
    let [
        Document::Identifier(phone),
        Document::Table(orders),
        Document::Tag(ltv),
        Document::Segment(vip),
    ] = documents.as_slice()
    else {
        panic!("{documents:?}");
    };
    assert_eq!(phone.normalize, Normalizer::Phone);
    assert_eq!(phone.region.as_deref(), Some("CN"));
    assert_eq!(phone.blocked, ["13800138000", "00000"]);
    let kept = phone.clone().into_type(3, 1);
    assert_eq!(
        (kept.number, kept.normalize_version, kept.priority),
        (3, 1, 1)
    );
    assert_eq!(
        (orders.name.as_str(), orders.kind),
        ("orders", TableKind::Events)
    );
    let columns: Vec<&str> = orders.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(columns, ["paid_at", "what", "amount", "qty"]);
    let decimal = ColumnType::Decimal {
        precision: 12,
        scale: 2,
    };
    assert_eq!(orders.columns[2].column_type, decimal);
    let pairs: Vec<(&str, &str)> = orders
        .identifiers
        .iter()
        .map(|(i, c)| (i.as_str(), c.as_str()))
        .collect();
    assert_eq!(pairs, [("phone", "mobile"), ("crm_id", "member_no")]);
    assert_eq!(ltv.level, TagLevel::Business);
    assert_eq!(ltv.on_missing, OnMissing::Empty);
    assert_eq!(ltv.history, 7);
    assert_eq!(ltv.display["zh"], "累计消费");
    assert_eq!(ltv.description.as_deref(), Some("Sum: of paid orders"));
    assert!(ltv.sql.starts_with("SELECT") && ltv.sql.ends_with("oneid"));
    let kind = TagKind::Decimal {
        precision: 18,
        scale: 2,
    };
    assert_eq!(ltv.kind, kind);
    assert_eq!(print(&vip.expr), vip.text);
    assert_eq!(documents[3].kind_name(), "segment");
    assert_eq!(documents[3].name().as_str(), "vip_sleeping");
}

#[test]
fn what_is_left_out_has_its_default() {
    let text = "tag: t\nkind: int\nsql: SELECT 1\n---\nidentifier: crm_id\n";
    let documents = parse_documents(text, "f").expect("good");
    let Document::Tag(tag) = &documents[0] else {
        panic!("no tag");
    };
    assert_eq!((tag.level, tag.history), (TagLevel::Derived, 30));
    let Document::Identifier(spec) = &documents[1] else {
        panic!("no identifier");
    };
    assert_eq!((spec.normalize, spec.priority), (Normalizer::Trim, 1));
    assert_eq!(parse_documents("", "f"), Ok(Vec::new()));
    assert_eq!(
        parse_documents("---\n# nothing\n---\n", "f"),
        Ok(Vec::new())
    );
}

#[track_caller]
fn refused(text: &str, line: u32, parts: &[&str]) {
    let error = parse_documents(text, "bad.yaml").expect_err(text);
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.file, "bad.yaml");
    let message = error.to_string();
    let fault = &error.faults[0];
    assert_eq!(fault.line, line, "{text}: {message}");
    for part in parts {
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn keys_are_known_or_refused() {
    let tag = "tag: t\nkind: int\nsql: SELECT 1\n";
    refused(
        &format!("{tag}ownr: me\n"),
        4,
        &["no key `ownr`", "did you mean `owner`?"],
    );
    refused(
        &format!("{tag}zzzzz: me\n"),
        4,
        &["no key `zzzzz`", "keys are tag, kind"],
    );
    for key in [
        "schedule",
        "live",
        "tests",
        "rules",
        "source",
        "sensitivity",
    ] {
        let text = format!("{tag}{key}: x\n");
        refused(&text, 4, &[&format!("`{key}` is not supported yet")]);
    }
    refused(
        &format!("{tag}on_missing: keep_last\n"),
        4,
        &["keep_last` is not supported yet"],
    );
    refused(&format!("{tag}kind: int\n"), 4, &["`kind` is there twice"]);
    refused(
        "segment: s\nexpr: 'TRUE'\nstanding: true\n",
        3,
        &["`standing` is not supported"],
    );
}

#[test]
fn tags_are_checked() {
    refused("tag: t\nsql: SELECT 1\n", 1, &["`kind` is missing"]);
    refused("tag: t\nkind: int\n", 1, &["`sql` is missing"]);
    refused("tag: t\nkind: int\nsql: ''\n", 3, &["`sql` is empty"]);
    refused(
        "tag: t\nkind: set\nsql: x\n",
        2,
        &["kind set are not supported yet", "category"],
    );
    refused(
        "tag: t\nkind: boool\nsql: x\n",
        2,
        &["no kind", "did you mean `bool`?"],
    );
    refused(
        "tag: t\nkind: decimal(19,2)\nsql: x\n",
        2,
        &["no decimal", "1 to 18"],
    );
    refused("tag: t\nkind: decimal(4,5)\nsql: x\n", 2, &["no decimal"]);
    refused("tag: a b\nkind: int\nsql: x\n", 1, &["`a b` is not a name"]);
    refused(
        "tag: t\nkind: int\nsql: x\nlevel: top\n",
        4,
        &["`level` is `top`", "base, derived"],
    );
    refused(
        "tag: t\nkind: int\nsql: x\nhistory: 0\n",
        4,
        &["whole number, 1 to"],
    );
    refused(
        "tag: t\nkind: int\nsql: x\nowner:\n",
        4,
        &["`owner` has no value"],
    );
    refused(
        "tag: t\nkind: int\nsql: x\nowner: [a]\n",
        4,
        &["list or map, not text"],
    );
    refused(
        "tag: t\nkind: int\nsql: x\ndisplay: Name\n",
        4,
        &["`display` is not a map"],
    );
    refused(
        "tag: t\nkind: int\nsql: x\ntimezone: Asia/Shangai\n",
        4,
        &["Asia/Shanghai"],
    );
}

#[test]
fn tables_are_checked() {
    let ids = "identifiers: {a: x}\n";
    refused(
        &format!("table: t\nkind: keyed\n{ids}"),
        1,
        &["a keyed table needs a `key`", "[order_id, line]"],
    );
    refused(
        &format!("table: t\nkind: event\n{ids}"),
        2,
        &["`kind` is `event`", "did you mean `events`?"],
    );
    refused("table: t\nkind: events\n", 1, &["needs `identifiers`"]);
    refused(
        &format!("table: t\nkind: events\n{ids}key: [a]\n"),
        4,
        &["a table of kind events has no `key`", "kind: keyed"],
    );
    let with = |columns: &str| format!("table: t\nkind: events\n{ids}columns: {{{columns}}}\n");
    refused(&with("c: number"), 4, &["no column type", "write one of"]);
    refused(&with("c: texte"), 4, &["did you mean `text`?"]);
    refused(&with("_seq: int"), 4, &["Tagma's own"]);
    refused(&with("C: int, c: int"), 4, &["`c` is there twice"]);
    refused(
        &with("x: text"),
        3,
        &["`x` is also in `columns`", "keep_ids"],
    );
    refused(&(with("c: int") + "time: when\n"), 5, &["no column `when`"]);
    refused(
        &(with("c: int") + "time: c\n"),
        5,
        &["another type", "timestamp or a date"],
    );
    refused(
        &(with("c: int") + "event: c\n"),
        5,
        &["another type", "the event is text"],
    );
    refused(
        &(with("at: date, ts: int") + "time: at\n"),
        4,
        &["hides what `at`"],
    );
    refused(
        &(with("c: int") + "keep_ids: yes\n"),
        5,
        &["write true or false"],
    );
    refused(
        "table: t\nkind: events\nidentifiers: {a: x, A: y}\n",
        3,
        &["`a` is there twice"],
    );
    let kept = with("x: text") + "keep_ids: true\n";
    assert!(parse_documents(&kept, "f").is_ok());
}

#[test]
fn keys_and_versions_are_read_and_checked() {
    let columns = "columns: {id: text, line: int, f: float, ok: bool, at: date}\n";
    let with = |kind: &str, rest: &str| format!("table: t\nkind: {kind}\n{columns}{rest}");
    let ids = "identifiers: {a: x}\n";
    let read = |text: &str| {
        let documents = parse_documents(text, "f").expect(text);
        let [Document::Table(table)] = documents.as_slice() else {
            panic!("{documents:?}");
        };
        table.clone()
    };
    let keyed = read(&with(
        "keyed",
        &format!("{ids}key: [ID, line]\nversion: at\n"),
    ));
    let names = |names: &[&str]| -> Vec<Name> {
        names
            .iter()
            .map(|n| Name::new(n).expect("a name"))
            .collect()
    };
    assert_eq!(
        (keyed.kind, keyed.key),
        (TableKind::Keyed, names(&["id", "line"]))
    );
    assert_eq!(keyed.version, names(&["at"]).pop());
    let reference = read(&with("reference", "key: [id]\n"));
    assert_eq!(reference.kind, TableKind::Reference);
    assert!(reference.identifiers.is_empty() && reference.version.is_none());

    let keyed = |rest: &str| with("keyed", &format!("{ids}{rest}"));
    refused(
        &keyed("key: [id, nope]\n"),
        5,
        &["no column `nope`", "keep_ids"],
    );
    refused(
        &keyed("key: [id, f]\n"),
        5,
        &["`f` is of type float", "decimal or a text"],
    );
    refused(&keyed("key: [id, Id]\n"), 5, &["`id` is twice in the key"]);
    refused(&keyed("key: id\n"), 5, &["`key` is not a list"]);
    refused(&keyed("version: at\n"), 1, &["needs a `key`"]);
    refused(
        &keyed("key: [id]\nversion: ok\n"),
        6,
        &["`ok` is of type bool"],
    );
    refused(&keyed("key: [id]\nversion: x\n"), 6, &["no column `x`"]);
    let of_people = with("reference", &format!("{ids}key: [id]\n"));
    refused(&of_people, 4, &["are of nobody", "kind: keyed"]);
    let versioned = with("attributes", &format!("{ids}version: at\n"));
    refused(
        &versioned,
        5,
        &["a table of kind attributes has no `version`"],
    );
}

#[test]
fn identifiers_and_segments_are_checked() {
    refused(
        "identifier: a\nnormalize: phon\n",
        2,
        &["did you mean `phone`?"],
    );
    refused(
        "identifier: a\nregion: CHN\nnormalize: phone\n",
        2,
        &["two letters"],
    );
    refused("identifier: a\nregion: CN\n", 2, &["for phone numbers"]);
    refused("identifier: a\npriority: 0\n", 2, &["1 to 1000"]);
    refused(
        "identifier: a\nblocked: x\n",
        2,
        &["`blocked` is not a list"],
    );
    refused("segment: s\n", 1, &["`expr` is missing"]);
    refused(
        "segment: s\nexpr: age == 1\n",
        2,
        &["`expr`: line 1, column 5", "written `=`"],
    );
}

#[test]
fn files_are_checked_as_a_whole() {
    refused("a\n", 1, &["a map of keys"]);
    refused(
        "tga: t\n",
        1,
        &["does not say what it is", "did you mean `tag`?"],
    );
    refused("tag: t\nsegment: s\n", 1, &["tag and segment", "put `---`"]);
    let twice = "segment: s\nexpr: 'TRUE'\n---\nsegment: S\nexpr: 'FALSE'\n";
    refused(twice, 4, &["document 2", "segment `s` is there twice"]);
    refused("tag: &a t\nowner: *a\n", 2, &["aliases are not supported"]);
    refused("tag: !!str t\n", 1, &["tags are not supported"]);
    refused(&("[".repeat(20) + &"]".repeat(20)), 1, &["nested deeper"]);
    assert!(parse_documents(&"[".repeat(100_000), "f").is_err());
    assert!(parse_documents(&"- ".repeat(100_000), "f").is_err());
    refused("tag: {a: 1\n", 1, &["document 1", "unclosed bracket"]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "tag: t\nkind: inte\nownr: me\nhistory: x\n---\nbroken: [1\n---\nsegment: s\n";
    let error = parse_documents(text, "bad.yaml").expect_err("bad");
    let lines: Vec<(u32, u32)> = error.faults.iter().map(|f| (f.document, f.line)).collect();
    assert_eq!(
        lines,
        [(1, 1), (1, 2), (1, 3), (1, 4), (2, 6), (3, 8)],
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("bad.yaml:1: document 1: the key `sql` is missing\n")
    );
}

#[test]
fn no_text_panics() {
    const PARTS: [&str; 24] = [
        "tag: ",
        "t",
        "\n",
        "---\n",
        "...\n",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ": ",
        "'",
        "\"",
        "|\n",
        "  ",
        "&a ",
        "*a",
        "!!str ",
        "%YAML 1.2\n",
        "#",
        "?",
        "\u{feff}",
        "\u{0}",
        "expr: x == 1\n",
    ];
    for seed in 0..20_000_u64 {
        let mut state = seed;
        let mut text = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(seed | 1);
            text.push_str(PARTS[(state >> 33) as usize % PARTS.len()]);
        }
        let _ = parse_documents(&text, "f");
    }
}

#[test]
fn the_examples_are_good() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/cdnow/");
    for file in ["tags.yaml", "segments.yaml"] {
        let text = std::fs::read_to_string(format!("{folder}{file}")).expect("the example");
        let documents = parse_documents(&text, file).unwrap_or_else(|error| panic!("{error}"));
        assert!(documents.len() >= 5, "{file}");
    }
}

#[test]
fn limits_of_identifiers_are_read_and_printed() {
    let read = |text: &str| match parse_documents(text, "a.yaml").expect("good").remove(0) {
        Document::Identifier(spec) => spec,
        other => panic!("{other:?}"),
    };
    let limit = |window| {
        Some(PersonLimit {
            per_person: 3,
            window,
        })
    };
    let windows = [
        ("", LimitWindow::Ever),
        (", window: ever", LimitWindow::Ever),
        (", window: daily", LimitWindow::Days(1)),
        (", window: weekly", LimitWindow::Days(7)),
        (", window: monthly", LimitWindow::Days(30)),
        (", window: annually", LimitWindow::Days(365)),
        (", window: 12", LimitWindow::Days(12)),
    ];
    for (text, window) in windows {
        let spec = read(&format!("identifier: a\nlimit: {{per_person: 3{text}}}\n"));
        assert_eq!(spec.limit, limit(window), "{text}");
        assert_eq!((spec.unique, spec.quarantine), (false, 50));
        assert_eq!(read(&spec.to_string()), spec);
    }
    let spec = read(
        "identifier: 微信id\nnormalize: phone\nregion: CN\npriority: 7\nunique: true\n\
         quarantine: 4\nblocked: ['a\"b', \"x\\ny\", '']\nblocked_patterns: ['1[0-9]+\\.']\n",
    );
    assert_eq!((spec.unique, spec.quarantine), (true, 4));
    assert_eq!(spec.blocked_patterns, [r"1[0-9]+\."]);
    assert_eq!(read(&spec.to_string()), spec);
    let declared = spec.clone().into_type(3, 1);
    assert_eq!((declared.unique, declared.quarantine), (true, 4));
    assert_eq!(declared.blocked_patterns, spec.blocked_patterns);
    let mut old = serde_json::to_value(&declared).expect("json");
    for key in ["limit", "unique", "quarantine", "blocked_patterns"] {
        old.as_object_mut().expect("a map").remove(key);
    }
    let old: IdentifierType = serde_json::from_value(old).expect("without the later fields");
    assert_eq!((old.limit, old.unique, old.quarantine), (None, false, 50));
}

#[test]
fn limits_of_identifiers_are_checked() {
    let cases: [(&str, u32, &[&str]); 9] = [
        ("limit: 3", 2, &["`limit` is not a map", "{per_person: 3"]),
        (
            "limit: {window: ever}",
            2,
            &["`limit.per_person` is missing"],
        ),
        ("limit: {per_person: 0}", 2, &["is `0`", "1 to 1000000"]),
        (
            "limit: {per_person: 1, window: weakly}",
            2,
            &["did you mean `weekly`?"],
        ),
        (
            "limit: {per_person: 1, window: 0}",
            2,
            &["`limit.window` is `0`", "number of days"],
        ),
        (
            "limit: {per_persn: 1}",
            2,
            &["no key `limit.per_persn`", "did you mean `per_person`?"],
        ),
        (
            "limit: {per_person: 1}\nunique: true",
            3,
            &["`unique: true` beside a `limit`", "leave `limit` out"],
        ),
        ("quarantine: 0", 2, &["`quarantine` is `0`", "whole number"]),
        (
            "blocked_patterns:\n  - fine\n  - '['",
            4,
            &["`[` is not a pattern", "regular expression"],
        ),
    ];
    for (text, line, parts) in cases {
        refused(&format!("identifier: a\n{text}\n"), line, parts);
    }
}
