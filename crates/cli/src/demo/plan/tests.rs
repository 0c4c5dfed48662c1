//! The plan's exact shares.

use std::collections::BTreeMap;

use super::*;
use crate::demo::{
    noise::Share,
    source::{Knowledge, Source},
};

fn plan(people: u32, seed: u64) -> Plan {
    Plan::new(Settings {
        people,
        seed,
        today: 20_635,
    })
}

#[test]
fn every_share_is_exact() {
    let plan = plan(20_000, 3);
    let sources = |known: &Knowledge| Source::ALL.into_iter().filter(|s| known.has(*s)).count();
    let single = plan
        .known
        .iter()
        .filter(|known| sources(known) == 1)
        .count();
    assert_eq!(single, 6_000);
    let noise = &plan.noise;
    let marked = |bits: fn(&slots::Marks) -> u8| -> u64 {
        plan.marks
            .iter()
            .map(|marks| u64::from(bits(marks).count_ones()))
            .sum()
    };
    assert_eq!(
        marked(|marks| marks.mistyped),
        noise.mistyped_identifiers.count
    );
    assert_eq!(marked(|marks| marks.masked), noise.masked_phones.count);
    assert_eq!(
        noise.mistyped_identifiers.count,
        noise.mistyped_identifiers.of * 2 / 100
    );
    assert_eq!(noise.masked_phones.count, noise.masked_phones.of / 100);
    assert_eq!(
        noise.handed_on_devices.count,
        noise.handed_on_devices.of * 3 / 100
    );
    assert!(
        plan.marks
            .iter()
            .all(|marks| marks.mistyped & marks.masked == 0)
    );
}

#[test]
fn phones_are_shared_by_two_to_five_people_who_show_them() {
    let plan = plan(20_000, 1);
    let mut users: BTreeMap<u32, u32> = BTreeMap::new();
    for (person, (known, marks)) in (0u32..).zip(plan.known.iter().zip(&plan.marks)) {
        if marks.shows_phone(*known) {
            *users.entry(plan.phones.phone(person)).or_default() += 1;
        } else {
            assert!(!plan.phones.is_shared(person));
        }
    }
    let shared = users.values().filter(|users| **users > 1).count() as u64;
    let noise = &plan.noise;
    assert_eq!(
        (shared, users.len() as u64),
        (noise.shared_phones.count, noise.shared_phones.of)
    );
    assert_eq!(shared, users.len() as u64 * 4 / 100);
    assert_eq!(users.values().copied().max(), Some(5));
    let sharers: u32 = users.values().filter(|users| **users > 1).sum();
    assert_eq!(u64::from(sharers), noise.people_with_shared_phone.count);
}

#[test]
fn a_device_goes_on_after_it_was_put_away() {
    let plan = plan(20_000, 1);
    let mut handed_on = 0;
    for person in 0..20_000 {
        let devices = plan.devices.of(person);
        if devices.from == person {
            continue;
        }
        handed_on += 1;
        let giver = plan.devices.of(devices.from);
        assert!(giver.gives && giver.from == devices.from && giver.switch <= devices.switch);
        assert!(plan.known[person as usize].has(Source::Miniapp));
    }
    assert_eq!(handed_on, plan.noise.handed_on_devices.count);
}

#[test]
fn devices_are_handed_on_in_full_in_large_worlds_too() {
    let noise = plan(1_000_000, 1).noise;
    let Share { count, of } = noise.handed_on_devices;
    assert_eq!(count, of * 3 / 100);
}

#[test]
fn tiny_worlds_can_be_planned() {
    for people in 1..40 {
        let plan = plan(people, u64::from(people));
        assert_eq!(plan.known.len(), people as usize);
    }
}
