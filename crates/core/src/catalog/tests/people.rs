//! Merges and unmerges between decision and landing.

use super::*;

#[test]
fn a_merge_lands_once_and_only_while_it_is_pending() {
    let mut log = Log::new();
    let person = |ordinal| OneId::new(shard(1), ordinal);
    let list = |ordinals: &[u32]| PeopleList::new(ordinals.iter().map(|o| person(*o)));
    let change = |chain, decided: &[u32], landed: &[u32]| {
        Command::ChangePeople(Box::new(ChangePeople {
            decided: list(decided),
            landed: list(landed),
            read_at: LogIndex(1_000),
            ..ChangePeople::new(chain, object("journal/2"), [8; 16])
        }))
    };
    assert_eq!(log.apply(change(1, &[1, 2], &[])), Outcome::Done);
    let decided_at = LogIndex(log.index);
    assert_eq!(log.catalog.pending_merges.len(), 2);
    assert_eq!(
        log.catalog.pending_merges.get(&person(1)),
        Some(&decided_at)
    );
    // Decided twice, landed without a decision: nothing of either entry counts.
    assert_eq!(
        refusal(log.apply(change(2, &[2], &[]))),
        ErrorKind::Conflict
    );
    let half = log.apply(change(2, &[], &[1, 3]));
    assert_eq!(refusal(half), ErrorKind::Conflict);
    assert_eq!(log.catalog.pending_merges.len(), 2);
    assert_eq!(log.apply(change(2, &[], &[1])), Outcome::Done);
    assert_eq!(
        refusal(log.apply(change(3, &[], &[1]))),
        ErrorKind::Conflict
    );
    assert_eq!(log.apply(change(3, &[], &[2])), Outcome::Done);
    assert!(log.catalog.pending_merges.is_empty());
    assert_eq!(log.catalog.journal.len(), 3);
}

#[test]
fn rows_that_were_read_before_a_portion_moved_are_refused() {
    let mut log = Log::new();
    let person = OneId::new(shard(1), 1);
    let change = |chain, [decided, portions, landed]: [bool; 3], read_at| {
        let list = |is_in: bool| PeopleList::new(is_in.then_some(person));
        Command::ChangePeople(Box::new(ChangePeople {
            decided: list(decided),
            landed: list(landed),
            portions: list(portions),
            read_at: LogIndex(read_at),
            ..ChangePeople::new(chain, object("journal/3"), [9; 16])
        }))
    };
    let (decided, portion, landed) = (
        [true, false, false],
        [false, true, false],
        [false, false, true],
    );
    assert_eq!(log.apply(change(1, decided, 0)), Outcome::Done);
    let decided_at = log.index;
    assert_eq!(
        refusal(log.apply(change(2, portion, decided_at - 1))),
        ErrorKind::Conflict
    );
    assert_eq!(log.apply(change(2, portion, decided_at)), Outcome::Done);
    let moved_at = log.index;
    assert_eq!(
        log.catalog.pending_merges.get(&person),
        Some(&LogIndex(decided_at)),
        "who waits for the merge waits on"
    );
    assert_eq!(log.catalog.pending_since(person), Some(LogIndex(moved_at)));
    for stale in [portion, landed] {
        assert_eq!(
            refusal(log.apply(change(3, stale, moved_at - 1))),
            ErrorKind::Conflict
        );
    }
    assert_eq!(log.apply(change(3, portion, moved_at)), Outcome::Done);
    let last = log.index;
    assert_eq!(log.apply(change(4, landed, last)), Outcome::Done);
    assert!(log.catalog.pending_merges.is_empty());
    assert!(log.catalog.moved_portions.is_empty());
}

/// An unmerge of `loser` from `holder`, and entries that bring its rows back.
struct Unmerge {
    log: Log,
    chain: u64,
    loser: OneId,
    holder: OneId,
}

impl Unmerge {
    fn new() -> Self {
        Self {
            log: Log::new(),
            chain: 0,
            loser: OneId::new(shard(1), 5),
            holder: OneId::new(shard(2), 0),
        }
    }

