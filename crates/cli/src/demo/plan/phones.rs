//! `PhonePlan`: whose phone number is whose.

use super::slots::Marks;
use crate::demo::{
    noise::{SHARED_PHONE_PERCENT, SHARERS, SHARERS_WEIGHTS, Share},
    random::{Purpose, Random},
    source::Knowledge,
};

/// The numbers of phones, from 0; every person has one, also where no source shows it.
#[derive(Debug)]
pub(crate) struct PhonePlan {
    /// By person; the highest bit says that others use it, too.
    phones: Vec<u32>,
    /// Shared ones, of all that a source shows intact.
    pub(crate) shared: Share,
    /// People who use those, of all people who show one.
    pub(crate) sharers: Share,
}

const SHARED: u32 = 1 << 31;

impl PhonePlan {
    /// Deals numbers to the people in random order: first the shared ones, until they are exactly
    /// their share of all, then one each. People whose number no source shows come last.
    pub(crate) fn deal(seed: u64, known: &[Knowledge], marks: &[Marks]) -> Self {
        let mut random = Random::new(seed, Purpose::Phones, 0);
        let people = 0..known.len() as u32;
        let shows = |person: &u32| {
            let person = *person as usize;
            marks[person].shows_phone(known[person])
        };
        let (mut shown, hidden): (Vec<u32>, Vec<u32>) = people.partition(shows);
        random.shuffle(&mut shown);
        let mut phones = vec![0; known.len()];
        let (mut dealt, mut phone) = (0, 0u32);
        loop {
            let size = SHARERS[random.weighted(&SHARERS_WEIGHTS)];
            let group = shown.get(dealt..dealt + size);
            // If this one is shared, too: as many as there are then in all.
            let all = u64::from(phone) + 1 + (shown.len() - dealt).saturating_sub(size) as u64;
            let Some(group) = group.filter(|_| is_within(phone + 1, all)) else {
                break;
            };
            for person in group {
                phones[*person as usize] = phone | SHARED;
            }
            dealt += size;
            phone += 1;
        }
        let shared = Share {
            count: u64::from(phone),
            of: u64::from(phone) + (shown.len() - dealt) as u64,
        };
        let sharers = Share {
            count: dealt as u64,
            of: shown.len() as u64,
        };
        for person in shown[dealt..].iter().chain(&hidden) {
            phones[*person as usize] = phone;
            phone += 1;
        }
        Self {
            phones,
            shared,
            sharers,
        }
    }

    pub(crate) fn phone(&self, person: u32) -> u32 {
        self.phones[person as usize] & !SHARED
    }

    pub(crate) fn is_shared(&self, person: u32) -> bool {
        self.phones[person as usize] & SHARED != 0
    }
}

fn is_within(shared: u32, all: u64) -> bool {
    u64::from(shared) <= Share::percent(all, SHARED_PHONE_PERCENT).count
}
