//! `Plan`: the whole of it, from seed and size.

use super::{DevicePlan, PhonePlan, slots::Marks};
use crate::demo::{
    noise::NoiseCounts,
    source::{self, Knowledge},
};

/// What a world is made from; the same settings make the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) people: u32,
    pub(crate) seed: u64,
    /// The first day that is not in the data.
    pub(crate) today: i32,
}

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) known: Vec<Knowledge>,
    pub(crate) marks: Vec<Marks>,
    pub(crate) phones: PhonePlan,
    pub(crate) devices: DevicePlan,
    /// All noise but the corrected appointments, which only their dumps count.
    pub(crate) noise: NoiseCounts,
}

impl Plan {
    /// Draws the plan: about a second for two million people.
    pub(crate) fn new(settings: Settings) -> Self {
        let Settings { people, seed, .. } = settings;
        let (known, single_source_people) = source::knowledge(seed, people);
        let (marks, mistyped_identifiers, masked_phones) = Marks::draw(seed, &known);
        let phones = PhonePlan::deal(seed, &known, &marks);
        let devices = DevicePlan::deal(settings, &known);
        let noise = NoiseCounts {
            single_source_people,
            shared_phones: phones.shared,
            people_with_shared_phone: phones.sharers,
            mistyped_identifiers,
            handed_on_devices: devices.handed_on,
            masked_phones,
            ..NoiseCounts::default()
        };
        Self {
            settings,
            known,
            marks,
            phones,
            devices,
            noise,
        }
    }
}
