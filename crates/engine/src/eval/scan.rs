//! Tests the codes of a chunk against ranges of raw values, with the kernel of their width.

use super::interval::Ranges;
use crate::{
    chunk::Arena,
    kernel::{self, ByteTable, PlaneTable, Words},
    section::Codes,
};

/// More ranges than this are searched for each code instead of scanning the codes for each range.
const RANGES_SCANNED_MAX: usize = 12;

/// Ors into `out` the numbers of the codes whose raw value lies in `ranges`, which are ascending
/// and meet `min..=max`, the bounds of the raw values. Where a code stands for no value, what
/// comes out for it means nothing.
pub(super) fn scan(
    codes: &Codes<'_>,
    ranges: Ranges<'_>,
    (min, max): (i64, i64),
    out: &mut Words,
    arena: &mut Arena,
) {
    let code = |raw: i64| raw.wrapping_sub(codes.frame()).cast_unsigned();
    let coded = ranges
        .iter()
        .map(|(low, high)| (code((*low).max(min)), code((*high).min(max))));
    let bytes = codes.bytes();
    match (codes.width(), ranges.len()) {
        (0, _) => kernel::positions_where(codes.count() as usize, out, |_| !ranges.is_empty()),
        (width @ 1..=4, _) => {
            let table = plane_table(coded);
            let words = codes.plane_words();
            match width {
                1 => kernel::members_1(bytes, words, &table, out),
                2 => kernel::members_2(bytes, words, &table, out),
                _ => kernel::members_4(bytes, words, &table, out),
            }
        }
        (8, 2..) => kernel::members_8(bytes, &byte_table(coded), out),
        (16, RANGES_SCANNED_MAX..) => {
            let mut table = arena.lend();
            coded.for_each(|(low, high)| table.insert_range(low as u32, high as u32 + 1));
            scan_16_by_table(bytes, table.words_mut(), out);
            arena.give_back(table);
        }
        (_, RANGES_SCANNED_MAX..) => {
            kernel::positions_where(codes.count() as usize, out, |index| {
                is_within(codes.raw(index), ranges)
            });
        }
        (width, _) => coded.for_each(|(low, high)| match width {
            8 => kernel::range_8(bytes, low as u8, high as u8, out),
            16 => kernel::range_16(bytes, low as u16, high as u16, out),
            24 => kernel::range_24(bytes, low as u32, high as u32, out),
            32 => kernel::range_32(bytes, low as u32, high as u32, out),
            48 => kernel::range_48(bytes, low, high, out),
            _ => kernel::range_64(bytes, low, high, out),
        }),
    }
}

fn plane_table(ranges: impl Iterator<Item = (u64, u64)>) -> PlaneTable {
    let mut table = [0; 16];
    for (low, high) in ranges {
        table[low as usize & 15..=high as usize & 15].fill(u64::MAX);
    }
    table
}

fn byte_table(ranges: impl Iterator<Item = (u64, u64)>) -> ByteTable {
    let mut table = [0; 256];
    for (low, high) in ranges {
        table[low as usize & 255..=high as usize & 255].fill(1);
    }
    table
}

/// Many ranges of 16-bit codes: `table` holds a bit for each code.
fn scan_16_by_table(bytes: &[u8], table: &Words, out: &mut Words) {
    let (codes, _) = bytes.as_chunks::<2>();
    kernel::positions_where(codes.len(), out, |index| {
        let code = u16::from_le_bytes(codes[index]);
        table[usize::from(code) / 64] >> (code % 64) & 1 == 1
    });
}

/// Whether the raw value lies in one of the ranges, which are ascending.
pub(super) fn is_within(raw: i64, ranges: Ranges<'_>) -> bool {
    let after = ranges.partition_point(|(low, _)| *low <= raw);
    after > 0 && raw <= ranges[after - 1].1
}
