//! Definitions: what is refused, what stays.

use super::*;

#[test]
fn a_cycle_of_segments_is_refused_and_named_and_nothing_is_kept() {
    let mut log = Log::new();
    let apply = |chain, segments| {
        Command::Apply(Box::new(ApplyDocuments {
            chain,
            segments,
            ..Default::default()
        }))
    };
    let to = |text: &str| Expr::Not(Box::new(Expr::Segment(name(text))));
    let outcome = log.apply(apply(1, vec![segment("a", to("b")), segment("b", to("a"))]));
    let Outcome::Refused(refused) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(refused.message.contains("a → b → a"), "{}", refused.message);
    assert!(log.catalog.segments.is_empty() && log.catalog.chain == 0);
    log.apply(apply(
        1,
        vec![segment("a", Expr::All), segment("b", to("a"))],
    ));
    let delete = Command::DeleteSegment { name: name("a") };
    assert_eq!(refusal(log.apply(delete)), ErrorKind::Conflict);
}

#[test]
fn identifier_types_get_numbers_for_ever_and_cannot_be_hashed_anew() {
    let mut log = Log::new();
    let declared = |text: &str, normalize| IdentifierType {
        number: 0,
        name: name(text),
        normalize,
        normalize_version: 1,
        region: None,
        priority: 1,
        blocked: vec![],
        blocked_patterns: Vec::new(),
        limit: None,
        unique: false,
        quarantine: 50,
    };
    let apply = |chain, identifiers| {
        Command::Apply(Box::new(ApplyDocuments {
            chain,
            identifiers,
            ..Default::default()
        }))
    };
    let trim = Normalizer::Trim;
    log.apply(apply(1, vec![declared("a", trim), declared("b", trim)]));
    log.apply(apply(2, vec![declared("b", trim)]));
    assert_eq!(log.catalog.identifiers[&name("b")].number, 2);
    let lower = apply(3, vec![declared("b", Normalizer::Lower)]);
    assert_eq!(refusal(log.apply(lower)), ErrorKind::Conflict);
}

#[test]
fn identifier_types_that_exist_are_kept_where_that_is_asked_for() {
    let mut log = Log::new();
    let declared = |text: &str, normalize, priority| IdentifierType {
        number: 0,
        name: name(text),
        normalize,
        normalize_version: 1,
        region: None,
        priority,
        blocked: vec![format!("blocked-{priority}")],
        blocked_patterns: Vec::new(),
        limit: None,
        unique: false,
        quarantine: 50,
    };
    let apply = |chain, keep_identifiers, identifiers| {
        Command::Apply(Box::new(ApplyDocuments {
            chain,
            identifiers,
            keep_identifiers,
            ..Default::default()
        }))
    };
    log.apply(apply(1, true, vec![declared("a", Normalizer::Lower, 7)]));
    let before = log.catalog.identifiers[&name("a")].clone();
    let again = vec![
        declared("a", Normalizer::Trim, 1),
        declared("b", Normalizer::Trim, 2),
    ];
    let Outcome::Applied(changes) = log.apply(apply(2, true, again)) else {
        panic!("refused");
    };
    let changes: Vec<ChangeKind> = changes.iter().map(|change| change.change).collect();
    assert_eq!(changes, [ChangeKind::Unchanged, ChangeKind::Added]);
    assert_eq!(log.catalog.identifiers[&name("a")], before);
    log.apply(apply(3, false, vec![declared("a", Normalizer::Lower, 1)]));
    assert_eq!(log.catalog.identifiers[&name("a")].priority, 1);
}

#[test]
fn tables_of_tagmas_own_cannot_be_declared() {
    let mut log = Log::new();
    for own in ["people", "identities", "dead_letters"] {
        let table = TableSchema {
            name: name(own),
            kind: TableKind::Events,
            columns: vec![],
            time: None,
            event: None,
            timezone: None,
            identifiers: vec![],
            keep_ids: false,
            key: Vec::new(),
            version: None,
        };
        let documents = ApplyDocuments {
            chain: 1,
            tables: vec![table],
            ..Default::default()
        };
        let outcome = log.apply(Command::Apply(Box::new(documents)));
        assert_eq!(refusal(outcome), ErrorKind::Invalid, "{own}");
    }
}
