//! Who is who, in plain collections, as `docs/identity.md` says it. Types have no limits here, and
//! nobody comes near the guard or a quarantine.

use std::collections::{BTreeMap, BTreeSet};

/// An identifier: number of its type, 0 the strongest, and its value.
pub(super) type Id = (u8, u8);

/// What an operator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Merge(Id, Id),
    Unmerge(i64),
    Lift(i64, i64),
    Unbind(Id),
}

/// Everything that was told so far. A person is a OneID.
#[derive(Debug, Clone, Default)]
pub(super) struct Oracle {
    shards: i64,
    /// In order of creation.
    pub(super) people: Vec<i64>,
    /// Whom an identifier came to.
    pub(super) owner: BTreeMap<Id, i64>,
    /// Merged away → survivor.
    pub(super) into: BTreeMap<i64, i64>,
    /// (merged away once, survivor).
    pub(super) separations: BTreeSet<(i64, i64)>,
    /// Number of a row → what it came in under.
    pub(super) rows: BTreeMap<i64, i64>,
    pub(super) barred: u64,
}

impl Oracle {
    pub(super) fn new(shards: u16) -> Self {
        Self {
            shards: shards.into(),
            ..Self::default()
        }
    }

    pub(super) fn root(&self, mut person: i64) -> i64 {
        while let Some(survivor) = self.into.get(&person) {
            person = *survivor;
        }
        person
    }

    /// Row → who has it.
    pub(super) fn holders(&self) -> BTreeMap<i64, i64> {
        let rows = self.rows.iter();
        rows.map(|(row, origin)| (*row, self.root(*origin)))
            .collect()
    }

    pub(super) fn living(&self) -> usize {
        self.people.len() - self.into.len()
    }

    fn age(&self, person: i64) -> usize {
        let place = self.people.iter().position(|known| *known == person);
        place.unwrap_or(usize::MAX)
    }

    /// Who was merged away once, as it is now, if the two are kept apart; of several separations
    /// the one of the oldest people counts.
    fn are_apart(&self, a: i64, b: i64) -> Option<i64> {
        let between = |(loser, survivor): &&(i64, i64)| {
            let (loser, survivor) = (self.root(*loser), self.root(*survivor));
            a != b && ((loser, survivor) == (a, b) || (loser, survivor) == (b, a))
        };
        let pairs = self.separations.iter().filter(between);
        let first = pairs.min_by_key(|(loser, survivor)| (self.age(*loser), self.age(*survivor)));
        first.map(|(loser, _)| self.root(*loser))
    }

    fn join(&mut self, a: i64, b: i64) {
        let (survivor, loser) = match self.age(a) < self.age(b) {
            true => (a, b),
            false => (b, a),
        };
        self.into.insert(loser, survivor);
    }

    /// A record of one identifier, or of two of which the first is the stronger one.
    pub(super) fn record(&mut self, row: i64, ids: &[Id]) {
        let mut kept = ids.to_vec();
        let person = |id: &Id| self.owner.get(id).map(|origin| self.root(*origin));
        let known: Vec<i64> = kept.iter().filter_map(person).collect();
        if let [a, b] = known[..] {
            match self.are_apart(a, b) {
                Some(loser) => {
                    kept.retain(|id| person(id) != Some(loser));
                    self.barred += 1;
                }
                None if a != b => self.join(a, b),
                None => {}
            }
        }
        let strongest = kept.iter().find_map(|id| self.owner.get(id)).copied();
        let origin = strongest.unwrap_or_else(|| self.create());
        for id in kept {
            self.owner.entry(id).or_insert(origin);
        }
        self.rows.insert(row, origin);
    }

    /// The next person: shards take turns.
    fn create(&mut self) -> i64 {
        let number = self.people.len() as i64;
        let person = ((number % self.shards + 1) << 32) | (number / self.shards);
        self.people.push(person);
        person
    }

    /// What the act does, or the kind of its refusal.
    pub(super) fn act(&mut self, act: Act) -> Result<(), &'static str> {
        match act {
            Act::Merge(a, b) => {
                let of = |id| self.owner.get(&id).copied().ok_or("not_found");
                let (a, b) = (self.root(of(a)?), self.root(of(b)?));
                if a == b || self.are_apart(a, b).is_some() {
                    return Err("conflict");
                }
                self.join(a, b);
            }
            Act::Unmerge(loser) => {
                let survivor = self.into.remove(&loser).ok_or("conflict")?;
                self.separations.insert((loser, survivor));
            }
            Act::Lift(a, b) => {
                let (a, b) = (self.root(a), self.root(b));
                self.are_apart(a, b).ok_or("conflict")?;
                let mut kept = self.separations.clone();
                kept.retain(|(loser, survivor)| {
                    let pair = [self.root(*loser), self.root(*survivor)];
                    pair != [a, b] && pair != [b, a]
                });
                self.separations = kept;
            }
            Act::Unbind(id) => {
                self.owner.remove(&id).ok_or("not_found")?;
            }
        }
        Ok(())
    }
}
