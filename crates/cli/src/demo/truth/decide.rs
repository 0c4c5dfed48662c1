//! Which people are *decidable*: of whom the sources say enough, and nothing wrong enough, to be
//! put together by whatever rules. Shares nothing with how Tagma resolves identities; knows which
//! identifiers were mistyped, but no rule, limit or priority.
//!
//! A person is decidable if all of this holds:
//!
//! 1. **linked**: a union-find over the person's records by their uncorrupted identifiers leaves
//!    one set, and every record has such an identifier;
//! 2. **alone**: no identifier on any of the person's records, right or wrong, is on a record of
//!    anybody else, be it shared, handed on, or mistyped into someone else's;
//! 3. **consistent**: of a type that is issued once for a person (member number, openid, unionid,
//!    `external_userid`), the records show one value.
//!
//! So any identifier that a resolver believes in joins records of this person only, and the
//! uncorrupted ones join all of them.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hasher},
};

use super::{Evidence, Seen, union_find::UnionFind};

/// Why a person is not decidable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    Unlinked,
    Contradicted,
    Shared,
}

impl Why {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Unlinked => "unlinked",
            Self::Contradicted => "contradicted",
            Self::Shared => "shared",
        }
    }
}

/// What the person's own records say: conditions 1 and 3.
pub(crate) fn judge(evidence: &Evidence) -> Option<Why> {
    if !is_linked(evidence.records()) {
        return Some(Why::Unlinked);
    }
    let mut issued = BTreeMap::new();
    for seen in evidence.records().iter().flatten() {
        let known = issued.entry(seen.id_type).or_insert(&seen.value);
        if seen.id_type.is_issued_once() && *known != &seen.value {
            return Some(Why::Contradicted);
        }
    }
    None
}

fn is_linked(records: &[Vec<Seen>]) -> bool {
    let mut sets = UnionFind::new(records.len());
    let mut holders: BTreeMap<(_, &str), usize> = BTreeMap::new();
    for (record, seen) in records.iter().enumerate() {
        let mut intact = seen.iter().filter(|seen| seen.is_intact).peekable();
        if intact.peek().is_none() {
            return false;
        }
        for seen in intact {
            let holder = holders.entry((seen.id_type, &seen.value)).or_insert(record);
            sets.join(record, *holder);
        }
    }
    sets.sets() <= 1
}

/// Which identifiers are on whose records, for condition 2: 16 bytes for each.
#[derive(Debug, Default)]
pub(crate) struct Holdings(Vec<(u64, u32)>);

impl Holdings {
    /// Notes a person's identifiers.
    pub(crate) fn note(&mut self, person: u32, evidence: &Evidence) {
        let hashes = evidence.identifiers().into_iter().map(hash);
        self.0.extend(hashes.map(|hash| (hash, person)));
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// By person, whether an identifier of theirs is on records of others, too.
    pub(crate) fn shared(mut self, people: u32) -> Vec<bool> {
        let mut shared = vec![false; people as usize];
        self.0.sort_unstable();
        for same in self.0.chunk_by(|a, b| a.0 == b.0) {
            let is_shared = same.iter().any(|(_, person)| *person != same[0].1);
            for (_, person) in same {
                shared[*person as usize] |= is_shared;
            }
        }
        shared
    }
}

/// 64 bits of SipHash: among ten million identifiers two agree by chance once in 370,000 worlds.
fn hash(seen: &Seen) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u8(seen.id_type as u8);
    hasher.write(seen.value.as_bytes());
    hasher.finish()
}
