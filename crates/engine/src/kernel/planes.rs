//! Codes of 1, 2 or 4 bits as bit planes: any set of codes is a boolean function of the planes.
//!
//! The function is evaluated as a tree of multiplexers over its truth table, 64 people at a time
//! and without branches: 3·(2ᵂ − 1) word operations whatever the set is. (Bit slices after
//! O'Neil and Quass, "Improved Query Performance with Variant Indexes", 1997.)

use super::{PlaneTable, Words};

/// Ors into `out` the positions whose code is a member. Plane `j` holds bit `j` of every code and
/// starts at byte `j * words * 8` of `bytes`.
#[inline(always)]
pub(super) fn members<const W: usize>(
    bytes: &[u8],
    words: usize,
    table: &PlaneTable,
    out: &mut Words,
) {
    let (all, _) = bytes.as_chunks::<8>();
    let mut planes = [&all[..0]; W];
    for (index, plane) in planes.iter_mut().enumerate() {
        *plane = &all[index * words..(index + 1) * words];
    }
    for (index, out) in out.iter_mut().enumerate().take(words) {
        let mut level = *table;
        let mut width = 1 << W;
        for plane in planes {
            let bits = u64::from_le_bytes(plane[index]);
            width /= 2;
            for entry in 0..width {
                let (zero, one) = (level[2 * entry], level[2 * entry + 1]);
                level[entry] = zero ^ ((zero ^ one) & bits);
            }
        }
        *out |= level[0];
    }
}
