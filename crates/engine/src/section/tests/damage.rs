//! Damaged and made-up bytes: an error, or the same answers; never a panic.

use bytes::Bytes;
use tagma_core::{ErrorKind, schema::TagKind};

use super::*;
use crate::{
    section::format::{ENTRY_BYTES, Entry, HEADER_BYTES, Header, PAGE_BYTES},
    testing::{Random, column::random_tag},
};

fn flipped(bytes: &Bytes, bit: u64) -> Bytes {
    let mut damaged = bytes.to_vec();
    damaged[(bit / 8) as usize] ^= 1 << (bit % 8);
    damaged.into()
}

/// Parses and reads everything; answers other than the model's panic.
fn read_all(bytes: Bytes, model: &Model) -> Result<(), Error> {
    let section = TagSection::parse(bytes, "pack 7, tag city version 3")?;
    section.dictionary()?;
    check(&section, model)
}

#[test]
fn a_flipped_bit_is_an_error_or_changes_nothing() {
    for_seeds(2, |random| {
        for kind in KINDS {
            let population = 66_000;
            let model = random_model(random, kind, population);
            let bytes = encode(kind, population, &model).bytes;
            let mut found = 0;
            for _ in 0..120 {
                let damaged = flipped(&bytes, random.below(bytes.len() as u64 * 8));
                if let Err(error) = read_all(damaged, &model) {
                    assert_eq!(error.kind(), ErrorKind::Corrupt);
                    assert!(
                        error
                            .to_string()
                            .starts_with("pack 7, tag city version 3: ")
                    );
                    found += 1;
                }
            }
            // What is not found lies in the gaps between aligned parts.
            assert!(model.is_empty() || found > 0, "{kind}");
        }
    });
}

#[test]
fn every_bit_of_a_small_section_is_covered() {
    for kind in KINDS {
        let model = random_model(&mut Random::new(5), kind, 300);
        let bytes = encode(kind, 300, &model).bytes;
        for bit in 0..bytes.len() as u64 * 8 {
            let _ = read_all(flipped(&bytes, bit), &model);
        }
    }
}

#[test]
fn a_damaged_chunk_is_named_and_the_others_still_read() {
    let model: Model = (0..131_072)
        .map(|n| (n, Value::Int(i128::from(n) * 7)))
        .collect();
    let bytes = encode(TagKind::Int, 131_072, &model).bytes;
    let intact = TagSection::parse(bytes.clone(), "t").expect("own bytes");
    let second = intact.column(1).expect("own bytes");
    let ColumnData::Dense(codes) = second.data else {
        panic!("dense");
    };
    let offset = codes.bytes().as_ptr() as usize - bytes.as_ptr() as usize;
    let damaged = flipped(&bytes, offset as u64 * 8);
    let section = TagSection::parse(damaged, "t").expect("header and directory are intact");
    assert_eq!(section.value(65_535), Ok(Value::Int(65_535 * 7)));
    let error = section.value(65_536).expect_err("damaged");
    assert_eq!(error.to_string(), "t: chunk 1 is damaged: checksum");
    // Another page of the same chunk.
    assert_eq!(section.value(131_071), Ok(Value::Int(131_071 * 7)));
    assert!(section.column(1).is_err());
}

#[test]
fn every_cut_is_an_error() {
    let (_, model) = random_tag(&mut Random::new(1), TagKind::Category, 500);
    let bytes = encode(TagKind::Category, 500, &model).bytes;
    for len in 0..bytes.len() {
        let error = TagSection::parse(bytes.slice(..len), "t").expect_err("cut");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{len}");
    }
}

#[test]
fn another_version_is_incompatible() {
    let mut bytes = encode(TagKind::Bool, 0, &Model::new()).bytes.to_vec();
    bytes[8] = 2;
    seal_header(&mut bytes);
    let error = TagSection::parse(bytes.into(), "t").expect_err("version 2");
    assert_eq!(error.kind(), ErrorKind::Incompatible);
}

fn seal_header(bytes: &mut [u8]) {
    let crc = crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
    bytes[HEADER_BYTES - 4..HEADER_BYTES].copy_from_slice(&crc.to_le_bytes());
}

/// Makes every checksum right again, as far as the bytes can be followed.
fn seal(bytes: &mut [u8]) -> Option<()> {
    seal_header(bytes);
    let header = Header::decode(bytes).ok()?;
    let directory = header.directory.offset as usize;
    let chunks = chunk_count(header.population) as usize;
    let crcs = directory.checked_add(chunks * ENTRY_BYTES)?;
    for chunk in 0..chunks {
        let at = directory.checked_add(chunk * ENTRY_BYTES)?;
        let entry = bytes.get(at..at + ENTRY_BYTES)?.try_into().ok()?;
        let entry = Entry::decode(entry)?;
        let lens = [entry.presence_len, entry.codes_len, entry.extra_len];
        for ((start, page), len) in entry.parts().into_iter().zip(entry.pages()).zip(lens) {
            let part = bytes.get(start..start.checked_add(len as usize)?)?;
            let sums: Vec<u32> = part.chunks(PAGE_BYTES).map(crc32c::crc32c).collect();
            for (index, sum) in sums.iter().enumerate() {
                let at = crcs.checked_add((page + index) * 4)?;
                bytes
                    .get_mut(at..at + 4)?
                    .copy_from_slice(&sum.to_le_bytes());
            }
        }
    }
    let block = |offset: u64, len: u64| offset as usize..(offset.saturating_add(len)) as usize;
    let texts = block(header.dictionary.offset, header.dictionary.len);
    let crc = crc32c::crc32c(bytes.get(texts)?);
    bytes[52..56].copy_from_slice(&crc.to_le_bytes());
    let crc = crc32c::crc32c(bytes.get(block(header.directory.offset, header.directory.len))?);
    bytes[68..72].copy_from_slice(&crc.to_le_bytes());
    seal_header(bytes);
    Some(())
}

/// Somebody's own bytes, checksums and all: nothing may panic, whatever comes out.
#[test]
fn made_up_bytes_with_right_checksums_never_panic() {
    for_seeds(40, |random| {
        for kind in KINDS {
            let population = *random.pick(&[0, 1, 300, 65_537]);
            let (_, model) = random_tag(random, kind, population);
            let mut bytes = encode(kind, population, &model).bytes.to_vec();
            for _ in 0..random.below(4) + 1 {
                let near_an_end = random.one_in(2);
                let len = bytes.len() as u64;
                let at = match near_an_end {
                    true => len - 1 - random.below(len.min(300)),
                    false => random.below(len),
                };
                bytes[at as usize] = random.next() as u8;
            }
            seal(&mut bytes);
            let Ok(section) = TagSection::parse(bytes.into(), "t") else {
                continue;
            };
            let _ = section.dictionary();
            for chunk in 0..section.chunks() + 1 {
                let _ = section.value_index(chunk);
                let positions: Vec<u16> = (0..=u16::MAX).step_by(97).collect();
                let _ = section.values(chunk, &positions, &mut Vec::new());
            }
        }
    });
}
