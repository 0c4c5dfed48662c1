//! Documents as they are sent.

use tagma_core::{
    document::{Document, parse_documents},
    schema::{Column, ColumnType, TableKind},
};

use super::*;

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn table() -> TableSchema {
    let column = |text: &str, column_type| Column {
        name: name(text),
        column_type,
    };
    let money = ColumnType::Decimal {
        precision: 18,
        scale: 2,
    };
    TableSchema {
        name: name("purchases"),
        kind: TableKind::Events,
        columns: vec![
            column("date", ColumnType::Date),
            column("yes", ColumnType::Int),
            column("金额", money),
        ],
        time: Some(name("date")),
        event: None,
        timezone: Some("Asia/Shanghai".to_owned()),
        identifiers: vec![
            (name("phone"), name("mobile")),
            (name("crm_id"), name("crm_id")),
        ],
        keep_ids: false,
        key: Vec::new(),
        version: None,
    }
}

#[test]
fn every_scalar_is_quoted_and_known_types_are_left_out() {
    let text = render(&table(), |identifier| identifier.as_str() == "crm_id");
    let expected = r#"identifier: "crm_id"
normalize: trim
priority: 2
---
table: "purchases"
kind: events
time: "date"
timezone: "Asia/Shanghai"
identifiers:
  "phone": "mobile"
  "crm_id": "crm_id"
columns:
  "date": "date"
  "yes": "int"
  "金额": "decimal(18,2)"
"#;
    assert_eq!(text, expected);
}

#[test]
fn documents_are_read_back_as_they_were_meant() {
    let kept = TableSchema {
        kind: TableKind::Attributes,
        columns: [
            table().columns,
            vec![Column {
                name: Name::new("mobile").expect("a name"),
                column_type: ColumnType::Text,
            }],
        ]
        .concat(),
        keep_ids: true,
        ..table()
    };
    let keyed = TableSchema {
        kind: TableKind::Keyed,
        key: vec![name("yes"), name("金额")],
        version: Some(name("date")),
        ..table()
    };
    for table in [table(), kept, keyed] {
        let text = render(&table, |_| true);
        let documents = parse_documents(&text, "x").expect("understood");
        assert_eq!(documents.last(), Some(&Document::Table(table)));
        let [Document::Identifier(phone), Document::Identifier(crm), _] = documents.as_slice()
        else {
            panic!("{documents:?}");
        };
        assert_eq!((phone.name.as_str(), phone.priority), ("phone", 1));
        assert_eq!((crm.name.as_str(), crm.priority), ("crm_id", 2));
    }
}

#[test]
fn a_table_of_identifiers_alone_has_no_columns() {
    let bare = TableSchema {
        columns: Vec::new(),
        time: None,
        timezone: None,
        event: Some(Name::new("what").expect("a name")),
        keep_ids: true,
        ..table()
    };
    let text = render(&bare, |_| false);
    assert!(
        text.starts_with("table: \"purchases\"\nkind: events\nevent: \"what\"\n"),
        "{text}"
    );
    assert!(
        text.contains("keep_ids: true\n") && text.ends_with("columns: {}\n"),
        "{text}"
    );
}

#[test]
fn a_reference_table_maps_no_identifiers() {
    let reference = TableSchema {
        kind: TableKind::Reference,
        identifiers: Vec::new(),
        key: vec![name("yes")],
        ..table()
    };
    let text = render(&reference, |_| true);
    assert!(text.contains("key: [\"yes\"]\ncolumns:\n"), "{text}");
    let documents = parse_documents(&text, "x").expect("understood");
    assert_eq!(documents, [Document::Table(reference)]);
}
