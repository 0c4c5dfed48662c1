//! An operator's word, between writes.

use std::{io::Cursor, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, Int64Array, RecordBatch},
    datatypes::Int64Type,
    ipc::{reader::StreamReader, writer::StreamWriter},
};
use tagma_core::{
    ErrorKind, LogIndex, OneId, ShardId,
    catalog::{PeopleChanged, PeopleList, RequestId},
    id::RowSeq,
    journal::{Departure, decode_section},
    schema::Name,
};
use tagma_store::Store;

use super::desk::Desk;
use crate::{
    error::Result,
    journal::JournalCache,
    sequencer::{Leaving, Named, NamedIdentifier, PeopleChange, Returning},
};

fn person(shard: u16) -> OneId {
    OneId::new(ShardId::new(shard).expect("a shard"), 0)
}

fn phone(desk: &Desk, value: &str) -> NamedIdentifier {
    let catalog = desk.node.raft.catalog();
    let number = catalog.identifiers["phone"].number;
    NamedIdentifier {
        kind: "phone".to_owned(),
        value: value.to_owned(),
        hash: desk.directory.key().hash(number, value.as_bytes()),
    }
}

async fn change(desk: &Desk, request: &str, change: PeopleChange) -> Result<PeopleChanged> {
    desk.handle
        .change(change, RequestId(request.to_owned()))
        .await
}

/// Why a change cannot be.
async fn refused(desk: &Desk, wanted: PeopleChange) -> (ErrorKind, String) {
    let error = change(desk, "refused", wanted).await.expect_err("refused");
    (error.kind(), error.to_string())
}

/// Two people, of whom the second is merged into the first by an operator; the decision's index.
async fn merged(desk: &Desk) -> LogIndex {
    let write = desk.handle.write(desk.prepare(1, &["100", "200"])).await;
    assert_eq!(write.expect("taken").created, 2);
    let merge = PeopleChange::Merge(
        Named::Identifier(phone(desk, "200")),
        Named::OneId(person(1)),
    );
    let merged = change(desk, "merge", merge.clone())
        .await
        .expect("two people");
    assert_eq!(
        (merged.person, merged.other),
        (Some(person(1)), Some(person(2)))
    );
    let pending = desk.node.raft.catalog().pending_merges.clone();
    assert_eq!(pending.get(&person(2)), Some(&merged.index));
    // Sent again it is the same request; under another name it is another one.
    assert_eq!(change(desk, "merge", merge.clone()).await, Ok(merged));
    assert_eq!(refused(desk, merge).await.0, ErrorKind::Conflict);
    merged.index
}

fn leaving(read_at: LogIndex) -> Leaving {
    Leaving {
        people: Vec::new(),
        portion: None,
        back: None,
        read_at,
        tables: Vec::new(),
    }
}

async fn land(desk: &Desk, read_at: LogIndex) -> LogIndex {
    let landing = Leaving {
        people: vec![person(2)],
        ..leaving(read_at)
    };
    desk.handle.land(landing).await.expect("it lands")
}

#[tokio::test]
async fn a_merge_is_undone_once_it_has_landed_and_its_rows_come_back() {
    let desk = Desk::open().await;
    let decided = merged(&desk).await;
    let unmerge = PeopleChange::Unmerge(Named::Identifier(phone(&desk, "200")));
    assert_eq!(
        refused(&desk, unmerge.clone()).await.0,
        ErrorKind::Unavailable
    );
    land(&desk, decided).await;
    let parted = change(&desk, "unmerge", unmerge.clone())
        .await
        .expect("merged");
    assert_eq!(
        (parted.person, parted.other),
        (Some(person(2)), Some(person(1)))
    );
    assert_eq!(change(&desk, "unmerge", unmerge.clone()).await, Ok(parted));
    assert_eq!(refused(&desk, unmerge).await.0, ErrorKind::Conflict);
    let catalog = desk.node.raft.catalog();
    let pending = &catalog.pending_unmerges[&person(2)];
    assert_eq!((pending.holder, pending.decided), (person(1), parted.index));
    assert_eq!(pending.origins, PeopleList::new([person(2)]));
    let section = section(&desk, parted.index, 2).await;
    assert_eq!(section.people.revived, [0]);

    let back = |is_all, read_at| Leaving {
        back: Some(Returning {
            person: person(2),
            holder: person(1),
            origins: vec![person(2)],
            below: RowSeq::end_of(read_at).0,
            is_all,
        }),
        tables: vec![(Name::new("visits").expect("a name"), rows())],
        ..leaving(read_at)
    };
    let stale = desk.handle.land(back(true, decided)).await;
    assert_eq!(stale.expect_err("too old").kind(), ErrorKind::Unavailable);
    let some = desk.handle.land(back(false, parted.index)).await;
    let some = some.expect("it lands");
    assert_eq!(desk.node.raft.catalog().rows_moved, some);
    assert!(!desk.node.raft.catalog().pending_unmerges.is_empty());
    let all = desk.handle.land(back(true, some)).await.expect("it lands");
    assert!(desk.node.raft.catalog().pending_unmerges.is_empty());
    check_landing(&desk, all, some).await;
    desk.close().await;
}

