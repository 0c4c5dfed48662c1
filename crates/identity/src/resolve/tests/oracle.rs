//! `Oracle`: the rules over plain maps and lists, searched from end to end.
//!
//! People are creation numbers. Shares nothing with the resolver but the hash that breaks ties
//! between identifiers of one strength.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{Act, Chosen};
use super::{Id, identifier};

/// What a type allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct TypeSpec {
    pub(super) priority: u16,
    /// Values, and days of the window (`None`: ever).
    pub(super) limit: Option<(usize, Option<i32>)>,
    pub(super) unique: bool,
    pub(super) quarantine: usize,
}

/// One merge that holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    survivor: usize,
    by: Option<Id>,
    to: Option<Id>,
}

/// Who is who.
#[derive(Debug, Clone, Default)]
pub(super) struct Oracle {
    pub(super) types: BTreeMap<u16, TypeSpec>,
    pub(super) guard: usize,
    /// Origin and day of each identifier.
    pub(super) owner: BTreeMap<Id, (usize, i32)>,
    pub(super) links: BTreeMap<usize, Link>,
    pub(super) separations: BTreeSet<(usize, usize)>,
    pub(super) quarantined: BTreeSet<Id>,
    pub(super) people: usize,
    /// How often each rule spoke.
    pub(super) counts: BTreeMap<&'static str, u64>,
}

impl Oracle {
    pub(super) fn root(&self, person: usize) -> usize {
        match self.links.get(&person) {
            Some(link) => self.root(link.survivor),
            None => person,
        }
    }

    /// The origin of a record's row; `None` for a dead letter.
    pub(super) fn record(&mut self, ids: &[Id], day: i32) -> Option<usize> {
        let mut kept: Vec<Id> = ids.to_vec();
        kept.sort_by_cached_key(|id| self.rank(*id));
        kept.dedup();
        let before = kept.len();
        kept.retain(|id| !self.quarantined.contains(id));
        self.count("quarantined", before - kept.len());
        loop {
            let people = self.people_of(&kept);
            if kept.is_empty() {
                return None;
            }
            if let Some((loser, _)) = self.separated_among(&people) {
                self.count("barred", 1);
                kept.retain(|id| self.person(*id) != Some(self.root(loser)));
            } else if people.len() > 1 && self.members(&people).len() > self.guard {
                self.count("guard", 1);
                kept.pop();
            } else if let Some(rule) = self.violated(&kept, &people, day) {
                self.count(rule, 1);
                kept.pop();
            } else if let Some(id) = self.overused(&kept, &people) {
                self.count("quarantined", 1);
                self.quarantined.insert(id);
                kept.retain(|kept| *kept != id);
            } else {
                return Some(self.accept(&kept, &people, day));
            }
        }
    }

    /// What an act means here, and whether it can be; if so, it is done.
    pub(super) fn act(&mut self, act: Act) -> (Chosen, bool) {
        let some = |number: usize| number % self.people.max(1);
        match act {
            Act::Merge(a, b) => {
                let (a, b) = (some(a), some(b));
                (Chosen::Merge(a, b), self.join(a, b))
            }
            Act::Unmerge(number) => {
                let loser = match self.links.keys().nth(number % self.links.len().max(1)) {
                    Some(loser) if number % 8 > 0 => *loser,
                    _ => some(number),
                };
                let link = self.links.remove(&loser);
                let pair = link.map(|link| (loser, link.survivor));
                self.separations.extend(pair);
                (Chosen::Unmerge(loser), link.is_some())
            }
            Act::Lift(number) => {
                let pair = self
                    .separations
                    .iter()
                    .nth(number % self.separations.len().max(1));
                let (a, b) = pair.copied().unwrap_or((some(number), 0));
                let before = self.separations.clone();
                let between = BTreeSet::from([self.root(a), self.root(b)]);
                for (loser, survivor) in &before {
                    let roots = BTreeSet::from([self.root(*loser), self.root(*survivor)]);
                    if roots == between && roots.len() == 2 {
                        self.separations.remove(&(*loser, *survivor));
                    }
                }
                (Chosen::Lift(a, b), self.separations != before)
            }
            Act::Release(number) => {
                let count = self.quarantined.len().max(1);
                let id = self.quarantined.iter().nth(number % count);
                let id = id.copied().unwrap_or((1, 0));
                (Chosen::Release(id), self.quarantined.remove(&id))
            }
            Act::Unbind(id) => (Chosen::Unbind(id), self.owner.remove(&id).is_some()),
        }
    }

