//! Bytes as an attacker or a broken client sends them: refused or read, never a panic.

use prost::Message;
use tagma_core::segment::{parse, print};

use super::forms::{FORMS, through_wire};
use crate::convert::segment::{expr_from_wire, expr_to_wire};
use crate::pb::segment::v1::Expression;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Seed of a run; the fixed ones are always the same, so a failure repeats by itself.
const SEEDS: u64 = 20_000;

/// Whatever is read has to be a tree like any other: printed, parsed and sent again, it is equal.
/// Whether it was read.
fn take(bytes: &[u8], seed: u64) -> bool {
    let Ok(message) = Expression::decode(bytes) else {
        return false;
    };
    let Ok(expr) = expr_from_wire(message) else {
        return false;
    };
    assert_eq!(through_wire(&expr), expr, "seed {seed}");
    let Ok(normal) = expr.admitted() else {
        return false;
    };
    let text = print(&normal);
    assert_eq!(parse(&text), Ok(normal), "seed {seed}: {text}");
    true
}

#[test]
fn random_bytes_never_panic() {
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let length = random.below(64);
        let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        take(&bytes, seed);
    }
}

#[test]
fn damaged_messages_never_panic() {
    let mut read = 0;
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let text = FORMS[random.below(FORMS.len())];
        let mut bytes = expr_to_wire(&parse(text).expect(text)).encode_to_vec();
        for _ in 0..=random.below(3) {
            let place = random.below(bytes.len());
            match random.below(4) {
                0 => bytes.truncate(place + 1),
                1 => bytes.insert(place, random.next() as u8),
                _ => bytes[place] = random.next() as u8,
            }
        }
        read += u64::from(take(&bytes, seed));
    }
    // Many are still trees: the rest of the way is exercised, too.
    assert!(read > SEEDS / 50, "{read}");
}
