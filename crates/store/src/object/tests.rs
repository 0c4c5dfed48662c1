//! The frame: golden bytes, round trips, and what a reader refuses.

use tagma_core::ErrorKind;

use super::*;
use crate::error::Error;

const NONCE: Nonce = Nonce(*b"0123456789abcdef");

fn object(kind: ObjectKind) -> (bytes::Bytes, Vec<(u64, SectionRef)>) {
    let mut builder = ObjectBuilder::new(kind, NONCE);
    builder.section(7, b"seven");
    builder.section(1, b"");
    builder.section(u64::MAX, b"the last one");
    let directory = builder.directory().to_vec();
    (builder.finish(), directory)
}

#[test]
fn the_bytes_of_an_object_never_change() {
    let (object, _) = object(ObjectKind::Run);
    let hex: String = object.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("golden_run.hex").trim());
}

#[test]
fn sections_come_back_in_order_and_without_copies() {
    let (bytes, directory) = object(ObjectKind::Pack);
    let reader = ObjectReader::parse(bytes.clone(), ObjectKind::Pack, "p").expect("parses");
    assert_eq!(reader.nonce(), NONCE);
    assert_eq!(reader.name(), "p");
    assert_eq!(reader.section_ids().collect::<Vec<_>>(), [7, 1, u64::MAX]);
    assert_eq!(reader.section(7).expect("there"), "seven");
    assert_eq!(reader.section(1).expect("there"), "");
    let last = reader.section(u64::MAX).expect("there");
    assert_eq!(last, "the last one");
    let (_, place) = directory[2];
    assert_eq!(reader.section_ref(u64::MAX), Some(place));
    assert_eq!(last.as_ptr(), bytes[place.offset as usize..].as_ptr());
}

#[test]
fn an_object_may_have_no_sections() {
    let bytes = ObjectBuilder::new(ObjectKind::Pack, NONCE).finish();
    let reader = ObjectReader::parse(bytes, ObjectKind::Pack, "p").expect("parses");
    assert_eq!(reader.section_ids().len(), 0);
}

#[test]
fn aligned_sections_start_on_pages_and_others_on_words() {
    for (builder, alignment) in [
        (
            ObjectBuilder::new(ObjectKind::IdentityMap, NONCE).aligned(),
            4096,
        ),
        (ObjectBuilder::new(ObjectKind::IdentityMap, NONCE), 8),
    ] {
        let mut builder = builder;
        for id in 0..3 {
            let section = builder.section(id, [id as u8; 13]);
            assert_eq!(section.offset % alignment, 0);
        }
        let bytes = builder.finish();
        let reader = ObjectReader::parse(bytes, ObjectKind::IdentityMap, "i").expect("parses");
        assert_eq!(reader.section(2).expect("there"), &[2; 13][..]);
    }
}

#[test]
fn a_section_read_by_its_range_is_verified() {
    let (bytes, directory) = object(ObjectKind::Journal);
    let (_, section) = directory[0];
    let range = section.range();
    let slice = bytes.slice(range.start as usize..range.end as usize);
    assert_eq!(
        verify_section(slice.clone(), &section, "j").expect("intact"),
        "seven"
    );
    let short = verify_section(slice.slice(..4), &section, "j").expect_err("short");
    let message = "object j is damaged: section at offset 64 has 4 of its 5 bytes";
    assert_eq!(short.to_string(), message);
    let other = verify_section(bytes::Bytes::from_static(b"Seven"), &section, "j");
    assert_eq!(other.expect_err("differs").kind(), ErrorKind::Corrupt);
}

#[test]
fn another_kind_a_missing_section_and_another_version_are_named() {
    let (bytes, _) = object(ObjectKind::Run);
    let error = ObjectReader::parse(bytes.clone(), ObjectKind::Pack, "r/1").expect_err("a run");
    let message = "object r/1 is damaged: header at offset 0 says it is a run, not a pack";
    assert_eq!(error.to_string(), message);

    let reader = ObjectReader::parse(bytes.clone(), ObjectKind::Run, "r/1").expect("parses");
    let error = reader.section(2).expect_err("there is none");
    assert_eq!(
        error.to_string(),
        "object r/1 is damaged: section 2 is missing"
    );

    let mut newer = bytes.to_vec();
    newer[8] = 2;
    let crc = crc32c::crc32c(&newer[..60]);
    newer[60..64].copy_from_slice(&crc.to_le_bytes());
    let error = ObjectReader::parse(newer.into(), ObjectKind::Run, "r/1").expect_err("newer");
    assert!(matches!(
        error,
        Error::Version {
            found: 2,
            supported: 1,
            ..
        }
    ));
    assert_eq!(error.kind(), ErrorKind::Incompatible);
}

#[test]
fn a_damaged_section_names_object_section_and_offset() {
    let (bytes, _) = object(ObjectKind::Run);
    let mut damaged = bytes.to_vec();
    damaged[65] ^= 1;
    let reader = ObjectReader::parse(damaged.into(), ObjectKind::Run, "r/1").expect("parses");
    let message = reader.section(7).expect_err("damaged").to_string();
    let start = "object r/1 is damaged: section id 7: section at offset 64 of 5 bytes fails";
    assert!(message.starts_with(start), "{message}");
    assert_eq!(reader.section(u64::MAX).expect("intact"), "the last one");
}

#[test]
#[should_panic(expected = "section id 3 is used twice")]
fn a_section_id_is_used_once() {
    let mut builder = ObjectBuilder::new(ObjectKind::Run, NONCE);
    builder.section(3, b"a");
    builder.section(3, b"b");
}