    fn join(&mut self, a: usize, b: usize) -> bool {
        if self.people == 0 {
            return false;
        }
        let (a, b) = (self.root(a), self.root(b));
        let people = BTreeSet::from([a, b]);
        if a == b || self.separated_among(&people).is_some() {
            return false;
        }
        let link = Link {
            survivor: a.min(b),
            by: None,
            to: None,
        };
        self.links.insert(a.max(b), link);
        true
    }

    fn accept(&mut self, kept: &[Id], people: &BTreeSet<usize>, day: i32) -> usize {
        let strongest = kept.iter().find_map(|id| self.owner.get(id));
        let origin = match strongest {
            Some((origin, _)) => *origin,
            None => {
                self.people += 1;
                self.people - 1
            }
        };
        if let Some(survivor) = people.first().copied() {
            let to = self.strongest_of(kept, survivor);
            let links: Vec<(usize, Link)> = people
                .iter()
                .skip(1)
                .map(|loser| {
                    let by = self.strongest_of(kept, *loser);
                    (*loser, Link { survivor, by, to })
                })
                .collect();
            self.count("merged", links.len());
            self.links.extend(links);
        }
        for id in kept {
            self.owner.entry(*id).or_insert((origin, day));
        }
        origin
    }

    fn rank(&self, id: Id) -> (u16, u16, crate::key::IdentifierHash) {
        let priority = self.types.get(&id.0).map_or(id.0, |spec| spec.priority);
        (priority, id.0, identifier(id).hash)
    }

    fn count(&mut self, rule: &'static str, times: usize) {
        *self.counts.entry(rule).or_default() += times as u64;
    }

    pub(super) fn person(&self, id: Id) -> Option<usize> {
        self.owner.get(&id).map(|(origin, _)| self.root(*origin))
    }

    fn people_of(&self, ids: &[Id]) -> BTreeSet<usize> {
        ids.iter().filter_map(|id| self.person(*id)).collect()
    }

    fn members(&self, people: &BTreeSet<usize>) -> Vec<usize> {
        let everybody = 0..self.people;
        everybody
            .filter(|person| people.contains(&self.root(*person)))
            .collect()
    }

    fn strongest_of(&self, kept: &[Id], person: usize) -> Option<Id> {
        let mut kept = kept.iter().copied();
        kept.find(|id| self.person(*id) == Some(person))
    }

    fn separated_among(&self, people: &BTreeSet<usize>) -> Option<(usize, usize)> {
        let mut pairs = self.separations.iter().copied();
        pairs.find(|(loser, survivor)| {
            let (loser, survivor) = (self.root(*loser), self.root(*survivor));
            loser != survivor && people.contains(&loser) && people.contains(&survivor)
        })
    }

    fn violated(&self, kept: &[Id], people: &BTreeSet<usize>, day: i32) -> Option<&'static str> {
        let new: Vec<Id> = kept
            .iter()
            .copied()
            .filter(|id| !self.owner.contains_key(id))
            .collect();
        for (number, spec) in &self.types {
            let mut days: Vec<i32> = self
                .owner
                .iter()
                .filter(|(id, (origin, _))| id.0 == *number && people.contains(&self.root(*origin)))
                .map(|(_, (_, day))| *day)
                .collect();
            let more = new.iter().filter(|id| id.0 == *number).count();
            if more == 0 && people.len() < 2 {
                continue;
            }
            days.extend(vec![day; more]);
            if spec.unique && days.len() > 1 {
                return Some("unique");
            }
            if let Some((per_person, window)) = spec.limit {
                days.retain(|attached| window.is_none_or(|window| day - attached < window));
                if days.len() > per_person {
                    return Some("limit");
                }
            }
        }
        None
    }

    fn overused(&self, kept: &[Id], people: &BTreeSet<usize>) -> Option<Id> {
        if people.len() < 2 {
            return None;
        }
        let mut links: BTreeMap<Id, usize> = BTreeMap::new();
        for (number, person) in people.iter().enumerate() {
            let more = if number == 0 { people.len() - 1 } else { 1 };
            links.insert(self.strongest_of(kept, *person)?, more);
        }
        for (loser, link) in &self.links {
            let inside = people.contains(&self.root(*loser));
            for id in [link.by, link.to].into_iter().flatten() {
                if let Some(links) = links.get_mut(&id).filter(|_| inside) {
                    *links += 1;
                }
            }
        }
        let allowed = |id: &Id| self.types.get(&id.0).map_or(50, |spec| spec.quarantine);
        let mut weakest_first = kept.iter().rev();
        weakest_first
            .find(|id| links.get(id).is_some_and(|links| *links > allowed(id)))
            .copied()
    }
}
