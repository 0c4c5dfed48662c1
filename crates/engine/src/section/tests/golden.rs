//! Sections of format 1 as they were first written: they read the same for ever, and are written
//! the same as long as the format is 1. Files are added, never changed.

use bytes::Bytes;
use tagma_core::{Value, schema::TagKind};

use super::{Model, check};
use crate::{
    section::TagSection,
    testing::column::{KINDS, encode},
};

const FILES: [&[u8]; 7] = [
    include_bytes!("golden/1-bool.section"),
    include_bytes!("golden/1-category.section"),
    include_bytes!("golden/1-int.section"),
    include_bytes!("golden/1-decimal-18-2.section"),
    include_bytes!("golden/1-decimal-6-6.section"),
    include_bytes!("golden/1-date.section"),
    include_bytes!("golden/1-timestamp.section"),
];

/// 65,540 people: some with a value in the first chunk, three of the four in the second.
fn model(kind: TagKind) -> Model {
    let ordinals = (0..65_536).step_by(997).chain([65_536, 65_537, 65_539]);
    let value = |n: u32| match kind {
        TagKind::Bool => Value::Bool(n.is_multiple_of(3)),
        TagKind::Category => Value::Text(format!("值 {}", n % 5)),
        TagKind::Int => Value::Int(i128::from(n) * 70_001 - 9),
        TagKind::Decimal { scale, .. } => Value::Decimal {
            unscaled: i128::from(n) - 700,
            scale,
        },
        TagKind::Date => Value::Date(n as i32 % 400 - 200),
        TagKind::Timestamp => Value::Timestamp(i64::from(n) * 1_000_000_007),
    };
    ordinals.map(|ordinal| (ordinal, value(ordinal))).collect()
}

#[test]
fn sections_of_format_1_read_and_are_written_as_ever() {
    for (kind, file) in KINDS.into_iter().zip(FILES) {
        let model = model(kind);
        let section = TagSection::parse(Bytes::from_static(file), "golden").expect("reads");
        check(&section, &model).expect("reads");
        assert_eq!(section.kind(), kind);
        assert_eq!(encode(kind, 65_540, &model).bytes, file, "{kind}");
    }
}
