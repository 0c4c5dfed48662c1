//! Every kernel, as dispatched and in its portable form, against a loop over single positions.

use super::{planes, portable, *};
use crate::{
    chunk::CHUNK_WORDS,
    testing::{Random, for_seeds},
};

fn words(random: &mut Random) -> Words {
    let dense = random.one_in(2);
    std::array::from_fn(|_| {
        if dense {
            random.next()
        } else {
            random.next() & random.next()
        }
    })
}

fn stored(words: &Words) -> [u8; BITMAP_BYTES] {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.try_into().expect("8 bytes a word")
}

#[test]
fn word_kernels_are_those_of_single_words() {
    for_seeds(20, |random| {
        let (a, b) = (words(random), words(random));
        type Binary = fn(&mut Words, &Words);
        type Stored = fn(&mut Words, &[u8; BITMAP_BYTES]);
        type Case = (Binary, Binary, Stored, Stored, fn(u64, u64) -> u64);
        let cases: [Case; 3] = [
            (
                and_words,
                portable::and_words,
                and_bytes,
                portable::and_bytes,
                |a, b| a & b,
            ),
            (
                or_words,
                portable::or_words,
                or_bytes,
                portable::or_bytes,
                |a, b| a | b,
            ),
            (
                and_not_words,
                portable::and_not_words,
                and_not_bytes,
                portable::and_not_bytes,
                |a, b| a & !b,
            ),
        ];
        for (fast, plain, fast_stored, plain_stored, one) in cases {
            let wanted: Words = std::array::from_fn(|i| one(a[i], b[i]));
            for kernel in [fast, plain] {
                let mut out = a;
                kernel(&mut out, &b);
                assert_eq!(out, wanted);
            }
            for kernel in [fast_stored, plain_stored] {
                let mut out = a;
                kernel(&mut out, &stored(&b));
                assert_eq!(out, wanted);
            }
        }
        let ones: u32 = a.iter().map(|word| word.count_ones()).sum();
        assert_eq!((count_words(&a), portable::count_words(&a)), (ones, ones));
    });
}

/// Counts of codes around block ends, and a whole chunk.
const COUNTS: [usize; 9] = [0, 1, 31, 63, 64, 65, 127, 1_000, 65_536];

fn hits(codes: &[u64], held: impl Fn(u64) -> bool) -> Words {
    let mut out = [0; CHUNK_WORDS];
    for (index, code) in codes.iter().enumerate() {
        out[index / 64] |= u64::from(held(*code)) << (index % 64);
    }
    out
}

fn code_bytes(codes: &[u64], width: usize) -> Vec<u8> {
    codes
        .iter()
        .flat_map(|code| code.to_le_bytes()[..width].to_vec())
        .collect()
}

#[test]
fn range_kernels_are_those_of_single_codes() {
    type Range = Box<dyn Fn(&[u8], u64, u64, &mut Words)>;
    let kernels: [(usize, Range); 12] = [
        (1, Box::new(|c, l, h, o| range_8(c, l as u8, h as u8, o))),
        (
            1,
            Box::new(|c, l, h, o| portable::range_8(c, l as u8, h as u8, o)),
        ),
        (2, Box::new(|c, l, h, o| range_16(c, l as u16, h as u16, o))),
        (
            2,
            Box::new(|c, l, h, o| portable::range_16(c, l as u16, h as u16, o)),
        ),
        (3, Box::new(|c, l, h, o| range_24(c, l as u32, h as u32, o))),
        (
            3,
            Box::new(|c, l, h, o| portable::range_24(c, l as u32, h as u32, o)),
        ),
        (4, Box::new(|c, l, h, o| range_32(c, l as u32, h as u32, o))),
        (
            4,
            Box::new(|c, l, h, o| portable::range_32(c, l as u32, h as u32, o)),
        ),
        (6, Box::new(range_48)),
        (6, Box::new(portable::range_48)),
        (8, Box::new(range_64)),
        (8, Box::new(portable::range_64)),
    ];
    for_seeds(6, |random| {
        for (width, kernel) in &kernels {
            let mask = u64::MAX >> (64 - 8 * width);
            for count in COUNTS {
                let narrow = if random.one_in(2) { 9 } else { mask };
                let codes: Vec<u64> = (0..count).map(|_| random.next() & mask & narrow).collect();
                let (a, b) = (random.next() & mask & narrow, random.next() & mask & narrow);
                for (low, high) in [
                    (a.min(b), a.max(b)),
                    (0, mask),
                    (a, a),
                    (mask, mask),
                    (0, 0),
                ] {
                    let mut out = [0; CHUNK_WORDS];
                    kernel(&code_bytes(&codes, *width), low, high, &mut out);
                    let wanted = hits(&codes, |code| low <= code && code <= high);
                    assert_eq!(out, wanted, "{width} bytes, {count} codes, {low}..={high}");
                }
            }
        }
    });
}

#[test]
fn member_kernels_are_those_of_single_codes() {
    for_seeds(20, |random| {
        for count in COUNTS {
            let codes: Vec<u64> = (0..count).map(|_| random.below(256)).collect();
            let table: ByteTable = std::array::from_fn(|_| random.below(2) as u8);
            let wanted = hits(&codes, |code| table[code as usize] == 1);
            for kernel in [members_8, portable::members_8] {
                let mut out = [0; CHUNK_WORDS];
                kernel(&code_bytes(&codes, 1), &table, &mut out);
                assert_eq!(out, wanted, "{count} codes");
            }
        }
    });
}

#[test]
fn plane_kernels_are_those_of_single_codes() {
    type Members = fn(&[u8], usize, &PlaneTable, &mut Words);
    let kernels: [(usize, Members, Members); 3] = [
        (1, members_1, planes::members::<1>),
        (2, members_2, planes::members::<2>),
        (4, members_4, planes::members::<4>),
    ];
    for_seeds(10, |random| {
        for (width, fast, plain) in kernels {
            for count in COUNTS {
                let whole = count.next_multiple_of(64);
                let codes: Vec<u64> = (0..whole).map(|_| random.below(1 << width)).collect();
                let table: PlaneTable = std::array::from_fn(|_| random.below(2) * u64::MAX);
                let mut bytes = Vec::new();
                for plane in 0..width {
                    let bits = hits(&codes, |code| code >> plane & 1 == 1);
                    let words = bits[..whole / 64].iter();
                    bytes.extend(words.flat_map(|word| word.to_le_bytes()));
                }
                for kernel in [fast, plain] {
                    let mut out = [0; CHUNK_WORDS];
                    kernel(&bytes, whole / 64, &table, &mut out);
                    assert_eq!(
                        out,
                        hits(&codes, |code| table[code as usize] != 0),
                        "{width} bits"
                    );
                }
            }
        }
    });
}

#[test]
fn kernels_add_to_what_is_there() {
    let mut out = [0; CHUNK_WORDS];
    out[0] = 1;
    range_8(&[5, 6, 7], 6, 6, &mut out);
    positions_where(3, &mut out, |index| index == 2);
    assert_eq!(out[0], 0b111);
}
