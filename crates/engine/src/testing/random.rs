//! Random numbers from a seed, and the loop that names the seed of a failure.
#![allow(
    clippy::print_stderr,
    reason = "a failing test says how to run it again"
)]

/// SplitMix64 (Steele, Lea and Flood, 2014): enough for tests, the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True once in `n`.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// In `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = i128::from(high) - i128::from(low) + 1;
        (i128::from(low) + i128::from(self.next()) % span) as i64
    }
}

/// Runs `test` for `count` seeds, or for the one in `TAGMA_SEED`.
pub(crate) fn for_seeds(count: u64, test: impl Fn(&mut Random)) {
    let given = std::env::var("TAGMA_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seeds = given.map_or(0..count, |seed: u64| seed..seed + 1);
    for seed in seeds {
        let told = TellSeed(seed);
        test(&mut Random::new(seed));
        drop(told);
    }
}

struct TellSeed(u64);

impl Drop for TellSeed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "again with: TAGMA_SEED={} cargo test -p tagma-engine",
                self.0
            );
        }
    }
}
