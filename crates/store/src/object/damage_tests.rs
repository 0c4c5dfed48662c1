//! Damage: whatever happens to the bytes, the reader errs or gives the same sections, and never
//! panics.
//!
//! A failure prints its seed; `TAGMA_SEED=<seed>` runs the same case again.

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tagma_core::ErrorKind;

use super::footer::{FOOTER_LENGTH, Footer};
use super::layout::{ENTRY_LENGTH, encode_entry};
use super::*;
use crate::error::Result;

fn seed() -> u64 {
    match std::env::var("TAGMA_SEED") {
        Ok(seed) => seed.parse().expect("TAGMA_SEED is a number"),
        Err(_) => rand::random(),
    }
}

type Sections = Vec<(u64, Bytes)>;

fn sections(object: Bytes, kind: ObjectKind) -> Result<Sections> {
    let reader = ObjectReader::parse(object, kind, "o")?;
    reader
        .section_ids()
        .map(|id| Ok((id, reader.section(id)?)))
        .collect()
}

fn random_object(kind: ObjectKind, rng: &mut StdRng) -> Bytes {
    let nonce = Nonce(rng.random());
    let mut builder = ObjectBuilder::new(kind, nonce);
    if rng.random_bool(0.3) {
        builder = builder.aligned();
    }
    for id in 0..rng.random_range(1..6) {
        let length = rng.random_range(0..300);
        let content: Vec<u8> = (0..length).map(|_| rng.random()).collect();
        builder.section(id * 1000, content);
    }
    builder.finish()
}

#[test]
fn every_flipped_bit_of_every_kind_is_detected() {
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    for kind in ObjectKind::ALL {
        let object = random_object(kind, &mut rng);
        assert!(sections(object.clone(), kind).is_ok());
        for _ in 0..400 {
            let bit = rng.random_range(0..object.len() * 8);
            let mut damaged = object.to_vec();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let error = sections(damaged.into(), kind).err();
            let error = error.unwrap_or_else(|| {
                panic!("bit {bit} of a {kind} is not covered: run with TAGMA_SEED={seed}")
            });
            assert_eq!(error.kind(), ErrorKind::Corrupt, "TAGMA_SEED={seed}");
            assert!(
                error.to_string().starts_with("object o is damaged: "),
                "{error}"
            );
        }
    }
}

#[test]
fn every_bit_of_a_small_object_is_covered() {
    let mut builder = ObjectBuilder::new(ObjectKind::Run, Nonce([9; 16]));
    builder.section(1, b"abc");
    builder.section(2, b"defghijkl");
    let object = builder.finish();
    for bit in 0..object.len() * 8 {
        let mut damaged = object.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(
            sections(damaged.into(), ObjectKind::Run).is_err(),
            "bit {bit}"
        );
    }
}

#[test]
fn every_cut_and_every_extension_is_detected() {
    let mut rng = StdRng::seed_from_u64(1);
    let object = random_object(ObjectKind::Journal, &mut rng);
    for length in 0..object.len() {
        let cut = object.slice(..length);
        assert!(
            sections(cut, ObjectKind::Journal).is_err(),
            "cut at {length}"
        );
    }
    let mut longer = object.to_vec();
    longer.push(0);
    assert!(sections(longer.into(), ObjectKind::Journal).is_err());
    let twice = [object.clone(), object].concat();
    assert!(sections(twice.into(), ObjectKind::Journal).is_err());
}

#[test]
fn random_mutations_err_or_change_nothing() {
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    for round in 0..2000 {
        let kind = ObjectKind::ALL[round % ObjectKind::ALL.len()];
        let object = random_object(kind, &mut rng);
        let expected = sections(object.clone(), kind).expect("intact");
        let mut damaged = object.to_vec();
        for _ in 0..rng.random_range(1..8) {
            mutate(&mut damaged, &mut rng);
        }
        if let Ok(found) = sections(damaged.into(), kind) {
            assert_eq!(found, expected, "TAGMA_SEED={seed}, round {round}");
        }
    }
}

fn mutate(bytes: &mut Vec<u8>, rng: &mut StdRng) {
    if bytes.is_empty() {
        return;
    }
    let at = rng.random_range(0..bytes.len());
    match rng.random_range(0..5) {
        0 => bytes[at] = rng.random(),
        1 => bytes.truncate(at),
        2 => bytes.insert(at, rng.random()),
        3 => drop(bytes.remove(at)),
        _ => {
            let end = rng.random_range(at..bytes.len());
            bytes[at..=end].fill(rng.random());
        }
    }
}

/// Directories with right checksums and any numbers: what a hostile or buggy writer makes.
#[test]
fn forged_directories_never_panic() {
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    for _ in 0..2000 {
        let object = random_object(ObjectKind::Pack, &mut rng);
        let forged = forge(&object, &mut rng);
        // Only that it returns is asserted: a forger may happen to write a valid directory.
        let _ = sections(forged, ObjectKind::Pack);
    }
}

fn forge(object: &Bytes, rng: &mut StdRng) -> Bytes {
    let mut footer = Footer::decode(object, "o").expect("intact");
    let mut forged = object[..footer.directory_offset as usize].to_vec();
    let interesting = [
        0,
        1,
        63,
        64,
        72,
        4096,
        forged.len() as u64,
        u64::MAX,
        u64::MAX - 7,
    ];
    let mut number = |limit: u64| match rng.random_range(0..3) {
        0 => rng.random_range(0..limit),
        1 => interesting[rng.random_range(0..interesting.len())],
        _ => rng.random(),
    };
    let entries = number(4).min(3);
    for id in 0..entries {
        let section = SectionRef {
            offset: number(4096),
            length: number(400),
            crc: 0,
        };
        forged.extend_from_slice(&encode_entry(id % 2, &section));
    }
    footer.directory_length = entries * ENTRY_LENGTH as u64;
    footer.directory_crc = crc32c::crc32c(&forged[footer.directory_offset as usize..]);
    footer.object_length = (forged.len() + FOOTER_LENGTH) as u64;
    if number(4) == 1 {
        footer.directory_offset = number(200);
    }
    forged.extend_from_slice(&footer.encode());
    forged.into()
}

#[test]
fn arbitrary_bytes_never_panic() {
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    for _ in 0..2000 {
        let length = rng.random_range(0..400);
        let bytes: Vec<u8> = (0..length).map(|_| rng.random()).collect();
        assert!(
            sections(bytes.into(), ObjectKind::Run).is_err(),
            "TAGMA_SEED={seed}"
        );
    }
}
