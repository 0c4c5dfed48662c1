//! Flags against declared tables.

use tagma_proto::pb::catalog::v1::{self as wire, IdentifierColumn};

use super::*;

fn listed() -> Table {
    let column = |name: &str, r#type: &str| wire::Column {
        name: name.to_owned(),
        r#type: r#type.to_owned(),
        ..wire::Column::default()
    };
    Table {
        name: "orders".to_owned(),
        kind: "events".to_owned(),
        columns: vec![
            column("paid_at", "timestamp"),
            column("amount", "decimal(12,2)"),
        ],
        time: "paid_at".to_owned(),
        event: String::new(),
        identifiers: vec![IdentifierColumn {
            r#type: "phone".to_owned(),
            column: "mobile".to_owned(),
        }],
        timezone: String::new(),
        ..Table::default()
    }
}

fn options() -> LoadOptions {
    LoadOptions::new(Name::new("orders").expect("a name"))
}

#[test]
fn a_listed_table_is_understood() {
    let table = from_wire(&listed()).expect("known");
    assert_eq!(table.columns.len(), 2);
    assert_eq!(table.time.as_ref().map(Name::as_str), Some("paid_at"));
    assert_eq!(
        (table.event, table.timezone, table.keep_ids),
        (None, None, false)
    );
    let newer = Table {
        kind: "graph".to_owned(),
        ..listed()
    };
    let failure = from_wire(&newer).expect_err("unknown kind");
    assert_eq!(failure.kind(), tagma_core::ErrorKind::Incompatible);
}

#[test]
fn flags_that_agree_or_are_left_out_are_fine() {
    let table = from_wire(&listed()).expect("known");
    check(&options(), &table).expect("nothing asked");
    let same = LoadOptions {
        kind: Some(TableKind::Events),
        time: table.time.clone(),
        ids: vec!["phone=mobile".parse().expect("an id")],
        ..options()
    };
    check(&same, &table).expect("the same");
}

#[test]
fn flags_that_contradict_the_table_are_named() {
    let table = from_wire(&listed()).expect("known");
    let name = |text: &str| Some(Name::new(text).expect("a name"));
    let id = |text: &str| vec![text.parse().expect("an id")];
    let kind = Some(TableKind::Attributes);
    let cases = [
        (LoadOptions { kind, ..options() }, "its --kind is events"),
        (
            LoadOptions {
                key: name("amount").into_iter().collect(),
                ..options()
            },
            "has no --key",
        ),
        (
            LoadOptions {
                version: name("paid_at"),
                ..options()
            },
            "its --version is none",
        ),
        (
            LoadOptions {
                time: name("ts"),
                ..options()
            },
            "its --time is `paid_at`",
        ),
        (
            LoadOptions {
                event: name("e"),
                ..options()
            },
            "its --event is none",
        ),
        (
            LoadOptions {
                timezone: Some("UTC".to_owned()),
                ..options()
            },
            "its --timezone is the cluster's",
        ),
        (
            LoadOptions {
                ids: id("crm"),
                ..options()
            },
            "no identifier of type `crm`",
        ),
        (
            LoadOptions {
                ids: id("phone"),
                ..options()
            },
            "takes `phone` from column `mobile`",
        ),
    ];
    for (options, expected) in cases {
        let error = check(&options, &table)
            .expect_err("contradicts")
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn key_version_and_first_types_are_understood_and_checked() {
    let mut listed = Table {
        kind: "keyed".to_owned(),
        key: vec!["paid_at".to_owned(), "amount".to_owned()],
        version: "paid_at".to_owned(),
        ..listed()
    };
    listed.columns[1].first_type = "int".to_owned();
    let table = from_wire(&listed).expect("known");
    assert_eq!(table.kind, TableKind::Keyed);
    assert_eq!(table.key.len(), 2);
    assert_eq!(table.version, table.time);
    let first = [("amount".to_owned(), "int".to_owned())];
    assert_eq!(first_types(&listed), first.into());
    let same = LoadOptions {
        kind: Some(TableKind::Keyed),
        key: table.key.clone(),
        version: table.version.clone(),
        ..options()
    };
    check(&same, &table).expect("the same");
    let other = LoadOptions {
        key: table.key[..1].to_vec(),
        ..options()
    };
    let error = check(&other, &table).expect_err("another key").to_string();
    assert!(
        error.contains("its key is --key paid_at --key amount"),
        "{error}"
    );
}
