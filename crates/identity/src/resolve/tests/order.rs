//! Records in any order give the same people as long as no rule keeps any apart.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::oracle::Oracle;
use super::world::{Step, World};
use super::*;

/// Identifiers of one person, of all people, in order.
fn partition(map: &IdentityMap) -> Vec<Vec<crate::key::IdentifierHash>> {
    let order = map.creation_order();
    let people = (0..order.count()).filter_map(|number| order.person(number));
    let alive = people.filter(|person| map.forest().root(*person) == *person);
    let mut groups: Vec<_> = alive
        .map(|person| {
            let attached = map.identifiers_of(person).expect("readable");
            let mut hashes: Vec<_> = attached.iter().map(|id| id.hash).collect();
            hashes.sort_unstable();
            hashes
        })
        .collect();
    groups.sort_unstable();
    groups
}

fn live(steps: &[Step], seed: u64) -> IdentityMap {
    let (chosen, oracle) = (BTreeMap::new(), Oracle::default());
    let oracle = Oracle {
        guard: 50,
        ..oracle
    };
    let mut world = World::new(steps, &chosen, &oracle, 3, seed);
    world.live(9);
    let counts = world.counts;
    let merged = counts.merged;
    assert_eq!(
        counts,
        RuleCounts {
            merged,
            ..RuleCounts::default()
        }
    );
    world.map
}

proptest! {
    #[test]
    fn any_order_gives_the_same_people(
        records in prop::collection::vec(
            prop::collection::vec((1u16..4, 0u32..20), 1..4), 1..48),
        shuffled in any::<prop::sample::Index>().prop_flat_map(|_| any::<u64>()),
    ) {
        let steps: Vec<Step> = records.iter().cloned().map(Step::Record).collect();
        let mut chance = super::world::Chance(shuffled | 1);
        let mut other = steps.clone();
        for at in (1..other.len()).rev() {
            other.swap(at, chance.below(at as u64 + 1) as usize);
        }
        prop_assert_eq!(partition(&live(&steps, 1)), partition(&live(&other, shuffled)));
    }
}
