//! Union-find and verdicts against brute force on small random evidence.

use std::collections::BTreeSet;

use super::*;
use crate::demo::{
    random::{Purpose, Random},
    source::IdType,
};

/// Some people with a few records of few values, so that everything collides.
fn random_people(seed: u64) -> Vec<Evidence> {
    let mut random = Random::new(seed, Purpose::Sources, 0);
    let people = random.between(1, 4);
    let person = |_| {
        let mut evidence = Evidence::default();
        for _ in 0..random.between(1, 5) {
            let identifiers = random.between(0, 3);
            let seen = (0..identifiers).map(|_| Seen {
                id_type: *random.pick(&IdType::ALL),
                value: random.below(6).to_string(),
                is_intact: random.percent(75),
            });
            evidence.note(seen.collect());
        }
        evidence
    };
    (0..people).map(person).collect()
}

/// All records reached from the first by intact identifiers, step by step.
fn is_linked(records: &[Vec<Seen>]) -> bool {
    let intact: Vec<BTreeSet<(IdType, &str)>> = records
        .iter()
        .map(|record| record.iter().filter(|seen| seen.is_intact))
        .map(|seen| {
            seen.map(|seen| (seen.id_type, seen.value.as_str()))
                .collect()
        })
        .collect();
    let mut reached = BTreeSet::from([0]);
    for _ in records {
        for other in 0..records.len() {
            if reached
                .iter()
                .any(|one: &usize| !intact[*one].is_disjoint(&intact[other]))
            {
                reached.insert(other);
            }
        }
    }
    reached.len() == records.len() && intact.iter().all(|record| !record.is_empty())
}

fn contradicts(records: &[Vec<Seen>]) -> bool {
    let all: Vec<&Seen> = records.iter().flatten().collect();
    all.iter().any(|a| {
        let other = |b: &&Seen| a.id_type == b.id_type && a.value != b.value;
        a.id_type.is_issued_once() && all.iter().copied().any(|b| other(&b))
    })
}

#[test]
fn verdicts_agree_with_brute_force() {
    let mut verdicts = [0; 3];
    for seed in 0..4_000 {
        for evidence in random_people(seed) {
            let records = evidence.records();
            let expected = match (is_linked(records), contradicts(records)) {
                (false, _) => Some(Why::Unlinked),
                (true, true) => Some(Why::Contradicted),
                (true, false) => None,
            };
            assert_eq!(judge(&evidence), expected, "seed {seed}: {records:?}");
            verdicts[expected.map_or(0, |why| why as usize + 1)] += 1;
        }
    }
    assert!(verdicts.iter().all(|count| *count > 50), "{verdicts:?}");
}

#[test]
fn shared_identifiers_agree_with_brute_force() {
    for seed in 0..4_000 {
        let people = random_people(seed);
        let mut holdings = Holdings::default();
        for (person, evidence) in people.iter().enumerate() {
            let mut own = Holdings::default();
            own.note(person as u32, evidence);
            holdings.append(own);
        }
        let values = |evidence: &Evidence| -> BTreeSet<(IdType, String)> {
            let seen = evidence.identifiers().into_iter();
            seen.map(|seen| (seen.id_type, seen.value.clone()))
                .collect()
        };
        let is_shared = |person: usize| {
            let mine = values(&people[person]);
            (0..people.len())
                .filter(|other| *other != person)
                .any(|other| !mine.is_disjoint(&values(&people[other])))
        };
        let expected: Vec<bool> = (0..people.len()).map(is_shared).collect();
        assert_eq!(
            holdings.shared(people.len() as u32),
            expected,
            "seed {seed}"
        );
    }
}