    fn entry(&mut self, change: impl FnOnce(&Self, &mut ChangePeople)) -> Outcome {
        let mut entry = ChangePeople::new(self.chain + 1, object("journal/4"), [4; 16]);
        change(self, &mut entry);
        let outcome = self.log.apply(Command::ChangePeople(Box::new(entry)));
        self.chain += u64::from(!outcome.is_refusal());
        outcome
    }

    fn decide(&mut self) -> Outcome {
        self.entry(|this, entry| {
            entry.operation = Some(PeopleOperation::Unmerge {
                loser: this.loser,
                holder: this.holder,
                origins: PeopleList::new([this.loser]),
            });
        })
    }

    fn bring_back(&mut self, is_all: bool, read_at: u64) -> Outcome {
        self.entry(|this, entry| {
            let people = PeopleList::new([this.loser]);
            match is_all {
                true => entry.returned = people,
                false => entry.returned_in_part = people,
            }
            entry.read_at = LogIndex(read_at);
        })
    }
}

#[test]
fn rows_come_back_only_while_the_unmerge_is_pending_and_nothing_has_moved_since_they_were_read() {
    let mut unmerge = Unmerge::new();
    assert_eq!(
        refusal(unmerge.bring_back(true, 1_000)),
        ErrorKind::Conflict
    );
    let told = unmerge.decide();
    let decided = unmerge.log.index;
    let expected = PeopleChanged {
        index: LogIndex(decided),
        person: Some(unmerge.loser),
        other: Some(unmerge.holder),
    };
    assert_eq!(told, Outcome::People(expected));
    assert_eq!(refusal(unmerge.decide()), ErrorKind::Conflict);
    let pending = &unmerge.log.catalog.pending_unmerges[&unmerge.loser];
    assert_eq!(
        (pending.holder, pending.decided.0),
        (unmerge.holder, decided)
    );
    assert_eq!(
        refusal(unmerge.bring_back(true, decided - 1)),
        ErrorKind::Conflict
    );
    assert_eq!(unmerge.bring_back(false, decided), Outcome::Done);
    let moved = unmerge.log.index;
    assert_eq!(unmerge.log.catalog.rows_moved, LogIndex(moved));
    assert!(!unmerge.log.catalog.pending_unmerges.is_empty());
    // Read before the portion moved.
    assert_eq!(
        refusal(unmerge.bring_back(true, moved - 1)),
        ErrorKind::Conflict
    );
    assert_eq!(unmerge.bring_back(true, moved), Outcome::Done);
    assert!(unmerge.log.catalog.pending_unmerges.is_empty());
    assert_eq!(
        refusal(unmerge.bring_back(true, moved + 9)),
        ErrorKind::Conflict
    );
    let bytes = codec::encode_catalog(&unmerge.log.catalog);
    let read = codec::decode_catalog(&bytes).expect("just written");
    assert_eq!(read, unmerge.log.catalog);
}

#[test]
fn a_merge_whose_rows_are_on_their_way_is_not_undone() {
    let mut unmerge = Unmerge::new();
    let merged = unmerge.entry(|this, entry| {
        entry.decided = PeopleList::new([this.loser]);
        entry.operation = Some(PeopleOperation::Merge {
            loser: this.loser,
            survivor: this.holder,
        });
    });
    let decided = unmerge.log.index;
    let expected = PeopleChanged {
        index: LogIndex(decided),
        person: Some(unmerge.holder),
        other: Some(unmerge.loser),
    };
    assert_eq!(merged, Outcome::People(expected));
    assert_eq!(refusal(unmerge.decide()), ErrorKind::Conflict);
    let landed = unmerge.entry(|this, entry| {
        entry.landed = PeopleList::new([this.loser]);
        entry.read_at = LogIndex(decided);
    });
    assert_eq!(landed, Outcome::Done);
    assert!(!unmerge.decide().is_refusal());
}
