//! Which identifier types are declared with a new table.

use tagma_core::{
    LogIndex, Term,
    catalog::{ApplyDocuments, Catalog, Command, CreateCluster, Entry, Outcome},
    schema::{Column, ColumnType, TableKind},
};

use super::*;

fn table() -> TableSchema {
    let name = |text: &str| Name::new(text).expect("a name");
    TableSchema {
        name: name("t"),
        kind: TableKind::Events,
        columns: vec![Column {
            name: name("n"),
            column_type: ColumnType::Int,
        }],
        time: None,
        event: None,
        timezone: None,
        identifiers: vec![(name("phone"), name("mobile")), (name("crm"), name("crm"))],
        keep_ids: false,
    }
}

fn refused(kind: ErrorKind, message: &str) -> RemoteError {
    RemoteError {
        kind,
        message: message.to_owned(),
        leader_address: None,
        retry_after_ms: None,
    }
}

#[test]
fn the_catalog_names_the_type_that_it_misses() {
    let message = "table `t` maps column `crm` to identifier type `crm`, which is not declared: \
        add an `identifier:` document";
    let none = BTreeSet::new();
    let found = undeclared(&refused(ErrorKind::Invalid, message), &table(), &none);
    assert_eq!(found.as_ref().map(Name::as_str), Some("crm"));
    let known = found.into_iter().collect();
    assert_eq!(
        undeclared(&refused(ErrorKind::Invalid, message), &table(), &known),
        None
    );
    assert_eq!(
        undeclared(&refused(ErrorKind::Conflict, message), &table(), &none),
        None
    );
    let other = refused(ErrorKind::Invalid, "table `t` has a column `n` twice");
    assert_eq!(undeclared(&other, &table(), &none), None);
}

#[test]
fn the_catalog_says_it_in_these_words() {
    let mut catalog = Catalog::default();
    let mut apply = |index, command| {
        let entry = Entry {
            stamp: 0,
            request: None,
            command,
        };
        catalog.apply(LogIndex(index), Term(1), &entry)
    };
    let create = CreateCluster {
        cluster_id: "c".to_owned(),
        shard_count: 1,
        key_fingerprint: String::new(),
        zone: "UTC".to_owned(),
    };
    assert_eq!(apply(1, Command::CreateCluster(create)), Outcome::Done);
    let documents = ApplyDocuments {
        chain: 1,
        tables: vec![table()],
        ..ApplyDocuments::default()
    };
    let outcome = apply(2, Command::Apply(Box::new(documents)));
    let Outcome::Refused(refusal) = outcome else {
        panic!("{outcome:?}");
    };
    let found = undeclared(
        &refused(refusal.kind, &refusal.message),
        &table(),
        &BTreeSet::new(),
    );
    assert_eq!(found.as_ref().map(Name::as_str), Some("phone"), "{refusal}");
}
