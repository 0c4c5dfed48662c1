//! Working and stored sets against a BTreeSet.

use std::collections::BTreeSet;

use super::*;
use crate::testing::{Random, for_seeds};

type Model = BTreeSet<u16>;

/// Sets of every shape: empty, prefix, sparse, dense, runs.
fn random_set(random: &mut Random, len: u32) -> (ChunkSet, Model) {
    let mut set = ChunkSet::default();
    match random.below(5) {
        0 => set.fill(random.below(u64::from(len) + 1) as u32),
        1 => {
            for _ in 0..random.below(200).min(u64::from(len)) {
                set.insert(random.below(u64::from(len)) as u16);
            }
        }
        2 => {
            for _ in 0..random.below(30) {
                let start = random.below(u64::from(len) + 1) as u32;
                set.insert_range(start, (start + random.below(5_000) as u32).min(len));
            }
        }
        3 => {
            set.fill(len);
            set.remove_range(random.below(70_000) as u32, random.below(70_000) as u32);
        }
        _ => {
            for position in 0..len {
                if !random.one_in(3) {
                    set.insert(position as u16);
                }
            }
        }
    }
    let model = (0..=u16::MAX)
        .filter(|position| set.contains(*position))
        .collect();
    (set, model)
}

fn check(set: &ChunkSet, model: &Model) {
    assert!(set.iter().eq(model.iter().copied()));
    assert_eq!(set.count() as usize, model.len());
    assert_eq!(set.is_empty(), model.is_empty());
}

const LENS: [u32; 6] = [0, 1, 63, 781, 65_535, 65_536];

#[test]
fn operations_are_those_of_sets() {
    for_seeds(60, |random| {
        let len = *random.pick(&LENS);
        let (a, model_a) = random_set(random, len);
        let (b, model_b) = random_set(random, len);
        check(&a, &model_a);
        let with = |change: fn(&mut ChunkSet, &ChunkSet)| {
            let mut result = a.clone();
            change(&mut result, &b);
            result
        };
        check(&with(ChunkSet::and), &(&model_a & &model_b));
        check(&with(ChunkSet::or), &(&model_a | &model_b));
        check(&with(ChunkSet::and_not), &(&model_a - &model_b));
        let mut outside = a.clone();
        outside.not_within(len);
        let all: Model = (0..len).map(|position| position as u16).collect();
        check(&outside, &(&all - &model_a));
        let cut = random.below(70_000) as u32;
        let mut shorter = a.clone();
        shorter.truncate(cut);
        check(
            &shorter,
            &model_a
                .iter()
                .copied()
                .filter(|p| u32::from(*p) < cut)
                .collect(),
        );
    });
}

#[test]
fn stored_sets_read_back_and_combine_in_place() {
    for_seeds(60, |random| {
        let len = *random.pick(&LENS);
        let (a, model_a) = random_set(random, len);
        let (b, model_b) = random_set(random, len);
        let mut bytes = Vec::new();
        let form = encode_words(&b, len, &mut bytes);
        assert_eq!(ContainerForm::from_number(form as u8), Some(form));
        let stored = Container::view(form, &bytes, len).expect("own bytes");
        stored.check(len, b.count()).expect("own bytes");
        let with = |change: fn(&mut ChunkSet, &Container<'_>)| {
            let mut result = a.clone();
            change(&mut result, &stored);
            result
        };
        check(&with(ChunkSet::and_container), &(&model_a & &model_b));
        check(&with(ChunkSet::or_container), &(&model_a | &model_b));
        check(&with(ChunkSet::and_not_container), &(&model_a - &model_b));
        check(&with(ChunkSet::assign_container), &model_b);
        for position in (0..=u16::MAX).step_by(7) {
            assert_eq!(stored.contains(position), model_b.contains(&position));
        }
        assert_eq!(
            stored.check(len, b.count() + 1),
            Err(Malformed("wrong number of positions"))
        );
    });
}

/// The payloads are Roaring's: a portable bitmap with one container is a header and this payload.
#[test]
fn payloads_are_those_of_the_portable_roaring_format() {
    for_seeds(40, |random| {
        let (set, model) = random_set(random, 65_536);
        let mut bytes = Vec::new();
        let form = encode_words(&set, 65_536, &mut bytes);
        let count = (set.count().saturating_sub(1) as u16).to_le_bytes();
        let file = match form {
            ContainerForm::Array | ContainerForm::Bitmap => [
                &[0x3a, 0x30, 0, 0, 1, 0, 0, 0, 0, 0][..],
                &count,
                &16_u32.to_le_bytes(),
                &bytes,
            ]
            .concat(),
            ContainerForm::Runs => [&[0x3b, 0x30, 0, 0, 1, 0, 0][..], &count, &bytes].concat(),
            ContainerForm::Empty | ContainerForm::Full => return,
        };
        let roaring = roaring::RoaringBitmap::deserialize_from(&file[..]).expect("Roaring");
        assert!(
            roaring
                .iter()
                .eq(model.iter().map(|position| u32::from(*position)))
        );
    });
}

#[test]
fn arbitrary_payloads_are_refused_or_harmless() {
    for_seeds(500, |random| {
        let len = *random.pick(&LENS);
        let bytes: Vec<u8> = (0..random.below(64)).map(|_| random.next() as u8).collect();
        let Some(form) = ContainerForm::from_number(random.below(6) as u8) else {
            return;
        };
        let Ok(stored) = Container::view(form, &bytes, len) else {
            return;
        };
        let _ = stored.check(len, 3);
        let (set, _) = random_set(random, len);
        let operations = [
            ChunkSet::and_container,
            ChunkSet::or_container,
            ChunkSet::and_not_container,
        ];
        for operation in operations {
            operation(&mut set.clone(), &stored);
        }
    });
}

#[test]
fn chunks_divide_ordinals() {
    for (population, chunks, last) in [(0, 0, 0), (1, 1, 1), (65_536, 1, 65_536), (65_537, 2, 1)] {
        assert_eq!(chunk_count(population), chunks);
        assert_eq!(chunk_len(population, chunks.saturating_sub(1)), last);
        assert_eq!(chunk_len(population, chunks), 0);
    }
    assert_eq!((split(65_537), join(1, 1)), ((1, 1), 65_537));
    assert_eq!(chunk_count(u32::MAX), 65_536);
}