/// Three rows of the holder: two that came in under the person who is back, one of its own.
fn rows() -> bytes::Bytes {
    let numbers = |values: [i64; 3]| -> ArrayRef { Arc::new(Int64Array::from(values.to_vec())) };
    let (own, back) = (person(1).get(), person(2).get());
    let columns = [
        ("oneid", numbers([own; 3])),
        ("_seq", numbers([1, 2, 3])),
        ("_origin", numbers([back, own, back])),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("rows");
    let mut stream = StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a stream");
    stream.write(&batch).expect("written");
    stream.into_inner().expect("finished").into()
}

/// What a shard finds in an entry, its streams decoded to (oneid, `_seq`).
struct Found {
    people: tagma_core::journal::PeopleMoves,
    moved: Vec<(i64, i64)>,
}

async fn section(desk: &Desk, index: LogIndex, shard: u16) -> Found {
    let catalog = desk.node.raft.catalog();
    let entry = &catalog.journal[&index];
    let shard = ShardId::new(shard).expect("a shard");
    let part = entry.sections.iter().find(|(of, _)| *of == shard);
    let store = Store::open_local(&Desk::objects(&desk.node)).expect("a store");
    let (_, part) = part.expect("a section of the shard");
    let bytes = JournalCache::new(store).section(entry, part).await;
    let bytes = bytes.expect("stored");
    let section = decode_section(&bytes).expect("a section");
    let mut moved = Vec::new();
    for (_, stream) in &section.moved {
        for batch in StreamReader::try_new(Cursor::new(stream), None).expect("a stream") {
            let batch = batch.expect("a batch");
            let column = |name: &str| batch[name].as_primitive::<Int64Type>().values().to_vec();
            moved.extend(column("oneid").into_iter().zip(column("_seq")));
        }
    }
    Found {
        people: section.people,
        moved,
    }
}

/// Rows go to whom they came in under; the holder loses what was collected, and no more.
async fn check_landing(desk: &Desk, index: LogIndex, read_at: LogIndex) {
    let back = person(2).get();
    let found = section(desk, index, 2).await;
    assert_eq!(found.moved, [(back, 1), (back, 3)]);
    let found = section(desk, index, 1).await;
    assert_eq!(found.moved, [(person(1).get(), 2)]);
    let left = Departure {
        ordinal: 0,
        origins: Some(vec![person(2)]),
        below: Some(RowSeq::end_of(read_at).0),
    };
    assert_eq!(found.people.left, [left]);
}

#[tokio::test]
async fn separations_identifiers_and_quarantine_are_judged_where_they_stand_in_the_log() {
    let desk = Desk::open().await;
    let decided = merged(&desk).await;
    land(&desk, decided).await;
    let named = |value| Named::Identifier(phone(&desk, value));
    let unmerge = PeopleChange::Unmerge(Named::OneId(person(2)));
    change(&desk, "unmerge", unmerge).await.expect("merged");
    let merge = PeopleChange::Merge(named("100"), named("200"));
    assert_eq!(refused(&desk, merge.clone()).await.0, ErrorKind::Conflict);
    let lift = PeopleChange::Lift(named("200"), named("100"));
    let lifted = change(&desk, "lift", lift.clone())
        .await
        .expect("separated");
    assert_eq!(
        (lifted.person, lifted.other),
        (Some(person(2)), Some(person(1)))
    );
    assert_eq!(refused(&desk, lift).await.0, ErrorKind::Conflict);

    let unbind = PeopleChange::Unbind(phone(&desk, "200"));
    let unbound = change(&desk, "unbind", unbind.clone())
        .await
        .expect("known");
    assert_eq!(unbound.person, Some(person(2)));
    let unknown = (
        ErrorKind::NotFound,
        "nobody is known as phone:200".to_owned(),
    );
    assert_eq!(refused(&desk, unbind).await, unknown);
    assert_eq!(refused(&desk, merge).await, unknown);
    let release = PeopleChange::Release(phone(&desk, "100"));
    let not_in = "phone:100 is not in quarantine".to_owned();
    assert_eq!(refused(&desk, release).await, (ErrorKind::Conflict, not_in));
    let nobody = PeopleChange::Unmerge(Named::OneId(OneId::new(person(1).shard(), 9)));
    assert_eq!(refused(&desk, nobody).await.0, ErrorKind::NotFound);
    // A record brings the identifier again: somebody new.
    let written = desk.handle.write(desk.prepare(2, &["200"])).await;
    assert_eq!(written.expect("taken").created, 1);
    // A name that was used for something else.
    let other = change(
        &desk,
        "lift",
        PeopleChange::Merge(named("100"), named("200")),
    )
    .await;
    assert_eq!(other.expect("the first outcome"), lifted);
    desk.close().await;
}

#[tokio::test]
async fn a_change_that_cannot_be_put_is_not_made_and_can_be_asked_for_again() {
    let desk = Desk::open().await;
    let write = desk.handle.write(desk.prepare(1, &["100", "200"])).await;
    assert_eq!(write.expect("taken").created, 2);
    let journal = Desk::objects(&desk.node).join("journal");
    let aside = Desk::objects(&desk.node).join("aside");
    std::fs::rename(&journal, &aside).expect("moved aside");
    std::fs::write(&journal, "in the way").expect("written");
    let merge = PeopleChange::Merge(Named::OneId(person(1)), Named::OneId(person(2)));
    let error = change(&desk, "merge", merge.clone()).await;
    error.expect_err("it cannot be put");
    assert!(desk.node.raft.catalog().pending_merges.is_empty());
    std::fs::remove_file(&journal).expect("out of the way");
    std::fs::rename(&aside, &journal).expect("moved back");
    let merged = change(&desk, "merge", merge).await.expect("two people");
    assert_eq!(merged.other, Some(person(2)));
    desk.close().await;
}
