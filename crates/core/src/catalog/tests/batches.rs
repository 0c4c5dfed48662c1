//! Batches, loads and requests: each counts once.

use super::*;

#[test]
fn a_batch_is_taken_in_chain_order_with_dense_people_and_consecutive_sequences() {
    let mut log = Log::new();
    let opened = log.apply(Command::OpenProducer { name: "p".into() });
    let Outcome::Producer {
        id,
        epoch,
        last_sequence: 0,
    } = opened
    else {
        panic!("{opened:?}")
    };
    let request = |sequence| BatchRequest {
        producer: id,
        epoch,
        sequence,
        rows: 5,
        rejected: 1,
        created: 3,
    };
    assert_eq!(refusal(log.apply(batch(2, 0, vec![]))), ErrorKind::Conflict);
    assert_eq!(refusal(log.apply(batch(1, 1, vec![]))), ErrorKind::Conflict);
    assert_eq!(
        refusal(log.apply(batch(1, 0, vec![request(2)]))),
        ErrorKind::Conflict
    );
    assert_eq!(log.catalog.people.created, 0);
    let taken = log.apply(batch(1, 0, vec![request(1), request(2)]));
    assert!(matches!(taken, Outcome::Batch(recorded) if recorded.len() == 2));
    assert_eq!(refusal(log.apply(batch(1, 3, vec![]))), ErrorKind::Conflict);
    assert_eq!(
        refusal(log.apply(batch(2, 3, vec![request(2)]))),
        ErrorKind::Conflict
    );
    let producer = &log.catalog.producers[&id];
    assert_eq!((producer.rows, producer.last_sequence), (10, 2));
    assert_eq!(log.catalog.people.next_ordinal[0], 3);
    assert!(matches!(
        log.apply(Command::OpenProducer { name: "p".into() }),
        Outcome::Producer {
            epoch: 2,
            last_sequence: 2,
            ..
        }
    ));
    assert_eq!(
        refusal(log.apply(batch(2, 3, vec![request(3)]))),
        ErrorKind::Conflict
    );
}

#[test]
fn a_load_is_the_same_load_again_and_fences_its_older_self() {
    let mut log = Log::new();
    let open = || {
        Command::OpenLoad(OpenLoad {
            table: name("t"),
            mapping: "m".into(),
            content: "c".into(),
            file: "f".into(),
            bytes: 9,
        })
    };
    let state = |outcome| match outcome {
        Outcome::Load(state) => state,
        other => panic!("{other:?}"),
    };
    let first = state(log.apply(open()));
    let second = state(log.apply(open()));
    assert_eq!(
        (first.producer, first.epoch + 1),
        (second.producer, second.epoch)
    );
    let close = |epoch| Command::CloseLoad {
        producer: first.producer,
        epoch,
        sequences: 0,
    };
    assert_eq!(refusal(log.apply(close(first.epoch))), ErrorKind::Conflict);
    assert!(state(log.apply(close(second.epoch))).finished);
    let third = state(log.apply(open()));
    assert!(third.finished && third.epoch == second.epoch);
}

#[test]
fn a_repeated_request_is_answered_with_its_first_outcome() {
    let mut log = Log::new();
    let command = Command::OpenProducer { name: "p".into() };
    let entry = Entry {
        stamp: 5,
        request: Some(RequestId("r".into())),
        command,
    };
    let first = log.catalog.apply(LogIndex(2), Term(1), &entry);
    let again = log.catalog.apply(LogIndex(3), Term(2), &entry);
    assert_eq!(first, again);
    assert_eq!(log.catalog.stamp, 1_000, "stamps never go back");
}

#[test]
fn rows_of_loads_from_before_tables_were_counted_are_not_forgotten() {
    let mut log = Log::new();
    let load = OpenLoad {
        table: name("t"),
        mapping: "m".into(),
        content: "c".into(),
        file: "f.csv".into(),
        bytes: 40,
    };
    let Outcome::Load(load) = log.apply(Command::OpenLoad(load)) else {
        panic!("no load");
    };
    let request = |sequence| BatchRequest {
        producer: load.producer,
        epoch: load.epoch,
        sequence,
        rows: 5,
        rejected: 0,
        created: 3,
    };
    log.apply(batch(1, 0, vec![request(1)]));
    assert_eq!(
        log.catalog.rows_of(&name("t")),
        RowCount { rows: 5, bytes: 40 }
    );
    let mut counted = batch(2, 3, vec![request(2)]);
    if let Command::Batch(batch) = &mut counted {
        batch.tables = vec![TableRows {
            table: name("t"),
            rows: 5,
            bytes: 7,
        }];
    }
    log.apply(counted);
    assert_eq!(
        log.catalog.rows_of(&name("t")),
        RowCount {
            rows: 10,
            bytes: 47
        }
    );
    assert_eq!(log.catalog.rows_of(&name("u")), RowCount::default());
}
