//! `Random`: the only source of chance in the demo's world, integers alone, so that every machine
//! draws the same.

/// What a draw is for: each purpose of each person has a stream of its own, so that one more draw
/// here changes nothing there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Sources = 1,
    SingleSource,
    Mistyped,
    Masked,
    Phones,
    Devices,
    Persona,
    Lifecycle,
    History,
    Identifier,
    Typo,
    Member,
    Miniapp,
    Appointments,
    Corrections,
    Visits,
    Contact,
}

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's finaliser: a bijection of 64 bits.
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Random {
    /// The stream of one purpose and one item.
    pub(crate) fn new(seed: u64, purpose: Purpose, item: u64) -> Self {
        let stream = mix(seed.wrapping_add(STEP)) ^ mix((purpose as u64) << 56 | item);
        Self(mix(stream))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// 0 to `bound` − 1; 0 where `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// `low` to `high`, both included; `low` where there is nothing between.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self
            .below((high - low + 1).max(1).cast_unsigned())
            .cast_signed()
    }

    pub(crate) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// An item of a list that is not empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }

    /// A position, as often as its weight says; one weight at least is not 0.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (position, weight) in weights.iter().enumerate() {
            if left < *weight {
                return position;
            }
            left -= weight;
        }
        0
    }

    /// Fisher and Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = self.below(end as u32 + 1) as usize;
            items.swap(end, other);
        }
    }
}

/// Picks exactly so many of so many items that pass one by one, every choice equally likely
/// (Knuth, TAOCP 3.4.2, algorithm S).
#[derive(Debug)]
pub(crate) struct Quota {
    random: Random,
    items: u64,
    picks: u64,
}

impl Quota {
    pub(crate) fn new(random: Random, items: u64, picks: u64) -> Self {
        Self {
            random,
            items,
            picks,
        }
    }

    /// Whether the next item is picked.
    pub(crate) fn take(&mut self) -> bool {
        let drawn = (u128::from(self.random.next()) * u128::from(self.items)) >> 64;
        self.items = self.items.saturating_sub(1);
        if drawn >= u128::from(self.picks) {
            return false;
        }
        self.picks -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_picks_exactly_its_number() {
        for (items, picks) in [(0, 0), (1, 1), (1000, 20), (1000, 0), (77, 77)] {
            let mut quota = Quota::new(Random::new(7, Purpose::Masked, 0), items, picks);
            let picked = (0..items).filter(|_| quota.take()).count();
            assert_eq!(picked as u64, picks, "{picks} of {items}");
        }
    }

    #[test]
    fn streams_differ_by_seed_purpose_and_item() {
        let first = |seed, purpose, item| Random::new(seed, purpose, item).next();
        let here = first(1, Purpose::Sources, 1);
        for other in [
            first(2, Purpose::Sources, 1),
            first(1, Purpose::Persona, 1),
            first(1, Purpose::Sources, 2),
        ] {
            assert_ne!(here, other);
        }
        assert_eq!(here, first(1, Purpose::Sources, 1));
    }

    #[test]
    fn weights_are_kept() {
        let mut random = Random::new(1, Purpose::Persona, 0);
        let mut seen = [0u32; 3];
        for _ in 0..10_000 {
            seen[random.weighted(&[1, 0, 3])] += 1;
        }
        assert!((2300..2700).contains(&seen[0]) && seen[1] == 0, "{seen:?}");
    }
}
